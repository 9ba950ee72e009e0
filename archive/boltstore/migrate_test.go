package boltstore

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// TestFormat3FindsFailedJobs lifts a queue that had no list of them.
func TestFormat3FindsFailedJobs(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	var failed archive.JobID
	for _, state := range []string{archive.JobFailed, archive.JobDone} {
		job := archive.Job{
			ID: archive.NewID[archive.JobID](), Kind: archive.JobRecognise, Version: archive.NewID[archive.VersionID](),
			State: archive.JobWaiting, Created: f.clock.Now(),
		}
		if err := s.Update(t.Context(), func(tx archive.Tx) error {
			if err := tx.Enqueue(job); err != nil {
				return err
			}
			leased, _, err := tx.Lease("w", f.clock.Now(), time.Minute)
			leased.State, leased.Finished = state, f.clock.Now()
			return errors.Join(err, tx.PutJob(leased))
		}); err != nil {
			t.Fatal(err)
		}
		if state == archive.JobFailed {
			failed = job.ID
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		err := tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 3))
		return errors.Join(err, tx.DeleteBucket([]byte(bJobFailed)))
	})
	s = f.open(t)
	defer s.Close()
	if err := s.View(t.Context(), func(r archive.Reader) error {
		list, err := all(r.JobsIn(archive.JobFailed, ""))
		if len(list) != 1 || list[0].ID != failed {
			t.Errorf("lifted: %+v", list)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := s.Check(t.Context(), func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
}

// TestFormat1GetsItsShelf lifts a basket of format 1, which had no list of what couldn't be read.
func TestFormat1GetsItsShelf(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	for _, state := range []string{archive.StateReady, archive.StateFailed, archive.StatePassword} {
		v := archive.Version{
			ID: archive.NewID[archive.VersionID](), Kind: "application/pdf", State: state, ReceivedAt: f.clock.Now(),
			Original: archive.Object{Ref: blob.NewRef(), Size: 1, SHA256: sha256.Sum256([]byte(state))},
		}
		i := archive.InboxItem{ID: archive.NewID[archive.InboxID](), Basket: "poststelle", Version: v.ID, Created: f.clock.Now(), Revision: 1}
		v.Inbox = i.ID
		e := search(f)
		e.Op = audit.OpUpload
		change(t, s, func(tx archive.Tx) error {
			return errors.Join(tx.PutInboxItem(i), tx.AddVersion(v, seal.NewKey()), tx.Record(e))
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		err := tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 1))
		return errors.Join(err, tx.DeleteBucket([]byte(bInboxShelf)))
	})
	s = f.open(t)
	defer s.Close()
	err := s.View(t.Context(), func(r archive.Reader) error {
		n, err := r.CountBasket("poststelle")
		if n != (archive.BasketCount{Unfiled: 3, Failed: 2}) {
			t.Errorf("lifted basket: %+v", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.Check(t.Context(), func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
}

// TestFormat4CountsItsBaskets lifts baskets that were counted key by key, one record of which is damaged: it
// keeps nobody from the others, and both the log and Check name it.
func TestFormat4CountsItsBaskets(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	var items []archive.InboxItem
	for i := range 4 {
		v := archive.Version{
			ID: archive.NewID[archive.VersionID](), Kind: "application/pdf", State: archive.StateReady, ReceivedAt: f.clock.Now(),
			Original: archive.Object{Ref: blob.NewRef(), Size: 1, SHA256: sha256.Sum256([]byte{byte(i)})},
		}
		item := archive.InboxItem{ID: archive.NewID[archive.InboxID](), Basket: "poststelle", Version: v.ID, Created: f.clock.Now(), Changed: f.clock.Now(), Revision: 1}
		if v.Inbox = item.ID; i == 1 {
			item.Aside = &archive.Aside{Until: "2026-12-01"}
		}
		if i == 2 {
			item.Arranged = []archive.InboxID{items[0].ID}
		}
		items = append(items, item)
		e := search(f)
		e.Op = audit.OpUpload
		change(t, s, func(tx archive.Tx) error {
			return errors.Join(tx.PutInboxItem(item), tx.AddVersion(v, seal.NewKey()), tx.Record(e))
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	bad, _ := raw(items[3].ID)
	edit(t, f, func(tx *bolt.Tx) error {
		err := tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 4))
		return errors.Join(err, tx.DeleteBucket([]byte(bInboxCount)), tx.DeleteBucket([]byte(bInboxArranged)),
			tx.Bucket([]byte(bInbox)).Put(bad, []byte("spoiled")))
	})
	var told strings.Builder
	s = f.open(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&told, nil)) })
	if !strings.Contains(told.String(), "key_hash="+keyHash(bad)) || strings.Contains(told.String(), string(items[3].ID)) {
		t.Errorf("the log: %s", told.String())
	}
	if err := s.View(t.Context(), func(r archive.Reader) error {
		n, err := r.CountBasket("poststelle")
		if n != (archive.BasketCount{Unfiled: 2, Aside: 1, Arranged: 1}) {
			t.Errorf("lifted basket: %+v", n)
		}
		list, lerr := all(r.Arranged(""))
		if len(list) != 1 || list[0].ID != items[2].ID {
			t.Errorf("taken apart: %+v", list)
		}
		return errors.Join(err, lerr)
	}); err != nil {
		t.Error(err)
	}
	var problems strings.Builder
	if err := s.Check(t.Context(), func(p string) { problems.WriteString(p + "\n") }); err != nil {
		t.Error(err)
	}
	if !strings.Contains(problems.String(), keyHash(bad)) || strings.Contains(problems.String(), bInboxCount) {
		t.Errorf("check: %s", problems.String())
	}
}

// TestFormat4Queues lifts a queue without turns: what waited, waits.
func TestFormat4Queues(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	job := archive.Job{
		ID: archive.NewID[archive.JobID](), Kind: archive.JobRecognise, Version: archive.NewID[archive.VersionID](),
		State: archive.JobWaiting, Created: f.clock.Now(), NotBefore: f.clock.Now(),
	}
	if err := s.Update(t.Context(), func(tx archive.Tx) error { return tx.Enqueue(job) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		err := tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 4))
		return errors.Join(err, tx.DeleteBucket([]byte(bJobTurn)), tx.DeleteBucket([]byte(bJobServed)))
	})
	s = f.open(t)
	defer s.Close()
	if err := s.Check(t.Context(), func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
	if err := s.Update(t.Context(), func(tx archive.Tx) error {
		got, ok, err := tx.Lease("w", f.clock.Now(), time.Minute)
		if !ok || got.ID != job.ID {
			t.Errorf("leased %+v", got)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// TestFormat5ListsPaperwork lifts a folder that was made before what is kept of paper and at vendors was listed. An
// original stands there with a department that has left.
func TestFormat5ListsPaperwork(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	id := fill(t, f, s, 2)
	now := f.clock.Now()
	var docs []archive.Document
	word := archive.QualityWord{What: archive.QualityApproved, By: archive.NewID[archive.UserID](), At: now, Department: "asyl"}
	change(t, s, func(tx archive.Tx) error {
		docs = nil
		err := tx.Record(search(f))
		for row, e := range tx.Documents(id, "identitaet", "") {
			docs, err = append(docs, row.Value), errors.Join(err, e)
		}
		for _, doc := range docs {
			v, e := tx.Version(doc.Current())
			v.Transfer = &archive.Transfer{By: v.ReceivedBy, At: now, Noted: now}
			err = errors.Join(err, e, tx.PutVersion(v))
		}
		v, e := tx.Version(docs[0].Current())
		v.Quality = []archive.QualityWord{word}
		c := archive.Custody{
			ID: archive.NewID[archive.CustodyID](), Akte: id, Document: docs[1].ID, Department: "soziales", Created: now, Changed: now, Revision: 1,
			Acts: []archive.CustodyAct{{What: archive.CustodyTaken, By: v.ReceivedBy, At: now, On: "2026-11-01", Place: "Tresor"}},
		}
		d := archive.Delivery{ID: archive.NewID[archive.DeliveryID](), Department: "asyl", Vendor: "x", At: now}
		return errors.Join(err, e, tx.PutVersion(v), tx.PutCustody(c), tx.BeginDelivery(d), tx.CompleteDelivery(d.ID),
			tx.PutConsignment(archive.Consignment{Akte: id, Department: "asyl", Vendor: "x", Since: "2026-11-01", At: now}))
	})
	lists := []string{bApproval, bApprovalList, bPaper, bVersionPaper, bCustodyAkte, bCustodyList, bConsignmentDue, bDeliveryEnd}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	keys := func() map[string]int {
		n := map[string]int{}
		edit(t, f, func(tx *bolt.Tx) error {
			for _, name := range lists {
				n[name] = tx.Bucket([]byte(name)).Stats().KeyN
			}
			return nil
		})
		return n
	}
	want := keys()
	for _, name := range lists {
		if want[name] == 0 {
			t.Fatalf("nothing stands in %s: the test shows nothing", name)
		}
	}
	edit(t, f, func(tx *bolt.Tx) error {
		err := tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 5))
		for _, name := range lists {
			err = errors.Join(err, tx.DeleteBucket([]byte(name)))
		}
		return err
	})
	s = f.open(t)
	if err := s.View(t.Context(), func(r archive.Reader) error {
		held, err := all(r.Custodies("asyl", archive.CustodyHeld, ""))
		if len(held) != 1 || held[0].Document != docs[1].ID {
			t.Errorf("of who leads the Akte: %+v", held)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, keys()); diff != "" {
		t.Errorf("keys of lists (-before +lifted):\n%s", diff)
	}
}

// TestFormat6SaysSinceWhenAktenAreClosed lifts a closed Akte that said nothing of it.
func TestFormat6SaysSinceWhenAktenAreClosed(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	id := fill(t, f, s, 0)
	change := func(fn func(*archive.Akte)) {
		t.Helper()
		if err := s.Update(t.Context(), func(tx archive.Tx) error {
			a, err := tx.Akte(id)
			if err != nil {
				return err
			}
			fn(&a)
			a.Changed, a.Revision = f.clock.Now(), a.Revision+1
			e := search(f)
			e.Op = audit.OpAkteChange
			return errors.Join(tx.PutAkte(a), tx.Record(e))
		}); err != nil {
			t.Fatal(err)
		}
	}
	day := f.clock.Now().Format(time.DateOnly)
	change(func(a *archive.Akte) { a.State, a.Closing = archive.AkteClosed, &archive.Closing{On: "2020-01-01"} })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		t6 := (&grouped{store: s, bolt: tx}).begin(t.Context())
		key, _ := raw(id)
		a, err := t6.Akte(id)
		if err != nil {
			return err
		}
		a.Closing = nil
		return errors.Join(t6.storeAkte(key, a), tx.DeleteBucket([]byte(bAkteClosed)),
			tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, 6)))
	})
	s = f.open(t)
	defer s.Close()
	if err := s.View(t.Context(), func(r archive.Reader) error {
		list, err := all(r.Closed("", "33.11", ""))
		if len(list) != 1 || list[0] != (archive.ClosedAkte{Akte: id, Since: day}) {
			t.Errorf("lifted: %+v", list)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
}

// TestCheckCountsLists leaves a key that nothing asks for in each list of paperwork.
func TestCheckCountsLists(t *testing.T) {
	f := openFolder(t, t.TempDir())
	if err := f.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{bApproval, bApprovalList, bPaper, bVersionPaper, bCustodyAkte, bCustodyList, bConsignmentDue, bDeliveryEnd, bDeliveryList} {
		edit(t, f, func(tx *bolt.Tx) error { return tx.Bucket([]byte(name)).Put([]byte("nobody's"), []byte{}) })
		s := f.open(t)
		if found := problems(t, s); len(found) != 1 || !strings.HasPrefix(found[0], name+" has 1 keys") {
			t.Errorf("%s: %v", name, found)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		edit(t, f, func(tx *bolt.Tx) error { return tx.Bucket([]byte(name)).Delete([]byte("nobody's")) })
	}
}
