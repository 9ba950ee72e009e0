package audit_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"eakte/archive/audit"
)

// search is a search that listed three Akten and one person without an Akte.
func search() audit.Event {
	ev := event(0, noon)
	ev.Op, ev.Object = audit.OpSearch, ""
	ev.Akten, ev.Persons = []string{id(1), id(2), id(3)}, []string{id(9)}
	ev.Detail = &audit.Detail{
		Act:    map[string]any{"address": "10.1.2.3", "hits": 4},
		Shared: map[string]any{"q": "Khalil"},
		Own:    map[string]map[string]any{audit.AkteKey(id(1)): {"pages": []int{2}}, audit.AkteKey(id(2)): {"pages": []int{7}}},
	}
	return ev
}

// readable lists which parts can be read, as "kind text".
func readable(t *testing.T, l audit.Log, s *memStore, keys audit.Keys, p audit.Position) string {
	t.Helper()
	leaf, err := l.ReadLeaf(memReader{s}, p)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := l.ReadDetail(t.Context(), memReader{s}, keys, p.Year, &leaf)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range parts {
		if p.Erased != (p.Text == nil) {
			t.Errorf("part %s: erased %v, text %q", p.Kind, p.Erased, p.Text)
		}
		if !p.Erased {
			out = append(out, fmt.Sprintf("%s %s", p.Kind, p.Text))
		}
	}
	return strings.Join(out, "\n")
}

func TestErasingMakesUnreadableWhatSpeaksOfTheErased(t *testing.T) {
	const (
		act    = `act {"address":"10.1.2.3","hits":4}`
		shared = `shared {"q":"Khalil"}`
		own1   = `own {"pages":[2]}`
		own2   = `own {"pages":[7]}`
	)
	for _, c := range []struct {
		name   string
		erased []string
		want   []string
	}{
		{"nothing", nil, []string{act, shared, own1, own2}},
		{"Akte with a part of its own", []string{audit.AkteKey(id(1))}, []string{act, own2}},
		{"Akte without one", []string{audit.AkteKey(id(3))}, []string{act, own1, own2}},
		{"person", []string{audit.PersonKey(id(9))}, []string{act, own1, own2}},
		{"Akte the search didn't list", []string{audit.AkteKey(id(4))}, []string{act, shared, own1, own2}},
		{"both Akten", []string{audit.AkteKey(id(1)), audit.AkteKey(id(2))}, []string{act}},
		{"the year", []string{audit.YearKey(2026)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, s, keys := newLog(t), newMemStore(), &memKeys{gone: map[string]bool{}}
			p, err := appendOne(t, l, s, keys, search())
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range c.erased {
				keys.gone[name] = true
			}
			if got, want := readable(t, l, s, keys, p), strings.Join(c.want, "\n"); got != want {
				t.Errorf("readable:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestErasureEventNeedsNoKeyOfTheErased(t *testing.T) {
	l, s := newLog(t), newMemStore()
	keys := &memKeys{gone: map[string]bool{audit.AkteKey(id(1)): true}}
	ev := event(0, noon)
	ev.Op, ev.Object, ev.Akten, ev.Persons = audit.OpErasure, "akte/"+id(1), []string{id(1)}, nil
	ev.Detail = &audit.Detail{Act: map[string]any{"released_by": id(3)}}
	p, err := appendOne(t, l, s, keys, ev)
	if err != nil {
		t.Fatal(err)
	}
	if got := readable(t, l, s, keys, p); !strings.Contains(got, "released_by") {
		t.Errorf("readable: %q", got)
	}
}

func TestEventWithoutDetailAsksForNoKey(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	if _, err := appendOne(t, l, s, keys, event(0, noon)); err != nil {
		t.Fatal(err)
	}
	if keys.asked != 0 {
		t.Errorf("%d keys asked for", keys.asked)
	}
}

func TestEqualDetailsLookDifferent(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	var leaves [2]audit.Leaf
	for i := range leaves {
		p, err := appendOne(t, l, s, keys, search())
		if err != nil {
			t.Fatal(err)
		}
		if leaves[i], err = l.ReadLeaf(memReader{s}, p); err != nil {
			t.Fatal(err)
		}
	}
	if leaves[0].Commitment == leaves[1].Commitment {
		t.Error("equal search words have equal commitments: they can be guessed")
	}
}

// TestDamagedDetailIsNeverShown flips every bit of a stored detail, puts the detail of
// another entry in its place, and takes it away.
func TestDamagedDetailIsNeverShown(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	var stored []string
	for range 2 {
		p, err := appendOne(t, l, s, keys, search())
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, "detail/"+string(binary.BigEndian.AppendUint64([]byte{0, 0, 0x07, 0xea}, uint64(p.Seq))))
	}
	leaf, err := l.ReadLeaf(memReader{s}, audit.Position{Year: 2026, Seq: 1})
	if err != nil {
		t.Fatal(err)
	}
	honest := s.data[stored[0]]
	check := func(name string, value []byte) {
		s.data[stored[0]] = value
		if parts, err := l.ReadDetail(t.Context(), memReader{s}, keys, 2026, &leaf); !errors.Is(err, audit.ErrCorrupt) {
			t.Errorf("%s: %v, %v; want ErrCorrupt", name, parts, err)
		}
	}
	for i := range 8 * len(honest) {
		bad := bytes.Clone(honest)
		bad[i/8] ^= 1 << (i % 8)
		check(fmt.Sprintf("bit %d", i), bad)
	}
	check("detail of another entry", s.data[stored[1]])
	check("no detail", nil)
	s.data[stored[0]] = honest
	if _, err := l.ReadDetail(t.Context(), memReader{s}, keys, 2026, &leaf); err != nil {
		t.Errorf("the honest one: %v", err)
	}
}
