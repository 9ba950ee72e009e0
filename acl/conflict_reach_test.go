package acl_test

import (
	"errors"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// inConflict keeps an account from the person of an Akte, past all rights.
func inConflict(t *testing.T, w *acltest.World, user archive.UserID, akte archive.AkteID) (id archive.ConflictID) {
	t.Helper()
	store(t, w, func(tx archive.Tx) error {
		a, err := tx.Akte(akte)
		if err != nil {
			return err
		}
		id = archive.NewID[archive.ConflictID]()
		return tx.PutConflict(archive.Conflict{ID: id, User: user, Person: a.Person, Kind: "relative", Reason: "x", By: user, At: w.Time})
	})
	return id
}

// What was lent to somebody reaches nobody from whom a conflict keeps her, and neither does a seal that names her.
func TestAConflictComesBeforeWhatIsLent(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	view := l.give(nil)
	l.finds("with the grant", l.passport.ID)
	number := must(l.lead.Akte(t.Context(), l.akte))(t).Number
	user := l.colleague.Subject().User
	if err := l.lead.LayConflict(t.Context(), acl.ConflictAsk{User: user, Number: number, Kind: "relative", Reason: "Bruder"}); err != nil {
		t.Fatal(err)
	}
	l.finds("in conflict, at once")
	l.Settle()
	l.finds("in conflict")
	if _, err := l.colleague.Akte(t.Context(), l.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she opens it: %v", err)
	}
	if own := must(l.colleague.OwnGrants(t.Context()))(t); len(own) != 0 {
		t.Errorf("her own grants tell of it: %+v", own)
	}
	if day := must(l.colleague.Day(t.Context()))(t); len(day.Lent) != 0 {
		t.Error("her day tells of it")
	}
	if err := l.colleague.EndGrant(t.Context(), view.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she ends her grant: %v", err)
	}
	given := must(l.lead.Grants(t.Context(), "", 0, ""))(t).Items
	if len(given) != 1 || given[0].State != acl.GrantActive {
		t.Errorf("whoever gave the grant is told by it: %+v", given)
	}
	again := l.give(func(g *archive.Grant) { g.Registers = []string{"beschaeftigung"} })
	l.finds("with another grant, which tells nothing either")
	if again.State != acl.GrantActive {
		t.Errorf("the new grant is %s", again.State)
	}
	store(t, l.World, func(tx archive.Tx) error {
		a, err := tx.Akte(l.akte)
		if err != nil {
			return err
		}
		a.Sealed = &archive.Seal{Kind: archive.SealProtection, Reason: "x", Until: "2099-01-01", Readers: []archive.UserID{user, l.lead.Subject().User}}
		a.Revision++
		return tx.PutAkte(a)
	})
	l.Settle()
	l.finds("as reader of a seal")
	if _, err := l.colleague.Akte(t.Context(), l.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("as reader of a seal she opens it: %v", err)
	}
}

// What somebody began before the conflict is hers no more.
func TestAConflictActsOnWhatWasBegun(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx, clerk, other := t.Context(), w.Guard.For(w.clerk), w.Guard.For(w.colleague)
	if err := errors.Join(clerk.Pin(ctx, w.akte), clerk.NoteOpened(ctx, w.akte)); err != nil {
		t.Fatal(err)
	}
	id := saved(t, clerk, archive.SavedSearch{Name: "Lieder", Text: "Hochzeitslied"})
	first := w.Add(other, w.akte, archive.Document{Type: "reisepass"}, "Hochzeitslied Elch").ID
	w.Settle()
	if got := fresh(t, clerk, id); len(got) != 1 || got[0] != first {
		t.Fatalf("new are %v", got)
	}
	if day := must(clerk.Day(ctx))(t); len(day.Pinned) != 1 || len(day.Recent) != 1 || len(day.Searches) != 1 {
		t.Fatalf("her day before: %+v", day)
	}
	if err := clerk.ReportConflict(ctx, w.akte, "relative", "Schwester"); err != nil {
		t.Fatal(err)
	}
	if day := must(clerk.Day(ctx))(t); len(day.Pinned)+len(day.Recent)+len(day.Searches) != 0 {
		t.Errorf("her day tells of her: %+v", day)
	}
	if p := must(clerk.Profile(ctx))(t); len(p.Pinned) != 0 {
		t.Error("her profile tells of her")
	}
	if got := fresh(t, clerk, id); len(got) != 0 {
		t.Errorf("new hits tell of her: %v", got)
	}
	noted := notices(t, w.World, w.clerk.User, id)
	w.Add(other, w.akte, archive.Document{Type: "reisepass"}, "Hochzeitslied Fuchs")
	w.Settle()
	if n := notices(t, w.World, w.clerk.User, id); n != noted {
		t.Errorf("%d documents of hers are noted anew", n-noted)
	}
	states := must(clerk.States(ctx, []acl.Watch{acl.Watch("document/" + string(first))}, true))(t)
	if len(states) != 0 {
		t.Error("what she watches tells of her")
	}
}

// Who has a conflict herself has no word on who else has one with the same person, nor on her Akten.
func TestALeadInConflictHasNoWord(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	id := inConflict(t, w.World, w.clerk.User, w.akte)
	lead, second := w.Guard.For(w.lead), w.Guard.For(w.second)
	if n := len(must(second.Conflicts(ctx, 0, ""))(t).Items); n != 1 {
		t.Fatalf("the second lead is told of %d before", n)
	}
	if _, err := w.Guard.For(w.colleague).AskSeal(ctx, archive.SealedThing{Akte: w.akte}, archive.SealRequest{What: archive.SealLay, Seal: &archive.Seal{
		Kind: archive.SealProtection, Reason: "x", Until: w.Time.AddDate(0, 0, 5).Format("2006-01-02"), Readers: []archive.UserID{w.colleague.User, w.second.User},
	}}); err != nil {
		t.Fatal(err)
	}
	own := inConflict(t, w.World, w.second.User, w.akte)
	if n := len(must(second.Conflicts(ctx, 0, ""))(t).Items); n != 0 {
		t.Errorf("she is told of %d", n)
	}
	for what, err := range map[string]error{
		"she asks for its end":         second.EndConflict(ctx, id, "stimmt nicht"),
		"she asks for that of her own": second.EndConflict(ctx, own, "stimmt nicht"),
	} {
		if !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if seals := must(second.Seals(ctx, acl.SealsWaiting, 0, ""))(t); len(seals.Items) != 0 {
		t.Error("a seal that waits tells of her")
	}
	if n, err := second.CountSeals(ctx); n != 0 || err != nil {
		t.Errorf("%d seals wait for her, %v", n, err)
	}
	if err := lead.EndConflict(ctx, id, "verwechselt"); err != nil {
		t.Fatal(err)
	}
	if n, err := second.CountConflicts(ctx); n != 0 || err != nil {
		t.Errorf("%d conflicts wait for her, %v", n, err)
	}
	if err := second.DecideConflict(ctx, id, true, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she grants its end: %v", err)
	}
	// Nobody else leads the department who may know of it: any lead has the word.
	if err := w.Guard.For(w.social).DecideConflict(ctx, id, true, ""); err != nil {
		t.Errorf("the lead of another department: %v", err)
	}
	if _, err := w.Guard.For(w.clerk).Akte(ctx, w.akte); err != nil {
		t.Errorf("after its end: %v", err)
	}
	if err := second.EndConflict(ctx, own, "x"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she ends her own: %v", err)
	}
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	refused := 0
	for _, row := range must(officer.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(audit.OpAccessRefused)}, 50, ""))(t).Items {
		if row.Tried == audit.OpConflictEndAsk || row.Tried == audit.OpConflictDecline {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("the trail of the person tells of %d refusals, want 4", refused)
	}
}

// Filing unseen, a sheet in front of a paper and an explanation tell nothing.
func TestAConflictHidesFromWhoFiles(t *testing.T) {
	t.Parallel()
	p := openDelivered(t)
	q := acl.Delivered{Number: p.number, Family: p.family, Given: "Test"}
	if m := must(p.mail.MatchDelivered(t.Context(), q))(t); m.Akte != p.akte {
		t.Fatalf("found %q before, after %v", m.Akte, m.Tried)
	}
	inConflict(t, p.World, p.mail.Subject().User, p.akte)
	m := must(p.mail.MatchDelivered(t.Context(), q))(t)
	if m.Akte != "" || strings.Join(m.Tried, " ") != "file_number:unknown" {
		t.Errorf("found %q, after %v", m.Akte, m.Tried)
	}
	officer := p.World.Guard.For(p.World.User("dsb", "datenschutz@datenschutz"))
	ask := acl.Question{User: "mail", Akte: p.number, Action: "file", Register: "identitaet", Classification: "normal"}
	rows := must(officer.Explain(t.Context(), ask))(t).Rows
	if len(rows) != 1 || rows[0].Allowed || len(rows[0].Obstacles) != 1 || rows[0].Obstacles[0].Code != acl.ObstacleConflict {
		t.Errorf("the officer is told %+v", rows)
	}
	inConflict(t, p.World, officer.Subject().User, p.akte)
	if _, err := officer.Explain(t.Context(), ask); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("an officer in conflict: %v", err)
	}
}

// delivered is an Akte that papers are delivered for.
type delivered struct {
	*acltest.World
	mail           *acl.Desk
	akte           archive.AkteID
	number, family string
}

func openDelivered(t *testing.T) *delivered {
	t.Helper()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	d := &delivered{World: w, mail: w.Guard.For(w.User("mail", "registratur@poststelle")), family: "Karimi"}
	d.akte = w.Akte(clerk, d.family, "auslaenderbehoerde")
	d.number = must(clerk.Akte(t.Context(), d.akte))(t).Number
	return d
}

// TestASheetLeadsNobodyToWhatIsShut puts a paper behind a separator sheet of an Akte that is sealed, or of somebody's
// relative, afterwards.
func TestASheetLeadsNobodyToWhatIsShut(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	d.scan("davor", d.mark(archive.Separator{Akte: d.akte}), "eins")
	_, items := d.basket()
	number := must(d.clerk.Akte(ctx, d.akte))(t).Number
	told := func(who *acl.Desk) string {
		t.Helper()
		return suggested(must(who.InboxItem(ctx, items[1].ID))(t), acl.SuggestNumber)
	}
	if got := told(d.one); got != number {
		t.Fatalf("the sheet suggests %q, want %q", got, number)
	}
	inConflict(t, d.World, d.two.Subject().User, d.akte)
	if got := told(d.two); got != "" {
		t.Errorf("in conflict she is told %q", got)
	}
	if got := told(d.one); got != number {
		t.Errorf("her colleague is told %q", got)
	}
	d.put(t, func(tx archive.Tx) error {
		a, err := tx.Akte(d.akte)
		if err != nil {
			return err
		}
		a.Sealed, a.Revision = d.seal(), a.Revision+1
		a.Sealed.Readers = a.Sealed.Readers[1:]
		return tx.PutAkte(a)
	})
	if got := told(d.one); got != "" {
		t.Errorf("of a sealed Akte she is told %q", got)
	}
}

// What is found beside what was typed isn't spelled after what a conflict hides, and is counted without it.
func TestAConflictLeavesNothingInAnswers(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	inConflict(t, w.World, w.clerk.User, w.akte)
	for text, want := range map[string]int{"Hochzeitslied": 1, "Zebra": 0, "Hochz*": 1, "Hochzeitslied -Giraffe": 0, "": 1} {
		found := must(w.Guard.For(w.clerk).Search(t.Context(), index.Query{Text: text, Types: []string{"reisepass"}}, ""))(t)
		if found.Total != want || found.Incomplete {
			t.Errorf("%q finds %d, incomplete %t, want %d", text, found.Total, found.Incomplete, want)
		}
	}
	found := must(w.Guard.For(w.clerk).Search(t.Context(), index.Query{Text: "Zebrx"}, ""))(t)
	if found.Respelled != "" {
		t.Errorf("she is told to look for %q", found.Respelled)
	}
	if found := must(w.Guard.For(w.colleague).Search(t.Context(), index.Query{Text: "Zebrx"}, ""))(t); found.Respelled == "" {
		t.Error("the test finds no other spelling without a conflict")
	}
}
