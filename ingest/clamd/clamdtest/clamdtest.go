// Package clamdtest starts a real ClamAV daemon for tests, with signatures of its own.
package clamdtest

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // signatures of whole files are made with it
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"eakte/ingest/clamd"
)

// EICAR is the text that every scanner takes for malware and that does nothing. It is put together here,
// so that no scanner finds it in the program or its source.
func EICAR() []byte {
	return []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS` + `-TEST-FILE!$H+H*`)
}

// Pattern is known as "Eakte.Test" wherever it stands in a file.
const Pattern = "eakte-knows-this-as-malware"

// Daemon is a running clamd.
type Daemon struct {
	// Socket is where it listens.
	Socket string
	t      testing.TB
	dir    string
	cmd    *exec.Cmd
}

// Start starts a daemon that knows EICAR and the Pattern, and ends it with the test, which is skipped where
// clamd isn't installed.
func Start(t testing.TB) *Daemon {
	t.Helper()
	if _, err := exec.LookPath("clamd"); err != nil {
		t.Skip("clamd is not installed (apt-get install clamav-daemon)")
	}
	// A socket's path has at most 107 bytes; those of tests may have more.
	dir, err := os.MkdirTemp("", "clamd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := &Daemon{Socket: filepath.Join(dir, "s"), t: t, dir: dir}
	sum := md5.Sum(EICAR()) //nolint:gosec // see above
	d.write("db/own.hdb", fmt.Sprintf("%x:%d:Eicar.Test\n", sum, len(EICAR())))
	d.write("db/own.ndb", fmt.Sprintf("Eakte.Test:0:*:%s\n", hex.EncodeToString([]byte(Pattern))))
	d.write("clamd.conf", fmt.Sprintf("Foreground yes\nLocalSocket %s\nDatabaseDirectory %s\nTemporaryDirectory %s\nStreamMaxLength 1M\nMaxThreads 2\n",
		d.Socket, filepath.Join(dir, "db"), dir))
	d.Run()
	t.Cleanup(d.Stop)
	return d
}

func (d *Daemon) write(name, body string) {
	d.t.Helper()
	file := filepath.Join(d.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(body), 0o644)); err != nil { //nolint:gosec // clamd may drop its rights
		d.t.Fatal(err)
	}
}

// Run starts it again after a Stop; it answers when Run returns.
func (d *Daemon) Run() {
	d.t.Helper()
	var said bytes.Buffer
	d.cmd = exec.Command("clamd", "--config-file="+filepath.Join(d.dir, "clamd.conf")) //nolint:gosec // our own
	d.cmd.Stdout, d.cmd.Stderr = &said, &said
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	client, err := clamd.New(d.Socket)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	for client.Ping(ctx) != nil {
		if ctx.Err() != nil {
			d.Stop()
			d.t.Fatalf("clamd doesn't answer: %s", said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Stop ends it.
func (d *Daemon) Stop() {
	if d.cmd != nil {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
		d.cmd = nil
	}
	_ = os.Remove(d.Socket)
}
