package acl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/policies"
)

// numberOf is the reference number of the Akte.
func (l *lending) numberOf() string {
	l.t.Helper()
	view, err := l.lead.Akte(l.t.Context(), l.akte)
	if err != nil {
		l.t.Fatal(err)
	}
	return view.Number
}

// TestBreakGlassIsForAnHour opens an Akte in an emergency: at once, everywhere, to read, and for sixty minutes.
func TestBreakGlassIsForAnHour(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	none := archive.ErrNotFound
	l.meets("before", none, none, none)
	b, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: l.numberOf(), Reason: "Anruf aus dem Krankenhaus"})
	if err != nil {
		t.Fatal(err)
	}
	if b.Akte != l.akte || !b.Until.Equal(l.Time.Add(time.Hour)) {
		t.Errorf("opened: %+v", b)
	}
	l.meets("opened", nil, nil, nil)
	l.finds("opened", l.passport.ID, l.work.ID)
	view, err := l.colleague.Akte(t.Context(), l.akte)
	if err != nil || view.Lent == nil || view.Lent.BreakGlass != b.ID || view.Lent.Writes || view.MayAdd {
		t.Errorf("the head tells %+v, add %t, %v", view.Lent, view.MayAdd, err)
	}
	for _, r := range view.Registers {
		if r.Access != policies.ActRead || r.Key == "sicherheit" || r.Key == "asyl" || r.Key == "gesundheit" {
			t.Errorf("register %s: %s", r.Key, r.Access)
		}
	}
	if p, err := l.colleague.Person(t.Context(), view.Akte.Person); err != nil || p.MayChange {
		t.Errorf("the person: may change %t, %v", p.MayChange, err)
	}
	if _, err := l.colleague.CheckDocument(t.Context(), l.passport.ID, 1); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("writing: %v", err)
	}
	l.Time = l.Time.Add(time.Hour - time.Second)
	l.meets("a second before the end", nil, nil, nil)
	l.finds("a second before the end", l.passport.ID, l.work.ID)
	l.Time = l.Time.Add(time.Second)
	l.meets("an hour later", none, none, none)
	l.finds("an hour later")
	rules := map[string]bool{}
	for _, row := range readTrail(t, l.World, l.akte) {
		if row.Leaf.Actor == string(l.colleague.Subject().User) && row.Leaf.Result == audit.Allow {
			rules[row.Leaf.Rule] = true
		}
	}
	if !rules["breakglass:"+string(b.ID)] {
		t.Errorf("the trail tells of the rules %v", rules)
	}
}

// TestBreakGlassHasBounds asks for what it doesn't open.
func TestBreakGlassHasBounds(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	number := l.numberOf()
	ask := func(d *acl.Desk, q acl.BreakGlassQuest) error {
		q.Reason = "Notfall"
		_, err := d.BreakGlass(t.Context(), q)
		return err
	}
	for _, pair := range []string{"leitung@auslaenderbehoerde", "registratur@poststelle", "datenschutz@datenschutz", "administration@it"} {
		if err := ask(l.Guard.For(l.User("not "+pair, pair)), acl.BreakGlassQuest{Number: number}); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v", pair, err)
		}
	}
	own := l.Guard.For(l.User("own", "sachbearbeitung@auslaenderbehoerde"))
	born, err := archive.ParseBirthDate("1990-05-17", l.Time)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		who           *acl.Desk
		quest         acl.BreakGlassQuest
		pointer, code string
	}{
		{"nothing said", l.colleague, acl.BreakGlassQuest{}, "/aktenzeichen", "required"},
		{"no such number", l.colleague, acl.BreakGlassQuest{Number: "33.11-999999/1999"}, "/aktenzeichen", "no_emergency"},
		{"a family name alone", l.colleague, acl.BreakGlassQuest{Family: "Öztürk"}, "/given", "required"},
		{"without a day of birth", l.colleague, acl.BreakGlassQuest{Family: "Öztürk", Given: "Test"}, "/birth_date", "required"},
		{"a day of birth that isn't hers", l.colleague, acl.BreakGlassQuest{Family: "Öztürk", Given: "Test", BirthDate: born}, "/aktenzeichen", "no_emergency"},
		{"what she reads anyway", own, acl.BreakGlassQuest{Number: number}, "/aktenzeichen", "open"},
	} {
		var field *archive.FieldError
		if err := ask(tt.who, tt.quest); !errors.As(err, &field) || field.Pointer != tt.pointer || field.Code != tt.code {
			t.Errorf("%s: %v, want %s %s", tt.name, err, tt.pointer, tt.code)
		}
	}
	if _, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: number}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	for i := range acl.BreakGlassADay {
		if err := ask(l.colleague, acl.BreakGlassQuest{Number: number}); err != nil {
			t.Fatalf("time %d: %v", i+1, err)
		}
		l.Time = l.Time.Add(2 * time.Hour)
	}
	if err := ask(l.colleague, acl.BreakGlassQuest{Number: number}); !errors.Is(err, acl.ErrBreakGlassLimit) {
		t.Errorf("once more: %v", err)
	}
	l.Time = l.Time.Add(24 * time.Hour)
	if err := ask(l.colleague, acl.BreakGlassQuest{Number: number}); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// TestBreakGlassOpensNothingSealed seals an Akte, and a paper, to readers of whom one breaks the glass.
func TestBreakGlassOpensNothingSealed(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	number := l.numberOf()
	if _, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: number, Reason: "Notfall"}); err != nil {
		t.Fatal(err)
	}
	err := l.Store.Update(t.Context(), func(tx archive.Tx) error {
		doc, err := tx.Document(l.passport.ID)
		if err != nil {
			return err
		}
		doc.Sealed = &archive.Seal{Reason: "Schutz", Until: "2999-01-01", Readers: []archive.UserID{l.colleague.Subject().User}}
		doc.Revision++
		return errors.Join(tx.PutDocument(doc), tx.Record(audit.Event{Time: l.Time, Actor: audit.System(), Op: audit.OpDocumentChange, Object: "document/" + string(doc.ID), Result: audit.Allow}))
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Settle()
	l.meets("a sealed paper of which she is a named reader", nil, archive.ErrNotFound, nil)
	l.finds("a sealed paper of which she is a named reader", l.work.ID)
	seal(t, l.World, l.akte, l.colleague.Subject().User)
	l.Settle()
	none := archive.ErrNotFound
	if _, err := l.colleague.Akte(t.Context(), l.akte); !errors.Is(err, none) {
		t.Errorf("a sealed Akte of which she is a named reader: %v", err)
	}
	l.finds("a sealed Akte of which she is a named reader")
	var field *archive.FieldError
	if _, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: number, Reason: "Notfall"}); !errors.As(err, &field) || field.Code != "no_emergency" {
		t.Errorf("into a sealed Akte: %v", err)
	}
}

// TestBreakGlassIsToldAndReviewed shows it to the lead and to data protection, who has her word on it.
func TestBreakGlassIsToldAndReviewed(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	officer, foreign := l.Guard.For(l.User("officer", "datenschutz@datenschutz")), l.Guard.For(l.User("foreign", "leitung@soziales"))
	b, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: l.numberOf(), Reason: "Notfall"})
	if err != nil {
		t.Fatal(err)
	}
	waits := func(who *acl.Desk) int {
		day, err := who.Day(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if day.BreakGlass == nil {
			return -1
		}
		return day.BreakGlass.Waiting
	}
	lists := func(who *acl.Desk, state string) []acl.BreakGlassView {
		page, err := who.BreakGlasses(t.Context(), "", state, 10, "")
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	for who, want := range map[*acl.Desk]int{officer: 1, l.lead: 1, foreign: 0, l.colleague: -1} {
		if got := waits(who); got != want {
			t.Errorf("the day of %s counts %d, want %d", who.Subject().Name, got, want)
		}
	}
	for who, want := range map[*acl.Desk]int{officer: 1, l.lead: 1, foreign: 0} {
		got := lists(who, "")
		if len(got) != want || want == 1 && (got[0].Name != "colleague" || got[0].Reason != "Notfall" || !got[0].Active || got[0].MayReview != (who == officer)) {
			t.Errorf("%s is told %+v", who.Subject().Name, got)
		}
	}
	if _, err := l.colleague.BreakGlasses(t.Context(), "", "", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a caseworker lists them: %v", err)
	}
	if err := l.lead.ReviewBreakGlass(t.Context(), b.ID, archive.Review{State: archive.ReviewInOrder}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a lead reviews: %v", err)
	}
	if err := officer.ReviewBreakGlass(t.Context(), b.ID, archive.Review{State: archive.ReviewFollowUp}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("to be followed up, without a word: %v", err)
	}
	for _, review := range []archive.Review{{State: archive.ReviewFollowUp, Note: "Rückfrage"}, {State: archive.ReviewInOrder, Note: "geklärt"}} {
		if err := officer.ReviewBreakGlass(t.Context(), b.ID, review); err != nil {
			t.Fatal(err)
		}
		if got := lists(officer, review.State); len(got) != 1 || got[0].Review.Note != review.Note || got[0].Reviewer != "officer" {
			t.Errorf("%s: %+v", review.State, got)
		}
	}
	if err := officer.ReviewBreakGlass(t.Context(), b.ID, archive.Review{State: archive.ReviewFollowUp, Note: "doch"}); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("reviewed once more: %v", err)
	}
	if n := waits(officer); n != 0 {
		t.Errorf("%d wait after the review", n)
	}
	got := told(t, l.World, l.akte, audit.OpBreakGlass, audit.OpBreakGlassReview)
	if len(got) != 3 || got[0] != audit.OpBreakGlass {
		t.Errorf("the trail tells %v", got)
	}
}

// TestBreakGlassTellsNothingOfWhatItDoesNotOpen names Akten that aren't there, are sealed, or lie where nothing is read so:
// the answer and what is recorded are the same, before and after she did so as often as she may.
func TestBreakGlassTellsNothingOfWhatItDoesNotOpen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	clerk := o.Guard.For(o.clerk)
	open, sealed := o.Akte(clerk, "Offen", "auslaenderbehoerde"), o.Akte(clerk, "Gesperrt", "auslaenderbehoerde")
	own := o.Akte(clerk, "Eigene", "auslaenderbehoerde")
	reader := o.User("reader", "sachbearbeitung@soziales")
	seal(t, o.World, sealed, reader.User)
	ask := func(who acl.Subject, number string) error {
		_, err := o.Guard.For(who).BreakGlass(t.Context(), acl.BreakGlassQuest{Number: number, Reason: "Notfall"})
		return err
	}
	alike := func(what string, who acl.Subject, want error, numbers ...string) {
		t.Helper()
		for _, number := range numbers {
			err := ask(who, number)
			if err == nil || err.Error() != want.Error() {
				t.Errorf("%s, %s: %v, want %v", what, number, err, want)
			}
		}
	}
	missing, numbers := "33.11-999999/1999", map[archive.AkteID]string{}
	for _, id := range []archive.AkteID{open, sealed, own} {
		numbers[id] = o.number(t, id)
	}
	first := ask(reader, missing)
	var field *archive.FieldError
	if !errors.As(first, &field) || field.Code != "no_emergency" || strings.Contains(first.Error(), missing) {
		t.Fatalf("of none: %v", first)
	}
	alike("sealed, to a reader of the seal", reader, first, numbers[sealed])
	alike("sealed", o.User("stranger", "sachbearbeitung@soziales"), first, numbers[sealed])
	relative := o.User("relative", "sachbearbeitung@soziales")
	inConflict(t, o.World, relative.User, open)
	alike("of her relative", relative, first, numbers[open])
	for range acl.BreakGlassADay {
		if err := ask(reader, numbers[open]); err != nil {
			t.Fatal(err)
		}
		o.Time = o.Time.Add(time.Hour)
	}
	limit := ask(reader, missing)
	if !errors.Is(limit, acl.ErrBreakGlassLimit) {
		t.Errorf("past the limit, of none: %v", limit)
	}
	alike("past the limit", reader, limit, numbers[sealed], numbers[open], numbers[own])
	var told []string
	officer := o.Guard.For(o.officer)
	for _, row := range must(officer.Trail(t.Context(), archive.TrailFilter{Actor: reader.User}, 200, ""))(t).Items {
		if row.Leaf.Result == audit.Deny {
			told = append(told, string(row.Leaf.Op)+row.Leaf.Object+strings.Join(row.Leaf.Akten, ""))
		}
	}
	if len(told) < 6 {
		t.Errorf("%d refusals are recorded", len(told))
	}
	for _, one := range told {
		if one != told[0] {
			t.Errorf("recorded %q and %q", told[0], one)
		}
	}
	language := o.Guard.For(o.User("language", "sachbearbeitung@integration"))
	numbers[own] = o.number(t, o.Akte(language, "Kurs", "integration"))
	for _, tt := range []struct{ name, rule string }{
		{"all.is.higher", "house/higher,deny,sachbearbeitung,integration," + strings.Join(registerKeys(o.World), " ") + ",normal,exist read write file disclose,*,any,any,\n"},
		{"nobody.may", "house/none,deny,sachbearbeitung,integration,-,-,breakglass,*,any,any,\n"},
	} {
		p := o.propose(t, func(s string) string { return s + tt.rule })
		if err := o.judge(t, o.lead, p, true); err != nil {
			t.Fatal(err)
		}
		alike(tt.name, o.User(tt.name, "sachbearbeitung@soziales"), first, numbers[own], numbers[sealed], missing)
	}
}

func registerKeys(w *acltest.World) (out []string) {
	for _, r := range w.Policies.Registers() {
		out = append(out, r.Key)
	}
	return out
}

// TestBreakGlassReadsWhatIsNormal opens an Akte with papers of other classifications, by its number and not before.
func TestBreakGlassReadsWhatIsNormal(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	special := l.Add(l.lead, l.akte, archive.Document{Type: "reisepass", Title: "Heimlich"}, "Gemeinsam Heimlich")
	store(t, l.World, func(tx archive.Tx) error {
		doc, err := tx.Document(special.ID)
		doc.Classification, doc.Revision = "besonders", doc.Revision+1
		return errors.Join(err, tx.PutDocument(doc))
	})
	l.Settle()
	inside := func(what string, want int, refused error) {
		t.Helper()
		found, err := l.colleague.Search(t.Context(), index.Query{Text: "Gemeinsam", Akte: l.akte}, "")
		if !errors.Is(err, refused) || err == nil && found.Total != want {
			t.Errorf("%s: finds %d within it, %v; want %d", what, found.Total, err, want)
		}
		if _, err := l.colleague.Document(t.Context(), special.ID); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: the special paper: %v", what, err)
		}
	}
	inside("before", 0, nil)
	if _, err := l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: l.numberOf(), Reason: "Notfall"}); err != nil {
		t.Fatal(err)
	}
	inside("opened", 2, nil)
	view := must(l.colleague.Akte(t.Context(), l.akte))(t)
	counted := 0
	for _, r := range view.Registers {
		counted += r.Count
	}
	listed := must(l.colleague.Documents(t.Context(), l.akte, acl.DocumentsQuery{}))(t)
	if counted != 2 || len(listed.Items) != 2 {
		t.Errorf("the head counts %d, the list has %d", counted, len(listed.Items))
	}
	l.Time = l.Time.Add(time.Hour)
	inside("an hour later", 0, nil)
}

// TestNobodyReviewsHerOwn lets an officer, and a lead, break the glass who have another pair that may.
func TestNobodyReviewsHerOwn(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	other := l.Guard.For(l.User("officer", "datenschutz@datenschutz"))
	both := l.Guard.For(l.User("both", "datenschutz@datenschutz", "sachbearbeitung@asyl"))
	chief := l.Guard.For(l.User("chief", "leitung@asyl", "sachbearbeitung@asyl"))
	for _, who := range []*acl.Desk{both, chief} {
		b := must(who.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: l.numberOf(), Reason: "Notfall"}))(t)
		if err := who.ReviewBreakGlass(t.Context(), b.ID, archive.Review{State: archive.ReviewInOrder}); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s reviews her own: %v", who.Subject().Name, err)
		}
		if err := other.ReviewBreakGlass(t.Context(), b.ID, archive.Review{State: archive.ReviewInOrder}); err != nil {
			t.Errorf("another officer reviews that of %s: %v", who.Subject().Name, err)
		}
	}
	got := told(t, l.World, l.akte, audit.OpAccessRefused)
	if len(got) != 2 {
		t.Errorf("%d refusals stand with the Akte, want 2", len(got))
	}
}

// TestALeadIsToldOfEachDepartment asks who leads two, and an officer after a seal was laid.
func TestALeadIsToldOfEachDepartment(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	officer := l.Guard.For(l.User("officer", "datenschutz@datenschutz"))
	twice := l.Guard.For(l.User("twice", "leitung@integration", "leitung@auslaenderbehoerde"))
	broken := must(l.colleague.BreakGlass(t.Context(), acl.BreakGlassQuest{Number: l.numberOf(), Reason: "Notfall"}))(t)
	for department, want := range map[string]int{"": 0, "integration": 0, "auslaenderbehoerde": 1} {
		if page := must(twice.BreakGlasses(t.Context(), department, "", 10, ""))(t); len(page.Items) != want {
			t.Errorf("of %q: %d, want %d", department, len(page.Items), want)
		}
	}
	if _, err := twice.BreakGlasses(t.Context(), "asyl", "", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("of a department that she doesn't lead: %v", err)
	}
	if day := must(twice.Day(t.Context()))(t); day.BreakGlass == nil || day.BreakGlass.Waiting != 1 {
		t.Errorf("her day counts %+v", day.BreakGlass)
	}
	relative := l.Guard.For(l.User("relative", "datenschutz@datenschutz"))
	inConflict(t, l.World, relative.Subject().User, l.akte)
	if got := must(relative.BreakGlasses(t.Context(), "", "", 10, ""))(t).Items; len(got) != 0 {
		t.Errorf("an officer is told of the file of her relative: %+v", got)
	}
	if err := relative.ReviewBreakGlass(t.Context(), broken.ID, archive.Review{State: archive.ReviewInOrder}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("and reviews it: %v", err)
	}
	number := l.numberOf()
	if got := must(officer.BreakGlasses(t.Context(), "", "", 10, ""))(t).Items; len(got) != 1 || got[0].Number != number {
		t.Errorf("the officer is told %+v", got)
	}
	seal(t, l.World, l.akte, l.lead.Subject().User)
	if got := must(officer.BreakGlasses(t.Context(), "", "", 10, ""))(t).Items; len(got) != 1 || got[0].Number != "" || !got[0].MayReview {
		t.Errorf("once it is sealed: %+v", got)
	}
	if got := must(twice.BreakGlasses(t.Context(), "auslaenderbehoerde", "", 10, ""))(t).Items; len(got) != 0 {
		t.Errorf("a lead whom the seal shuts out: %+v", got)
	}
	if day := must(twice.Day(t.Context()))(t); day.BreakGlass == nil || day.BreakGlass.Waiting != 0 {
		t.Errorf("her day counts %+v", day.BreakGlass)
	}
}
