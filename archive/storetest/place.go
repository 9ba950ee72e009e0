package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// Place is where one test keeps its store.
type Place struct {
	// Open opens the store, and again after Close.
	Open func() (archive.Store, error)
	// Destroy ends the key of an owner, "akte/ID", "person/ID" or "basket/DEPARTMENT".
	Destroy func(owner string) error
	// Files are the paths of everything the store has written.
	Files func() ([]string, error)
	// Clock is what the store takes for the time.
	Clock *Clock
}

// Clock is a clock that a test moves. Its zero value stands at the start of the suite's day.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// start is when every test begins.
func start() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }

// Now returns the time of the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return start().Add(c.ahead)
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// bench is an open store with what tests do to it.
type bench struct {
	t *testing.T
	Place
	archive.Store
	clerk archive.UserID
}

// open opens the store of a place and closes it when the test ends.
func open(t *testing.T, place Place) *bench {
	t.Helper()
	s, err := place.Open()
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return &bench{t: t, Place: place, Store: s, clerk: archive.NewID[archive.UserID]()}
}

// event is an event that says little.
func (b *bench) event(op audit.Op) audit.Event {
	return audit.Event{
		Time: b.Clock.Now(), Actor: audit.Actor{User: string(b.clerk), Role: "registratur", Department: "poststelle", Client: "api"},
		Op: op, Result: audit.Allow,
	}
}

// must runs an update with an event and fails the test if it fails.
func (b *bench) must(op audit.Op, fn func(archive.Tx) error) {
	b.t.Helper()
	if err := b.try(op, fn); err != nil {
		b.t.Fatalf("%s: %v", op, err)
	}
}

// try runs an update with an event.
func (b *bench) try(op audit.Op, fn func(archive.Tx) error) error {
	return b.Update(context.Background(), func(tx archive.Tx) error {
		if err := tx.Record(b.event(op)); err != nil {
			return err
		}
		return fn(tx)
	})
}

// view runs a view and fails the test if it fails.
func (b *bench) view(fn func(archive.Reader) error) {
	b.t.Helper()
	if err := b.View(context.Background(), fn); err != nil {
		b.t.Fatalf("reading: %v", err)
	}
}

// person makes a person nobody has met.
func (b *bench) person() archive.Person {
	now := b.Clock.Now()
	return archive.Person{
		ID:            archive.NewID[archive.PersonID](),
		Names:         []archive.Name{{Kind: "official", Family: "Müller", Given: "Jana", OriginalScript: "Яна"}, {Kind: "alias", Family: "Meier", BirthDate: archive.BirthDate{Given: "1991", Year: 1991}}},
		BirthDate:     archive.BirthDate{Given: "00.00.1990", Year: 1990},
		Nationalities: []string{"SYR", "XXA"}, Sex: "f", AZRNumber: "260417001234", EnteredBy: "asyl", Protected: true,
		Created: now, Changed: now, Revision: 1,
	}
}

// akte makes an Akte of a person.
func (b *bench) akte(person archive.PersonID, number string) archive.Akte {
	now := b.Clock.Now()
	return archive.Akte{
		ID: archive.NewID[archive.AkteID](), Number: number, Person: person, Plan: "33.11", Lead: "auslaenderbehoerde",
		Departments:     []archive.Participation{{Department: "soziales", Registers: []string{"leistungen"}, Until: "2026-12-31"}},
		Responsible:     b.clerk,
		DistinctBecause: "made for a test", State: archive.AkteOpen, Created: now, Changed: now, Revision: 1,
	}
}

// newAkte stores a person with an Akte.
func (b *bench) newAkte() archive.Akte {
	b.t.Helper()
	p := b.person()
	var a archive.Akte
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error {
		n, err := tx.NextNumber("33.11", 2026)
		if err != nil {
			return err
		}
		a = b.akte(p.ID, archive.FormatNumber("33.11", n, 2026))
		return errors.Join(tx.PutPerson(p), tx.PutAkte(a))
	})
	return a
}

// version makes a version of some bytes.
func (b *bench) version(content string) archive.Version {
	return archive.Version{
		ID:       archive.NewID[archive.VersionID](),
		Original: archive.Object{Ref: blob.NewRef(), Size: int64(len(content)), SHA256: sha256.Sum256([]byte(content))},
		Kind:     "application/pdf", Name: "Scan 17.pdf", ReceivedAt: b.Clock.Now(), ReceivedBy: b.clerk,
		State: archive.StateReceived,
	}
}

// document makes a document of an Akte with one version.
func (b *bench) document(akte archive.AkteID, version archive.VersionID) archive.Document {
	now := b.Clock.Now()
	return archive.Document{
		ID: archive.NewID[archive.DocumentID](), Akte: akte, Type: "pass", Register: "identitaet", Title: "Reisepass",
		Date: "2020-03-01", ReceivedOn: "2026-11-21", Channel: "post", Sender: "Standesamt Musterstadt",
		Classification: "normal", BroughtBy: "poststelle", FiledBy: b.clerk,
		Checked:  &archive.Check{By: b.clerk, At: now},
		History:  []archive.DocumentChange{{At: now, By: b.clerk, What: archive.DocumentFiled, Reason: "Grund"}},
		Versions: []archive.VersionID{version}, Created: now, Changed: now, Revision: 1,
	}
}

// file stores a document of an Akte with its first version.
func (b *bench) file(akte archive.AkteID, change ...func(*archive.Document)) (archive.Document, archive.Version, seal.Key) {
	b.t.Helper()
	key := seal.NewKey()
	v := b.version(fmt.Sprintf("bytes %s", blob.NewRef()))
	d := b.document(akte, v.ID)
	v.Documents = []archive.DocumentID{d.ID}
	for _, fn := range change {
		fn(&d)
	}
	b.must(audit.OpUpload, func(tx archive.Tx) error { return errors.Join(tx.PutDocument(d), tx.AddVersion(v, key)) })
	return d, v, key
}

// receive stores an inbox item with its version.
func (b *bench) receive(basket string) (archive.InboxItem, archive.Version, seal.Key) {
	b.t.Helper()
	key := seal.NewKey()
	v := b.version(fmt.Sprintf("bytes %s", blob.NewRef()))
	now := b.Clock.Now()
	i := archive.InboxItem{
		ID: archive.NewID[archive.InboxID](), Basket: basket, ReceivedOn: "2026-11-21", Channel: "post",
		Sender: "Jana Müller", Note: "lag offen im Kasten", BroughtBy: "poststelle", Version: v.ID,
		Created: now, Changed: now, Revision: 1,
	}
	v.Inbox = i.ID
	b.must(audit.OpUpload, func(tx archive.Tx) error { return errors.Join(tx.PutInboxItem(i), tx.AddVersion(v, key)) })
	return i, v, key
}

// collect reads a list to its end.
func collect[T any](t *testing.T, list archive.List[T]) []T {
	t.Helper()
	var out []T
	for row, err := range list {
		if err != nil {
			t.Fatalf("listing: %v", err)
		}
		out = append(out, row.Value)
	}
	return out
}

// pages reads a list in pages of n, each in a view of its own, and calls between after each.
func pages[T any](b *bench, n int, between func(), list func(archive.Reader, archive.Position) archive.List[T]) []T {
	b.t.Helper()
	var out []T
	var at archive.Position
	for more := true; more; {
		more = false
		b.view(func(r archive.Reader) error {
			got := 0
			for row, err := range list(r, at) {
				if err != nil {
					return err
				}
				if got == n {
					more = true
					return nil
				}
				got++
				at, out = row.After, append(out, row.Value)
			}
			return nil
		})
		if between != nil {
			between()
		}
	}
	return out
}
