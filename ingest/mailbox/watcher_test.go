package mailbox

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"eakte/ingest/intake"
	"eakte/ingest/mailbox/mailboxtest"
)

// door keeps what it is brought, once for each key.
type door struct {
	mu    sync.Mutex
	keys  map[string]bool
	items []string // basket, sender and content
	fail  func(text string) error
	after func() // called when something became durable
}

func (d *door) Bring(_ context.Context, p intake.Paper, body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		if err := d.fail(string(data)); err != nil {
			return err
		}
	}
	if key := p.Key(sha256.Sum256(data)); !d.keys[key] {
		d.keys[key] = true
		d.items = append(d.items, p.Basket+"|"+p.Sender+"|"+string(data))
	}
	if d.after != nil {
		d.after()
	}
	return nil
}

func (d *door) got() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.items)
}

func letter(id, from, to, subject, text string) string {
	return "Received: by test\r\nMessage-ID: <" + id + ">\r\nFrom: " + from + "\r\nTo: " + to + "\r\nSubject: " + subject +
		"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n"
}

func watch(t *testing.T, d *mailboxtest.Dovecot, door intake.Door, change ...func(*Config)) *Watcher {
	t.Helper()
	cfg := Config{
		Name: "post", Address: d.Secure, Trust: d.Trust, User: mailboxtest.Account, Secret: mailboxtest.Password, Done: "Erledigt", Failed: "Fehler",
		Account: "mailgate", Channel: "email", Door: door, Backoff: 20 * time.Millisecond, Every: 50 * time.Millisecond,
		Rules: []Rule{
			{From: "*@jobcenter.example", Basket: "soziales"}, {Subject: "*Asyl*", Basket: "asyl"},
			{To: "post@*", Basket: "poststelle"},
		},
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&cfg)
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestMailbox(t *testing.T) {
	d := mailboxtest.Start(t)
	t.Run("messages go where rules say", func(t *testing.T) { testRules(t, d) })
	t.Run("a crash brings nothing twice", func(t *testing.T) { testCrash(t, d) })
	t.Run("what is broken stops no other", func(t *testing.T) { testBroken(t, d) })
	t.Run("only to whom it trusts", func(t *testing.T) { testTrust(t, d) })
	t.Run("it comes back", func(t *testing.T) { testReconnect(t, d) })
}

func testRules(t *testing.T, d *mailboxtest.Dovecot) {
	door := &door{keys: map[string]bool{}}
	mails := []string{
		letter("1@x", "Amt <leistung@JOBCENTER.example>", "post@amt.example", "Bescheid", "Grüße"),
		letter("2@x", "a@b.example", "post@amt.example", "=?utf-8?Q?Zum_Asylantrag_f=C3=BCr?=", "zwei"),
		letter("3@x", "a@b.example", "Post <post@amt.example>", "Frage", "drei"),
		letter("4@x", "a@b.example", "privat@amt.example", "Mittag?", "vier"),
	}
	d.Send(mails...)
	d.Read(3) // by a colleague, which doesn't make it done
	w := watch(t, d, door)
	if err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"soziales|Amt <leistung@JOBCENTER.example>|" + mails[0], "asyl|a@b.example|" + mails[1], "poststelle|a@b.example|" + mails[2],
	}
	if !slices.Equal(door.items, want) {
		t.Errorf("brought: %q", door.items)
	}
	if all, seen := d.Count("Erledigt"); all != 3 || seen != 3 {
		t.Errorf("%d done, %d of them marked as read", all, seen)
	}
	if all, seen := d.Count("INBOX"); all != 1 || seen != 0 {
		t.Errorf("%d left, %d of them touched", all, seen)
	}
	if s := w.State(); s.Taken != 3 || s.Waiting != 1 || s.Failed != 0 || s.Problem != "" || s.Looked.IsZero() {
		t.Errorf("state: %+v", s)
	}
	clear(t, d)
}

// clear removes what other tests would find in INBOX.
func clear(t *testing.T, d *mailboxtest.Dovecot) {
	t.Helper()
	c := d.Client()
	defer c.Close()
	_, err := c.Select("INBOX", nil).Wait()
	if err == nil {
		all := imap.SeqSet{{Start: 1}}
		err = c.Store(all, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	}
	if err == nil {
		err = c.Expunge().Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func testCrash(t *testing.T, d *mailboxtest.Dovecot) {
	door := &door{keys: map[string]bool{}}
	d.Send(letter("5@x", "a@b.example", "post@amt.example", "eins", "fünf"), letter("6@x", "a@b.example", "post@amt.example", "zwei", "sechs"))
	ctx, crash := context.WithCancel(t.Context())
	door.after = crash // durable, and nothing after it happens
	if err := watch(t, d, door).Look(ctx); err == nil {
		t.Error("it didn't notice its end")
	}
	if all, _ := d.Count("INBOX"); all != 2 || len(door.items) != 1 {
		t.Errorf("after the crash: %d in the mailbox, %d brought", all, len(door.items))
	}
	door.after = nil
	// The same message came by another way meanwhile: other header, same Message-ID and body.
	d.Send("Received: by another\r\n" + letter("5@x", "a@b.example", "post@amt.example", "eins", "fünf"))
	// Another one with the same Message-ID is another one.
	d.Send(letter("5@x", "a@b.example", "post@amt.example", "eins", "fünfeinhalb"))
	if err := watch(t, d, door).Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, _ := d.Count("INBOX"); all != 0 || len(door.items) != 3 {
		t.Errorf("in the end: %d in the mailbox, brought %q", all, door.items)
	}
}

func testBroken(t *testing.T, d *mailboxtest.Dovecot) {
	door := &door{keys: map[string]bool{}}
	door.fail = func(text string) error {
		switch {
		case strings.Contains(text, "gar nicht"), strings.Contains(text, "Unreadable message") && strings.Contains(text, "Z2FyIG5pY2h0"):
			return &intake.RefusedError{Code: "unsupported"}
		case strings.HasPrefix(text, "\x00kein"):
			return &intake.RefusedError{Code: "mismatch"}
		case strings.Contains(text, "später"):
			return errors.New("the disk sneezed")
		}
		return nil
	}
	before, _ := d.Count("Fehler")
	odd := "kein Kopf\r\n\r\n" + strings.Repeat("Zeile um Zeile. ", 30)
	d.Send(odd, letter("7@x", "a@b.example", "post@amt.example", "x", "gar nicht"), letter("8@x", "a@b.example", "post@amt.example", "x", "später"),
		letter("9@x", "a@b.example", "post@amt.example", "x", "heil"))
	all := func(c *Config) { c.Rules = []Rule{{Basket: "poststelle"}} }
	door.fail = func(old func(string) error) func(string) error {
		return func(text string) error {
			if strings.HasPrefix(text, "kein Kopf") {
				return &intake.RefusedError{Code: "mismatch"}
			}
			return old(text)
		}
	}(door.fail)
	w := watch(t, d, door, all)
	if err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(door.items) != 2 || !strings.Contains(door.items[0], "Unreadable message") || !strings.Contains(door.items[1], "heil") {
		t.Errorf("brought: %q", door.items)
	}
	inner := strings.ReplaceAll(door.items[0], "\r\n", "")
	if !strings.Contains(inner, "a2VpbiBLb3Bm") { // "kein Kopf"
		t.Errorf("the bytes aren't attached: %s", door.items[0])
	}
	if left, _ := d.Count("INBOX"); left != 1 {
		t.Errorf("%d left, want the one that is tried again", left)
	}
	if failed, _ := d.Count("Fehler"); failed != before+1 {
		t.Errorf("%d in the folder for failures", failed-before)
	}
	if s := w.State(); s.Problem != intake.ProblemTrying || s.Waiting != 1 || s.Failed != before+1 {
		t.Errorf("state: %+v", s)
	}
	large := watch(t, d, door, all, func(c *Config) { c.Limit = 10 })
	if err := large.Look(t.Context()); err != nil {
		t.Error(err)
	}
	if failed, _ := d.Count("Fehler"); failed != before+2 {
		t.Error("what is too large isn't put aside")
	}
	door.fail = func(string) error { return intake.ErrClosed }
	d.Send(letter("10@x", "a@b.example", "post@amt.example", "x", "zehn"))
	closed := watch(t, d, door)
	if err := closed.Look(t.Context()); problem(err) != intake.ProblemAccount {
		t.Errorf("a closed account: %v", err)
	}
	if left, seen := d.Count("INBOX"); left != 1 || seen != 0 {
		t.Errorf("%d left, %d touched", left, seen)
	}
	clear(t, d)
}

func testTrust(t *testing.T, d *mailboxtest.Dovecot) {
	door := &door{keys: map[string]bool{}}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"tls":               {func(*Config) {}, ""},
		"starttls":          {func(c *Config) { c.Address, c.Security = d.Plain, StartTLS }, ""},
		"plain":             {func(c *Config) { c.Address, c.Security = d.Plain, Plain }, ""},
		"unknown signer":    {func(c *Config) { c.Trust = nil }, intake.ProblemConnect},
		"starttls, unknown": {func(c *Config) { c.Address, c.Security, c.Trust = d.Plain, StartTLS, nil }, intake.ProblemConnect},
		"another's name":    {func(c *Config) { c.Address = strings.Replace(d.Secure, "127.0.0.1", "localhost", 1) }, intake.ProblemConnect},
		"verify is not off": {func(c *Config) { c.Trust = &tls.Config{} }, intake.ProblemConnect},
		"wrong password":    {func(c *Config) { c.Secret = "falsch" }, intake.ProblemSignIn},
		"no such folder":    {func(c *Config) { c.Folder = "Nirgends" }, intake.ProblemUnreadable},
	} {
		w := watch(t, d, door, c.change)
		err := w.Look(t.Context())
		if (err != nil) != (c.want != "") || err != nil && problem(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if s := w.State(); s.Problem != c.want && c.want != intake.ProblemUnreadable {
			t.Errorf("%s: state %+v", name, s)
		}
	}
	for _, address := range []string{"mail.example:143", "192.0.2.1:143", "127.0.0.1.example:143"} {
		if _, err := New(Config{Address: address, Security: Plain}); err == nil {
			t.Errorf("plain to %s", address)
		}
	}
}

func testReconnect(t *testing.T, d *mailboxtest.Dovecot) {
	door := &door{keys: map[string]bool{}}
	w := watch(t, d, door)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: %+v, brought %d", what, w.State(), len(door.got()))
			}
		}
	}
	for i := range 2 {
		d.Send(letter(fmt.Sprint("r", i, "@x"), "a@b.example", "post@amt.example", "x", fmt.Sprint("wieder ", i)))
		until("taking", func() bool { return len(door.got()) == i+1 && w.State().Problem == "" })
		if i == 0 {
			d.Stop()
			until("noticing", func() bool { return w.State().Problem == intake.ProblemConnect })
			d.Start()
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestSilentServer asks one that greets and then says nothing more.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_, _ = io.WriteString(c, "* OK hello\r\n")
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
		}
	}()
	w, err := New(Config{
		Name: "post", Address: l.Addr().String(), Security: Plain, User: mailboxtest.Account, Secret: mailboxtest.Password, Patience: 100 * time.Millisecond,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- w.Look(t.Context()) }()
	select {
	case err := <-ended:
		if err == nil || w.State().Problem == "" {
			t.Errorf("silence: %v, %+v", err, w.State())
		}
	case <-time.After(30 * time.Second):
		t.Error("it waits for ever")
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*@Amt.example", "eva@amt.example", true}, {"*@amt.example", "eva@amt.example.evil", false}, {"", "", true}, {"a*b*c", "abbc", true},
		{"a*b*c", "acb", false}, {"*", "", true}, {"*x*", "y", false}, {"ab*ba", "aba", false}, {"a", "A", true}, {"a", "ab", false},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.text, got)
		}
	}
}
