package storetest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// reopen closes the store and opens it again.
func (b *bench) reopen() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatalf("closing: %v", err)
	}
	s, err := b.Open()
	if err != nil {
		b.t.Fatalf("opening again: %v", err)
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Errorf("closing: %v", err)
		}
	})
	b.Store = s
}

func testReopen(b *bench) {
	a := b.newAkte()
	d, v, key := b.file(a.ID)
	job := b.job(b.Clock.Now())
	b.must(audit.OpAkteChange, func(tx archive.Tx) error {
		a.Team, a.Revision = "team-1", 2
		return errors.Join(tx.PutAkte(a), tx.Enqueue(job))
	})
	seq, epoch := b.sequence(), b.epoch()
	var size int64
	b.view(func(r archive.Reader) (err error) { size, _, err = r.TrailState(); return err })
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Akte(a.ID)
		same(b, "akte", got, err, a)
		document, err := r.Document(d.ID)
		same(b, "document", document, err, d)
		version, err := r.Version(v.ID)
		same(b, "version", version, err, v)
		gotJob, err := r.Job(job.ID)
		same(b, "job", gotJob, err, job)
		gotSize, checkpoint, err := r.TrailState()
		same(b, "trail", gotSize, err, size)
		if len(checkpoint) == 0 {
			b.t.Error("closing made no checkpoint")
		}
		return nil
	})
	b.opens("after reopening", v.ID, key, true)
	if b.sequence() != seq || b.epoch() != epoch {
		b.t.Errorf("outbox %d, epoch %d; before %d, %d", b.sequence(), b.epoch(), seq, epoch)
	}
	if !b.dirtyAkte(a.ID) {
		b.t.Error("what was dirty is forgotten")
	}
	if err := b.Indexed(context.Background(), seq); err != nil || !b.Dirty().Empty() {
		b.t.Errorf("dirty after indexing: %v", err)
	}
	b.reopen()
	if !b.Dirty().Empty() || b.sequence() != seq {
		b.t.Errorf("after reopening with all indexed: dirty %+v, newest %d, want %d", b.Dirty(), b.sequence(), seq)
	}
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error {
		if n, err := tx.NextNumber("33.11", 2026); err != nil || n != 2 {
			b.t.Errorf("number after reopening: %d, %v", n, err)
		}
		return nil
	})
	b.lease("w1", job.ID)
}

func testSecondOpen(b *bench) {
	began := time.Now()
	s, err := b.Open()
	if err == nil {
		b.t.Fatalf("opened twice: %v", s.Close())
	}
	if took := time.Since(began); took > 10*time.Second || !strings.Contains(err.Error(), "another eakte process") {
		b.t.Errorf("a second open answers after %v: %v", took, err)
	}
	b.newAkte()
}

// files returns what lies in the files of the place.
func (b *bench) files() [][]byte {
	b.t.Helper()
	paths, err := b.Files()
	if err != nil || len(paths) == 0 {
		b.t.Fatalf("files of the store: %v, %v", paths, err)
	}
	var out [][]byte
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, data)
	}
	return out
}

// testSealed stores a life's worth of personal values and looks for them in the files.
func testSealed(b *bench) {
	canaries := []string{
		"Xquzfamily", "Xquzgiven", "Xquzskript", "1987-11-13", "QZX", "998877665544", "33.11-777123/2026", "Xquztitle",
		"Xquzsender", "Xquzfile.pdf", "Xquznote", "Xquzreason", "Xquzcase", "Xquzdistinct", "Xquzwords", "Xquzakteseal",
		"Xquztoken", "Xquzreplay", "Xquzsearch", "Xquzasked", "Xquztyped", "Xquzfield", "Xquzthing", "Xquzplace", "Xquzdevice", "Xquzfault", "Xquzwanted", "Xquzbecause", "Xquzsister", "Xquzabout", "Xquzwhy", "xquzrule",
	}
	p := b.person()
	p.Names = []archive.Name{{Kind: "official", Family: "Xquzfamily", Given: "Xquzgiven", OriginalScript: "Xquzskript"}}
	p.BirthDate = archive.BirthDate{Given: "1987-11-13", Year: 1987, Month: 11, Day: 13}
	p.Nationalities, p.AZRNumber = []string{"QZX"}, "998877665544"
	a := b.akte(p.ID, "33.11-777123/2026")
	a.DistinctBecause, a.Sealed = "Xquzdistinct", &archive.Seal{Reason: "Xquzakteseal", Until: "2027-01-01", By: b.clerk}
	c := archive.Case{ID: archive.NewID[archive.CaseID](), Akte: a.ID, Title: "Xquzcase", State: "open", Revision: 1}
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error { return errors.Join(tx.PutPerson(p), tx.PutAkte(a), tx.PutCase(c)) })
	d, v, _ := b.file(a.ID, func(d *archive.Document) {
		d.Title, d.Sender, d.Sealed = "Xquztitle", "Xquzsender", &archive.Seal{Reason: "Xquzreason", Until: "2027-01-01", By: b.clerk}
	})
	item, received, _ := b.receive("poststelle")
	item.Note, item.Sender, item.Revision = "Xquznote", "Xquzsender", 2
	named := b.version("named")
	named.Name, named.Documents = "Xquzfile.pdf", []archive.DocumentID{d.ID}
	d.Versions, d.Revision = append(d.Versions, named.ID), 2
	b.must(audit.OpDocumentVersion, func(tx archive.Tx) error {
		return errors.Join(tx.PutInboxItem(item), tx.PutDocument(d), tx.AddVersion(named, [32]byte{1}))
	})
	v.Transfer = &archive.Transfer{Device: "Xquzdevice"}
	v.Quality = []archive.QualityWord{{What: archive.QualityReturned, Reason: "Xquzfault"}}
	b.must(audit.OpCustodyTake, func(tx archive.Tx) error {
		acts := []archive.CustodyAct{{What: archive.CustodyTaken, Thing: "Xquzthing", Place: "Xquzplace"}}
		return errors.Join(tx.PutVersion(v), tx.PutCustody(archive.Custody{
			ID: archive.NewID[archive.CustodyID](), Akte: a.ID, Document: d.ID, Department: "auslaenderbehoerde", Acts: acts, Revision: 1,
		}))
	})
	b.must(audit.OpSealAsk, func(tx archive.Tx) error {
		return tx.PutSealRequest(archive.SealRequest{
			ID: archive.NewID[archive.SealRequestID](), Akte: a.ID, What: archive.SealChange, Because: "Xquzbecause",
			Seal: &archive.Seal{Reason: "Xquzwanted", Until: "2027-01-01"}, By: b.clerk,
		})
	})
	b.must(audit.OpPolicyPropose, func(tx archive.Tx) error {
		return tx.PutPolicy(archive.Policy{
			Number: 1, State: archive.PolicyDeclined, Reason: "Xquzwhy", Judged: &archive.PolicyJudgement{Reason: "Xquzwhy"},
			Files: []policies.RuleFile{{Name: "access/xquzrule.csv", Data: []byte("xquzrule")}}, Revision: 1,
		})
	})
	b.record("search", func(e *audit.Event) {
		e.Akten = []string{string(a.ID)}
		e.Detail = &audit.Detail{Shared: map[string]any{"words": "Xquzwords"}}
	})
	u := b.account()
	if err := b.house(func(tx archive.Tx) error {
		kept := archive.SavedSearch{ID: archive.NewID[archive.SearchID](), Name: "Xquzsearch", Text: "Xquzasked"}
		typed := archive.Draft{User: u.ID, Key: "person", Values: map[string][]string{"Xquzfield": {"Xquztyped"}}, Expires: b.Clock.Now().Add(time.Hour)}
		return errors.Join(tx.PutProfile(archive.Profile{User: u.ID, Searches: []archive.SavedSearch{kept}}), tx.PutDraft(typed))
	}); err != nil {
		b.t.Fatal(err)
	}
	b.must(audit.OpConflictLay, func(tx archive.Tx) error {
		return errors.Join(
			tx.PutConflict(archive.Conflict{ID: archive.NewID[archive.ConflictID](), User: u.ID, Person: p.ID, Kind: "relative", Reason: "Xquzsister"}),
			tx.PutConflictReport(archive.ConflictReport{ID: archive.NewID[archive.ConflictReportID](), User: u.ID, About: "Xquzabout", Reason: "Xquzsister"}))
	})
	if err := b.house(func(tx archive.Tx) error {
		return errors.Join(tx.PutSession(archive.Session{Ref: refOf("Xquztoken"), User: u.ID, Sealed: []byte("sealed by its owner"), Expires: b.Clock.Now().Add(time.Hour)}),
			tx.PutReplay("Xquzreplay", archive.Replay{User: b.clerk, Expires: b.Clock.Now().Add(time.Hour)}))
	}); err != nil {
		b.t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	seen := false
	for _, data := range b.files() {
		lower := bytes.ToLower(data)
		for _, canary := range append(canaries, string(v.Original.SHA256[:]), string(received.Original.SHA256[:])) {
			if bytes.Contains(data, []byte(canary)) || bytes.Contains(lower, bytes.ToLower([]byte(canary))) {
				b.t.Errorf("%q lies in the open", canary)
			}
		}
		raw, err := hex.DecodeString(strings.ReplaceAll(string(a.ID), "-", ""))
		if err != nil {
			b.t.Fatal(err)
		}
		seen = seen || bytes.Contains(data, raw) || bytes.Contains(data, []byte(a.ID))
	}
	if !seen {
		b.t.Error("not even the id of the Akte is found: the test looks at the wrong files")
	}
}

func testErased(b *bench) {
	a := b.newAkte()
	d, v, _ := b.file(a.ID)
	c := archive.Case{ID: archive.NewID[archive.CaseID](), Akte: a.ID, Title: "x", State: "open", Revision: 1}
	b.must(audit.OpCaseCreate, func(tx archive.Tx) error { return tx.PutCase(c) })
	b.destroy("akte/" + string(a.ID))
	b.destroy("person/" + string(a.Person))
	b.view(func(r archive.Reader) error {
		_, err1 := r.Akte(a.ID)
		_, err2 := r.Document(d.ID)
		_, err3 := r.Version(v.ID)
		_, err4 := r.Case(c.ID)
		_, err5 := r.Person(a.Person)
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if !errors.Is(err, archive.ErrNotFound) {
				b.t.Errorf("record %d after its key was destroyed: %v, want not found", i+1, err)
			}
		}
		if got := collect(b.t, r.Documents(a.ID, "identitaet", "")); len(got) != 0 {
			b.t.Errorf("%d documents of an erased Akte are listed", len(got))
		}
		if got := collect(b.t, r.Persons("")); len(got) != 0 {
			b.t.Errorf("%d erased persons are listed", len(got))
		}
		return nil
	})
	a.Revision = 2
	if err := b.try(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(a) }); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("an edit of an erased Akte: %v, want not found", err)
	}
}

func testClosed(b *bench) {
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 50 {
				if err := b.try(audit.OpSearch, func(archive.Tx) error { return nil }); err != nil {
					return
				}
			}
		})
	}
	if err := b.Close(); err != nil {
		b.t.Errorf("closing among updates: %v", err)
	}
	wg.Wait()
	if err := b.try(audit.OpSearch, func(archive.Tx) error { return nil }); err == nil {
		b.t.Error("a closed store takes updates")
	}
	if err := b.View(context.Background(), func(archive.Reader) error { return nil }); err == nil {
		b.t.Error("a closed store is read")
	}
	if err := b.Close(); err != nil {
		b.t.Errorf("closing twice: %v", err)
	}
}
