package witness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

const name, origin = "kreis.example/audit", "kreis.example/audit/2026"

// post sends a body to a witness and returns the answer.
func post(t *testing.T, url string, body []byte) (status int, kind, text string) {
	t.Helper()
	res, err := http.Post(url+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(data)
}

// TestProtocol sends one request after the other to one witness, which is at 8 entries when the refusals begin.
func TestProtocol(t *testing.T) {
	l := newTestLog(t, name, origin).grow(12, "event")
	other := newTestLog(t, name, origin).grow(8, "event") // the same name, another key
	foreign := newTestLog(t, "anders.example/audit", "anders.example/audit/2026").grow(3, "event")
	fork := l.fork(5).grow(7, "lie")
	w := newWitness(t, t.TempDir(), l)
	server := httptest.NewServer(w.Handler(nil))
	defer server.Close()
	bare := func(text string) []byte { return Request{Old: 8, Checkpoint: l.sign(text)}.Text() }
	root := strings.Split(string(l.at(8)), "\n")[2]
	spoilt := l.from(8, 12)
	spoilt.Checkpoint = bytes.Replace(spoilt.Checkpoint, []byte("\n12\n"), []byte("\n11\n"), 1)
	long := l.from(8, 12)
	long.Proof = append(long.Proof, long.Proof[0])
	for _, tt := range []struct {
		name   string
		body   []byte
		status int
		size   string // with a conflict
	}{
		{"the first", l.from(0, 3).Text(), 200, ""},
		{"a later one", l.from(3, 8).Text(), 200, ""},
		{"the same again", l.from(8, 8).Text(), 200, ""},
		{"an older one", l.from(3, 8).Text(), 409, "8\n"},
		{"from the beginning", l.from(0, 12).Text(), 409, "8\n"},
		{"a smaller one", l.from(0, 4).Text(), 409, "8\n"},
		{"smaller than what it begins from", Request{Old: 8, Checkpoint: l.at(4)}.Text(), 400, ""},
		{"another history", fork.from(8, 12).Text(), 422, ""},
		{"another history of the same size", fork.from(8, 8).Text(), 409, ""},
		{"without a proof", Request{Old: 8, Checkpoint: l.at(12)}.Text(), 422, ""},
		{"with too much of it", long.Text(), 422, ""},
		{"a proof where there is nothing to prove", Request{Old: 8, Proof: l.from(3, 8).Proof, Checkpoint: l.at(8)}.Text(), 422, ""},
		{"another key", other.from(0, 8).Text(), 403, ""},
		{"a signature of something else", spoilt.Text(), 403, ""},
		{"another log", foreign.from(0, 3).Text(), 404, ""},
		{"another log of the key", bare("kreis.example/other\n9\n" + root + "\n"), 404, ""},
		{"a size with zeros", bare(origin + "\n09\n" + root + "\n"), 400, ""},
		{"a root that is none", bare(origin + "\n9\nAAAA\n"), 400, ""},
		{"nothing", nil, 400, ""},
		{"too much", bytes.Repeat([]byte("old 8\n"), 20000), 413, ""},
		{"after all of this", l.from(8, 12).Text(), 200, ""},
	} {
		status, kind, text := post(t, server.URL, tt.body)
		if status != tt.status || tt.size != "" && (text != tt.size || kind != sizeType) || tt.size == "" && kind == sizeType {
			t.Errorf("%s: %d %s %q, want %d %q", tt.name, status, kind, text, tt.status, tt.size)
		}
		if status == 200 {
			_, signed, _ := bytes.Cut(tt.body, []byte("\n\n"))
			if at, ok := w.Key().CosignedAt(append(bytes.Clone(signed), text...)); !ok || !at.Equal(noon) {
				t.Errorf("%s: %q is no cosignature of %s: %v %v", tt.name, text, noon, at, ok)
			}
		}
	}
	evidence, err := os.ReadDir(filepath.Join(w.dir, "evidence"))
	if err != nil || len(evidence) != 4 { // two of another history, and two whose proofs are none
		t.Errorf("%d pieces of evidence, %v, want 4", len(evidence), err)
	}
}

// TestClient tells apart what a server has to do about an answer.
func TestClient(t *testing.T) {
	l := newTestLog(t, name, origin).grow(12, "event")
	w := newWitness(t, t.TempDir(), l)
	server := httptest.NewServer(w.Handler(nil))
	defer server.Close()
	client := func(url string, k *Key) *Client {
		c, err := NewClient(url, k.String(), "")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c, ctx := client(server.URL, w.Key()), t.Context()
	signed, at, err := c.Add(ctx, l.from(0, 8))
	if err != nil || !at.Equal(noon) {
		t.Fatalf("%q, %s, %v", signed, at, err)
	}
	v, err := note.NewVerifier(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := note.Open(signed, note.VerifierList(v, w.Key())); err != nil || len(n.Sigs) != 2 {
		t.Errorf("the note opens as %+v, %v, want both signatures", n, err)
	}
	_, _, err = c.Add(ctx, l.from(0, 12))
	if conflict := (*ConflictError)(nil); !errors.As(err, &conflict) || conflict.Size != 8 {
		t.Errorf("from the beginning: %v, want a conflict at 8", err)
	}
	fork := l.fork(5).grow(7, "lie")
	stranger := newWitness(t, t.TempDir(), l)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }))
	defer broken.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	over, cancel := context.WithCancel(ctx)
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		c    *Client
		r    Request
		want error
	}{
		{"another history", ctx, c, fork.from(8, 12), ErrContradicts},
		{"another history of the same size", ctx, c, fork.from(8, 8), ErrContradicts},
		{"another log", ctx, c, newTestLog(t, "x.example/audit", "x.example/audit/2026").grow(1, "event").from(0, 1), ErrRefused},
		{"another witness's key", ctx, client(server.URL, stranger.Key()), l.from(8, 12), ErrRefused},
		{"a proxy alone", ctx, client(broken.URL, w.Key()), l.from(8, 12), ErrUnreachable},
		{"nobody", ctx, client(gone.URL, w.Key()), l.from(8, 12), ErrUnreachable},
		{"nobody waits", over, c, l.from(8, 12), context.Canceled},
	} {
		if signed, _, err := tt.c.Add(tt.ctx, tt.r); !errors.Is(err, tt.want) {
			t.Errorf("%s: %q, %v, want %v", tt.name, signed, err, tt.want)
		}
	}
	for _, url := range []string{"", "witness.example", "http://witness.example", "ftp://127.0.0.1", "https://a:b@witness.example"} {
		if _, err := NewClient(url, w.Key().String(), ""); err == nil {
			t.Errorf("%q is taken for the address of a witness", url)
		}
	}
}

// TestStateLasts starts a witness again and again in one folder.
func TestStateLasts(t *testing.T) {
	dir := t.TempDir()
	l := newTestLog(t, name, origin).grow(12, "event")
	first := newWitness(t, dir, l)
	if _, err := first.Add(l.from(0, 8)); err != nil {
		t.Fatal(err)
	}
	second := newWitness(t, dir, l)
	if second.Key().String() != first.Key().String() {
		t.Error("a second start has another key")
	}
	if _, err := second.Add(l.from(0, 3)); !errors.As(err, new(*ConflictError)) {
		t.Errorf("a smaller one after a restart: %v", err)
	}
	list, err := second.Latest()
	if err != nil || len(list) != 1 || list[0].Size != 8 || list[0].Origin != origin || !list[0].At.Equal(noon) {
		t.Fatalf("it remembers %+v, %v", list, err)
	}
	info, err := os.Stat(filepath.Join(dir, "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	good, err := os.ReadFile(list[0].File)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newTestLog(t, name, origin).grow(12, "event")
	for what, bad := range map[string][]byte{
		"cut": good[:len(good)/2], "empty": {}, "another key's": stranger.at(8), "another log's": l.sign("kreis.example/audit/2025\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
	} {
		if err := os.WriteFile(list[0].File, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if line, err := second.Add(l.from(8, 12)); err == nil || errors.Is(err, ErrContradicts) {
			t.Errorf("with a state that is %s it signs %q, %v", what, line, err)
		}
		if line, err := second.Add(l.from(0, 12)); err == nil {
			t.Errorf("with a state that is %s it signs %q from the beginning", what, line)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "key"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Dir: dir, Name: "x", Logs: []Log{{Key: l.vkey}}}); err == nil {
		t.Error("a key others can read was taken")
	}
}

// TestNothingSmallerIsSigned lets several processes' worth of witnesses cosign at once.
func TestNothingSmallerIsSigned(t *testing.T) {
	dir := t.TempDir()
	l := newTestLog(t, name, origin).grow(200, "event")
	witnesses := []*Witness{newWitness(t, dir, l), newWitness(t, dir, l)}
	var mu sync.Mutex
	signed := map[int64]bool{} // from where a step was cosigned
	top := int64(0)
	var group sync.WaitGroup
	for g := range 8 {
		rng := rand.New(rand.NewPCG(1, uint64(g)))
		group.Go(func() {
			for range 20 {
				from, to := int64(0), 1+rng.Int64N(200)
				for range 5 {
					_, err := witnesses[g%2].Add(l.from(from, to))
					if conflict := (*ConflictError)(nil); errors.As(err, &conflict) && conflict.Size < to {
						from = conflict.Size // somebody was faster: from there
						continue
					}
					if err == nil {
						mu.Lock()
						if from < to && signed[from] {
							t.Errorf("two steps from %d were cosigned", from)
						}
						signed[from], top = signed[from] || from < to, max(top, to)
						mu.Unlock()
					}
					break
				}
			}
		})
	}
	group.Wait()
	list, err := witnesses[0].Latest()
	if err != nil || len(list) != 1 || list[0].Size != top || top == 0 {
		t.Errorf("the last is %+v, %v; cosigned were %d at most", list, err, top)
	}
}

// TestAccept goes on from an older state when the officer says so.
func TestAccept(t *testing.T) {
	dir := t.TempDir()
	l := newTestLog(t, name, origin).grow(12, "event")
	w := newWitness(t, dir, l)
	if _, err := w.Add(l.from(0, 12)); err != nil {
		t.Fatal(err)
	}
	restored := l.fork(5).grow(2, "after the restore")
	if was, is, err := w.Accept(restored.at(7)); err != nil || was.Size != 12 || is.Size != 7 {
		t.Fatalf("accepted %d for %d, %v", is.Size, was.Size, err)
	}
	if _, _, err := w.Accept(newTestLog(t, name, origin).grow(1, "event").at(1)); !errors.Is(err, ErrSignature) {
		t.Errorf("accepting what another signed: %v", err)
	}
	if _, err := w.Add(l.from(12, 12)); !errors.As(err, new(*ConflictError)) {
		t.Errorf("the former history is still taken: %v", err)
	}
	if _, err := w.Add(restored.grow(3, "after the restore").from(7, 10)); err != nil {
		t.Errorf("going on: %v", err)
	}
	former, err := filepath.Glob(filepath.Join(dir, "former", "*"))
	if err != nil || len(former) != 1 {
		t.Fatalf("given up are %v, %v", former, err)
	}
	kept, err := os.ReadFile(former[0])
	if at, ok := w.Key().CosignedAt(kept); err != nil || !ok || !at.Equal(noon) || !bytes.Contains(kept, []byte("\n12\n")) {
		t.Errorf("what was given up is %q, %v", kept, err)
	}
}

func TestKeyText(t *testing.T) {
	l := newTestLog(t, name, origin)
	k := newWitness(t, t.TempDir(), l).Key()
	if again, err := ParseKey(" " + k.String() + "\n"); err != nil || again.String() != k.String() {
		t.Errorf("%s becomes %v, %v", k, again, err)
	}
	for _, bad := range []string{"", "x", l.vkey, "y" + k.String(), strings.Replace(k.String(), "+", "+0", 1), k.String()[:len(k.String())-4]} {
		if k, err := ParseKey(bad); err == nil {
			t.Errorf("%q is taken for %s", bad, k)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	l := newTestLog(f, name, origin).grow(12, "event")
	f.Add(l.from(0, 3).Text())
	f.Add(l.from(3, 12).Text())
	f.Add([]byte("old 0\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRequest(body)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		if !bytes.Equal(r.Text(), body) {
			t.Errorf("%q is read as %q", body, r.Text())
		}
	})
}
