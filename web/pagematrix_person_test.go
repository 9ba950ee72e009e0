package web

import (
	"net/url"

	"eakte/acl/oracletest"
)

// particular is what becomes of a change of what is recorded of her family: done, where she may write there.
func (m *matrix) particular(p oracletest.Pair, done int) int {
	may := m.sees(p, matrixDoc{register: "familie", classification: "normal"}, "")
	return choose(!head(p), 404, may.write, done, may.read || may.exist, 403, 404)
}

// personPages are those of a person, whose one Akte is that of the matrix.
func (m *matrix) personPages(p oracletest.Pair) map[string]pageRoute {
	sees, person := head(p), "/persons/"+m.person
	changes := choose(!sees, 404, able(p, "person.write"), 200, 403)
	return map[string]pageRoute{
		"GET /persons/:id":                          {path: person, want: choose(sees, 200, 404)},
		"GET /persons/:id/edit":                     {path: person + "/edit", want: changes},
		"POST /persons/:id/edit":                    {path: person + "/edit", form: url.Values{"revision": {"999"}, "names/0/family": {"Neu"}}, want: choose(changes == 200, 412, sees, 403, 404)},
		"POST /persons/:id/akten":                   {path: person + "/akten", form: url.Values{"plan": {"nonsense"}, "lead_department": {p.Department}}, want: choose(sees, 422, 404)},
		"GET /persons/:id/particulars/:group":       {path: person + "/particulars/familie", want: m.particular(p, 200)},
		"POST /persons/:id/particulars/:group":      {path: person + "/particulars/familie", form: url.Values{"revision": {"999"}, "text": {"x"}}, want: m.particular(p, 412)},
		"GET /persons/:id/corrections":              {path: person + "/corrections", want: choose(sees, 200, 404)},
		"POST /persons/:id/corrections":             {path: person + "/corrections", form: url.Values{"asked_on": {"2026-01-05"}}, want: choose(changes == 200, 422, sees, 403, 404)},
		"POST /persons/:id/corrections/:correction": {path: person + "/corrections/" + nowhere, form: url.Values{"place": {"0"}, "revision": {"1"}}, want: choose(!sees || changes == 200, 404, 403)},
		"GET /corrections":                          {path: "/corrections", want: choose(able(p, "person.write"), 200, 403)},
		"GET /persons/:id/purpose":                  {path: person + "/purpose", want: 200},
		"POST /persons/:id/purpose":                 {path: person + "/purpose", form: url.Values{"purpose": {"nonsense"}}, want: choose(sees, 422, 404)},
	}
}
