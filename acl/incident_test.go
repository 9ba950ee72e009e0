package acl_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
)

// breach is all that is to be said of an incident about an account.
func breach(by archive.UserID, now time.Time) archive.Incident {
	return archive.Incident{
		Title: "Neugier", What: "Akten ohne Anlass geöffnet", KnownSince: now, Actor: by, From: now.Add(-time.Hour), Measures: "Zugang gesperrt",
		Assessment: "keine Weitergabe", Risk: "risk", Notified: now,
	}
}

func TestIncidentIsClosedByTwo(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	officer, second := a.Guard.For(a.officer), a.Guard.For(a.second)
	i := breach(a.clerk.Subject().User, a.Time)
	i.Notified = time.Time{}
	id := must(officer.BeginIncident(t.Context(), i, ""))(t)
	v := must(officer.Incident(t.Context(), id))(t)
	if !v.Clock || v.Left != archive.IncidentClock || !v.MayChange {
		t.Errorf("begun: clock %t, %v left", v.Clock, v.Left)
	}
	a.Time = a.Time.Add(archive.IncidentClock + time.Hour)
	if v = must(officer.Incident(t.Context(), id))(t); v.Left != -time.Hour || !v.Clock {
		t.Errorf("after 73 hours: %v left", v.Left)
	}
	if err := officer.ChangeIncident(t.Context(), id, v.Revision, i, true, ""); !isField(err, "/notified") {
		t.Errorf("proposed though nobody was notified: %v", err)
	}
	i.Notified = a.Time
	if err := officer.ChangeIncident(t.Context(), id, v.Revision, i, true, "fertig"); err != nil {
		t.Fatal(err)
	}
	if err := officer.ChangeIncident(t.Context(), id, v.Revision+1, i, true, ""); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("changed while it waits: %v", err)
	}
	if err := officer.JudgeIncident(t.Context(), id, v.Revision+1, true, ""); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("closed by who proposed: %v", err)
	}
	if err := second.JudgeIncident(t.Context(), id, v.Revision+1, false, ""); !isField(err, "/note") {
		t.Errorf("given back without a word: %v", err)
	}
	if err := second.JudgeIncident(t.Context(), id, v.Revision, true, ""); !errors.Is(err, acl.ErrStale) {
		t.Errorf("closed as it was before: %v", err)
	}
	if err := second.JudgeIncident(t.Context(), id, v.Revision+1, true, ""); err != nil {
		t.Fatal(err)
	}
	if v = must(second.Incident(t.Context(), id))(t); v.State != archive.IncidentClosed || v.Clock || len(v.Steps) != 3 || v.MayChange || v.MayJudge {
		t.Errorf("closed: %+v", v.Incident)
	}
}

func TestIncidentFindsWhomItAffects(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	a.Time = a.Time.Add(2 * time.Hour) // what made the papers lies before
	other := a.Akte(a.Guard.For(a.User("zweite", "sachbearbeitung@auslaenderbehoerde")), "Kara", "auslaenderbehoerde")
	start := a.Time.Add(time.Minute)
	a.Time = start.Add(time.Minute)
	must(a.clerk.Document(t.Context(), a.pass.ID))(t)
	must(a.Guard.For(a.lead).Akte(t.Context(), other))(t)
	a.Time = a.Time.Add(time.Minute)
	must(a.clerk.Akte(t.Context(), other))(t)
	a.Time = a.Time.Add(time.Hour)
	officer := a.Guard.For(a.officer)
	i := breach(a.clerk.Subject().User, a.Time)
	i.From, i.To = start, a.Time
	v := must(officer.Incident(t.Context(), must(officer.BeginIncident(t.Context(), i, ""))(t)))(t)
	if len(v.Affected) != 2 || v.Affected[0].Acts != 1 || v.Affected[1].Person != a.person || v.Affected[1].Akten[0].Number != a.number ||
		!slices.Equal(v.Affected[1].Kinds, []string{acl.AccessLook}) || v.Acts != 2 {
		t.Errorf("of the clerk: %+v", v.Affected)
	}
	i.To = start.Add(90 * time.Second)
	if v = must(officer.Incident(t.Context(), must(officer.BeginIncident(t.Context(), i, ""))(t)))(t); len(v.Affected) != 1 || v.Affected[0].Person != a.person {
		t.Errorf("in the first part of it: %+v", v.Affected)
	}
	i.Actor, i.To = "", time.Time{}
	all := must(officer.BeginIncident(t.Context(), i, ""))(t)
	if v = must(officer.Incident(t.Context(), all))(t); len(v.Affected) != 2 || v.Acts != 3 {
		t.Errorf("of everybody: %d persons, %d acts", len(v.Affected), v.Acts)
	}
	if err := a.Store.Update(t.Context(), func(tx archive.Tx) error {
		return errors.Join(tx.PutConflict(archive.Conflict{
			ID: archive.NewID[archive.ConflictID](), User: a.officer.User, Person: a.person, Kind: "relative", Reason: "x", By: a.lead.User, At: a.Time,
		}), tx.Record(audit.Event{Time: a.Time, Actor: audit.System(), Op: audit.OpConflictLay, Object: "person/" + string(a.person), Result: audit.Allow}))
	}); err != nil {
		t.Fatal(err)
	}
	if v = must(officer.Incident(t.Context(), all))(t); len(v.Affected) != 1 || v.Hidden != 1 || v.Affected[0].Person == a.person {
		t.Errorf("with a relative among them: %+v, %d hidden", v.Affected, v.Hidden)
	}
}

func TestIncidentIsNotThereForWhoItIsAbout(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	officer, second := a.Guard.For(a.officer), a.Guard.For(a.second)
	id := must(second.BeginIncident(t.Context(), breach(a.officer.User, a.Time), ""))(t)
	if _, err := officer.Incident(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she opens it: %v", err)
	}
	if page := must(officer.Incidents(t.Context(), 0, ""))(t); len(page.Items) != 0 {
		t.Errorf("she lists it")
	}
	if page := must(second.Incidents(t.Context(), 0, ""))(t); len(page.Items) != 1 {
		t.Errorf("her colleague doesn't")
	}
	for _, row := range must(officer.Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpIncidentBegin)}, 10, ""))(t).Items {
		if row.Leaf.Object != "" || row.Parts != nil {
			t.Errorf("the trail tells her: %+v", row.Leaf)
		}
	}
	if _, err := officer.BeginIncident(t.Context(), breach(a.officer.User, a.Time), ""); !isField(err, "/actor") {
		t.Errorf("one of her own: %v", err)
	}
	if _, err := a.Guard.For(a.lead).Incidents(t.Context(), 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a lead lists them: %v", err)
	}
}

func TestIncidentReport(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	a.Guard.Printer = a.Guard.Bundles.(*ingest.Bundler).Composer
	officer := a.Guard.For(a.officer)
	must(a.clerk.Document(t.Context(), a.pass.ID))(t)
	a.Time = a.Time.Add(time.Minute)
	id := must(officer.BeginIncident(t.Context(), breach(a.clerk.Subject().User, a.Time), ""))(t)
	data := must(officer.PrintIncident(t.Context(), id, acl.AccessWords{Language: "de", Kind: func(k string) string { return k }}))(t)
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(string(data))
	text := string(must(cmd.Output())(t))
	for _, want := range []string{"Neugier", "72 Stunden", "Akten ohne Anlass", "Zugang gesperrt", a.number} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if e := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpIncidentReport)}); e.Leaf.Object != "incident/"+string(id) {
		t.Errorf("the trail says %+v", e.Leaf)
	}
}
