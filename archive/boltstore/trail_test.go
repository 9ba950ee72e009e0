package boltstore

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// TestExportIsVerified exports what the store recorded, over the turn of a year, and checks it with
// the code that shares nothing with it.
func TestExportIsVerified(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	record(t, f, s, 300)
	f.clock.Advance(365 * 24 * time.Hour)
	record(t, f, s, 10)
	note, err := s.Checkpoint(context.Background())
	if err != nil || !strings.HasPrefix(string(note), authority+"/audit/2027\n11\n") {
		t.Fatalf("checkpoint: %q, %v", note, err)
	}
	dir := filepath.Join(t.TempDir(), "export")
	opts := audit.ExportOptions{Signer: f.signer, Details: s.TrailKeys()}
	if err := s.TrailLog().Export(context.Background(), s.TrailSource(), dir, opts); err != nil {
		t.Fatal(err)
	}
	verified(t, dir, f)
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
	err = s.View(context.Background(), func(r archive.Reader) error {
		size, last, err := r.TrailState()
		if size != 11 || !bytes.Equal(last, note) {
			t.Errorf("state of the trail: %d, %q", size, last)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCheckpointsComeByThemselves(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t, func(c *Config) { c.Pace = audit.Pace{Entries: 10} })
	record(t, f, s, 25)
	for range 500 {
		var last []byte
		if err := s.View(context.Background(), func(r archive.Reader) (err error) {
			_, last, err = r.TrailState()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if last != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("25 events and no checkpoint")
}

func TestCheckpointNeedsASigner(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t, func(c *Config) { c.Signer = nil })
	record(t, f, s, 2)
	if _, err := s.Checkpoint(context.Background()); !errors.Is(err, errNoSigner) {
		t.Errorf("got %v", err)
	}
}

// TestCheckFinds damages the file in ways that bbolt doesn't see.
func TestCheckFinds(t *testing.T) {
	for _, tt := range []struct {
		name, bucket string
		damage       func(b *bolt.Bucket, k, v []byte) error
	}{
		{"a lost key of a list", bDocumentList, remove},
		{"a lost number", bAkteNumber, remove},
		{"a lost object", bObject, remove},
		{"a lost wrapped key", bVersionKey, remove},
		{"a wrapped key that was changed", bVersionKey, flip},
		{"a count that was changed", bDocumentCount, flip},
		{"a count of notices that was changed", bNoticeCount, flip},
		{"a lost count of notices", bNoticeCount, remove},
		{"a lost version", bVersion, remove},
		{"a document that was changed", bDocument, flip},
		{"a person that was changed", bPerson, flip},
		{"a lost person", bPerson, remove},
		{"a key of a list too many", bDocumentList, func(b *bolt.Bucket, k, v []byte) error { return b.Put(append(bytes.Clone(k), 0), v) }},
		{"a leaf that was changed", trailPrefix + string(audit.BucketLeaf), flip},
		{"a hash that was changed", trailPrefix + string(audit.BucketHash), flip},
		{"a lost place of an actor", bTrailActor, remove},
		{"a lost identity", bUserIdentity, remove},
		{"an identity that leads elsewhere", bUserIdentity, flip},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := openFolder(t, t.TempDir())
			s := f.open(t)
			fill(t, f, s, 1)
			noted(t, f, s)
			if found := problems(t, s); len(found) > 0 {
				t.Fatalf("before: %v", found)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, f, func(tx *bolt.Tx) error {
				b := tx.Bucket([]byte(tt.bucket))
				k, v := b.Cursor().First()
				return tt.damage(b, bytes.Clone(k), bytes.Clone(v))
			})
			s, err := Open(f.config())
			if err != nil {
				return // found at the start
			}
			found := problems(t, s)
			if len(found) == 0 {
				t.Error("check finds nothing")
			}
			for _, p := range found {
				if strings.Contains(p, "Müller") || strings.Contains(p, "Reisepass") {
					t.Errorf("a problem names somebody: %s", p)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// noted stores somebody with a notice.
func noted(t *testing.T, f *folder, s *Store) {
	t.Helper()
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: "clerk", Created: f.clock.Now(), Revision: 1}
	u.Identity = &archive.Identity{Issuer: "https://anmeldung.example", Subject: "7f3a"}
	n := archive.Notice{User: u.ID, Search: archive.NewID[archive.SearchID](), Document: archive.NewID[archive.DocumentID](), Seq: 1}
	change(t, s, func(tx archive.Tx) error {
		return errors.Join(tx.PutUser(u), tx.PutNotices([]archive.Notice{n}), tx.Record(search(f)))
	})
}

// TestTrailIntact damages the log under an open store.
func TestTrailIntact(t *testing.T) {
	leaf, hash := trailPrefix+string(audit.BucketLeaf), trailPrefix+string(audit.BucketHash)
	first := func(b *bolt.Bucket) ([]byte, []byte) { return b.Cursor().First() }
	last := func(b *bolt.Bucket) ([]byte, []byte) { return b.Cursor().Last() }
	for _, tt := range []struct {
		name, bucket string
		at           func(*bolt.Bucket) ([]byte, []byte)
		damage       func(b *bolt.Bucket, k, v []byte) error
	}{
		{"nothing", "", nil, nil},
		{"the first event is lost", leaf, first, remove},
		{"the last event is lost", leaf, last, remove},
		{"an event too many", leaf, last, func(b *bolt.Bucket, k, v []byte) error {
			k[len(k)-1]++
			return b.Put(k, bytes.Replace(v, []byte(`"seq":40`), []byte(`"seq":41`), 1))
		}},
		{"a signed hash was changed", hash, func(b *bolt.Bucket) ([]byte, []byte) {
			k, _ := b.Cursor().First()
			return b.Cursor().Seek(placeOf(audit.Position{Year: position(k).Year, Seq: tlog.StoredHashIndex(5, 0)}))
		}, flip},
		{"a hash is lost", hash, last, remove},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := openFolder(t, t.TempDir())
			s := f.open(t)
			record(t, f, s, 32) // with the first leaf of the shard, 33
			if _, err := s.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			record(t, f, s, 8)
			if tt.damage != nil {
				if err := s.db.Load().Update(func(tx *bolt.Tx) error {
					b := tx.Bucket([]byte(tt.bucket))
					k, v := tt.at(b)
					return tt.damage(b, bytes.Clone(k), bytes.Clone(v))
				}); err != nil {
					t.Fatal(err)
				}
			}
			size, signed, upTo, err := s.TrailIntact(t.Context())
			if whole := tt.damage == nil; whole != (err == nil) {
				t.Errorf("whole is %v: %v", whole, err)
			}
			if tt.damage == nil && (size != 41 || signed != 33 || upTo.IsZero()) {
				t.Errorf("%d events, %d signed up to %v", size, signed, upTo)
			}
		})
	}
}

func remove(b *bolt.Bucket, k, _ []byte) error { return b.Delete(k) }

// flip changes the last bit of a value.
func flip(b *bolt.Bucket, k, v []byte) error {
	v[len(v)-1] ^= 1
	return b.Put(k, v)
}

// TestRecordsCannotBeExchanged puts one document's record in another's place.
func TestRecordsCannotBeExchanged(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	akte := fill(t, f, s, 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bDocument))
		c := b.Cursor()
		first, v := c.First()
		second, w := c.Next()
		first, v, second, w = bytes.Clone(first), bytes.Clone(v), bytes.Clone(second), bytes.Clone(w)
		return errors.Join(b.Put(first, w), b.Put(second, v))
	})
	s = f.open(t)
	err := s.View(context.Background(), func(r archive.Reader) error {
		n := 0
		for _, err := range r.Documents(akte, "identitaet", "") {
			if !errors.Is(err, errRecord) {
				t.Errorf("an exchanged record: %v, want %v", err, errRecord)
			}
			n++
		}
		if n != 2 {
			t.Errorf("told of %d exchanged records, want 2", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// verified checks an export with nothing but the officer's key.
func verified(t *testing.T, dir string, f *folder) {
	t.Helper()
	report, err := verify.Dir(context.Background(), dir, verify.Options{VKey: f.signer.VKey()})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		t.Errorf("false alarm: %v", finding)
	}
	if len(report.Shards) != 2 {
		t.Errorf("%d shards were verified", len(report.Shards))
	}
}

// TestListsGoOnPastDamage flips a byte of an entry under an open store: both lists tell of it and go on if who reads does.
func TestListsGoOnPastDamage(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	record(t, f, s, 8)
	var place audit.Position
	if err := s.db.Load().Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(trailPrefix + string(audit.BucketLeaf)))
		c := b.Cursor()
		c.First()
		for range 3 {
			c.Next()
		}
		k, v := c.Next()
		place = position(k)
		return b.Put(bytes.Clone(k), v[:len(v)/2])
	}); err != nil {
		t.Fatal(err)
	}
	read := func(list archive.List[archive.TrailEntry]) (whole int, at []archive.TrailEntry) {
		for row, err := range list {
			switch {
			case errors.Is(err, archive.ErrDamaged) && row.After != "":
				at = append(at, row.Value)
			case err != nil:
				t.Fatal(err)
			default:
				whole++
			}
		}
		return whole, at
	}
	if err := s.View(t.Context(), func(r archive.Reader) error {
		whole, at := read(r.TrailFrom(""))
		if whole != 8 || len(at) != 1 || at[0].Year != place.Year || at[0].Leaf.Seq != place.Seq { // 8 and that of the shard, less one
			t.Errorf("oldest first: %d whole, damaged %+v; want %+v", whole, at, place)
		}
		if whole, at := read(r.Trail(archive.TrailFilter{Bare: true}, "")); whole != 8 || len(at) != 1 {
			t.Errorf("newest first: %d whole, damaged %+v", whole, at)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
