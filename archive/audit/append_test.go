package audit_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive/audit"
)

// storedHash reads a hash as the package comment says it is stored; that of an entry is
// computed.
func storedHash(s *memStore, year int, index int64) []byte {
	if level, n := tlog.SplitStoredHashIndex(index); level == 0 {
		leaf := storedLeaf(s, year, n)
		if leaf == nil {
			return nil
		}
		h := tlog.RecordHash(leaf)
		return h[:]
	}
	key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(year)), uint64(index))
	return s.data["hash/"+string(key)]
}

func storedLeaf(s *memStore, year int, seq int64) []byte {
	key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(year)), uint64(seq))
	return s.data["leaf/"+string(key)]
}

// TestTreeIsThatOfTlog grows a log over several powers of two, in transactions of
// changing size, and compares every stored hash with what tlog itself stores.
func TestTreeIsThatOfTlog(t *testing.T) {
	l, s := newLog(t), newMemStore()
	grow(t, l, s, &memKeys{}, 1100, noon)
	state, err := l.Current(memReader{s})
	if err != nil {
		t.Fatal(err)
	}
	if state.Size != 1101 {
		t.Fatalf("%d entries after 1,100 events and the opening one", state.Size)
	}
	var want []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, want[i])
		}
		return out, nil
	})
	for seq := range state.Size {
		more, err := tlog.StoredHashes(seq, storedLeaf(s, 2026, seq), read)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, more...)
	}
	for i, h := range want {
		if got := storedHash(s, 2026, int64(i)); string(got) != string(h[:]) {
			t.Fatalf("hash %d is %x, want %v", i, got, h)
		}
	}
	stored := 0
	for key := range s.data {
		if strings.HasPrefix(key, "hash/") {
			stored++
		}
	}
	if stored != len(want)-int(state.Size) {
		t.Errorf("%d hashes of subtrees are stored, the tree has %d", stored, len(want)-int(state.Size))
	}
}

func TestEmptyLog(t *testing.T) {
	l, s := newLog(t), newMemStore()
	state, err := l.Current(memReader{s})
	if err != nil || state.Size != 0 {
		t.Errorf("Current = %+v, %v", state, err)
	}
	shards, err := l.Shards(memReader{s})
	if err != nil || len(shards) != 0 {
		t.Errorf("Shards = %v, %v", shards, err)
	}
	if _, err := l.Sign(memReader{s}, 2026, newSigner(t, l)); !errors.Is(err, audit.ErrNoEntry) {
		t.Errorf("signing nothing: %v, want ErrNoEntry", err)
	}
	if _, err := l.ReadLeaf(memReader{s}, audit.Position{Year: 2026}); !errors.Is(err, audit.ErrNoEntry) {
		t.Errorf("reading nothing: %v, want ErrNoEntry", err)
	}
}

// TestRolledBackTransactionLeavesNoTrace interleaves transactions that are rolled back
// after some appends with the same ones run again; the log must equal an honest one.
func TestRolledBackTransactionLeavesNoTrace(t *testing.T) {
	l, s := newLog(t), newMemStore()
	for i := range 200 {
		run := func(fail bool) error {
			return s.Update(func(tx audit.Tx) error {
				w, err := l.Begin(tx, &memKeys{})
				if err != nil {
					return err
				}
				for j := range 1 + i%5 {
					if _, err := w.Append(t.Context(), event(i+j, noon)); err != nil {
						return err
					}
				}
				if fail {
					return errRollback
				}
				return nil
			})
		}
		if err := run(true); !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
		if err := run(false); err != nil {
			t.Fatal(err)
		}
	}
	signer := newSigner(t, l)
	sign(t, l, s, signer, 2026)
	mustVerify(t, export(t, l, s, signer, nil), signer, nil)
}

func TestEventAtFaultLeavesWriterUsable(t *testing.T) {
	l := newLog(t)
	for _, c := range []struct {
		name string
		keys *memKeys
		set  func(*audit.Event)
		want error
	}{
		{"no time", &memKeys{}, func(ev *audit.Event) { ev.Time = time.Time{} }, audit.ErrLeaf},
		{"name as actor", &memKeys{}, func(ev *audit.Event) { ev.Actor.User = "Khalil" }, audit.ErrLeaf},
		{"name among many Akten", &memKeys{}, func(ev *audit.Event) { ev.Akten = append(longest(20).Akten, "Khalil") }, audit.ErrLeaf},
		{"opening of a shard", &memKeys{}, func(ev *audit.Event) { ev.Op = audit.OpShardOpen }, audit.ErrLeaf},
		{"detail of a stranger", &memKeys{}, func(ev *audit.Event) {
			ev.Detail = &audit.Detail{Own: map[string]map[string]any{audit.AkteKey(id(77)): {"a": 1}}}
		}, audit.ErrLeaf},
		{"detail that is no JSON", &memKeys{}, func(ev *audit.Event) {
			ev.Detail = &audit.Detail{Act: map[string]any{"a": func() {}}}
		}, audit.ErrLeaf},
		{"erased Akte", &memKeys{gone: map[string]bool{audit.AkteKey(id(100)): true}}, func(ev *audit.Event) {
			ev.Detail = &audit.Detail{Shared: map[string]any{"a": 1}}
		}, audit.ErrKeyGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newMemStore()
			err := s.Update(func(tx audit.Tx) error {
				w, err := l.Begin(tx, c.keys)
				if err != nil {
					return err
				}
				ev := event(0, noon)
				c.set(&ev)
				if _, err := w.Append(t.Context(), ev); !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				} else if strings.Contains(err.Error(), "Khalil") {
					t.Errorf("error repeats the value: %v", err)
				}
				if n := len(tx.(memTx).own); n != 0 {
					t.Errorf("%d keys were written", n)
				}
				p, err := w.Append(t.Context(), event(0, noon))
				if p != (audit.Position{Year: 2026, Seq: 1}) {
					t.Errorf("next event is at %+v", p)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNothingIsAppendedAfterFailedWrite(t *testing.T) {
	l := newLog(t)
	for puts := range 6 {
		s := newMemStore()
		s.puts = puts
		err := s.Update(func(tx audit.Tx) error {
			w, err := l.Begin(tx, &memKeys{})
			if err != nil {
				return err
			}
			_, first := w.Append(t.Context(), event(1, noon))
			if first == nil {
				t.Fatalf("%d writes were enough", puts)
			}
			s.puts = -1
			if _, err := w.Append(t.Context(), event(1, noon)); err == nil {
				t.Errorf("%d writes: went on after %v", puts, first)
			}
			return first
		})
		if err == nil {
			t.Errorf("%d writes: no error", puts)
		}
	}
}

func TestEntryBehindTheEndStopsTheLog(t *testing.T) {
	l, s := newLog(t), newMemStore()
	grow(t, l, s, &memKeys{}, 10, noon)
	old := s.clone()
	grow(t, l, s, &memKeys{}, 1, noon)
	for k, v := range old.data { // the state goes back, the entries stay
		if strings.HasPrefix(k, "state/") {
			s.data[k] = v
		}
	}
	if _, err := appendOne(t, l, s, &memKeys{}, event(0, noon)); !errors.Is(err, audit.ErrCorrupt) {
		t.Errorf("error %v, want ErrCorrupt", err)
	}
}

func TestYearsAreShards(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	silvester := time.Date(2026, 12, 31, 23, 59, 59, 999999000, time.UTC)
	grow(t, l, s, keys, 300, noon)
	for _, c := range []struct {
		name string
		at   time.Time
		want audit.Position
	}{
		{"last of the year", silvester, audit.Position{Year: 2026, Seq: 301}},
		{"first of the next, in local time still the old", silvester.Add(time.Microsecond).In(time.FixedZone("", -3600)), audit.Position{Year: 2027, Seq: 1}},
		{"late one of the old year", silvester, audit.Position{Year: 2027, Seq: 2}},
		{"after a year without events", silvester.AddDate(3, 0, 0), audit.Position{Year: 2029, Seq: 1}},
	} {
		got, err := appendOne(t, l, s, keys, event(3, c.at))
		if err != nil || got != c.want {
			t.Errorf("%s: at %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	shards, err := l.Shards(memReader{s})
	if err != nil {
		t.Fatal(err)
	}
	want := []audit.State{
		{Shard: audit.Shard{Origin: "kreis-musterland.example/audit/2026", Year: 2026}, Size: 302},
		{Shard: audit.Shard{Origin: "kreis-musterland.example/audit/2027", Year: 2027}, Size: 3, Former: 2026},
		{Shard: audit.Shard{Origin: "kreis-musterland.example/audit/2029", Year: 2029}, Size: 2, Former: 2027},
	}
	if len(shards) != len(want) || shards[0] != want[0] || shards[1] != want[1] || shards[2] != want[2] {
		t.Fatalf("shards %+v, want %+v", shards, want)
	}
	signer := newSigner(t, l)
	mustVerify(t, export(t, l, s, signer, keys), signer, nil)
}
