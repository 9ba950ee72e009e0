package web

import (
	"maps"
	"net/url"

	"eakte/acl/oracletest"
)

// aktePages are the pages inside an Akte.
func (m *matrix) aktePages(p oracletest.Pair) map[string]pageRoute {
	sees := head(p)
	shown := choose(sees, 200, 404)
	doc := m.docs[0]
	may := m.sees(p, doc, "")
	akte := "/akten/" + m.akte
	own := akte + "/documents/" + doc.id
	changes := choose(!sees, 404, able(p, "akte.change") && p.Department == "auslaenderbehoerde", 200, 403)
	keeps := choose(!sees, 404, able(p, "inbox") && p.Department == "auslaenderbehoerde", 200, 403)
	forms := choose(may.write, 200, may.read || may.exist, 403, 404)
	sent := choose(may.write, 422, may.read || may.exist, 403, 404)
	routes := map[string]pageRoute{
		"GET /akten/:id/edit":                       {path: akte + "/edit", want: changes},
		"POST /akten/:id/edit":                      {path: akte + "/edit", form: url.Values{"revision": {"999"}}, want: choose(changes == 200, 412, sees, 403, 404)},
		"POST /akten/:id/cases":                     {path: akte + "/cases", form: url.Values{"procedure": {"nonsense"}}, want: choose(changes == 200, 422, sees, choose(able(p, "akte.change"), 403, 403), 404)},
		"POST /akten/:id/cases/:case/close":         {path: akte + "/cases/" + nowhere + "/close", form: url.Values{}, want: 404},
		"GET /akten/:id/bundle":                     {path: akte + "/bundle", want: shown},
		"POST /akten/:id/bundle":                    {path: akte + "/bundle", form: url.Values{"what": {"some"}}, want: choose(sees, 422, 404)},
		"GET /akten/:id/bundle/:job":                {path: akte + "/bundle/" + nowhere, want: 404},
		"POST /akten/:id/bundle/:job/cancel":        {path: akte + "/bundle/" + nowhere + "/cancel", form: url.Values{}, want: 404},
		"GET /akten/:id/acknowledgement":            {path: akte + "/acknowledgement", want: shown},
		"POST /akten/:id/acknowledgement":           {path: akte + "/acknowledgement", form: url.Values{"paper": {doc.id}, "recipient": {"Frau Beispiel"}, "language": {"en"}}, want: choose(may.write, 200, may.read, 403, 404)},
		"GET /akten/:id/consignment":                {path: akte + "/consignment", want: keeps},
		"POST /akten/:id/consignment":               {path: akte + "/consignment", form: url.Values{}, want: choose(keeps == 200, 422, sees, 403, 404)},
		"POST /akten/:id/consignment/rush":          {path: akte + "/consignment/rush", form: url.Values{"wanted": {"2099-01-01"}, "reason": {"x"}}, want: choose(keeps == 200, 422, sees, 403, 404)},
		"POST /akten/:id/consignment/end":           {path: akte + "/consignment/end", form: url.Values{}, want: choose(keeps == 200, 422, sees, 403, 404)},
		"GET /akten/:id/conflict":                   {path: akte + "/conflict", want: shown},
		"POST /akten/:id/conflict":                  {path: akte + "/conflict", form: url.Values{"kind": {"own"}}, want: choose(sees, 422, 404)},
		"GET /akten/:id/seal":                       {path: akte + "/seal", want: choose(!sees, 404, writesAny(p), 200, 403)},
		"POST /akten/:id/seal":                      {path: akte + "/seal", form: url.Values{"what": {"lay"}}, want: choose(!sees || writesAny(p), choose(sees, 422, 404), 403)},
		"GET /akten/:id/retention":                  {path: akte + "/retention", want: shown},
		"POST /akten/:id/retention":                 {path: akte + "/retention", form: url.Values{"what": {"hold"}, "hold_until": {"2020-01-01"}}, want: choose(changes == 200, 422, sees, 403, 404)},
		"GET /akten/:id/documents/:doc/erase":       {path: own + "/erase", want: forms},
		"POST /akten/:id/documents/:doc/erase":      {path: own + "/erase", form: url.Values{"rule": {"R-NONE"}, "because": {"x"}}, want: sent},
		"GET /akten/:id/documents/:doc/seal":        {path: own + "/seal", want: forms},
		"POST /akten/:id/documents/:doc/seal":       {path: own + "/seal", form: url.Values{"what": {"lay"}}, want: sent},
		"GET /consignments":                         {path: "/consignments?department=" + p.Department, want: choose(able(p, "inbox"), 200, 403)},
		"GET /akten/:id/documents/:doc/edit":        {path: own + "/edit", want: forms},
		"POST /akten/:id/documents/:doc/edit":       {path: own + "/edit", form: url.Values{"type": {"nonsense"}, "revision": {"999"}}, want: choose(may.write, 412, may.read || may.exist, 403, 404)},
		"GET /akten/:id/documents/:doc/move":        {path: own + "/move", want: forms},
		"POST /akten/:id/documents/:doc/move":       {path: own + "/move", form: url.Values{}, want: sent},
		"GET /akten/:id/documents/:doc/classify":    {path: own + "/classify", want: forms},
		"POST /akten/:id/documents/:doc/classify":   {path: own + "/classify", form: url.Values{}, want: sent},
		"GET /akten/:id/documents/:doc/alike":       {path: own + "/alike", want: choose(may.read, 200, may.exist, 403, 404)},
		"GET /akten/:id/documents/:doc/disclose":    {path: own + "/disclose", want: choose(may.read, 200, may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/disclose":   {path: own + "/disclose", form: url.Values{"recipient": {"Gericht"}}, want: choose(may.read && may.disclose, 200, may.read || may.exist, 403, 404)},
		"GET /akten/:id/documents/:doc/copy/:form":  {path: own + "/copy/searchable", want: choose(may.read, 200, may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/copy/:form": {path: own + "/copy/searchable", form: url.Values{}, want: choose(may.read, 409, may.exist, 403, 404)},
		"GET /akten/:id":                            {path: akte, want: shown},
		"GET /akten/:id/documents/:doc":             {path: own, want: choose(may.read, 200, may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/unlock":     {path: own + "/unlock", form: url.Values{"password": {"x"}}, want: choose(may.write, 409, may.read || may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/retry":      {path: own + "/retry", form: url.Values{}, want: choose(may.write, 409, may.read || may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/check":      {path: own + "/check", form: url.Values{}, want: choose(may.write, 303, may.read || may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/recognise":  {path: own + "/recognise", form: url.Values{"language": {""}}, want: choose(may.write, 409, may.read || may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/quarantine": {path: own + "/quarantine", form: url.Values{"word": {"ask"}, "reason": {"x"}}, want: choose(may.write, 409, may.read || may.exist, 403, 404)},
	}
	maps.Copy(routes, m.grantPages(p))
	return routes
}
