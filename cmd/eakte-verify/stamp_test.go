package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"eakte/archive/audit"
)

// stampOf is what a time-stamping authority answers for a text.
func stampOf(t testing.TB, text []byte, at time.Time) []byte {
	t.Helper()
	return stampBy(t, "Zeitstempel", text, at)
}

// stampBy is the answer of an authority of that name.
func stampBy(t testing.TB, name string, text []byte, at time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: at.Add(-time.Hour), NotAfter: at.Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	stamp := timestamp.Timestamp{
		HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Time: at, Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}, AddTSACertificate: true,
	}
	answer, err := stamp.CreateResponseWithOpts(cert, key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// stamped puts a timestamped checkpoint into what an officer has.
func (s *scene) stamped(h hand, path string, note []byte) hand {
	write(s.t, h.export, path, note)
	write(s.t, h.export, path+".tsr", stampOf(s.t, note, noon))
	return h
}

// stampTamperings are about what lies in stamped/.
func stampTamperings() []tampering {
	return []tampering{
		{"rewritten since it was timestamped", func(_ *testing.T, s *scene) hand {
			was := s.older
			s.rewrite(2026, at(17, other))
			s.sign(2026)
			s.sign(2027)
			h := s.hand(audit.ExportOptions{})
			h.older = nil
			return s.stamped(h, "2026/stamped/1", was)
		}, []string{"2026/-1 stamped-differs", "2027/0 chain"}},
		{"cut since it was timestamped", func(_ *testing.T, s *scene) hand {
			was := s.sign(2026)
			s.trail = s.replay
			h := hand{export: s.export(), key: s.signer.VKey()}
			return s.stamped(h, "2026/stamped/1", was)
		}, []string{"2026/-1 stamped-cut"}},
		{"a timestamp of another text", func(t *testing.T, s *scene) hand {
			h := s.stamped(s.full(), "2026/stamped/1", s.older)
			edit(t, h.export, "2026/stamped/1.tsr", func([]byte) []byte { return stampOf(t, s.cosigned, noon) })
			return h
		}, []string{"2026/-1 stamp"}},
		{"a timestamped text that is no checkpoint", func(_ *testing.T, s *scene) hand {
			return s.stamped(s.full(), "2026/stamped/1", []byte("x\n"))
		}, []string{"2026/-1 stamped-form"}},
		{"a timestamped checkpoint of another key", func(t *testing.T, s *scene) hand {
			r := newTrail(t)
			r.grow(3, noon)
			return s.stamped(s.full(), "2026/stamped/1", r.sign(2026))
		}, []string{"2026/-1 stamped-form"}},
	}
}

// TestStamped has both verifiers read what was timestamped, and take no offence at a token of a form they don't read.
func TestStamped(t *testing.T) {
	s := newScene(t)
	h := s.stamped(s.full(), "2026/stamped/1", s.older)
	s.stamped(h, "2027/stamped/1", s.cosigned)
	write(t, h.export, "2027/stamped/2", s.cosigned)
	edit(t, h.export, "2027/stamped/1.tsr", func(b []byte) []byte { return b[:len(b)-9] })
	if got := ours(t, h); got.exit != exitWhole {
		t.Errorf("eakte-verify: %v", got)
	}
	if got := theirs(t, h); got.exit != exitWhole {
		t.Errorf("verify.py: %v", got)
	}
	if notes := noted(t, h); !slices.Equal(notes, []string{"2026 stamps", "2027 stamp-unread", "2027 stamp-unread"}) {
		t.Errorf("noted %q", notes)
	}
	sum, at, ok := readToken(stampOf(t, []byte("x"), noon))
	if sum != sha256.Sum256([]byte("x")) || !at.Equal(noon) || !ok {
		t.Errorf("read %x of %s, %t", sum, at, ok)
	}
}

// TestStampedOfAnyLength has both verifiers read tokens whose parts are of every length around those at which DER
// writes a length in another form.
func TestStampedOfAnyLength(t *testing.T) {
	s := newScene(t)
	h := s.full()
	var want []string
	for n := range 60 { // the part that says what was stamped has 110 to 170 bytes then
		path := fmt.Sprintf("2026/stamped/%d", n)
		write(t, h.export, path, s.older)
		write(t, h.export, path+".tsr", stampBy(t, strings.Repeat("Z", n+1), s.cosigned, noon))
		want = append(want, "2026/-1 stamp")
	}
	if got := ours(t, h); !slices.Equal(got.faults, want) {
		t.Errorf("eakte-verify found %d of %d tokens to be of another text", len(got.faults), len(want))
	}
	if got := theirs(t, h); !slices.Equal(got.faults, want) {
		t.Errorf("verify.py found %d of %d tokens to be of another text", len(got.faults), len(want))
	}
}

// noted are the notes of a report.
func noted(t *testing.T, h hand) (out []string) {
	t.Helper()
	var text bytes.Buffer
	for _, lang := range []string{"de", "en"} {
		if exit := run(append([]string{"-lang", lang}, h.args(t, "-")...), &text, &text, func(string) string { return "" }); exit == exitUnknown || bytes.Contains(text.Bytes(), []byte("%!")) {
			t.Errorf("said %s", &text)
		}
	}
	r, err := check(h.export, h.key, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range r.Notes {
		if n.Year != "" {
			out = append(out, n.Year+" "+n.Code)
		}
	}
	return out
}

// TestRestoreIsNoted reads a trail in which an operator told that he put an older state back.
func TestRestoreIsNoted(t *testing.T) {
	r := newTrail(t)
	r.grow(3, noon)
	w, err := r.log.Begin(r.store, r.gone)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), audit.Event{Time: noon, Actor: audit.System(), Op: audit.OpRestore, Result: audit.Allow}); err != nil {
		t.Fatal(err)
	}
	r.sign(2026)
	if notes := noted(t, hand{export: r.export(), key: r.signer.VKey()}); !slices.Equal(notes, []string{"2026 restored"}) {
		t.Errorf("noted %q", notes)
	}
}
