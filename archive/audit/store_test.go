package audit_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"eakte/archive/audit"
)

var errRollback = errors.New("rolled back")

// memStore is an engine in memory: what a transaction puts is seen by itself and, once
// it ends without an error, by all.
type memStore struct {
	data map[string][]byte
	puts int // of the running transaction that still succeed; negative: all
}

func newMemStore() *memStore { return &memStore{data: map[string][]byte{}, puts: -1} }

type memReader struct{ s *memStore }

type memTx struct {
	s   *memStore
	own map[string][]byte
}

var (
	_ audit.Getter = memReader{}
	_ audit.Tx     = memTx{}
	_ audit.Source = (*memStore)(nil)
)

func (r memReader) Get(b audit.Bucket, key []byte) ([]byte, error) {
	return r.s.data[string(b)+"/"+string(key)], nil
}

func (t memTx) Get(b audit.Bucket, key []byte) ([]byte, error) {
	if v, ok := t.own[string(b)+"/"+string(key)]; ok {
		return v, nil
	}
	return t.s.data[string(b)+"/"+string(key)], nil
}

func (t memTx) Put(b audit.Bucket, key, value []byte) error {
	if t.s.puts == 0 {
		return errors.New("disk full")
	}
	t.s.puts--
	t.own[string(b)+"/"+string(key)] = value
	return nil
}

func (s *memStore) Update(fn func(audit.Tx) error) error {
	tx := memTx{s, map[string][]byte{}}
	if err := fn(tx); err != nil {
		return err
	}
	maps.Copy(s.data, tx.own)
	return nil
}

func (s *memStore) View(_ context.Context, fn func(audit.Getter) error) error {
	return fn(memReader{s})
}

func (s *memStore) clone() *memStore { return &memStore{data: maps.Clone(s.data), puts: -1} }

// memKeys derives keys from their names; those in gone were erased.
type memKeys struct {
	gone  map[string]bool
	made  map[string][32]byte
	asked int
}

func (k *memKeys) Key(_ context.Context, name string) ([32]byte, error) {
	k.asked++
	if k.gone[name] {
		return [32]byte{}, fmt.Errorf("test: %w", audit.ErrKeyGone)
	}
	key, ok := k.made[name]
	if !ok {
		if k.made == nil {
			k.made = map[string][32]byte{}
		}
		key = sha256.Sum256([]byte("key of " + name))
		k.made[name] = key
	}
	return key, nil
}

func id(n int) string { return fmt.Sprintf("01890000-0000-7000-8000-%012d", n) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)

func newLog(t testing.TB) audit.Log {
	t.Helper()
	l, err := audit.NewLog("kreis-musterland.example")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newSigner(t testing.TB, l audit.Log) *audit.Signer {
	t.Helper()
	s, err := audit.LoadOrCreateSigner(filepath.Join(t.TempDir(), "audit.key"), l.Name())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// event makes up the n-th event: reads, searches over many Akten, refusals, changes.
func event(n int, at time.Time) audit.Event {
	ev := audit.Event{
		Time: at, Actor: audit.Actor{User: id(n % 7), Role: "sachbearbeitung", Department: "asyl", Client: "web"},
		Op: audit.OpDocumentRead, Object: "document/" + id(n), Akten: []string{id(100 + n%40)},
		Persons: []string{id(500 + n%40)}, Register: "aufenthalt", Classification: "normal",
		Result: audit.Allow, Rule: "read#12", Policy: fmt.Sprintf("%064x", 7), Purpose: "case:" + id(n%9), Correlation: id(n),
	}
	switch n % 5 {
	case 1:
		ev.Op, ev.Object = audit.OpSearch, ""
		ev.Akten, ev.Persons = nil, nil
		for i := range n % 26 {
			ev.Akten = append(ev.Akten, id(100+i))
		}
		ev.Detail = &audit.Detail{Act: map[string]any{"hits": n % 26}, Shared: map[string]any{"q": "Khalil geb. <1990>"}}
	case 2:
		ev.Op, ev.Result, ev.Akten, ev.Persons = audit.OpAccessRefused, audit.Deny, nil, nil
	case 3:
		ev.Op = audit.OpAkteChange
		ev.Detail = &audit.Detail{Own: map[string]map[string]any{audit.AkteKey(ev.Akten[0]): {"before": "a", "after": "b"}}}
	}
	return ev
}

// grow appends n events, some in one transaction, a second apart.
func grow(t testing.TB, l audit.Log, s *memStore, keys audit.Keys, n int, at time.Time) {
	t.Helper()
	for from := 0; from < n; {
		to := min(n, from+1+from%37)
		err := s.Update(func(tx audit.Tx) error {
			w, err := l.Begin(tx, keys)
			if err != nil {
				return err
			}
			for i := from; i < to; i++ {
				if _, err := w.Append(t.Context(), event(i, at.Add(time.Duration(i)*time.Second))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		from = to
	}
}

func appendOne(t testing.TB, l audit.Log, s *memStore, keys audit.Keys, ev audit.Event) (audit.Position, error) {
	t.Helper()
	var p audit.Position
	err := s.Update(func(tx audit.Tx) error {
		w, err := l.Begin(tx, keys)
		if err != nil {
			return err
		}
		p, err = w.Append(t.Context(), ev)
		return err
	})
	return p, err
}

// sign signs the shard of a year and stores the checkpoint.
func sign(t testing.TB, l audit.Log, s *memStore, signer *audit.Signer, year int) []byte {
	t.Helper()
	signed, err := l.Sign(memReader{s}, year, signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(func(tx audit.Tx) error { return l.PutCheckpoint(tx, signed, signer.Verifier()) }); err != nil {
		t.Fatal(err)
	}
	return signed
}
