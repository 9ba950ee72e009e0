package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"eakte/acl"
)

// flood opens n connections that send the head of a request and one byte of its body. They stay open
// until the test ends.
func (w *world) flood(n int, head string) []net.Conn {
	w.t.Helper()
	var conns []net.Conn
	for range n {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		w.must(err)
		w.t.Cleanup(func() { _ = conn.Close() })
		_, err = io.WriteString(conn, strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n{")
		w.must(err)
		conns = append(conns, conn)
	}
	time.Sleep(300 * time.Millisecond) // the server has them all
	return conns
}

// slowSignIn is the head of a sign-in whose body has length bytes.
func slowSignIn(length int) string {
	return fmt.Sprintf("POST %s/session HTTP/1.1\nHost: x\nAccept-Language: en\nContent-Type: application/json\nContent-Length: %d", base, length)
}

// TestSlowStrangersShutNobodyOut lets hundreds of connections dawdle that nobody signed in on.
func TestSlowStrangersShutNobodyOut(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Requests = 20 })
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	w.member("eva")
	forged := fmt.Sprintf("POST %s/inbox HTTP/1.1\nHost: x\nAuthorization: Bearer eak_%s\nContent-Type: multipart/form-data; boundary=x\nContent-Length: 1000000", base, strings.Repeat("A", 43))
	began := time.Now()
	conns := w.flood(300, slowSignIn(1000))
	w.flood(300, slowSignIn(1000000))
	w.flood(300, forged)
	for range 20 {
		asked := time.Now()
		w.want(200, clerk, "GET", "/me", nil)
		if took := time.Since(asked); took > time.Second {
			t.Errorf("who signed in waited %v", took)
		}
	}
	if r, cookie := w.signIn("eva", password); r.status != 200 || cookie == nil {
		t.Errorf("nobody can sign in: %v", r)
	}
	w.want(200, "", "GET", "/livez", nil)
	if testing.Short() {
		return
	}
	w.must(conns[0].SetReadDeadline(time.Now().Add(20 * time.Second)))
	res, err := http.ReadResponse(bufio.NewReader(conns[0]), nil)
	w.must(err)
	if took := time.Since(began); res.StatusCode != 408 || took > 8*time.Second {
		t.Errorf("the first is cut off with %d after %v", res.StatusCode, took)
	}
	w.must(res.Body.Close())
}

// TestSignInIsSmall sends sign-ins that are larger than any can be.
func TestSignInIsSmall(t *testing.T) {
	w := newWorld(t)
	for name, send := range map[string]struct {
		head string
		body func(net.Conn)
	}{
		"said before":     {slowSignIn(9000), nil},
		"found out later": {strings.Replace(slowSignIn(0), "Content-Length: 0", "Transfer-Encoding: chunked", 1), func(c net.Conn) { _, _ = fmt.Fprintf(c, "2328\r\n%s\r\n", strings.Repeat(" ", 9000)) }},
	} {
		began := time.Now()
		isProblem(t, rawRequest(t, w, send.head, send.body), 413, "too-large", english)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
	// The longest name and password, as long as JSON can write them.
	long := fmt.Sprintf(`{"name":"%s","password":"%s"}`, strings.Repeat(`\u0061`, 200), strings.Repeat(`\u0062`, 1024))
	isProblem(t, w.call("", "POST", "/session", long), 401, "sign-in-failed", german)
}

// TestSignInLimitComesBeforeTheBody has an address that failed too often ask again without a body.
func TestSignInLimitComesBeforeTheBody(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns = 1 })
	// Hashing takes so long on a slow machine that the address earns tries meanwhile.
	for i := 0; ; i++ {
		r, _ := w.signIn(fmt.Sprint("nobody", i), "x")
		if r.status == 429 && i >= accountsPerAddress {
			break
		}
		if r.status != 401 || i > 10*accountsPerAddress {
			t.Fatalf("try %d: %v", i, r)
		}
	}
	began := time.Now()
	isProblem(t, rawRequest(t, w, slowSignIn(100), nil), 429, "too-many-requests", english)
	if took := time.Since(began); took > time.Second {
		t.Errorf("refused after %v", took)
	}
}

// TestOfficeSignsInBehindOneAddress signs in more often than anybody may fail.
func TestOfficeSignsInBehindOneAddress(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns = 1 })
	w.member("eva")
	for i := range accountsPerAddress + 3 {
		if r, _ := w.signIn("eva", password); r.status != 200 {
			t.Fatalf("sign-in %d: %v", i, r)
		}
	}
	for _, want := range []int{401, 429} {
		if r, _ := w.signIn("Ina ", "wrong"); r.status != want {
			t.Errorf("got %v, want %d", r, want)
		}
	}
	if r, _ := w.signIn("eva", password); r.status != 200 {
		t.Errorf("somebody else's failures shut eva out: %v", r)
	}
	if r, _ := w.signIn("ina", "wrong"); r.status != 429 {
		t.Errorf("another spelling of the name is another account: %v", r)
	}
}
