package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// textsHeld is how many documents there are in TestIndexFaults.
const textsHeld = 12

// TestIndexFaults damages the index of a server at rest in the ways that disks, operators and updates do. The next start serves lists and Akten at once, says what is wrong, makes the index anew, and no search
// is taken for complete that isn't.
func TestIndexFaults(t *testing.T) {
	t.Parallel()
	needTools(t)
	segments := func(t *testing.T, data string, change func(path string, bytes []byte) []byte) {
		t.Helper()
		paths, err := filepath.Glob(filepath.Join(data, "index", "store", "*.zap"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("nothing to damage: %v", err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.Remove(path)
			}
			if b = change(path, b); err == nil && b != nil {
				err = os.WriteFile(path, b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		damage func(t *testing.T, data string)
		said   string // by the one that comes
	}{
		{name: "removed", said: "the index is made anew", damage: func(t *testing.T, data string) {
			if err := os.RemoveAll(filepath.Join(data, "index")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a file removed", said: "index can't be read", damage: func(t *testing.T, data string) {
			segments(t, data, func(string, []byte) []byte { return nil })
		}},
		{name: "a bit flipped", said: "index can't be read", damage: func(t *testing.T, data string) {
			segments(t, data, func(_ string, b []byte) []byte {
				b[len(b)/2] ^= 4
				return b
			})
		}},
		{name: "cut off", said: "index can't be read", damage: func(t *testing.T, data string) {
			segments(t, data, func(_ string, b []byte) []byte { return b[:len(b)/2] })
		}},
		{name: "of an earlier format", said: "index of another format is made anew", damage: outdate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := &killing{t: t, data: t.TempDir(), rng: rand.New(rand.NewPCG(1, 2)), sum: &tally{}}
			k.token = k.accounts()
			p := k.start()
			k.open()
			for i := range textsHeld {
				k.must(201, request{method: "POST", path: "/akten/" + k.akte + "/documents", meta: `{"type":"arbeitsvertrag"}`,
					name: fmt.Sprint(i, ".txt"), file: fmt.Append(nil, "Kaltmiete in Haus Nummer ", i)})
			}
			k.untilWhole(func() {})
			p = k.change(p, func() { tt.damage(t, k.data) })
			k.untilWhole(k.lists)
			if tt.said != "" && !strings.Contains(p.talk.String(), tt.said) {
				t.Errorf("nobody said %q:\n%s", tt.said, p.talk)
			}
			if err := p.stop(os.Interrupt); err != nil {
				t.Errorf("the server did not end well: %v\n%s", err, p.talk)
			}
			whole(t, k.data)
		})
	}
}

// change stops the server, and starts it when something was done to its folder.
func (k *killing) change(p *process, do func()) *process {
	k.t.Helper()
	k.mu.Lock()
	k.up = make(chan struct{})
	k.mu.Unlock()
	if err := p.stop(os.Interrupt); err != nil {
		k.t.Fatal(err)
	}
	do()
	return k.start()
}

// lists expects all documents in the list of the Akte.
func (k *killing) lists() {
	k.t.Helper()
	got := k.must(200, request{method: "GET", path: "/akten/" + k.akte + "/documents?limit=100"})
	if _, ok := got.at(fmt.Sprintf(".items.%d", textsHeld-1)); !ok {
		k.t.Errorf("the list of the Akte lacks something: %s", brief(got.body))
	}
}

// untilWhole searches until all is found, and does something beside each search. An answer that lacks something
// must say so, or what it lacks is still being read.
func (k *killing) untilWhole(beside func()) {
	k.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		beside()
		got := k.must(200, request{method: "POST", path: "/search", json: `{"q":"Kaltmiete"}`})
		n, incomplete := got.text("total"), got.text("incomplete") == "true"
		if n == fmt.Sprint(textsHeld) && !incomplete {
			return
		}
		if !incomplete && len(k.sum.starts) > 1 {
			k.t.Fatalf("%s found of %d, and nobody said that there are more", n, textsHeld)
		}
		if time.Now().After(end) {
			k.t.Fatalf("%s found of %d, incomplete: %v", n, textsHeld, incomplete)
		}
	}
}

// outdate makes the index one of an earlier format, which had no checksum either.
func outdate(t *testing.T, data string) {
	t.Helper()
	root := filepath.Join(data, "index", "store", "root.bolt")
	b, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	former := regexp.MustCompile(`eakte/format\d`).ReplaceAll(b, []byte("eakte/format1"))
	if bytes.Equal(former, b) {
		t.Fatal("the index names no format")
	}
	if err := os.WriteFile(root, former, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(data, "index", "sum")); err != nil {
		t.Fatal(err)
	}
}
