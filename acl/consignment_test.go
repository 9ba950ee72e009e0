package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

func TestConsignment(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	records := w.Guard.For(w.User("records", "registratur@auslaenderbehoerde"))
	partner := w.Guard.For(w.User("partner", "sachbearbeitung@soziales"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@asyl"))
	akte := w.Akte(clerk, "Beispiel", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	late := w.Akte(clerk, "Anders", "auslaenderbehoerde")
	away := archive.Consignment{Vendor: " Scanfabrik Süd ", Since: "2026-11-01", Expected: "2026-12-01"}
	rush := archive.Rush{Reason: "Gerichtstermin", Wanted: "2026-11-24"}
	for _, tt := range []struct {
		name string
		do   func() error
		want error
	}{
		{"a hurry for what is in the house", func() error { return records.Hasten(t.Context(), akte, rush) }, archive.ErrConflict},
		{"back from nowhere", func() error { return records.TakeBack(t.Context(), akte) }, archive.ErrConflict},
		{"to nobody", func() error { return records.Consign(t.Context(), akte, archive.Consignment{}) }, archive.ErrInvalid},
		{"back before it went", func() error {
			return records.Consign(t.Context(), akte, archive.Consignment{Vendor: "x", Since: "2026-11-02", Expected: "2026-11-01"})
		}, archive.ErrInvalid},
		{"by who takes part", func() error { return partner.Consign(t.Context(), akte, away) }, acl.ErrDenied},
		{"by a stranger", func() error { return stranger.Consign(t.Context(), akte, away) }, archive.ErrNotFound},
		{"who only looks", func() error { return records.Unconfirmed().Consign(t.Context(), akte, away) }, acl.ErrUnconfirmed},
		{"by records staff", func() error { return records.Consign(t.Context(), akte, away) }, nil},
		{"twice", func() error { return clerk.Consign(t.Context(), akte, away) }, acl.ErrConsigned},
		{"another, overdue", func() error {
			return clerk.Consign(t.Context(), late, archive.Consignment{Vendor: "Scanfabrik Süd", Since: "2026-10-01", Expected: "2026-11-21"})
		}, nil},
		{"a hurry without a reason", func() error { return clerk.Hasten(t.Context(), akte, archive.Rush{Wanted: "2026-11-24"}) }, archive.ErrInvalid},
		{"a hurry for yesterday", func() error { return clerk.Hasten(t.Context(), akte, archive.Rush{Reason: "x", Wanted: "2026-11-21"}) }, archive.ErrInvalid},
		{"a hurry by who takes part", func() error { return partner.Hasten(t.Context(), akte, rush) }, acl.ErrDenied},
		{"a hurry", func() error { return clerk.Hasten(t.Context(), akte, rush) }, nil},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for desk, reason := range map[*acl.Desk]string{records: "Gerichtstermin", partner: ""} {
		view, err := desk.Akte(t.Context(), akte)
		if err != nil || view.Consignment == nil || view.Consignment.Vendor != "Scanfabrik Süd" || view.Consignment.Due() != "2026-11-24" ||
			view.Consignment.Rush.Reason != reason || view.MayConsign != (desk == records) {
			t.Errorf("%s sees %+v, %v", desk.Subject().Name, view.Consignment, err)
		}
	}
	page, err := records.Consignments(t.Context(), "auslaenderbehoerde", 1, "")
	if err != nil || len(page.Items) != 1 || page.Items[0].Akte != late || !page.Items[0].Late || page.Next == "" {
		t.Fatalf("first page: %+v, %v", page, err)
	}
	page, err = records.Consignments(t.Context(), "auslaenderbehoerde", 1, page.Next)
	if err != nil || len(page.Items) != 1 || page.Items[0].Akte != akte || page.Items[0].Late || page.Items[0].Head.Name.Family != "Beispiel" {
		t.Fatalf("second page: %+v, %v", page, err)
	}
	if _, err := partner.Consignments(t.Context(), "auslaenderbehoerde", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("another department's list: %v, want denied", err)
	}
	if err := records.TakeBack(t.Context(), akte); err != nil {
		t.Fatal(err)
	}
	if view, err := clerk.Akte(t.Context(), akte); err != nil || view.Consignment != nil {
		t.Errorf("back: %+v, %v", view.Consignment, err)
	}
	for op, want := range map[audit.Op]int{audit.OpConsign: 2, audit.OpConsignRush: 1, audit.OpConsignEnd: 1} {
		if n := trailed(t, w, op); n != want {
			t.Errorf("%s: %d recorded, want %d", op, n, want)
		}
	}
}

// trailed counts the events of an operation.
func trailed(t *testing.T, w *acltest.World, op audit.Op) int {
	t.Helper()
	officer := w.Guard.For(w.User("dsb"+string(archive.NewID[archive.UserID]()), "datenschutz@datenschutz"))
	page, err := officer.Trail(t.Context(), archive.TrailFilter{Op: string(op)}, 50, "")
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

func TestConsignmentUnderASeal(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Beispiel", "auslaenderbehoerde")
	if err := clerk.Consign(t.Context(), akte, archive.Consignment{Vendor: "Scanfabrik"}); err != nil {
		t.Fatal(err)
	}
	seal(t, w, akte, archive.NewID[archive.UserID]())
	page, err := clerk.Consignments(t.Context(), "auslaenderbehoerde", 10, "")
	if err != nil || len(page.Items) != 0 {
		t.Errorf("a sealed Akte is listed: %+v, %v", page, err)
	}
	if err := clerk.TakeBack(t.Context(), akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("taken back: %v, want not found", err)
	}
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	if _, err := mail.ReturnDelivered(t.Context(), akte, "Lieferung"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("delivered: %v, want not found", err)
	}
}
