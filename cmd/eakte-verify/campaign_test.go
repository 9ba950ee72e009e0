package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eakte/archive/audit"
)

// campaign returns the number of tries and a seeded source of chance, from the variables N and SEED.
func campaign(t *testing.T, short int) (int, *rand.Rand) {
	t.Helper()
	n, seed := short, uint64(time.Now().UnixNano())
	if v, err := strconv.Atoi(os.Getenv("N")); err == nil {
		n = v
	}
	if v, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = v
	}
	t.Logf("N=%d SEED=%d", n, seed)
	return n, rand.New(rand.NewPCG(seed, 2))
}

// witnessed is a log of two years, each of which a real witness vouched for in its midst.
type witnessed struct {
	*trail
	officers *officers
	older    []byte // checkpoint of 2026 at 151 entries
	replay   *trail // the log when that was made
}

func newWitnessed(t testing.TB) *witnessed {
	r := newTrail(t)
	w := &witnessed{trail: r, officers: newOfficers(t, r)}
	r.grow(150, noon)
	w.older = r.sign(2026)
	w.replay = r.copy(t)
	for _, at := range []time.Time{noon.Add(time.Hour), noon.AddDate(1, 0, 0)} {
		r.grow(60, at)
		r.sign(at.Year())
		w.officers.now = at
		if err := w.officers.vouch(r, at.Year()); err != nil {
			t.Fatal(err)
		}
		r.grow(30, at.Add(time.Hour))
		r.sign(at.Year())
	}
	return w
}

// vouchedFor are how many entries of a year the witness vouched for.
func vouchedFor(year int) int {
	if year == 2026 {
		return 211
	}
	return 61
}

func (w *witnessed) hand(export string) hand {
	return hand{export: export, key: w.signer.VKey(), older: [][]byte{w.older}, witnesses: []string{w.officers.server.Key().String()}}
}

// TestVandalCampaign damages exports N times, without a key; each time something has to be found.
func TestVandalCampaign(t *testing.T) {
	n, rng := campaign(t, 150)
	w := newWitnessed(t)
	h := w.hand(w.export())
	if got := ours(t, h); got.exit != exitWhole {
		t.Fatalf("before anything was damaged: %v", got)
	}
	files := slices.DeleteFunc(tree(t, h.export), func(name string) bool {
		return strings.HasPrefix(name, "2026/cosigned") // not needed to find anything, as the last year has one
	})
	found := 0
	for range n {
		name := files[rng.IntN(len(files))]
		was, err := os.ReadFile(filepath.Join(h.export, name))
		if err != nil {
			t.Fatal(err)
		}
		is, what := damaged(rng, name, was)
		if is != nil && (bytes.Equal(is, was) || name == "vkey" && bytes.Equal(bytes.TrimSpace(is), bytes.TrimSpace(was))) {
			continue // it says the same
		}
		if is == nil {
			err = os.Remove(filepath.Join(h.export, name))
		} else {
			write(t, h.export, name, is)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := ours(t, h); got.exit == exitWhole {
			t.Errorf("%s: %s: nothing is found", name, what)
		}
		found++
		write(t, h.export, name, was)
	}
	t.Logf("vandal: %d damaged exports, all found", found)
}

// damaged returns what chance makes of a file, nil for its removal.
func damaged(rng *rand.Rand, name string, was []byte) (is []byte, what string) {
	is = bytes.Clone(was)
	switch kind := rng.IntN(7); {
	case kind == 0:
		return nil, "removed"
	case kind == 1:
		return is[:rng.IntN(len(is))], "cut short"
	case kind == 2:
		return append(is, is[:1+rng.IntN(len(is))]...), "lengthened"
	case kind >= 3 && strings.Contains(name, "/tile/entries/"):
		changes := map[int]func([][]byte) [][]byte{
			3: remove(1), 4: swap(1, 2), 5: at(1+rng.IntN(3), other),
			6: func(e [][]byte) [][]byte { return slices.Insert(e, 2, e[1]) },
		}
		return bundled(changes[kind])(is), fmt.Sprintf("entries changed (%d)", kind)
	}
	bit := rng.IntN(8 * len(is))
	is[bit/8] ^= 1 << (bit % 8)
	return is, fmt.Sprintf("bit %d", bit)
}

// TestForgerCampaign rewrites history N times as somebody does who has the database and the key of the log and makes no
// mistake. Each time the officer's checkpoint or the witness has to give it away, and the witness must not vouch for it.
func TestForgerCampaign(t *testing.T) {
	n, rng := campaign(t, 60)
	w := newWitnessed(t)
	found := 0
	for i := range n {
		forged := w.copy(t)
		forged.t = t
		year := 2026 + rng.IntN(2)
		what := w.forge(forged, rng, year)
		h := w.hand(forged.exportWith(audit.ExportOptions{}))
		if rng.IntN(2) == 0 {
			h.older = nil // all that is left is the witness
		}
		if rng.IntN(2) == 0 {
			if err := os.RemoveAll(filepath.Join(h.export, fmt.Sprint(year), "cosigned")); err != nil {
				t.Fatal(err)
			}
		}
		if got := ours(t, h); got.exit == exitWhole {
			t.Errorf("%d: %s in %d, older checkpoints %d: nothing is found", i, what, year, len(h.older))
		}
		if err := w.officers.vouch(forged, year); err == nil {
			t.Errorf("%d: the witness vouches for a log with %s in %d", i, what, year)
		}
		found++
		if err := os.RemoveAll(h.export); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("forger: %d logs rewritten and signed anew, all found, none cosigned", found)
}

// forge rewrites a year before what the witness vouched for, and signs everything anew.
func (w *witnessed) forge(forged *trail, rng *rand.Rand, year int) (what string) {
	before := 1 + rng.IntN(vouchedFor(year)-3)
	ways := map[string]func([][]byte) [][]byte{
		"an entry edited":   at(before, other),
		"an entry deleted":  renumbered(remove(before)),
		"two swapped":       renumbered(swap(before, before+1)),
		"one put in":        renumbered(func(e [][]byte) [][]byte { return slices.Insert(e, before, other(e[before])) }),
		"one put in again":  renumbered(func(e [][]byte) [][]byte { return append(slices.Delete(slices.Clone(e), before, before+1), e[before]) }),
		"the end cut off":   func(e [][]byte) [][]byte { return e[:before] },
		"all but the first": renumbered(func(e [][]byte) [][]byte { return e[:1] }),
		"an older state":    nil,
	}
	names := slices.Sorted(maps.Keys(ways))
	what = names[rng.IntN(len(names))]
	if what == "an older state" {
		forged.store = maps.Clone(w.replay.store)
		forged.grow(rng.IntN(200), noon.Add(2*time.Hour))
		forged.grow(1+rng.IntN(200), noon.AddDate(1, 0, 0)) // a year that nobody saw
	} else {
		forged.rewrite(year, ways[what])
	}
	forged.sign(2026)
	forged.sign(2027)
	return what
}
