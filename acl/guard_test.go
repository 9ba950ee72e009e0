package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// total is what a desk's search for a word counts.
func total(t *testing.T, d *acl.Desk, word string) int {
	t.Helper()
	found, err := d.Search(t.Context(), index.Query{Text: word}, "")
	if err != nil {
		t.Fatal(err)
	}
	return found.Total
}

func TestPurposeIsAskedOnlyOfWhoMaySee(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	stranger := w.User("stranger", "sachbearbeitung@soziales")
	akte := w.Akte(w.Guard.For(worker), "Ali", "auslaenderbehoerde")
	doc := w.Add(w.Guard.For(worker), akte, archive.Document{Type: "reisepass"}, "Pass")
	worker.Purpose, stranger.Purpose = "", ""
	for _, tc := range []struct {
		name string
		who  acl.Subject
		want error
	}{
		{"who may see is asked", worker, acl.ErrPurpose},
		{"stranger learns nothing", stranger, archive.ErrNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := w.Guard.For(tc.who)
			if _, err := d.Akte(t.Context(), akte); !errors.Is(err, tc.want) {
				t.Errorf("akte: %v, want %v", err, tc.want)
			}
			if _, err := d.Document(t.Context(), doc.ID); !errors.Is(err, tc.want) {
				t.Errorf("document: %v, want %v", err, tc.want)
			}
			if _, err := d.Documents(t.Context(), akte, acl.DocumentsQuery{}); !errors.Is(err, tc.want) {
				t.Errorf("documents: %v, want %v", err, tc.want)
			}
			if err := d.MayReceive(t.Context(), akte); !errors.Is(err, tc.want) {
				t.Errorf("upload: %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMatchingCaseOpensItsRegistersOnly(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.User("asyl", "sachbearbeitung@asyl")
	other := w.User("abh", "sachbearbeitung@auslaenderbehoerde")
	akte := w.Akte(w.Guard.For(lead), "Tesfay", "asyl", archive.Participation{Department: "auslaenderbehoerde"})
	doc := w.Add(w.Guard.For(lead), akte, archive.Document{Type: "bamf_bescheid"}, "Anerkennungsbescheid")
	w.Settle()
	if _, err := w.Guard.For(other).Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Fatalf("without a case: %v, want not found", err)
	}
	if n := total(t, w.Guard.For(other), "anerkennungsbescheid"); n != 0 {
		t.Fatalf("without a case she finds %d", n)
	}
	matching := other
	matching.Purpose = "case:" + string(openCase(t, w, other, akte, touching(t, w, "asyl")))
	if _, err := w.Guard.For(matching).Document(t.Context(), doc.ID); err != nil {
		t.Errorf("with a matching case: %v", err)
	}
	if n := total(t, w.Guard.For(matching), "anerkennungsbescheid"); n != 1 {
		t.Errorf("with a matching case she finds %d, want 1", n)
	}
	foreign := w.Akte(w.Guard.For(lead), "Haile", "asyl", archive.Participation{Department: "auslaenderbehoerde"})
	elsewhere := other
	elsewhere.Purpose = "case:" + string(openCase(t, w, other, foreign, touching(t, w, "asyl")))
	if _, err := w.Guard.For(elsewhere).Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("with a case of another Akte: %v, want not found", err)
	}
	if n := total(t, w.Guard.For(elsewhere), "anerkennungsbescheid"); n != 0 {
		t.Errorf("with a case of another Akte she finds %d", n)
	}
}

// touching finds a procedure whose cases match the register.
func touching(t *testing.T, w *acltest.World, register string) string {
	t.Helper()
	for _, p := range w.Policies.Procedures() {
		if w.Policies.CaseTouches(p.Key, register) {
			return p.Key
		}
	}
	t.Fatalf("no procedure touches %s", register)
	return ""
}

func openCase(t *testing.T, w *acltest.World, who acl.Subject, akte archive.AkteID, procedure string) archive.CaseID {
	t.Helper()
	c, err := w.Guard.For(who).OpenCase(t.Context(), archive.Case{Akte: akte, Procedure: procedure})
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func TestExistenceIsDeniedAndAbsenceIsNotFound(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	security := w.Guard.For(w.User("security", "sicherheit@auslaenderbehoerde"))
	health := w.Guard.For(w.User("health", "gesundheit@gesundheit"))
	akte := w.Akte(abh, "Rahimi", "auslaenderbehoerde", archive.Participation{Department: "gesundheit"})
	check := w.Add(security, akte, archive.Document{Type: "fuehrungszeugnis"}, "Eintragung")
	report := w.Add(health, akte, archive.Document{Type: "aerztliches_attest"}, "Diagnose")
	if _, err := abh.Document(t.Context(), check.ID); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("pending check tells %v, want denied", err)
	}
	if _, err := abh.Document(t.Context(), report.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("medical report tells %v, want not found", err)
	}
	view, err := abh.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]acl.RegisterView{}
	for _, r := range view.Registers {
		got[r.Key] = r
	}
	if r := got["sicherheit"]; r.Access != "exist" || r.Count != 1 {
		t.Errorf("sicherheit shows %+v, want one document that exists", r)
	}
	if r := got["gesundheit"]; r.Count != 0 {
		t.Errorf("gesundheit shows %+v, want no count", r)
	}
	page, err := abh.Documents(t.Context(), akte, acl.DocumentsQuery{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("the list has %d documents, %v; want none", len(page.Items), err)
	}
}

func TestMailRoomLooksBackUntilOpened(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		then func(w *acltest.World, worker *acl.Desk, id archive.DocumentID)
		want error
	}{
		{"at once", func(*acltest.World, *acl.Desk, archive.DocumentID) {}, nil},
		{"opened by the department", func(w *acltest.World, worker *acl.Desk, id archive.DocumentID) {
			if _, err := worker.Text(w.T.Context(), acl.Holder{Document: id}); err != nil {
				w.T.Fatal(err)
			}
		}, archive.ErrNotFound},
		{"a day later", func(w *acltest.World, _ *acl.Desk, _ archive.DocumentID) {
			w.Time = w.Time.Add(24 * time.Hour)
		}, archive.ErrNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := acltest.Open(t)
			worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
			mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
			akte := w.Akte(worker, "Traoré", "auslaenderbehoerde")
			item := w.Post(mail, "poststelle", "Mietvertrag")
			w.Settle()
			docs, err := mail.FileItem(t.Context(), item.ID, acl.Filing{
				Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "mietvertrag"},
			})
			if err != nil {
				t.Fatal(err)
			}
			tc.then(w, worker, docs[0].ID)
			if _, err := mail.Document(t.Context(), docs[0].ID); !errors.Is(err, tc.want) {
				t.Errorf("mail room gets %v, want %v", err, tc.want)
			}
			if n := total(t, mail, "mietvertrag"); n != 0 {
				t.Errorf("mail room finds %d by search, want none", n)
			}
		})
	}
}

func TestOwnCorrespondenceOnly(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	soz := w.Guard.For(w.User("soz", "sachbearbeitung@soziales"))
	akte := w.Akte(abh, "Petrenko", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	doc := w.Add(abh, akte, archive.Document{Type: "anschreiben_behoerde"}, "Schreiben")
	w.Settle()
	if _, err := abh.Document(t.Context(), doc.ID); err != nil {
		t.Errorf("own letter: %v", err)
	}
	if _, err := soz.Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("another department's letter: %v, want not found", err)
	}
	if own, others := total(t, abh, "schreiben"), total(t, soz, "schreiben"); own != 1 || others != 0 {
		t.Errorf("search finds %d own and %d others' letters, want 1 and 0", own, others)
	}
}

func TestTeamsAndLeads(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	inside, outside := w.User("inside", "sachbearbeitung@auslaenderbehoerde"), w.User("outside", "sachbearbeitung@auslaenderbehoerde")
	inside = w.Team(inside, "a-k")
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	p, err := w.Guard.For(inside).CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Kaya"}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := w.Guard.For(inside).CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde", Team: "a-k"})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(w.Guard.For(inside), a.ID, archive.Document{Type: "reisepass"}, "Passnummer")
	w.Settle()
	for _, tc := range []struct {
		name string
		desk *acl.Desk
		want int
	}{{"team", w.Guard.For(inside), 1}, {"colleague of another team", w.Guard.For(outside), 0}, {"lead", lead, 1}} {
		if n := total(t, tc.desk, "passnummer"); n != tc.want {
			t.Errorf("%s finds %d, want %d", tc.name, n, tc.want)
		}
		_, err := tc.desk.Akte(t.Context(), a.ID)
		if sees := err == nil; sees != (tc.want == 1) {
			t.Errorf("%s opens the Akte: %v", tc.name, err)
		}
	}
}

func TestRightsChangeOnTheNextSearch(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	soz := w.Guard.For(w.User("soz", "sachbearbeitung@soziales"))
	akte := w.Akte(abh, "Diallo", "auslaenderbehoerde", archive.Participation{Department: "soziales", Until: w.Time.Format(time.DateOnly)})
	w.Add(abh, akte, archive.Document{Type: "meldebescheinigung"}, "Anschrift")
	w.Settle()
	if n := total(t, soz, "anschrift"); n != 1 {
		t.Fatalf("taking part she finds %d, want 1", n)
	}
	w.Time = w.Time.Add(24 * time.Hour)
	if n := total(t, soz, "anschrift"); n != 0 {
		t.Errorf("the day after it ended she finds %d, want 0", n)
	}
	found, err := abh.Search(t.Context(), index.Query{Text: "anschrift"}, "")
	if err != nil || !found.Incomplete || found.Total != 0 {
		t.Errorf("until indexed anew: total %d, incomplete %v, %v; want 0 and said so", found.Total, found.Incomplete, err)
	}
	w.Settle()
	if n := total(t, abh, "anschrift"); n != 1 {
		t.Errorf("indexed anew, the lead finds %d, want 1", n)
	}
	head, err := abh.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := abh.ChangeAkte(t.Context(), akte, head.Revision, func(a *archive.Akte) error {
		a.Departments = []archive.Participation{{Department: "soziales"}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if n := total(t, soz, "anschrift"); n != 1 {
		t.Errorf("taking part again she finds %d, want 1", n)
	}
}

func TestMoveRewrapsAndHides(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	from, to := w.Akte(abh, "Marku", "auslaenderbehoerde"), w.Akte(abh, "Krasniqi", "auslaenderbehoerde")
	doc := w.Add(abh, from, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	if _, err := abh.MoveDocument(t.Context(), doc.ID, 1, acl.Move{Akte: to}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("a move without a reason: %v, want invalid", err)
	}
	if _, err := abh.MoveDocument(t.Context(), doc.ID, 2, acl.Move{Akte: to, Reason: "falsch"}); !errors.Is(err, acl.ErrStale) {
		t.Errorf("a move of what she hasn't seen: %v, want stale", err)
	}
	if _, err := abh.MoveDocument(t.Context(), doc.ID, 1, acl.Move{Akte: to, Register: "familie", Reason: "falsch abgelegt"}); err != nil {
		t.Fatal(err)
	}
	if n := total(t, abh, "kaltmiete"); n != 0 {
		t.Errorf("before it is indexed anew she finds %d, want 0", n)
	}
	w.Settle()
	found, err := abh.Search(t.Context(), index.Query{Text: "kaltmiete"}, "")
	if err != nil || found.Total != 1 || found.Hits[0].Akte.ID != to {
		t.Fatalf("after the move: %+v, %v", found, err)
	}
	if text, err := abh.Text(t.Context(), acl.Holder{Document: doc.ID}); err != nil || string(text) != "Kaltmiete" {
		t.Errorf("text after the move: %q, %v", text, err)
	}
}

func TestSealShutsOutAllButTheNamed(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	named, other := w.User("named", "sachbearbeitung@auslaenderbehoerde"), w.User("other", "sachbearbeitung@auslaenderbehoerde")
	akte := w.Akte(w.Guard.For(named), "Nguyen", "auslaenderbehoerde")
	doc := w.Add(w.Guard.For(named), akte, archive.Document{Type: "reisepass"}, "Reisedokument")
	w.Settle()
	seal(t, w, akte, named.User)
	w.Settle()
	for _, tc := range []struct {
		who  acl.Subject
		want int
	}{{named, 1}, {other, 0}} {
		d := w.Guard.For(tc.who)
		if n := total(t, d, "reisedokument"); n != tc.want {
			t.Errorf("%s finds %d, want %d", tc.who.Name, n, tc.want)
		}
		if _, err := d.Document(t.Context(), doc.ID); (err == nil) != (tc.want == 1) {
			t.Errorf("%s gets %v", tc.who.Name, err)
		}
	}
	located, err := w.Guard.For(other).Locate(t.Context(), acl.LocateQuery{Family: "Nguyen"})
	if err != nil || len(located) != 0 {
		t.Errorf("locate tells of a sealed Akte: %+v, %v", located, err)
	}
}

func TestLocateTellsTheLittleThatFilingNeeds(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	it := w.Guard.For(w.User("it", "administration@it"))
	akte := w.Akte(abh, "Öztürk", "auslaenderbehoerde")
	w.Settle()
	got, err := mail.Locate(t.Context(), acl.LocateQuery{Family: "Oeztuerk"})
	if err != nil || len(got) != 1 || len(got[0].Akten) != 1 || got[0].Akten[0].ID != akte {
		t.Errorf("by another spelling: %+v, %v", got, err)
	}
	byNumber, err := mail.Locate(t.Context(), acl.LocateQuery{Number: got[0].Akten[0].Number})
	if err != nil || len(byNumber) != 1 {
		t.Errorf("by reference number: %+v, %v", byNumber, err)
	}
	if _, err := it.Locate(t.Context(), acl.LocateQuery{Family: "Öztürk"}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("administration locates: %v, want denied", err)
	}
}

// seal lays a Sperrvermerk on an Akte with one named reader.
func seal(t *testing.T, w *acltest.World, id archive.AkteID, reader archive.UserID) {
	t.Helper()
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		akte, err := tx.Akte(id)
		if err != nil {
			return err
		}
		akte.Sealed = &archive.Seal{
			Reason: "Schutz", Until: w.Time.AddDate(1, 0, 0).Format(time.DateOnly), Readers: []archive.UserID{reader},
		}
		akte.Revision++
		if err := tx.PutAkte(akte); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: w.Time, Actor: audit.System(), Op: audit.OpAkteChange, Object: "akte/" + string(id), Result: audit.Allow,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
