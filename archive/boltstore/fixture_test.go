package boltstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// fill stores a person with an Akte of n documents and returns the Akte.
func fill(t testing.TB, f *folder, s *Store, n int) archive.AkteID {
	t.Helper()
	now := f.clock.Now()
	p := archive.Person{
		ID: archive.NewID[archive.PersonID](), Names: []archive.Name{{Kind: "official", Family: "Müller", Given: "Jana"}},
		AZRNumber: "260417001234", EnteredBy: "asyl", Created: now, Changed: now, Revision: 1,
	}
	a := archive.Akte{
		ID: archive.NewID[archive.AkteID](), Number: "33.11-000001/2026", Person: p.ID, Plan: "33.11", Lead: "asyl",
		State: archive.AkteOpen, Created: now, Changed: now, Revision: 1,
	}
	e := search(f)
	e.Akten, e.Persons, e.Detail = []string{string(a.ID)}, []string{string(p.ID)}, &audit.Detail{Shared: map[string]any{"title": "Reisepass"}}
	change(t, s, func(tx archive.Tx) error { return errors.Join(tx.PutPerson(p), tx.PutAkte(a), tx.Record(e)) })
	for at := 0; at < n; at += 100 {
		change(t, s, func(tx archive.Tx) error {
			err := tx.Record(e)
			for i := at; i < min(at+100, n); i++ {
				err = errors.Join(err, document(tx, a, i))
			}
			return err
		})
	}
	return a.ID
}

func change(t testing.TB, s *Store, fn func(archive.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// document stores the i-th document of an Akte.
func document(tx archive.Tx, a archive.Akte, i int) error {
	v := archive.Version{
		ID: archive.NewID[archive.VersionID](), Kind: "application/pdf", Name: fmt.Sprintf("Scan %d.pdf", i),
		Original:   archive.Object{Ref: blob.NewRef(), Size: 200_000, SHA256: sha256.Sum256([]byte(fmt.Sprint(i)))},
		ReceivedAt: a.Created, ReceivedBy: archive.NewID[archive.UserID](), State: archive.StateReceived,
	}
	d := archive.Document{
		ID: archive.NewID[archive.DocumentID](), Akte: a.ID, Type: "reisepass", Register: "identitaet",
		Title: fmt.Sprintf("Reisepass, Blatt %d", i), Date: fmt.Sprintf("20%02d-%02d-%02d", i%26, 1+i%12, 1+i%28),
		ReceivedOn: "2026-11-21", Channel: "post", Sender: "Standesamt Musterstadt", Classification: "normal",
		BroughtBy: "poststelle", FiledBy: v.ReceivedBy, Versions: []archive.VersionID{v.ID},
		Created: a.Created, Changed: a.Created, Revision: 1,
	}
	v.Documents = []archive.DocumentID{d.ID}
	return errors.Join(tx.PutDocument(d), tx.AddVersion(v, seal.NewKey()))
}
