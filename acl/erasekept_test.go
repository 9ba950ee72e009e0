package acl_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// TestNothingIsKeptOfAnErasedAkte looks into what people keep for themselves: what is about the Akte is gone with it, by
// an id of anything in it or by a name in full, and nothing else is.
func TestNothingIsKeptOfAnErasedAkte(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead, officer := w.Guard.For(w.clerk), w.Guard.For(w.lead), w.Guard.For(w.officer)
	head := must(clerk.Akte(t.Context(), w.akte))(t)
	person := must(clerk.Person(t.Context(), head.Akte.Person))(t)
	name := person.Names[0].Family + ", " + person.Names[0].Given
	doc := w.Add(clerk, w.akte, archive.Document{Type: "reisepass", Title: "Geht fort"}, "Zebra")
	item := w.Post(clerk, "auslaenderbehoerde", "Zebra aus dem Postkorb")
	w.Settle()
	must(clerk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{w.akte}, Doc: archive.Document{Type: "reisepass"}}))(t)
	c := must(clerk.OpenCase(t.Context(), archive.Case{Akte: w.akte, Procedure: "niederlassungserlaubnis"}))(t)
	must(clerk.CloseCase(t.Context(), c.ID))(t)
	inquiry := must(officer.BeginInquiry(t.Context(), acl.InquiryAsk{
		Number: head.Akte.Number, Kind: archive.InquiryAccess, ReceivedOn: "2026-11-20", Identity: "mit Pass", Language: "de",
	}))(t)
	asked := must(officer.Inquiry(t.Context(), inquiry, true, 0))(t)
	if err := officer.CloseInquiry(t.Context(), inquiry, asked.Revision, "zurückgezogen"); err != nil || len(asked.Rows) == 0 {
		t.Fatal(err, len(asked.Rows))
	}
	drafts := map[string]bool{ // whether it stays
		"akte/" + string(w.akte) + "/upload": false, "document/" + string(doc.ID): false, "inbox/" + string(item.ID): false,
		"case/" + string(c.ID): false, "akte/new": false, "note": false, "upload": true,
	}
	for key, values := range map[string]map[string][]string{
		"akte/new": {"names/0/family": {person.Names[0].Family}, "names/0/given": {person.Names[0].Given}},
		"note":     {"akte_id": {string(w.akte)}},
		"upload":   {"title": {"Ein Brief von " + person.Names[0].Family}},
	} {
		must(clerk.SaveDraft(t.Context(), key, values))(t)
	}
	for key := range drafts {
		if _, err := clerk.Draft(t.Context(), key); errors.Is(err, archive.ErrNotFound) {
			must(clerk.SaveDraft(t.Context(), key, map[string][]string{"title": {"x"}}))(t)
		}
	}
	held := map[string][]string{"a form about it": {string(doc.ID)}, "another form": {string(archive.NewID[archive.AkteID]())}, "a session": nil, "a form about too much": nil}
	for range archive.MostAbout {
		held["a form about too much"] = append(held["a form about too much"], string(archive.NewID[archive.DocumentID]()))
	}
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		for what, about := range held {
			s := archive.Session{Ref: sha256.Sum256([]byte(what)), User: w.clerk.User, Sealed: []byte(what), Expires: time.Now().Add(time.Hour), About: about}
			if err := tx.PutSession(s); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, about := range []string{name + " ist meine Tante", "eine Nachbarin, " + person.Names[0].Family} {
		if err := clerk.ReportConflictInWords(t.Context(), archive.ConflictReport{About: about, Kind: "relative", Reason: "verwandt"}); err != nil {
			t.Fatal(err)
		}
	}
	must(clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: "sie", Filters: archive.SearchFilters{Person: head.Akte.Person}}))(t)
	must(clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: "Pässe", Text: "Pass"}))(t)

	w.doomed(t)
	e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.erase(t)
	for key, stays := range drafts {
		if _, err := clerk.Draft(t.Context(), key); (err == nil) != stays {
			t.Errorf("draft %s: %v", key, err)
		}
	}
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		for what := range held {
			s, err := r.Session(sha256.Sum256([]byte(what)))
			if gone := strings.HasPrefix(what, "a form about"); errors.Is(err, archive.ErrNotFound) != gone || !gone && string(s.Sealed) != what {
				t.Errorf("%s: %q %v", what, s.Sealed, err)
			}
		}
		for row, err := range r.ConflictReports("") {
			if err != nil || row.Value.About != "eine Nachbarin, "+person.Names[0].Family {
				t.Errorf("report: %+v %v", row.Value, err)
			}
		}
		_, err := r.Inquiry(inquiry)
		if !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("what she asked: %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if p := must(clerk.Profile(t.Context()))(t); len(p.Searches) != 1 || p.Searches[0].Name != "Pässe" {
		t.Errorf("searches: %+v", p.Searches)
	}
}

// TestNoTextSaysThatItCameThroughAnErasedAkte erases one of two Akten of a person: what was recorded of her through it stays,
// and doesn't say so any more.
func TestNoTextSaysThatItCameThroughAnErasedAkte(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	person := must(clerk.Akte(t.Context(), w.akte))(t).Akte.Person
	other := must(clerk.CreateAkte(t.Context(), archive.Akte{Person: person, Lead: "auslaenderbehoerde", DistinctBecause: "zweites Verfahren"}))(t).ID
	for _, said := range []archive.FormerParticular{
		{Text: "ledig", Through: w.akte}, {Text: "verheiratet", Through: other}, {Text: "geschieden", Through: w.akte},
	} {
		store(t, w.World, func(tx archive.Tx) error {
			all, err := tx.Particulars(person)
			if err != nil {
				return err
			}
			p := archive.Particular{Person: person, Group: "familie"}
			if len(all) > 0 {
				p = all[0]
			}
			said.By, said.At = w.clerk.User, w.Time
			if err := p.Follow(said); err != nil {
				return err
			}
			return tx.PutParticular(p)
		})
	}
	w.doomed(t)
	e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.erase(t)
	store(t, w.World, func(tx archive.Tx) error {
		all, err := tx.Particulars(person)
		if err != nil || len(all) != 1 {
			t.Fatalf("recorded: %+v %v", all, err)
		}
		p := all[0]
		if p.Text != "geschieden" || p.Through != "" || p.Revision != 3 || len(p.Former) != 2 || p.Former[0].Through != other || p.Former[1].Text != "ledig" || p.Former[1].Through != "" {
			t.Errorf("recorded: %+v", p)
		}
		return nil
	})
}

// TestAnErasureKeepsWhatTellsOfOthers erases an Akte and looks for what may be about somebody else: words that stand loose or
// scattered, a number that only looks like hers, and a name that two persons bear.
func TestAnErasureKeepsWhatTellsOfOthers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		others   []archive.Name
		byName   bool // whether her name tells of her alone
		azrTwice bool
	}{
		{name: "nobody of that name", others: []archive.Name{{Family: "Sahin", Given: "Berta"}, {Family: "Yilmaz", Given: "Test"}}, byName: true},
		{name: "a namesake", others: []archive.Name{{Family: "Sahin", Given: "Test"}}},
		{name: "a namesake with a second name", others: []archive.Name{{Family: "Sahin", Given: "Anna Test"}}},
		{name: "a namesake in another spelling, with her number", others: []archive.Name{{Family: "Şahin", Given: "Test"}}, azrTwice: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newKeepWorld(t)
			clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
			var number string
			store(t, w.World, func(tx archive.Tx) error {
				a, err := tx.Akte(w.akte)
				if err != nil {
					return err
				}
				p, err := tx.Person(a.Person)
				if err != nil {
					return err
				}
				number, p.AZRNumber, p.Revision = a.Number, "260417001234", p.Revision+1
				return tx.PutPerson(p)
			})
			var other archive.PersonID
			for _, n := range tt.others {
				p := archive.Person{Names: []archive.Name{n}}
				if tt.azrTwice {
					p.AZRNumber = "260417001234"
				}
				other = must(clerk.CreatePerson(t.Context(), p))(t).ID
			}
			elsewhere := must(clerk.CreateAkte(t.Context(), archive.Akte{Person: other, Lead: "auslaenderbehoerde"}))(t).ID
			texts := map[string]bool{ // whether it stays
				"Sahin, Test ist meine Tante": !tt.byName, "Frau Test Sahin": !tt.byName, "wegen " + number + ", eilt": false,
				"AZR 260417-001234": tt.azrTwice, "Sahin wohnt nebenan. Test bestanden": true, "Test von Frau Sahin": true,
				"Test Sahin-Kurt": true, "die Sahins, Test": true, "Sahin (Test)": true, strings.NewReplacer(".", " ", "-", " ", "/", " ").Replace(number): true, number + "-7": true,
				"1" + number: true, "X-" + number: true, "Sahin": true,
			}
			for text := range texts {
				if err := clerk.ReportConflictInWords(t.Context(), archive.ConflictReport{About: text, Kind: "relative", Reason: "verwandt"}); err != nil {
					t.Fatal(err)
				}
				must(clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: fmt.Sprintf("Suche %x", text), Text: text}))(t)
			}
			must(clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: "woanders", Text: "Sahin, Test " + number, Filters: archive.SearchFilters{Akte: elsewhere}}))(t)
			must(clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: "Test", Text: "Kurt Sahin"}))(t)
			texts["woanders"], texts["Test"] = true, true
			drafts := map[string]bool{}
			for key, d := range map[string]struct {
				values map[string][]string
				stays  bool
			}{
				"akte/new":                            {map[string][]string{"names/0/family": {"Sahin"}, "names/0/given": {"Test"}}, !tt.byName},
				"note":                                {map[string][]string{"text": {"Frau Sahin, Test war da"}}, !tt.byName},
				"letter":                              {map[string][]string{"about": {number}}, false},
				"words":                               {map[string][]string{"title": {"Sahin"}, "text": {"Test"}}, true},
				"names":                               {map[string][]string{"names/0/family": {"Sahin"}, "names/1/given": {"Test"}}, true},
				"akte/" + string(elsewhere) + "/note": {map[string][]string{"text": {"Sahin, Test: siehe " + number}}, true},
			} {
				must(clerk.SaveDraft(t.Context(), key, d.values))(t)
				drafts[key] = d.stays
			}
			w.doomed(t)
			e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
			if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
				t.Fatal(err)
			}
			w.erase(t)
			reports, searches := map[string]bool{}, map[string]bool{}
			if err := w.Store.View(t.Context(), func(r archive.Reader) error {
				for row, err := range r.ConflictReports("") {
					if err != nil {
						return err
					}
					reports[row.Value.About] = true
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for _, s := range must(clerk.Profile(t.Context()))(t).Searches {
				if searches[s.Text] = true; !strings.HasPrefix(s.Name, "Suche") {
					searches[s.Name] = true
				}
			}
			for text, stays := range texts {
				if only := text == "woanders" || text == "Test"; !only && reports[text] != stays {
					t.Errorf("a report that says %q stays: %v", text, reports[text])
				}
				if searches[text] != stays {
					t.Errorf("a search for %q stays: %v", text, searches[text])
				}
			}
			for key, stays := range drafts {
				if _, err := clerk.Draft(t.Context(), key); (err == nil) != stays {
					t.Errorf("draft %s: %v", key, err)
				}
			}
		})
	}
}

// TestAnErasedDocumentIsTakenOutOfInquiries looks into an inquiry that is over: what was decided about the document is
// gone, and about others it stays.
func TestAnErasedDocumentIsTakenOutOfInquiries(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead, officer := w.Guard.For(w.clerk), w.Guard.For(w.lead), w.Guard.For(w.officer)
	gone := w.Add(clerk, w.akte, archive.Document{Type: "reisepass", Title: "Geht fort"}, "Zebra")
	stays := w.Add(clerk, w.akte, archive.Document{Type: "reisepass", Title: "Bleibt"}, "Zebra bleibt")
	w.Settle()
	head := must(clerk.Akte(t.Context(), w.akte))(t)
	inquiry := must(officer.BeginInquiry(t.Context(), acl.InquiryAsk{
		Number: head.Akte.Number, Kind: archive.InquiryAccess, ReceivedOn: "2026-11-20", Identity: "mit Pass", Language: "de",
	}))(t)
	asked := must(officer.Inquiry(t.Context(), inquiry, true, 0))(t)
	if err := officer.CloseInquiry(t.Context(), inquiry, asked.Revision, "zurückgezogen"); err != nil {
		t.Fatal(err)
	}
	rule := clerk.DocumentRules()[0].Key
	e := must(clerk.AskErasure(t.Context(), archive.SealedThing{Akte: w.akte, Document: gone.ID}, rule, "Vorschrift"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.erase(t)
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		q, err := r.Inquiry(inquiry)
		had := map[archive.DocumentID]bool{}
		for _, i := range q.Items {
			had[i.Document] = true
		}
		if had[gone.ID] || !had[stays.ID] {
			t.Errorf("pieces: %+v", q.Items)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCorrectionsGoWithWhatIsErased erases a document that proves a correction and was given to somebody, then one Akte of the
// person, then the other with the person.
func TestCorrectionsGoWithWhatIsErased(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	first := w.akte
	person := must(clerk.Akte(t.Context(), first))(t).Person
	second := must(clerk.CreateAkte(t.Context(), archive.Akte{Person: person.ID, Plan: "50.2", Lead: "auslaenderbehoerde"}))(t).ID
	note := w.Add(clerk, second, archive.Document{Type: "reisepass", Title: "Mitteilung"}, "Zebra belanglos")
	passport, letter := w.Add(clerk, first, archive.Document{Type: "reisepass"}, "Zebra"), w.Add(clerk, second, archive.Document{Type: "reisepass"}, "Brief")
	w.Settle()
	for _, doc := range []acl.DocumentView{note, passport, letter} {
		w.Time = w.Time.Add(time.Minute)
		f := must(clerk.Disclose(t.Context(), acl.Disclosure{Document: doc.ID, Recipient: "Standesamt", Reason: "Ehe"}))(t)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	must(clerk.ChangePerson(t.Context(), person.ID, person.Revision, acl.Correcting{Ground: "written", Proof: note.ID}, func(p *archive.Person) error {
		p.Names[0].Family = "Shahin"
		return nil
	}))(t)
	w.Settle()
	left := func() (out []archive.Correction, open int) {
		t.Helper()
		if err := w.Store.View(t.Context(), func(r archive.Reader) (err error) {
			for range r.OpenCorrections("") {
				open++
			}
			out, err = r.Corrections(person.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.Check(t.Context(), func(p string) { t.Errorf("records: %s", p) }); err != nil {
			t.Fatal(err)
		}
		return out, open
	}
	all, open := left()
	if len(all) != 1 || len(all[0].Recipients) != 3 || all[0].Proof != note.ID || open != 1 {
		t.Fatalf("before: %+v, %d open", all, open)
	}
	erase := func(on archive.SealedThing, rule string) {
		t.Helper()
		e := must(clerk.AskErasure(t.Context(), on, rule, "Frist vorbei"))(t)
		if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		w.erase(t)
	}
	store(t, w.World, func(tx archive.Tx) error {
		d, err := tx.Document(note.ID)
		d.Title, d.Revision = "Mitteilung", d.Revision+1
		return errors.Join(err, tx.PutDocument(d))
	})
	erase(archive.SealedThing{Document: note.ID}, "R-87NOTICE")
	if all, open = left(); len(all) != 1 || len(all[0].Recipients) != 2 || all[0].Proof != "" || open != 1 {
		t.Fatalf("the document is erased: %+v, %d open", all, open)
	}
	w.doomed(t)
	erase(w.on(), "")
	if all, open = left(); len(all) != 1 || len(all[0].Recipients) != 1 || all[0].Recipients[0].Document != letter.ID || open != 1 {
		t.Fatalf("one Akte is erased: %+v, %d open", all, open)
	}
	w.akte = second
	w.doomed(t)
	erase(w.on(), "")
	if all, open = left(); len(all) != 0 || open != 0 {
		t.Errorf("the person is erased: %+v, %d open", all, open)
	}
}
