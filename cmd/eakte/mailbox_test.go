package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/archive"
	"eakte/ingest/mailbox/mailboxtest"
)

// TestMailBecomesAnItem drops a message into a mailbox that a server watches: it lies in the basket of the rule.
func TestMailBecomesAnItem(t *testing.T) {
	t.Parallel()
	box, data := mailboxtest.Start(t), t.TempDir()
	box.Send(strings.ReplaceAll("From: Eva Muster <eva@example.org>\nTo: post@example.org\nSubject: Mietvertrag\nMessage-ID: <1@example.org>\nDate: Fri, 20 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n"+
		"Content-Type: text/plain; charset=utf-8\n\nAnbei nichts, nur dieser Text.\n", "\n", "\r\n"))
	command(t, "ein langes Kennwort", "--data", data, "user", "add", "post", "--role", "dienst", "--department", "poststelle")
	ways := filepath.Join(data, "ways.toml")
	settings := fmt.Sprintf("[[mailbox]]\nname = \"post\"\naddress = %q\nsecurity = \"none\"\nuser = %q\nsecret_env = \"POST_SECRET\"\naccount = \"post\"\n"+
		"done = \"Fertig\"\nfailed = \"Fehler\"\nevery = \"1s\"\n[[mailbox.rule]]\nsubject = \"Mietvertrag\"\nbasket = \"poststelle\"\n", box.Plain, mailboxtest.Account)
	if err := os.WriteFile(ways, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p, _, err := serveIn(environment(data, "EAKTE_WAYS="+ways, "POST_SECRET="+mailboxtest.Password), "")
	if err != nil {
		t.Fatal(err)
	}
	left, _ := box.Count("INBOX")
	for end := time.Now().Add(time.Minute); left > 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		left, _ = box.Count("INBOX")
	}
	if err := p.stop(os.Interrupt); err != nil {
		t.Error(err)
	}
	if left > 0 {
		t.Fatalf("the message is not taken\n%s", p.talk)
	}
	if done, _ := box.Count("Fertig"); done != 1 {
		t.Fatalf("%d messages are done\n%s", done, p.talk)
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
	if strings.Contains(p.talk.String(), "Muster") || strings.Contains(p.talk.String(), mailboxtest.Password) {
		t.Error("the log names the sender or the secret")
	}
}
