package acl_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// operators are the people around accounts.
type operators struct {
	*acltest.World
	admin, second, lead, otherLead *acl.Desk
	adminID                        archive.UserID
}

func newOperators(t *testing.T) operators {
	w := acltest.Open(t)
	admin := w.User("admin", "administration@it")
	return operators{
		World: w, adminID: admin.User, admin: w.Guard.For(admin), second: w.Guard.For(w.User("second", "administration@it")),
		lead: w.Guard.For(w.User("lead", "leitung@asyl")), otherLead: w.Guard.For(w.User("other", "leitung@soziales")),
	}
}

// as returns the desk of an account as it is now.
func (o operators) as(id archive.UserID) *acl.Desk {
	o.T.Helper()
	u, err := o.Guard.Accounts().User(o.T.Context(), id)
	if err != nil {
		o.T.Fatal(err)
	}
	return o.Guard.For(acl.Subject{User: u.ID, Name: u.Name, Pairs: u.Roles, Teams: u.Teams, Purpose: "bearbeitung", Client: "api"})
}

func caseworker() archive.Pair { return archive.Pair{Role: "sachbearbeitung", Department: "asyl"} }

func (o operators) add(name string, pairs ...archive.Pair) acl.UserView {
	o.T.Helper()
	u, err := o.admin.AddUser(o.T.Context(), archive.User{Name: name, Display: "Anna Muster", Roles: pairs}, password)
	if err != nil {
		o.T.Fatal(err)
	}
	return u
}

// TestRolesWaitForALead gives a pair: administration proposes, the lead of the department confirms.
func TestRolesWaitForALead(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	anna := o.add("anna", caseworker())
	if len(anna.Roles) > 0 || len(anna.Proposed) != 1 {
		t.Fatalf("a new account has %v, proposed %v", anna.Roles, anna.Proposed)
	}
	enters := func() error {
		_, err := o.as(anna.ID).CreatePerson(ctx, archive.Person{Names: []archive.Name{{Family: "Neu"}}})
		return err
	}
	if err := enters(); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("before the lead's word: %v", err)
	}
	for name, desk := range map[string]*acl.Desk{"the proposer": o.admin, "another administrator": o.second, "another department's lead": o.otherLead, "herself": o.as(anna.ID)} {
		if err := desk.Decide(ctx, anna.ID, caseworker(), true); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	if list, err := o.otherLead.Proposals(ctx); err != nil || len(list) > 0 {
		t.Errorf("another lead is asked for %v, %v", list, err)
	}
	list, err := o.lead.Proposals(ctx)
	if err != nil || len(list) != 1 || list[0].User != anna.ID || list[0].ByName != "admin" {
		t.Errorf("the lead is asked for %+v, %v", list, err)
	}
	if err := o.lead.Decide(ctx, anna.ID, caseworker(), true); err != nil {
		t.Fatal(err)
	}
	if err := enters(); err != nil {
		t.Errorf("after the lead's word: %v", err)
	}
	if err := o.lead.Decide(ctx, anna.ID, caseworker(), true); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("once more: %v", err)
	}
	officer := o.Guard.For(o.User("officer", "datenschutz@datenschutz"))
	if e := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpUserChange)}); e.Leaf.Object != "user/"+string(anna.ID) || !strings.Contains(string(e.Parts[0].Text), `"confirmed"`) {
		t.Errorf("trail: %s %s", e.Leaf.Object, e.Parts[0].Text)
	}
}

// TestNoLeadNoMatter proposes for departments that have no lead of their own.
func TestNoLeadNoMatter(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	pair := archive.Pair{Role: "datenschutz", Department: "datenschutz"}
	anna := o.add("anna", pair)
	if err := o.second.Decide(t.Context(), anna.ID, pair, true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator confirms: %v", err)
	}
	if err := o.otherLead.Decide(t.Context(), anna.ID, pair, false); err != nil {
		t.Fatal(err)
	}
	if u, err := o.admin.User(t.Context(), anna.ID); err != nil || len(u.Roles)+len(u.Proposed) > 0 {
		t.Errorf("turned down: %+v, %v", u, err)
	}
}

// TestTheFirstLeadWaitsForAnother proposes for departments that nobody leads yet, or nobody but whom it is about.
func TestTheFirstLeadWaitsForAnother(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	first := archive.Pair{Role: "leitung", Department: "gesundheit"}
	anna := o.add("anna", first)
	if day, err := o.lead.Day(ctx); err != nil || day.Proposed != 1 {
		t.Errorf("a lead's day tells of %d roles, %v", day.Proposed, err)
	}
	if err := o.lead.Decide(ctx, anna.ID, first, true); err != nil {
		t.Fatal(err)
	}
	more := archive.Pair{Role: "gesundheit", Department: "gesundheit"}
	roles := []archive.Pair{first, more}
	if anna, err := o.admin.User(ctx, anna.ID); err != nil {
		t.Fatal(err)
	} else if _, err := o.admin.ChangeUser(ctx, anna.ID, anna.Revision, acl.UserEdit{Roles: &roles}); err != nil {
		t.Fatal(err)
	}
	if err := o.as(anna.ID).Decide(ctx, anna.ID, more, true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("her own: %v", err)
	}
	if err := o.lead.Decide(ctx, anna.ID, more, true); err != nil {
		t.Errorf("of the only lead, by another: %v", err)
	}
	ben := o.add("ben", more)
	if err := o.lead.Decide(ctx, ben.ID, more, true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("of a department that is led, by another lead: %v", err)
	}
	if day, err := o.as(anna.ID).Day(ctx); err != nil || day.Proposed != 1 {
		t.Errorf("its own lead's day tells of %d roles, %v", day.Proposed, err)
	}
}

func TestChangeUser(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	anna := o.add("anna", caseworker())
	if err := o.lead.Decide(ctx, anna.ID, caseworker(), true); err != nil {
		t.Fatal(err)
	}
	anna, err := o.admin.User(ctx, anna.ID)
	if err != nil {
		t.Fatal(err)
	}
	lead := archive.Pair{Role: "leitung", Department: "asyl"}
	display, teams, disabled := "Anna Beispiel", []string{"team-1"}, true
	roles := []archive.Pair{lead}
	changed, err := o.admin.ChangeUser(ctx, anna.ID, anna.Revision, acl.UserEdit{Display: &display, Teams: &teams, Roles: &roles})
	if err != nil || changed.Display != display || len(changed.Roles) > 0 || len(changed.Proposed) != 1 || changed.Proposed[0].Pair != lead {
		t.Errorf("changed to %+v, %v; want the old pair taken and the new one proposed", changed, err)
	}
	var stale *acl.StaleError
	if u := must(o.Guard.Accounts().User(ctx, anna.ID))(t); !slices.Equal(u.Former, []string{"Anna Muster"}) {
		t.Errorf("she was called %q before", u.Former)
	}
	if _, err := o.admin.ChangeUser(ctx, anna.ID, anna.Revision, acl.UserEdit{Display: &display}); !errors.As(err, &stale) {
		t.Errorf("an edit of what was changed meanwhile: %v", err)
	}
	for name, roles := range map[string][]archive.Pair{
		"unknown": {{Role: "gesundheit", Department: "asyl"}}, "twice": {lead, lead},
	} {
		if _, err := o.admin.ChangeUser(ctx, anna.ID, changed.Revision, acl.UserEdit{Roles: &roles}); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("a pair that is %s: %v", name, err)
		}
	}
	bad := "Anna\x00"
	if _, err := o.admin.ChangeUser(ctx, anna.ID, changed.Revision, acl.UserEdit{Display: &bad}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("a name with a control character: %v", err)
	}
	if _, err := o.admin.ChangeUser(ctx, anna.ID, changed.Revision, acl.UserEdit{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Guard.Accounts().User(ctx, anna.ID); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("a disabled account: %v", err)
	}
}

func TestNobodyChangesHerOwnAccount(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	me, err := o.admin.User(t.Context(), o.adminID)
	if err != nil {
		t.Fatal(err)
	}
	roles := append(slices.Clone(me.Roles), caseworker())
	if _, err := o.admin.ChangeUser(t.Context(), me.ID, me.Revision, acl.UserEdit{Roles: &roles}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator proposes a pair for herself: %v", err)
	}
	if err := o.admin.SetUserPassword(t.Context(), me.ID, password); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator resets her own password: %v", err)
	}
	// A lead who is an administrator too confirms neither her own pair nor what she proposed.
	both := o.User("both", "administration@it", "leitung@asyl")
	desk := o.Guard.For(both)
	anna, err := desk.AddUser(t.Context(), archive.User{Name: "anna", Roles: []archive.Pair{caseworker()}}, password)
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.Decide(t.Context(), anna.ID, caseworker(), true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("she confirms what she proposed: %v", err)
	}
	seen, err := o.admin.User(t.Context(), both.User)
	if err != nil {
		t.Fatal(err)
	}
	roles = append(slices.Clone(seen.Roles), caseworker())
	if _, err := o.admin.ChangeUser(t.Context(), both.User, seen.Revision, acl.UserEdit{Roles: &roles}); err != nil {
		t.Fatal(err)
	}
	if err := desk.Decide(t.Context(), both.User, caseworker(), true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("she confirms her own pair: %v", err)
	}
}

func TestPasswordsAndSignIns(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	anna := o.add("anna", caseworker())
	accounts := o.Guard.Accounts()
	for range 5 {
		if _, err := accounts.SignIn(ctx, "anna", "wrong wrong", "web", "127.0.0.1"); !errors.Is(err, acl.ErrSignIn) {
			t.Fatal(err)
		}
	}
	if u, err := o.admin.User(ctx, anna.ID); err != nil || u.Waits.IsZero() || !u.LastSignIn.IsZero() {
		t.Errorf("after wrong passwords: %+v, %v", u, err)
	}
	if err := o.admin.SetUserPassword(ctx, anna.ID, "short"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("a short password: %v", err)
	}
	if err := o.admin.SetUserPassword(ctx, anna.ID, "ein ganz anderes"); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SignIn(ctx, "anna", "ein ganz anderes", "web", "127.0.0.1"); err != nil {
		t.Errorf("with the new password, at once: %v", err)
	}
	u, err := o.admin.User(ctx, anna.ID)
	if err != nil || len(u.Roles) > 0 || len(u.Proposed) == 0 {
		t.Errorf("who sets a password takes over the account: roles %v, proposed %v, %v", u.Roles, u.Proposed, err)
	}
	if err != nil || !u.Waits.IsZero() || u.LastSignIn.Sub(o.Time).Abs() > time.Second {
		t.Errorf("after a sign-in: %+v, %v", u, err)
	}
}

func TestTokensForMachinesAlone(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	scanner := o.User("scanner", "dienst@poststelle")
	clerk := o.User("clerk", "sachbearbeitung@asyl")
	waiting := o.add("waiting", archive.Pair{Role: "dienst", Department: "asyl"}, caseworker())
	for _, id := range []archive.UserID{clerk.User, o.adminID, waiting.ID} {
		if _, _, err := o.admin.CreateToken(ctx, id, time.Hour); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("a token for %s: %v", id, err)
		}
	}
	secret, made, err := o.admin.CreateToken(ctx, scanner.User, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := o.Guard.Accounts().Bearer(ctx, secret); err != nil || u.ID != scanner.User {
		t.Errorf("the token opens %s, %v", u.ID, err)
	}
	if _, err := o.Guard.Accounts().Bearer(ctx, made.ID); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("the id of a token opens something: %v", err)
	}
	list, err := o.admin.Tokens(ctx, scanner.User)
	if err != nil || len(list) != 1 || list[0] != made || strings.Contains(secret, made.ID) {
		t.Errorf("listed %+v, %v", list, err)
	}
	if u, err := o.admin.User(ctx, scanner.User); err != nil || !u.Technical || len(u.Tokens) != 1 || u.Tokens[0] != made {
		t.Errorf("shown with the account: %+v, %v", u, err)
	}
	if err := o.admin.RevokeToken(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Guard.Accounts().Bearer(ctx, secret); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("a revoked token: %v", err)
	}
	if err := o.admin.RevokeToken(ctx, made.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("revoked again: %v", err)
	}
	for _, life := range []time.Duration{0, -time.Hour, 3 * 366 * 24 * time.Hour} {
		if _, _, err := o.admin.CreateToken(ctx, scanner.User, life); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("a token for %v: %v", life, err)
		}
	}
}

// TestTokensEndWithTheMachine proposes a pair that reads for an account whose token administration knows.
func TestTokensEndWithTheMachine(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	scanner := o.User("scanner", "dienst@asyl")
	secret, _, err := o.admin.CreateToken(ctx, scanner.User, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	change := func(pairs ...archive.Pair) {
		t.Helper()
		u, err := o.admin.User(ctx, scanner.User)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.admin.ChangeUser(ctx, scanner.User, u.Revision, acl.UserEdit{Roles: &pairs}); err != nil {
			t.Fatal(err)
		}
	}
	dienst := archive.Pair{Role: "dienst", Department: "asyl"}
	change(dienst, archive.Pair{Role: "dienst", Department: "poststelle"})
	if _, err := o.Guard.Accounts().Bearer(ctx, secret); err != nil {
		t.Errorf("still a machine: %v", err)
	}
	change(dienst, caseworker())
	if err := o.lead.Decide(ctx, scanner.User, caseworker(), true); err != nil {
		t.Fatal(err)
	}
	if u, err := o.Guard.Accounts().Bearer(ctx, secret); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("the machine's token opens %v, %v", u.Roles, err)
	}
	if tokens, err := o.admin.Tokens(ctx, scanner.User); err != nil || len(tokens) != 0 {
		t.Errorf("left %v, %v", tokens, err)
	}
}

func TestQueueTellsCodesAlone(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	mail := o.Guard.For(o.User("mail", "registratur@poststelle"))
	failed := o.Post(mail, "poststelle", "FAIL broken")
	o.Post(mail, "poststelle", "Ein Brief")
	o.Settle()
	o.Post(mail, "poststelle", "Noch einer")
	q, err := o.admin.Queue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if q.Count[archive.JobWaiting] != 1 || q.Count[archive.JobFailed] != 1 || len(q.Failed) != 1 || q.Failed[0].ID != failed.Job.ID || q.Reasons["broken"] != 1 {
		t.Errorf("queue %+v", q)
	}
	if q.Oldest[archive.JobWaiting].IsZero() || q.Oldest[archive.JobFailed].IsZero() {
		t.Errorf("ages %v", q.Oldest)
	}
	again, err := o.admin.Retry(ctx, failed.Job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if q, err = o.admin.Queue(ctx); err != nil || len(q.Failed) > 0 || q.Count[archive.JobFailed] > 0 || q.Count[archive.JobWaiting] != 2 {
		t.Errorf("after trying again: %+v, %v", q, err)
	}
	o.Settle()
	if q, err = o.admin.Queue(ctx); err != nil || len(q.Failed) != 1 || q.Failed[0].ID != again.ID {
		t.Errorf("failed again: %+v, %v", q, err)
	}
}

// facts is a machine of a test.
type facts acl.Facts

func (f facts) Facts(context.Context) (acl.Facts, error) { return acl.Facts(f), nil }

func TestSystem(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	o.Akte(o.Guard.For(o.User("clerk", "sachbearbeitung@asyl")), "Beispiel", "asyl")
	if s, err := o.admin.System(t.Context()); err != nil || s.Known || s.Rules.Pairs != len(o.Policies.Pairs()) || s.Users != 5 || s.Events == 0 || s.Lag != 0 {
		t.Errorf("without a machine: %+v, %v", s, err)
	}
	o.Guard.Machine = facts{Version: "1", IndexedTo: 1}
	if s, err := o.admin.System(t.Context()); err != nil || !s.Known || s.Version != "1" || s.Lag == 0 {
		t.Errorf("with a machine: %+v, %v", s, err)
	}
}

func TestOperationIsTheAdministrators(t *testing.T) {
	t.Parallel()
	o := newOperators(t)
	ctx := t.Context()
	clerk := o.User("clerk", "sachbearbeitung@asyl")
	for name, desk := range map[string]*acl.Desk{
		"caseworker": o.Guard.For(clerk), "lead": o.lead, "mail room": o.Guard.For(o.User("mail", "registratur@poststelle")),
		"officer": o.Guard.For(o.User("officer", "datenschutz@datenschutz")),
	} {
		_, errAdd := desk.AddUser(ctx, archive.User{Name: "x"}, password)
		_, errChange := desk.ChangeUser(ctx, o.adminID, 1, acl.UserEdit{})
		_, _, errToken := desk.CreateToken(ctx, clerk.User, time.Hour)
		_, errTokens := desk.Tokens(ctx, clerk.User)
		_, errQueue := desk.Queue(ctx)
		_, errSystem := desk.System(ctx)
		for what, err := range map[string]error{
			"adds": errAdd, "changes": errChange, "makes tokens": errToken, "lists tokens": errTokens, "sees the queue": errQueue,
			"sees the system": errSystem, "revokes": desk.RevokeToken(ctx, "x"), "sets a password": desk.SetUserPassword(ctx, o.adminID, password),
		} {
			if !errors.Is(err, acl.ErrDenied) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
		_, err := desk.Users(ctx)
		if sees := name == "officer"; sees != (err == nil) {
			t.Errorf("%s sees the accounts: %v", name, err)
		}
	}
}
