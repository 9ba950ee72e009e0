package acl_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit/anchor"
)

// TestTrailEndsByRule lets years go by: a year's entries are dropped when the next one is over, unless somebody holds them.
func TestTrailEndsByRule(t *testing.T) {
	t.Parallel()
	type found struct {
		person archive.PersonID
		user   archive.UserID
	}
	for _, tt := range []struct {
		name string
		hold func(f found) acl.TrailHold
		want bool
	}{
		{"nobody holds them", nil, true},
		{"the year is held", func(found) acl.TrailHold { return acl.TrailHold{Year: 2031} }, false},
		{"another year is held", func(found) acl.TrailHold { return acl.TrailHold{Year: 2030} }, true},
		{"a person of it is held", func(f found) acl.TrailHold { return acl.TrailHold{Person: f.person} }, false},
		{"a user of it is held", func(f found) acl.TrailHold { return acl.TrailHold{User: f.user} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := acltest.Open(t)
			w.Time = time.Date(2031, 6, 1, 12, 0, 0, 0, time.UTC)
			maker, officer := w.User("maker", "sachbearbeitung@auslaenderbehoerde"), w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
			akte := w.Akte(w.Guard.For(maker), "Zahl", "auslaenderbehoerde")
			f := found{user: maker.User}
			if err := w.Store.View(t.Context(), func(r archive.Reader) error {
				a, err := r.Akte(akte)
				f.person = a.Person
				return err
			}); err != nil {
				t.Fatal(err)
			}
			end := func(at time.Time) []int {
				w.Time = at
				if _, err := officer.TrailSummary(t.Context()); err != nil { // an event of that time
					t.Fatal(err)
				}
				if _, err := w.Store.Checkpoint(t.Context()); err != nil {
					t.Fatal(err)
				}
				dropped, err := w.Guard.EndTrails(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return dropped
			}
			var hold acl.TrailHold
			if tt.hold != nil {
				var err error
				if hold, err = officer.HoldTrail(t.Context(), tt.hold(f), "Prüfung läuft"); err != nil {
					t.Fatal(err)
				}
			}
			if dropped := end(time.Date(2032, 12, 31, 22, 0, 0, 0, time.UTC)); len(dropped) > 0 {
				t.Errorf("dropped %v before the term was over", dropped)
			}
			if dropped := end(time.Date(2033, 1, 1, 1, 0, 0, 0, time.UTC)); slices.Equal(dropped, []int{2031}) != tt.want {
				t.Errorf("dropped %v", dropped)
			}
			if tt.want {
				return
			}
			if err := officer.ReleaseTrail(t.Context(), hold.ID, "abgeschlossen"); err != nil {
				t.Fatal(err)
			}
			if dropped := end(time.Date(2033, 1, 2, 1, 0, 0, 0, time.UTC)); !slices.Equal(dropped, []int{2031}) {
				t.Errorf("after the release %v were dropped", dropped)
			}
		})
	}
}

// doubtful is how others vouch for a trail that a witness contradicts.
type doubtful struct{ trouble anchor.Trouble }

func (a doubtful) State(context.Context) (anchor.State, error) {
	return anchor.State{Witness: anchor.Standing{Name: "zeuge", Trouble: a.trouble}}, nil
}

// TestNothingEndsWhileContradicted lets a term be over while a witness says that the trail isn't what it was.
func TestNothingEndsWhileContradicted(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2031, 6, 3, 12, 0, 0, 0, time.UTC)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	w.Time = time.Date(2033, 1, 3, 12, 0, 0, 0, time.UTC)
	if _, err := officer.TrailSummary(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Store.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		trouble anchor.Trouble
		want    []int
	}{{anchor.Contradicted, nil}, {anchor.Unreachable, []int{2031}}} {
		w.Guard.Anchors = doubtful{tt.trouble}
		if dropped, err := w.Guard.EndTrails(t.Context()); err != nil || !slices.Equal(dropped, tt.want) {
			t.Errorf("witness %s: dropped %v, %v", tt.trouble, dropped, err)
		}
	}
}

// TestHoldIsTheOfficers refuses holds of others, and those that say nothing.
func TestHoldIsTheOfficers(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	officer, admin := w.Guard.For(w.User("officer", "datenschutz@datenschutz")), w.Guard.For(w.User("admin", "administration@it"))
	if _, err := admin.HoldTrail(t.Context(), acl.TrailHold{Year: 2026}, "x"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator holds: %v", err)
	}
	for name, h := range map[string]acl.TrailHold{
		"nothing": {}, "two things": {Year: 2026, Person: archive.NewID[archive.PersonID]()}, "nobody": {User: archive.NewID[archive.UserID]()},
		"a person who isn't there": {Person: archive.NewID[archive.PersonID]()}, "a year that is none": {Year: 12},
	} {
		if _, err := officer.HoldTrail(t.Context(), h, "Prüfung läuft"); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := officer.HoldTrail(t.Context(), acl.TrailHold{Year: 2026}, " "); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	h, err := officer.HoldTrail(t.Context(), acl.TrailHold{Year: 2026}, "Prüfung läuft")
	if err != nil {
		t.Fatal(err)
	}
	term, err := officer.TrailTerm(t.Context())
	if err != nil || len(term.Holds) != 1 || term.Holds[0].ID != h.ID || term.Holds[0].ByName != "officer" || term.Rule.Key != "R-LOG-BDSG" {
		t.Errorf("holds %+v, %v", term, err)
	}
	if len(term.Years) != 1 || !term.Years[0].Due.Equal(time.Date(term.Years[0].Year+2, 1, 1, 0, 0, 0, 0, w.Guard.Zone)) || term.Years[0].Held != (term.Years[0].Year == 2026) {
		t.Errorf("years %+v", term.Years)
	}
	if _, err := admin.TrailTerm(t.Context()); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator lists: %v", err)
	}
	if err := admin.ReleaseTrail(t.Context(), h.ID, "x"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator releases: %v", err)
	}
	other := w.User("other", "datenschutz@datenschutz")
	hers := must(officer.HoldTrail(t.Context(), acl.TrailHold{User: other.User}, "Prüfung läuft"))(t)
	if err := w.Guard.For(other).ReleaseTrail(t.Context(), hers.ID, "x"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she releases what she did: %v", err)
	}
	if seen := must(w.Guard.For(other).TrailTerm(t.Context()))(t); len(seen.Holds) != 1 {
		t.Errorf("she is told of %d holds", len(seen.Holds))
	}
	if err := officer.ReleaseTrail(t.Context(), archive.NewID[string](), "x"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("what isn't there is released: %v", err)
	}
}
