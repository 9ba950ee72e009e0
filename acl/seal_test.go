package acl_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// sealWorld is an Akte of two departments and who has to do with a seal on it.
type sealWorld struct {
	*acltest.World
	clerk, second, social  acl.Subject
	lead, other, otherLead acl.Subject
	akte                   archive.AkteID
	doc                    archive.DocumentID
}

func newSealWorld(t *testing.T) *sealWorld {
	t.Helper()
	w := &sealWorld{World: acltest.Open(t)}
	w.clerk, w.second = w.User("eins", "sachbearbeitung@auslaenderbehoerde"), w.User("zwei", "sachbearbeitung@auslaenderbehoerde")
	w.social = w.User("sozial", "sachbearbeitung@soziales")
	w.lead, w.other = w.User("leitung", "leitung@auslaenderbehoerde"), w.User("leitung.zwei", "leitung@auslaenderbehoerde")
	w.otherLead = w.User("leitung.sozial", "leitung@soziales")
	clerk := w.Guard.For(w.clerk)
	w.akte = w.Akte(clerk, "Sahin", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	w.doc = w.Add(clerk, w.akte, archive.Document{Type: "reisepass"}, "Hochzeitslied Zebra").ID
	w.Settle()
	return w
}

func (w *sealWorld) on() archive.SealedThing   { return archive.SealedThing{Akte: w.akte} }
func (w *sealWorld) doc1() archive.SealedThing { return archive.SealedThing{Document: w.doc} }

// wanted is a seal that ends in a number of days and names readers.
func (w *sealWorld) wanted(days int, readers ...acl.Subject) *archive.Seal {
	s := &archive.Seal{Kind: archive.SealProtection, Reason: "Bedrohung", Until: w.Time.AddDate(0, 0, days).Format(time.DateOnly)}
	for _, r := range readers {
		s.Readers = append(s.Readers, r.User)
	}
	return s
}

// lay asks for a seal and has it granted.
func (w *sealWorld) lay(t *testing.T, on archive.SealedThing, days int, readers ...acl.Subject) {
	t.Helper()
	q := must(w.Guard.For(w.clerk).AskSeal(t.Context(), on, archive.SealRequest{What: archive.SealLay, Seal: w.wanted(days, readers...)}))(t)
	if err := w.Guard.For(w.lead).DecideSeal(t.Context(), q.ID, true, ""); err != nil {
		t.Fatal(err)
	}
}

// sees asks whether somebody opens the Akte, finds its document by search, and reads it.
func (w *sealWorld) sees(t *testing.T, who acl.Subject) (opens, finds, reads bool) {
	t.Helper()
	d := w.Guard.For(who)
	_, err := d.Akte(t.Context(), w.akte)
	if opens = err == nil; !opens && !errors.Is(err, archive.ErrNotFound) {
		t.Fatalf("%s opens: %v", who.Name, err)
	}
	found, err := d.Search(t.Context(), index.Query{Text: "Zebra"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if found.Incomplete && len(found.Hits) == 0 && !opens {
		t.Errorf("%s is told that something is left out", who.Name)
	}
	_, err = d.Document(t.Context(), w.doc)
	return opens, len(found.Hits) == 1 || found.Incomplete, err == nil
}

func TestASealTakesTwoPersons(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	day := w.Time.Format(time.DateOnly)
	ask := func(who acl.Subject, q archive.SealRequest) error {
		_, err := w.Guard.For(who).AskSeal(t.Context(), w.on(), q)
		return err
	}
	good := func() archive.SealRequest {
		return archive.SealRequest{What: archive.SealLay, Seal: w.wanted(30, w.clerk, w.other)}
	}
	gone := w.User("fort", "sachbearbeitung@auslaenderbehoerde")
	w.disable(t, gone.User)
	for _, tt := range []struct {
		name, field, code string
		edit              func(*archive.SealRequest)
	}{
		{"no reason", "/reason", "required", func(q *archive.SealRequest) { q.Seal.Reason = " " }},
		{"no kind", "/kind", "unknown", func(q *archive.SealRequest) { q.Seal.Kind = "" }},
		{"a restriction without its ground", "/ground", "required", func(q *archive.SealRequest) { q.Seal.Kind = archive.SealRestriction }},
		{"no end", "/until", "required", func(q *archive.SealRequest) { q.Seal.Until = "" }},
		{"an end in the past", "/until", "seal_end", func(q *archive.SealRequest) { q.Seal.Until = w.Time.AddDate(0, 0, -1).Format(time.DateOnly) }},
		{"an end out of sight", "/until", "seal_end", func(q *archive.SealRequest) { q.Seal.Until = w.Time.AddDate(11, 0, 0).Format(time.DateOnly) }},
		{"no day", "/until", "format", func(q *archive.SealRequest) { q.Seal.Until = "bald" }},
		{"nobody named", "/readers", "required", func(q *archive.SealRequest) { q.Seal.Readers = nil }},
		{"one reader", "/readers", "too_few", func(q *archive.SealRequest) { q.Seal.Readers = q.Seal.Readers[1:] }},
		{"no lead among them", "/readers", "no_lead", func(q *archive.SealRequest) { q.Seal.Readers = []archive.UserID{w.clerk.User, w.second.User} }},
		{"the lead of another department", "/readers", "no_lead", func(q *archive.SealRequest) { q.Seal.Readers = []archive.UserID{w.clerk.User, w.otherLead.User} }},
		{"somebody who isn't there", "/readers", "no_reader", func(q *archive.SealRequest) {
			q.Seal.Readers = append(q.Seal.Readers, archive.NewID[archive.UserID]())
		}},
		{"a closed account", "/readers", "no_reader", func(q *archive.SealRequest) { q.Seal.Readers = append(q.Seal.Readers, gone.User) }},
	} {
		q := good()
		tt.edit(&q)
		var field *archive.FieldError
		if err := ask(w.clerk, q); !errors.As(err, &field) || field.Pointer != tt.field || field.Code != tt.code {
			t.Errorf("%s: %v, want %s %s", tt.name, err, tt.field, tt.code)
		}
	}
	if err := ask(w.clerk, archive.SealRequest{What: archive.SealLift, Because: "x"}); !errors.Is(err, acl.ErrNotSealed) {
		t.Errorf("lifting none: %v", err)
	}
	stranger := w.User("fremd", "sachbearbeitung@asyl")
	if err := ask(stranger, good()); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a stranger asks: %v", err)
	}
	if _, err := w.Guard.For(w.social).AskSeal(t.Context(), w.doc1(), good()); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who reads a document alone asks: %v", err)
	}
	q := must(w.Guard.For(w.clerk).AskSeal(t.Context(), w.on(), good()))(t)
	if err := ask(w.second, good()); !errors.Is(err, acl.ErrSealWaits) {
		t.Errorf("another one asks: %v", err)
	}
	if opens, finds, _ := w.sees(t, w.second); !opens || !finds {
		t.Error("asking alone shuts somebody out")
	}
	for _, tt := range []struct {
		name string
		who  acl.Subject
		want error
	}{
		{"who asked", w.clerk, acl.ErrSecondPerson}, {"a colleague", w.second, acl.ErrDenied},
		{"the lead of a department that takes part", w.otherLead, acl.ErrDenied}, {"a stranger", stranger, archive.ErrNotFound},
	} {
		if err := w.Guard.For(tt.who).DecideSeal(t.Context(), q.ID, true, ""); !errors.Is(err, tt.want) {
			t.Errorf("%s decides: %v, want %v", tt.name, err, tt.want)
		}
	}
	lead := w.Guard.For(w.lead)
	if n, err := lead.CountSeals(t.Context()); n != 1 || err != nil {
		t.Errorf("%d wait for the lead, %v", n, err)
	}
	if err := lead.DecideSeal(t.Context(), q.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		who  acl.Subject
		want bool
	}{{w.clerk, true}, {w.other, true}, {w.lead, false}, {w.second, false}, {w.social, false}, {w.otherLead, false}} {
		if opens, finds, reads := w.sees(t, tt.who); opens != tt.want || finds != tt.want || reads != tt.want {
			t.Errorf("%s opens %v, finds %v, reads %v; want %v", tt.who.Name, opens, finds, reads, tt.want)
		}
	}
	w.Settle()
	if opens, finds, _ := w.sees(t, w.clerk); !opens || !finds {
		t.Error("a reader doesn't find it once it is indexed")
	}
	if got := must(w.Guard.For(w.clerk).Akte(t.Context(), w.akte))(t).Sealed; got == nil || got.Reason != "Bedrohung" || got.Until <= day {
		t.Errorf("a reader is shown %+v", got)
	}
}

// disable closes an account.
func (w *sealWorld) disable(t *testing.T, id archive.UserID) {
	t.Helper()
	w.put(t, func(tx archive.Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		u.Disabled, u.Revision = true, u.Revision+1
		return tx.PutUser(u)
	})
}

func (w *sealWorld) put(t *testing.T, fn func(archive.Tx) error) {
	t.Helper()
	store(t, w.World, fn)
}

// store stores something past all rights.
func store(t *testing.T, w *acltest.World, fn func(archive.Tx) error) {
	t.Helper()
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		return errors.Join(fn(tx), tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Result: audit.Allow}))
	}); err != nil {
		t.Fatal(err)
	}
}

func TestASealIsChangedAndLiftedByTwo(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	w.lay(t, w.on(), 30, w.clerk, w.other)
	w.Settle()
	ctx := t.Context()
	clerk, other := w.Guard.For(w.clerk), w.Guard.For(w.other)
	for _, who := range []acl.Subject{w.lead, w.second} {
		if _, err := w.Guard.For(who).Seal(ctx, w.on()); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s is shown it: %v", who.Name, err)
		}
	}
	if _, err := clerk.AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(60, w.clerk, w.other)}); !errors.Is(err, acl.ErrSealed) {
		t.Errorf("a second one: %v", err)
	}
	q := must(clerk.AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealChange, Seal: w.wanted(90, w.clerk, w.other, w.second), Because: "länger"}))(t)
	if err := w.Guard.For(w.lead).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a lead who is shut out decides: %v", err)
	}
	if page := must(w.Guard.For(w.lead).Seals(ctx, acl.SealsWaiting, 0, ""))(t); len(page.Items) != 0 {
		t.Error("a lead who is shut out is told of it")
	}
	if err := other.DecideSeal(ctx, q.ID, false, ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("declined without a reason: %v", err)
	}
	if err := other.DecideSeal(ctx, q.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if opens, finds, _ := w.sees(t, w.second); !opens || !finds {
		t.Error("a new reader is shut out still")
	}
	held := must(other.Seals(ctx, acl.SealsHeld, 0, ""))(t).Items
	if len(held) != 1 || held[0].Akte != w.akte || held[0].Soon || len(held[0].Named) != 3 {
		t.Errorf("in force: %+v", held)
	}
	if page := must(w.Guard.For(w.lead).Seals(ctx, acl.SealsHeld, 0, ""))(t); len(page.Items) != 0 {
		t.Error("who is shut out is told of it in the list")
	}
	if _, err := clerk.Seals(ctx, acl.SealsHeld, 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("the list for who leads nothing: %v", err)
	}
	q = must(clerk.AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLift, Because: "erledigt"}))(t)
	if err := w.Guard.For(w.second).WithdrawSeal(ctx, q.ID); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("somebody else takes it back: %v", err)
	}
	if err := clerk.WithdrawSeal(ctx, q.ID); err != nil {
		t.Fatal(err)
	}
	q = must(clerk.AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLift, Because: "erledigt"}))(t)
	if err := other.DecideSeal(ctx, q.ID, true, "stimmt"); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	for _, who := range []acl.Subject{w.clerk, w.lead, w.social} {
		if opens, finds, _ := w.sees(t, who); !opens || !finds {
			t.Errorf("%s is shut out after its end", who.Name)
		}
	}
	if err := w.Store.Check(ctx, func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	for op, want := range map[audit.Op]int{
		audit.OpSealAsk: 4, audit.OpSealLay: 1, audit.OpSealChange: 1, audit.OpSealWithdraw: 1, audit.OpSealLift: 1,
	} {
		if got := len(must(officer.Trail(ctx, archive.TrailFilter{Akte: w.akte, Op: string(op)}, 50, ""))(t).Items); got != want {
			t.Errorf("%s: %d events, want %d", op, got, want)
		}
	}
}

func TestASealEndsByItself(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	w.lay(t, w.on(), 3, w.clerk, w.other)
	w.Settle()
	if rows := must(w.Guard.For(w.other).Seals(t.Context(), acl.SealsHeld, 0, ""))(t).Items; len(rows) != 1 || !rows[0].Soon {
		t.Errorf("it ends soon: %+v", rows)
	}
	w.Time = w.Time.AddDate(0, 0, 3)
	if opens, _, _ := w.sees(t, w.second); opens {
		t.Error("it ended a day early")
	}
	w.Time = w.Time.AddDate(0, 0, 1)
	if opens, finds, reads := w.sees(t, w.second); !opens || !finds || !reads {
		t.Errorf("the day after: opens %v, finds %v, reads %v", opens, finds, reads)
	}
	w.Settle()
	if _, finds, _ := w.sees(t, w.second); !finds {
		t.Error("not found once it is indexed anew")
	}
	if rows := must(w.Guard.For(w.other).Seals(t.Context(), acl.SealsHeld, 0, ""))(t).Items; len(rows) != 0 {
		t.Error("it is listed still")
	}
	if got := must(w.Guard.For(w.second).Akte(t.Context(), w.akte))(t).Sealed; got != nil {
		t.Error("the head tells of a seal that ended")
	}
	w.lay(t, w.on(), 3, w.clerk, w.other) // and another one can be laid
	if opens, _, _ := w.sees(t, w.second); opens {
		t.Error("the next one shuts nobody out")
	}
}

func TestASealedDocumentCountsForNobodyElse(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	count := func(who acl.Subject) (n int) {
		for _, r := range must(w.Guard.For(who).Akte(t.Context(), w.akte))(t).Registers {
			n += r.Count
		}
		return n
	}
	if n := count(w.second); n != 1 {
		t.Fatalf("%d documents before", n)
	}
	w.lay(t, w.doc1(), 30, w.clerk, w.other)
	for _, tt := range []struct {
		who  acl.Subject
		want int
	}{{w.clerk, 1}, {w.other, 1}, {w.second, 0}, {w.lead, 0}, {w.social, 0}} {
		if n := count(tt.who); n != tt.want {
			t.Errorf("%s counts %d, want %d", tt.who.Name, n, tt.want)
		}
		opens, finds, reads := w.sees(t, tt.who)
		if !opens || reads != (tt.want == 1) || tt.want == 0 && finds {
			t.Errorf("%s opens %v, finds %v, reads %v", tt.who.Name, opens, finds, reads)
		}
	}
	if _, err := w.Guard.For(w.second).Document(t.Context(), w.doc); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("shut out: %v, want not found", err)
	}
	doc := must(w.Guard.For(w.clerk).Document(t.Context(), w.doc))(t)
	if !slices.ContainsFunc(doc.History, func(c archive.DocumentChange) bool { return c.What == archive.DocumentSealed }) {
		t.Error("its history doesn't tell of it")
	}
	// A request about it is forgotten where it moves to another Akte.
	if _, err := w.Guard.For(w.clerk).AskSeal(t.Context(), w.doc1(), archive.SealRequest{What: archive.SealLift, Because: "x"}); err != nil {
		t.Fatal(err)
	}
	elsewhere := w.Akte(w.Guard.For(w.clerk), "Yilmaz", "auslaenderbehoerde")
	if _, err := w.Guard.For(w.clerk).MoveDocument(t.Context(), w.doc, doc.Revision, acl.Move{Akte: elsewhere, Reason: "falsche Akte"}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Guard.For(w.other).CountSeals(t.Context()); n != 0 || err != nil {
		t.Errorf("%d wait after it moved, %v", n, err)
	}
	if _, err := w.Guard.For(w.second).Document(t.Context(), w.doc); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("moved, it lost its seal: %v", err)
	}
	if err := w.Store.Check(t.Context(), func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
}

// What was asked can be declined where it can't be granted any more.
func TestARequestThatDoesNotFitIsDeclined(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	q := must(w.Guard.For(w.clerk).AskSeal(t.Context(), w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(3, w.clerk, w.second, w.other)}))(t)
	lead := w.Guard.For(w.lead)
	w.disable(t, w.second.User)
	if err := lead.DecideSeal(t.Context(), q.ID, true, ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("a reader has left: %v", err)
	}
	w.Time = w.Time.AddDate(0, 0, 5)
	if err := lead.DecideSeal(t.Context(), q.ID, true, ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("its last day is past: %v", err)
	}
	if err := lead.DecideSeal(t.Context(), q.ID, false, "zu spät"); err != nil {
		t.Error(err)
	}
	if err := lead.DecideSeal(t.Context(), q.ID, false, "zu spät"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if opens, _, _ := w.sees(t, w.social); !opens {
		t.Error("declined, it shuts somebody out")
	}
}

// Where nobody but who asked leads the department, the lead of another one that takes part decides.
func TestTheOnlyLeadDoesNotDecideForHerself(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	w.disable(t, w.other.User)
	q := must(w.Guard.For(w.lead).AskSeal(t.Context(), w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(3, w.clerk, w.lead)}))(t)
	if err := w.Guard.For(w.lead).DecideSeal(t.Context(), q.ID, true, ""); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("she decides herself: %v", err)
	}
	if err := w.Guard.For(w.otherLead).DecideSeal(t.Context(), q.ID, true, ""); err != nil {
		t.Errorf("the other lead: %v", err)
	}
}

// TestOneAloneDoesNotTakeASealOff moves a document out of a sealed Akte, and asks who is told what waits.
func TestOneAloneDoesNotTakeASealOff(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	ctx := t.Context()
	open := w.Akte(w.Guard.For(w.clerk), "Offen", "auslaenderbehoerde")
	q := must(w.Guard.For(w.clerk).AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(30, w.clerk, w.other)}))(t)
	for _, tt := range []struct {
		who  acl.Subject
		want bool
	}{{w.clerk, true}, {w.lead, true}, {w.second, false}, {w.social, false}} {
		view, err := w.Guard.For(tt.who).Seal(ctx, w.on())
		if told := err == nil && view.Asked != nil; told != tt.want {
			t.Errorf("%s is told what waits: %t, %v", tt.who.Name, told, err)
		}
	}
	if err := w.Guard.For(w.lead).DecideSeal(ctx, q.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	clerk := w.Guard.For(w.clerk)
	doc := must(clerk.Document(ctx, w.doc))(t)
	if _, err := clerk.MoveDocument(ctx, w.doc, doc.Revision, acl.Move{Akte: open, Reason: "gehört dorthin"}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a reader moves it out: %v", err)
	}
}

// TestASealInsideASealedAkteIsForItsReaders asks for a seal on a document of a sealed Akte: whom the Akte shuts out can
// neither be named nor counts as a lead who could decide.
func TestASealInsideASealedAkteIsForItsReaders(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	ctx := t.Context()
	w.lay(t, w.on(), 30, w.clerk, w.other, w.otherLead)
	view := must(w.Guard.For(w.clerk).Seal(ctx, w.doc1()))(t)
	var named []archive.UserID
	for _, r := range view.Readers {
		named = append(named, r.ID)
	}
	for who, want := range map[archive.UserID]bool{w.clerk.User: true, w.other.User: true, w.otherLead.User: true, w.lead.User: false, w.second.User: false} {
		if slices.Contains(named, who) != want {
			t.Errorf("%s can be named: %t", who, !want)
		}
	}
	var field *archive.FieldError
	_, err := w.Guard.For(w.clerk).AskSeal(ctx, w.doc1(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(5, w.clerk, w.other, w.lead)})
	if !errors.As(err, &field) || field.Code != "no_reader" {
		t.Errorf("who is shut out is named: %v", err)
	}
	// The other lead of the department is shut out: hers who takes part has the word.
	q := must(w.Guard.For(w.other).AskSeal(ctx, w.doc1(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(5, w.clerk, w.other)}))(t)
	if err := w.Guard.For(w.lead).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a lead who is shut out decides: %v", err)
	}
	if err := w.Guard.For(w.otherLead).DecideSeal(ctx, q.ID, true, ""); err != nil {
		t.Errorf("the lead of the other department: %v", err)
	}
}
