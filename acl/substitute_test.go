package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// team gives an account teams and returns it as a subject.
func team(t *testing.T, w *acltest.World, s acl.Subject, teams ...string) acl.Subject {
	t.Helper()
	s.Teams = teams
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		u, err := tx.User(s.User)
		if err != nil {
			return err
		}
		u.Teams, u.Revision = teams, u.Revision+1
		return errors.Join(tx.PutUser(u), tx.Record(audit.Event{
			Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Object: "user/" + string(u.ID), Result: audit.Allow,
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStandingInEndsWithAClosedAccount closes and opens both accounts: a lead has to say so anew.
func TestStandingInEndsWithAClosedAccount(t *testing.T) {
	t.Parallel()
	for _, closed := range []string{"away", "helper"} {
		w := acltest.Open(t)
		w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		lead, admin := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde")), w.Guard.For(w.User("admin", "administration@it"))
		who := map[string]acl.Subject{}
		for name, of := range map[string]string{"away": "abh-a-k", "helper": "abh-l-z"} {
			who[name] = team(t, w, w.User(name, "sachbearbeitung@auslaenderbehoerde"), of)
		}
		p := must(lead.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Diallo", Given: "Test"}}}))(t)
		akte := must(lead.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde", Team: "abh-a-k"}))(t).ID
		must(lead.NameSubstitute(t.Context(), archive.Substitute{Absent: who["away"].User, User: who["helper"].User, Until: "2026-12-01"}))(t)
		if _, err := w.Guard.For(who["helper"]).Akte(t.Context(), akte); err != nil {
			t.Fatal(err)
		}
		for _, disabled := range []bool{true, false} {
			u := must(admin.User(t.Context(), who[closed].User))(t)
			must(admin.ChangeUser(t.Context(), u.ID, u.Revision, acl.UserEdit{Disabled: &disabled}))(t)
		}
		if _, err := w.Guard.For(who["helper"]).Akte(t.Context(), akte); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s, closed and opened again: %v", closed, err)
		}
		if n := events(t, w, archive.TrailFilter{Op: string(audit.OpSubstituteEnd)}); n != 1 {
			t.Errorf("%s: %d events", closed, n)
		}
	}
}

// TestSubstituteSeesTheTeamsAkten stands in for a colleague of another team from one day to another.
func TestSubstituteSeesTheTeamsAkten(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	away := team(t, w, w.User("away", "sachbearbeitung@auslaenderbehoerde"), "abh-a-k")
	helper := w.Guard.For(team(t, w, w.User("helper", "sachbearbeitung@auslaenderbehoerde"), "abh-l-z"))
	p := must(lead.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Diallo", Given: "Test"}}}))(t)
	akte := must(lead.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde", Team: "abh-a-k"}))(t).ID
	w.Add(lead, akte, archive.Document{Type: "reisepass"}, "Gemeinsam")
	w.Settle()
	sees := func(what string, want bool) {
		t.Helper()
		_, err := helper.Akte(t.Context(), akte)
		if want && err != nil || !want && !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: the Akte: %v", what, err)
		}
		found := must(helper.Search(t.Context(), index.Query{Text: "Gemeinsam"}, ""))(t)
		persons := must(helper.Search(t.Context(), index.Query{Text: "Diallo"}, ""))(t).Persons
		listed := must(helper.Akten(t.Context(), acl.AktenQuery{}))(t).Items
		n := map[bool]int{true: 1}[want]
		if found.Total != n || len(found.Hits) != n || len(persons) != n || len(listed) != n {
			t.Errorf("%s: finds %d documents and %d persons, lists %d Akten; want %d", what, found.Total, len(persons), len(listed), n)
		}
		_, err = helper.OpenCase(t.Context(), archive.Case{Akte: akte, Procedure: "niederlassungserlaubnis"})
		if want != (err == nil) {
			t.Errorf("%s: opening a case: %v", what, err)
		}
	}
	sees("before", false)
	named := must(lead.NameSubstitute(t.Context(), archive.Substitute{
		Absent: away.User, User: helper.Subject().User, From: "2026-11-25", Until: "2026-11-26",
	}))(t)
	if named.State != "coming" || named.Department != "auslaenderbehoerde" || named.AbsentName != "away" || len(named.Pairs) != 1 {
		t.Errorf("named: %+v", named)
	}
	sees("the day before", false)
	w.Time = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	sees("on the first day", true)
	day := must(helper.Day(t.Context()))(t)
	if len(day.Standing) != 1 || day.Standing[0].AbsentName != "away" || day.Standing[0].State != "active" {
		t.Errorf("her day tells %+v", day.Standing)
	}
	if day := must(w.Guard.For(away).Day(t.Context()))(t); len(day.Away) != 1 || day.Away[0].Name != "helper" {
		t.Errorf("the day of who is away tells %+v", day.Away)
	}
	w.Time = time.Date(2026, 11, 26, 23, 0, 0, 0, time.UTC)
	sees("on the last day", true)
	w.Time = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	sees("a day later", false)
	again := must(lead.NameSubstitute(t.Context(), archive.Substitute{Absent: away.User, User: helper.Subject().User, Until: "2026-12-01"}))(t)
	sees("named again, from today", true)
	if err := helper.EndSubstitute(t.Context(), again.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she ends it herself: %v", err)
	}
	if err := lead.EndSubstitute(t.Context(), again.ID); err != nil {
		t.Fatal(err)
	}
	sees("ended", false)
	if err := lead.EndSubstitute(t.Context(), again.ID); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("ended twice: %v", err)
	}
	if page := must(lead.Substitutes(t.Context(), "", 10, ""))(t); len(page.Items) != 2 || page.Items[0].State != "ended" || page.Items[1].State != "over" {
		t.Errorf("the lead's list: %+v", page.Items)
	}
}

// TestWhoMayStandIn asks for substitutes that nobody may name.
func TestWhoMayStandIn(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde", "sachbearbeitung@auslaenderbehoerde"))
	away := w.User("away", "sachbearbeitung@auslaenderbehoerde", "sachbearbeitung@asyl")
	same, less := w.User("same", "sachbearbeitung@auslaenderbehoerde"), w.User("less", "registratur@auslaenderbehoerde")
	elsewhere := w.User("elsewhere", "sachbearbeitung@soziales")
	for _, tt := range []struct {
		name          string
		edit          func(*archive.Substitute)
		pointer, code string
	}{
		{"who has other roles", func(s *archive.Substitute) { s.User = less.User }, "/user_id", "pairs"},
		{"who works elsewhere", func(s *archive.Substitute) { s.User = elsewhere.User }, "/user_id", "pairs"},
		{"for somebody of another department", func(s *archive.Substitute) { s.Absent = elsewhere.User }, "/absent_id", "elsewhere"},
		{"herself", func(s *archive.Substitute) { s.User = lead.Subject().User }, "/user_id", "self"},
		{"who is away", func(s *archive.Substitute) { s.User = away.User }, "/user_id", "self"},
		{"nobody", func(s *archive.Substitute) { s.User = archive.NewID[archive.UserID]() }, "/user_id", "unknown"},
		{"from yesterday on", func(s *archive.Substitute) { s.From = "2026-11-23" }, "/from", "range"},
		{"for too long", func(s *archive.Substitute) { s.Until = "2027-11-24" }, "/until", "range"},
		{"without an end", func(s *archive.Substitute) { s.Until = "" }, "/until", "required"},
	} {
		s := archive.Substitute{Absent: away.User, User: same.User, Until: "2026-12-01"}
		tt.edit(&s)
		var field *archive.FieldError
		if _, err := lead.NameSubstitute(t.Context(), s); !errors.As(err, &field) || field.Pointer != tt.pointer || field.Code != tt.code {
			t.Errorf("%s: %v, want %s %s", tt.name, err, tt.pointer, tt.code)
		}
	}
	s := archive.Substitute{Absent: away.User, User: same.User, Until: "2026-12-01"}
	if named := must(lead.NameSubstitute(t.Context(), s))(t); len(named.Pairs) != 1 || named.Pairs[0].Department != "auslaenderbehoerde" {
		t.Errorf("stands in by %v", named.Pairs)
	}
	if _, err := w.Guard.For(same).NameSubstitute(t.Context(), s); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a caseworker names one: %v", err)
	}
	if _, err := w.Guard.For(same).Substitutes(t.Context(), "", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a caseworker lists them: %v", err)
	}
}

// TestStandingInEndsWithWhoIsAway closes the account of who is away, takes her pair, and gives her another team; each acts
// with the next request and the next search, and on an act that began before.
func TestStandingInEndsWithWhoIsAway(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	away := team(t, w, w.User("away", "sachbearbeitung@auslaenderbehoerde"), "abh-a-k")
	helper := w.Guard.For(team(t, w, w.User("helper", "sachbearbeitung@auslaenderbehoerde"), "abh-l-z"))
	p := must(lead.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Diallo", Given: "Test"}}}))(t)
	akte := must(lead.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde", Team: "abh-a-k"}))(t).ID
	w.Add(lead, akte, archive.Document{Type: "reisepass"}, "Gemeinsam")
	w.Settle()
	named := must(lead.NameSubstitute(t.Context(), archive.Substitute{Absent: away.User, User: helper.Subject().User, Until: "2026-12-01"}))(t)
	account := func(edit func(*archive.User)) {
		t.Helper()
		store(t, w, func(tx archive.Tx) error {
			u, err := tx.User(away.User)
			if err != nil {
				return err
			}
			u.Disabled, u.Roles, u.Teams, u.Revision = false, away.Pairs, []string{"abh-a-k"}, u.Revision+1
			edit(&u)
			return tx.PutUser(u)
		})
	}
	for _, tt := range []struct {
		name  string
		edit  func(*archive.User)
		sees  bool
		state string
	}{
		{"as it was", func(*archive.User) {}, true, "active"},
		{"her account is closed", func(u *archive.User) { u.Disabled = true }, false, "asleep"},
		{"it is opened again", func(*archive.User) {}, true, "active"},
		{"she works elsewhere", func(u *archive.User) { u.Roles = []archive.Pair{{Role: "sachbearbeitung", Department: "asyl"}} }, false, "asleep"},
		{"she has another team", func(u *archive.User) { u.Teams = []string{"abh-l-z"} }, false, "active"},
	} {
		account(tt.edit)
		n := map[bool]int{true: 1}[tt.sees]
		_, err := helper.OpenCase(t.Context(), archive.Case{Akte: akte, Procedure: "niederlassungserlaubnis"})
		if tt.sees && err != nil || !tt.sees && !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: opening a case: %v", tt.name, err)
		}
		found := must(helper.Search(t.Context(), index.Query{Text: "Gemeinsam"}, ""))(t)
		listed := must(helper.Akten(t.Context(), acl.AktenQuery{}))(t).Items
		if person, err := helper.Person(t.Context(), p.ID); tt.sees && (err != nil || !person.MayChange) || !tt.sees && !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: the person: may change %t, %v", tt.name, person.MayChange, err)
		}
		if found.Total != n || len(listed) != n {
			t.Errorf("%s: finds %d, lists %d; want %d", tt.name, found.Total, len(listed), n)
		}
		page := must(lead.Substitutes(t.Context(), "", 10, ""))(t)
		if len(page.Items) != 1 || page.Items[0].State != tt.state || !page.Items[0].MayEnd {
			t.Errorf("%s: the lead's list tells %+v, want %s", tt.name, page.Items, tt.state)
		}
		if own := must(helper.Day(t.Context()))(t).Standing; (len(own) == 1) != (tt.state == "active") {
			t.Errorf("%s: her day tells %+v", tt.name, own)
		}
	}
	account(func(u *archive.User) { u.Disabled = true })
	if staff := must(lead.Staff(t.Context()))(t); len(staff) != 2 {
		t.Errorf("she chooses among %+v", staff)
	}
	var field *archive.FieldError
	if _, err := lead.NameSubstitute(t.Context(), archive.Substitute{Absent: away.User, User: helper.Subject().User, Until: "2026-12-01"}); !errors.As(err, &field) || field.Pointer != "/absent_id" {
		t.Errorf("for a closed account: %v", err)
	}
	if err := lead.EndSubstitute(t.Context(), named.ID); err != nil {
		t.Errorf("one that is asleep: %v", err)
	}
}
