package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testSubstitutes(b *bench) {
	away, user := b.account().ID, b.account().ID
	now := archive.Substitute{
		ID: archive.NewID[archive.SubstituteID](), Absent: away, User: user, Department: "asyl",
		Pairs: []archive.Pair{{Role: "sachbearbeitung", Department: "asyl"}}, From: "2026-11-21", Until: "2026-11-25", By: b.clerk, At: b.Clock.Now(),
	}
	later := now
	later.ID, later.From, later.Until = archive.NewID[archive.SubstituteID](), "2026-12-01", "2026-12-02"
	was := b.epoch()
	for _, s := range []archive.Substitute{now, later} {
		b.must(audit.OpSubstitute, func(tx archive.Tx) error { return tx.PutSubstitute(s) })
	}
	if raised := b.epoch(); raised != was+2 {
		b.t.Errorf("the epoch rises from %d to %d", was, raised)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.PutSubstitute(later) }); err == nil {
		b.t.Error("a substitute without an event is taken")
	}
	longer := now
	longer.Until = "2027-01-01"
	if err := b.try(audit.OpSubstitute, func(tx archive.Tx) error { return tx.PutSubstitute(longer) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("made longer: %v, want invalid", err)
	}
	b.reopen()
	b.standing("today", user, away, "2026-11-21", now, later)
	b.standing("when the first is over", user, away, "2026-11-26", later)
	b.standing("the other way round", away, user, "2026-11-21")
	now.EndedBy, now.EndedAt = b.clerk, b.Clock.Now()
	b.must(audit.OpSubstituteEnd, func(tx archive.Tx) error { return tx.PutSubstitute(now) })
	b.standing("ended", user, away, "2026-11-21", later)
	b.view(func(r archive.Reader) error {
		var ids []archive.SubstituteID
		for row, err := range r.Substitutes("asyl", "") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		same(b, "of the department, newest first", ids, nil, []archive.SubstituteID{later.ID, now.ID})
		got, err := r.Substitute(now.ID)
		same(b, "ended", got, err, now)
		return nil
	})
}

func (b *bench) standing(what string, user, away archive.UserID, day string, want ...archive.Substitute) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		got, err := r.SubstitutesBy(user, day)
		same(b, what, got, err, want)
		got, err = r.SubstitutesFor(away, day)
		same(b, what+", by who is away", got, err, want)
		return nil
	})
}
