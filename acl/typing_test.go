package acl_test

import (
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
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
