package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	sumnote "golang.org/x/mod/sumdb/note"

	"eakte/archive/audit"
)

// bulk writes the export of a log of n entries without a store: the folder as [audit.Log.Export] makes it.
func bulk(t testing.TB, r *trail, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bulk")
	origin := r.log.Shard(2026).Origin
	var f frontier
	var bundle []byte
	rows := make([][]byte, 8)
	put := func(level int) {
		done := f.size >> (8 * level) // hashes on that level so far
		width := len(rows[level]) / 32
		if width > 0 {
			write(t, dir, filepath.Join("2026/tile", fmt.Sprint(level), tileName((done-1)/256, width)), rows[level])
			rows[level] = rows[level][:0]
		}
	}
	for seq := range n {
		e := fmt.Appendf(nil, `{"v":1,"log":%q,"seq":%d,"time":%q,"actor":%q`, origin, seq, noon.Add(time.Duration(seq)*time.Second).Format("2006-01-02T15:04:05.000000Z"), id(seq%50))
		if seq == 0 {
			e = append(e, `,"op":"shard.open","result":"allow"}`...)
		} else {
			e = fmt.Appendf(e, `,"role":"sachbearbeitung","dept":"asyl","client":"web","op":"document.read","object":"document/%s","akten":[%q],"persons":[%q],"register":"asyl","class":"normal","result":"allow","rule":"read#12","policy":"%064x","purpose":"case:%s"}`, id(seq), id(seq%999), id(seq%998), 7, id(seq%9))
		}
		bundle = append(bundle, byte(len(e)>>8), byte(len(e)))
		bundle = append(bundle, e...)
		f.add(hashEntry(e), func(height int, h hash) {
			if height%8 == 0 {
				rows[height/8] = append(rows[height/8], h[:]...)
			}
		})
		if f.size%256 == 0 || seq == n-1 {
			write(t, dir, filepath.Join("2026/tile/entries", tileName(int64(seq/256), (seq%256)+1)), bundle)
			bundle = bundle[:0]
		}
		for level := range rows {
			if len(rows[level]) == 256*32 || seq == n-1 {
				put(level)
			}
		}
	}
	signed, err := sumnote.Sign(&sumnote.Note{Text: string(audit.Checkpoint{Origin: origin, Size: int64(n), Root: f.root()}.Body())}, r.signer)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "2026/checkpoint", signed)
	write(t, dir, "vkey", []byte(r.signer.VKey()+"\n"))
	return dir
}

// TestMemory checks a long log: memory must not grow with it. N sets how many entries there are.
func TestMemory(t *testing.T) {
	n := 50_000
	if v, err := strconv.Atoi(os.Getenv("N")); err == nil {
		n = v
	}
	r := newTrail(t)
	dir := bulk(t, r, n)
	runtime.GC()
	before, start := runtime.MemStats{}, time.Now()
	runtime.ReadMemStats(&before)
	var out bytes.Buffer
	if exit := run([]string{"-key", r.signer.VKey(), dir}, &out, &out, os.Getenv); exit != exitWhole {
		t.Fatalf("exit code %d\n%s", exit, &out)
	}
	took := time.Since(start)
	after := runtime.MemStats{}
	runtime.ReadMemStats(&after)
	t.Logf("%d entries in %v, %d MB from the system", n, took, after.Sys>>20)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 32<<20 {
		t.Errorf("%d entries made the program grow by %d MB", n, grown>>20)
	}
}

// TestBoundsOfFiles gives files that are far too large, or none.
func TestBoundsOfFiles(t *testing.T) {
	s := newScene(t)
	for name, want := range map[string]string{
		"2026/checkpoint": "checkpoint-missing", entries: "lost", "2026/tile/0/000": "tile-missing", "2027/cosigned/1": "cosigned-form",
	} {
		t.Run(name, func(t *testing.T) {
			h := s.copy(t).full()
			path := filepath.Join(h.export, name)
			for _, put := range []struct {
				kind string
				as   func() error
			}{
				{"folder", func() error { return os.Mkdir(path, 0o700) }},
				{"link", func() error { return os.Symlink("/etc/passwd", path) }},
				{"loop", func() error { return os.Symlink(filepath.Base(path), path) }},
				{"huge", func() error { return huge(path, 1<<40) }},
			} {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if err := put.as(); err != nil {
					t.Fatal(err)
				}
				r, err := checkExport(h.export, kept{})
				if err != nil || r.Count == 0 || r.Findings[0].Code != want {
					t.Errorf("%s: %v, %+v; want %s", put.kind, err, r, want)
				}
			}
		})
	}
}

// huge makes a file of holes, of size bytes.
func huge(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// FuzzExport puts strangers' bytes into each file of an export in turn: nothing but the honest ones may pass,
// and nothing breaks.
func FuzzExport(f *testing.F) {
	r := newTrail(f)
	r.grow(5, noon)
	r.sign(2026)
	w := newWitness("w")
	dir := r.export()
	write(f, dir, "2026/cosigned/1", w.cosign(r.sign(2026), noon))
	wk, err := parseKey(w.vkey(), algCosignature)
	if err != nil {
		f.Fatal(err)
	}
	names := tree(f, dir)
	honest := map[string][]byte{}
	for i, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			f.Fatal(err)
		}
		honest[name] = data
		f.Add(i, data)
		f.Add(i, data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		name := names[uint(i)%uint(len(names))]
		write(t, dir, name, data)
		defer write(t, dir, name, honest[name])
		rep, err := checkExport(dir, kept{witnesses: []*key{wk}})
		if err != nil {
			return
		}
		if _, err := io.WriteString(io.Discard, rep.text(words("de"))); err != nil {
			t.Fatal(err)
		}
		if rep.Count == 0 && !bytes.Equal(data, honest[name]) && name != "vkey" && name != filepath.FromSlash("2026/cosigned/1") {
			t.Errorf("%s passes as %q", name, data)
		}
	})
}
