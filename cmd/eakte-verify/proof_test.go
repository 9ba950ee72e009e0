package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eakte/archive/audit"
)

// proofOf is what an officer prints of an entry.
func (s *scene) proofOf(year int, seq int64) []byte {
	s.t.Helper()
	s.sign(year)
	at := audit.Position{Year: year, Seq: seq}
	entry, err := s.log.Entry(s.store, at)
	if err != nil {
		s.t.Fatal(err)
	}
	proof, err := s.log.Prove(s.store, at, s.signer.Verifier())
	if err != nil {
		s.t.Fatal(err)
	}
	return append(append(entry, '\n'), proof.Text()...)
}

// TestProof checks the proofs of entries at all edges of the tree, and what was done to some.
func TestProof(t *testing.T) {
	s := newScene(t)
	k, err := parseKey(s.signer.VKey(), algLog)
	if err != nil {
		t.Fatal(err)
	}
	proven := 0
	for seq := int64(0); ; seq++ {
		if _, err := s.log.Entry(s.store, audit.Position{Year: 2027, Seq: seq}); err != nil {
			break
		}
		p, code := checkProof(s.proofOf(2027, seq), k)
		if code != "" || p.seq != seq || !strings.HasSuffix(p.log, "/2027") {
			t.Fatalf("entry %d: %q, %+v", seq, code, p)
		}
		proven++
	}
	if proven < 20 {
		t.Fatalf("%d entries", proven)
	}
	text := s.proofOf(2027, 5)
	other := newTrail(t)
	other.grow(3, noon)
	foreign, err := parseKey(other.signer.VKey(), algLog)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(text, []byte("\n"))
	without := func(n int) []byte {
		return bytes.Join(append(append([][]byte{}, lines[:n]...), lines[n+1:]...), []byte("\n"))
	}
	swap := func(old, new string) []byte { return bytes.Replace(text, []byte(old), []byte(new), 1) }
	for _, tt := range []struct {
		name string
		text []byte
		key  *key
		want string
	}{
		{"another key", text, foreign, "checkpoint-unsigned"},
		{"another entry", append(bytes.SplitAfter(s.proofOf(2027, 6), []byte("\n"))[0], bytes.SplitN(text, []byte("\n"), 2)[1]...), k, "proof-form"},
		{"another number", swap("\nindex 5\n", "\nindex 6\n"), k, "proof-form"},
		{"an actor renamed", swap(`"actor":"`, `"actor":"x`), k, "proof-differs"},
		{"another year", swap(`/2027"`, `/2026"`), k, "proof-form"},
		{"a hash left out", without(3), k, "proof-differs"},
		{"a hash too many", append(append([]byte{}, bytes.Join(lines[:4], []byte("\n"))...), append([]byte("\n"), bytes.Join(lines[3:], []byte("\n"))...)...), k, "proof-differs"},
		{"no proof", []byte(string(lines[0]) + "\nx\n"), k, "proof-form"},
		{"nothing", nil, k, "proof-entry"},
		{"a root edited", func() []byte {
			b := bytes.Clone(text)
			at := bytes.Index(b, []byte("\n\n"))
			at += 2 + bytes.IndexByte(b[at+2:], '\n') + 1
			at += bytes.IndexByte(b[at:], '\n') + 1
			if b[at] == 'A' {
				b[at] = 'B'
			} else {
				b[at] = 'A'
			}
			return b
		}(), k, "checkpoint-signature"},
	} {
		if _, got := checkProof(tt.text, tt.key); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestProofCommand gives a proof to the program as its reader does.
func TestProofCommand(t *testing.T) {
	s := newScene(t)
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.txt"), filepath.Join(dir, "bad.txt")
	text := s.proofOf(2027, 5)
	for file, data := range map[string][]byte{good: text, bad: bytes.Replace(text, []byte(`"actor":"`), []byte(`"actor":"x`), 1)} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"-lang", "de", "-key", s.signer.VKey(), "-proof", good}, exitWhole, "steht unverändert im Protokoll"},
		{[]string{"-lang", "en", "-key", s.signer.VKey(), "-proof", bad}, exitTampered, "isn't in the log"},
		{[]string{"-lang", "en", "-key", s.signer.VKey(), "-proof", filepath.Join(dir, "none")}, exitUnknown, "none"},
		{[]string{"-lang", "en", "-proof", good}, exitUnknown, "-proof"},
		{[]string{"-lang", "en", "-key", "x", "-proof", good}, exitUnknown, "x"},
		{[]string{"-lang", "en", "-key", s.signer.VKey(), "-proof", good, dir}, exitUnknown, "-proof"},
	} {
		var out bytes.Buffer
		if exit := run(tt.args, &out, &out, func(string) string { return "" }); exit != tt.exit || !strings.Contains(out.String(), tt.says) || strings.Contains(out.String(), "%!") {
			t.Errorf("%v: exit %d, %s", tt.args[1:], exit, &out)
		}
	}
}
