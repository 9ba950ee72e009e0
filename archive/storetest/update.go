package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

func same[T any](b *bench, what string, got T, err error, want T) {
	b.t.Helper()
	if err != nil {
		b.t.Errorf("%s: %v", what, err)
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

func testRoundTrip(b *bench) {
	p := b.person()
	a := b.akte(p.ID, "33.11-000001/2026")
	a.Team, a.Sealed = "team-1", &archive.Seal{Reason: "Gefährdung", Until: "2027-01-31", Readers: []archive.UserID{b.clerk}, By: b.clerk}
	c := archive.Case{ID: archive.NewID[archive.CaseID](), Akte: a.ID, Procedure: "verlaengerung", Title: "Verlängerung 2026", State: "open", Created: b.Clock.Now(), Revision: 1}
	v := b.version("round trip")
	d := b.document(a.ID, v.ID)
	d.Case, d.OpenedAt, d.FiledFrom = c.ID, b.Clock.Now(), "poststelle"
	d.Sealed = &archive.Seal{Reason: "Streit", Until: "2027-01-31", By: b.clerk}
	v.Documents, v.Flags = []archive.DocumentID{d.ID}, []string{"signed"}
	v.Pages = []archive.PageFacts{{
		Width: 595, Height: 842, Source: "ocr", Confidence: 91.5, Text: archive.Part{Length: 10}, Words: archive.Part{Offset: 10, Length: 20},
		Image: archive.Part{Length: 5}, Thumb: archive.Part{Offset: 5, Length: 2}, Note: "dark",
		Corners: []int{100, 200, 9900, 250, 9800, 9700, 90, 9900}, Print: archive.Print{Words: 1 << 63, Count: 17, Image: []byte{1, 2, 3}},
	}, {
		Width: 595, Height: 842, Source: "none", Blank: true, Codes: []archive.Code{
			{Kind: "code39", X: 1, Y: 2, W: 3, H: 4}, {Kind: "qr", Separator: &archive.Separator{Type: "reisepass", Akte: a.ID}},
		},
	}}
	v.State, v.Job = archive.StateReady, archive.NewID[archive.JobID]()
	v.Text = archive.Object{Ref: blob.NewRef(), Size: 30, SHA256: [32]byte{1}}
	v.Images = archive.Object{Ref: blob.NewRef(), Size: 7, SHA256: [32]byte{2}}
	v.Copy, v.CopyKind = archive.Object{Ref: blob.NewRef(), Size: 9, SHA256: [32]byte{3}}, "application/pdf"
	key := seal.NewKey()
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error {
		return errors.Join(tx.PutPerson(p), tx.PutAkte(a), tx.PutCase(c), tx.PutDocument(d), tx.AddVersion(v, key))
	})
	b.view(func(r archive.Reader) error {
		gotP, err := r.Person(p.ID)
		same(b, "person", gotP, err, p)
		gotA, err := r.Akte(a.ID)
		same(b, "akte", gotA, err, a)
		gotC, err := r.Case(c.ID)
		same(b, "case", gotC, err, c)
		cases, err := r.CasesOf(a.ID)
		same(b, "cases", cases, err, []archive.Case{c})
		gotD, err := r.Document(d.ID)
		same(b, "document", gotD, err, d)
		gotV, err := r.Version(v.ID)
		same(b, "version", gotV, err, v)
		return nil
	})
	if got, err := b.ContentKey(context.Background(), v.ID); err != nil || got != key {
		b.t.Errorf("the content key doesn't come back: %v", err)
	}
}

func testNotFound(b *bench) {
	id := archive.NewID[archive.AkteID]()
	b.view(func(r archive.Reader) error {
		for name, look := range map[string]func(s string) error{
			"person":   func(s string) error { _, err := r.Person(archive.PersonID(s)); return err },
			"akte":     func(s string) error { _, err := r.Akte(archive.AkteID(s)); return err },
			"number":   func(s string) error { _, err := r.AkteByNumber(s); return err },
			"case":     func(s string) error { _, err := r.Case(archive.CaseID(s)); return err },
			"document": func(s string) error { _, err := r.Document(archive.DocumentID(s)); return err },
			"version":  func(s string) error { _, err := r.Version(archive.VersionID(s)); return err },
			"content":  func(s string) error { _, err := b.ContentKey(context.Background(), archive.VersionID(s)); return err },
			"inbox":    func(s string) error { _, err := r.InboxItem(archive.InboxID(s)); return err },
			"job":      func(s string) error { _, err := r.Job(archive.JobID(s)); return err },
			"user":     func(s string) error { _, err := r.User(archive.UserID(s)); return err },
			"name":     func(s string) error { _, err := r.UserByName(s); return err },
			"identity": func(s string) error { _, err := r.UserByIdentity("https://x.example", s); return err },
			"token":    func(string) error { _, err := r.Token([32]byte{1}); return err },
			"session":  func(s string) error { _, err := r.Session(refOf(s)); return err },
			"replay":   func(s string) error { _, err := r.Replay(s); return err },
			"setting":  func(s string) error { _, err := r.Setting(s); return err },
			"profile":  func(s string) error { _, err := r.Profile(archive.UserID(s)); return err },
			"draft":    func(s string) error { _, err := r.Draft(archive.UserID(s), "person"); return err },
		} {
			for _, s := range []string{string(id), strings.ToUpper(string(id)), "", "x", string(id) + "\x00", "urn:uuid:" + string(id)} {
				if err := look(s); !errors.Is(err, archive.ErrNotFound) {
					b.t.Errorf("%s %q: got %v, want not found", name, s, err)
				}
			}
		}
		lists := len(collect(b.t, r.Persons(""))) + len(collect(b.t, r.AllAkten(""))) + len(collect(b.t, r.Akten("asyl", ""))) +
			len(collect(b.t, r.Documents(id, "asyl", ""))) + len(collect(b.t, r.Basket("asyl", ""))) + len(collect(b.t, r.Trail(archive.TrailFilter{}, "")))
		if lists != 0 {
			b.t.Errorf("an empty store lists %d things", lists)
		}
		return nil
	})
}

func testNoEvent(b *bench) {
	a := b.newAkte()
	d, v, _ := b.file(a.ID)
	i, _, _ := b.receive("poststelle")
	p := b.person()
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: "jana", Revision: 1}
	next := b.akte(a.Person, "33.11-000099/2026")
	a.Revision, d.Revision, i.Revision = 2, 2, 2
	v.State = archive.StateReady
	fresh := b.version("fresh")
	fresh.Inbox = i.ID
	var hash [32]byte
	for name, change := range map[string]func(archive.Tx) error{
		"person":   func(tx archive.Tx) error { return tx.PutPerson(p) },
		"new akte": func(tx archive.Tx) error { return tx.PutAkte(next) },
		"akte":     func(tx archive.Tx) error { return tx.PutAkte(a) },
		"case": func(tx archive.Tx) error {
			return tx.PutCase(archive.Case{ID: archive.NewID[archive.CaseID](), Akte: a.ID, Revision: 1})
		},
		"document": func(tx archive.Tx) error { return tx.PutDocument(d) },
		"version":  func(tx archive.Tx) error { return tx.PutVersion(v) },
		"added":    func(tx archive.Tx) error { return tx.AddVersion(fresh, seal.NewKey()) },
		"inbox":    func(tx archive.Tx) error { return tx.PutInboxItem(i) },
		"user":     func(tx archive.Tx) error { return tx.PutUser(u) },
		"token":    func(tx archive.Tx) error { return tx.PutToken(archive.Token{Hash: hash}) },
	} {
		if err := b.Update(context.Background(), change); !errors.Is(err, archive.ErrNoEvent) {
			b.t.Errorf("%s: got %v, want %v", name, err, archive.ErrNoEvent)
		}
	}
	b.view(func(r archive.Reader) error {
		if _, err := r.Person(p.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("the refused person is there: %v", err)
		}
		if got, err := r.Document(d.ID); err != nil || got.Revision != 1 {
			b.t.Errorf("the refused document is there: revision %d, %v", got.Revision, err)
		}
		return nil
	})
	if err := b.Update(context.Background(), func(tx archive.Tx) error { return tx.Record(b.event(audit.OpSearch)) }); err != nil {
		b.t.Errorf("an event without a change: %v", err)
	}
}

// errMine is an error of a test's own.
var errMine = errors.New("mine")

func testGroups(b *bench) {
	const n = 60
	var wg sync.WaitGroup
	errs := make([]error, n)
	persons := make([]archive.Person, n)
	for i := range n {
		persons[i] = b.person()
		wg.Go(func() {
			errs[i] = b.try(audit.OpPersonCreate, func(tx archive.Tx) error {
				if err := tx.PutPerson(persons[i]); err != nil {
					return err
				}
				if i%3 == 1 {
					return errMine
				}
				return nil
			})
		})
	}
	wg.Wait()
	b.view(func(r archive.Reader) error {
		for i := range n {
			_, err := r.Person(persons[i].ID)
			if fails := i%3 == 1; fails != errors.Is(err, archive.ErrNotFound) || fails != (errs[i] == errMine) || !fails && errs[i] != nil {
				b.t.Errorf("update %d answered %v, afterwards %v", i, errs[i], err)
			}
		}
		events := collect(b.t, r.Trail(archive.TrailFilter{Op: string(audit.OpPersonCreate)}, ""))
		if len(events) != n-n/3 {
			b.t.Errorf("%d events of %d updates that succeeded", len(events), n-n/3)
		}
		return nil
	})
}

// testRerun fails in the midst of a group and counts what the others left behind.
func testRerun(b *bench) {
	const n = 40
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_ = b.try(audit.OpAkteCreate, func(tx archive.Tx) error { // the errors are errMine
				if _, err := tx.NextNumber("33.11", 2026); err != nil {
					return err
				}
				if err := tx.PutSetting(fmt.Sprintf("mark %02d", i), []byte{1}); err != nil {
					return err
				}
				if i%2 == 0 {
					return errMine
				}
				return nil
			})
		})
	}
	wg.Wait()
	var next uint64
	b.must(audit.OpAkteCreate, func(tx archive.Tx) (err error) {
		next, err = tx.NextNumber("33.11", 2026)
		return err
	})
	if next != n/2+1 {
		b.t.Errorf("%d updates took a number, %d succeeded", next-1, n/2)
	}
	b.view(func(r archive.Reader) error {
		for i := range n {
			_, err := r.Setting(fmt.Sprintf("mark %02d", i))
			if errors.Is(err, archive.ErrNotFound) != (i%2 == 0) {
				b.t.Errorf("update %d left: %v", i, err)
			}
		}
		return nil
	})
}

func testPanic(b *bench) {
	p := b.person()
	err := b.try(audit.OpPersonCreate, func(tx archive.Tx) error {
		if err := tx.PutPerson(p); err != nil {
			return err
		}
		panic("Jana Müller")
	})
	if err == nil || strings.Contains(err.Error(), "Jana") {
		b.t.Errorf("a panicking update answers %v", err)
	}
	b.newAkte()
	b.view(func(r archive.Reader) error {
		if _, err := r.Person(p.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a panicking update left its person: %v", err)
		}
		return nil
	})
}

func testCancelled(b *bench) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ran := false
	err := b.Update(ctx, func(archive.Tx) error { ran = true; return nil })
	if !errors.Is(err, context.Canceled) || ran {
		b.t.Errorf("a cancelled update answers %v, ran %v", err, ran)
	}
	if err := b.View(ctx, func(archive.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		b.t.Errorf("a cancelled view answers %v", err)
	}
	// One that is cancelled while it waits behind another.
	ctx, cancel = context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	busy, wg := make(chan struct{}), sync.WaitGroup{}
	wg.Go(func() {
		_ = b.Update(context.Background(), func(archive.Tx) error {
			select {
			case <-busy:
			default:
				close(busy)
			}
			time.Sleep(80 * time.Millisecond)
			return nil
		})
	})
	<-busy
	if err := b.Update(ctx, func(archive.Tx) error { ran = true; return nil }); !errors.Is(err, context.DeadlineExceeded) || ran {
		b.t.Errorf("an update whose time ran out answers %v, ran %v", err, ran)
	}
	wg.Wait()
}
