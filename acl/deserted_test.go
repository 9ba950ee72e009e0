package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

// enable opens an account again.
func (w *sealWorld) enable(t *testing.T, id archive.UserID) {
	t.Helper()
	w.put(t, func(tx archive.Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		u.Disabled, u.Revision = false, u.Revision+1
		return tx.PutUser(u)
	})
}

// TestDesertedSeals closes accounts of readers, and asks who is told of the seal that is left behind.
func TestDesertedSeals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		readers func(*sealWorld) []acl.Subject
		leave   func(*sealWorld) []acl.Subject
		want    bool
	}{
		{"nobody left", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.other} }, func(*sealWorld) []acl.Subject { return nil }, false},
		{"the only lead left", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.second, w.other} }, func(w *sealWorld) []acl.Subject { return []acl.Subject{w.other} }, true},
		{"a clerk left, and a lead is alone", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.other} }, func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk} }, true},
		{"one of two clerks left", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.second, w.other} }, func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk} }, false},
		{"a lead of another department that takes part stays", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.otherLead, w.other} },
			func(w *sealWorld) []acl.Subject { return []acl.Subject{w.other} }, false},
		{"all left", func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.other} }, func(w *sealWorld) []acl.Subject { return []acl.Subject{w.clerk, w.other} }, true},
	} {
		for _, of := range []string{"an Akte", "a document"} {
			t.Run(tt.name+", of "+of, func(t *testing.T) {
				t.Parallel()
				w := newSealWorld(t)
				on := w.on()
				if of == "a document" {
					on = w.doc1()
				}
				w.lay(t, on, 30, tt.readers(w)...)
				for _, who := range tt.leave(w) {
					w.disable(t, who.User)
				}
				officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
				rows := must(officer.DesertedSeals(t.Context(), 0, ""))(t).Items
				n, err := officer.CountDeserted(t.Context())
				if (len(rows) == 1) != tt.want || (n == 1) != tt.want || err != nil {
					t.Fatalf("%+v, counted %d, %v; want one: %v", rows, n, err, tt.want)
				}
				if !tt.want {
					return
				}
				if r := rows[0]; r.Akte != w.akte || r.Document != on.Document || r.Number == "" || r.Kind != archive.SealProtection || r.Department != "auslaenderbehoerde" || r.Until == "" {
					t.Errorf("it says %+v", r)
				}
				for _, who := range tt.leave(w) {
					w.enable(t, who.User)
				}
				if rows := must(officer.DesertedSeals(t.Context(), 0, ""))(t).Items; len(rows) != 0 {
					t.Errorf("all came back: %+v", rows)
				}
			})
		}
	}
}

func TestDesertedSealsAreTheOfficersAlone(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	w.lay(t, w.on(), 3, w.clerk, w.other)
	w.disable(t, w.other.User)
	ctx := t.Context()
	officerOf := w.User("dsb", "datenschutz@datenschutz")
	officer := w.Guard.For(officerOf)
	for _, who := range []acl.Subject{w.clerk, w.second, w.lead, w.otherLead, w.User("it", "administration@it"), w.User("post", "poststelle@poststelle")} {
		d := w.Guard.For(who)
		if page, err := d.DesertedSeals(ctx, 0, ""); !errors.Is(err, acl.ErrDenied) || len(page.Items) != 0 {
			t.Errorf("%s is told %+v, %v", who.Name, page.Items, err)
		}
		if n, err := d.CountDeserted(ctx); n != 0 || err != nil {
			t.Errorf("%s counts %d, %v", who.Name, n, err)
		}
	}
	if n, err := officer.CountDeserted(ctx); n != 1 || err != nil {
		t.Errorf("the officer counts %d, %v", n, err)
	}
	w.put(t, func(tx archive.Tx) error {
		akte, err := tx.Akte(w.akte)
		if err != nil {
			return err
		}
		return tx.PutConflict(archive.Conflict{ID: archive.NewID[archive.ConflictID](), User: officerOf.User, Person: akte.Person, Kind: "own", By: w.lead.User, At: w.Time})
	})
	if page := must(officer.DesertedSeals(ctx, 0, ""))(t); len(page.Items) != 0 {
		t.Error("an officer is told of a person with whom she has a conflict of interest")
	}
	other := w.Guard.For(w.User("dsb.zwei", "datenschutz@datenschutz"))
	if n, err := other.CountDeserted(ctx); n != 1 || err != nil {
		t.Errorf("her colleague counts %d, %v", n, err)
	}
	w.Time = w.Time.AddDate(0, 0, 4)
	if n, err := other.CountDeserted(ctx); n != 0 || err != nil {
		t.Errorf("after its last day %d, %v", n, err)
	}
}
