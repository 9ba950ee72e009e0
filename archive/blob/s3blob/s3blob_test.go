package s3blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/s3blob"
)

func config(t testing.TB, server blobtest.S3) s3blob.Config {
	return s3blob.Config{
		Endpoint: server.Endpoint, Bucket: server.Bucket,
		AccessKey: server.AccessKey, SecretKey: server.SecretKey, SpoolDir: t.TempDir(),
	}
}

func open(t testing.TB, cfg s3blob.Config) *s3blob.Store {
	t.Helper()
	s, err := s3blob.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	server := blobtest.StartS3(t)
	n := 0
	blobtest.Test(t, func(t *testing.T) (blob.Store, func() blob.Store) {
		n++
		cfg := config(t, server)
		cfg.Prefix = fmt.Sprintf("case/%d", n)
		return open(t, cfg), func() blob.Store { return open(t, cfg) }
	})
}

func TestSuiteWithMD5AndNoPrefix(t *testing.T) {
	blobtest.Test(t, func(t *testing.T) (blob.Store, func() blob.Store) {
		cfg := config(t, blobtest.StartS3(t))
		cfg.SendMD5 = true
		return open(t, cfg), func() blob.Store { return open(t, cfg) }
	})
}

func TestOpenSaysWhatToCorrect(t *testing.T) {
	server := blobtest.StartS3(t)
	for _, c := range []struct {
		name string
		edit func(*s3blob.Config)
		want string
	}{
		{"no endpoint", func(c *s3blob.Config) { c.Endpoint = "" }, "endpoint is missing"},
		{"scheme in endpoint", func(c *s3blob.Config) { c.Endpoint = "http://127.0.0.1:1" }, "without scheme"},
		{"nobody answers", func(c *s3blob.Config) { c.Endpoint = "127.0.0.1:1"; c.Retries = 1 }, "can't be reached"},
		{"no such bucket", func(c *s3blob.Config) { c.Bucket = "elsewhere" }, "doesn't exist"},
		{"wrong secret", func(c *s3blob.Config) { c.SecretKey = "guessed" }, "check endpoint, keys"},
		{"prefix leads out", func(c *s3blob.Config) { c.Prefix = "../other" }, "prefix"},
		{"absolute prefix", func(c *s3blob.Config) { c.Prefix = "/other" }, "prefix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config(t, server)
			c.edit(&cfg)
			s, err := s3blob.Open(t.Context(), cfg)
			if err == nil {
				s.Close()
				t.Fatal("opens")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), cfg.SecretKey) {
				t.Error("error tells the secret")
			}
		})
	}
}

func TestConfigHidesItsSecret(t *testing.T) {
	cfg := s3blob.Config{Endpoint: "host", SecretKey: "swordfish"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(verb, cfg); strings.Contains(got, "swordfish") || !strings.Contains(got, "***") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

// TestNothingButObjectsRemains looks into the server's own folder.
func TestNothingButObjectsRemains(t *testing.T) {
	server := blobtest.StartS3(t)
	cfg := config(t, server)
	cfg.Prefix = "eakte/"
	s := open(t, cfg)
	defer s.Close()
	data := blobtest.Random(5000)
	ref := blobtest.Put(t, s, data)
	path := filepath.Join(server.Dir, server.Bucket, "eakte", string(ref[:2]), string(ref))
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
		t.Errorf("stored file: %v, or it differs", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cfg.SpoolDir, "*.part")); len(left) > 0 {
		t.Errorf("spool holds %q", left)
	}
	if left, _ := filepath.Glob(filepath.Join(server.Dir, server.Bucket, "eakte", "probe", "*")); len(left) > 0 {
		t.Errorf("probe left %q", left)
	}
}

// TestSequentialReadsShareRequests reads an object in pieces of 64 KiB.
func TestSequentialReadsShareRequests(t *testing.T) {
	var w wire
	s := open(t, w.config(t))
	defer s.Close()
	data := blobtest.Random(20 << 20)
	ref := blobtest.Put(t, s, data)
	before := w.count(http.MethodGet)
	r, err := s.Open(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(&pieces{r: io.NewSectionReader(r, 0, r.Size()), size: 64 << 10})
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("read: %v, or bytes differ", err)
	}
	if n := w.count(http.MethodGet) - before; n > 10 {
		t.Errorf("%d requests for 20 MiB, want at most 10", n)
	}
}

// pieces reads no more than size at once.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name string
		// faults are met by the requests with this method, in turn
		method string
		faults []fault
		want   error // nil: the object is stored and read all the same
	}{
		{"upload meets 503 and 500", http.MethodPut, []fault{status(503), status(500)}, nil},
		{"upload loses its connection", http.MethodPut, []fault{cutRequest}, nil},
		{"upload arrives but its answer is lost", http.MethodPut, []fault{loseAnswer}, nil},
		{"every answer to an upload is lost", http.MethodPut, []fault{loseAnswer, loseAnswer, loseAnswer}, nil},
		{"upload arrives and is answered by 500", http.MethodPut, []fault{answerAfter(500)}, nil},
		{"upload arrives and is answered by 400", http.MethodPut, []fault{answerAfter(400)}, nil},
		{"upload never succeeds", http.MethodPut, []fault{status(503), status(503), status(503), status(503)}, errAny},
		{"upload is refused", http.MethodPut, []fault{status(403)}, errAny},
		{"service is full", http.MethodPut, []fault{status(507)}, blob.ErrFull},
		{"download meets 502", http.MethodGet, []fault{status(502)}, nil},
		{"download breaks off", http.MethodGet, []fault{cutAnswer, cutAnswer}, nil},
		{"stat meets 503", http.MethodHead, []fault{status(503)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w wire
			s := open(t, w.config(t))
			defer s.Close()
			w.meet(c.method, c.faults...)
			data, ref := blobtest.Random(700<<10), blob.NewRef()
			err := blobtest.Stage(t, s, ref, data).Commit(t.Context())
			if c.want == nil && err != nil {
				t.Fatalf("commit: %v", err)
			}
			if c.want != nil && (err == nil || c.want != errAny && !errors.Is(err, c.want)) {
				t.Errorf("commit: %v, want %v", err, c.want)
			}
			if c.want != nil {
				if _, err := s.Stat(t.Context(), ref); !errors.Is(err, blob.ErrNotFound) {
					t.Errorf("stat after a failed commit: %v, want ErrNotFound", err)
				}
				return
			}
			if got := blobtest.Get(t, s, ref); !bytes.Equal(got, data) {
				t.Error("object differs")
			}
			if left := w.left(c.method); left > 0 {
				t.Errorf("%d faults weren't met", left)
			}
		})
	}
}

// TestBrokenDownloadIsNoEnd makes sure that a connection that keeps breaking isn't taken
// for the end of the object, which would read as damage.
func TestBrokenDownloadIsNoEnd(t *testing.T) {
	var w wire
	s := open(t, w.config(t))
	defer s.Close()
	ref := blobtest.Put(t, s, blobtest.Random(700<<10))
	r, err := s.Open(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.meet(http.MethodGet, status(500), status(500), status(500), status(500), status(500), status(500), status(500), status(500), status(500))
	n, err := r.ReadAt(make([]byte, 100), 0)
	if n != 0 || err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read: %d bytes, %v; want an error that is no end", n, err)
	}
}

// TestCarelessServiceIsReadBack talks to a service that stores bodies that differ from
// their checksum.
func TestCarelessServiceIsReadBack(t *testing.T) {
	var w wire
	w.careless = true
	s := open(t, w.config(t))
	defer s.Close()
	data := blobtest.Random(100_000)
	if got := blobtest.Get(t, s, blobtest.Put(t, s, data)); !bytes.Equal(got, data) {
		t.Error("object differs")
	}
	ref := blob.NewRef()
	staged := blobtest.Stage(t, s, ref, data)
	w.damage.Store(true)
	if err := staged.Commit(t.Context()); !errors.Is(err, blob.ErrCorrupt) {
		t.Errorf("commit of what is stored wrongly: %v, want ErrCorrupt", err)
	}
	if _, err := s.Stat(t.Context(), ref); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("stat: %v, want ErrNotFound", err)
	}
}

// TestSilentServiceEndsWithContext meets a service that takes a request and never answers.
func TestSilentServiceEndsWithContext(t *testing.T) {
	var w wire
	s := open(t, w.config(t))
	defer s.Close()
	ref := blobtest.Put(t, s, blobtest.Random(1000))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	w.meet(http.MethodHead, silence, silence, silence)
	start := time.Now()
	if _, err := s.Stat(ctx, ref); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stat: %v, want the deadline", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

// TestEarlierTryReadsNoMore gives up an upload whose body is read on, as [http.Transport] may: the next try sends all of it.
func TestEarlierTryReadsNoMore(t *testing.T) {
	cfg := config(t, blobtest.StartS3(t))
	over := &lingering{RoundTripper: http.DefaultTransport}
	cfg.Transport = over
	s := open(t, cfg)
	defer s.Close()
	over.armed = true
	data, ref := blobtest.Random(100<<10), blob.NewRef()
	if err := blobtest.Stage(t, s, ref, data).Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if over.read != 0 || over.given == nil {
		t.Errorf("who gave up read %d bytes of what the next one sends", over.read)
	}
	if got := blobtest.Get(t, s, ref); !bytes.Equal(got, data) {
		t.Error("object differs")
	}
}

// lingering gives up on the first upload once it is armed, and reads on of its body when the next one begins.
type lingering struct {
	http.RoundTripper
	armed bool
	given io.Reader
	read  int64
}

func (l *lingering) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.Method != http.MethodPut || !l.armed:
	case l.given == nil:
		l.given = r.Body
		return nil, io.ErrUnexpectedEOF
	case l.read == 0:
		l.read, _ = io.CopyN(io.Discard, l.given, 1000)
	}
	return l.RoundTripper.RoundTrip(r)
}
