package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// askFound compares everything that counts or lists: search with totals, facets and snippets, the list
// of documents, the head's registers, the list of Akten, persons.
func (m *matrix) askFound(t *testing.T, p oracletest.Pair) (n int) {
	who := p.Role + "@" + p.Department
	for _, procedure := range append([]matrixCase{{}}, m.cases...) {
		stated := purpose
		if procedure.id != "" {
			stated = "Eakte-Purpose: case:" + procedure.id
		}
		var want []string
		facets, known := map[string]int{}, map[string]int{}
		for _, d := range m.docs {
			s := m.sees(p, d, procedure.procedure)
			if s.read {
				want = append(want, d.id)
				facets["register "+d.register]++
				facets["department "+d.broughtBy]++
				facets["type arbeitsvertrag"]++
				facets["classification "+d.classification]++
				facets["year 2026"]++
			}
			if s.exist {
				known[d.register]++
			}
		}
		slices.Sort(want)
		hits, total, got := m.searchAll(t, p, stated)
		if !slices.Equal(hits, want) || total != len(want) || !maps.Equal(got, facets) {
			t.Errorf("%s finds %d of %d, total %d, facets %v, want %v", who, len(hits), len(want), total, got, facets)
		}
		if head(p) {
			if listed := m.listAll(t, p, stated); !slices.Equal(listed, want) {
				t.Errorf("%s lists %d documents, want %d", who, len(listed), len(want))
			}
			shown := m.ask(p, "GET", "/akten/"+m.akte, nil, stated)
			counts := map[string]int{}
			registers, _ := shown.field("registers").([]any)
			for _, r := range registers {
				r := r.(map[string]any)
				counts[r["key"].(string)] = int(r["count"].(float64))
			}
			maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
			if !maps.Equal(counts, known) {
				t.Errorf("%s counts %v, want %v", who, counts, known)
			}
		}
		n += 4
	}
	listed := strings.Contains(string(m.ask(p, "GET", "/akten", nil).body), m.akte)
	persons := strings.Contains(string(m.ask(p, "POST", "/search", `{"q":"Beispiel"}`).body), m.person)
	if listed != head(p) || persons != head(p) {
		t.Errorf("%s: Akte listed %t, person found %t, want %t", who, listed, persons, head(p))
	}
	return n + 2
}

// searchAll follows a search to its end.
func (m *matrix) searchAll(t *testing.T, p oracletest.Pair, stated string) (ids []string, total int, facets map[string]int) {
	for cursor := ""; ; {
		r := m.ask(p, "POST", "/search", fmt.Sprintf(`{"q":"Gemeinsam","limit":100,"cursor":%q}`, cursor), stated)
		var v searchView
		if err := json.Unmarshal(r.body, &v); err != nil || r.status != 200 {
			t.Errorf("search: %v", r)
			return nil, 0, nil
		}
		for _, h := range v.Hits {
			ids = append(ids, string(h.Document))
			if len(h.Snippets) != 1 || !strings.Contains(h.Snippets[0].Text, "Gemeinsam") {
				t.Errorf("hit without a snippet: %+v", h)
			}
		}
		if cursor == "" {
			total, facets = v.Total, map[string]int{}
			for name, counts := range v.Facets {
				for _, c := range counts {
					facets[name+" "+c.Key] = c.Count
				}
			}
		}
		if cursor = v.Next; cursor == "" {
			slices.Sort(ids)
			return ids, total, facets
		}
	}
}

// listAll follows the list of documents to its end.
func (m *matrix) listAll(t *testing.T, p oracletest.Pair, stated string) (ids []string) {
	for cursor := ""; ; {
		r := m.ask(p, "GET", "/akten/"+m.akte+"/documents?limit=200&cursor="+cursor, nil, stated)
		var v list[documentView]
		if err := json.Unmarshal(r.body, &v); err != nil || r.status != 200 {
			t.Errorf("list: %v", r)
			return nil
		}
		for _, d := range v.Items {
			ids = append(ids, string(d.ID))
		}
		if cursor = v.Next; cursor == "" {
			slices.Sort(ids)
			return ids
		}
	}
}

// askFiling tries to bring a paper into every register under every classification. The case it names
// does not exist, so that nobody succeeds; but only who may hears of that.
func (m *matrix) askFiling(t *testing.T, p oracletest.Pair) (n int) {
	receives := false
	for _, r := range oracletest.Registers() {
		for _, c := range oracletest.Classifications() {
			receives = receives || adds(p, r, c)
		}
	}
	if testing.Short() || !receives {
		return 0 // who may bring nothing is refused before: see pairRoutes
	}
	for _, r := range oracletest.Registers() {
		for _, c := range oracletest.Classifications() {
			meta := map[string]any{"type": "arbeitsvertrag", "register": r, "classification": c, "case_id": nowhere}
			got := m.ask(p, "POST", "/akten/"+m.akte+"/documents", newForm().meta(meta).file("a.txt", "Text"))
			if want := choose(adds(p, r, c), 422, 403); got.status != want {
				t.Errorf("%s@%s brings %s/%s: %v, want %d", p.Role, p.Department, r, c, got, want)
			}
			n++
		}
	}
	return n
}
