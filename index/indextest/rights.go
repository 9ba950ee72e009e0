package indextest

import (
	"slices"
	"testing"

	"eakte/archive"
	"eakte/index"
)

func testRights(t *testing.T, open Opener) {
	with := func(n, a int, rights ...string) index.Document {
		return index.Document{ID: doc(n), Akte: akte(a), Type: "brief", Pages: []string{"Pass"}, Rights: rights}
	}
	e := engine(t, open, index.Batch{Documents: []index.Document{
		with(1, 1, "a", "b"), with(2, 1, "b"), with(3, 2, "a"), with(4, 2, "c"), with(5, 3), with(6, 3, ""),
	}})
	within := func(a int, tokens ...string) map[archive.AkteID][]string {
		return map[archive.AkteID][]string{akte(a): tokens}
	}
	tests := []struct {
		name   string
		rights index.Rights
		want   []int
	}{
		{"no rights", index.Rights{}, nil},
		{"empty lists", index.Rights{Tokens: []string{}, Within: map[archive.AkteID][]string{}}, nil},
		{"empty token", index.Rights{Tokens: []string{""}}, nil},
		{"unknown token", index.Rights{Tokens: []string{"z"}}, nil},
		{"part of a token", index.Rights{Tokens: []string{"A", "a*", "a b"}}, nil},
		{"one token", index.Rights{Tokens: []string{"a"}}, []int{1, 3}},
		{"two tokens", index.Rights{Tokens: []string{"a", "b"}}, []int{1, 2, 3}},
		{"known and unknown token", index.Rights{Tokens: []string{"c", "z", ""}}, []int{4}},
		{"within one Akte", index.Rights{Within: within(1, "b")}, []int{1, 2}},
		{"within an Akte without a token", index.Rights{Within: within(1)}, nil},
		{"within an Akte with an empty token", index.Rights{Within: within(3, "")}, nil},
		{"within an Akte with a token of another", index.Rights{Within: within(1, "c")}, nil},
		{"within an unknown Akte", index.Rights{Within: within(9, "a")}, nil},
		{"within no Akte", index.Rights{Within: map[archive.AkteID][]string{"": {"a"}}}, nil},
		{"within two Akten, each its own", index.Rights{Within: map[archive.AkteID][]string{akte(1): {"b"}, akte(2): {"c"}}}, []int{1, 2, 4}},
		{"tokens don't cross Akten", index.Rights{Within: map[archive.AkteID][]string{akte(1): {"c"}, akte(2): {"b"}}}, nil},
		{"everywhere and within", index.Rights{Tokens: []string{"c"}, Within: within(1, "a")}, []int{1, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{"", "Pass", `"Pass"`, "Pass !"} {
				res := search(t, e, index.Query{Text: text, Rights: tt.rights})
				if got := numbers(res); !slices.Equal(got, tt.want) || res.Total != len(tt.want) {
					t.Errorf("%q: got %v, total %d, want %v", text, got, res.Total, tt.want)
				}
				if n := counted(res, "type"); n != len(tt.want) {
					t.Errorf("%q: facets count %d, want %d", text, n, len(tt.want))
				}
			}
		})
	}
}

func counted(res index.Result, facet string) int {
	n := 0
	for _, c := range res.Facets[facet] {
		n += c.Count
	}
	return n
}

// A reader may hold a thousand single grants, alike or all different.
func testManyGrants(t *testing.T, open Opener) {
	const n = 1200
	tokens := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}
	var b index.Batch
	same, mixed := map[archive.AkteID][]string{}, map[archive.AkteID][]string{}
	want := map[int]bool{}
	for i := range n {
		b.Documents = append(b.Documents, index.Document{ID: doc(i), Akte: akte(i), Pages: []string{"Pass"}, Rights: []string{tokens[i%11]}})
		if i%6 == 0 {
			continue
		}
		same[akte(i)] = tokens
		var held []string
		for k, token := range tokens {
			if i>>k&1 == 1 {
				held = append(held, token)
			}
		}
		mixed[akte(i)] = held
		want[i] = slices.Contains(held, tokens[i%11])
	}
	e := engine(t, open, b)
	if got := search(t, e, index.Query{Text: "Pass", Rights: index.Rights{Within: same}}).Total; got != len(same) {
		t.Errorf("grants alike: %d documents, want %d", got, len(same))
	}
	q := index.Query{Text: "Pass", Rights: index.Rights{Within: mixed}}
	seen := 0
	for _, h := range walk(t, e, q) {
		seen++
		if !want[number(string(h.Document))] {
			t.Errorf("document %s must not be found", h.Document)
		}
		delete(want, number(string(h.Document)))
	}
	for i, missing := range want {
		if missing {
			t.Errorf("document %d isn't found", i)
		}
	}
}

func testDirty(t *testing.T, open Opener) {
	d := func(n, a int) index.Document {
		x := text(n, "Pass")
		x.Akte, x.Type = akte(a), "brief"
		return x
	}
	lost := text(6, "Pass")
	lost.Akte = ""
	e := engine(t, open, index.Batch{Documents: []index.Document{d(1, 1), d(2, 1), d(3, 2), d(4, 2), d(5, 3), lost}})
	akten := func(ns ...int) map[archive.AkteID]struct{} {
		m := map[archive.AkteID]struct{}{}
		for _, n := range ns {
			m[akte(n)] = struct{}{}
		}
		return m
	}
	documents := func(ns ...int) map[archive.DocumentID]struct{} {
		m := map[archive.DocumentID]struct{}{}
		for _, n := range ns {
			m[doc(n)] = struct{}{}
		}
		return m
	}
	tests := []struct {
		name  string
		dirty archive.Dirty
		want  []int
	}{
		{"nothing dirty", archive.Dirty{}, []int{1, 2, 3, 4, 5, 6}},
		{"a dirty Akte; what has no Akte is held back", archive.Dirty{Akten: akten(1)}, []int{3, 4, 5}},
		{"a dirty document", archive.Dirty{Documents: documents(3)}, []int{1, 2, 4, 5}},
		{"both", archive.Dirty{Akten: akten(2), Documents: documents(1, 5)}, []int{2}},
		{"unknown ones", archive.Dirty{Akten: akten(8), Documents: documents(9)}, []int{1, 2, 3, 4, 5}},
		{"all dirty", archive.Dirty{Akten: akten(1, 2, 3)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{"", "Pass"} {
				res := search(t, e, index.Query{Text: text, Rights: all(), Without: tt.dirty})
				if got := numbers(res); !slices.Equal(got, tt.want) || res.Total != len(tt.want) {
					t.Errorf("%q: got %v, total %d, want %v", text, got, res.Total, tt.want)
				}
				if want := len(slices.DeleteFunc(slices.Clone(tt.want), func(n int) bool { return n == 6 })); counted(res, "type") != want {
					t.Errorf("%q: facets count %d, want %d", text, counted(res, "type"), want)
				}
			}
		})
	}
}
