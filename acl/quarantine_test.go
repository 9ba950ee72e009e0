package acl_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/clamd"
	"eakte/ingest/clamd/clamdtest"
	"eakte/ingest/read"
)

// scanned opens an authority whose received bytes go through a real scanner.
func scanned(t *testing.T) (*acltest.World, *clamdtest.Daemon) {
	t.Helper()
	daemon := clamdtest.Start(t)
	client, err := clamd.New(daemon.Socket)
	if err != nil {
		t.Fatal(err)
	}
	w := acltest.Open(t)
	w.Guard.Scans, w.Pipeline.Scanner = true, client
	return w, daemon
}

// locked asks that nothing of what is held comes out.
func locked(t *testing.T, d *acl.Desk, h acl.Holder) {
	t.Helper()
	if c, err := d.Original(t.Context(), h); !errors.Is(err, acl.ErrQuarantined) {
		if err == nil {
			err = c.Close()
		}
		t.Errorf("the received bytes are handed out: %v", err)
	}
	_, text := d.Text(t.Context(), h)
	_, words := d.Words(t.Context(), h, 1)
	_, image := d.Image(t.Context(), h, 1, 0)
	for what, err := range map[string]error{"text": text, "words": words, "image": image} {
		if !errors.Is(err, acl.ErrQuarantined) {
			t.Errorf("%s: %v, want quarantined", what, err)
		}
	}
}

func opened(t *testing.T, d *acl.Desk, id archive.InboxID) acl.InboxView {
	t.Helper()
	return must(d.InboxItem(t.Context(), id))(t)
}

// ops counts events by what they tell.
func ops(t *testing.T, w *acltest.World) map[audit.Op]int {
	t.Helper()
	officer := w.Guard.For(w.User("dsb"+string(archive.NewID[archive.UserID]()), "datenschutz@datenschutz"))
	count := map[audit.Op]int{}
	for _, op := range []audit.Op{audit.OpScan, audit.OpQuarantine, audit.OpQuarantineAsk, audit.OpQuarantineFree, audit.OpQuarantineRefuse, audit.OpRecognition} {
		count[op] = len(must(officer.Trail(t.Context(), archive.TrailFilter{Op: string(op)}, 50, ""))(t).Items)
	}
	return count
}

func TestReceivedBytesAreSearchedFirst(t *testing.T) {
	t.Parallel()
	w, _ := scanned(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clean := w.Post(mail, "poststelle", "Sehr geehrte Frau Kaya").ID
	bad := w.Post(mail, "poststelle", string(clamdtest.EICAR())).ID
	for _, id := range []archive.InboxID{clean, bad} { // nobody has searched them yet
		locked(t, mail, acl.Holder{Inbox: id})
	}
	w.Settle()
	if got := opened(t, mail, clean); got.State != archive.StateReady || got.Quarantine.Held {
		t.Errorf("letter: %s, %+v; want ready", got.State, got.Quarantine)
	}
	if text, err := mail.Text(t.Context(), acl.Holder{Inbox: clean}); err != nil || string(text) != "Sehr geehrte Frau Kaya" {
		t.Errorf("letter says %q, %v", text, err)
	}
	got := opened(t, mail, bad)
	if got.State != archive.StateQuarantined || got.Current.Reason != archive.ReasonMalware || !strings.HasPrefix(got.Quarantine.Found, "Eicar.Test") || got.Job.State != archive.JobFailed {
		t.Errorf("malware: %s (%s) as %q, job %s", got.State, got.Current.Reason, got.Quarantine.Found, got.Job.State)
	}
	locked(t, mail, acl.Holder{Inbox: bad})
	if got.Current.Text.Ref != "" || got.Current.Images.Ref != "" {
		t.Error("malware was read")
	}
	if _, err := mail.Retry(t.Context(), got.Current.Job); !errors.Is(err, acl.ErrQuarantined) {
		t.Errorf("trying again: %v", err)
	}
	admin := w.Guard.For(w.User("admin", "administration@it"))
	if _, err := admin.Retry(t.Context(), got.Current.Job); !errors.Is(err, acl.ErrQuarantined) {
		t.Errorf("trying again as operator: %v", err)
	}
	if n := ops(t, w); n[audit.OpScan] != 1 || n[audit.OpQuarantine] != 1 || n[audit.OpRecognition] != 1 {
		t.Errorf("trail: %v", n)
	}
}

func TestWithoutTheScannerBytesStayLocked(t *testing.T) {
	t.Parallel()
	w, daemon := scanned(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	daemon.Stop()
	id := w.Post(mail, "poststelle", "Sehr geehrte Frau Kaya").ID
	for range 8 { // more often than a job is tried
		w.Settle()
		got := opened(t, mail, id)
		if got.State != archive.StateQuarantined || got.Current.Reason != archive.ReasonScanPending || got.Job.State != archive.JobWaiting {
			t.Fatalf("%s (%s), job %s; want waiting", got.State, got.Current.Reason, got.Job.State)
		}
		locked(t, mail, acl.Holder{Inbox: id})
		w.Time = w.Time.Add(time.Minute)
	}
	w.Pipeline.Scanner, w.Guard.Scans = nil, false // somebody takes the setting away
	w.Settle()
	locked(t, mail, acl.Holder{Inbox: id})
	client := must(clamd.New(daemon.Socket))(t)
	w.Pipeline.Scanner, w.Guard.Scans = client, true
	daemon.Run()
	w.Time = w.Time.Add(time.Minute)
	w.Settle()
	if got := opened(t, mail, id); got.State != archive.StateReady || got.Current.Reason != "" {
		t.Errorf("once the scanner is back: %s (%s)", got.State, got.Current.Reason)
	}
	if n := ops(t, w); n[audit.OpQuarantine] != 1 || n[audit.OpScan] != 1 {
		t.Errorf("trail: %v, want the wait told once", n)
	}
}

func TestReleaseNeedsTwoPersons(t *testing.T) {
	t.Parallel()
	w, _ := scanned(t)
	ctx := t.Context()
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	lead := w.Guard.For(w.User("lead", "leitung@asyl"))
	deputy := w.Guard.For(w.User("deputy", "leitung@asyl"))
	stranger := w.Guard.For(w.User("stranger", "leitung@soziales"))
	id := w.Post(clerk, "asyl", clamdtest.Pattern).ID
	h := acl.Holder{Inbox: id}
	w.Settle()
	wrongField := errors.New("a field error")
	steps := []struct {
		name, word, reason string
		who                *acl.Desk
		want               error
	}{
		{"a stranger asks", acl.QuarantineAsk, "x", stranger, archive.ErrNotFound},
		{"a stranger releases", acl.QuarantineRelease, "x", stranger, archive.ErrNotFound},
		{"nobody has asked", acl.QuarantineRelease, "x", lead, archive.ErrConflict},
		{"no reason", acl.QuarantineAsk, " ", clerk, wrongField},
		{"no such word", "open", "x", clerk, wrongField},
		{"she asks", acl.QuarantineAsk, "Fehlalarm laut IT", clerk, nil},
		{"she asks again", acl.QuarantineAsk, "x", clerk, archive.ErrConflict},
		{"she releases", acl.QuarantineRelease, "x", clerk, acl.ErrDenied},
		{"declined", acl.QuarantineDecline, "Bitte neu anfordern", lead, nil},
		{"the lead asks", acl.QuarantineAsk, "Fehlalarm laut IT", lead, nil},
		{"and releases", acl.QuarantineRelease, "x", lead, acl.ErrSecondPerson},
		{"without a reason", acl.QuarantineRelease, "", deputy, wrongField},
	}
	for _, s := range steps {
		err := s.who.Quarantine(ctx, h, s.word, s.reason)
		var field *archive.FieldError
		if errors.As(err, &field) {
			err = wrongField
		}
		if !errors.Is(err, s.want) {
			t.Errorf("%s: %v, want %v", s.name, err, s.want)
		}
		locked(t, clerk, h)
	}
	if q := opened(t, deputy, id).Quarantine; !q.Held || !q.MayDecide || q.MayAsk || q.Asked == nil || q.Asked.Name != "lead" || q.Asked.Reason != "Fehlalarm laut IT" {
		t.Errorf("the deputy sees %+v", q)
	}
	if q := opened(t, clerk, id).Quarantine; q.MayDecide || q.MayAsk {
		t.Errorf("the clerk sees %+v", q)
	}
	if err := deputy.Quarantine(ctx, h, acl.QuarantineRelease, "geprüft"); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	got := opened(t, clerk, id)
	if got.State != archive.StateReady || got.Quarantine.Held || got.Quarantine.Released == nil || got.Quarantine.Released.Name != "deputy" {
		t.Errorf("released: %s, %+v", got.State, got.Quarantine)
	}
	c := must(clerk.Original(ctx, h))(t)
	defer c.Close()
	if data, err := io.ReadAll(c); err != nil || string(data) != clamdtest.Pattern {
		t.Errorf("released bytes: %q, %v", data, err)
	}
	if n := ops(t, w); n[audit.OpQuarantineAsk] != 2 || n[audit.OpQuarantineFree] != 1 || n[audit.OpQuarantineRefuse] != 1 || n[audit.OpQuarantine] != 1 {
		t.Errorf("trail: %v", n)
	}
}

// mute is a scanner that never answers.
type mute struct{}

func (mute) Scan(context.Context, io.Reader) (string, error) { return "", errors.New("mute") }

func TestWhatWaitsForTheScannerCanBeReleasedToo(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Guard.Scans, w.Pipeline.Scanner = true, mute{}
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Kaya", "auslaenderbehoerde")
	doc := w.Add(clerk, akte, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	h := acl.Holder{Document: doc.ID}
	if err := clerk.Quarantine(t.Context(), h, acl.QuarantineAsk, "eilt"); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("before anybody knows that the scanner is gone: %v", err)
	}
	w.Settle()
	locked(t, clerk, h)
	if err := errors.Join(clerk.Quarantine(t.Context(), h, acl.QuarantineAsk, "eilt"), lead.Quarantine(t.Context(), h, acl.QuarantineRelease, "bekannter Absender")); err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Minute)
	w.Settle()
	view := must(clerk.Document(t.Context(), doc.ID))(t)
	if text, err := clerk.Text(t.Context(), h); err != nil || string(text) != "Kaltmiete" || view.Quarantine.Released == nil {
		t.Errorf("%q, %v, %+v", text, err, view.Quarantine)
	}
	if view.Current.Job != doc.Current.Job {
		t.Error("a second job was made beside the one that waited")
	}
}

// armed is a reader that finds in everything what starts a program, until people release it.
type armed struct {
	acltest.Plain
	released bool
}

func (armed) Released() ingest.Reader { return armed{released: true} }

func (a armed) Open(ctx context.Context, kind string, size int64, src io.Reader) (ingest.Reading, error) {
	if a.released {
		return a.Plain.Open(ctx, kind, size, src)
	}
	return nil, &read.Failure{State: read.Quarantined, Code: read.LaunchAction}
}

// fetched tries to get at the bytes of what starts a program, as who was warned.
func fetched(t *testing.T, d *acl.Desk, h acl.Holder) error {
	t.Helper()
	h.Warned = true
	c, err := d.Original(t.Context(), h)
	if err == nil {
		err = c.Close()
	}
	return err
}

func TestWhatStartsAProgramIsForThoseWhoJudgeIt(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Pipeline.Reader = armed{}
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	colleague := w.Guard.For(w.User("colleague", "sachbearbeitung@auslaenderbehoerde"))
	reader := w.Guard.For(w.User("reader", "sachbearbeitung@soziales"))
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Kaya", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	doc := w.Add(clerk, akte, archive.Document{Type: "reisepass"}, "Pass")
	h := acl.Holder{Document: doc.ID}
	w.Settle()
	all := map[string]*acl.Desk{"clerk": clerk, "colleague": colleague, "reader": reader, "lead": lead}
	for who, d := range all {
		locked(t, d, h)
		if err := fetched(t, d, h); !errors.Is(err, acl.ErrQuarantined) {
			t.Errorf("nobody has asked, %s: %v", who, err)
		}
	}
	if q := must(reader.Document(t.Context(), doc.ID))(t).Quarantine; !q.Held || q.Risk != archive.ReasonLaunch || q.MayAsk || q.MayFetch {
		t.Errorf("the reader sees %+v", q)
	}
	if err := clerk.Quarantine(t.Context(), h, acl.QuarantineAsk, "Formular mit Knopf"); err != nil {
		t.Fatal(err)
	}
	for who, d := range all {
		locked(t, d, h) // without the warning
		may := who == "clerk" || who == "lead"
		if err := fetched(t, d, h); may != (err == nil) || !may && !errors.Is(err, acl.ErrQuarantined) {
			t.Errorf("to judge it, %s: %v", who, err)
		}
		if q := must(d.Document(t.Context(), doc.ID))(t).Quarantine; q.MayFetch != may {
			t.Errorf("%s is told %+v", who, q)
		}
	}
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	if got := must(officer.Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpDocumentDownload), Result: string(audit.Allow)}, 10, ""))(t); len(got.Items) != 2 {
		t.Errorf("%d downloads in the trail", len(got.Items))
	}
	if err := lead.Quarantine(t.Context(), h, acl.QuarantineRelease, "geprüft"); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	for who, d := range all {
		if text, err := d.Text(t.Context(), h); err != nil || string(text) != "Pass" {
			t.Errorf("released, %s: %q, %v", who, text, err)
		}
	}
}

func TestWhatAScannerKnowsIsForNobody(t *testing.T) {
	t.Parallel()
	w, _ := scanned(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	lead := w.Guard.For(w.User("lead", "leitung@asyl"))
	h := acl.Holder{Inbox: w.Post(clerk, "asyl", clamdtest.Pattern).ID}
	w.Settle()
	if err := clerk.Quarantine(t.Context(), h, acl.QuarantineAsk, "Fehlalarm"); err != nil {
		t.Fatal(err)
	}
	for _, d := range []*acl.Desk{clerk, lead} {
		if err := fetched(t, d, h); !errors.Is(err, acl.ErrQuarantined) {
			t.Errorf("malware is handed out: %v", err)
		}
	}
}

func TestWhereNobodyLeadsASecondPersonReleases(t *testing.T) {
	t.Parallel()
	w, _ := scanned(t)
	ctx := t.Context()
	one := w.Guard.For(w.User("one", "registratur@poststelle"))
	two := w.Guard.For(w.User("two", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	second := w.Guard.For(w.User("second", "sachbearbeitung@asyl"))
	lead := w.Guard.For(w.User("lead", "leitung@asyl"))
	h := acl.Holder{Inbox: w.Post(one, "poststelle", clamdtest.Pattern).ID}
	led := acl.Holder{Inbox: w.Post(clerk, "asyl", clamdtest.Pattern).ID}
	w.Settle()
	if q := opened(t, one, h.Inbox).Quarantine; !q.Colleague || !q.MayAsk || q.MayDecide {
		t.Errorf("the mail room sees %+v", q)
	}
	if err := errors.Join(one.Quarantine(ctx, h, acl.QuarantineAsk, "Fehlalarm"), clerk.Quarantine(ctx, led, acl.QuarantineAsk, "Fehlalarm")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		who  *acl.Desk
		h    acl.Holder
		want error
	}{
		{"who asked", one, h, acl.ErrSecondPerson},
		{"a lead of elsewhere", lead, h, archive.ErrNotFound},
		{"a colleague where there is a lead", second, led, acl.ErrDenied},
		{"a colleague where there is none", two, h, nil},
	} {
		if err := tt.who.Quarantine(ctx, tt.h, acl.QuarantineRelease, "geprüft"); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if q := opened(t, clerk, led.Inbox).Quarantine; q.Colleague || !q.Mine || q.MayDecide {
		t.Errorf("the clerk sees %+v", q)
	}
}
