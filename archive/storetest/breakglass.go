package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

func testBreakGlass(b *bench) {
	akte, user := b.newAkte(), b.account().ID
	broken := func(at time.Time) archive.BreakGlass {
		return archive.BreakGlass{
			ID: archive.NewID[archive.BreakGlassID](), Akte: akte.ID, User: user, Through: archive.Pair{Role: "sachbearbeitung", Department: "asyl"},
			Reason: "Anruf aus dem Krankenhaus", At: at, Until: at.Add(time.Hour),
		}
	}
	first, second := broken(b.Clock.Now()), broken(b.Clock.Now().Add(time.Minute))
	was := b.epoch()
	for _, g := range []archive.BreakGlass{second, first} {
		b.must(audit.OpBreakGlass, func(tx archive.Tx) error { return tx.PutBreakGlass(g) })
	}
	if now := b.epoch(); now != was+2 {
		b.t.Errorf("the epoch rises from %d to %d", was, now)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.PutBreakGlass(broken(first.At)) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("without an event: %v", err)
	}
	longer := first
	longer.Until = first.Until.Add(time.Hour)
	if err := b.try(audit.OpBreakGlass, func(tx archive.Tx) error { return tx.PutBreakGlass(longer) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("made longer: %v, want invalid", err)
	}
	b.brokenBy("since the first", user, first.At, second, first)
	b.brokenBy("since the second", user, second.At, second)
	b.brokenIn("those that wait, newest first", "", second, first)
	first.Review = &archive.Review{State: archive.ReviewFollowUp, Note: "Rückfrage", By: b.clerk, At: b.Clock.Now()}
	b.must(audit.OpBreakGlassReview, func(tx archive.Tx) error { return tx.PutBreakGlass(first) })
	b.reopen()
	b.brokenIn("one waits", "", second)
	b.brokenIn("one is followed up", archive.ReviewFollowUp, first)
	b.view(func(r archive.Reader) error {
		var ids []archive.BreakGlassID
		for row, err := range r.BreakGlassOf("asyl", "") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		same(b, "of the department, newest first", ids, nil, []archive.BreakGlassID{second.ID, first.ID})
		got, err := r.BreakGlass(first.ID)
		same(b, "with its review", got, err, first)
		return nil
	})
	inspected := broken(b.Clock.Now())
	inspected.Inspection = true
	b.must(audit.OpInspect, func(tx archive.Tx) error { return tx.PutBreakGlass(inspected) })
	b.brokenIn("an inspection waits for nobody", "", second)
	b.brokenIn("and stands among its like", archive.ReviewNone, inspected)
	for what, change := range map[string]func(*archive.BreakGlass){
		"reviewed":         func(g *archive.BreakGlass) { g.Review = first.Review },
		"made break-glass": func(g *archive.BreakGlass) { g.Inspection = false },
	} {
		other := inspected
		change(&other)
		if err := b.try(audit.OpInspect, func(tx archive.Tx) error { return tx.PutBreakGlass(other) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("an inspection %s: %v, want invalid", what, err)
		}
	}
	b.destroy("akte/" + string(akte.ID))
	b.brokenIn("of an erased Akte", "")
}

// brokenBy asks for what an account did. It comes without reasons.
func (b *bench) brokenBy(what string, user archive.UserID, since time.Time, want ...archive.BreakGlass) {
	b.t.Helper()
	for i := range want {
		want[i].Reason = ""
	}
	b.view(func(r archive.Reader) error {
		got, err := r.BreakGlassBy(user, since)
		same(b, what, got, err, want)
		return nil
	})
}

func (b *bench) brokenIn(what, state string, want ...archive.BreakGlass) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		var got []archive.BreakGlass
		for row, err := range r.BreakGlassIn(state, "") {
			if err != nil {
				return err
			}
			got = append(got, row.Value)
		}
		same(b, what, got, nil, want)
		return nil
	})
}
