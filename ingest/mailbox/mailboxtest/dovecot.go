// Package mailboxtest starts a real IMAP server, Dovecot, for tests.
package mailboxtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Account is who signs in with Password.
const (
	Account  = "eingang"
	Password = "nur-ein-test"
)

// settings of a Dovecot that runs as whoever runs the test, on ports of its own.
var settings = template.Must(template.New("").Parse(`
base_dir = {{.Dir}}/run
log_path = {{.Dir}}/log
default_internal_user = {{.User}}
default_internal_group = {{.Group}}
default_login_user = {{.User}}
state_dir = {{.Dir}}/state
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{{.Dir}}/cert.pem
ssl_key = <{{.Dir}}/key.pem
disable_plaintext_auth = no
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{{.Dir}}/mail
passdb {
  driver = static
  args = password={{.Password}}
}
userdb {
  driver = static
  args = uid={{.User}} gid={{.Group}} home={{.Dir}}/mail
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = {{.PlainPort}}
  }
  inet_listener imaps {
    port = {{.SecurePort}}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`))

// Dovecot is a running server.
type Dovecot struct {
	// Plain and Secure are the addresses where it listens without and with TLS, whose certificate Trust knows.
	Plain, Secure string
	Trust         *tls.Config
	t             testing.TB
	cmd           *exec.Cmd
	as            *syscall.SysProcAttr // in a group of its own, and as nobody where root runs the test
	ended         chan struct{}
	place
}

// place is what the settings are made of.
type place struct {
	User, Group, Dir, Password string
	PlainPort, SecurePort      int
}

// Start runs a server until the test ends, which is skipped where Dovecot isn't installed.
func Start(t testing.TB) *Dovecot {
	t.Helper()
	if _, err := exec.LookPath("dovecot"); err != nil {
		t.Skip("dovecot is not installed")
	}
	me, err := user.Current()
	if err == nil && me.Uid == "0" {
		me, err = user.Lookup("nobody") // Dovecot doesn't sign people in as root
	}
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	// Its sockets need a short path.
	dir, err := os.MkdirTemp("", "dove")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &Dovecot{t: t, place: place{me.Username, group.Name, dir, Password, freePort(t), freePort(t)}}
	d.Plain, d.Secure = fmt.Sprintf("127.0.0.1:%d", d.PlainPort), fmt.Sprintf("127.0.0.1:%d", d.SecurePort)
	d.certify()
	var conf bytes.Buffer
	if err := errors.Join(settings.Execute(&conf, d.place), os.WriteFile(filepath.Join(dir, "conf"), conf.Bytes(), 0o600), d.give(me)); err != nil {
		t.Fatal(err)
	}
	d.Start()
	t.Cleanup(d.Stop)
	return d
}

// give makes the server's files those of the user it runs as.
func (d *Dovecot) give(to *user.User) error {
	d.as = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return nil
	}
	uid, err := strconv.Atoi(to.Uid)
	gid, gerr := strconv.Atoi(to.Gid)
	if err = errors.Join(err, gerr); err != nil {
		return err
	}
	d.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return filepath.WalkDir(d.Dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, uid, gid))
	})
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// certify makes the server's certificate, which signs itself.
func (d *Dovecot) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		d.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		d.t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := errors.Join(
		os.WriteFile(filepath.Join(d.Dir, "cert.pem"), public, 0o600),
		os.WriteFile(filepath.Join(d.Dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
	); err != nil {
		d.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(public)
	d.Trust = &tls.Config{RootCAs: roots}
}

// Start starts it again after Stop.
func (d *Dovecot) Start() {
	d.t.Helper()
	d.cmd = exec.Command("dovecot", "-F", "-c", filepath.Join(d.Dir, "conf"))
	d.cmd.SysProcAttr, d.cmd.Dir = d.as, d.Dir
	said, err := os.Create(filepath.Join(d.Dir, "said")) // a file: its children keep a pipe open
	if err != nil {
		d.t.Fatal(err)
	}
	defer said.Close()
	d.cmd.Stderr = said
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	ended := make(chan struct{})
	d.ended = ended
	go func(cmd *exec.Cmd) { _ = cmd.Wait(); close(ended) }(d.cmd)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", d.Plain); err == nil {
			c.Close()
			return
		}
		select {
		case <-ended:
			log, _ := os.ReadFile(filepath.Join(d.Dir, "log"))
			d.t.Fatalf("dovecot ended: %s", log)
		default:
		}
		if time.Now().After(end) {
			d.t.Fatal("dovecot doesn't answer")
		}
	}
}

// Stop ends it with all its children, as a machine that goes down does.
func (d *Dovecot) Stop() {
	_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
	<-d.ended
}

// Client signs in beside the watcher.
func (d *Dovecot) Client() *imapclient.Client {
	d.t.Helper()
	c, err := imapclient.DialInsecure(d.Plain, nil)
	if err == nil {
		err = c.Login(Account, Password).Wait()
	}
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(d.Dir, "log"))
		d.t.Fatalf("%v\n%s", err, log)
	}
	return c
}

// Send puts messages into INBOX.
func (d *Dovecot) Send(messages ...string) {
	d.t.Helper()
	c := d.Client()
	defer c.Close()
	for _, m := range messages {
		cmd := c.Append("INBOX", int64(len(m)), nil)
		_, err := cmd.Write([]byte(m))
		if err = errors.Join(err, cmd.Close()); err != nil {
			d.t.Fatal(err)
		}
		if _, err := cmd.Wait(); err != nil {
			d.t.Fatal(err)
		}
	}
}

// Read marks a message of INBOX as read.
func (d *Dovecot) Read(n uint32) {
	d.t.Helper()
	c := d.Client()
	defer c.Close()
	_, err := c.Select("INBOX", nil).Wait()
	if err == nil {
		err = c.Store(imap.SeqSetNum(n), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// Count is how many messages a folder has; seen of them are marked as read.
func (d *Dovecot) Count(folder string) (all, seen int) {
	d.t.Helper()
	c := d.Client()
	defer c.Close()
	s, err := c.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true}).Wait()
	if err != nil {
		d.t.Fatal(err)
	}
	return int(*s.NumMessages), int(*s.NumMessages - *s.NumUnseen)
}
