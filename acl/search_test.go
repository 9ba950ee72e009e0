package acl_test

import (
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/index"
	"eakte/index/name"
)

// found searches and returns the answer.
func found(t *testing.T, desk *acl.Desk, q string) acl.Found {
	t.Helper()
	f, err := desk.Search(t.Context(), index.Query{Text: q}, "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSearchByNumber types numbers of an Akte and of the central register into the one box.
func TestSearchByNumber(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	p, err := worker.CreatePerson(ctx, archive.Person{Names: []archive.Name{{Family: "Beispiel", Given: "Anna"}}, AZRNumber: "260417001234"})
	if err != nil {
		t.Fatal(err)
	}
	akte, err := worker.CreateAkte(ctx, archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde"})
	if err != nil {
		t.Fatal(err)
	}
	w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	w.Settle()
	plain := strings.NewReplacer(".", "", "-", "", "/", "").Replace(akte.Number)
	tests := []struct{ query, by string }{
		{akte.Number, acl.FoundByNumber},
		{strings.ReplaceAll(akte.Number, "-", " - "), acl.FoundByNumber},
		{plain, acl.FoundByNumber},
		{"Beispiel " + akte.Number, acl.FoundByNumber},
		{"260417001234", acl.FoundByAZR},
		{"260417-001234", acl.FoundByAZR},
		{"2604 1700 1234", acl.FoundByAZR},
		{"260417001234 Beispiel", acl.FoundByAZR},
	}
	for _, tt := range tests {
		got := found(t, worker, tt.query).Persons
		if len(got) == 0 || got[0].Person.ID != p.ID || got[0].Akte.ID != akte.ID || got[0].By != tt.by {
			t.Errorf("%q: %+v, want the person by %s first", tt.query, got, tt.by)
		}
		if n := len(slices.DeleteFunc(slices.Clone(got), func(f acl.FoundPerson) bool { return f.Person.ID != p.ID })); n > 1 {
			t.Errorf("%q: the person is there %d times", tt.query, n)
		}
		if got := found(t, stranger, tt.query).Persons; len(got) != 0 {
			t.Errorf("%q: a stranger finds %+v", tt.query, got)
		}
	}
	if got := found(t, worker, plain[:len(plain)-1]).Persons; len(got) != 0 {
		t.Errorf("a part of a number finds %+v", got)
	}
}

// TestSearchTellsTheName looks for a person by a name that isn't her first one.
func TestSearchTellsTheName(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	born, err := archive.ParseBirthDate("1990-05-17", w.Time)
	if err != nil {
		t.Fatal(err)
	}
	p, err := worker.CreatePerson(t.Context(), archive.Person{
		Names: []archive.Name{
			{Kind: "official", Family: "Müller", Given: "Anna", OriginalScript: "Анна"},
			{Kind: "birth", Family: "Al-Hassan", Given: "Anna"},
		},
		BirthDate: born,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
	tests := []struct{ query, by, kind, marked string }{
		{"mueller", acl.FoundByName, "official", "Müller"},
		{"anna", acl.FoundByName, "official", "Anna Анна"},
		{"anna hassan", acl.FoundByName, "birth", "Anna Hassan"},
		{"анна", acl.FoundByName, "official", "Anna Анна"},
		{"17.05.1990", acl.FoundByDate, "official", ""},
	}
	for _, tt := range tests {
		got := found(t, worker, tt.query).Persons
		if len(got) != 1 || got[0].Person.ID != p.ID {
			t.Fatalf("%q: %+v", tt.query, got)
		}
		f := got[0]
		var marked []string
		for _, part := range []struct {
			text  string
			spans []index.Span
		}{{f.Matched.Given, f.Marks.Given}, {f.Matched.Family, f.Marks.Family}, {f.Matched.OriginalScript, f.Marks.Original}} {
			for _, s := range part.spans {
				marked = append(marked, part.text[s.Start:s.End])
			}
		}
		if got := strings.Join(marked, " "); f.By != tt.by || f.Matched.Kind != tt.kind || got != tt.marked {
			t.Errorf("%q: by %s, %s name, marked %q", tt.query, f.By, f.Matched.Kind, got)
		}
	}
}

// TestSearchFindsOtherSpellings looks for people in another romanisation, misheard and mistyped.
func TestSearchFindsOtherSpellings(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@leistungsbehoerde"))
	for _, n := range []archive.Name{
		{Family: "Shevchenko", Given: "Yurii"}, {Family: "Savchenko", Given: "Yurii"}, {Family: "Derwisch", Given: "Abd al-Rahman"},
		{Family: "Kaya", Given: "Mehmet"}, {Family: "Müller", Given: "Anna Maria"},
	} {
		n.Kind = "official"
		if _, err := worker.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{n}}); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle()
	tests := []struct {
		query, family string
		class         name.Class
	}{
		{"Yurii Shevchenko", "Shevchenko", name.Same},
		{"Shevchenko, Yurii", "Shevchenko", name.Order},
		{"Jurij Schewtschenko", "Shevchenko", name.Romanisation},
		{"Юрій Шевченко", "Shevchenko", name.Romanisation},
		{"Yurii Shevchenlo", "Shevchenko", name.Typo},
		{"Abdurrahman Darwish", "Derwisch", name.Romanisation},
		{"Mohammed Kaya", "Kaya", name.Related},
		{"Anna Mueller", "Müller", name.Part},
		{"A. M. Müller", "Müller", name.Initial},
	}
	for _, tt := range tests {
		got := found(t, worker, tt.query).Persons
		if len(got) == 0 || got[0].Matched.Family != tt.family || got[0].Likeness.Class != tt.class || got[0].By != acl.FoundByName {
			t.Errorf("%q: %+v, want %s, %v", tt.query, got, tt.family, tt.class)
		}
		if got := found(t, stranger, tt.query).Persons; len(got) > 0 {
			t.Errorf("%q: a stranger finds %d", tt.query, len(got))
		}
	}
}

// TestSearchTellsOfHits asks for all that a row of the list shows.
func TestSearchTellsOfHits(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	pages := slices.Repeat([]string{"Zahnrad und Zahnräder"}, 52)
	pages[0] = "nichts"
	w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag", Title: "Über ein Zahnrad"}, pages...)
	before := func() acl.Hit {
		w.T.Helper()
		if err := w.Indexer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		return found(t, worker, "zahnrad").Hits[0]
	}()
	if before.PageCount != 0 || before.Thumb || len(before.Pages) != 0 || len(before.TitleMarks) != 1 {
		t.Errorf("before it is read: %+v", before)
	}
	w.Settle()
	h := found(t, worker, "Zahnrad").Hits[0]
	if h.PageCount != 52 || !h.Thumb || len(h.Pages) != 50 || h.Pages[0] != 2 || len(h.Counts) != 50 || h.Counts[49] != 2 || h.MorePages != 1 {
		t.Errorf("%d pages, thumb %v, on %v %v and %d more", h.PageCount, h.Thumb, h.Pages, h.Counts, h.MorePages)
	}
	if m := h.TitleMarks; len(m) != 1 || h.Document.Title[m[0].Start:m[0].End] != "Zahnrad" {
		t.Errorf("title marks %v", m)
	}
	for _, s := range h.Snippets {
		if len(s.Marks) != 2 {
			t.Errorf("snippet %q has marks %v, want both forms", s.Text, s.Marks)
		}
	}
	if len(h.Snippets) != 3 {
		t.Errorf("%d snippets, want 3", len(h.Snippets))
	}
}

// TestSnippetShowsAllWords has the words of a query far from each other but in one place.
func TestSnippetShowsAllWords(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	filler := strings.Repeat("Text ohne Belang. ", 40)
	w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag"}, "Hier ein Zahnrad. "+filler+"Das Zahnrad und die Welle. "+filler+"Eine Welle.")
	w.Settle()
	s := found(t, worker, "zahnrad welle").Hits[0].Snippets
	if len(s) != 1 || len(s[0].Marks) != 2 || !strings.Contains(s[0].Text, "Zahnrad und die Welle") {
		t.Errorf("snippets %+v, want the passage with both words", s)
	}
}

// TestSearchConditions narrows searches by what is typed into the one box.
func TestSearchConditions(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	ali, vera := w.Akte(worker, "Alizade", "auslaenderbehoerde"), w.Akte(worker, "Verasdottir", "auslaenderbehoerde")
	old := w.Add(worker, ali, archive.Document{Type: "arbeitsvertrag", Date: "2024-02-29"}, "Zahnrad").ID
	recent := w.Add(worker, ali, archive.Document{Type: "reisepass", Date: "2025-03-01"}, "Zahnrad").ID
	hers := w.Add(worker, vera, archive.Document{Type: "arbeitsvertrag", Date: "2026-01-01"}, "Zahnrad und Riemen").ID
	w.Settle()
	head, err := worker.Akte(t.Context(), vera)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		query string
		want  []archive.DocumentID
		codes string
	}{
		{"Zahnrad", []archive.DocumentID{old, recent, hers}, ""},
		{"Zahnrad typ:arbeitsvertrag", []archive.DocumentID{old, hers}, ""},
		{"zahnrad type:reisepass", []archive.DocumentID{recent}, ""},
		{"typ:arbeitsvertrag,reisepass bis:2025", []archive.DocumentID{old, recent}, ""},
		{"von:1.3.2025 Zahnrad", []archive.DocumentID{recent, hers}, ""},
		{"datum:02.2024", []archive.DocumentID{old}, ""},
		{"Zahnrad person:Verasdottir", []archive.DocumentID{hers}, ""},
		{"person:Niemand Zahnrad", nil, ""},
		{"az:" + head.Number, []archive.DocumentID{hers}, ""},
		{"akte:" + string(ali), []archive.DocumentID{old, recent}, ""},
		{"Zahnrad -Riemen typ:Fahrrad", []archive.DocumentID{old, recent}, "unknown_value"},
		{"Zahnrad von:30.02.2026", []archive.DocumentID{old, recent, hers}, "no_such_date"},
	}
	for _, tt := range tests {
		f := found(t, worker, tt.query)
		var got []archive.DocumentID
		for _, h := range f.Hits {
			got = append(got, h.Document.ID)
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) || f.Total != len(tt.want) {
			t.Errorf("%q: got %v, want %v", tt.query, got, tt.want)
		}
		code := ""
		for _, m := range f.Query.Mistakes {
			code += m.Code
		}
		if code != tt.codes {
			t.Errorf("%q: mistakes %q, want %q", tt.query, code, tt.codes)
		}
		if f := found(t, stranger, tt.query); f.Total != 0 {
			t.Errorf("%q: a stranger finds %d", tt.query, f.Total)
		}
	}
	f, err := worker.Search(t.Context(), index.Query{Text: "Zahnrad typ:arbeitsvertrag", Types: []string{"reisepass"}}, "")
	if err != nil || f.Total != 0 {
		t.Errorf("a filter and a condition that exclude each other: %d, %v", f.Total, err)
	}
}

// TestSearchTellsTheAlikeName looks for a person by what is only alike one of her names, and not her first.
func TestSearchTellsTheAlikeName(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	must(worker.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{
		{Kind: "official", Family: "Müller", Given: "Anna"}, {Kind: "birth", Family: "Shevchenko", Given: "Yuliia", OriginalScript: "Юлія Шевченко"},
	}}))(t)
	w.Settle()
	for _, tt := range []struct {
		query, kind string
		class       name.Class
	}{
		{"Julija Schewtschenko", "birth", name.Romanisation}, {"Yuliia Shevchenlo", "birth", name.Typo}, {"Yuliia Shevchenko", "birth", name.Same},
		{"Anna Mueller", "official", name.Umlaut},
	} {
		got := found(t, worker, tt.query).Persons
		if len(got) != 1 || got[0].Matched.Kind != tt.kind || got[0].Likeness.Class != tt.class {
			t.Errorf("%q: %+v, want the %s name, %v", tt.query, got, tt.kind, tt.class)
		}
	}
}
