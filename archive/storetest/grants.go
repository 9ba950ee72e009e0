package storetest

import (
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// grant makes a grant that nobody has stored.
func (b *bench) grant(user archive.UserID, akte archive.AkteID, until string) archive.Grant {
	return archive.Grant{
		ID: archive.NewID[archive.GrantID](), Akte: akte, User: user, Through: archive.Pair{Role: "leitung", Department: "asyl"},
		Registers: []string{"asyl", "familie"}, Classifications: []string{"normal"}, Level: archive.GrantRead, Until: until,
		Reason: "Vertretung im Eilverfahren", By: b.clerk, At: b.Clock.Now(),
	}
}

func testGrants(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	user, stranger := b.account().ID, b.account().ID
	first, second, elsewhere := b.grant(user, akte.ID, "2026-11-22"), b.grant(user, akte.ID, "2026-12-01"), b.grant(user, other.ID, "2026-12-01")
	was := b.epoch()
	for _, g := range []archive.Grant{first, second, elsewhere} {
		b.must(audit.OpGrantGive, func(tx archive.Tx) error { return tx.PutGrant(g) })
	}
	if now := b.epoch(); now != was+3 {
		b.t.Errorf("three grants raise the epoch from %d to %d", was, now)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.PutGrant(b.grant(user, akte.ID, "2026-12-01")) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a grant without an event: %v", err)
	}
	b.held("on the first day", user, akte.ID, "2026-11-22", first, second)
	b.held("a day later", user, akte.ID, "2026-11-23", second)
	b.held("in all Akten", user, "", "2026-11-23", second, elsewhere)
	b.held("after all days", user, "", "2026-12-02")
	b.held("of somebody else", stranger, akte.ID, "2026-11-22")
	b.reopen()
	b.granted("in the Akte, newest first", akte.ID, second, first)
	b.refusesGrants(second)
	second.EndedBy, second.EndedAt = b.clerk, b.Clock.Now().Add(time.Hour)
	b.must(audit.OpGrantEnd, func(tx archive.Tx) error { return tx.PutGrant(second) })
	b.held("taken back", user, akte.ID, "2026-11-22", first)
	b.granted("still told of", akte.ID, second, first)
	b.view(func(r archive.Reader) error {
		var ids []archive.GrantID
		for row, err := range r.Grants("asyl", "") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		same(b, "of the department, newest first", ids, nil, []archive.GrantID{elsewhere.ID, second.ID, first.ID})
		return nil
	})
	b.destroy("akte/" + string(akte.ID))
	b.granted("in an erased Akte", akte.ID)
	if err := b.try(audit.OpGrantGive, func(tx archive.Tx) error {
		_, err := tx.Grant(first.ID)
		return err
	}); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("a grant in an erased Akte: %v", err)
	}
}

// refusesGrants asks for what no grant may be.
func (b *bench) refusesGrants(stored archive.Grant) {
	b.t.Helper()
	nobody, nowhere, longer := stored, stored, stored
	nobody.ID, nobody.User = archive.NewID[archive.GrantID](), archive.NewID[archive.UserID]()
	nowhere.ID, nowhere.Akte = archive.NewID[archive.GrantID](), archive.NewID[archive.AkteID]()
	longer.Until = "2027-12-01"
	for what, g := range map[string]archive.Grant{"to nobody": nobody, "in no Akte": nowhere, "that lasts longer than it was given for": longer} {
		if err := b.try(audit.OpGrantGive, func(tx archive.Tx) error { return tx.PutGrant(g) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("a grant %s: %v, want invalid", what, err)
		}
	}
}

// held asks for what an account holds. It comes without reasons.
func (b *bench) held(what string, user archive.UserID, akte archive.AkteID, day string, want ...archive.Grant) {
	b.t.Helper()
	want = slices.Clone(want)
	for i := range want {
		want[i].Reason = ""
	}
	b.view(func(r archive.Reader) error {
		got, err := r.GrantsHeld(user, akte, day)
		same(b, what, got, err, want)
		return nil
	})
}

func (b *bench) granted(what string, akte archive.AkteID, want ...archive.Grant) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		got, err := r.GrantsIn(akte)
		same(b, what, got, err, want)
		return nil
	})
}
