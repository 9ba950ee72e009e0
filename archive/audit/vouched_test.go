package audit_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive/audit"
)

// vouch has somebody vouch for the last checkpoint of 2026.
func vouch(l audit.Log, s *memStore, b audit.Bucket, signed []byte, at time.Time, v *audit.Signer) error {
	c := audit.Vouched{Signed: signed, At: at}
	if b == audit.BucketStamp {
		c.Answer = []byte("token of " + at.Format(time.DateOnly))
	}
	return s.Update(func(tx audit.Tx) error { return l.PutVouched(tx, b, c, v.Verifier()) })
}

// TestVouchedOncePerDay keeps of each day the last, never a smaller one, and exports them.
func TestVouchedOncePerDay(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	older := newMemStore()
	for i, day := range []int{0, 0, 1, 1, 1, 5} {
		grow(t, l, s, keys, 10, noon)
		signed := sign(t, l, s, signer, 2026)
		for _, b := range []audit.Bucket{audit.BucketCosigned, audit.BucketStamp} {
			if err := vouch(l, s, b, signed, noon.AddDate(0, 0, day).Add(time.Duration(i)*time.Minute), signer); err != nil {
				t.Fatal(err)
			}
		}
		if i == 1 {
			older = s.clone()
		}
	}
	last, _, err := l.LastCheckpoint(memReader{s}, 2026, signer.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	before, err := l.AllVouched(memReader{s}, audit.BucketCosigned, 2026, signer.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if err := vouch(l, s, audit.BucketCosigned, before[0].Signed, noon.AddDate(0, 0, 9), signer); err != nil {
		t.Fatal(err)
	}
	for _, b := range []audit.Bucket{audit.BucketCosigned, audit.BucketStamp} {
		all, err := l.AllVouched(memReader{s}, b, 2026, signer.Verifier())
		var sizes []int64
		for _, c := range all {
			sizes = append(sizes, c.Size)
		}
		if err != nil || len(sizes) != 3 || sizes[0] != 21 || sizes[1] != 51 || sizes[2] != 61 {
			t.Errorf("%s keeps %d, %v, want 21, 51, 61", b, sizes, err)
		}
		if newest, err := l.LastVouched(memReader{s}, b, 2026, signer.Verifier()); err != nil || !bytes.Equal(newest.Signed, last) {
			t.Errorf("%s: the last is %q, %v, want %q", b, newest.Signed, err, last)
		}
	}
	if err := vouch(l, older, audit.BucketCosigned, last, noon, signer); !errors.Is(err, audit.ErrFork) {
		t.Errorf("an older log keeps what it doesn't have: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "export")
	if err := l.Export(t.Context(), s, dir, audit.ExportOptions{Signer: signer}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"cosigned/3": string(last), "stamped/3": string(last), "stamped/1.tsr": "token of 2026-11-21", "stamped/3.tsr": "token of 2026-11-26",
	} {
		if data, err := os.ReadFile(filepath.Join(dir, "2026", name)); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v, want %q", name, data, err, want)
		}
	}
}

func TestDamagedVouched(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 10, noon)
	signed := sign(t, l, s, signer, 2026)
	for _, b := range []audit.Bucket{audit.BucketCosigned, audit.BucketStamp} {
		if err := vouch(l, s, b, signed, noon, signer); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range s.data {
		if !bytes.HasPrefix([]byte(key), []byte("cosigned/")) && !bytes.HasPrefix([]byte(key), []byte("stamp/")) {
			continue
		}
		bad := s.clone()
		bad.data[key] = value[:len(value)/2]
		b := audit.Bucket(key[:bytes.IndexByte([]byte(key), '/')])
		if _, err := l.LastVouched(memReader{bad}, b, 2026, signer.Verifier()); !errors.Is(err, audit.ErrCorrupt) {
			t.Errorf("%q cut short: %v, want ErrCorrupt", key, err)
		}
	}
}

// TestGrowthIsProven proves all steps of a log and has tlog check them.
func TestGrowthIsProven(t *testing.T) {
	l, s := newLog(t), newMemStore()
	grow(t, l, s, &memKeys{}, 40, noon)
	whole := memReader{s}
	var hashes, roots []tlog.Hash // of our own, from the leaves alone
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	for n := range int64(42) {
		root, err := tlog.TreeHash(n, read)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
		if n == 41 {
			break
		}
		leaf, err := l.ReadLeaf(whole, audit.Position{Year: 2026, Seq: n})
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := audit.Encode(leaf)
		if err != nil {
			t.Fatal(err)
		}
		more, err := tlog.StoredHashes(n, bytes, read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	for to := int64(1); to <= 41; to++ {
		for from := int64(0); from <= to; from++ {
			proof, err := l.ProveGrowth(whole, 2026, from, to)
			if err != nil {
				t.Fatal(err)
			}
			if from == 0 || from == to {
				if len(proof) > 0 {
					t.Errorf("from %d to %d there is a proof", from, to)
				}
				continue
			}
			p := make(tlog.TreeProof, len(proof))
			for i := range proof {
				p[i] = proof[i]
			}
			if err := tlog.CheckTree(p, to, roots[to], from, roots[from]); err != nil {
				t.Errorf("from %d to %d: %v", from, to, err)
			}
		}
	}
	for _, bad := range [][2]int64{{-1, 3}, {4, 3}, {3, 42}} {
		if _, err := l.ProveGrowth(whole, 2026, bad[0], bad[1]); !errors.Is(err, audit.ErrNoEntry) {
			t.Errorf("from %d to %d: %v, want ErrNoEntry", bad[0], bad[1], err)
		}
	}
}
