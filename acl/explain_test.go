package acl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

func (o *office) number(t *testing.T, id archive.AkteID) (number string) {
	t.Helper()
	if err := o.Store.View(t.Context(), func(r archive.Reader) error {
		a, err := r.Akte(id)
		number = a.Number
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return number
}

// asks puts a question about one register, classification normal unless it says more, and returns the answer to it.
func (o *office) asks(t *testing.T, q acl.Question) (acl.Answer, acl.Explanation) {
	t.Helper()
	if q.Classification == "" {
		q.Classification = "normal"
	}
	if q.Akte == "" {
		q.Akte = o.number(t, o.akte)
	}
	a, err := o.Guard.For(o.officer).Explain(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	if len(a.Rows) != 1 {
		t.Fatalf("%+v: %d rows", q, len(a.Rows))
	}
	return a, a.Rows[0]
}

func codes(e acl.Explanation) string {
	var out []string
	for _, o := range e.Obstacles {
		out = append(out, strings.TrimSpace(o.Code+" "+o.Detail))
	}
	return strings.Join(out, ", ")
}

func TestExplainSaysWhichRuleAndWhatStandsInTheWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.User("both", "sachbearbeitung@soziales", "gesundheit@gesundheit")
	o.User("nobody")
	for _, tt := range []struct {
		name, user, register, class, action, purpose, procedure string

		allowed   bool
		when      []acl.Circumstance
		rule      string
		obstacles string
	}{
		{"her own register", "clerk", "identitaet", "", "write", "", "", true, []acl.Circumstance{{}}, "sachbearbeitung@auslaenderbehoerde/identitaet", ""},
		{"letters of her own department", "clerk", "schriftwechsel", "", "read", "", "", true, []acl.Circumstance{{Own: true}}, "sachbearbeitung@auslaenderbehoerde/schriftwechsel", ""},
		{"a case is needed", "clerk", "asyl", "besonders", "read", "", "", true, []acl.Circumstance{{Case: true}}, "sachbearbeitung@auslaenderbehoerde/asyl", ""},
		{"not for that purpose", "clerk", "asyl", "besonders", "read", "antrag", "", false, []acl.Circumstance{{Case: true}}, "sachbearbeitung@auslaenderbehoerde/asyl", "purpose"},
		{"with such a case", "clerk", "asyl", "besonders", "read", "", touching(t, o.World, "asyl"), true, []acl.Circumstance{{Case: true}}, "sachbearbeitung@auslaenderbehoerde/asyl", ""},
		{"existence alone", "clerk", "sicherheit", "sicherheit", "read", "", "", false, nil, "", "no_rule"},
		{"a department outside", "both", "identitaet", "", "read", "", "", false, nil, "", "no_part, no_part"},
		{"an account without roles", "nobody", "identitaet", "", "read", "", "", false, nil, "", "no_pair"},
	} {
		_, got := o.asks(t, acl.Question{User: tt.user, Register: tt.register, Classification: tt.class, Action: tt.action, Purpose: tt.purpose, Procedure: tt.procedure})
		if got.Allowed != tt.allowed || got.Rule != tt.rule || codes(got) != tt.obstacles {
			t.Errorf("%s: allowed %t by %q, in the way: %q; want %t by %q, %q", tt.name, got.Allowed, got.Rule, codes(got), tt.allowed, tt.rule, tt.obstacles)
		}
		if diff := cmp.Diff(tt.when, got.When); diff != "" {
			t.Errorf("%s: when (-want +got):\n%s", tt.name, diff)
		}
		if rule, ok := o.Guard.Rules().Rule(tt.rule); ok && (got.File != rule.File || got.Line != rule.Line || got.Text.DE == "") {
			t.Errorf("%s: %s:%d %q; want where the rule stands, and its text", tt.name, got.File, got.Line, got.Text.DE)
		}
	}
	told := o.told(t, audit.OpPolicyExplain)
	if len(told) == 0 || !slices.Equal(told[0].Akten, []string{string(o.akte)}) || told[0].Actor != string(o.officer.User) {
		t.Errorf("the trail: %+v; want who asked, and of which Akte", told)
	}
}

// TestExplainKnowsPurposesOfRules asks about a rule that names purposes, which used to be shown as denied.
func TestExplainKnowsPurposesOfRules(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.User("asylum", "sachbearbeitung@asyl")
	p := o.propose(t, func(s string) string {
		return s + "house/benefits,allow,sachbearbeitung,asyl,leistungen,normal,exist read,leistung case,any,any,\n" +
			"house/no-return,deny,sachbearbeitung,asyl,identitaet,normal,write file,*,any,any,\n"
	})
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	if a, got := o.asks(t, acl.Question{User: "asylum", Register: "leistungen", Action: "read"}); !got.Allowed || a.Version != p.Number || got.Rule != "house/benefits" ||
		cmp.Diff([]acl.Circumstance{{Purposes: []string{"case", "leistung"}}}, got.When) != "" {
		t.Errorf("for whatever purpose: %+v, version %d", got, a.Version)
	}
	if _, got := o.asks(t, acl.Question{User: "asylum", Register: "leistungen", Action: "read", Purpose: "leistung"}); !got.Allowed {
		t.Errorf("for its purpose: %+v", got)
	}
	if _, got := o.asks(t, acl.Question{User: "asylum", Register: "leistungen", Action: "read", Purpose: "antrag"}); got.Allowed || codes(got) != "purpose" {
		t.Errorf("for another one: %+v", got)
	}
	if _, got := o.asks(t, acl.Question{User: "asylum", Register: "identitaet", Action: "write"}); got.Allowed || got.Rule != "house/no-return" || codes(got) != "denied house/no-return" {
		t.Errorf("denied: %+v", got)
	}
}

func TestExplainForAnotherDay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Time = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	o.User("soc", "sachbearbeitung@soziales")
	akte := o.Akte(o.Guard.For(o.clerk), "Frist", "auslaenderbehoerde", archive.Participation{Department: "soziales", Until: "2026-12-31"})
	ask := func(at string) (acl.Answer, acl.Explanation) {
		return o.asks(t, acl.Question{User: "soc", Akte: o.number(t, akte), Register: "identitaet", Action: "read", At: at})
	}
	if a, got := ask("2026-12-31"); !got.Allowed || a.Day != "2026-12-31" || len(a.Notes) != 0 {
		t.Errorf("on its last day: %+v %v", got, a.Notes)
	}
	if a, got := ask("2027-01-01"); got.Allowed || codes(got) != "part_ended 2026-12-31" || a.SeesHead {
		t.Errorf("on the day behind: %+v", got)
	}
	if a, _ := ask("2026-12-05T12:00"); !slices.Equal(a.Notes, []string{acl.NoteHours}) {
		t.Errorf("on a Saturday: %v", a.Notes)
	}
	if a, _ := ask("2026-11-01"); !slices.Equal(a.Notes, []string{acl.NotePast}) {
		t.Errorf("in the past: %v", a.Notes)
	}
	// rules of the past
	p := o.propose(t, func(s string) string {
		return s + "house/shut,deny,sachbearbeitung,soziales,identitaet,normal,exist read,*,any,any,\n"
	})
	o.Time = o.Time.Add(48 * time.Hour)
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	if a, got := ask(""); got.Allowed || a.Version != 2 {
		t.Errorf("today: %+v, version %d", got, a.Version)
	}
	if a, got := ask("2026-11-24"); !got.Allowed || a.Version != 1 {
		t.Errorf("yesterday, before the rules: %+v, version %d", got, a.Version)
	}
	if a, got := ask("2026-12-01"); got.Allowed || a.Version != 2 {
		t.Errorf("in a week: %+v, version %d", got, a.Version)
	}
}

// TestExplainTellsNothingOfWhatIsSealed compares a sealed Akte with a number that nobody has.
func TestExplainTellsNothingOfWhatIsSealed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sealed := o.Akte(o.Guard.For(o.clerk), "Geheim", "auslaenderbehoerde")
	q := acl.Question{User: "clerk", Akte: o.number(t, sealed), Action: "read"}
	if _, err := o.Guard.For(o.officer).Explain(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	o.seal(t, sealed)
	for name, number := range map[string]string{"sealed": q.Akte, "no such number": "33.11-999999/2026", "an id": string(o.akte)} {
		q.Akte = number
		if _, err := o.Guard.For(o.officer).Explain(t.Context(), q); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	q.Akte = o.number(t, o.akte)
	for _, who := range []acl.Subject{o.admin, o.lead, o.clerk} {
		if _, err := o.Guard.For(who).Explain(t.Context(), q); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v, want denied", who.Name, err)
		}
	}
	q.Akte = o.number(t, sealed)
	a, err := o.Guard.Explain(t.Context(), q) // the operator on the machine
	if err != nil || a.Rows[0].Allowed || codes(a.Rows[0]) != "sealed 2999-12-31" {
		t.Errorf("the operator: %v %+v; want that it is sealed", err, a.Rows)
	}
}
