package acl_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/unpack/unpacktest"
)

// mailed is a message of a subject, with what is attached: name, content, name, content …
func mailed(subject string, attached ...string) string {
	lines := []string{
		"From: Olena Kovalenko <olena@example.org>", "Date: Fri, 20 Nov 2026 10:00:00 +0100", "Subject: " + subject,
		"MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=" + subject, "", "--" + subject, "", "Guten Tag",
	}
	for i := 0; i < len(attached); i += 2 {
		kind := "application/octet-stream"
		if strings.HasSuffix(attached[i], ".eml") {
			kind = "message/rfc822"
		}
		lines = append(lines, "--"+subject, "Content-Type: "+kind, `Content-Disposition: attachment; filename="`+attached[i]+`"`, "", attached[i+1])
	}
	return strings.Join(append(lines, "--"+subject+"--", ""), "\r\n")
}

// post drops a file into the mail room's basket and lets the machine work.
func (d *desks) post(name, content string) acl.InboxView {
	d.T.Helper()
	view := d.drop(name, content)
	d.Settle()
	return must(d.one.InboxItem(d.T.Context(), view.ID))(d.T.(*testing.T))
}

func (d *desks) drop(name, content string) acl.InboxView {
	d.T.Helper()
	u, err := d.one.Receive(d.T.Context(), name, strings.NewReader(content))
	if err != nil {
		d.T.Fatal(err)
	}
	item := archive.InboxItem{Basket: "poststelle", Channel: "email", Sender: "wie gesendet"}
	view, err := d.one.AddInboxItem(d.T.Context(), item, u)
	if err := errors.Join(err, u.Close()); err != nil {
		d.T.Fatal(err)
	}
	return view
}

func zipOf(t *testing.T, pairs ...string) string { return string(unpacktest.Zip(t, pairs...)) }

// inside writes down what came inside of an item.
func inside(view acl.InboxView) string {
	var out []string
	for _, e := range view.Enclosures {
		state := e.State
		if e.Left != "" {
			state = e.Left
		}
		out = append(out, strings.Repeat(">", e.Depth)+e.Name+":"+state)
	}
	return strings.Join(out, " ")
}

// waiting are the names of what lies in a basket.
func (d *desks) waiting(by *acl.Desk, basket string) string {
	d.T.Helper()
	page, err := by.Inbox(d.T.Context(), basket, 100, "")
	if err != nil {
		d.T.Fatal(err)
	}
	var names []string
	for _, i := range page.Items {
		names = append(names, i.Current.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestMailIsUnpacked(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	inner := mailed("innen", "tief.txt", "ganz innen")
	mail := mailed("Unterlagen", "vertrag.txt", "Arbeitsvertrag", "kaputt.txt", "FAIL corrupt", "x.exe", "MZ\x00\x01\x02\x03", "../../weiter.eml", inner, "b.bin", "\x00\x01\x02")
	got := d.post("a.eml", mail)
	if want := "vertrag.txt:ready kaputt.txt:failed x.exe:dangerous weiter.eml:ready >tief.txt:ready b.bin:unsupported"; inside(got) != want {
		t.Errorf("inside %q, want %q", inside(got), want)
	}
	if c := got.Current.Container; got.State != "ready" || c == nil || c.Sender != "Olena Kovalenko <olena@example.org>" || c.Subject != "Unterlagen" || c.Date != "2026-11-20" {
		t.Errorf("%s, container %+v", got.State, c)
	}
	if got := d.waiting(d.one, "poststelle"); got != "a.eml kaputt.txt tief.txt vertrag.txt weiter.eml" {
		t.Errorf("in the basket: %s", got)
	}
	first := must(d.one.InboxItem(t.Context(), got.Enclosures[0].Item))(t)
	if first.Sender != "wie gesendet" || first.Channel != "email" || first.Enclosing == nil || first.Enclosing.Item != got.ID || first.Enclosing.Name != "Unterlagen" {
		t.Errorf("enclosure: %+v in %+v", first.InboxItem, first.Enclosing)
	}
	if got.Enclosures[0].Type != "arbeitsvertrag" || got.Enclosures[0].Title != "vertrag" {
		t.Errorf("suggested %+v", got.Enclosures[0])
	}
	content := must(d.one.Original(t.Context(), acl.Holder{Inbox: got.ID}))(t)
	defer content.Close()
	if raw, err := io.ReadAll(content); err != nil || string(raw) != mail {
		t.Errorf("the received bytes: %d of %d, %v", len(raw), len(mail), err)
	}
	if n := d.happened(audit.OpEnclosed); n != 4 {
		t.Errorf("%d events of enclosures, want 4", n)
	}
	for field, want := range map[string]string{acl.SuggestSender: "Olena Kovalenko <olena@example.org>", acl.SuggestTitle: "Unterlagen", acl.SuggestDate: "2026-11-20"} {
		at := slices.IndexFunc(got.Suggestions, func(s acl.Suggestion) bool { return s.Field == field })
		if at < 0 || got.Suggestions[at].Value != want || got.Suggestions[at].Page != 1 || got.Suggestions[at].W <= 0 {
			t.Errorf("%s: want %q among %+v", field, want, got.Suggestions)
		}
	}
	d.sound()
}

func TestArchiveWithProgram(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	got := d.post("a.zip", zipOf(t, "gut.txt", "ein Brief", "boese.exe", "MZ\x00\x01\x02\x03", "__MACOSX/._gut.txt", "x"))
	if want := "gut.txt:ready boese.exe:dangerous _gut.txt:clutter"; got.State != "quarantined" || inside(got) != want {
		t.Errorf("%s, %q, want quarantined, %q", got.State, inside(got), want)
	}
	if bad := d.post("b.zip", "PK\x03\x04nonsense and no end"); bad.State != "failed" || bad.Current.Reason == "" {
		t.Errorf("a broken archive: %s %s", bad.State, bad.Current.Reason)
	}
}

func TestNestingEnds(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	content := zipOf(t, "innen.txt", "x")
	for i := range 12 {
		content = zipOf(t, fmt.Sprintf("%d.zip", i), content)
	}
	got := d.post("a.zip", content)
	last := got.Enclosures[len(got.Enclosures)-1]
	if len(got.Enclosures) != 9 || last.Left != "depth" {
		t.Errorf("%d levels, the last %+v", len(got.Enclosures), last)
	}
}

func TestFileWithEnclosures(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	waiting := d.drop("a.eml", mailed("m", "a.txt", "eins"))
	_, err := d.one.FileItem(ctx, waiting.ID, d.filing())
	wants(t, "filing before it is unpacked", err, acl.ErrUnpacking)
	got := d.post("b.eml", mailed("n", "lohn.txt", "zwei", "arzt.txt", "drei", "bleibt.txt", "vier"))
	other := d.post("c.txt", "fremd")

	f := d.filing()
	f.Doc.Date, f.Doc.Sender = "2026-11-20", "Kovalenko"
	f.With = []acl.EnclosureFiling{{Item: other.ID, Type: "arbeitsvertrag"}}
	_, err = d.one.FileItem(ctx, got.ID, f)
	wants(t, "filing what isn't inside", err, archive.ErrInvalid)
	f.With = []acl.EnclosureFiling{{Item: got.Enclosures[0].Item, Type: "nonsense"}}
	_, err = d.one.FileItem(ctx, got.ID, f)
	var field *archive.FieldError
	if !errors.As(err, &field) || field.Pointer != "/enclosures/0/type" {
		t.Errorf("an unknown type: %v", err)
	}
	f.With = []acl.EnclosureFiling{
		{Item: got.Enclosures[0].Item, Type: "arbeitsvertrag", Title: "Lohn"}, {Item: got.Enclosures[1].Item, Type: "arbeitsvertrag"},
	}
	if got := d.waiting(d.one, "poststelle"); !strings.Contains(got, "b.eml") {
		t.Fatalf("a refused filing took it away: %s", got)
	}
	made := must(d.one.FileItem(ctx, got.ID, f))(t)
	if got := d.waiting(d.one, "poststelle"); got != "a.eml a.txt bleibt.txt c.txt" {
		t.Errorf("left in the basket: %s", got)
	}
	if n := d.happened(audit.OpFile); n != 3 {
		t.Errorf("%d filings recorded, want 3", n)
	}
	page := must(d.clerk.Documents(ctx, d.akte, acl.DocumentsQuery{Limit: 10}))(t)
	if len(page.Items) != 3 {
		t.Fatalf("%d documents in the Akte", len(page.Items))
	}
	view := must(d.one.Enclosures(ctx, made[0].ID))(t)
	if len(view.Inside) != 2 || view.Inside[0].Title != "Lohn" || view.Inside[0].Date != "2026-11-20" || view.Inside[0].Sender != "Kovalenko" || len(view.Of) != 0 {
		t.Errorf("the message hangs together with %+v", view)
	}
	child := must(d.one.Enclosures(ctx, view.Inside[0].ID))(t)
	if len(child.Of) != 1 || child.Of[0].ID != made[0].ID {
		t.Errorf("the attachment hangs together with %+v", child)
	}
	stranger := d.Guard.For(d.User("stranger", "sachbearbeitung@standesamt"))
	_, err = stranger.Enclosures(ctx, made[0].ID)
	wants(t, "a stranger", err, archive.ErrNotFound)

	back := must(d.one.Unfile(ctx, got.ID))(t)
	if inside(must(d.one.InboxItem(ctx, back.ID))(t)) != "lohn.txt:ready arzt.txt:ready bleibt.txt:ready" {
		t.Errorf("taken back: %q", inside(must(d.one.InboxItem(ctx, back.ID))(t)))
	}
	if got := d.waiting(d.one, "poststelle"); got != "a.eml a.txt arzt.txt b.eml bleibt.txt c.txt lohn.txt" {
		t.Errorf("in the basket again: %s", got)
	}
	if n := d.happened(audit.OpUnfile); n != 3 {
		t.Errorf("%d filings taken back, want 3", n)
	}
	d.sound()
}

func TestEnclosuresGoAlong(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	got := d.post("a.eml", mailed("m", "a.txt", "eins", "b.txt", "zwei"))
	must(d.one.SetAside(ctx, got.ID, archive.Aside{Note: "später"}))(t)
	if page := must(d.one.Shelf(ctx, "poststelle", archive.ShelfAside, 10, ""))(t); len(page.Items) != 3 {
		t.Errorf("%d set aside, want 3", len(page.Items))
	}
	must(d.one.TakeUp(ctx, got.ID))(t)
	if page := must(d.one.Shelf(ctx, "poststelle", archive.ShelfAside, 10, ""))(t); len(page.Items) != 0 {
		t.Errorf("%d still aside", len(page.Items))
	}
	must(d.two.ClaimItem(ctx, got.Enclosures[0].Item, false))(t)
	_, err := d.one.RouteItem(ctx, got.ID, "auslaenderbehoerde")
	wants(t, "routing what a colleague is at", err, acl.ErrClaimed)
	if err := d.two.ReleaseItem(ctx, got.Enclosures[0].Item); err != nil {
		t.Fatal(err)
	}
	must(d.one.RouteItem(ctx, got.ID, "auslaenderbehoerde"))(t)
	if here, there := d.waiting(d.one, "poststelle"), d.waiting(d.clerk, "auslaenderbehoerde"); here != "" || there != "a.eml a.txt b.txt" {
		t.Errorf("here %q, there %q", here, there)
	}
	if n := d.happened(audit.OpRoute); n != 3 {
		t.Errorf("%d routed, want 3", n)
	}
}

// TestEnclosuresAreDecidedOneByOne: a document that the reader may not read isn't there for her.
func TestEnclosuresAreDecidedOneByOne(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	got := d.post("b.eml", mailed("n", "lohn.txt", "zwei", "zeugnis.txt", "drei"))
	f := d.filing()
	f.With = []acl.EnclosureFiling{
		{Item: got.Enclosures[0].Item, Type: "arbeitsvertrag", Title: "Lohn"}, {Item: got.Enclosures[1].Item, Type: "fuehrungszeugnis", Title: "Geheim"},
	}
	made := must(d.one.FileItem(ctx, got.ID, f))(t)
	if own := must(d.one.Enclosures(ctx, made[0].ID))(t); len(own.Inside) != 2 {
		t.Errorf("who filed it sees %+v", own.Inside)
	}
	hers := must(d.clerk.Enclosures(ctx, made[0].ID))(t)
	if len(hers.Inside) != 1 || hers.Inside[0].Title != "Lohn" {
		t.Errorf("the clerk sees %+v", hers.Inside)
	}
	_, err := d.one.Unfile(ctx, got.ID)
	wants(t, "taking back what a colleague has opened", err, acl.ErrSettled)
	if page := must(d.clerk.Documents(ctx, d.akte, acl.DocumentsQuery{Limit: 10}))(t); len(page.Items) != 2 {
		t.Errorf("%d documents for the clerk, want 2: all stays as it was", len(page.Items))
	}
}

func TestContainerInAnAkteBecomesDocuments(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	ctx := t.Context()
	clerk := d.Guard.For(d.User("direct", "sachbearbeitung@auslaenderbehoerde"))
	stranger := d.Guard.For(d.User("elsewhere", "sachbearbeitung@integration"))
	akte := d.Akte(clerk, "Beispiel", "auslaenderbehoerde", archive.Participation{Department: "integration"})
	add := func(name, content string, doc archive.Document) acl.DocumentView {
		t.Helper()
		u := must(clerk.Receive(ctx, name, strings.NewReader(content)))(t)
		view, err := clerk.AddDocument(ctx, akte, doc, u)
		if err = errors.Join(err, u.Close()); err != nil {
			t.Fatal(err)
		}
		return view
	}
	nested := mailed("Anlage", "zeugnis.txt", "Zeugnis der Schule")
	mail := add("post.eml", mailed("Frage", "pass.txt", "Reisepass Nummer", "weiter.eml", nested, "spiel.exe", "MZ\x90"),
		archive.Document{Type: "heiratsurkunde", Sender: "Kanzlei", ReceivedOn: "2026-11-20"})
	d.Settle()
	view := must(clerk.Enclosures(ctx, mail.ID))(t)
	if len(view.Inside) != 2 || len(view.Left) != 1 {
		t.Fatalf("inside: %+v, left: %+v", view.Inside, view.Left)
	}
	pass := view.Inside[0]
	if pass.Title != "pass" || pass.Type != "heiratsurkunde" || pass.Register != mail.Register || pass.Classification != mail.Classification ||
		pass.Akte != akte || pass.Sender != "Kanzlei" || pass.BroughtBy != mail.BroughtBy || pass.ReceivedOn != "2026-11-20" {
		t.Errorf("enclosure: %+v", pass)
	}
	if got := textOf(t, clerk, acl.Holder{Document: pass.ID}); got != "Reisepass Nummer" {
		t.Errorf("its text: %q", got)
	}
	if back := must(clerk.Enclosures(ctx, pass.ID))(t); len(back.Of) != 1 || back.Of[0].ID != mail.ID {
		t.Errorf("enclosed in %+v", back.Of)
	}
	if deep := must(clerk.Enclosures(ctx, view.Inside[1].ID))(t); len(deep.Inside) != 1 || deep.Inside[0].Title != "zeugnis" {
		t.Errorf("inside of the message in it: %+v", deep.Inside)
	}
	if _, err := stranger.Document(ctx, pass.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("who may not see the container sees what was in it: %v", err)
	}
	for _, b := range must(clerk.Baskets(ctx))(t) {
		if b.Unfiled != 0 {
			t.Errorf("%d papers lie in the basket %s", b.Unfiled, b.Department)
		}
	}
	if n := must(clerk.FiledToday(ctx))(t).Count; n != 0 {
		t.Errorf("%d filings out of a basket", n)
	}
	officer := d.Guard.For(d.User("dsb2", "datenschutz@datenschutz"))
	told := must(officer.Trail(ctx, archive.TrailFilter{Op: string(audit.OpEnclosed), Akte: akte}, 10, ""))(t)
	if len(told.Items) != 3 {
		t.Errorf("%d enclosures in the trail of the Akte", len(told.Items))
	}
	u := must(clerk.Receive(ctx, "neu.zip", strings.NewReader(zipOf(t, "eins.txt", "eins"))))(t)
	again, err := clerk.AddVersion(ctx, mail.ID, u)
	if err = errors.Join(err, u.Close()); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	if v := must(clerk.Document(ctx, again.ID))(t).Current; v.Container == nil || v.Container.Enclosures[0].Left != "direct" {
		t.Errorf("a version that is a container: %+v", v.Container)
	}
}

// What a container in an Akte holds stays inside for a reason, and the one that is said is true.
func TestContainerInAClosedAkte(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	clerk := d.Guard.For(d.User("closes", "sachbearbeitung@auslaenderbehoerde"))
	akte := d.Akte(clerk, "Beispiel", "auslaenderbehoerde")
	u := must(clerk.Receive(ctx, "akte.zip", strings.NewReader(zipOf(t, "eins.txt", "eins"))))(t)
	doc, err := clerk.AddDocument(ctx, akte, archive.Document{Type: "mietvertrag"}, u)
	if err = errors.Join(err, u.Close()); err != nil {
		t.Fatal(err)
	}
	head := must(clerk.Akte(ctx, akte))(t)
	must(clerk.ChangeAkte(ctx, akte, head.Revision, func(a *archive.Akte) error { a.State = archive.AkteClosed; return nil }))(t)
	d.Settle()
	if v := must(clerk.Document(ctx, doc.ID))(t).Current; v.Container == nil || v.Container.Enclosures[0].Left != "closed" {
		t.Errorf("left inside: %+v", v.Container)
	}
}
