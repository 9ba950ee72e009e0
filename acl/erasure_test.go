package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// doomed closes the Akte and lets its term be over and the archive decline.
func (w *keepWorld) doomed(t *testing.T) {
	t.Helper()
	w.Settle()
	w.state(t, w.akte, archive.AkteClosed)
	clerk := w.Guard.For(w.clerk)
	for _, err := range []error{
		clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"), clerk.OfferAkte(t.Context(), w.akte),
		clerk.AnswerOffer(t.Context(), w.akte, archive.OfferDeclined),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (w *keepWorld) on() archive.SealedThing { return archive.SealedThing{Akte: w.akte} }

// erase carries out what was released while the index follows.
func (w *keepWorld) erase(t *testing.T) int {
	t.Helper()
	n, err := w.tryErase(t)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// tryErase is erase that may fail.
func (w *keepWorld) tryErase(t *testing.T) (int, error) {
	t.Helper()
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				if err := w.Indexer.Drain(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	n, err := w.Guard.Erase(t.Context())
	close(stop)
	<-ended
	return n, err
}

func TestErasingTakesTwoPersons(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead, officer := w.Guard.For(w.clerk), w.Guard.For(w.lead), w.Guard.For(w.officer)
	var stays *acl.StaysError
	if _, err := clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"); !errors.As(err, &stays) || stays.Stays[0].Why != acl.StaysOpen {
		t.Errorf("of an open Akte: %v", err)
	}
	w.doomed(t)
	if _, err := w.Guard.For(w.social).AskErasure(t.Context(), w.on(), "", "x"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("by who doesn't lead it: %v", err)
	}
	if _, err := officer.AskErasure(t.Context(), w.on(), "", "x"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("by data protection: %v", err)
	}
	e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if _, err := lead.AskErasure(t.Context(), w.on(), "", "noch einmal"); !errors.Is(err, acl.ErrErasureWaits) {
		t.Errorf("a second time: %v", err)
	}
	for _, tt := range []struct {
		name string
		who  acl.Subject
		want error
	}{
		{"who proposed it", w.clerk, acl.ErrSecondPerson},
		{"a colleague who leads nobody", w.User("zwei", "sachbearbeitung@auslaenderbehoerde"), acl.ErrDenied},
		{"who leads another department", w.User("fremd", "leitung@gesundheit"), archive.ErrNotFound},
	} {
		if err := w.Guard.For(tt.who).DecideErasure(t.Context(), e.ID, true, ""); !errors.Is(err, tt.want) {
			t.Errorf("%s decides: %v", tt.name, err)
		}
	}
	if asked := must(officer.AskedErasures(t.Context(), 0, ""))(t).Items; len(asked) != 1 || asked[0].Name != nil || !asked[0].MayDecide || asked[0].Because != "Frist vorbei" ||
		asked[0].Closed != "2026-11-23" || asked[0].Offer == nil || asked[0].Offer.Answer != archive.OfferDeclined {
		t.Errorf("to data protection: %+v", asked)
	}
	if asked := must(clerk.AskedErasures(t.Context(), 0, ""))(t).Items; len(asked) != 1 || !asked[0].Own || asked[0].MayDecide {
		t.Errorf("to who proposed it: %+v", asked)
	}
	if err := lead.DecideErasure(t.Context(), e.ID, false, "noch nicht"); err != nil {
		t.Fatal(err)
	}
	e = must(lead.AskErasure(t.Context(), w.on(), "", "jetzt doch"))(t)
	if err := lead.WithdrawErasure(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	e = must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := clerk.HoldAkte(t.Context(), w.akte, archive.LegalHold{Reason: "Klage", Until: "2026-12-24"}); err != nil {
		t.Fatal(err)
	}
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); !errors.As(err, &stays) || stays.Stays[0].Why != acl.StaysHold {
		t.Errorf("held meanwhile: %v", err)
	}
	if err := errors.Join(clerk.EndHold(t.Context(), w.akte, "vorbei"), clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-02")); err != nil {
		t.Fatal(err)
	}
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); !errors.Is(err, acl.ErrErasureOther) {
		t.Errorf("kept by another rule meanwhile: %v", err)
	}
	if err := clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"); err != nil {
		t.Fatal(err)
	}
	if err := officer.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	for _, who := range []acl.Subject{w.clerk, w.lead, w.officer} {
		if _, err := w.Guard.For(who).Akte(t.Context(), w.akte); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s opens what was released: %v", who.Name, err)
		}
	}
}

func TestAnErasedAkteIsGone(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	other := w.Akte(clerk, "Bleibt", "auslaenderbehoerde")
	kept := w.Add(clerk, other, archive.Document{Type: "reisepass", Title: "Bleibt da"}, "Zebra bleibt")
	for i := range 25 {
		w.Add(clerk, w.akte, archive.Document{Type: "reisepass", Title: "Geht fort"}, "Zebra", string(rune('a'+i)))
	}
	item := w.Post(clerk, "auslaenderbehoerde", "Zebra aus dem Postkorb")
	w.Settle()
	must(clerk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{w.akte, other}, Doc: archive.Document{Type: "reisepass"}}))(t)
	number := must(clerk.Akte(t.Context(), w.akte))(t).Number
	person := must(clerk.Akte(t.Context(), w.akte))(t).Akte.Person
	w.doomed(t)
	e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	if n := w.erase(t); n != 1 {
		t.Errorf("%d erased", n)
	}
	if n := w.erase(t); n != 0 {
		t.Errorf("%d erased once more", n)
	}
	found := must(clerk.Search(t.Context(), index.Query{Text: "Zebra"}, ""))(t)
	if len(found.Hits) != 2 || found.Incomplete {
		t.Errorf("%d hits, incomplete %v", len(found.Hits), found.Incomplete)
	}
	must(clerk.Document(t.Context(), kept.ID))(t)
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		_, gone := r.Akte(w.akte)
		_, nobody := r.Person(person)
		if !errors.Is(gone, archive.ErrNotFound) || !errors.Is(nobody, archive.ErrNotFound) {
			t.Errorf("the Akte: %v; the person: %v", gone, nobody)
		}
		if id, err := r.AkteByNumber(number); err != nil || id != w.akte {
			t.Errorf("its number is given anew: %s %v", id, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.Check(t.Context(), func(p string) { t.Errorf("records: %s", p) }); err != nil {
		t.Fatal(err)
	}
	_, stored, err := w.Contents.Check(t.Context(), true, func(p archive.Problem) { t.Errorf("objects: %+v", p) })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		named := 0
		for row, err := range r.Versions("") {
			if err != nil {
				return err
			}
			named += len(row.Value.Objects())
		}
		if named != stored {
			t.Errorf("%d objects are stored, records name %d", stored, named)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	proofs := must(lead.ErasureProofs(t.Context(), number, 0, ""))(t).Items
	if len(proofs) != 1 || proofs[0].Documents != 26 || !proofs[0].Person || proofs[0].Objects < 50 || proofs[0].Because != "" || proofs[0].By != w.clerk.User || proofs[0].DecidedBy != w.lead.User {
		t.Errorf("proofs: %+v", proofs)
	}
	if none := must(lead.ErasureProofs(t.Context(), "33.11-999999/2026", 0, ""))(t).Items; len(none) != 0 {
		t.Errorf("of another number: %+v", none)
	}
	events := must(w.Guard.For(w.officer).Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpErasure)}, 0, ""))(t).Items
	if len(events) != 1 {
		t.Errorf("%d entries say that it was erased", len(events))
	}
}

func TestASingleDocumentIsErasedEarly(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	doc := w.Add(clerk, w.akte, archive.Document{Type: "reisepass", Title: "Mitteilung"}, "Zebra belanglos")
	stays := w.Add(clerk, w.akte, archive.Document{Type: "reisepass"}, "Zebra wichtig")
	w.Settle()
	on := archive.SealedThing{Document: doc.ID}
	var field *archive.FieldError
	for _, rule := range []string{"", "R-BASE"} {
		if _, err := clerk.AskErasure(t.Context(), on, rule, "unerheblich"); !errors.As(err, &field) || field.Pointer != "/rule" {
			t.Errorf("by rule %q: %v", rule, err)
		}
	}
	e := must(clerk.AskErasure(t.Context(), on, "R-87NOTICE", "unerheblich"))(t)
	store(t, w.World, func(tx archive.Tx) error {
		d, err := tx.Document(doc.ID)
		if err != nil {
			return err
		}
		d.Title, d.Revision = "Urteil", d.Revision+1
		return tx.PutDocument(d)
	})
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); !errors.Is(err, acl.ErrErasureOther) {
		t.Errorf("released though the document is another one now: %v", err)
	}
	if err := clerk.WithdrawErasure(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	e = must(clerk.AskErasure(t.Context(), on, "R-87NOTICE", "unerheblich"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	if n := w.erase(t); n != 1 {
		t.Errorf("%d erased", n)
	}
	if _, err := clerk.Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("it is there: %v", err)
	}
	must(clerk.Document(t.Context(), stays.ID))(t)
	found := must(clerk.Search(t.Context(), index.Query{Text: "Zebra"}, ""))(t)
	if len(found.Hits) != 1 {
		t.Errorf("%d hits", len(found.Hits))
	}
	if err := w.Store.Check(t.Context(), func(p string) { t.Errorf("records: %s", p) }); err != nil {
		t.Fatal(err)
	}
	one := must(lead.ErasureProof(t.Context(), e.ID))(t)
	if one.Document != doc.ID || one.Documents != 1 || one.Person {
		t.Errorf("proof: %+v", one)
	}
}
