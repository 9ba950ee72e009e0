package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// TestAnEventIsProven proves events to the officer as soon as they are there, and to nobody else.
func TestAnEventIsProven(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	rows := must(officer.Trail(ctx, archive.TrailFilter{Person: w.person}, 50, ""))(t).Items
	if len(rows) < 3 {
		t.Fatalf("%d events", len(rows))
	}
	for _, row := range rows {
		proof := must(officer.ProveEvent(ctx, archive.TrailPlace{Year: row.Year, Seq: row.Leaf.Seq}))(t)
		if proof.Leaf.Seq != row.Leaf.Seq || proof.Name != row.Name {
			t.Errorf("proven %+v, asked for %+v", proof.Leaf, row.Leaf)
		}
		if _, err := verify.Proof(proof.Proof, proof.Entry, proof.Key); err != nil {
			t.Errorf("event %d: %v", row.Leaf.Seq, err)
		}
	}
	at := archive.TrailPlace{Year: rows[0].Year, Seq: rows[0].Leaf.Seq}
	for _, pair := range []string{"sachbearbeitung@auslaenderbehoerde", "leitung@auslaenderbehoerde", "administration@it"} {
		if _, err := w.Guard.For(w.User("not "+pair, pair)).ProveEvent(ctx, at); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v", pair, err)
		}
	}
	for _, none := range []archive.TrailPlace{{Year: at.Year, Seq: 1 << 40}, {Year: at.Year, Seq: -1}, {Year: 1999, Seq: 0}} {
		if _, err := officer.ProveEvent(ctx, none); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%+v: %v", none, err)
		}
	}
	out := must(officer.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(audit.OpTrailExport)}, 50, ""))(t).Items
	if len(out) != len(rows) {
		t.Errorf("of %d proofs the trail tells %d times that one was given out about her", len(rows), len(out))
	}
}

// TestNoProofOfARelative proves to an officer nothing of those from whom a conflict of interest keeps her.
func TestNoProofOfARelative(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	one, other := w.User("dsb", "datenschutz@datenschutz"), w.Guard.For(w.User("dsb.zwei", "datenschutz@datenschutz"))
	row := must(other.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(audit.OpAkteOpen)}, 1, ""))(t).Items[0]
	at := archive.TrailPlace{Year: row.Year, Seq: row.Leaf.Seq}
	must(w.Guard.For(one).ProveEvent(ctx, at))(t)
	must(w.Guard.For(one).Inspect(ctx, w.number, "Beschwerde"))(t)
	if err := w.Guard.For(one).ReportConflict(ctx, w.akte, "relative", "Bruder"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Guard.For(one).ProveEvent(ctx, at); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("of her brother: %v", err)
	}
	must(other.ProveEvent(ctx, at))(t)
}
