package acl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// desertedWorld is a sealed Akte whose one lead among the readers has left, and who has to do with naming others.
type desertedWorld struct {
	*sealWorld
	officer, admin, third acl.Subject
}

func newDesertedWorld(t *testing.T) *desertedWorld {
	t.Helper()
	w := &desertedWorld{sealWorld: newSealWorld(t)}
	w.officer, w.admin = w.User("dsb", "datenschutz@datenschutz"), w.User("it", "administration@it")
	w.third = w.User("leitung.drei", "leitung@auslaenderbehoerde")
	w.lay(t, w.on(), 30, w.clerk, w.other)
	w.disable(t, w.other.User)
	w.Settle()
	return w
}

// name asks for readers of the Akte's seal.
func (w *desertedWorld) name(t *testing.T, who acl.Subject, readers ...acl.Subject) (acl.SealAsked, error) {
	t.Helper()
	var ids []archive.UserID
	for _, r := range readers {
		ids = append(ids, r.User)
	}
	return w.Guard.For(who).NameReaders(t.Context(), w.on(), ids, "Frau Zwei hat das Amt verlassen")
}

func (w *desertedWorld) bar(t *testing.T, who acl.Subject) {
	t.Helper()
	w.put(t, func(tx archive.Tx) error {
		akte, err := tx.Akte(w.akte)
		if err != nil {
			return err
		}
		return tx.PutConflict(archive.Conflict{ID: archive.NewID[archive.ConflictID](), User: who.User, Person: akte.Person, Kind: "own", Reason: "x", By: w.lead.User, At: w.Time})
	})
}

func TestReadersAreNamedByTwoWhoDoNotGain(t *testing.T) {
	t.Parallel()
	w := newDesertedWorld(t)
	ctx := t.Context()
	for _, who := range []acl.Subject{w.clerk, w.second, w.lead, w.admin, w.otherLead} {
		if _, err := w.name(t, who, w.lead); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s asks: %v", who.Name, err)
		}
		if _, err := w.Guard.For(who).DesertedSeal(ctx, w.on()); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s is shown it: %v", who.Name, err)
		}
	}
	view := must(w.Guard.For(w.officer).DesertedSeal(ctx, w.on()))(t)
	if !slices.ContainsFunc(view.Readers, func(r acl.SealReader) bool { return r.ID == w.lead.User }) ||
		slices.ContainsFunc(view.Readers, func(r acl.SealReader) bool {
			return r.ID == w.officer.User || r.ID == w.clerk.User || r.ID == w.admin.User
		}) {
		t.Errorf("to be named are %+v", view.Readers)
	}
	for _, tt := range []struct {
		name, code string
		readers    []acl.Subject
	}{
		{"nobody", "required", nil}, {"who is one already", "required", []acl.Subject{w.clerk, w.other}},
		{"no lead", "no_lead", []acl.Subject{w.second}}, {"herself", "no_reader", []acl.Subject{w.officer, w.lead}},
		{"who doesn't work with it", "no_reader", []acl.Subject{w.lead, w.admin}},
	} {
		var field *archive.FieldError
		if _, err := w.name(t, w.officer, tt.readers...); !errors.As(err, &field) || field.Pointer != "/readers" || field.Code != tt.code {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
	}
	if _, err := w.Guard.For(w.officer).NameReaders(ctx, w.on(), []archive.UserID{w.lead.User}, " "); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := w.Guard.For(w.clerk).AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealName, Seal: w.wanted(30, w.clerk, w.lead), Because: "x"}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("a reader asks as the officer does: %v", err)
	}
	q, err := w.name(t, w.officer, w.lead)
	if err != nil || q.Seal.Reason != "" {
		t.Fatalf("%+v, %v", q, err)
	}
	if _, err := w.name(t, w.officer, w.third); !errors.Is(err, acl.ErrSealWaits) {
		t.Errorf("twice: %v", err)
	}
	for _, tt := range []struct {
		who  acl.Subject
		want error
	}{
		{w.officer, acl.ErrSecondPerson}, {w.lead, archive.ErrNotFound}, {w.admin, archive.ErrNotFound}, {w.otherLead, archive.ErrNotFound},
		{w.second, archive.ErrNotFound}, {w.clerk, acl.ErrDenied}, {w.User("dsb.zwei", "datenschutz@datenschutz"), archive.ErrNotFound},
	} {
		if err := w.Guard.For(tt.who).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, tt.want) {
			t.Errorf("%s decides: %v, want %v", tt.who.Name, err, tt.want)
		}
		if n, err := w.Guard.For(tt.who).CountSeals(ctx); n != 0 || err != nil {
			t.Errorf("%s counts %d, %v", tt.who.Name, n, err)
		}
	}
	third := w.Guard.For(w.third)
	if n, err := third.CountSeals(ctx); n != 1 || err != nil {
		t.Errorf("another lead counts %d, %v", n, err)
	}
	rows := must(third.Seals(ctx, acl.SealsWaiting, 0, ""))(t).Items
	if len(rows) != 1 || !rows[0].Hidden || !rows[0].Asked.MayDecide || rows[0].Asked.Seal.Reason != "" || rows[0].Name.Family != "" || rows[0].Seal != nil || rows[0].Doc != nil {
		t.Fatalf("another lead is told %+v", rows)
	}
	if rows := must(w.Guard.For(w.lead).Seals(ctx, acl.SealsWaiting, 0, ""))(t).Items; len(rows) != 0 {
		t.Error("who is to be let in is told of it")
	}
	if _, err := third.Akte(ctx, w.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("who decides opens it: %v", err)
	}
	if err := third.DecideSeal(ctx, q.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.enable(t, w.other.User)
	w.Settle()
	for _, tt := range []struct {
		who  acl.Subject
		want bool
	}{{w.clerk, true}, {w.lead, true}, {w.other, true}, {w.third, false}, {w.second, false}, {w.officer, false}, {w.admin, false}} {
		if _, err := w.Guard.For(tt.who).Akte(ctx, w.akte); (err == nil) != tt.want {
			t.Errorf("%s opens it: %v, want %v", tt.who.Name, err, tt.want)
		}
	}
	if view := must(w.Guard.For(w.other).Seal(ctx, w.on()))(t); !view.Seal.Again || len(view.Named) != 3 || view.Seal.Reason != "Bedrohung" {
		t.Errorf("who came back is told %+v", view)
	}
	for op, want := range map[audit.Op]int{audit.OpSealAsk: 2, audit.OpSealChange: 1} {
		if got := len(must(w.Guard.For(w.officer).Trail(ctx, archive.TrailFilter{Akte: w.akte, Op: string(op)}, 50, ""))(t).Items); got != want {
			t.Errorf("%s: %d events, want %d", op, got, want)
		}
	}
	if err := w.Store.Check(ctx, func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
}

// TestAdministrationDecidesWhereNoLeadIsLeft names the last lead, and closes the accounts of the others.
func TestAdministrationDecidesWhereNoLeadIsLeft(t *testing.T) {
	t.Parallel()
	w := newDesertedWorld(t)
	ctx := t.Context()
	w.disable(t, w.third.User)
	q := must(w.name(t, w.officer, w.lead))(t)
	admin := w.Guard.For(w.admin)
	if rows := must(admin.Seals(ctx, acl.SealsWaiting, 0, ""))(t).Items; len(rows) != 1 || !rows[0].Asked.MayDecide {
		t.Errorf("administration is told %+v", rows)
	}
	if _, err := admin.Seals(ctx, acl.SealsHeld, 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("administration lists those in force: %v", err)
	}
	w.enable(t, w.third.User)
	if err := admin.DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("administration decides though a lead is there: %v", err)
	}
	w.bar(t, w.third)
	if err := w.Guard.For(w.third).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a lead with a conflict of interest decides: %v", err)
	}
	if err := admin.DecideSeal(ctx, q.ID, false, "nein"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Guard.For(w.lead).Akte(ctx, w.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("declined, it lets her in: %v", err)
	}
	if n := len(must(w.Guard.For(w.officer).Trail(ctx, archive.TrailFilter{Akte: w.akte, Op: string(audit.OpSealDecline)}, 50, ""))(t).Items); n != 1 {
		t.Errorf("%d events of declining", n)
	}
	q = must(w.name(t, w.officer, w.lead))(t)
	if err := admin.DecideSeal(ctx, q.ID, true, ""); err != nil {
		t.Error(err)
	}
}

// TestWhatIsNotDesertedAnyMore asks about seals that have their readers, from the beginning or again.
func TestWhatIsNotDesertedAnyMore(t *testing.T) {
	t.Parallel()
	w := newDesertedWorld(t)
	ctx := t.Context()
	waits := must(w.Guard.For(w.clerk).AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLift, Because: "erledigt"}))(t)
	q := must(w.name(t, w.officer, w.lead))(t)
	if err := w.Guard.For(w.clerk).WithdrawSeal(ctx, waits.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("what waited before waits still: %v", err)
	}
	w.enable(t, w.other.User)
	if err := w.Guard.For(w.third).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, acl.ErrNotDeserted) {
		t.Errorf("granted though all are back: %v", err)
	}
	if view := must(w.Guard.For(w.other).Seal(ctx, w.on()))(t); view.Asked == nil || view.Asked.What != archive.SealName {
		t.Errorf("who came back isn't told what was asked: %+v", view.Asked)
	}
	if err := w.Guard.For(w.officer).WithdrawSeal(ctx, q.ID); err != nil {
		t.Error(err)
	}
	for _, on := range []archive.SealedThing{w.on(), w.doc1(), {Akte: archive.NewID[archive.AkteID]()}} {
		if _, err := w.Guard.For(w.officer).NameReaders(ctx, on, []archive.UserID{w.lead.User}, "x"); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%v isn't deserted, and is asked about: %v", on, err)
		}
	}
	w.disable(t, w.other.User)
	q = must(w.name(t, w.officer, w.lead))(t)
	w.bar(t, w.lead)
	if err := w.Guard.For(w.third).DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("granted to a lead with a conflict of interest: %v", err)
	}
}

// TestRequestThatOutlivesItsSeal lets the seal of which readers were asked for end: whom it had shut out sees the Akte again and
// learns neither why it was sealed nor who read it, and may ask for a new seal.
func TestRequestThatOutlivesItsSeal(t *testing.T) {
	t.Parallel()
	w := newDesertedWorld(t)
	ctx := t.Context()
	q := must(w.name(t, w.officer, w.lead))(t)
	w.Time = w.Time.AddDate(0, 0, 31)
	w.Settle()
	if view := must(w.Guard.For(w.second).Seal(ctx, w.on()))(t); view.Seal != nil || view.Asked != nil {
		t.Errorf("who was shut out sees %+v, %+v", view.Seal, view.Asked)
	}
	view := must(w.Guard.For(w.third).Seal(ctx, w.on()))(t)
	if view.Asked == nil || !view.Asked.MayDecide || !view.Asked.Outdated || view.Asked.Seal.Reason != "" {
		t.Errorf("who has the word sees %+v", view.Asked)
	}
	rows := must(w.Guard.For(w.officer).DesertedSeals(ctx, 0, ""))(t).Items
	if len(rows) != 1 || rows[0].Over != q.ID || rows[0].Number == "" {
		t.Errorf("who asked is told of %+v", rows)
	}
	if rows[0].Asked {
		t.Error("what can't be granted any more is said to wait")
	}
	if rows := must(w.Guard.For(w.User("dsb.zwei", "datenschutz@datenschutz")).DesertedSeals(ctx, 0, ""))(t).Items; len(rows) != 0 {
		t.Errorf("another officer is told of %+v", rows)
	}
	made := must(w.Guard.For(w.second).AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(30, w.clerk, w.lead)}))(t)
	if err := w.Guard.For(w.officer).WithdrawSeal(ctx, q.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("what can't be granted any more waits still: %v", err)
	}
	e := trailOf(t, w.Guard.For(w.officer), archive.TrailFilter{Op: string(audit.OpSealAsk), Actor: w.second.User})
	if !slices.ContainsFunc(e.Parts, func(p audit.Part) bool { return strings.Contains(string(p.Text), string(q.ID)) }) {
		t.Errorf("that it was dropped isn't recorded: %+v", e)
	}
	if _, err := w.Guard.For(w.clerk).AskSeal(ctx, w.on(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(30, w.clerk, w.lead)}); !errors.Is(err, acl.ErrSealWaits) {
		t.Errorf("beside one that fits: %v", err)
	}
	if err := w.Guard.For(w.lead).DecideSeal(ctx, made.ID, true, ""); err != nil {
		t.Error(err)
	}
}

// TestNamingOfAnOfficerWhoLeft asks for readers in the name of data protection and leaves it: nobody can grant that any more, and
// another officer asks anew.
func TestNamingOfAnOfficerWhoLeft(t *testing.T) {
	t.Parallel()
	w := newDesertedWorld(t)
	ctx := t.Context()
	q := must(w.name(t, w.officer, w.lead))(t)
	third, successor := w.Guard.For(w.third), w.User("dsb.zwei", "datenschutz@datenschutz")
	if n := must(third.CountSeals(ctx))(t); n != 1 {
		t.Fatalf("to be decided are %d", n)
	}
	w.disable(t, w.officer.User)
	w.Settle()
	if err := third.DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("granted all the same: %v", err)
	}
	if n := must(third.CountSeals(ctx))(t); n != 0 {
		t.Errorf("to be decided are still %d", n)
	}
	if view := must(w.Guard.For(successor).DesertedSeal(ctx, w.on()))(t); view.Asked == nil || !view.Asked.Outdated {
		t.Errorf("who comes after is shown %+v", view.Asked)
	}
	if rows := must(w.Guard.For(successor).DesertedSeals(ctx, 0, ""))(t).Items; len(rows) != 1 || rows[0].Asked || rows[0].Over != "" {
		t.Errorf("who comes after is listed %+v", rows)
	}
	anew := must(w.name(t, successor, w.lead))(t)
	if err := third.DecideSeal(ctx, anew.ID, true, ""); err != nil {
		t.Error(err)
	}
}

// TestRequestAboutASealThatEnded asks for the change, or the end, of a seal that ends before anybody has the word: a lead whom it
// had shut out may clear that away, and isn't told why it was laid, nor why it was to change, nor whom it named.
func TestRequestAboutASealThatEnded(t *testing.T) {
	t.Parallel()
	for _, what := range []string{archive.SealChange, archive.SealLift} {
		w := newSealWorld(t)
		ctx := t.Context()
		w.lay(t, w.on(), 30, w.clerk, w.lead)
		ask := archive.SealRequest{What: what, Because: "Bedrohung durch den Bruder"}
		if what == archive.SealChange {
			ask.Seal = w.wanted(60, w.clerk, w.lead)
		}
		q := must(w.Guard.For(w.clerk).AskSeal(ctx, w.on(), ask))(t)
		w.Time = w.Time.AddDate(0, 0, 31)
		w.Settle()
		before := w.Guard.For(w.other)
		rows := must(before.Seals(ctx, acl.SealsWaiting, 0, ""))(t).Items
		if len(rows) != 1 {
			t.Fatalf("%s: she is listed %+v", what, rows)
		}
		for _, asked := range []*acl.SealAsked{must(before.Seal(ctx, w.on()))(t).Asked, rows[0].Asked} {
			if asked == nil || !asked.Outdated || !asked.MayDecide || asked.Because != "" || asked.Seal != nil || len(asked.Named) != 0 {
				t.Errorf("%s: whom the seal had shut out is told %+v", what, asked)
			}
		}
		if own := must(w.Guard.For(w.clerk).Seal(ctx, w.on()))(t).Asked; own == nil || !own.Outdated || own.Because == "" {
			t.Errorf("%s: who asked is told %+v", what, own)
		}
		if err := before.DecideSeal(ctx, q.ID, true, ""); !errors.Is(err, acl.ErrNotSealed) {
			t.Errorf("%s: granted: %v", what, err)
		}
		if err := before.DecideSeal(ctx, q.ID, false, "erledigt"); err != nil {
			t.Errorf("%s: declined: %v", what, err)
		}
	}
}
