package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"eakte/archive/audit"
)

func TestOnlyCommittedEntriesAreSigned(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 3, noon)
	err := s.Update(func(tx audit.Tx) error {
		_, err := l.Sign(tx, 2026, signer)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "committed") {
		t.Errorf("signing inside a writing transaction: %v", err)
	}
	c, err := audit.ParseCheckpoint(sign(t, l, s, signer, 2026), signer.Verifier())
	if err != nil || c.Size != 4 || c.Origin != "kreis-musterland.example/audit/2026" {
		t.Errorf("checkpoint %+v, %v", c, err)
	}
}

// TestOlderStateIsNeverSigned puts an older database back, and one with another history.
func TestOlderStateIsNeverSigned(t *testing.T) {
	l, s, keys := newLog(t), newMemStore(), &memKeys{}
	path := filepath.Join(t.TempDir(), "audit.key")
	signer, err := audit.LoadOrCreateSigner(path, l.Name())
	if err != nil {
		t.Fatal(err)
	}
	grow(t, l, s, keys, 20, noon)
	older := s.clone()
	grow(t, l, s, keys, 20, noon)
	signed := sign(t, l, s, signer, 2026)
	if signer, err = audit.LoadOrCreateSigner(path, l.Name()); err != nil { // after a restart
		t.Fatal(err)
	}
	fork := older.clone()
	grow(t, l, fork, keys, 50, noon.Add(time.Hour))
	for name, bad := range map[string]*memStore{"older": older, "longer, with another history": fork, "empty": newMemStore()} {
		if err := l.Check(memReader{bad}, signer); !errors.Is(err, audit.ErrFork) {
			t.Errorf("%s: Check = %v, want ErrFork", name, err)
		}
		if note, err := l.Sign(memReader{bad}, 2026, signer); err == nil {
			t.Errorf("%s: signed %q", name, note)
		}
		err := bad.Update(func(tx audit.Tx) error { return l.PutCheckpoint(tx, signed, signer.Verifier()) })
		if !errors.Is(err, audit.ErrFork) {
			t.Errorf("%s: PutCheckpoint = %v, want ErrFork", name, err)
		}
	}
	if err := l.Check(memReader{s}, signer); err != nil {
		t.Errorf("the honest log: %v", err)
	}
	if err := l.Check(memReader{s}, newSigner(t, l)); !errors.Is(err, audit.ErrCorrupt) {
		t.Errorf("with the key lost and made anew: Check = %v, want ErrCorrupt", err)
	}
	if again := sign(t, l, s, signer, 2026); string(again) != string(signed) {
		t.Error("the same size was signed twice")
	}
}

func TestStoredCheckpointNeverGetsSmaller(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 5, noon)
	first := sign(t, l, s, signer, 2026)
	grow(t, l, s, &memKeys{}, 5, noon)
	second := sign(t, l, s, signer, 2026)
	if err := s.Update(func(tx audit.Tx) error { return l.PutCheckpoint(tx, first, signer.Verifier()) }); err != nil {
		t.Fatal(err)
	}
	last, c, err := l.LastCheckpoint(memReader{s}, 2026, signer.Verifier())
	if err != nil || string(last) != string(second) || c.Size != 11 {
		t.Errorf("last checkpoint %q, %v", last, err)
	}
}

func TestCheckpointIsRefused(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 5, noon)
	good := string(sign(t, l, s, signer, 2026))
	signed := func(text string) string {
		b, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	foreign, err := l.Sign(memReader{s}, 2026, newSigner(t, l))
	if err != nil {
		t.Fatal(err)
	}
	root := strings.Split(good, "\n")[2]
	for name, text := range map[string]string{
		"other size":      strings.Replace(good, "\n6\n", "\n7\n", 1),
		"other key":       string(foreign),
		"size with zeros": signed("kreis-musterland.example/audit/2026\n06\n" + root + "\n"),
		"negative size":   signed("kreis-musterland.example/audit/2026\n-6\n" + root + "\n"),
		"fourth line":     signed("kreis-musterland.example/audit/2026\n6\n" + root + "\nmore\n"),
		"short root":      signed("kreis-musterland.example/audit/2026\n6\nAAAA\n"),
		"other log":       signed("kreis-anderland.example/audit/2026\n6\n" + root + "\n"),
		"no note":         "hello",
	} {
		err := s.Update(func(tx audit.Tx) error { return l.PutCheckpoint(tx, []byte(text), signer.Verifier()) })
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSigningKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.key")
	first, err := audit.LoadOrCreateSigner(path, "a.example/audit")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	again, err := audit.LoadOrCreateSigner(path, "a.example/audit")
	if err != nil || again.VKey() != first.VKey() {
		t.Errorf("a second start has another key: %v", err)
	}
	if _, err := audit.LoadOrCreateSigner(path, "b.example/audit"); err == nil {
		t.Error("the key of another log was taken")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.LoadOrCreateSigner(path, "a.example/audit"); err == nil {
		t.Error("a key others can read was taken")
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, secret[:40], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.LoadOrCreateSigner(path, "a.example/audit"); err == nil || strings.Contains(err.Error(), string(secret[12:40])) {
		t.Errorf("a broken key: %v", err)
	}
}

func TestPaceOfCheckpoints(t *testing.T) {
	for _, c := range []struct {
		name         string
		pace         audit.Pace
		size, signed int64
		after        time.Duration
		want         bool
	}{
		{"nothing new, long ago", audit.Pace{}, 500, 500, time.Hour, false},
		{"empty", audit.Pace{}, 0, 0, time.Hour, false},
		{"one new, just now", audit.Pace{}, 501, 500, time.Second, false},
		{"one new, a minute ago", audit.Pace{}, 501, 500, time.Minute, true},
		{"999 new", audit.Pace{}, 1499, 500, time.Second, false},
		{"1,000 new", audit.Pace{}, 1500, 500, time.Second, true},
		{"own entries", audit.Pace{Entries: 10}, 510, 500, time.Second, true},
		{"own time", audit.Pace{Every: time.Second}, 501, 500, time.Second, true},
	} {
		if got := c.pace.Due(c.size, c.signed, noon, noon.Add(c.after)); got != c.want {
			t.Errorf("%s: due %v, want %v", c.name, got, c.want)
		}
	}
}
