package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"eakte/archive/audit"
)

// lastOf returns the newest event of an operation as the officer sees it.
func (w *world) lastOf(op string) reply {
	w.t.Helper()
	officer := w.pair("datenschutz", "datenschutz")
	r := w.want(200, officer, "GET", "/audit/events?limit=1&op="+op, nil)
	if r.text("items/0/op") != op {
		w.t.Fatalf("no event %s: %v", op, r)
	}
	return r
}

// part returns a part of the first event's details.
func (r reply) part(kind, field string) any {
	parts, _ := r.field("items/0/details").([]any)
	for i := range parts {
		if r.text(fmt.Sprintf("items/0/details/%d/kind", i)) == kind {
			return r.field(fmt.Sprintf("items/0/details/%d/text/%s", i, field))
		}
	}
	return nil
}

// stringsOf returns a list of strings, sorted.
func (r reply) stringsOf(path string) []string {
	list, _ := r.field(path).([]any)
	out := each(list, func(v any) string { return fmt.Sprint(v) })
	slices.Sort(out)
	return out
}

// TestOfficerSeesASearch searches what lies in few and in many Akten.
func TestOfficerSeesASearch(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	var akten, persons, docs []string
	for i := range 12 {
		akte := w.akte(clerk, fmt.Sprintf("Beispiel%c", 'a'+i), "auslaenderbehoerde")
		akten = append(akten, akte)
		persons = append(persons, w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id"))
		word := "Zahnradfabrik"
		if i == 0 {
			word += " Sonderling"
		}
		docs = append(docs, w.document(clerk, akte, "arbeitsvertrag", word))
	}
	w.settle()
	for _, tt := range []struct {
		word string
		n    int
	}{{"Sonderling", 1}, {"Zahnradfabrik", len(akten)}} {
		found := w.want(200, clerk, "POST", "/search", map[string]any{"q": tt.word}, purpose)
		if found.field("total") != float64(tt.n) {
			t.Fatalf("found %v", found)
		}
		e := w.lastOf("search")
		if e.text("items/0/actor") != string(w.users[clerk]) || e.text("items/0/time") == "" || e.text("items/0/purpose") != "bearbeitung" || e.text("items/0/result") != "allow" {
			t.Errorf("who searched, when and why: %v", e)
		}
		if e.part("shared", "q") != tt.word || e.part("act", "total") != float64(tt.n) {
			t.Errorf("words and total: %v", e)
		}
		listed, _ := e.part("act", "documents").([]any)
		got := each(listed, func(v any) string { return fmt.Sprint(v) })
		slices.Sort(got)
		if want := slices.Sorted(slices.Values(docs[:tt.n])); !slices.Equal(got, want) {
			t.Errorf("documents listed: %v, want %v", got, want)
		}
		for name, want := range map[string][]string{"akten": akten[:tt.n], "persons": persons[:tt.n]} {
			if got := e.stringsOf("items/0/" + name); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Errorf("%s of a search with %d: %v, want %v", name, tt.n, got, want)
			}
		}
		if more := e.field("items/0/more"); more != nil {
			t.Errorf("more is %v where all are named", more)
		}
	}
	// The officer finds the large search by each of them.
	officer := w.pair("datenschutz", "datenschutz")
	if r := w.want(200, officer, "GET", "/audit/events?op=search&akte="+akten[7], nil); r.part("shared", "q") != "Zahnradfabrik" {
		t.Errorf("by an Akte: %v", r)
	}
}

func TestNamedIn(t *testing.T) {
	keys := []string{"year/2026", "akte/a", "akte/b", "person/c"}
	for _, tt := range []struct {
		name           string
		parts          []audit.Part
		akten, persons []string
	}{
		{"nothing left", []audit.Part{{Kind: audit.PartAct, Keys: keys[:1]}}, nil, nil},
		{"one of them only", []audit.Part{{Kind: audit.PartOwn, Keys: keys[:2]}}, nil, nil},
		{"named", []audit.Part{{Kind: audit.PartNamed, Keys: keys}}, []string{"a", "b"}, []string{"c"}},
		{"shared and erased", []audit.Part{{Kind: audit.PartShared, Keys: keys, Erased: true}}, []string{"a", "b"}, []string{"c"}},
	} {
		akten, persons := namedIn(tt.parts)
		if !slices.Equal(akten, tt.akten) || !slices.Equal(persons, tt.persons) {
			t.Errorf("%s: %v %v", tt.name, akten, persons)
		}
	}
}

// TestCommonWordsAreLookedForInTitles searches for words that stand everywhere.
func TestCommonWordsAreLookedForInTitles(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	w.document(clerk, akte, "arbeitsvertrag", "der und die Zahnradfabrik")
	w.settle()
	if r := w.want(200, clerk, "POST", "/search", `{"q":"der und"}`, purpose); r.field("titles_only") != true {
		t.Errorf("words without meaning: %v", r)
	}
	if r := w.want(200, clerk, "POST", "/search", `{"q":"Zahnradfabrik"}`, purpose); r.field("titles_only") != nil || r.field("total") != 1.0 {
		t.Errorf("a word with meaning: %v", r)
	}
}

// TestSearchExplainsItself asks for words that are understood otherwise than who typed them may think.
func TestSearchExplainsItself(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	for _, tt := range []struct{ q, want string }{
		{"Zahnrad", "[]"},
		{"", "[]"},
		{"- …", `[{"code":"nothing_to_find"}]`},
		{"der und", `[{"code":"titles_only"}]`},
		{"der Rad", `[{"code":"words_left_out","words":["der"]}]`},
		{"Zahn* OR Rad -Lok", "[]"},
		{"AE", `[{"code":"also_searched","words":["Aufenthaltserlaubnis"]}]`},
		{`üb "Rad`, `[{"code":"phrase_open","end":7,"start":3,"words":["\"Rad"]}]`},
		{"Rad von:31.02.2024 typ:Fahrrad", `[{"code":"no_such_date","end":18,"start":4,"words":["von:31.02.2024"]},{"code":"unknown_value","end":30,"start":19,"words":["typ:Fahrrad"]}]`},
	} {
		r := w.want(200, clerk, "POST", "/search", map[string]any{"q": tt.q}, purpose)
		got, err := json.Marshal(r.field("notes"))
		w.must(err)
		if string(got) != tt.want {
			t.Errorf("%q: notes %s, want %s", tt.q, got, tt.want)
		}
	}
}

// TestCloseCase closes a case, after which it is nobody's purpose.
func TestCloseCase(t *testing.T) {
	w := newWorld(t)
	clerk, stranger := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("gesundheit", "gesundheit")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	id := w.want(201, clerk, "POST", "/akten/"+akte+"/cases", `{"procedure":"niederlassungserlaubnis"}`, purpose).text("id")
	stated := "Eakte-Purpose: case:" + id
	w.want(200, clerk, "GET", "/akten/"+akte+"/documents", nil, stated)
	for _, wrong := range []string{id[:20], nowhere} {
		isProblem(t, w.call(clerk, "POST", "/cases/"+wrong+"/close", nil, purpose), 404, "not-found", german)
	}
	isProblem(t, w.call(stranger, "POST", "/cases/"+id+"/close", nil, purpose), 404, "not-found", german)
	isProblem(t, w.call(clerk, "POST", "/cases/"+id+"/close", nil), 422, "purpose-required", german)
	closed := w.want(200, clerk, "POST", "/cases/"+id+"/close", nil, purpose)
	if closed.text("state") != "closed" || closed.text("id") != id || closed.header.Get("ETag") != `"2"` {
		t.Errorf("closed: %v %v", closed.header, closed)
	}
	isProblem(t, w.call(clerk, "POST", "/cases/"+id+"/close", nil, purpose), 409, "conflict", german)
	isProblem(t, w.call(clerk, "GET", "/akten/"+akte+"/documents", nil, stated), 422, "purpose-required", german)
	if e := w.lastOf("case.close"); e.text("items/0/object") != "case/"+id || e.stringsOf("items/0/akten")[0] != akte {
		t.Errorf("trail: %v", e)
	}
}
