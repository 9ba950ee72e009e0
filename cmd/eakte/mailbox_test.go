package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eakte/archive"
)

// letterBox is a mailbox of a real IMAP server, which runs until the test ends. Its settings are the least that let one
// account in on this machine; what a watcher does to a mailbox is asked in ingest/mailbox.
type letterBox struct {
	dir, address string
	uid, gid     int
}

func openLetterBox(t *testing.T) letterBox {
	t.Helper()
	if _, err := exec.LookPath("dovecot"); err != nil {
		t.Skip("dovecot is not installed")
	}
	as, err := user.Current()
	if err == nil && as.Uid == "0" {
		as, err = user.Lookup("nobody") // Dovecot doesn't sign people in as root
	}
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(as.Gid)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "box") // its sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := letterBox{dir: dir, address: l.Addr().String()}
	port := l.Addr().(*net.TCPAddr).Port
	uid, uerr := strconv.Atoi(as.Uid)
	gid, gerr := strconv.Atoi(as.Gid)
	b.uid, b.gid = uid, gid
	settings := strings.NewReplacer("DIR", dir, "USER", as.Username, "GROUP", group.Name, "PORT", strconv.Itoa(port)).Replace(`
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
default_internal_user = USER
default_internal_group = GROUP
default_login_user = USER
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:DIR/mail
passdb {
  driver = static
  args = password=nur-ein-test
}
userdb {
  driver = static
  args = uid=USER gid=GROUP home=DIR/mail
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = PORT
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`)
	if err := errors.Join(uerr, gerr, l.Close(), os.WriteFile(filepath.Join(dir, "conf"), []byte(settings), 0o600), b.give()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dovecot", "-F", "-c", filepath.Join(dir, "conf"))
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return b
}

// give makes all files those of the user the server runs as.
func (b letterBox) give() error {
	if os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(b.dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, b.uid, b.gid))
	})
}

// drop delivers a message.
func (b letterBox) drop(t *testing.T, text string) {
	t.Helper()
	for _, part := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(b.dir, "mail", part), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.WriteFile(filepath.Join(b.dir, "mail", "new", "1.test"), []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o600), b.give()); err != nil {
		t.Fatal(err)
	}
}

// in counts the messages of a folder.
func (b letterBox) in(folder string) (n int) {
	for _, part := range []string{"new", "cur"} {
		files, _ := os.ReadDir(filepath.Join(b.dir, "mail", folder, part)) // none before the server made it
		n += len(files)
	}
	return n
}

// TestMailBecomesAnItem drops a message into a mailbox that a server watches: it lies in the basket of the rule.
func TestMailBecomesAnItem(t *testing.T) {
	t.Parallel()
	box, data := openLetterBox(t), t.TempDir()
	box.drop(t, "From: Eva Muster <eva@example.org>\nTo: post@example.org\nSubject: Mietvertrag\nMessage-ID: <1@example.org>\nDate: Fri, 20 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n"+
		"Content-Type: text/plain; charset=utf-8\n\nAnbei nichts, nur dieser Text.\n")
	command(t, "ein langes Kennwort", "--data", data, "user", "add", "post", "--role", "dienst", "--department", "poststelle")
	ways := filepath.Join(data, "ways.toml")
	settings := fmt.Sprintf("[[mailbox]]\nname = \"post\"\naddress = %q\nsecurity = \"none\"\nuser = \"eingang\"\nsecret_env = \"POST_SECRET\"\naccount = \"post\"\n"+
		"done = \"Fertig\"\nfailed = \"Fehler\"\nevery = \"1s\"\n[[mailbox.rule]]\nsubject = \"Mietvertrag\"\nbasket = \"poststelle\"\n", box.address)
	if err := os.WriteFile(ways, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p, _, err := serveIn(environment(data, "EAKTE_WAYS="+ways, "POST_SECRET=nur-ein-test"), "")
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); box.in(".Fertig") == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
	}
	if err := p.stop(os.Interrupt); err != nil {
		t.Error(err)
	}
	if box.in(".Fertig") != 1 || box.in("") != 0 {
		t.Fatalf("%d messages are done, %d new\n%s", box.in(".Fertig"), box.in(""), p.talk)
	}
	records(t, data, func(r archive.Reader) error {
		n := 0
		for row, err := range r.Basket("poststelle", "") {
			if err != nil {
				return err
			}
			v, err := r.Version(row.Value.Version)
			if n++; err != nil || v.Kind != "message/rfc822" || row.Value.Channel != "email" || !strings.Contains(row.Value.Sender, "eva@example.org") {
				t.Errorf("item: %v, %s by %s from %q", err, v.Kind, row.Value.Channel, row.Value.Sender)
			}
		}
		if n != 1 {
			t.Errorf("%d items in the basket, want 1", n)
		}
		return nil
	})
	if strings.Contains(p.talk.String(), "Muster") || strings.Contains(p.talk.String(), "nur-ein-test") {
		t.Error("the log names the sender or the secret")
	}
}
