package clamd_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"eakte/ingest/clamd"
	"eakte/ingest/clamd/clamdtest"
)

func TestScan(t *testing.T) {
	d := clamdtest.Start(t)
	c, err := clamd.New(d.Socket)
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("Bescheid ", 80_000)
	tests := []struct {
		name, in, found string
		fails           bool
	}{
		{name: "letter", in: "Sehr geehrte Frau Kaya,"},
		{name: "nothing at all", in: ""},
		{name: "the test file", in: string(clamdtest.EICAR()), found: "Eicar.Test"},
		{name: "far behind other words, over several pieces", in: large + clamdtest.Pattern, found: "Eakte.Test"},
		{name: "larger than the daemon takes", in: large + large, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := c.Scan(t.Context(), strings.NewReader(tt.in))
			if name, _, _ := strings.Cut(found, ".UNOFFICIAL"); name != tt.found || (err != nil) != tt.fails {
				t.Errorf("found %q, %v; want %q", found, err, tt.found)
			}
		})
	}
	broken := errors.New("the disk is gone")
	if _, err := c.Scan(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("bytes that can't be read: %v", err)
	}
	d.Stop()
	if found, err := c.Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Errorf("nobody there: found %q without an error", found)
	}
}

// TestWhatIsNoAnswerIsAnError has a daemon that says strange things, or hangs up.
func TestWhatIsNoAnswerIsAnError(t *testing.T) {
	for _, said := range []string{"", "stream: ", "OK", "stream: OK", "stream: OK\x00x", " FOUND\x00", "stream:  FOUND\x00", "UNKNOWN COMMAND\x00", "stream: x ERROR\x00"} {
		socket := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = io.CopyN(io.Discard, conn, int64(len("zINSTREAM\x00")+4+1+4))
			_, _ = conn.Write([]byte(said))
		}()
		c, err := clamd.New(socket)
		if err != nil {
			t.Fatal(err)
		}
		want := said == "OK\x00" || strings.HasPrefix(said, "stream: OK\x00")
		if found, err := c.Scan(t.Context(), bytes.NewReader([]byte("x"))); found != "" || (err == nil) != want {
			t.Errorf("%q: found %q, %v", said, found, err)
		}
		l.Close()
	}
}

func TestOnlyThisMachineIsAsked(t *testing.T) {
	for address, want := range map[string]bool{
		"/run/clamav/clamd.ctl": true, "127.0.0.1:3310": true, "localhost:3310": true, "[::1]:3310": true,
		"10.0.0.1:3310": false, "scanner.example:3310": false, "clamd.ctl": false, "": false,
	} {
		if _, err := clamd.New(address); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}
