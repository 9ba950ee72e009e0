package web

import (
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
	return map[string]pageRoute{
		"GET /akten/:id":                       {path: akte, want: shown},
		"GET /akten/:id/documents/:doc":        {path: own, want: choose(may.read, 200, may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/retry": {path: own + "/retry", form: url.Values{}, want: choose(may.write, 409, may.read || may.exist, 403, 404)},
		"POST /akten/:id/documents/:doc/check": {path: own + "/check", form: url.Values{}, want: choose(may.write, 303, may.read || may.exist, 403, 404)},
	}
}
