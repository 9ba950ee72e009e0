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
)

// keepWorld is a closed Akte and who has to do with how long it is kept.
type keepWorld struct {
	*acltest.World
	clerk, lead, social, officer acl.Subject
	akte                         archive.AkteID
}

func newKeepWorld(t *testing.T) *keepWorld {
	t.Helper()
	w := &keepWorld{World: acltest.Open(t)}
	w.Time = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	w.clerk, w.lead = w.User("eins", "sachbearbeitung@auslaenderbehoerde"), w.User("leitung", "leitung@auslaenderbehoerde")
	w.social, w.officer = w.User("sozial", "sachbearbeitung@soziales"), w.User("dsb", "datenschutz@datenschutz")
	w.akte = w.Akte(w.Guard.For(w.clerk), "Sahin", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	return w
}

// state closes an Akte or opens it again.
func (w *keepWorld) state(t *testing.T, id archive.AkteID, state string) {
	t.Helper()
	d := w.Guard.For(w.clerk)
	a := must(d.Akte(t.Context(), id))(t)
	must(d.ChangeAkte(t.Context(), id, a.Revision, func(a *archive.Akte) error { a.State = state; return nil }))(t)
}

// whys are what keeps the Akte from being erased.
func (w *keepWorld) whys(t *testing.T) (out []string) {
	t.Helper()
	for _, s := range must(w.Guard.For(w.clerk).Retention(t.Context(), w.akte))(t).Stays {
		out = append(out, s.Why)
	}
	return out
}

func (w *keepWorld) due(t *testing.T, who acl.Subject, list string) []acl.RetentionRow {
	t.Helper()
	return must(w.Guard.For(who).DueAkten(t.Context(), list, 0, ""))(t).Items
}

func TestTermsCountFromWhatTheirRulesName(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	w.state(t, w.akte, archive.AkteClosed)
	for _, tt := range []struct {
		name, rule, from string
		since, ends      string
	}{
		{"as the file plan says", "", "2020-01-01", "2026-11-23", "2036-11-23"},
		{"a death", "R-DEATH", "2020-02-29", "2020-02-29", "2025-02-28"},
		{"an entry ban that ends in years to come", "R-DEPORT", "2030-06-30", "2030-06-30", "2040-06-30"},
		{"nobody knows since when", "R-DEPORT", "", "", ""},
	} {
		if err := w.Guard.For(w.clerk).SetTerm(t.Context(), w.akte, tt.rule, tt.from); err != nil {
			t.Fatal(err)
		}
		term := must(w.Guard.For(w.clerk).Retention(t.Context(), w.akte))(t).Term
		if term.Since != tt.since || term.Ends != tt.ends || term.Rule.Key != tt.rule {
			t.Errorf("%s: %+v", tt.name, term)
		}
	}
	var field *archive.FieldError
	for _, rule := range []string{"R-NONE", "R-87NOTICE", "R-LOG-BDSG"} {
		if err := w.Guard.For(w.clerk).SetTerm(t.Context(), w.akte, rule, "2020-01-01"); !errors.As(err, &field) || field.Pointer != "/rule" {
			t.Errorf("%s: %v", rule, err)
		}
	}
	w.state(t, w.akte, archive.AkteOpen)
	if err := w.Guard.For(w.clerk).SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"); !errors.Is(err, acl.ErrNotClosed) {
		t.Errorf("of an open Akte: %v", err)
	}
	if got := w.whys(t); !slices.Equal(got, []string{acl.StaysOpen}) {
		t.Errorf("an open Akte stays for %v", got)
	}
}

func TestDueAktenAreListedWithTheirReasons(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk := w.Guard.For(w.clerk)
	undated, young := w.Akte(clerk, "Ohnetag", "auslaenderbehoerde"), w.Akte(clerk, "Jung", "auslaenderbehoerde")
	for _, id := range []archive.AkteID{w.akte, undated, young} {
		w.state(t, id, archive.AkteClosed)
	}
	for _, err := range []error{
		clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2021-11-22"), clerk.SetTerm(t.Context(), young, "R-DEATH", "2021-11-23"),
		clerk.SetTerm(t.Context(), undated, "R-DEPORT", ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	rows := w.due(t, w.clerk, acl.RetentionDue)
	if len(rows) != 1 || rows[0].Akte != w.akte || rows[0].Name == nil || rows[0].Term.Ends != "2026-11-22" || len(rows[0].Stays) != 1 || rows[0].Stays[0].Why != acl.StaysOffer {
		t.Errorf("due: %+v", rows)
	}
	if rows := w.due(t, w.clerk, acl.RetentionUndated); len(rows) != 1 || rows[0].Akte != undated || rows[0].Stays[0].Why != acl.StaysUndated {
		t.Errorf("without a day: %+v", rows)
	}
	if rows := w.due(t, w.officer, acl.RetentionDue); len(rows) != 1 || rows[0].Number == "" || rows[0].Name != nil {
		t.Errorf("to data protection: %+v", rows)
	}
	if rows := w.due(t, w.social, acl.RetentionDue); len(rows) != 0 {
		t.Errorf("to who doesn't lead it: %+v", rows)
	}
	if _, err := w.Guard.For(w.User("post", "registratur@poststelle")).DueAkten(t.Context(), acl.RetentionDue, 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("the mail room: %v", err)
	}
	w.Time = w.Time.AddDate(0, 0, 1)
	if rows := w.due(t, w.lead, acl.RetentionDue); len(rows) != 2 || rows[1].Akte != young {
		t.Errorf("a day later: %+v", rows)
	}
	page := must(clerk.DueAkten(t.Context(), acl.RetentionDue, 1, ""))(t)
	next := must(clerk.DueAkten(t.Context(), acl.RetentionDue, 1, page.Next))(t)
	if len(page.Items) != 1 || len(next.Items) != 1 || next.Items[0].Akte != young || next.Next != "" {
		t.Errorf("page by page: %+v, then %+v", page, next)
	}
}

func TestWhatKeepsAnAkte(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk := w.Guard.For(w.clerk)
	c := must(clerk.OpenCase(t.Context(), archive.Case{Akte: w.akte, Procedure: "niederlassungserlaubnis"}))(t)
	w.state(t, w.akte, archive.AkteClosed)
	if err := clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"); err != nil {
		t.Fatal(err)
	}
	hold := archive.LegalHold{Reason: "Klage", Until: "2026-12-01"}
	if err := clerk.HoldAkte(t.Context(), w.akte, hold); err != nil {
		t.Fatal(err)
	}
	if got := w.whys(t); !slices.Equal(got, []string{acl.StaysHold, acl.StaysCase, acl.StaysOffer}) {
		t.Errorf("held, with a case: %v", got)
	}
	w.state(t, w.akte, archive.AkteOpen)
	must(clerk.CloseCase(t.Context(), c.ID))(t)
	w.state(t, w.akte, archive.AkteClosed)
	if err := clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"); err != nil {
		t.Fatal(err)
	}
	w.Time = time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC)
	if got := w.whys(t); !slices.Equal(got, []string{acl.StaysOffer}) {
		t.Errorf("the hold is over: %v", got)
	}
	if err := clerk.EndHold(t.Context(), w.akte, "vorbei"); !errors.Is(err, acl.ErrNotHeld) {
		t.Errorf("ending a hold that is over: %v", err)
	}
	if err := clerk.HoldAkte(t.Context(), w.akte, hold); err == nil {
		t.Error("a hold ends in the past")
	}
	hold.Until = "2027-12-01"
	for _, err := range []error{clerk.HoldAkte(t.Context(), w.akte, hold), clerk.EndHold(t.Context(), w.akte, "Klage zurückgenommen")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := w.whys(t); !slices.Equal(got, []string{acl.StaysOffer}) {
		t.Errorf("the hold was ended: %v", got)
	}
	for _, who := range []acl.Subject{w.social, w.officer} {
		want := acl.ErrDenied
		if who.User == w.officer.User {
			want = archive.ErrNotFound
		}
		if err := w.Guard.For(who).HoldAkte(t.Context(), w.akte, hold); !errors.Is(err, want) {
			t.Errorf("%s holds it: %v", who.Name, err)
		}
	}
	events := must(w.Guard.For(w.officer).Trail(t.Context(), archive.TrailFilter{Akte: w.akte, Op: string(audit.OpHoldEnd)}, 0, ""))(t)
	if len(events.Items) != 1 {
		t.Errorf("%d entries tell of the end", len(events.Items))
	}
}

func TestTheArchiveComesFirst(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk := w.Guard.For(w.clerk)
	if err := clerk.OfferAkte(t.Context(), w.akte); !errors.Is(err, acl.ErrNotClosed) {
		t.Errorf("an open one is offered: %v", err)
	}
	w.state(t, w.akte, archive.AkteClosed)
	stays := func(want ...string) {
		t.Helper()
		if got := w.whys(t); !slices.Equal(got, want) {
			t.Errorf("it stays for %v, want %v", got, want)
		}
	}
	if err := clerk.SetTerm(t.Context(), w.akte, "R-DEATH", "2020-01-01"); err != nil {
		t.Fatal(err)
	}
	stays(acl.StaysOffer)
	if err := clerk.AnswerOffer(t.Context(), w.akte, archive.OfferTaken); !errors.Is(err, acl.ErrNotOffered) {
		t.Errorf("answered before it was offered: %v", err)
	}
	if err := clerk.OfferAkte(t.Context(), w.akte); err != nil {
		t.Fatal(err)
	}
	if err := clerk.OfferAkte(t.Context(), w.akte); !errors.Is(err, acl.ErrOffered) {
		t.Errorf("offered twice: %v", err)
	}
	stays(acl.StaysAnswer)
	w.Time = time.Date(2027, 5, 24, 10, 0, 0, 0, time.UTC)
	stays() // silence for six months
	if err := clerk.AnswerOffer(t.Context(), w.akte, archive.OfferTaken); err != nil {
		t.Fatal(err)
	}
	stays(acl.StaysTaken)
	if err := clerk.AnswerOffer(t.Context(), w.akte, archive.OfferDeclined); err != nil {
		t.Fatal(err)
	}
	stays()
	w.state(t, w.akte, archive.AkteOpen)
	if must(clerk.Retention(t.Context(), w.akte))(t).Offer != nil {
		t.Error("opened again, it is still offered")
	}
}
