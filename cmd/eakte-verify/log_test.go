package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sumnote "golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive/audit"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func id(n int) string { return fmt.Sprintf("01890000-0000-7000-8000-%012d", n) }

// store keeps a log in memory.
type store map[string][]byte

var (
	_ audit.Tx     = store{}
	_ audit.Source = source{}
)

func (s store) Get(b audit.Bucket, key []byte) ([]byte, error) {
	return s[string(b)+"/"+string(key)], nil
}
func (s store) Put(b audit.Bucket, key, value []byte) error {
	s[string(b)+"/"+string(key)] = value
	return nil
}

// getter is a store that can't be written to.
type getter struct{ audit.Getter }

type source struct{ store }

func (s source) View(_ context.Context, fn func(audit.Getter) error) error {
	return fn(getter{s.store})
}

// keys are made from their names; those that are true were erased.
type keys map[string]bool

func (k keys) Key(_ context.Context, name string) ([32]byte, error) {
	if k[name] {
		return [32]byte{}, audit.ErrKeyGone
	}
	return sha256.Sum256([]byte(name)), nil
}

// trail is a log as its server has it, with the key.
type trail struct {
	t      testing.TB
	log    audit.Log
	store  store
	signer *audit.Signer
	gone   keys
}

func newTrail(t testing.TB) *trail {
	t.Helper()
	log, err := audit.NewLog("kreis-musterland.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := audit.LoadOrCreateSigner(filepath.Join(t.TempDir(), "trail.key"), log.Name())
	if err != nil {
		t.Fatal(err)
	}
	return &trail{t, log, store{}, signer, keys{}}
}

// grow appends so many events a second apart: reads, searches with a detail, changes.
func (r *trail) grow(n int, from time.Time) {
	r.t.Helper()
	w, err := r.log.Begin(r.store, r.gone)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range n {
		ev := audit.Event{
			Time: from.Add(time.Duration(i) * time.Second), Op: audit.OpDocumentRead, Result: audit.Allow,
			Actor:  audit.Actor{User: id(i % 5), Role: "sachbearbeitung", Department: "asyl", Client: "web"},
			Object: "document/" + id(i), Akten: []string{id(100 + i%20)}, Register: "asyl", Rule: "read#12",
		}
		switch i % 4 {
		case 1:
			ev.Op, ev.Akten = audit.OpSearch, []string{id(100), id(101 + i%20)}
			ev.Detail = &audit.Detail{Act: map[string]any{"hits": i}, Shared: map[string]any{"q": "Khalil <Yılmaz> & \u2028 \"\\"}}
		case 3:
			ev.Op = audit.OpAkteChange
			ev.Detail = &audit.Detail{Own: map[string]map[string]any{audit.AkteKey(ev.Akten[0]): {"before": "a", "after": "ä"}}}
		}
		if _, err := w.Append(r.t.Context(), ev); err != nil {
			r.t.Fatal(err)
		}
	}
}

// sign returns a checkpoint of all entries of a year, without asking what was signed before: what somebody
// does who has the key.
func (r *trail) sign(year int) []byte {
	r.t.Helper()
	state, err := r.log.State(r.store, year)
	if err != nil {
		r.t.Fatal(err)
	}
	var f frontier
	for seq := range state.Size {
		f.add(hashEntry(r.leaf(year, seq)), func(int, hash) {})
	}
	text := string(audit.Checkpoint{Origin: state.Origin, Size: state.Size, Root: f.root()}.Body())
	signed, err := sumnote.Sign(&sumnote.Note{Text: text}, r.signer)
	if err != nil {
		r.t.Fatal(err)
	}
	r.store["checkpoint/"+yearKey(year)] = signed
	return signed
}

func yearKey(year int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(year))) }

func entryKey(year int, seq int64) string {
	return yearKey(year) + string(binary.BigEndian.AppendUint64(nil, uint64(seq)))
}

func (r *trail) leaf(year int, seq int64) []byte { return r.store["leaf/"+entryKey(year, seq)] }

// rewrite replaces the entries of a year by what change makes of them, with every hash as it must be.
func (r *trail) rewrite(year int, change func([][]byte) [][]byte) {
	r.t.Helper()
	state, err := r.log.State(r.store, year)
	if err != nil {
		r.t.Fatal(err)
	}
	var entries [][]byte
	for seq := range state.Size {
		entries = append(entries, r.leaf(year, seq))
	}
	for _, bucket := range []string{"leaf/", "hash/"} {
		maps.DeleteFunc(r.store, func(k string, _ []byte) bool {
			return len(k) > 9 && k[:5] == bucket && k[5:9] == yearKey(year)
		})
	}
	entries = change(entries)
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, all[i])
		}
		return out, nil
	})
	for seq, e := range entries {
		r.store["leaf/"+entryKey(year, int64(seq))] = e
		more, err := tlog.StoredHashes(int64(seq), e, read)
		if err != nil {
			r.t.Fatal(err)
		}
		for i, h := range more {
			if i > 0 {
				r.store["hash/"+entryKey(year, int64(len(all)+i))] = h[:]
			}
		}
		all = append(all, more...)
	}
	state.Size = int64(len(entries))
	v := binary.BigEndian.AppendUint64(nil, uint64(state.Size))
	r.store["state/"+yearKey(year)] = binary.BigEndian.AppendUint32(v, uint32(state.Former))
}

// drop records that a year reached the end of its term, and removes its entries.
func (r *trail) drop(year int, at time.Time) {
	r.t.Helper()
	w, err := r.log.Begin(r.store, r.gone)
	if err != nil {
		r.t.Fatal(err)
	}
	e := audit.Event{Time: at, Actor: audit.System(), Op: audit.OpTrailDrop, Object: fmt.Sprintf("shard/%04d", year), Result: audit.Allow}
	if _, err := w.Append(r.t.Context(), e); err != nil {
		r.t.Fatal(err)
	}
	if err := r.log.Drop(r.store, year, r.signer.Verifier()); err != nil {
		r.t.Fatal(err)
	}
	maps.DeleteFunc(r.store, func(k string, _ []byte) bool {
		bucket, key, _ := strings.Cut(k, "/")
		return (bucket == "leaf" || bucket == "hash" || bucket == "detail") && strings.HasPrefix(key, yearKey(year))
	})
}

// copy returns a second server with the same log and key.
func (r *trail) copy(t testing.TB) *trail {
	return &trail{t, r.log, maps.Clone(r.store), r.signer, maps.Clone(r.gone)}
}

// export writes the log as it was last signed, with details.
func (r *trail) export() string {
	r.t.Helper()
	return r.exportWith(audit.ExportOptions{Details: r.gone})
}

func (r *trail) exportWith(opts audit.ExportOptions) string {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "export")
	opts.Verifier, opts.VKey = r.signer.Verifier(), r.signer.VKey()
	if err := r.log.Export(r.t.Context(), source{r.store}, dir, opts); err != nil {
		r.t.Fatal(err)
	}
	return dir
}

// witness cosigns checkpoints.
type witness struct {
	name    string
	private ed25519.PrivateKey
}

func newWitness(name string) witness {
	seed := sha256.Sum256([]byte(name))
	return witness{name, ed25519.NewKeyFromSeed(seed[:])}
}

// raw is the key with its kind before it, hash the first bytes of its hash.
func (w witness) raw() []byte {
	return append([]byte{algCosignature}, w.private.Public().(ed25519.PublicKey)...)
}

func (w witness) hash() []byte {
	sum := sha256.Sum256(append([]byte(w.name+"\n"), w.raw()...))
	return sum[:4]
}

func (w witness) vkey() string {
	return fmt.Sprintf("%s+%x+%s", w.name, w.hash(), base64.StdEncoding.EncodeToString(w.raw()))
}

// cosign puts the witness's line under a checkpoint.
func (w witness) cosign(signed []byte, at time.Time) []byte {
	n, _ := parseNote(signed)
	message := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at.Unix(), n.body)
	sig := binary.BigEndian.AppendUint64(w.hash(), uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(w.private, message)...)
	return fmt.Appendf(append([]byte{}, signed...), "— %s %s\n", w.name, base64.StdEncoding.EncodeToString(sig))
}

// write puts a file into a folder.
func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// edit changes a file of an export.
func edit(t testing.TB, dir, name string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, change(data))
}

// tree returns the files of a folder.
func tree(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, err = filepath.Rel(dir, path)
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
