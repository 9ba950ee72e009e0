package storetest

import (
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
)

// finding is about an entry of the trail that is recorded for it.
func (b *bench) finding(same string) archive.Finding {
	b.must(audit.OpAkteOpen, func(archive.Tx) error { return nil })
	var at archive.TrailEntry
	b.view(func(r archive.Reader) error {
		for row, err := range r.TrailFrom("") {
			if err != nil {
				return err
			}
			at = row.Value
		}
		return nil
	})
	return archive.Finding{
		ID: archive.NewID[archive.FindingID](), Rule: "hours", Same: same, Actor: b.clerk, State: archive.FindingOpen,
		Places: []archive.TrailPlace{{Year: at.Year, Seq: at.Leaf.Seq}}, Count: 1, First: b.Clock.Now(), Last: b.Clock.Now(), Revision: 1,
	}
}

// foundings lists the findings that aren't closed, or all.
func (b *bench) foundings(open bool) (ids []archive.FindingID) {
	b.view(func(r archive.Reader) error {
		ids = nil
		for row, err := range r.Findings(open, "") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		return nil
	})
	return ids
}

func testFindings(b *bench) {
	first, second := b.finding("one matter"), b.finding("another matter")
	for _, f := range []archive.Finding{first, second} {
		b.must(audit.OpFindingMake, func(tx archive.Tx) error { return tx.PutFinding(f) })
	}
	silent := b.finding("x")
	if err := b.house(func(tx archive.Tx) error { return tx.PutFinding(silent) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a finding without an event: %v", err)
	}
	b.reopen()
	same(b, "findings, newest first", b.foundings(true), nil, []archive.FindingID{second.ID, first.ID})
	first.Steps = []archive.FindingStep{{By: b.clerk, At: b.Clock.Now(), State: archive.FindingProposed, Outcome: archive.FindingLawful, Note: "Bereitschaftsdienst"}}
	for _, state := range []string{archive.FindingProposed, archive.FindingClosed} {
		b.holds("until it is closed", first.Year(), true)
		first.State, first.Revision = state, first.Revision+1
		b.must(audit.OpFindingReview, func(tx archive.Tx) error { return tx.PutFinding(first) })
	}
	b.view(func(r archive.Reader) error {
		got, err := r.Finding(first.ID)
		if err != nil || len(got.Steps) != 1 || got.Steps[0].Note != "Bereitschaftsdienst" || got.Proposal().Outcome != archive.FindingLawful || got.Same != first.Same {
			b.t.Errorf("read %+v, %v", got, err)
		}
		if _, err := r.FindingOf(first.Same); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a closed matter goes on: %v", err)
		}
		if got, err := r.FindingOf(second.Same); err != nil || got.ID != second.ID {
			b.t.Errorf("of the matter: %+v, %v", got, err)
		}
		if e, err := r.TrailAt(second.Places[0]); err != nil || e.Leaf.Op != audit.OpAkteOpen {
			b.t.Errorf("its entry: %+v, %v", e, err)
		}
		if _, err := r.TrailAt(archive.TrailPlace{Year: 2001, Seq: 1}); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("an entry that isn't there: %v", err)
		}
		return nil
	})
	same(b, "not closed", b.foundings(true), nil, []archive.FindingID{second.ID})
	same(b, "all", b.foundings(false), nil, []archive.FindingID{second.ID, first.ID})
	b.refusesFindings(first, second)
	b.holds("another is open", second.Year(), true)
	second.State, second.Revision = archive.FindingClosed, 2
	b.must(audit.OpFindingClose, func(tx archive.Tx) error { return tx.PutFinding(second) })
	b.holds("all are closed", second.Year(), false)
}

// refusesFindings asks for what no finding may be.
func (b *bench) refusesFindings(closed, open archive.Finding) {
	closed.Revision++
	other, nothing, gone := open, b.finding("x"), b.finding("y")
	other.Revision, other.Actor = 2, archive.NewID[archive.UserID]()
	nothing.Places = nil
	gone.Places = []archive.TrailPlace{{Year: 2001, Seq: 1}}
	for what, f := range map[string]archive.Finding{"closed already": closed, "of somebody else": other, "about nothing": nothing, "about a year that isn't there": gone} {
		if err := b.try(audit.OpFindingMake, func(tx archive.Tx) error { return tx.PutFinding(f) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.try(audit.OpFindingMake, func(tx archive.Tx) error { return tx.PutFinding(open) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v", err)
	}
}

// holds asks whether a finding keeps a year.
func (b *bench) holds(what string, year int, want bool) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		got, err := r.FindingsHold(year)
		if got != want {
			b.t.Errorf("%s: kept %t", what, got)
		}
		if other, err := r.FindingsHold(year + 1); other || err != nil {
			b.t.Errorf("%s: another year is kept, %v", what, err)
		}
		return err
	})
}

func testTallies(b *bench) {
	for _, t := range []archive.TrailTally{
		{Day: "2026-11-21", Queries: 3, Refusals: 1}, {Day: "2026-11-22", Disclosures: 2}, {Day: "2026-11-21", Queries: 2, Disclosures: 1}, {Day: "2026-11-24", Queries: 1},
	} {
		if err := b.house(func(tx archive.Tx) error { return tx.CountTrail(t) }); err != nil {
			b.t.Fatal(err)
		}
	}
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.TrailTallies("2026-11-21", "2026-11-23")
		want := []archive.TrailTally{{Day: "2026-11-21", Queries: 5, Disclosures: 1, Refusals: 1}, {Day: "2026-11-22", Disclosures: 2}}
		if !slices.Equal(got, want) {
			b.t.Errorf("counted %+v, want %+v", got, want)
		}
		return err
	})
	if err := b.house(func(tx archive.Tx) error { return tx.CountTrail(archive.TrailTally{Day: "heute"}) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a day that is none: %v", err)
	}
}
