package indextest

import (
	"context"
	"slices"
	"testing"

	"eakte/archive"
	"eakte/index"
)

func testNewly(t *testing.T, open Opener) {
	secret := text(3, "Der Pass liegt bei")
	secret.Rights = []string{"geheim|alle"}
	retyped := text(4, "Mietvertrag über eine Wohnung")
	e := engine(t, open, index.Batch{Seq: 1, Documents: []index.Document{text(1, "Der Pass liegt bei"), text(2, "Mietvertrag"), secret, retyped}})
	retyped.Type = "mietvertrag"
	empty := text(7)
	opened := text(8, "Pass mit Visum")
	opened.Rights = []string{"geheim|alle"}
	apply(t, e, index.Batch{Seq: 2, Documents: []index.Document{opened}})
	opened.Rights = append(opened.Rights, everybody) // as when it is moved to where it belongs
	hidden := text(9, "Pass der Mutter")
	hidden.Rights = []string{"geheim|alle"}
	coming := []index.Document{
		text(1, "Der Pass liegt immer noch bei"), // fitted before
		text(2, "Mietvertrag und Reisepass"),     // did not
		secret,                                   // nobody who asks here may see it, and it fitted before
		retyped,                                  // its text is what it was
		text(5, "Pässe der Kinder"), text(6, "Pass ohne Foto"), empty, opened, hidden,
	}
	for _, tt := range []struct {
		name string
		q    index.Query
		anew bool
		want []int
	}{
		{"word", index.Query{Text: "pass"}, false, []int{2, 5, 6, 8}},
		{"to who sees all that is hidden", index.Query{Text: "pass", Rights: index.Rights{Tokens: []string{"geheim|alle"}}}, false, []int{9}},
		{"to nobody", index.Query{Text: "pass", Rights: index.Rights{Tokens: []string{"niemand"}}}, false, nil},
		{"word in an index that was thrown away", index.Query{Text: "pass"}, true, []int{1, 2, 5, 6, 8}},
		{"exclusion", index.Query{Text: "pass -foto"}, false, []int{2, 5, 8}},
		{"phrase", index.Query{Text: `"ohne foto"`}, false, []int{6}},
		{"filter", index.Query{Text: "wohnung", Types: []string{"mietvertrag"}}, false, []int{4}},
		{"filter alone", index.Query{Types: []string{"mietvertrag"}}, false, []int{4}},
		{"everything", index.Query{}, false, []int{5, 6, 7, 8}},
		{"only documents named", index.Query{Text: "pass", Documents: []archive.DocumentID{}}, false, []int{2, 5, 6, 8}},
		{"dirt", index.Query{Text: "pass", Without: archive.Dirty{Documents: map[archive.DocumentID]struct{}{doc(5): {}}}}, false, []int{2, 5, 6, 8}},
		{"nothing", index.Query{Text: "termin"}, false, nil},
	} {
		if tt.q.Rights.Tokens == nil {
			tt.q.Rights = all()
		}
		found, err := e.Newly(context.Background(), coming, []index.Query{tt.q, {Text: "termin", Rights: all()}}, tt.anew)
		if err != nil || len(found) != 2 || len(found[1]) != 0 {
			t.Fatalf("%s: %v, %v", tt.name, found, err)
		}
		var got []int
		for _, id := range found[0] {
			got = append(got, number(string(id)))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v are new, want %v", tt.name, got, tt.want)
		}
	}
	if got := numbers(search(t, e, index.Query{Text: "pass", Rights: all()})); !slices.Equal(got, []int{1}) {
		t.Errorf("asking changed the index: pass finds %v", got)
	}
}

func testDocumentsNamed(t *testing.T, open Opener) {
	secret := text(3, "Pass")
	secret.Rights = []string{"geheim|alle"}
	e := engine(t, open, index.Batch{Seq: 1, Documents: []index.Document{text(1, "Pass"), text(2, "Pass"), secret, text(4, "Visum")}})
	for _, tt := range []struct {
		name, text string
		named      []archive.DocumentID
		want       []int
	}{
		{"all", "pass", nil, []int{1, 2}},
		{"none", "pass", []archive.DocumentID{}, []int{}},
		{"some", "pass", []archive.DocumentID{doc(4), doc(2), doc(3), doc(9)}, []int{2}},
		{"without a text", "", []archive.DocumentID{doc(4), doc(2), doc(3)}, []int{2, 4}},
	} {
		res := search(t, e, index.Query{Text: tt.text, Documents: tt.named, Rights: all()})
		if got := numbers(res); !slices.Equal(got, tt.want) || res.Total != len(tt.want) {
			t.Errorf("%s: %v, total %d, want %v", tt.name, got, res.Total, tt.want)
		}
	}
}
