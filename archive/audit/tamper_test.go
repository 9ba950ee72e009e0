package audit_test

import (
	"bytes"
	"encoding/binary"
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

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// campaign returns the number of mutations and a seeded source of chance, from the
// environment variables N and SEED.
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
	return n, rand.New(rand.NewPCG(seed, 1))
}

// folder is an export in memory, by path.
type folder map[string][]byte

func readFolder(t *testing.T, dir string) folder {
	t.Helper()
	f := folder{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// replace makes dir, which holds was, hold f.
func (f folder) replace(t *testing.T, dir string, was folder) {
	t.Helper()
	for name := range was {
		if _, ok := f[name]; !ok {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, b := range f {
		if old, ok := was[name]; ok && bytes.Equal(old, b) {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// bundle splits the file of a bundle into entries, join puts them together.
func bundle(b []byte) (entries [][]byte) {
	for len(b) >= 2 {
		n := 2 + int(binary.BigEndian.Uint16(b))
		entries = append(entries, b[2:n])
		b = b[n:]
	}
	return entries
}

func join(entries [][]byte) (b []byte) {
	for _, e := range entries {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(e))), e...)
	}
	return b
}

// pick returns a random file whose path matches one of the patterns.
func (f folder) pick(r *rand.Rand, patterns ...string) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, p := range patterns {
			if ok, _ := filepath.Match(p, name); ok || p == "*" {
				names = append(names, name)
				break
			}
		}
	}
	return names[r.IntN(len(names))]
}

var bundles = []string{"*/tile/entries/*", "*/tile/entries/*/*"}

// vandal is a way to damage an export without the signing key. It returns a name of
// what it did.
type vandal struct {
	name string
	do   func(r *rand.Rand, f, older folder) string
}

func vandals() []vandal {
	edit := func(name string, fn func(r *rand.Rand, e [][]byte) [][]byte) vandal {
		return vandal{name, func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, bundles...)
			f[file] = join(fn(r, bundle(bytes.Clone(f[file]))))
			return file
		}}
	}
	return []vandal{
		{"flip a bit", func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, "*")
			i := r.IntN(8 * len(f[file]))
			f[file] = bytes.Clone(f[file])
			f[file][i/8] ^= 1 << (i % 8)
			return fmt.Sprintf("%s bit %d", file, i)
		}},
		{"delete a file", func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, "*")
			delete(f, file)
			return file
		}},
		{"truncate a file", func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, "*")
			f[file] = f[file][:r.IntN(len(f[file]))]
			return file
		}},
		{"append to a file", func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, "*")
			f[file] = append(bytes.Clone(f[file]), f[file][:1+r.IntN(len(f[file]))]...)
			return file
		}},
		{"put back an older file", func(r *rand.Rand, f, older folder) string {
			file := "2027/checkpoint"
			f[file] = older[file]
			return file
		}},
		{"put back the older log", func(_ *rand.Rand, f, older folder) string {
			clear(f)
			maps.Copy(f, older)
			return "all"
		}},
		{"rewrite a detail", func(r *rand.Rand, f, _ folder) string {
			file := f.pick(r, "*/details/*", "*/details/*/*")
			f[file] = bytes.Replace(f[file], []byte("Khalil"), []byte("Khalid"), 1)
			return file
		}},
		{"drop a year", func(r *rand.Rand, f, _ folder) string {
			maps.DeleteFunc(f, func(name string, _ []byte) bool { return strings.HasPrefix(name, "2027/") })
			return "2027"
		}},
		edit("delete an entry", func(r *rand.Rand, e [][]byte) [][]byte {
			i := r.IntN(len(e))
			return slices.Delete(e, i, i+1)
		}),
		edit("double an entry", func(r *rand.Rand, e [][]byte) [][]byte {
			i := r.IntN(len(e))
			return slices.Insert(e, i, e[i])
		}),
		edit("swap two entries", func(r *rand.Rand, e [][]byte) [][]byte {
			i := r.IntN(len(e) - 1)
			e[i], e[i+1] = e[i+1], e[i]
			return e
		}),
		edit("rewrite an entry", func(r *rand.Rand, e [][]byte) [][]byte {
			i := r.IntN(len(e))
			e[i] = rewrite(e[i])
			return e
		}),
	}
}

// rewrite returns an entry that is well-formed and tells something else.
func rewrite(entry []byte) []byte {
	l, err := audit.DecodeLeaf(entry)
	if err != nil {
		panic(err)
	}
	l.Actor = id(999)
	b, err := audit.Encode(l)
	if err != nil {
		panic(err)
	}
	return b
}

// TestVandalIsFound damages exports in every way that needs no key, N times by chance;
// each has to be found with a checkpoint from earlier in hand.
func TestVandalIsFound(t *testing.T) {
	n, r := campaign(t, 300)
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 300, noon)
	grow(t, l, s, keys, 260, noon.AddDate(1, 0, 0))
	older := readFolder(t, export(t, l, s, signer, keys))
	grow(t, l, s, keys, 30, noon.AddDate(1, 0, 0))
	old := sign(t, l, s, signer, 2027)
	grow(t, l, s, keys, 30, noon.AddDate(1, 0, 0))
	honest := export(t, l, s, signer, keys)
	mustVerify(t, honest, signer, old)
	files := readFolder(t, honest)
	found, ways := 0, vandals()
	for i := range n {
		way := ways[i%len(ways)]
		bad := maps.Clone(files)
		what := way.do(r, bad, older)
		bad.replace(t, honest, files)
		report, err := verify.Dir(t.Context(), honest, verify.Options{VKey: signer.VKey(), OldCheckpoint: old})
		if err == nil && report.OK() {
			t.Errorf("%s (%s): not found", way.name, what)
		} else {
			found++
		}
		files.replace(t, honest, bad)
	}
	mustVerify(t, honest, signer, old)
	t.Logf("vandal: %d of %d found", found, n)
}

// rebuild writes the entries as one shard, with every hash as it must be: what
// somebody does who holds the database.
func rebuild(year int, entries [][]byte) *memStore {
	s := newMemStore()
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, all[i])
		}
		return out, nil
	})
	y := binary.BigEndian.AppendUint32(nil, uint32(year))
	for seq, e := range entries {
		key := string(binary.BigEndian.AppendUint64(y[:4:4], uint64(seq)))
		s.data["leaf/"+key] = e
		more, err := tlog.StoredHashes(int64(seq), e, read)
		if err != nil {
			panic(err)
		}
		for _, h := range more {
			s.data["hash/"+string(binary.BigEndian.AppendUint64(y[:4:4], uint64(len(all))))] = bytes.Clone(h[:])
			all = append(all, h)
		}
	}
	state := binary.BigEndian.AppendUint64(nil, uint64(len(entries)))
	s.data["state/"+string(y)] = append(state, 0, 0, 0, 0)
	s.data["state/\x00\x00\x00\x00"] = y
	return s
}

// renumber gives well-formed entries their new place.
func renumber(entries [][]byte) [][]byte {
	for i, e := range entries {
		l, err := audit.DecodeLeaf(e)
		if err != nil {
			panic(err)
		}
		l.Seq = int64(i)
		if entries[i], err = audit.Encode(l); err != nil {
			panic(err)
		}
	}
	return entries
}

// TestForgerIsFound changes history before the officer's checkpoint as somebody who
// holds database and signing key would: all hashes computed anew, signed anew.
func TestForgerIsFound(t *testing.T) {
	n, r := campaign(t, 60)
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 270, noon)
	old := sign(t, l, s, signer, 2026)
	oldSize := 271
	grow(t, l, s, keys, 30, noon)
	var honest [][]byte
	for seq := range oldSize + 30 {
		honest = append(honest, storedLeaf(s, 2026, int64(seq)))
	}
	ways := []struct {
		name string
		do   func(e [][]byte) [][]byte
	}{
		{"rewrite", func(e [][]byte) [][]byte { i := 1 + r.IntN(oldSize-1); e[i] = rewrite(e[i]); return e }},
		{"delete", func(e [][]byte) [][]byte {
			i := 1 + r.IntN(oldSize-1)
			return renumber(slices.Delete(e, i, i+1))
		}},
		{"delete without renumbering", func(e [][]byte) [][]byte {
			i := 1 + r.IntN(oldSize-1)
			return slices.Delete(e, i, i+1)
		}},
		{"swap", func(e [][]byte) [][]byte {
			i, j := 1+r.IntN(oldSize/2), oldSize/2+1+r.IntN(oldSize/2)
			e[i], e[j] = e[j], e[i]
			return renumber(e)
		}},
		{"insert", func(e [][]byte) [][]byte {
			i := 1 + r.IntN(oldSize-1)
			return renumber(slices.Insert(e, i, rewrite(e[1+r.IntN(oldSize-1)])))
		}},
		{"truncate", func(e [][]byte) [][]byte { return e[:1+r.IntN(oldSize-1)] }},
		{"fork", func(e [][]byte) [][]byte {
			i := 1 + r.IntN(oldSize-1)
			for ; i < len(e); i++ {
				e[i] = rewrite(e[i])
			}
			return e
		}},
		{"forge the opening", func(e [][]byte) [][]byte { e[0] = rewrite(e[0]); return e }},
	}
	// Of each way, the database as found by Check of the next start, too.
	found, opts := 0, audit.ExportOptions{Verifier: signer.Verifier(), VKey: signer.VKey()}
	for i := range n {
		way := ways[i%len(ways)]
		bad := rebuild(2026, way.do(slices.Clone(honest)))
		if err := l.Check(memReader{bad}, signer); err == nil {
			t.Errorf("%s: the next start takes it", way.name)
		}
		forge(t, l, bad, signer)
		dir := filepath.Join(t.TempDir(), "bad")
		if err := l.Export(t.Context(), bad, dir, opts); err != nil {
			t.Fatal(err)
		}
		report, err := verify.Dir(t.Context(), dir, verify.Options{VKey: signer.VKey(), OldCheckpoint: old})
		if err == nil && report.OK() {
			t.Errorf("%s: not found", way.name)
			continue
		}
		found++
		os.RemoveAll(dir)
	}
	t.Logf("forger: %d of %d found", found, n)
}

// forge signs the store as it is, without asking what was signed before.
func forge(t *testing.T, l audit.Log, s *memStore, signer note.Signer) {
	t.Helper()
	state, err := l.Current(memReader{s})
	if err != nil {
		t.Fatal(err)
	}
	root, err := tlog.TreeHash(state.Size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, tlog.Hash(storedHash(s, state.Year, i)))
		}
		return out, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	body := audit.Checkpoint{Origin: state.Origin, Size: state.Size, Root: root}.Body()
	signed, err := note.Sign(&note.Note{Text: string(body)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	s.data["checkpoint/"+string(binary.BigEndian.AppendUint32(nil, uint32(state.Year)))] = signed
}

// TestForgedYearIsFound rewrites a finished year and signs it anew, the officer holding
// a checkpoint of the next year only: the tie between the years gives it away.
func TestForgedYearIsFound(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 40, noon)
	grow(t, l, s, keys, 10, noon.AddDate(1, 0, 0))
	var entries [][]byte
	for seq := range 41 {
		entries = append(entries, storedLeaf(s, 2026, int64(seq)))
	}
	sign(t, l, s, signer, 2026)
	old := sign(t, l, s, signer, 2027)
	entries[20] = rewrite(entries[20])
	bad := rebuild(2026, entries)
	forge(t, l, bad, signer)
	for k, v := range bad.data {
		if k != "state/\x00\x00\x00\x00" {
			s.data[k] = v
		}
	}
	dir := t.TempDir()
	if err := l.Export(t.Context(), s, dir, audit.ExportOptions{Verifier: signer.Verifier(), VKey: signer.VKey()}); err != nil {
		t.Fatal(err)
	}
	r, err := verify.Dir(t.Context(), dir, verify.Options{VKey: signer.VKey(), OldCheckpoint: old})
	if err != nil || r.Count != 1 || r.Findings[0].Seq != 0 || r.Findings[0].Shard != "2027" {
		t.Errorf("report %+v, %v; want one finding at the first entry of 2027", r, err)
	}
}

// TestManyHonestLogs grows logs by chance, with transactions rolled back, years passing
// and Akten erased, and checks each against a checkpoint from a moment by chance.
func TestManyHonestLogs(t *testing.T) {
	n, r := campaign(t, 300)
	l := newLog(t)
	for range max(n/10, 1) {
		s, keys, at := newMemStore(), &memKeys{gone: map[string]bool{}}, noon
		var old []byte
		signer := newSigner(t, l)
		for range 1 + r.IntN(6) {
			grow(t, l, s, keys, 1+r.IntN(150), at)
			if r.IntN(3) == 0 {
				state, err := l.Current(memReader{s})
				if err != nil {
					t.Fatal(err)
				}
				old = sign(t, l, s, signer, state.Year)
			}
			if r.IntN(3) == 0 {
				at = at.AddDate(1, 0, 0)
			}
		}
		keys.gone[audit.AkteKey(id(100+r.IntN(26)))] = true
		mustVerify(t, export(t, l, s, signer, keys), signer, old)
	}
}
