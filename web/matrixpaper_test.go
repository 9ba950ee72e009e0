package web

import (
	"maps"
	"net/url"
	"slices"

	"eakte/acl/oracletest"
)

// paperDocumentRoutes are those to the paper behind a document.
func paperDocumentRoutes() map[string]documentRoute {
	doc := "/documents/:id"
	return map[string]documentRoute{
		"GET " + doc + "/transfer":   {path: doc + "/transfer", want: reads(200)},
		"POST " + doc + "/judge":     {path: doc + "/judge", body: `{"version":1,"word":"approved"}`, want: writes(409)},
		"GET " + doc + "/originals":  {path: doc + "/originals", want: reads(200)},
		"POST " + doc + "/originals": {path: doc + "/originals", body: `{"place":""}`, want: writes(422)},
		"POST /papers/release":       {path: "/papers/release", body: `{"documents":[":id"]}`, want: writes(409)},
	}
}

// paperRoutes are those to the papers and originals of a department.
func (m *matrix) paperRoutes(p oracletest.Pair) map[string]pairRoute {
	routes := map[string]pairRoute{
		"GET /originals":                  {"/originals", nil, nil, choose(able(p, "inbox"), 200, 403)},
		"POST /originals/:id/acts":        {"/originals/" + nowhere + "/acts", `{"what":"returned"}`, []string{`If-Match: "999"`}, 404},
		"GET /originals/:id/receipt.pdf":  {"/originals/" + nowhere + "/receipt.pdf", nil, nil, 404},
		"GET /papers":                     {"/papers", nil, nil, choose(able(p, "inbox"), 200, 403)},
		"GET /deliveries":                 {"/deliveries", nil, nil, choose(able(p, "inbox") && able(p, "upload"), 200, 403)},
		"GET /deliveries/:id":             {"/deliveries/" + nowhere, nil, nil, 404},
		"GET /deliveries/:id/receipt.pdf": {"/deliveries/" + nowhere + "/receipt.pdf", nil, nil, 404},
		"GET /approvals":                  {"/approvals", nil, nil, choose(judges(p), 200, 403)},
	}
	maps.Copy(routes, m.grantRoutes(p))
	return routes
}

// judges says whether the pair may judge scans: whether there is anything, in any register, that it might change.
func judges(p oracletest.Pair) bool {
	return slices.ContainsFunc(oracletest.Registers(), func(register string) bool {
		return slices.ContainsFunc(oracletest.Classifications(), func(class string) bool {
			return oracletest.May(p.Role, p.Department, register, class, "write", true, true)
		})
	})
}

// paperPages are the pages about the paper behind documents.
func (m *matrix) paperPages(p oracletest.Pair) map[string]pageRoute {
	doc, inbox := m.docs[0], able(p, "inbox")
	may := m.sees(p, doc, "")
	at, own := "/akten/:id/documents/:doc", "/akten/"+m.akte+"/documents/"+doc.id
	shown := choose(may.read, 200, may.exist, 403, 404)
	sent := choose(may.write, 422, may.read || may.exist, 403, 404)
	none := choose(may.read, 404, may.exist, 403, 404)
	return map[string]pageRoute{
		"GET " + at + "/transfer":                    {path: own + "/transfer", want: shown},
		"POST " + at + "/judge":                      {path: own + "/judge", form: url.Values{"version": {"1"}, "word": {"approved"}}, want: sent},
		"GET " + at + "/originals":                   {path: own + "/originals", want: shown},
		"POST " + at + "/originals":                  {path: own + "/originals", form: url.Values{"place": {""}}, want: sent},
		"POST " + at + "/originals/:original":        {path: own + "/originals/" + nowhere, form: url.Values{"what": {"returned"}}, want: none},
		"GET " + at + "/originals/:original/receipt": {path: own + "/originals/" + nowhere + "/receipt", want: none},
		"GET /originals":                             {path: "/originals", want: choose(inbox, 200, 403)},
		"GET /approvals":                             {path: "/approvals", want: choose(judges(p), 200, 403)},
		"GET /approvals/next":                        {path: "/approvals/next?department=" + p.Department, want: choose(judges(p), 303, 404)},
		"GET /deliveries":                            {path: "/deliveries", want: choose(inbox && able(p, "upload"), 200, 403)},
		"GET /deliveries/:id":                        {path: "/deliveries/" + nowhere, want: 404},
		"GET /deliveries/:id/receipt":                {path: "/deliveries/" + nowhere + "/receipt", want: 404},
		"GET /papers":                                {path: "/papers", want: choose(inbox, 200, 403)},
		"POST /papers":                               {path: "/papers", form: url.Values{}, want: choose(inbox, 422, 403)},
	}
}
