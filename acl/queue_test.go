package acl_test

import (
	"context"
	"errors"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/read"
)

// breaking is a machine that can't make bundles.
type breaking struct{}

func (breaking) Make(context.Context, archive.Bundle, func(int) error) (archive.Object, error) {
	return archive.Object{}, &read.Failure{State: read.Failed, Code: "broken"}
}

// TestQueueTellsOfEveryKind fails an arrangement and a bundle: who operates the system sees both, counted
// alike wherever they are counted, until somebody gives them up or tries again.
func TestQueueTellsOfEveryKind(t *testing.T) {
	t.Parallel()
	s, ctx := newShelf(t), t.Context()
	admin := s.Guard.For(s.User("admin", "administration@it"))
	s.Guard.Bundles, s.Pipeline.Bundles = breaking{}, breaking{}
	mail := s.Guard.For(s.User("mail", "registratur@poststelle"))
	item := s.Post(mail, "poststelle", "%PDF-1.7\neins", "UNBOUND")
	s.Settle()
	plan := acl.Arrangement{Outputs: [][]acl.Leaf{leaves(item.ID, 1), leaves(item.ID, 2)}}
	_, err := mail.ArrangeItem(ctx, item.ID, plan)
	bundle := archive.JobID(s.order(s.clerk, acl.BundleRequest{}))
	s.Settle()
	kinds := func(what string, want ...string) (out []archive.Job) {
		t.Helper()
		q, qerr := admin.Queue(ctx)
		day, derr := admin.Day(ctx)
		if err := errors.Join(err, qerr, derr); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, j := range q.Failed {
			got[j.Kind]++
		}
		for _, k := range want {
			got[k]--
		}
		if len(q.Failed) != len(want) || got[archive.JobArrange] != 0 || got[archive.JobBundle] != 0 {
			t.Errorf("%s: the queue has %+v, want %v", what, q.Failed, want)
		}
		if q.Count[archive.JobFailed] != len(want) || day.Jobs.Failed != len(want) {
			t.Errorf("%s: the queue counts %d, the day %d, want %d", what, q.Count[archive.JobFailed], day.Jobs.Failed, len(want))
		}
		return q.Failed
	}
	kinds("both failed", archive.JobArrange, archive.JobBundle)
	_, err = mail.UndoArrange(ctx, item.ID)
	kinds("the arrangement was given up", archive.JobBundle)
	var again archive.Job
	again, err = admin.Retry(ctx, bundle)
	if again.State != archive.JobWaiting || again.ID != bundle {
		t.Errorf("tried again: %+v", again)
	}
	kinds("the bundle is tried again")
	s.Settle()
	kinds("it failed again", archive.JobBundle)
	if _, err := s.physician.Retry(ctx, bundle); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a stranger tries it again: %v", err)
	}
	if _, err = s.clerk.Retry(ctx, bundle); err != nil {
		t.Errorf("who ordered it tries it again: %v", err)
	}
	err = s.clerk.CancelJob(ctx, bundle)
	kinds("cancelled")
	if err := s.Store.View(ctx, func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Op: string(audit.OpJobCancel), Most: 100}, "") {
			if err != nil {
				return err
			}
			if row.Value.Leaf.Rule != "own-job" {
				t.Errorf("cancelled by rule %q", row.Value.Leaf.Rule)
			}
			return nil
		}
		t.Error("no event of the end")
		return nil
	}); err != nil {
		t.Error(err)
	}
	s.Guard.Bundles = nil
	_, now := s.clerk.Bundle(ctx, s.akte, acl.BundleRequest{})
	_, later := s.clerk.OrderBundle(ctx, s.akte, acl.BundleRequest{})
	if !errors.Is(now, acl.ErrNoBundles) || !errors.Is(later, acl.ErrNoBundles) {
		t.Errorf("of a server that makes none: %v, %v", now, later)
	}
}

// TestStatesOfItems follows an item that is claimed and taken apart.
func TestStatesOfItems(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.scan("eins", "zwei")
	w := acl.Watch("inbox/" + string(item.ID))
	state := func() acl.Status {
		t.Helper()
		s, err := d.two.States(ctx, []acl.Watch{w}, false)
		if err != nil || len(s) != 1 {
			t.Fatalf("states %v, %v", s, err)
		}
		return s[0]
	}
	if s := state(); s.State != archive.StateReady || s.Claim != "" {
		t.Errorf("free: %+v", s)
	}
	must(d.one.ClaimItem(ctx, item.ID, false))(t)
	if s := state(); s.Claim != d.one.Subject().User {
		t.Errorf("claimed: %+v", s)
	}
	must(d.one.ArrangeItem(ctx, item.ID, acl.Arrangement{Outputs: [][]acl.Leaf{leaves(item.ID, 1), leaves(item.ID, 2)}}))(t)
	if s := state(); s.State != "arranging" {
		t.Errorf("being taken apart: %+v", s)
	}
	d.Settle()
	if s := state(); s.State != "arranged" {
		t.Errorf("taken apart: %+v", s)
	}
}
