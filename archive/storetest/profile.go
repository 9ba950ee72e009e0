package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// account stores an account.
func (b *bench) account() archive.User {
	b.t.Helper()
	id := archive.NewID[archive.UserID]()
	u := archive.User{ID: id, Name: "u" + string(id), Created: b.Clock.Now(), Changed: b.Clock.Now(), Revision: 1}
	b.must(audit.OpUserAdd, func(tx archive.Tx) error { return tx.PutUser(u) })
	return u
}

func testProfile(b *bench) {
	u, other := b.account(), b.account()
	a := b.newAkte()
	p := archive.Profile{
		User: u.ID, Preferences: archive.Preferences{Language: "en", Density: "compact", Theme: "dark", Shortcuts: true},
		Pinned: []archive.AkteID{a.ID}, Recent: []archive.Opened{{Akte: a.ID, At: b.Clock.Now()}}, Purpose: "bearbeitung",
		Searches: []archive.SavedSearch{{
			ID: archive.NewID[archive.SearchID](), Name: "Pässe", Text: "pass", Sort: "-date",
			Filters: archive.SearchFilters{Types: []string{"pass"}, Registers: []string{"identitaet"}, Departments: []string{"asyl"}, Classifications: []string{"normal"}, From: "2026-01-01", To: "2026-12-31", Akte: a.ID, Person: a.Person},
		}},
	}
	put := func(p archive.Profile) error {
		return b.house(func(tx archive.Tx) error { return tx.PutProfile(p) }) // her own affair: no event
	}
	if err := put(p); err != nil {
		b.t.Fatal(err)
	}
	p.Theme, p.Pinned = "light", nil
	if err := put(p); err != nil {
		b.t.Fatal(err)
	}
	stranger := archive.Profile{User: archive.NewID[archive.UserID]()}
	if err := put(stranger); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a profile of nobody: %v, want invalid", err)
	}
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Profile(u.ID)
		same(b, "profile", got, err, p)
		if _, err := r.Profile(other.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a profile never made: %v, want not found", err)
		}
		return nil
	})
	b.destroy("user/" + string(u.ID))
	b.view(func(r archive.Reader) error {
		if _, err := r.Profile(u.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a profile whose key was destroyed: %v, want not found", err)
		}
		return nil
	})
}

func testDrafts(b *bench) {
	u, other := b.account(), b.account()
	draft := func(user archive.UserID, key, value string) archive.Draft {
		now := b.Clock.Now()
		return archive.Draft{User: user, Key: key, Values: map[string][]string{"family": {value, ""}}, Changed: now, Expires: now.Add(time.Hour)}
	}
	put := func(d archive.Draft) error { return b.house(func(tx archive.Tx) error { return tx.PutDraft(d) }) }
	first, second, others := draft(u.ID, "person", "Öz"), draft(u.ID, "akte/"+string(b.newAkte().ID)+"/upload", "x"), draft(other.ID, "person", "other")
	first.Changed = first.Changed.Add(-time.Minute)
	for _, d := range []archive.Draft{draft(u.ID, "person", "Ö"), first, second, others} {
		if err := put(d); err != nil {
			b.t.Fatal(err)
		}
	}
	for name, bad := range map[string]archive.Draft{
		"of nobody":        draft(archive.NewID[archive.UserID](), "person", "x"),
		"a name as key":    draft(u.ID, "Özdemir", "x"),
		"an id in front":   draft(u.ID, string(u.ID), "x"),
		"too deep":         draft(u.ID, "a/b/c/d/e", "x"),
		"more than 64 KiB": draft(u.ID, "person", strings.Repeat("x", archive.MaxDraft)),
	} {
		if err := put(bad); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("draft %s: %v, want invalid", name, err)
		}
	}
	b.view(func(r archive.Reader) error {
		got, err := r.Draft(u.ID, "person")
		same(b, "draft", got, err, first)
		list, err := r.Drafts(u.ID)
		listed := []archive.Draft{second, first}
		listed[0].Values, listed[1].Values = nil, nil
		same(b, "drafts", list, err, listed)
		return nil
	})
	if err := b.house(func(tx archive.Tx) error {
		return errors.Join(tx.DeleteDraft(u.ID, "person"), tx.DeleteDraft(u.ID, "person"), tx.DeleteDraft(u.ID, "never"))
	}); err != nil {
		b.t.Error(err)
	}
	b.noDraft("deleted", u.ID, "person")
	b.Clock.Advance(time.Hour)
	b.noDraft("expired", u.ID, second.Key)
	for i := range 30 { // those that are over are swept away; the list is of what is left
		if err := put(draft(u.ID, "w"+strings.Repeat("x", i%20), fmt.Sprint(i))); err != nil {
			b.t.Fatal(err)
		}
		b.Clock.Advance(40 * time.Minute)
	}
	left := func(want int) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			if list, err := r.Drafts(u.ID); err != nil || len(list) != want {
				b.t.Errorf("%d drafts that haven't expired, %v, want %d", len(list), err, want)
			}
			return nil
		})
	}
	left(1)
	for _, d := range []archive.Draft{first, second} {
		d.Expires = b.Clock.Now().Add(time.Hour)
		if err := put(d); err != nil {
			b.t.Fatal(err)
		}
	}
	forget := func(gone func(archive.Draft) bool) {
		b.t.Helper()
		if err := b.house(func(tx archive.Tx) error { return tx.ForgetDrafts(u.ID, gone) }); err != nil {
			b.t.Error(err)
		}
	}
	forget(func(d archive.Draft) bool { return d.Key == first.Key && d.Values["family"][0] == "Öz" })
	b.noDraft("forgotten", u.ID, first.Key)
	left(2)
	b.Clock.Advance(2 * time.Hour)
	forget(func(archive.Draft) bool { return false })
	b.Clock.Advance(-2 * time.Hour)
	left(0)
}

func (b *bench) noDraft(what string, user archive.UserID, key string) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		if _, err := r.Draft(user, key); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("draft, %s: %v, want not found", what, err)
		}
		return nil
	})
}

func testUnread(b *bench) {
	want := map[archive.UserID][]archive.VersionID{}
	other := archive.NewID[archive.UserID]()
	a := b.newAkte()
	for i := range 9 {
		b.Clock.Advance(time.Minute)
		if i%3 == 2 {
			b.clerk, other = other, b.clerk
		}
		_, v, _ := b.file(a.ID)
		v.State = []string{archive.StateFailed, archive.StateReady, archive.StatePassword, archive.StateQuarantined}[i%4]
		if v.State != archive.StateReady {
			want[v.ReceivedBy] = append([]archive.VersionID{v.ID}, want[v.ReceivedBy]...)
		}
		b.must(audit.OpJobFailed, func(tx archive.Tx) error { return tx.PutVersion(v) })
	}
	check := func(what string, by archive.UserID) {
		b.t.Helper()
		var got []archive.VersionID
		for _, v := range pages(b, 1, nil, func(r archive.Reader, after archive.Position) archive.List[archive.Version] {
			return r.Unread(by, after)
		}) {
			got = append(got, v.ID)
		}
		compare(b, what, got, want[by])
	}
	check("unread versions", b.clerk)
	check("those of somebody else", other)
	again := want[other][0]
	want[other] = want[other][1:]
	b.must(audit.OpJobRetry, func(tx archive.Tx) error {
		v, err := tx.Version(again)
		if err != nil {
			return err
		}
		v.State = archive.StateReceived
		return tx.PutVersion(v)
	})
	check("those left when one is tried again", other)
}
