package s3blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/s3blob"
)

// connection is the key of the one that a request came by.
type connection struct{}

// hangUp ends the connection of a request. The panic alone waits for who reads the body, who may wait for more.
func hangUp(r *http.Request) {
	_ = r.Context().Value(connection{}).(net.Conn).Close()
	panic(http.ErrAbortHandler)
}

// errAny stands for any error.
var errAny = errors.New("any error")

// fault answers a request, perhaps after passing it on to the real server.
type fault func(w http.ResponseWriter, r *http.Request, server http.Handler)

// wire is a proxy before a real server on which requests meet faults. For a careless
// server it keeps objects itself and checks nothing.
type wire struct {
	careless bool
	damage   atomic.Bool // a careless server changes a bit

	mu     sync.Mutex
	faults map[string][]fault // by method
	counts map[string]int
	held   map[string]held // of a careless server
}

type held struct {
	content []byte
	hash    string
}

func (w *wire) config(t *testing.T) s3blob.Config {
	server := blobtest.StartS3(t)
	target := &url.URL{Scheme: "http", Host: server.Endpoint}
	var handler http.Handler = &httputil.ReverseProxy{
		// the signature covers the Host header, so that it stays as the client sent it
		Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = target.Scheme, target.Host },
	}
	if w.careless {
		handler = http.HandlerFunc(w.keep)
	}
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if f := w.take(r.Method); f != nil {
			f(rw, r, handler)
			return
		}
		handler.ServeHTTP(rw, r)
	}))
	proxy.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connection{}, c) }
	proxy.Start()
	t.Cleanup(proxy.Close)
	cfg := config(t, server)
	cfg.Endpoint = strings.TrimPrefix(proxy.URL, "http://")
	cfg.Retries = 3
	return cfg
}

// meet lets the next requests with a method meet faults, one each.
func (w *wire) meet(method string, f ...fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = map[string][]fault{method: f}
}

func (w *wire) take(method string) fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts == nil {
		w.counts = make(map[string]int)
	}
	w.counts[method]++
	if len(w.faults[method]) == 0 {
		return nil
	}
	f := w.faults[method][0]
	w.faults[method] = w.faults[method][1:]
	return f
}

func (w *wire) count(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counts[method]
}

func (w *wire) left(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.faults[method])
}

// keep is a careless server: any method on any key, nothing checked.
func (w *wire) keep(rw http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == nil {
		w.held = make(map[string]held)
	}
	object, found := w.held[r.URL.Path]
	switch {
	case r.URL.Query().Has("versions"): // it keeps none
		rw.WriteHeader(http.StatusNotImplemented)
		_, _ = io.WriteString(rw, "<Error><Code>NotImplemented</Code></Error>")
	case r.URL.Path == "/objects/":
	case r.Method == http.MethodPut:
		if w.damage.Load() {
			content[len(content)/2] ^= 1
		}
		w.held[r.URL.Path] = held{content, r.Header.Get("X-Amz-Meta-Sealed-Sha256")}
		rw.Header().Set("ETag", `"1"`)
	case r.Method == http.MethodDelete:
		delete(w.held, r.URL.Path)
		rw.WriteHeader(http.StatusNoContent)
	case !found:
		rw.WriteHeader(http.StatusNotFound)
	default:
		sum := sha256.Sum256(object.content)
		rw.Header().Set("ETag", strconv.Quote(hex.EncodeToString(sum[:4])))
		rw.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		rw.Header().Set("X-Amz-Meta-Sealed-Sha256", object.hash)
		http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(object.content))
	}
}

func status(code int) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
	}
}

// answerAfter lets the request do its work and answers that it failed.
func answerAfter(code int) fault {
	return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		server.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(code)
	}
}

// cutRequest ends the connection while the body comes in.
func cutRequest(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.CopyN(io.Discard, r.Body, 1000)
	hangUp(r)
}

// loseAnswer lets the request do its work and ends the connection.
func loseAnswer(_ http.ResponseWriter, r *http.Request, server http.Handler) {
	server.ServeHTTP(httptest.NewRecorder(), r)
	hangUp(r)
}

// cutAnswer passes on the headers and a third of the body.
func cutAnswer(w http.ResponseWriter, r *http.Request, server http.Handler) {
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, r)
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/3])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	hangUp(r)
}

// silence takes the request and waits until the client gives up.
func silence(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	<-r.Context().Done()
	hangUp(r)
}
