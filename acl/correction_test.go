package acl_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// correctWorld is a seal world with a person who is known to the embassy and to the family court.
type correctWorld struct {
	*sealWorld
	officer *acl.Desk
	person  archive.Person
}

func newCorrectWorld(t *testing.T) *correctWorld {
	t.Helper()
	w := &correctWorld{sealWorld: newSealWorld(t)}
	w.Time = w.Time.Add(time.Hour)
	w.officer = w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	w.person = must(w.Guard.For(w.clerk).Akte(t.Context(), w.akte))(t).Person
	return w
}

// disclose hands the passport out.
func (w *correctWorld) disclose(t *testing.T, to string) {
	t.Helper()
	f, err := w.Guard.For(w.clerk).Disclose(t.Context(), acl.Disclosure{Document: w.doc, Recipient: to, Reason: "Amtshilfe"})
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Hour)
}

// takes records that what is kept of the person left for herself.
func (w *correctWorld) takes(t *testing.T, to string) {
	t.Helper()
	e := audit.Event{
		Time: w.Time, Actor: audit.Actor{User: string(w.clerk.User), Role: "sachbearbeitung", Department: "auslaenderbehoerde", Client: "web"}, Op: audit.OpInquiryTake,
		Result: audit.Allow, Purpose: "bearbeitung", Object: "inquiry/" + archive.NewID[string](), Persons: []string{string(w.person.ID)},
		Detail: &audit.Detail{Shared: map[string]any{"recipient": to}},
	}
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Hour)
}

// rename gives the person another family name.
func (w *correctWorld) rename(who acl.Subject, family string, why acl.Correcting) error {
	p, err := w.Guard.For(who).ChangePerson(context.Background(), w.person.ID, w.person.Revision, why, func(p *archive.Person) error {
		p.Names[0].Family = family
		return nil
	})
	if err == nil {
		w.person = p
		w.Settle()
	}
	return err
}

func (w *correctWorld) history(t *testing.T, who acl.Subject) []acl.CorrectionView {
	t.Helper()
	return must(w.Guard.For(who).Corrections(t.Context(), w.person.ID))(t).Items
}

// found says who is found by a family name: by searching, by locating and by suggestions while typing.
func (w *correctWorld) found(t *testing.T, family string) (ways []string) {
	t.Helper()
	clerk := w.Guard.For(w.clerk)
	if len(must(clerk.Search(t.Context(), index.Query{Text: family}, ""))(t).Persons) > 0 {
		ways = append(ways, "search")
	}
	if len(must(clerk.Locate(t.Context(), acl.LocateQuery{Family: family}))(t)) > 0 {
		ways = append(ways, "locate")
	}
	return ways
}

// TestNamesAreReplacedOnAGround asks for a ground wherever a name or birth date that stood is replaced, and keeps what it was.
func TestNamesAreReplacedOnAGround(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	if err := w.rename(w.clerk, "Shahin", acl.Correcting{}); !isField(err, "/ground") {
		t.Errorf("without a ground: %v", err)
	}
	if err := w.rename(w.clerk, "Shahin", acl.Correcting{Reason: "Tippfehler"}); !isField(err, "/ground") {
		t.Errorf("with a reason alone: %v", err)
	}
	if err := w.rename(w.clerk, "Sahin", acl.Correcting{Ground: "written"}); !isField(err, "/ground") {
		t.Errorf("nothing is corrected: %v", err)
	}
	for name, why := range map[string]acl.Correcting{
		"a document that isn't there": {Ground: "written", Proof: archive.NewID[archive.DocumentID]()},
		"a document of somebody else": {Ground: "written", Proof: w.Add(w.Guard.For(w.clerk), w.Akte(w.Guard.For(w.clerk), "Fremd", "auslaenderbehoerde"), archive.Document{Type: "reisepass"}, "x").ID},
	} {
		if err := w.rename(w.clerk, "Shahin", why); !isField(err, "/proof") {
			t.Errorf("%s proves it: %v", name, err)
		}
	}
	if got := w.history(t, w.clerk); len(got) != 0 {
		t.Fatalf("what was refused stands in the history: %+v", got)
	}
	why := acl.Correcting{Ground: "request", Reason: "Pass vorgelegt", AskedOn: w.Time.Format(time.DateOnly), Proof: w.doc}
	if err := w.rename(w.clerk, "Shahin", why); err != nil {
		t.Fatal(err)
	}
	got := w.history(t, w.clerk)
	if len(got) != 1 {
		t.Fatalf("history: %+v", got)
	}
	c := got[0]
	if c.Ground != why.Ground || c.Reason != why.Reason || c.AskedOn != why.AskedOn || c.Proof != w.doc || c.ProofType != "reisepass" || c.ByName != "eins" || !c.At.Equal(w.Time.UTC()) {
		t.Errorf("recorded: %+v", c)
	}
	old, now := w.person.Names[0], w.person.Names[0]
	old.Family = "Sahin"
	if diff := cmp.Diff([]archive.CorrectedValue{{Field: archive.FieldOfName, Old: archive.PersonValue{Name: old}, New: archive.PersonValue{Name: now}}}, c.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e := trailOf(t, w.officer, archive.TrailFilter{Op: string(audit.OpCorrection)})
	if e.Leaf.Persons[0] != string(w.person.ID) || e.Leaf.Result != audit.Allow || !strings.Contains(string(e.Parts[0].Text), `"ground":"request"`) {
		t.Errorf("the trail: %+v", e)
	}
	trailOf(t, w.officer, archive.TrailFilter{Op: string(audit.OpCorrectionOpen)})

	clerk := w.Guard.For(w.clerk)
	edit := func(why acl.Correcting, fn func(*archive.Person)) error {
		p, err := clerk.ChangePerson(t.Context(), w.person.ID, w.person.Revision, why, func(p *archive.Person) error { fn(p); return nil })
		if err == nil {
			w.person = p
		}
		return err
	}
	if err := edit(acl.Correcting{}, func(p *archive.Person) { p.BirthDate.Given, p.Sex = "1990", "f" }); err != nil {
		t.Errorf("the first birth date: %v", err)
	}
	if err := edit(acl.Correcting{}, func(p *archive.Person) { p.BirthDate.Given = "1991" }); !isField(err, "/ground") {
		t.Errorf("another birth date without a ground: %v", err)
	}
	if err := edit(acl.Correcting{}, func(p *archive.Person) {
		p.Names = p.Names[:0:0]
		p.Names = append(p.Names, archive.Name{Family: "Neu"})
	}); !isField(err, "/ground") {
		t.Errorf("a name taken away without a ground: %v", err)
	}
	if err := edit(acl.Correcting{}, func(p *archive.Person) {
		p.Names = append(p.Names, archive.Name{Kind: "alias", Family: "Neu"})
		p.Sex = "x"
	}); err != nil {
		t.Errorf("another name, and another sex: %v", err)
	}
	if err := edit(acl.Correcting{Ground: "law"}, func(p *archive.Person) { p.BirthDate.Given, p.Nationalities = "1991", []string{"DEU"} }); err != nil {
		t.Error(err)
	}
	if got := w.history(t, w.clerk); len(got) != 2 || len(got[0].Values) != 2 || got[0].Values[0].Old.BirthDate.Given != "1990" || got[0].Values[1].New.Text != "DEU" {
		t.Errorf("history: %+v", got)
	}
}

// TestWrongNamesAreNotFoundAndFormerOnesAre looks for the person by what she was called.
func TestWrongNamesAreNotFoundAndFormerOnesAre(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	want := func(family string, ways ...string) {
		t.Helper()
		if got := w.found(t, family); !slices.Equal(got, ways) {
			t.Errorf("%s is found by %q, want %q", family, got, ways)
		}
	}
	want("Sahin", "search", "locate")
	for _, ground := range []string{"written", "identity"} {
		was := w.person.Names[0].Family
		if err := w.rename(w.clerk, "Quastenflosser"+ground, acl.Correcting{Ground: ground}); err != nil {
			t.Fatal(err)
		}
		want(was)
		want("Quastenflosser"+ground, "search", "locate")
	}
	if err := w.rename(w.clerk, "Morgenstern", acl.Correcting{Ground: "law", Reason: "Ehe"}); err != nil {
		t.Fatal(err)
	}
	want("Quastenflosseridentity", "search", "locate")
	want("Morgenstern", "search", "locate")
	want("Sahin")
	if names := w.person.Names; len(names) != 2 || names[1].Kind != "former" || names[1].Family != "Quastenflosseridentity" {
		t.Errorf("names: %+v", names)
	}
	if got := w.history(t, w.clerk); len(got) != 3 || got[2].Values[0].Old.Name.Family != "Sahin" {
		t.Errorf("the history lost what was wrong: %+v", got)
	}
}

// TestRecipientsAreListedSinceTheValueStood discloses before and after each value, and tells who got the wrong one.
func TestRecipientsAreListedSinceTheValueStood(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	names := func(c acl.CorrectionView) (out []string) {
		for _, r := range c.Told {
			out = append(out, r.Name)
		}
		return out
	}
	w.disclose(t, "Botschaft")
	w.takes(t, "Kanzlei, für sie")
	if err := w.rename(w.clerk, "Shahin", acl.Correcting{Ground: "written"}); err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Hour)
	w.disclose(t, "Familiengericht")
	if err := w.rename(w.clerk, "Şahin", acl.Correcting{Ground: "identity"}); err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Hour)
	w.disclose(t, "Standesamt")
	if err := w.rename(w.clerk, "Sommer", acl.Correcting{Ground: "law"}); err != nil {
		t.Fatal(err)
	}
	got := w.history(t, w.clerk)
	for i, want := range [][]string{nil, {"Familiengericht"}, {"Botschaft"}} {
		if !slices.Equal(names(got[i]), want) || got[i].OpenTold != len(want) {
			t.Errorf("correction %d: %q, %d open, want %q", i, names(got[i]), got[i].OpenTold, want)
		}
	}
	first := got[2]
	if to := first.Told[0]; to.Reason != "Amtshilfe" || to.Document != w.doc || len(to.Numbers) != 1 || to.Op != audit.OpDocumentDisclose {
		t.Errorf("recipient: %+v", to)
	}
	page := must(w.Guard.For(w.lead).RecipientsToTell(t.Context(), 1, ""))(t)
	rest := must(w.Guard.For(w.lead).RecipientsToTell(t.Context(), 10, page.Next))(t)
	if len(page.Items) != 1 || len(rest.Items) != 1 || page.Items[0].ID != got[1].ID || rest.Items[0].ID != first.ID || rest.Items[0].Name.Family != "Sommer" || rest.Next != "" {
		t.Errorf("who waits: %+v, then %+v", page, rest)
	}
	if _, err := w.Guard.For(w.otherLead).RecipientsToTell(t.Context(), 10, page.Next); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("somebody else's cursor: %v", err)
	}
	tell := func(who acl.Subject, word acl.RecipientWord) error {
		return w.Guard.For(who).TellRecipient(t.Context(), w.person.ID, first.ID, 0, word)
	}
	today := w.Time.Format(time.DateOnly)
	if err := tell(w.clerk, acl.RecipientWord{State: archive.RecipientTold, On: today, Revision: 1}); !isField(err, "/note") {
		t.Errorf("told somehow: %v", err)
	}
	if err := tell(w.clerk, acl.RecipientWord{State: archive.RecipientTold, On: today, Note: "Brief", Revision: 7}); !errors.Is(err, acl.ErrStale) {
		t.Errorf("of a state that is gone: %v", err)
	}
	if err := w.Guard.For(w.clerk).TellRecipient(t.Context(), w.person.ID, first.ID, 1, acl.RecipientWord{State: archive.RecipientOpen, Revision: 1}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a recipient that isn't there: %v", err)
	}
	if err := tell(w.lead, acl.RecipientWord{State: archive.RecipientTold, On: today, Note: "Brief", Revision: 1}); err != nil {
		t.Fatal(err)
	}
	trailOf(t, w.officer, archive.TrailFilter{Op: string(audit.OpCorrectionTell), Result: string(audit.Allow)})
	if to := w.history(t, w.clerk)[2]; to.OpenTold != 0 || to.Told[0].State != archive.RecipientTold || to.Told[0].On != today || to.Told[0].ByName != "leitung" {
		t.Errorf("told: %+v", to)
	}
	if left := must(w.Guard.For(w.clerk).RecipientsToTell(t.Context(), 10, ""))(t); len(left.Items) != 1 {
		t.Errorf("%d wait", len(left.Items))
	}
	if others := must(w.Guard.For(w.otherLead).RecipientsToTell(t.Context(), 10, ""))(t); len(others.Items) != 0 {
		t.Errorf("a department that doesn't lead is asked to tell: %+v", others)
	}
	trailOf(t, w.officer, archive.TrailFilter{Op: string(audit.OpCorrectionList), Actor: w.otherLead.User})
}

// TestCorrectionsAreForWhoMayChangeHer compares with who may change a person, and foreign things with absent ones.
func TestCorrectionsAreForWhoMayChangeHer(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	w.disclose(t, "Botschaft")
	if err := w.rename(w.clerk, "Shahin", acl.Correcting{Ground: "written"}); err != nil {
		t.Fatal(err)
	}
	c := w.history(t, w.clerk)[0]
	stranger, reader := w.User("fremd", "sachbearbeitung@integration"), w.User("sicher", "sicherheit@auslaenderbehoerde")
	nurse := w.User("gesund", "gesundheit@gesundheit")
	store(t, w.World, func(tx archive.Tx) error {
		a, err := tx.Akte(w.akte)
		a.Departments = append(a.Departments, archive.Participation{Department: "gesundheit"})
		a.Revision++
		return errors.Join(err, tx.PutAkte(a))
	})
	nobody := archive.NewID[archive.PersonID]()
	for _, who := range []struct {
		name         string
		by           acl.Subject
		person       archive.PersonID
		reads, makes error
	}{
		{"a stranger", stranger, w.person.ID, archive.ErrNotFound, archive.ErrNotFound},
		{"of nobody", w.clerk, nobody, archive.ErrNotFound, archive.ErrNotFound},
		{"who only sees her", reader, w.person.ID, nil, acl.ErrDenied},
		{"her clerk", w.clerk, w.person.ID, nil, nil},
	} {
		d := w.Guard.For(who.by)
		if _, err := d.Corrections(t.Context(), who.person); !errors.Is(err, who.reads) {
			t.Errorf("%s reads: %v, want %v", who.name, err, who.reads)
		}
		ask := acl.RefusedCorrection{AskedOn: w.Time.Format(time.DateOnly), Reason: "nicht nachgewiesen"}
		if _, err := d.RefuseCorrection(t.Context(), who.person, ask); !errors.Is(err, who.makes) {
			t.Errorf("%s refuses: %v, want %v", who.name, err, who.makes)
		}
		if err := d.TellRecipient(t.Context(), who.person, c.ID, 0, acl.RecipientWord{State: archive.RecipientOpen, Revision: 1}); !errors.Is(err, who.makes) {
			t.Errorf("%s tells: %v, want %v", who.name, err, who.makes)
		}
		_, err := d.ChangePerson(t.Context(), who.person, w.person.Revision, acl.Correcting{Ground: "written"}, func(p *archive.Person) error {
			p.Names[0].Family = "Schahin"
			return nil
		})
		if !errors.Is(err, who.makes) {
			t.Errorf("%s corrects: %v, want %v", who.name, err, who.makes)
		}
	}
	if seen := w.history(t, nurse)[1]; len(seen.Told) != 0 || seen.Proof != "" {
		t.Errorf("who can't read the passport is told that it went to somebody: %+v", seen)
	}
	if _, err := w.Guard.For(reader).RecipientsToTell(t.Context(), 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who changes nobody lists who waits: %v", err)
	}
	if _, err := w.Guard.For(w.clerk).Unconfirmed().RefuseCorrection(t.Context(), w.person.ID, acl.RefusedCorrection{}); !errors.Is(err, acl.ErrUnconfirmed) {
		t.Errorf("who only looks refuses: %v", err)
	}
}

// TestARefusalKeepsWhatThePersonSays refuses a correction.
func TestARefusalKeepsWhatThePersonSays(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	clerk := w.Guard.For(w.clerk)
	ask := acl.RefusedCorrection{AskedOn: w.Time.Format(time.DateOnly), Statement: "Ich bin 1992 geboren."}
	if _, err := clerk.RefuseCorrection(t.Context(), w.person.ID, ask); !isField(err, "/reason") {
		t.Errorf("refused for no reason: %v", err)
	}
	ask.Reason = "Geburtsurkunde sagt 1990"
	id := must(clerk.RefuseCorrection(t.Context(), w.person.ID, ask))(t)
	got := w.history(t, w.lead)
	if len(got) != 1 || got[0].ID != id || got[0].State != archive.CorrectionRefused || got[0].Reason != ask.Reason || got[0].Statement != ask.Statement || len(got[0].Values) != 0 {
		t.Errorf("recorded: %+v", got)
	}
	e := trailOf(t, w.officer, archive.TrailFilter{Op: string(audit.OpCorrectionRefuse), Result: string(audit.Allow)})
	for _, p := range e.Parts {
		if strings.Contains(string(p.Text), "1992") || strings.Contains(string(p.Text), "Geburtsurkunde") {
			t.Errorf("the trail tells what was said: %s", p.Text)
		}
	}
}

// TestCorrectionsThroughASealedAkteKeepTheirWords corrects a person through an Akte that is sealed, beside an open one.
func TestCorrectionsThroughASealedAkteKeepTheirWords(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	clerk := w.Guard.For(w.clerk)
	open := must(clerk.CreateAkte(t.Context(), archive.Akte{Person: w.person.ID, Plan: "50.2", Lead: "auslaenderbehoerde", Departments: []archive.Participation{{Department: "soziales"}}}))(t)
	w.disclose(t, "Frauenhaus")
	w.lay(t, w.on(), 30, w.clerk, w.other)
	w.Settle()
	if err := w.rename(w.clerk, "Shahin", acl.Correcting{Ground: "written", Reason: "im Frauenhaus angegeben", Proof: w.doc}); err != nil {
		t.Fatal(err)
	}
	must(clerk.RefuseCorrection(t.Context(), w.person.ID, acl.RefusedCorrection{AskedOn: w.Time.Format(time.DateOnly), Reason: "x", Statement: "y"}))(t)
	seen, shut := w.history(t, w.clerk), w.history(t, w.second)
	if len(seen) != 2 || seen[1].Reason == "" || seen[1].Proof != w.doc || len(seen[1].Told) != 1 {
		t.Errorf("a reader of the seal sees %+v", seen)
	}
	if len(shut) != 1 || shut[0].Values[0].Old.Name.Family != "Sahin" || shut[0].Reason != "" || shut[0].Proof != "" || shut[0].Through != "" || len(shut[0].Told) != 0 {
		t.Errorf("who is shut out sees %+v", shut)
	}
	err := w.Guard.For(w.second).TellRecipient(t.Context(), w.person.ID, seen[1].ID, 0, acl.RecipientWord{State: archive.RecipientOpen, Revision: 1})
	if !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("who is shut out tells: %v", err)
	}
	if page := must(w.Guard.For(w.second).RecipientsToTell(t.Context(), 10, ""))(t); len(page.Items) != 0 {
		t.Errorf("who is shut out is asked to tell: %+v (open: %s)", page, open.ID)
	}
}

// TestProofsAreWhatSheReads offers documents as proofs: those that who corrects may read, and none to who corrects nobody.
func TestProofsAreWhatSheReads(t *testing.T) {
	t.Parallel()
	w := newCorrectWorld(t)
	clerk := w.Guard.For(w.clerk)
	letter := w.Add(clerk, w.akte, archive.Document{Type: "vollmacht"}, "Vollmacht").ID
	secret := w.Add(clerk, w.akte, archive.Document{Type: "reisepass"}, "Zweitpass").ID
	w.lay(t, archive.SealedThing{Document: secret}, 30, w.lead, w.other)
	w.Settle()
	offered := func(who acl.Subject) (out []archive.DocumentID) {
		for _, p := range must(w.Guard.For(who).Proofs(t.Context(), w.person.ID))(t) {
			out = append(out, p.ID)
		}
		return out
	}
	if got := offered(w.clerk); len(got) != 2 || !slices.Contains(got, w.doc) || !slices.Contains(got, letter) {
		t.Errorf("to who is shut out of one: %v", got)
	}
	if got := offered(w.lead); len(got) != 3 {
		t.Errorf("to a reader of the seal: %v", got)
	}
	if _, err := w.Guard.For(w.User("sicher", "sicherheit@auslaenderbehoerde")).Proofs(t.Context(), w.person.ID); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("to who changes nobody: %v", err)
	}
	if _, err := w.Guard.For(w.User("fremd", "sachbearbeitung@integration")).Proofs(t.Context(), w.person.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("to a stranger: %v", err)
	}
}
