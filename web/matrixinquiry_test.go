package web

import (
	"net/url"

	"eakte/acl/oracletest"
)

// inquiryRoutes are the routes to what persons ask for.
func inquiryRoutes(p oracletest.Pair) map[string]pairRoute {
	inform, word := able(p, "inform"), `{"revision":1,"note":"x"}`
	at := "/inquiries/" + nowhere
	return map[string]pairRoute{
		"GET /inquiries":                         {"/inquiries", nil, nil, choose(inform, 200, 403)},
		"POST /inquiries":                        {"/inquiries", `{"aktenzeichen":"33.11-999999/2026","kind":"access","received_on":"2026-01-02","identity":"x"}`, nil, choose(inform, 422, 403)},
		"GET /inquiries/:id":                     {at, nil, nil, choose(inform, 404, 403)},
		"GET /inquiries/:id/documents/:document": {at + "/documents/" + nowhere, nil, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/decide":             {at + "/decide", `{"revision":1,"hidden":"x"}`, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/propose":            {at + "/propose", word, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/release":            {at + "/release", word, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/return":             {at + "/return", word, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/close":              {at + "/close", word, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/prolong":            {at + "/prolong", `{"revision":1,"told_on":"2026-01-02","reasons":"x"}`, nil, choose(inform, 404, 403)},
		"POST /inquiries/:id/take":               {at + "/take", `{"recipient":"x"}`, nil, choose(inform, 404, 403)},
	}
}

// incidentRoutes are the routes to breaches of data protection.
func incidentRoutes(p oracletest.Pair) map[string]pairRoute {
	reads, at := able(p, "trail.read"), "/incidents/"+nowhere
	said := `"title":"x","what":"x","known_since":"2026-01-02T10:00:00Z","from":"2026-01-02T09:00:00Z"`
	return map[string]pairRoute{
		"GET /incidents":                {"/incidents", nil, nil, choose(reads, 200, 403)},
		"POST /incidents":               {"/incidents", `{` + said + `,"actor":"` + nowhere + `"}`, nil, choose(reads, 422, 403)},
		"GET /incidents/:id":            {at, nil, nil, choose(reads, 404, 403)},
		"POST /incidents/:id":           {at, `{"revision":1,` + said + `}`, nil, choose(reads, 404, 403)},
		"POST /incidents/:id/judge":     {at + "/judge", `{"revision":1,"agree":true}`, nil, choose(reads, 404, 403)},
		"GET /incidents/:id/report.pdf": {at + "/report.pdf", nil, nil, choose(reads, 404, 403)},
	}
}

// incidentPages are the pages of breaches of data protection.
func incidentPages(p oracletest.Pair) map[string]pageRoute {
	reads, at := able(p, "trail.read"), "/incidents/"+nowhere
	return map[string]pageRoute{
		"GET /incidents":            {path: "/incidents", want: choose(reads, 200, 403)},
		"POST /incidents":           {path: "/incidents", form: url.Values{"title": {"x"}, "what": {"x"}, "known_since": {"2026-01-02T10:00"}, "from": {"gestern"}}, want: choose(reads, 422, 403)},
		"GET /incidents/:id":        {path: at, want: choose(reads, 404, 403)},
		"POST /incidents/:id":       {path: at, form: url.Values{"revision": {"1"}, "title": {"x"}, "what": {"x"}, "known_since": {"2026-01-02T10:00"}, "from": {"2026-01-02T09:00"}}, want: choose(reads, 404, 403)},
		"POST /incidents/:id/judge": {path: at + "/judge", form: url.Values{"revision": {"1"}, "word": {"agree"}}, want: choose(reads, 404, 403)},
	}
}

// inquiryPages are the pages of what persons ask for.
func inquiryPages(p oracletest.Pair) map[string]pageRoute {
	inform, at := able(p, "inform"), "/inquiries/"+nowhere
	return map[string]pageRoute{
		"GET /inquiries":              {path: "/inquiries", want: choose(inform, 200, 403)},
		"POST /inquiries":             {path: "/inquiries", form: url.Values{"number": {"33.11-999999/2026"}, "kind": {"access"}, "received_on": {"2026-01-02"}, "identity": {"x"}, "language": {"de"}}, want: choose(inform, 422, 403)},
		"GET /inquiries/:id":          {path: at, want: choose(inform, 404, 403)},
		"POST /inquiries/:id":         {path: at, form: url.Values{"revision": {"1"}, "word": {"close"}, "note": {"x"}}, want: choose(inform, 404, 403)},
		"POST /inquiries/:id/pieces":  {path: at + "/pieces", form: url.Values{"revision": {"1"}, "hidden": {"x"}}, want: choose(inform, 404, 403)},
		"POST /inquiries/:id/release": {path: at + "/release", form: url.Values{"revision": {"1"}}, want: choose(inform, 404, 403)},
		"POST /inquiries/:id/take":    {path: at + "/take", form: url.Values{"recipient": {"x"}}, want: choose(inform, 404, 403)},
	}
}
