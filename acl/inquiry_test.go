package acl_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest"
)

// asked is a person who asks what is kept about her, with papers of three departments.
type asked struct {
	*shelf
	officer, second, lead acl.Subject
	person                archive.PersonID
	number                string
}

func newAsked(t *testing.T) *asked {
	t.Helper()
	s := newShelf(t)
	s.Guard.Printer = s.Guard.Bundles.(*ingest.Bundler).Composer
	a := &asked{shelf: s}
	a.officer, a.second = s.User("dsb", "datenschutz@datenschutz"), s.User("dsb.zwei", "datenschutz@datenschutz")
	a.lead = s.User("leitung", "leitung@auslaenderbehoerde")
	akte := must(s.clerk.Akte(t.Context(), s.akte))(t)
	a.person, a.number = akte.Akte.Person, akte.Number
	return a
}

func (a *asked) begin(t *testing.T, by acl.Subject) archive.InquiryID {
	t.Helper()
	return must(a.Guard.For(by).BeginInquiry(t.Context(), acl.InquiryAsk{
		Number: a.number, Kind: archive.InquiryAccess, ReceivedOn: a.Time.UTC().Format(time.DateOnly), Identity: "mit Pass", Language: "de",
	}))(t)
}

func (a *asked) view(t *testing.T, by acl.Subject, id archive.InquiryID) acl.InquiryView {
	t.Helper()
	return must(a.Guard.For(by).Inquiry(t.Context(), id, true, 0))(t)
}

// decide decides about all marked pieces that somebody sees.
func (a *asked) decide(t *testing.T, by acl.Subject, id archive.InquiryID, decision, reason string) {
	t.Helper()
	v := a.view(t, by, id)
	var all []acl.InquiryDecision
	for _, r := range v.Rows {
		if r.Open() {
			all = append(all, acl.InquiryDecision{Piece: r.Key(), Decision: decision, Reason: reason})
		}
	}
	if err := a.Guard.For(by).DecideInquiry(t.Context(), id, v.Revision, all, reason); err != nil {
		t.Fatal(err)
	}
}

func (a *asked) propose(t *testing.T, by acl.Subject, id archive.InquiryID) string {
	t.Helper()
	return must(a.Guard.For(by).ProposeInquiry(t.Context(), id, a.view(t, by, id).Revision, ""))(t)
}

func (a *asked) release(t *testing.T, by acl.Subject, id archive.InquiryID) string {
	t.Helper()
	return must(a.Guard.For(by).ReleaseInquiry(t.Context(), id, a.view(t, by, id).Revision, ""))(t)
}

// take reads the package: its files by name.
func (a *asked) take(t *testing.T, by acl.Subject, id archive.InquiryID) map[string]string {
	t.Helper()
	f := must(a.Guard.For(by).TakeInquiry(t.Context(), id, "Frau Öztürk", "abgeholt"))(t)
	data, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	r := must(zip.NewReader(bytes.NewReader(data), int64(len(data))))(t)
	out := map[string]string{}
	for _, f := range r.File {
		in := must(f.Open())(t)
		data := must(io.ReadAll(in))(t)
		out[f.Name] = string(data)
	}
	return out
}

func TestInquiryIsDecidedByTwoAndHandedOutWhole(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	a.Time = a.Time.Add(time.Minute)
	must(a.Guard.For(a.lead).Disclose(t.Context(), acl.Disclosure{Document: a.pass.ID, Recipient: "Botschaft", Reason: "Passfrage"}))(t)
	for revision, family := range []string{"Üztürk", "Öztürk"} {
		why := acl.Correcting{Ground: []string{"written", "identity"}[revision]}
		must(a.clerk.ChangePerson(t.Context(), a.person, int64(revision)+1, why, func(p *archive.Person) error { p.Names[0].Family = family; return nil }))(t)
		a.Time = a.Time.Add(time.Minute)
	}
	must(a.clerk.RefuseCorrection(t.Context(), a.person, acl.RefusedCorrection{AskedOn: "2026-01-05", Reason: "nicht nachgewiesen", Statement: "Ich bin jünger."}))(t)
	hint := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "Hinweis", Sender: "Nachbarin Meier"}, "Hinweis")
	a.records(t, "religion", "keine Angabe", "alevitisch")
	a.records(t, "familie", "verheiratet mit Ayse")
	id := a.begin(t, a.officer)
	v := a.view(t, a.officer, id)
	if v.Total != 6 || v.Marked != 3 || v.Undecided != 3 || v.Hidden != 1 || v.MayPropose || len(v.Rows) != 5 {
		t.Fatalf("begun: %d pieces, %d marked, %d undecided, %d hidden, %d rows", v.Total, v.Marked, v.Undecided, v.Hidden, len(v.Rows))
	}
	if want := a.Time.UTC().AddDate(0, 1, 0).Format(time.DateOnly); v.Due > want || v.Due <= v.ReceivedOn {
		t.Errorf("due on %s, want a month behind %s", v.Due, v.ReceivedOn)
	}
	officer, second := a.Guard.For(a.officer), a.Guard.For(a.second)
	if _, err := officer.ProposeInquiry(t.Context(), id, v.Revision, ""); !isField(err, "/decisions") {
		t.Errorf("proposed with an undecided piece: %v", err)
	}
	for reason, wrong := range map[string]acl.InquiryDecision{
		"withheld without a reason": {Piece: string(hint.ID), Decision: archive.InquiryWithhold},
		"given without a reason":    {Piece: string(hint.ID), Decision: archive.InquiryGive},
	} {
		if err := officer.DecideInquiry(t.Context(), id, v.Revision, []acl.InquiryDecision{wrong}, ""); !isField(err, "/reason/"+string(hint.ID)) {
			t.Errorf("%s: %v", reason, err)
		}
	}
	a.decide(t, a.officer, id, archive.InquiryWithhold, "Art. 23")
	if state := a.propose(t, a.officer, id); state != archive.InquiryProposed {
		t.Fatalf("proposed: %s", state)
	}
	v = a.view(t, a.officer, id)
	if _, err := officer.ReleaseInquiry(t.Context(), id, v.Revision, ""); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("released by who proposed: %v", err)
	}
	if _, err := second.TakeInquiry(t.Context(), id, "Frau Öztürk", ""); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("taken before its release: %v", err)
	}
	if state := a.release(t, a.second, id); state != archive.InquiryReleased {
		t.Fatalf("released: %s", state)
	}
	if _, err := second.TakeInquiry(t.Context(), id, "Frau Öztürk", ""); !errors.Is(err, archive.ErrNotReady) {
		t.Errorf("taken before it is made: %v", err)
	}
	a.Settle()
	if _, err := second.TakeInquiry(t.Context(), id, " ", ""); !isField(err, "/recipient") {
		t.Errorf("taken by nobody: %v", err)
	}
	a.holdsAll(t, a.take(t, a.second, id))
	e := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpInquiryTake), Result: string(audit.Allow)})
	if e.Leaf.Persons[0] != string(a.person) || e.Recipient != "Frau Öztürk" || e.Leaf.Purpose != "auskunft" {
		t.Errorf("the trail says %+v, recipient %q", e.Leaf, e.Recipient)
	}
}

// records writes texts into a group of fields, one after another.
func (a *asked) records(t *testing.T, group string, texts ...string) {
	t.Helper()
	p := archive.Particular{Person: a.person, Group: group}
	for _, text := range texts {
		if err := p.Change(text, "x", a.lead.User, a.Time); err != nil {
			t.Fatal(err)
		}
		if err := a.Store.Update(t.Context(), func(tx archive.Tx) error {
			return errors.Join(tx.PutParticular(p), tx.Record(audit.Event{
				Time: a.Time, Actor: audit.System(), Op: audit.OpParticular, Object: "person/" + string(a.person), Result: audit.Allow,
			}))
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// holdsAll looks into a package.
func (a *asked) holdsAll(t *testing.T, files map[string]string) {
	t.Helper()
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"auskunft.pdf", "dateien/0001 Reisepass von vorn.txt", "dateien/0002 Befund der Lunge.txt", "daten.json"}; !slices.Equal(names, want) {
		t.Fatalf("files %q, want %q", names, want)
	}
	if files[names[1]] != "Pass" || files[names[2]] != "Befund" {
		t.Errorf("contents %q and %q", files[names[1]], files[names[2]])
	}
	var data acl.InquiryData
	if err := json.Unmarshal([]byte(files["daten.json"]), &data); err != nil {
		t.Fatal(err)
	}
	if data.Format != acl.InquiryFormat || data.Person.Names[0].Family != "Öztürk" || data.Withheld != 3 || len(data.Documents) != 2 || data.AutomatedDecisions ||
		len(data.Akten) != 1 || data.Akten[0].Number != a.number || data.Documents[0].RetentionBasis == "" || data.Documents[0].SHA256 == "" {
		t.Errorf("data %+v", data)
	}
	if len(data.Particulars) != 1 || data.Particulars[0].Text != "alevitisch" || data.Particulars[0].Former[0].Text != "keine Angabe" {
		t.Errorf("particulars %+v", data.Particulars)
	}
	if len(data.Corrections) != 3 || data.Corrections[0].Statement != "Ich bin jünger." || data.Corrections[1].Ground.Key != "identity" ||
		len(data.Corrections[2].Told) != 1 || data.Corrections[2].Told[0].Name != "Botschaft" || data.Corrections[1].Values[0].Old != "Üztürk, Test" || data.Corrections[1].Values[0].New != "Öztürk, Test" {
		t.Errorf("corrections %+v", data.Corrections)
	}
	if len(data.Recipients) != 1 || data.Recipients[0].Name != "Botschaft" || data.Recipients[0].Reason != "Passfrage" || data.Recipients[0].Document != a.pass.Title {
		t.Errorf("recipients %+v", data.Recipients)
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(files["auskunft.pdf"])
	paper, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Öztürk", a.number, "Zwecke", "Botschaft", "Ihre Rechte", "keine automatisierten", "Befund der Lunge", "3 Schriftst", "alevitisch", "Üztürk", "Ich bin jünger."} {
		if !strings.Contains(string(paper), want) {
			t.Errorf("the paper lacks %q", want)
		}
	}
	for name, text := range files {
		for _, hidden := range []string{hiddenTitle, "Hinweis", "Nachbarin", "Ayse"} {
			if strings.Contains(text, hidden) || strings.Contains(string(paper), hidden) {
				t.Errorf("%s tells of what is withheld: %s", name, hidden)
			}
		}
	}
}

func TestInquiryGoesBackWhenSomethingChanges(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	id := a.begin(t, a.officer)
	a.decide(t, a.officer, id, archive.InquiryWithhold, "Art. 23")
	late := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "Nachtrag"}, "Nachtrag")
	if state := a.propose(t, a.officer, id); state != archive.InquiryReview {
		t.Fatalf("proposed with a paper that came meanwhile: %s", state)
	}
	if v := a.view(t, a.officer, id); v.Total != 4 || v.Undecided != 0 || v.Withheld != 1 {
		t.Errorf("listed anew: %d pieces, %d undecided, %d withheld", v.Total, v.Undecided, v.Withheld)
	}
	a.propose(t, a.officer, id)
	doc := must(a.clerk.Document(t.Context(), late.ID))(t).Document
	doc.Sealed = &archive.Seal{Kind: archive.SealProtection, Reason: "Bedrohung", Until: "2099-01-01", Readers: []archive.UserID{a.lead.User}, By: a.lead.User}
	a.change(doc)
	if state := a.release(t, a.second, id); state != archive.InquiryReview {
		t.Fatalf("released with what was sealed meanwhile: %s", state)
	}
	v := a.view(t, a.officer, id)
	if v.Undecided != 1 || v.Hidden != 2 || v.HiddenOpen != 1 || slices.ContainsFunc(v.Rows, func(r acl.InquiryRow) bool { return r.Document == late.ID }) {
		t.Errorf("what is sealed: %d undecided, %d hidden, rows %v", v.Undecided, v.Hidden, len(v.Rows))
	}
	officer := a.Guard.For(a.officer)
	give := []acl.InquiryDecision{{Piece: string(late.ID), Decision: archive.InquiryGive, Reason: "x"}}
	if err := officer.DecideInquiry(t.Context(), id, v.Revision, give, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("decided unseen: %v", err)
	}
	if _, err := officer.ReadInquiryPiece(t.Context(), id, late.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("read though it is sealed: %v", err)
	}
	if err := officer.DecideInquiry(t.Context(), id, v.Revision, nil, "gesperrt"); err != nil {
		t.Fatal(err)
	}
	a.propose(t, a.officer, id)
	if state := a.release(t, a.second, id); state != archive.InquiryReleased {
		t.Fatalf("released at last: %s", state)
	}
	a.Settle()
	if files := a.take(t, a.second, id); len(files) != 4 {
		t.Errorf("%d files, want 4", len(files))
	}
	pass := must(a.clerk.Document(t.Context(), a.pass.ID))(t).Document
	pass.Sealed = doc.Sealed
	a.change(pass)
	if _, err := a.Guard.For(a.second).TakeInquiry(t.Context(), id, "Frau Öztürk", ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("handed out after a piece was sealed: %v", err)
	}
}

func TestInquiryPackageEnds(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	id := a.begin(t, a.lead)
	if v := a.view(t, a.lead, id); v.Hidden != 2 || len(v.Rows) != 1 {
		t.Fatalf("a lead sees %d rows, %d are hidden; what she may not read is", len(v.Rows), v.Hidden)
	}
	a.decide(t, a.officer, id, archive.InquiryGive, "geprüft")
	a.propose(t, a.lead, id)
	a.release(t, a.officer, id)
	a.Settle()
	v := a.view(t, a.officer, id)
	if !v.MayTake || len(a.take(t, a.officer, id)) != 4 {
		t.Errorf("ready: %t", v.MayTake)
	}
	ref := v.Object.Ref
	if err := a.Guard.For(a.officer).ReturnInquiry(t.Context(), id, v.Revision, "noch einmal"); err != nil {
		t.Fatal(err)
	}
	if a.named(t, ref) || a.view(t, a.officer, id).State != archive.InquiryReview {
		t.Errorf("given back: its package is there still")
	}
	a.propose(t, a.officer, id)
	v = a.view(t, a.lead, id)
	if _, err := a.Guard.For(a.lead).ReleaseInquiry(t.Context(), id, v.Revision, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a lead releases what she doesn't see: %v", err)
	}
	a.release(t, a.second, id)
	a.Settle()
	if _, err := a.Guard.For(a.lead).TakeInquiry(t.Context(), id, "x", ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a lead takes what she may not read: %v", err)
	}
	v = a.view(t, a.lead, id)
	a.Time = a.Time.Add(archive.InquiryKept + time.Minute)
	if _, err := a.Guard.For(a.lead).TakeInquiry(t.Context(), id, "x", ""); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("taken after its end: %v", err)
	}
	a.Settle()
	if got := a.view(t, a.lead, id); got.State != archive.InquiryEnded || a.named(t, v.Object.Ref) {
		t.Errorf("after its end: %s", got.State)
	}
	if page := must(a.Guard.For(a.lead).Inquiries(t.Context(), false, 0, ""))(t); len(page.Items) != 0 {
		t.Errorf("ended, and listed as current: %d", len(page.Items))
	}
	if page := must(a.Guard.For(a.lead).Inquiries(t.Context(), true, 0, ""))(t); len(page.Items) != 1 {
		t.Errorf("all: %d", len(page.Items))
	}
}

// named reports whether a record names an object.
func (a *asked) named(t *testing.T, ref blob.Ref) (named bool) {
	t.Helper()
	if err := a.Store.View(t.Context(), func(r archive.Reader) (err error) {
		named, err = r.HasObject(ref)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return named
}

// isField reports whether an error is about a field.
func isField(err error, pointer string) bool {
	var field *archive.FieldError
	return errors.As(err, &field) && field.Pointer == pointer
}

func TestInquiryIsForThoseWhoInform(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	id := a.begin(t, a.officer)
	other := a.User("leitung.fremd", "leitung@rueckkehr")
	kin := a.User("dsb.verwandt", "datenschutz@datenschutz")
	if err := a.Store.Update(t.Context(), func(tx archive.Tx) error {
		return errors.Join(tx.PutConflict(archive.Conflict{
			ID: archive.NewID[archive.ConflictID](), User: kin.User, Person: a.person, Kind: "relative", Reason: "x", By: a.lead.User, At: a.Time,
		}), tx.Record(audit.Event{Time: a.Time, Actor: audit.System(), Op: audit.OpConflictLay, Object: "person/" + string(a.person), Result: audit.Allow}))
	}); err != nil {
		t.Fatal(err)
	}
	for who, tt := range map[string]struct {
		by   *acl.Desk
		want error
	}{
		"a caseworker": {a.clerk, acl.ErrDenied}, "a lead who takes no part": {a.Guard.For(other), archive.ErrNotFound},
		"an officer who is a relative": {a.Guard.For(kin), archive.ErrNotFound},
	} {
		if _, err := tt.by.Inquiry(t.Context(), id, false, 0); !errors.Is(err, tt.want) {
			t.Errorf("%s opens it: %v, want %v", who, err, tt.want)
		}
		if err := tt.by.DecideInquiry(t.Context(), id, 1, nil, "x"); !errors.Is(err, tt.want) {
			t.Errorf("%s decides: %v, want %v", who, err, tt.want)
		}
		page, err := tt.by.Inquiries(t.Context(), true, 0, "")
		if errors.Is(tt.want, acl.ErrDenied) != errors.Is(err, acl.ErrDenied) || len(page.Items) != 0 {
			t.Errorf("%s lists %d: %v", who, len(page.Items), err)
		}
		_, err = tt.by.BeginInquiry(t.Context(), acl.InquiryAsk{Number: a.number, Kind: archive.InquiryAccess, ReceivedOn: "2026-01-02", Identity: "x", Language: "de"})
		if errors.Is(tt.want, acl.ErrDenied) && !errors.Is(err, acl.ErrDenied) || !errors.Is(tt.want, acl.ErrDenied) && !isField(err, "/number") {
			t.Errorf("%s begins: %v", who, err)
		}
	}
}

// An answer may take two months longer, once, where the person was told within the first month.
func TestInquiryIsProlongedOnceAndInTime(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	a.Time = time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	id := a.begin(t, a.officer)
	prolong := func(by acl.Subject, toldOn, reasons string) error {
		return a.Guard.For(by).ProlongInquiry(t.Context(), id, a.view(t, a.officer, id).Revision, toldOn, reasons)
	}
	a.Time = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC) // the term is over, and somebody enters what was sent before
	for _, c := range []struct{ toldOn, reasons, pointer, code string }{
		{"", "viele Akten", "/told_on", "required"},
		{"gestern", "viele Akten", "/told_on", "format"},
		{"2026-01-30", "viele Akten", "/told_on", "before_receipt"},
		{"2026-03-01", "viele Akten", "/told_on", "term_over"},
		{"2026-03-06", "viele Akten", "/told_on", "future"},
		{"2026-02-28", " ", "/reasons", "required"},
	} {
		var field *archive.FieldError
		if err := prolong(a.officer, c.toldOn, c.reasons); !errors.As(err, &field) || field.Pointer != c.pointer || field.Code != c.code {
			t.Errorf("told on %q for %q: %v, want %s %s", c.toldOn, c.reasons, err, c.pointer, c.code)
		}
	}
	if err := a.clerk.ProlongInquiry(t.Context(), id, 1, "2026-02-28", "viele Akten"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("somebody who informs nobody: %v", err)
	}
	a.decide(t, a.officer, id, archive.InquiryWithhold, "Art. 23")
	a.propose(t, a.officer, id)
	if v := a.view(t, a.officer, id); !v.Late || !v.MayProlong {
		t.Errorf("before: late %v, may be prolonged %v", v.Late, v.MayProlong)
	}
	if err := prolong(a.second, "2026-02-28", "viele Akten"); err != nil {
		t.Fatal(err)
	}
	v := a.view(t, a.officer, id)
	if v.Due != "2026-04-30" || v.ToldOn != "2026-02-28" || v.Late || v.MayProlong || v.State != archive.InquiryProposed {
		t.Errorf("after: due %s, told on %s, late %v, may be prolonged %v, %s", v.Due, v.ToldOn, v.Late, v.MayProlong, v.State)
	}
	if last := v.Steps[len(v.Steps)-1]; last.State != archive.InquiryProlonged || last.Note != "viele Akten" || !v.Own {
		t.Errorf("the last word is %+v; the proposer's own: %v", last, v.Own)
	}
	if err := prolong(a.officer, "2026-02-28", "noch mehr Akten"); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("once more: %v", err)
	}
}

func TestPortabilityIsWhatSheHandedIn(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	for _, doc := range []archive.Document{
		{Type: "reisepass", Title: "Mitgebracht", Channel: "counter"}, {Type: "reisepass", Title: "Von ihr", Channel: "paper", Sender: "Test Öztürk"},
		{Type: "reisepass", Title: "Vom Amt", Channel: "paper", Sender: "Bundesamt"}, {Type: "reisepass", Title: "Vermerk", Channel: "internal"},
	} {
		a.Add(a.clerk, a.akte, doc, doc.Title)
	}
	a.Settle()
	id := must(a.Guard.For(a.officer).BeginInquiry(t.Context(), acl.InquiryAsk{
		Person: a.person, Kind: archive.InquiryPortability, ReceivedOn: "2026-01-31", Identity: "mit Pass", Language: "en",
	}))(t)
	var titles []string
	v := a.view(t, a.officer, id)
	for _, r := range v.Rows {
		titles = append(titles, r.Of.Title)
	}
	slices.Sort(titles)
	if want := []string{"Mitgebracht", "Von ihr"}; !slices.Equal(titles, want) || v.Due != "2026-02-28" {
		t.Errorf("pieces %q, want %q; due on %s", titles, want, v.Due)
	}
	a.propose(t, a.officer, id)
	a.release(t, a.lead, id)
	a.Settle()
	files := a.take(t, a.lead, id)
	if files["data.json"] == "" || files["information.pdf"] == "" || files["files/0001 Mitgebracht.txt"] == "" || len(files) != 4 {
		t.Errorf("files %d", len(files))
	}
}

func TestInquiryMarksWhatOthersShare(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	sister := a.Akte(a.clerk, "Kara", "auslaenderbehoerde")
	a.Add(a.clerk, sister, archive.Document{Type: "reisepass"}, "Mietvertrag beider")
	shared := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "Mietvertrag"}, "Mietvertrag beider")
	from := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "Hinweis", Sender: "Nachbarin Meier"}, "Hinweis")
	id := a.begin(t, a.officer)
	for _, r := range a.view(t, a.officer, id).Rows {
		want := map[archive.DocumentID][]string{shared.ID: {archive.InquiryShared}, from.ID: {archive.InquirySender}, a.pass.ID: nil}[r.Document]
		if _, asked := map[archive.DocumentID]bool{shared.ID: true, from.ID: true, a.pass.ID: true}[r.Document]; asked && !slices.Equal(r.Flags, want) {
			t.Errorf("%s is marked %v, want %v", r.Of.Title, r.Flags, want)
		}
	}
}

// TestInquiryMarksPapersThatNameOthers reads dates of birth on papers: hers, as far as it is known, marks none.
func TestInquiryMarksPapersThatNameOthers(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	hers := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "hers"}, "Ayse Öztürk, geb. 17.05.1990, seit 02.03.2020 hier")
	alias := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "alias"}, "geboren am 3. April 1989")
	others := a.Add(a.clerk, a.akte, archive.Document{Type: "reisepass", Title: "others"}, "Ayse Öztürk, geb. 17.05.1990", "und Kind Mia, geb. 02.03.2020")
	a.Settle()
	marked := func() (out []string) {
		id := a.begin(t, a.officer)
		for _, r := range a.view(t, a.officer, id).Rows {
			if slices.Contains([]archive.DocumentID{hers.ID, alias.ID, others.ID}, r.Document) && slices.Equal(r.Flags, []string{archive.InquiryOthers}) {
				out = append(out, r.Of.Title)
			}
		}
		slices.Sort(out)
		if err := a.Guard.For(a.officer).CloseInquiry(t.Context(), id, a.view(t, a.officer, id).Revision, "Versuch"); err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, tc := range []struct {
		born, alias string
		want        []string
	}{
		{"", "", []string{"alias", "hers", "others"}}, // whose they are nobody can tell
		{"1990-05-17", "", []string{"alias", "others"}},
		{"1990-05-17", "1989-04-03", []string{"others"}},
		{"1990", "1989", []string{"others"}},
		{"1990-01-01", "1989-04-03", []string{"others"}}, // as registers write an unknown day
	} {
		store(t, a.World, func(tx archive.Tx) error {
			p, err := tx.Person(a.person)
			if err != nil {
				return err
			}
			p.BirthDate, p.Revision = archive.BirthDate{}, p.Revision+1
			p.Names = append(p.Names[:1:1], archive.Name{Kind: "alias", Family: "Öz", Given: "Ayse"})
			if tc.born != "" {
				p.BirthDate = day(t, tc.born)
			}
			if tc.alias != "" {
				p.Names[1].BirthDate = day(t, tc.alias)
			}
			return tx.PutPerson(p)
		})
		if got := marked(); !slices.Equal(got, tc.want) {
			t.Errorf("born %q or %q: marked are %v, want %v", tc.born, tc.alias, got, tc.want)
		}
	}
}
