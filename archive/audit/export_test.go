package audit_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// export signs and exports the whole log and returns the folder.
func export(t testing.TB, l audit.Log, s *memStore, signer *audit.Signer, details audit.Keys) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	opts := audit.ExportOptions{Signer: signer, Details: details}
	if err := l.Export(t.Context(), s, dir, opts); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustVerify(t testing.TB, dir string, signer *audit.Signer, old []byte) verify.Report {
	t.Helper()
	r, err := verify.Dir(t.Context(), dir, verify.Options{VKey: signer.VKey(), OldCheckpoint: old})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("false alarm: %v", f)
	}
	return r
}

// TestHonestLogsRaiseNoAlarm exports logs of sizes around the widths of tiles, each
// checked against a checkpoint from about the middle.
func TestHonestLogsRaiseNoAlarm(t *testing.T) {
	l := newLog(t)
	for _, n := range []int{1, 2, 3, 200, 254, 255, 256, 511, 512, 1000} {
		s, signer, keys := newMemStore(), newSigner(t, l), &memKeys{}
		grow(t, l, s, keys, n, noon)
		old := sign(t, l, s, signer, 2026)
		grow(t, l, s, keys, n/2, noon)
		details := audit.Keys(keys)
		if n%2 == 0 {
			details = nil
		}
		r := mustVerify(t, export(t, l, s, signer, details), signer, old)
		if want := int64(n + n/2 + 1); len(r.Shards) != 1 || r.Shards[0].Entries != want {
			t.Errorf("%d events: report %+v", n, r.Shards)
		}
	}
}

func TestExportIsWhatTheLastCheckpointCovers(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	opts := audit.ExportOptions{Verifier: signer.Verifier(), VKey: signer.VKey()}
	grow(t, l, s, keys, 300, noon)
	if err := l.Export(t.Context(), s, t.TempDir(), opts); err == nil {
		t.Error("an export without any checkpoint")
	}
	sign(t, l, s, signer, 2026)
	grow(t, l, s, keys, 20, noon)
	dir := t.TempDir()
	if err := l.Export(t.Context(), s, dir, opts); err != nil {
		t.Fatal(err)
	}
	if r := mustVerify(t, dir, signer, nil); r.Shards[0].Entries != 301 {
		t.Errorf("%d entries, want 301", r.Shards[0].Entries)
	}
	if err := l.Export(t.Context(), s, dir, opts); err == nil {
		t.Error("an export into a folder that isn't empty")
	}
	grow(t, l, s, keys, 5, noon.AddDate(1, 0, 0))
	if err := l.Export(t.Context(), s, t.TempDir(), opts); err == nil {
		t.Error("a finished shard without its final checkpoint was exported")
	}
	opts.Years = []int{1999}
	if err := l.Export(t.Context(), s, t.TempDir(), opts); !errors.Is(err, audit.ErrNoEntry) {
		t.Errorf("a shard that isn't there: %v", err)
	}
}

func TestExportWithoutDetailsHoldsNothingPersonal(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 60, noon)
	for k, v := range s.data {
		if bytes.Contains(v, []byte("Khalil")) {
			t.Errorf("a search word lies in plain in %q", k)
		}
	}
	found := func(dir string) (n int) {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			b, err := os.ReadFile(path)
			if bytes.Contains(b, []byte("Khalil")) {
				n++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := found(export(t, l, s, signer, nil)); n != 0 {
		t.Errorf("%d files with a search word", n)
	}
	if n := found(export(t, l, s, signer, keys)); n != 1 {
		t.Errorf("%d files with a search word although details were asked for, want 1", n)
	}
}

// TestExportSurvivesErasure erases an Akte and finds every proof valid.
func TestExportSurvivesErasure(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{gone: map[string]bool{}}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 300, noon)
	old := sign(t, l, s, signer, 2026)
	before := mustVerify(t, export(t, l, s, signer, keys), signer, old)
	keys.gone[audit.AkteKey(id(103))] = true
	after := mustVerify(t, export(t, l, s, signer, keys), signer, old)
	if before.Shards[0].Erased != 0 || after.Shards[0].Erased < 10 {
		t.Errorf("erased parts: %d before, %d after", before.Shards[0].Erased, after.Shards[0].Erased)
	}
	if before.Shards[0].Root != after.Shards[0].Root {
		t.Error("erasing changed the root")
	}
}

// TestPythonVerifierAgrees runs the second verifier over honest and damaged exports.
func TestPythonVerifierAgrees(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 isn't installed")
	}
	l, s, keys := newLog(t), newMemStore(), &memKeys{gone: map[string]bool{}}
	signer := newSigner(t, l)
	grow(t, l, s, keys, 400, noon)
	old := sign(t, l, s, signer, 2026)
	grow(t, l, s, keys, 200, noon)
	grow(t, l, s, keys, 30, noon.AddDate(1, 0, 0))
	keys.gone[audit.AkteKey(id(103))] = true
	oldFile := filepath.Join(t.TempDir(), "old")
	if err := os.WriteFile(oldFile, old, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(dir string) (string, error) {
		out, err := exec.Command(python, "testdata/verify.py", dir, "--key", signer.VKey(), "--checkpoint", oldFile).CombinedOutput()
		return string(out), err
	}
	honest := export(t, l, s, signer, keys)
	if out, err := run(honest); err != nil || !strings.Contains(out, "2027: 31 entries of 31") {
		t.Fatalf("honest export: %v\n%s", err, out)
	}
	for _, c := range []struct{ file, want string }{
		{"2026/tile/entries/001", "FAULT [root] 2026"},
		{"2026/tile/0/001", "FAULT [tile] 2026"},
		{"2026/tile/1/000.p/2", "FAULT [tile] 2026"},
		{"2026/checkpoint", "FAULT [checkpoint-"},
		{"2027/checkpoint", "FAULT [checkpoint-"},
		{"2026/details/000", "FAULT [detail-part] 2026, entry "},
	} {
		path := filepath.Join(honest, c.file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(b)
		if i := bytes.Index(bad, []byte("aufenthalt")); i >= 0 {
			bad[i] = 'b'
		} else if i := bytes.Index(bad, []byte("hits")); i >= 0 {
			bad[i] = 'b'
		} else {
			bad[len(bad)-3] ^= 1
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(honest); err == nil || !strings.Contains(out, c.want) {
			t.Errorf("%s damaged: %v, want %q in\n%s", c.file, err, c.want, out)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
