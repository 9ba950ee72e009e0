package stamp

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// settings of a time-stamping authority that runs in a folder.
const settings = `
[tsa]
default_tsa = main
[main]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

// openssl runs openssl in a folder. It is skipped where there is none, but not in continuous integration.
func openssl(t *testing.T, dir string, args ...string) error {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("openssl isn't installed")
	} else if err != nil {
		t.Skip("openssl isn't installed")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.New(string(out))
	}
	return nil
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newAuthority makes the keys and certificates of an authority.
func newAuthority(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "tsa.cnf", settings)
	write(t, dir, "serial", "01\n")
	write(t, dir, "usage", "extendedKeyUsage=critical,timeStamping\n")
	for _, args := range []string{
		"req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=Pruefstelle",
		"req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Zeitstempel",
		"x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 3650 -extfile usage",
	} {
		if err := openssl(t, dir, strings.Fields(args)...); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// serve answers with openssl, and change may change the answer.
func serve(t *testing.T, dir string, change func([]byte) []byte) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			t.Errorf("asked with %s, %v", r.Header.Get("Content-Type"), err)
		}
		write(t, dir, "query.tsq", string(query))
		if err := openssl(t, dir, strings.Fields("ts -reply -config tsa.cnf -queryfile query.tsq -out answer.tsr")...); err != nil {
			t.Error(err)
		}
		answer, err := os.ReadFile(filepath.Join(dir, "answer.tsr"))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		if _, err := w.Write(change(answer)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func same(b []byte) []byte { return b }

const note = "kreis-musterland.example/audit/2026\n12\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

// TestStamp gets a timestamp of an authority made of openssl and has openssl verify what is kept.
func TestStamp(t *testing.T) {
	t.Parallel()
	dir := newAuthority(t)
	c, err := New(serve(t, dir, same), filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	answer, at, err := c.Stamp(t.Context(), []byte(note))
	if err != nil || time.Since(at).Abs() > time.Hour {
		t.Fatalf("stamped at %s, %v", at, err)
	}
	if again, err := c.Check(answer, []byte(note)); err != nil || !again.Equal(at) {
		t.Errorf("checked again: %s, %v, want %s", again, err, at)
	}
	write(t, dir, "1", note)
	write(t, dir, "1.tsr", string(answer))
	verify := strings.Fields("ts -verify -in 1.tsr -data 1 -CAfile ca.pem")
	if err := openssl(t, dir, verify...); err != nil {
		t.Errorf("openssl doesn't take it: %v", err)
	}
	changed := strings.Replace(note, "12", "13", 1)
	write(t, dir, "1", changed)
	if err := openssl(t, dir, verify...); err == nil {
		t.Error("openssl takes it for another text")
	}
	if _, err := c.Check(answer, []byte(changed)); !errors.Is(err, ErrToken) {
		t.Errorf("of another text: %v, want ErrToken", err)
	}
	other, err := New("https://tsa.example", filepath.Join(newAuthority(t), "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Check(answer, []byte(note)); !errors.Is(err, ErrToken) {
		t.Errorf("of an authority that isn't trusted: %v, want ErrToken", err)
	}
	var sideBySide sync.WaitGroup
	for i := 0; i < len(answer); i += 37 { // a changed bit is found, or means nothing that is told
		sideBySide.Go(func() {
			bad := slices.Clone(answer)
			bad[i] ^= 0x10
			if when, err := c.Check(bad, []byte(note)); err == nil && !when.Equal(at) {
				t.Errorf("with byte %d changed it tells %s", i, when)
			}
		})
	}
	sideBySide.Wait()
}

// TestWorthlessStamps are answers of an authority that prove nothing.
func TestWorthlessStamps(t *testing.T) {
	t.Parallel()
	dir := newAuthority(t)
	var first []byte
	for _, tt := range []struct {
		name   string
		change func([]byte) []byte
	}{
		{"an answer to another question", func(b []byte) []byte {
			if first == nil {
				first = b
			}
			return first
		}},
		{"nothing", func([]byte) []byte { return nil }},
		{"half of it", func(b []byte) []byte { return b[:len(b)/2] }},
		{"a page", func([]byte) []byte { return []byte("<html>") }},
	} {
		c, err := New(serve(t, dir, tt.change), filepath.Join(dir, "ca.pem"))
		if err != nil {
			t.Fatal(err)
		}
		if tt.name == "an answer to another question" {
			if _, _, err := c.Stamp(t.Context(), []byte(note)); err != nil {
				t.Fatal(err)
			}
		}
		if _, at, err := c.Stamp(t.Context(), []byte(note)); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %s, %v, want ErrToken", tt.name, at, err)
		}
	}
	for _, bad := range []string{"", "tsa.example", "ftp://tsa.example"} {
		if _, err := New(bad, ""); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
}
