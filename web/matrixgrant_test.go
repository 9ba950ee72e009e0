package web

import (
	"net/url"
	"time"

	"eakte/acl/oracletest"
)

// grantRoutes are those to rights for a time. In the matrix every department takes part in the Akte, so every lead may give
// some of hers; what she gives here is for nobody.
func (m *matrix) grantRoutes(p oracletest.Pair) map[string]pairRoute {
	leads := able(p, "grant")
	given := `{"user_id":"` + nowhere + `","registers":["identitaet"],"classifications":["normal"],"level":"read","until":"` + m.now().Add(24*time.Hour).Format(time.DateOnly) + `","reason":"x"}`
	return map[string]pairRoute{
		"GET /akten/:id/grants":  {"/akten/" + m.akte + "/grants", nil, nil, choose(!head(p), 404, leads, 200, 403)},
		"POST /akten/:id/grants": {"/akten/" + m.akte + "/grants", given, nil, choose(!head(p), 404, leads, 422, 403)},
		"GET /grants":            {"/grants", nil, nil, choose(leads, 200, 403)},
		"POST /grants/:id/end":   {"/grants/" + nowhere + "/end", nil, nil, 404},
		"GET /me/grants":         {"/me/grants", nil, nil, 200},
	}
}

// grantPages are the pages of rights for a time.
func (m *matrix) grantPages(p oracletest.Pair) map[string]pageRoute {
	leads := able(p, "grant")
	return map[string]pageRoute{
		"GET /akten/:id/grants":  {path: "/akten/" + m.akte + "/grants", want: choose(!head(p), 404, leads, 200, 403)},
		"POST /akten/:id/grants": {path: "/akten/" + m.akte + "/grants", form: url.Values{"level": {"read"}}, want: choose(!head(p), 404, leads, 422, 403)},
		"GET /grants":            {path: "/grants", want: 200},
		"POST /grants/:id/end":   {path: "/grants/" + nowhere + "/end", form: url.Values{}, want: 404},
	}
}
