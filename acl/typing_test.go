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

func TestPersonsTypedAreThoseOneMayFindAndRecordedOnce(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	w.Akte(worker, "Schewtschenko", "auslaenderbehoerde")
	w.Akte(worker, "Schewtschuk", "auslaenderbehoerde")
	w.Settle()
	searches := archive.TrailFilter{Op: string(audit.OpSearch)}
	steps := func(who string, d *acl.Desk, steps ...struct {
		text          string
		found, events int
	}) {
		t.Helper()
		for _, s := range steps {
			before := events(t, w, searches)
			found, err := d.PersonsTyped(t.Context(), s.text)
			if err != nil || len(found) != s.found {
				t.Errorf("%s types %q: %d persons, %v, want %d", who, s.text, len(found), err, s.found)
			}
			if n := events(t, w, searches) - before; n != s.events {
				t.Errorf("%s types %q: %d events, want %d", who, s.text, n, s.events)
			}
		}
	}
	type step = struct {
		text          string
		found, events int
	}
	steps("the worker", worker,
		step{"", 0, 0}, step{"s", 0, 0}, step{"sc", 2, 1}, step{"sche", 2, 0}, step{"schewtsche", 2, 0}, step{"schewtschu", 1, 0},
		step{"xyz", 0, 1}, step{"xyza", 0, 0}, step{"xyzab", 0, 0}, step{`"`, 0, 0}, step{"abc", 0, 1})
	steps("a stranger", stranger, step{"schewtschuk", 0, 1}, step{"schewtschenko", 0, 0})
	w.Time = w.Time.Add(16 * time.Minute)
	steps("the worker, later", worker, step{"schewtschuk", 1, 1}, step{"sch", 2, 1})
	found, err := worker.PersonsTyped(t.Context(), "Shevchenko")
	if err != nil || len(found) == 0 || found[0].Person.Leading().Family != "Schewtschenko" || found[0].Likeness.Class.String() != "romanisation" {
		t.Errorf("another romanisation: %+v, %v", found, err)
	}
}

// Who goes through names by their letters is stopped, and the trail tells of it; somebody else isn't.
func TestTypingIsBoundAndEveryQuestionStandsInAnEvent(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@auslaenderbehoerde"))
	w.Akte(worker, "Schewtschenko", "auslaenderbehoerde")
	w.Settle()
	searches, refusals := archive.TrailFilter{Op: string(audit.OpSearch)}, archive.TrailFilter{Op: string(audit.OpAccessRefused)}
	before := events(t, w, searches)
	asked := 0
	for ; asked < 200; asked++ {
		if _, err := worker.PersonsTyped(t.Context(), "schew"); err != nil {
			if !errors.Is(err, acl.ErrTyping) {
				t.Fatal(err)
			}
			break
		}
	}
	if asked != 60 {
		t.Errorf("%d questions at once are answered, want 60", asked)
	}
	if n := events(t, w, searches) - before; n != 2 {
		t.Errorf("60 questions that name the same person stand in %d events, want one for her and one for the 40 after", n)
	}
	if _, err := worker.PersonsTyped(t.Context(), "schew"); !errors.Is(err, acl.ErrTyping) || events(t, w, refusals) != 1 {
		t.Errorf("stopped again: %v, %d refusals are recorded, want 1", err, events(t, w, refusals))
	}
	if _, err := other.PersonsTyped(t.Context(), "schew"); err != nil {
		t.Errorf("somebody else types: %v", err)
	}
	if _, err := worker.Search(t.Context(), index.Query{Text: "schew"}, ""); err != nil {
		t.Errorf("the search itself: %v", err)
	}
	w.Time = w.Time.Add(time.Second)
	for n := range 5 {
		if _, err := worker.PersonsTyped(t.Context(), "schew"); (err != nil) != (n == 4) {
			t.Errorf("question %d a second later: %v", n+1, err)
		}
	}
}
