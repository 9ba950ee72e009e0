package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testConflicts(b *bench) {
	u, other := b.account(), b.account()
	p, q := b.newAkte().Person, b.newAkte().Person
	lay := func(user archive.UserID, person archive.PersonID) archive.Conflict {
		return archive.Conflict{
			ID: archive.NewID[archive.ConflictID](), User: user, Person: person, Kind: "relative", Reason: "Schwester", By: b.clerk, At: b.Clock.Now(),
		}
	}
	barred := func(what string, user archive.UserID, person archive.PersonID, want bool) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.Barred(user, person)
			same(b, what, got, err, want)
			return nil
		})
	}
	first := lay(u.ID, p)
	if err := b.house(func(tx archive.Tx) error { return tx.PutConflict(first) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("without an event: %v", err)
	}
	before := b.epoch()
	b.must(audit.OpConflictLay, func(tx archive.Tx) error { return tx.PutConflict(first) })
	if b.epoch() == before {
		b.t.Error("a new conflict doesn't raise the epoch")
	}
	b.reopen()
	barred("whom it joins", u.ID, p, true)
	barred("somebody else", other.ID, p, false)
	barred("from somebody else", u.ID, q, false)
	barred("the system", "system", p, false)
	for _, tt := range []struct {
		name string
		c    archive.Conflict
		want error
	}{
		{"a second time", lay(u.ID, p), archive.ErrConflict},
		{"with nobody", lay(u.ID, archive.NewID[archive.PersonID]()), archive.ErrInvalid},
		{"of no account", lay(archive.NewID[archive.UserID](), p), archive.ErrInvalid},
		{"joined anew", archive.Conflict{ID: first.ID, User: u.ID, Person: q}, archive.ErrInvalid},
	} {
		if err := b.try(audit.OpConflictLay, func(tx archive.Tx) error { return tx.PutConflict(tt.c) }); !errors.Is(err, tt.want) {
			b.t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	first.Ending = &archive.ConflictWord{By: b.clerk, At: b.Clock.Now(), Reason: "verwechselt"}
	b.must(audit.OpConflictEndAsk, func(tx archive.Tx) error { return tx.PutConflict(first) })
	b.view(func(r archive.Reader) error {
		got, err := r.Conflict(first.ID)
		same(b, "conflict", got, err, first)
		from, err := r.BarredFrom(u.ID)
		same(b, "from whom", from, err, []archive.PersonID{p})
		return nil
	})
	before = b.epoch()
	b.must(audit.OpConflictEnd, func(tx archive.Tx) error { return tx.DeleteConflict(first.ID) })
	if b.epoch() == before {
		b.t.Error("the end of a conflict doesn't raise the epoch")
	}
	barred("after its end", u.ID, p, false)
	again := lay(u.ID, p)
	b.must(audit.OpConflictLay, func(tx archive.Tx) error { return tx.PutConflict(again) })
	b.destroy("person/" + string(p))
	b.view(func(r archive.Reader) error {
		if _, err := r.Conflict(again.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("with the key of its person: %v", err)
		}
		return nil
	})
	report := archive.ConflictReport{
		ID: archive.NewID[archive.ConflictReportID](), User: u.ID, About: "33.11-000001/2026", Kind: "own", Reason: "eigene Akte", By: other.ID, At: b.Clock.Now(),
	}
	b.must(audit.OpConflictReport, func(tx archive.Tx) error { return tx.PutConflictReport(report) })
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.ConflictReport(report.ID)
		same(b, "report", got, err, report)
		same(b, "reports", collect(b.t, r.ConflictReports("")), nil, []archive.ConflictReport{report})
		return nil
	})
	b.must(audit.OpConflictDecline, func(tx archive.Tx) error { return tx.DeleteConflictReport(report.ID) })
	if err := b.try(audit.OpConflictDecline, func(tx archive.Tx) error { return tx.DeleteConflictReport(report.ID) }); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("dismissed twice: %v", err)
	}
}
