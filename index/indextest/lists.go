package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/index"
)

func dated(n int, date string) index.Document {
	d := text(n, "Pass")
	d.Date = date
	return d
}

func testFilters(t *testing.T, open Opener) {
	a, b, c := dated(1, "2025-12-31"), dated(2, "2026-01-01"), dated(3, "2026-11-21")
	a.Type, a.Register, a.Department, a.Person = "brief", "asyl", "soziales", id[archive.PersonID](1)
	b.Type, b.Register, b.Department, b.Person = "pass", "asyl", "asyl", id[archive.PersonID](1)
	c.Type, c.Register, c.Department, c.Person = "brief", "wohnen", "asyl", id[archive.PersonID](2)
	c.Classification = "besonders"
	e := engine(t, open, index.Batch{Documents: []index.Document{a, b, c, dated(4, ""), dated(5, "2026-02-30"), dated(6, "1999-05-05")}})
	tests := []struct {
		name string
		q    index.Query
		want []int
	}{
		{"type", index.Query{Types: []string{"brief"}}, []int{1, 3}},
		{"two types", index.Query{Types: []string{"brief", "pass"}}, []int{1, 2, 3}},
		{"unknown type", index.Query{Types: []string{"x"}}, nil},
		{"empty type narrows to nothing", index.Query{Types: []string{""}}, nil},
		{"register", index.Query{Registers: []string{"asyl"}}, []int{1, 2}},
		{"classification", index.Query{Classifications: []string{"besonders"}}, []int{3}},
		{"department", index.Query{Departments: []string{"asyl"}}, []int{2, 3}},
		{"filters narrow together", index.Query{Types: []string{"brief"}, Registers: []string{"asyl"}}, []int{1}},
		{"Akte", index.Query{Akte: akte(3)}, []int{3}},
		{"person", index.Query{Person: id[archive.PersonID](1)}, []int{1, 2}},
		{"from", index.Query{From: "2026-01-01"}, []int{2, 3}},
		{"to", index.Query{To: "2026-01-01"}, []int{1, 2, 6}},
		{"one day", index.Query{From: "2026-11-21", To: "2026-11-21"}, []int{3}},
		{"across years", index.Query{From: "2025-12-31", To: "2026-11-20"}, []int{1, 2}},
		{"part of a month", index.Query{From: "2026-11-02", To: "2026-11-22"}, []int{3}},
		{"beside", index.Query{From: "2026-11-22", To: "2027-12-31"}, nil},
		{"upside down", index.Query{From: "2027-01-01", To: "2025-01-01"}, nil},
		{"no known date", index.Query{From: "2030-01-01"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{"", "Pass"} {
				tt.q.Text, tt.q.Rights = text, all()
				if got := numbers(search(t, e, tt.q)); !slices.Equal(got, tt.want) {
					t.Errorf("%q: got %v, want %v", text, got, tt.want)
				}
				tt.q.Rights = index.Rights{}
				if got := search(t, e, tt.q); got.Total != 0 {
					t.Errorf("%q: %d found without rights", text, got.Total)
				}
			}
		})
	}
}

func testFacets(t *testing.T, open Opener) {
	var b index.Batch
	for i := range 60 {
		d := dated(i, fmt.Sprintf("%d-03-04", 1960+i))
		d.Type, d.Register, d.Department = fmt.Sprintf("t%02d", i/2), "asyl", "b"
		switch {
		case i < 2:
			d.Type, d.Register, d.Date = "", "", ""
		case i < 10:
			d.Department, d.Type = "a", "häufig"
		case i >= 50:
			d.Rights, d.Type = []string{"secret"}, "geheim"
		}
		b.Documents = append(b.Documents, d)
	}
	e := engine(t, open, b)
	res := search(t, e, index.Query{Text: "Pass", Rights: all(), Limit: 1})
	if got, want := res.Facets["register"], []index.Count{{Key: "asyl", Count: 48}}; !slices.Equal(got, want) {
		t.Errorf("register: got %v, want %v", got, want)
	}
	if got, want := res.Facets["department"], []index.Count{{Key: "b", Count: 42}, {Key: "a", Count: 8}}; !slices.Equal(got, want) {
		t.Errorf("department: got %v, want %v", got, want)
	}
	types := res.Facets["type"]
	if len(types) != 21 || types[0] != (index.Count{Key: "häufig", Count: 8}) || types[1] != (index.Count{Key: "t05", Count: 2}) || types[20].Key != "t24" {
		t.Errorf("type: got %v", types)
	}
	if years := res.Facets["year"]; len(years) != 48 || years[0] != (index.Count{Key: "1962", Count: 1}) {
		t.Errorf("year: got %v", years)
	}
	second := search(t, e, index.Query{Text: "Pass", Rights: all(), Limit: 1, After: res.Hits[0].After})
	if d := cmp.Diff(res.Facets, second.Facets); d != "" || second.Total != 50 {
		t.Errorf("the second page counts otherwise: total %d\n%s", second.Total, d)
	}
	if got := search(t, e, index.Query{Text: "Pass", Types: []string{"häufig"}, Rights: all()}); counted(got, "department") != 8 {
		t.Errorf("facets under a filter: %v", got.Facets)
	}
}

// A facet's counts are those of the hits that one would get by choosing that value as well, or
// alone: by its own filter a facet isn't narrowed. Rights and all other filters hold in it.
func testFacetsAgree(t *testing.T, open Opener) {
	w := &world{rand: rand.New(rand.NewPCG(3, 2026))}
	var b index.Batch
	for range 300 {
		b.Documents = append(b.Documents, w.document(pick(w.rand, []string{everybody, "secret"})))
	}
	e := engine(t, open, b)
	fields := map[string]func(*index.Query) *[]string{
		"type":           func(q *index.Query) *[]string { return &q.Types },
		"register":       func(q *index.Query) *[]string { return &q.Registers },
		"department":     func(q *index.Query) *[]string { return &q.Departments },
		"classification": func(q *index.Query) *[]string { return &q.Classifications },
	}
	for range 60 {
		q := w.query()
		q.Rights = all()
		for _, choose := range fields {
			if w.rand.IntN(2) == 0 {
				*choose(&q) = []string{pick(w.rand, worldTypes[:]), "unheard"}
			}
		}
		facets := search(t, e, q).Facets
		for name, choose := range fields {
			for _, v := range append(worldTypes[:], "unheard") {
				alone, want := q, 0
				*choose(&alone) = []string{v}
				if v != "" {
					want = search(t, e, alone).Total
				}
				chosen := v != "" && slices.Contains(*choose(&q), v)
				i := slices.IndexFunc(facets[name], func(c index.Count) bool { return c.Key == v })
				switch {
				case i < 0 && (want > 0 || chosen):
					t.Fatalf("%+v: %s %q is missing, want %d", q, name, v, want)
				case i >= 0 && (facets[name][i].Count != want || want == 0 && !chosen):
					t.Fatalf("%+v: %s %q counts %d, want %d", q, name, v, facets[name][i].Count, want)
				}
			}
		}
		for _, c := range facets["year"] {
			alone := q
			alone.From, alone.To = c.Key+"-01-01", c.Key+"-12-31"
			if want := search(t, e, alone).Total; c.Count != want {
				t.Fatalf("%+v: year %s counts %d, want %d", q, c.Key, c.Count, want)
			}
		}
	}
}

func testTimeline(t *testing.T, open Opener) {
	hidden := dated(9, "1980-01-01")
	hidden.Rights = []string{"secret"}
	e := engine(t, open, index.Batch{Documents: []index.Document{
		dated(1, "2024-01-31"), dated(2, "2025-12-01"), dated(3, "2025-12-31"), dated(4, ""), dated(5, "1850-02-03"), hidden,
	}})
	counts := func(pairs ...any) (out []index.Count) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, index.Count{Key: pairs[i].(string), Count: pairs[i+1].(int)})
		}
		return out
	}
	tests := []struct {
		name string
		q    index.Query
		want []index.Count
	}{
		{"years, oldest first", index.Query{}, counts("1850", 1, "2024", 1, "2025", 2)},
		{"from long before the first", index.Query{From: "2023-12-31"}, counts("2024", 1, "2025", 2)},
		{"24 months found", index.Query{From: "2024-01-31"}, counts("2024-01", 1, "2025-12", 2)},
		{"24 months asked", index.Query{From: "2024-01-01", To: "2025-12-31"}, counts("2024-01", 1, "2025-12", 2)},
		{"25 months asked", index.Query{From: "2024-01-01", To: "2026-01-01"}, counts("2024", 1, "2025", 2)},
		{"few months asked", index.Query{From: "2025-12-02", To: "2026-01-01"}, counts("2025-12", 1)},
		{"from open, months found", index.Query{From: "2025-01-01"}, counts("2025-12", 2)},
		{"old days by month", index.Query{To: "1850-12-31"}, counts("1850-02", 1)},
		{"nothing", index.Query{From: "2030-01-01"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Text, tt.q.Rights = "Pass", all()
			if got := search(t, e, tt.q).Timeline; !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func testOrder(t *testing.T, open Opener) {
	title := text(5, "Etwas ganz anderes steht auf dieser Seite")
	title.Title, title.Date = "Reisepass", "2020-01-01"
	docs := []index.Document{
		dated(3, "2026-01-01"), dated(1, "2026-01-01"), dated(2, "2027-05-05"), dated(4, ""), title,
		text(6, "Reisepass und noch viele andere Wörter, die hier stehen, damit diese Seite länger wird als andere"),
	}
	e := engine(t, open, index.Batch{Documents: docs})
	tests := []struct {
		name string
		q    index.Query
		want []int
	}{
		{"newest first, ties by ID, unknown last", index.Query{Text: "-Reisepass", Sort: "date"}, []int{2, 1, 3, 4}},
		{"oldest first, ties by ID, unknown last", index.Query{Text: "Pass -Reisepass", Sort: "-date"}, []int{1, 3, 2, 4}},
		{"equal scores by ID", index.Query{Text: "Pass -Reisepass"}, []int{1, 2, 3, 4}},
		{"a title counts more than a page", index.Query{Text: "Reisepass", Sort: "relevance"}, []int{5, 6}},
		{"nothing typed: newest first", index.Query{}, []int{2, 1, 3, 5, 4, 6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Rights = all()
			if got := listed(search(t, e, tt.q)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// walk follows cursors to the end with ever other page sizes.
func walk(t *testing.T, e index.Engine, q index.Query) []index.Hit {
	t.Helper()
	var hits []index.Hit
	for q.Limit = 1; ; q.Limit = q.Limit%100 + 7 {
		q.Limit = min(q.Limit, 100)
		res := search(t, e, q)
		if len(res.Hits) > q.Limit {
			t.Fatalf("%d hits for a limit of %d", len(res.Hits), q.Limit)
		}
		if len(res.Hits) == 0 {
			if len(hits) != res.Total {
				t.Fatalf("walked %d hits of %d", len(hits), res.Total)
			}
			return hits
		}
		hits = append(hits, res.Hits...)
		q.After = hits[len(hits)-1].After
	}
}

func testCursors(t *testing.T, open Opener) {
	var b index.Batch
	for i := range 250 {
		d := dated(i, fmt.Sprintf("2026-%02d-%02d", i%12+1, i%5+1))
		if i%10 == 0 {
			d.Date = ""
		}
		if i%3 == 0 {
			d.Pages = append(d.Pages, "Pass Pass ein zweites Blatt")
		}
		b.Documents = append(b.Documents, d)
	}
	e := engine(t, open, b)
	for _, sort := range []string{"relevance", "date", "-date"} {
		for _, text := range []string{"", "Pass"} {
			t.Run(sort+" "+text, func(t *testing.T) {
				seen := map[archive.DocumentID]bool{}
				hits := walk(t, e, index.Query{Text: text, Sort: sort, Rights: all()})
				for _, h := range hits {
					if seen[h.Document] {
						t.Errorf("document %s twice", h.Document)
					}
					seen[h.Document] = true
				}
				if len(hits) != 250 {
					t.Errorf("%d hits", len(hits))
				}
				first := search(t, e, index.Query{Text: text, Sort: sort, Rights: all(), Limit: 100})
				if d := cmp.Diff(first.Hits, hits[:100]); d != "" {
					t.Errorf("pages differ from one long page\n%s", d)
				}
			})
		}
	}
}
