package web

import "eakte/acl/oracletest"

// conflictRoutes are the routes to conflicts of interest.
func (m *matrix) conflictRoutes(p oracletest.Pair) map[string]pairRoute {
	return map[string]pairRoute{
		"POST /akten/:id/conflict":            {"/akten/" + m.akte + "/conflict", `{"kind":"own","reason":" "}`, nil, 422},
		"GET /conflicts":                      {"/conflicts", nil, nil, choose(able(p, "grant"), 200, 403)},
		"POST /conflicts":                     {"/conflicts", `{"user_id":"` + m.stranger() + `","aktenzeichen":"33.11-999999/2026","kind":"own","reason":"x"}`, nil, choose(able(p, "grant"), 422, 403)},
		"POST /conflicts/reports":             {"/conflicts/reports", `{"about":" ","kind":"own","reason":"x"}`, nil, 422},
		"POST /conflicts/reports/:id/dismiss": {"/conflicts/reports/" + nowhere + "/dismiss", `{"reason":"x"}`, nil, 404},
		"POST /conflicts/:id/end":             {"/conflicts/" + nowhere + "/end", `{"reason":"x"}`, nil, 404},
		"POST /conflicts/:id/decide":          {"/conflicts/" + nowhere + "/decide", `{"grant":true}`, nil, 404},
	}
}
