package acl_test

import (
	"crypto/sha256"
	"errors"
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
	held := map[string][]string{"a form about it": {string(doc.ID)}, "another form": {string(archive.NewID[archive.AkteID]())}, "a session": nil}
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
			if gone := what == "a form about it"; errors.Is(err, archive.ErrNotFound) != gone || !gone && string(s.Sealed) != what {
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
