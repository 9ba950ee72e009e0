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
	standIn := `{"absent_id":"` + nowhere + `","user_id":"` + nowhere + `","until":"` + m.now().Add(24*time.Hour).Format(time.DateOnly) + `"}`
	given := `{"user_id":"` + nowhere + `","registers":["identitaet"],"classifications":["normal"],"level":"read","until":"` + m.now().Add(24*time.Hour).Format(time.DateOnly) + `","reason":"x"}`
	return map[string]pairRoute{
		"GET /substitutes":             {"/substitutes", nil, nil, choose(leads, 200, 403)},
		"POST /substitutes":            {"/substitutes", standIn, nil, choose(leads, 422, 403)},
		"POST /substitutes/:id/end":    {"/substitutes/" + nowhere + "/end", nil, nil, 404},
		"GET /me/substitutes":          {"/me/substitutes", nil, nil, 200},
		"GET /akten/:id/grants":        {"/akten/" + m.akte + "/grants", nil, nil, choose(!head(p), 404, leads, 200, 403)},
		"POST /akten/:id/grants":       {"/akten/" + m.akte + "/grants", given, nil, choose(!head(p), 404, leads, 422, 403)},
		"GET /grants":                  {"/grants", nil, nil, choose(leads, 200, 403)},
		"POST /grants/:id/end":         {"/grants/" + nowhere + "/end", nil, nil, 404},
		"GET /me/grants":               {"/me/grants", nil, nil, 200},
		"POST /break-glass":            {"/break-glass", `{"aktenzeichen":"33.11-999999/1999","reason":"x"}`, nil, choose(able(p, "breakglass"), 422, 403)},
		"POST /inspections":            {"/inspections", `{"aktenzeichen":"33.11-999999/1999","reason":"x"}`, nil, choose(able(p, "inspect"), 422, 403)},
		"GET /break-glass":             {"/break-glass", nil, nil, choose(leads || able(p, "trail.read"), 200, 403)},
		"POST /break-glass/:id/review": {"/break-glass/" + nowhere + "/review", `{"state":"in_order"}`, nil, choose(able(p, "trail.read"), 404, 403)},
	}
}

// grantPages are the pages of rights for a time.
func (m *matrix) grantPages(p oracletest.Pair) map[string]pageRoute {
	leads := able(p, "grant")
	return map[string]pageRoute{
		"GET /substitutes":             {path: "/substitutes", want: 200},
		"POST /substitutes":            {path: "/substitutes", form: url.Values{}, want: choose(leads, 422, 403)},
		"POST /substitutes/:id/end":    {path: "/substitutes/" + nowhere + "/end", form: url.Values{}, want: 404},
		"GET /akten/:id/grants":        {path: "/akten/" + m.akte + "/grants", want: choose(!head(p), 404, leads, 200, 403)},
		"POST /akten/:id/grants":       {path: "/akten/" + m.akte + "/grants", form: url.Values{"level": {"read"}}, want: choose(!head(p), 404, leads, 422, 403)},
		"GET /grants":                  {path: "/grants", want: 200},
		"POST /grants/:id/end":         {path: "/grants/" + nowhere + "/end", form: url.Values{}, want: 404},
		"GET /break-glass":             {path: "/break-glass", want: choose(able(p, "breakglass") || leads || able(p, "trail.read"), 200, 403)},
		"GET /inspections":             {path: "/inspections", want: choose(able(p, "inspect"), 200, 403)},
		"POST /inspections":            {path: "/inspections", form: url.Values{}, want: choose(able(p, "inspect"), 422, 403)},
		"POST /break-glass":            {path: "/break-glass", form: url.Values{}, want: choose(able(p, "breakglass"), 422, 403)},
		"POST /break-glass/:id/review": {path: "/break-glass/" + nowhere + "/review", form: url.Values{"state": {"in_order"}}, want: choose(able(p, "trail.read"), 404, 403)},
	}
}
