package main

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestDoor comes before the server is there, while it is, and after it left.
func TestDoor(t *testing.T) {
	d, err := openDoor(config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		t.Helper()
		client := http.Client{Timeout: 10 * time.Second}
		res, err := client.Get("http://" + d.Addr().String() + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		client.CloseIdleConnections()
		return res.StatusCode
	}
	if got := ask(); got != 503 {
		t.Errorf("before: %d", got)
	}
	early, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	if got := ask(); got != 503 { // and who came early was let in before
		t.Errorf("before: %d", got)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(d.give()) }()
	for ask() == 503 { // until the one who waited has left
		time.Sleep(time.Millisecond)
	}
	for range 20 {
		if got := ask(); got != 204 {
			t.Fatalf("while it is there: %d", got)
		}
	}
	// Who knocked before it was there is answered all the same.
	if _, err := early.Write([]byte("GET /readyz HTTP/1.1\r\nHost: eakte\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if res, err := http.ReadResponse(bufio.NewReader(early), nil); err != nil || res.StatusCode != 503 || !res.Close {
		t.Errorf("who came early: %v, %v", res, err)
	} else if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if got := ask(); got != 503 {
		t.Errorf("after: %d", got)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", d.Addr().String()); err == nil {
		t.Error("open after its end", c.Close())
	}
}
