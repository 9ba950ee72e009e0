package storetest

import (
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

func testRevisions(b *bench) {
	a := b.newAkte()
	d, _, _ := b.file(a.ID)
	i, _, _ := b.receive("poststelle")
	p := b.person()
	c := archive.Case{ID: archive.NewID[archive.CaseID](), Akte: a.ID, State: "open", Revision: 1}
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: "jana", Revision: 1}
	b.must(audit.OpUserAdd, func(tx archive.Tx) error {
		return errors.Join(tx.PutPerson(p), tx.PutCase(c), tx.PutUser(u))
	})
	for name, put := range map[string]func(archive.Tx, int64) error{
		"person": func(tx archive.Tx, n int64) error { p := p; p.Sex, p.Revision = "x", n; return tx.PutPerson(p) },
		"akte":   func(tx archive.Tx, n int64) error { a := a; a.Team, a.Revision = "team", n; return tx.PutAkte(a) },
		"case":   func(tx archive.Tx, n int64) error { c := c; c.State, c.Revision = "closed", n; return tx.PutCase(c) },
		"document": func(tx archive.Tx, n int64) error {
			d := d
			d.Title, d.Revision = "another", n
			return tx.PutDocument(d)
		},
		"inbox": func(tx archive.Tx, n int64) error {
			i := i
			i.Note, i.Revision = "another", n
			return tx.PutInboxItem(i)
		},
		"user": func(tx archive.Tx, n int64) error { u := u; u.Display, u.Revision = "another", n; return tx.PutUser(u) },
	} {
		for _, tt := range []struct {
			revision int64
			want     error
		}{{0, archive.ErrConflict}, {1, archive.ErrConflict}, {3, archive.ErrConflict}, {2, nil}} {
			err := b.try(audit.OpDocumentChange, func(tx archive.Tx) error { return put(tx, tt.revision) })
			if !errors.Is(err, tt.want) {
				b.t.Errorf("%s: revision %d over 1: %v, want %v", name, tt.revision, err, tt.want)
			}
		}
	}
	testStaleRevisions(b, a, d)
}

// testStaleRevisions lets two edit what both saw at the same revision.
func testStaleRevisions(b *bench, a archive.Akte, d archive.Document) {
	for _, n := range []int64{2, 1} {
		d.Title, d.Revision = "third", n
		if err := b.try(audit.OpDocumentChange, func(tx archive.Tx) error { return tx.PutDocument(d) }); !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("a stale edit of a document: %v, want a conflict", err)
		}
		a.Team, a.Revision = "third", n
		if err := b.try(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(a) }); !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("a stale edit of an Akte: %v, want a conflict", err)
		}
	}
	// To look at a document for the first time is no edit.
	b.must(audit.OpDocumentOpen, func(tx archive.Tx) error {
		seen, err := tx.Document(d.ID)
		if err != nil {
			return err
		}
		seen.OpenedAt = b.Clock.Now()
		return tx.PutDocument(seen)
	})
	b.view(func(r archive.Reader) error {
		got, err := r.Document(d.ID)
		if err != nil || got.Revision != 2 || got.OpenedAt.IsZero() || got.Title != "another" {
			b.t.Errorf("opened document: revision %d, opened %v, %v", got.Revision, got.OpenedAt, err)
		}
		return nil
	})
}

func testInvalid(b *bench) {
	a := b.newAkte()
	d, v, _ := b.file(a.ID)
	i, _, _ := b.receive("poststelle")
	d.Revision, a.Revision, i.Revision = 2, 2, 2
	stranger := b.akte(archive.NewID[archive.PersonID](), "33.11-000050/2026")
	for name, tt := range map[string]struct {
		put  func(archive.Tx) error
		want error
	}{
		"id that is none": {func(tx archive.Tx) error { p := b.person(); p.ID = "7"; return tx.PutPerson(p) }, archive.ErrInvalid},
		"akte of nobody":  {func(tx archive.Tx) error { return tx.PutAkte(stranger) }, archive.ErrInvalid},
		"another number":  {func(tx archive.Tx) error { a := a; a.Number = "x"; return tx.PutAkte(a) }, archive.ErrInvalid},
		"number given":    {func(tx archive.Tx) error { return tx.PutAkte(b.akte(a.Person, a.Number)) }, archive.ErrConflict},
		"second akte without why": {func(tx archive.Tx) error {
			n := b.akte(a.Person, "33.11-000051/2026")
			n.DistinctBecause = ""
			return tx.PutAkte(n)
		}, archive.ErrConflict},
		"document of no akte":   {func(tx archive.Tx) error { d := d; d.Akte = stranger.ID; return tx.PutDocument(d) }, archive.ErrInvalid},
		"document of nothing":   {func(tx archive.Tx) error { d := d; d.Versions = nil; return tx.PutDocument(d) }, archive.ErrInvalid},
		"version of nobody":     {func(tx archive.Tx) error { return tx.AddVersion(b.version("x"), seal.NewKey()) }, archive.ErrInvalid},
		"version without a key": {func(tx archive.Tx) error { n := b.version("x"); n.Inbox = i.ID; return tx.AddVersion(n, seal.Key{}) }, seal.ErrZeroKey},
		"version twice":         {func(tx archive.Tx) error { return tx.AddVersion(v, seal.NewKey()) }, archive.ErrConflict},
		"unknown document": {func(tx archive.Tx) error {
			v := v
			v.Documents = append(slices.Clone(v.Documents), archive.NewID[archive.DocumentID]())
			return tx.PutVersion(v)
		}, archive.ErrInvalid},
		"register with a zero":    {func(tx archive.Tx) error { d := d; d.Register = "a\x00b"; return tx.PutDocument(d) }, archive.ErrInvalid},
		"another version of item": {func(tx archive.Tx) error { i := i; i.Version = v.ID; return tx.PutInboxItem(i) }, archive.ErrInvalid},
		"history of versions cut": {func(tx archive.Tx) error {
			d := d
			d.Versions = []archive.VersionID{i.Version}
			return tx.PutDocument(d)
		}, archive.ErrInvalid},
	} {
		if err := b.try(audit.OpDocumentChange, tt.put); !errors.Is(err, tt.want) {
			b.t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}
