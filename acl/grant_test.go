package acl_test

import (
	"errors"
	"slices"
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

// lending is an Akte of one department with papers in two registers, its lead, and a colleague of another department.
type lending struct {
	*acltest.World
	t               *testing.T
	lead, colleague *acl.Desk
	akte            archive.AkteID
	passport, work  acl.DocumentView
}

func openLending(t *testing.T) *lending {
	t.Helper()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	l := &lending{World: w, t: t}
	l.lead = w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	l.colleague = w.Guard.For(w.User("colleague", "sachbearbeitung@asyl"))
	l.akte = w.Akte(l.lead, "Öztürk", "auslaenderbehoerde")
	l.passport = w.Add(l.lead, l.akte, archive.Document{Type: "reisepass", Title: "Reisepass"}, "Gemeinsam Zitronenfalter")
	l.work = w.Add(l.lead, l.akte, archive.Document{Type: "arbeitsvertrag", Title: "Vertrag"}, "Gemeinsam Admiral")
	w.Settle()
	return l
}

// grant is one of the lead's to the colleague that she may give: reading one register until the day after tomorrow.
func (l *lending) grant() archive.Grant {
	return archive.Grant{
		Akte: l.akte, User: l.colleague.Subject().User, Registers: []string{"identitaet"}, Classifications: []string{"normal"},
		Level: archive.GrantRead, Until: "2026-11-26", Reason: "Eilverfahren",
	}
}

func (l *lending) give(edit func(*archive.Grant)) acl.GrantView {
	l.t.Helper()
	g := l.grant()
	if edit != nil {
		edit(&g)
	}
	view, err := l.lead.Grant(l.t.Context(), g)
	if err != nil {
		l.t.Fatal(err)
	}
	return view
}

// finds asks whatever tells of documents and persons what the colleague finds, without indexing anything.
func (l *lending) finds(what string, want ...archive.DocumentID) {
	l.t.Helper()
	found, err := l.colleague.Search(l.t.Context(), index.Query{Text: "Gemeinsam"}, "")
	if err != nil {
		l.t.Fatal(err)
	}
	var got []archive.DocumentID
	for _, h := range found.Hits {
		got = append(got, h.Document.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	counted := 0
	for _, c := range found.Facets["register"] {
		counted += c.Count
	}
	if !slices.Equal(got, want) || found.Total != len(want) || counted != len(want) || found.Incomplete {
		l.t.Errorf("%s: finds %v, total %d, by register %d, incomplete %t; want %v", what, got, found.Total, counted, found.Incomplete, want)
	}
	named, err := l.colleague.Search(l.t.Context(), index.Query{Text: "Öztürk"}, "")
	if err != nil {
		l.t.Fatal(err)
	}
	typed, err := l.colleague.PersonsTyped(l.t.Context(), "Öztü")
	if err != nil {
		l.t.Fatal(err)
	}
	misspelt, err := l.colleague.Search(l.t.Context(), index.Query{Text: "Zitronenfalder"}, "")
	if err != nil {
		l.t.Fatal(err)
	}
	sees := min(len(want), 1)
	if len(named.Persons) != sees || len(typed) != sees {
		l.t.Errorf("%s: finds %d persons, %d while typing; want %d", what, len(named.Persons), len(typed), sees)
	}
	if respelled := misspelt.Respelled != ""; respelled != slices.Contains(want, l.passport.ID) {
		l.t.Errorf("%s: told of another spelling: %q", what, misspelt.Respelled)
	}
}

// meets asks for the Akte, its lists and both papers.
func (l *lending) meets(what string, akte, passport, work error) {
	l.t.Helper()
	for _, tt := range []struct {
		what string
		want error
		ask  func() error
	}{
		{"the Akte", akte, func() error { _, err := l.colleague.Akte(l.t.Context(), l.akte); return err }},
		{"a paper that was granted", passport, func() error { _, err := l.colleague.Document(l.t.Context(), l.passport.ID); return err }},
		{"its text", passport, func() error {
			_, err := l.colleague.Text(l.t.Context(), acl.Holder{Document: l.passport.ID})
			return err
		}},
		{"another paper", work, func() error { _, err := l.colleague.Document(l.t.Context(), l.work.ID); return err }},
		{"the reference number", akte, func() error {
			view, err := l.lead.Akte(l.t.Context(), l.akte)
			if err != nil {
				return err
			}
			_, err = l.colleague.AkteByNumber(l.t.Context(), view.Number)
			if errors.Is(err, archive.ErrInvalid) { // nobody learns whether a number is given
				err = archive.ErrNotFound
			}
			return err
		}},
	} {
		if err := tt.ask(); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			l.t.Errorf("%s: %s: %v, want %v", what, tt.what, err, tt.want)
		}
	}
}

// TestGrantOpensAtOnceAndEndsByItself follows one grant from before it is given until it is over.
func TestGrantOpensAtOnceAndEndsByItself(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	none := archive.ErrNotFound
	l.meets("before", none, none, none)
	l.finds("before")
	given := l.give(nil)
	if given.State != acl.GrantActive || given.Holder != "colleague" || given.Giver != "lead" || given.Through.Department != "auslaenderbehoerde" {
		t.Errorf("given: %+v", given)
	}
	l.meets("given", nil, nil, none)
	l.finds("given", l.passport.ID)
	view, err := l.colleague.Akte(t.Context(), l.akte)
	if err != nil || len(view.Registers) != 1 || view.Registers[0].Key != "identitaet" || view.Registers[0].Access != policies.ActRead || view.Registers[0].Count != 1 {
		t.Errorf("registers: %+v, %v", view.Registers, err)
	}
	if view.Lent == nil || view.Lent.Until != "2026-11-26" || view.Lent.Writes || view.MayAdd || view.MayChange || view.MayGrant || view.MayConsign {
		t.Errorf("the head tells %+v, add %t, change %t, grant %t", view.Lent, view.MayAdd, view.MayChange, view.MayGrant)
	}
	listed, err := l.colleague.Documents(t.Context(), l.akte, acl.DocumentsQuery{})
	if err != nil || len(listed.Items) != 1 {
		t.Errorf("lists %d documents, %v", len(listed.Items), err)
	}
	day, err := l.colleague.Day(t.Context())
	if err != nil || len(day.Lent) != 1 || day.Lent[0].ID != l.akte || day.Lent[0].Until != "2026-11-26" {
		t.Errorf("her day: %+v, %v", day.Lent, err)
	}
	if _, err := l.colleague.CheckDocument(t.Context(), l.passport.ID, 1); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("writing by a grant to read: %v", err)
	}
	l.Time = time.Date(2026, 11, 26, 23, 0, 0, 0, time.UTC)
	l.meets("on its last day", nil, nil, none)
	l.finds("on its last day", l.passport.ID)
	l.Time = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	l.meets("the day after", none, none, none)
	l.finds("the day after")
	if day, err = l.colleague.Day(t.Context()); err != nil || len(day.Lent) != 0 {
		t.Errorf("her day after it: %+v, %v", day.Lent, err)
	}
}

// TestGrantIsTakenBack ends grants before their time, and tells of them.
func TestGrantIsTakenBack(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	none := archive.ErrNotFound
	first := l.give(nil)
	other := l.Guard.For(l.User("other", "leitung@auslaenderbehoerde"))
	foreign := l.Guard.For(l.User("foreign", "leitung@soziales"))
	own, err := l.colleague.OwnGrants(t.Context())
	if err != nil || len(own) != 1 || own[0].ID != first.ID || own[0].Head.ID != l.akte || !own[0].MayEnd || own[0].Reason != "Eilverfahren" {
		t.Errorf("hers: %+v, %v", own, err)
	}
	if err := foreign.EndGrant(t.Context(), first.ID); !errors.Is(err, none) {
		t.Errorf("another department's lead ends it: %v", err)
	}
	page, err := other.Grants(t.Context(), "", 10, "")
	if err != nil || len(page.Items) != 1 || page.Items[0].State != acl.GrantActive || !page.Items[0].MayEnd {
		t.Errorf("of the department: %+v, %v", page, err)
	}
	if _, err := foreign.Grants(t.Context(), "auslaenderbehoerde", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("another department's list: %v", err)
	}
	if err := other.EndGrant(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	l.meets("taken back", none, none, none)
	l.finds("taken back")
	if err := other.EndGrant(t.Context(), first.ID); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("taken back twice: %v", err)
	}
	second := l.give(nil)
	if err := l.colleague.EndGrant(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	l.meets("given back", none, none, none)
	form, err := l.lead.Granting(t.Context(), l.akte)
	if err != nil || len(form.Given) != 2 || form.Given[0].State != acl.GrantEnded || form.Given[1].Ender != "other" {
		t.Errorf("in the Akte: %+v, %v", form.Given, err)
	}
	ops := told(t, l.World, l.akte, audit.OpGrantGive, audit.OpGrantEnd)
	if want := []audit.Op{audit.OpGrantGive, audit.OpGrantEnd, audit.OpGrantGive, audit.OpGrantEnd}; !slices.Equal(ops, want) {
		t.Errorf("the trail tells %v, want %v", ops, want)
	}
}

// TestGrantStaysWithinHerRights asks for grants that nobody may give.
func TestGrantStaysWithinHerRights(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	closed := l.User("closed", "sachbearbeitung@asyl")
	if err := l.Guard.Accounts().SetDisabled(t.Context(), audit.System(), "closed", true); err != nil {
		t.Fatal(err)
	}
	admin, clerk := l.User("admin", "administration@it"), l.Guard.For(l.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	for _, tt := range []struct {
		name    string
		edit    func(*archive.Grant)
		pointer string
	}{
		{"to herself", func(g *archive.Grant) { g.User = l.lead.Subject().User }, "/user_id"},
		{"to nobody", func(g *archive.Grant) { g.User = archive.NewID[archive.UserID]() }, "/user_id"},
		{"to a closed account", func(g *archive.Grant) { g.User = closed.User }, "/user_id"},
		{"to who operates the system", func(g *archive.Grant) { g.User = admin.User }, "/user_id"},
		{"for 31 days", func(g *archive.Grant) { g.Until = "2026-12-25" }, "/until"},
		{"for yesterday", func(g *archive.Grant) { g.Until = "2026-11-23" }, "/until"},
		{"without a reason", func(g *archive.Grant) { g.Reason = " " }, "/reason"},
		{"for no register", func(g *archive.Grant) { g.Registers = nil }, "/registers"},
		{"for a register she doesn't see", func(g *archive.Grant) { g.Registers = []string{"identitaet", "leistungen"} }, "/registers/1"},
		{"for a register of which she knows alone", func(g *archive.Grant) { g.Registers = []string{"sicherheit"} }, "/registers/0"},
		{"for a classification she doesn't read", func(g *archive.Grant) { g.Classifications = []string{"normal", "besonders"} }, "/classifications/1"},
		{"to write where she reads", func(g *archive.Grant) { g.Registers, g.Level = []string{"rueckkehr"}, archive.GrantWrite }, "/level"},
	} {
		g := l.grant()
		tt.edit(&g)
		_, err := l.lead.Grant(t.Context(), g)
		var field *archive.FieldError
		if !errors.As(err, &field) || field.Pointer != tt.pointer {
			t.Errorf("%s: %v, want a fault of %s", tt.name, err, tt.pointer)
		}
	}
	l.give(func(g *archive.Grant) { g.Until = "2026-12-24" })
	l.give(func(g *archive.Grant) { g.Registers, g.Classifications = []string{"asyl"}, []string{"besonders"} })
	for who, want := range map[*acl.Desk]error{clerk: acl.ErrDenied, l.colleague: acl.ErrDenied} {
		if _, err := who.Grant(t.Context(), l.grant()); !errors.Is(err, want) {
			t.Errorf("%s gives a grant: %v", who.Subject().Name, err)
		}
	}
	stranger := l.Guard.For(l.User("stranger", "leitung@soziales"))
	if _, err := stranger.Grant(t.Context(), l.grant()); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a lead whose department takes no part: %v", err)
	}
	if _, err := stranger.Granting(t.Context(), l.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the form for her: %v", err)
	}
	aimless := l.lead.Subject()
	aimless.Purpose = ""
	if _, err := l.Guard.For(aimless).Grant(t.Context(), l.grant()); !errors.Is(err, acl.ErrPurpose) {
		t.Errorf("without a purpose: %v", err)
	}
}

// TestGrantToWriteIsInTheGiversPlace adds a paper by a grant: it counts as brought by the department in whose place she acts.
func TestGrantToWriteIsInTheGiversPlace(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	given := l.give(func(g *archive.Grant) {
		g.Level, g.Registers = archive.GrantWrite, []string{"identitaet", "schriftwechsel", "rueckkehr"}
	})
	doc := l.Add(l.colleague, l.akte, archive.Document{Type: "reisepass", Title: "Neu"}, "Gemeinsam Neu")
	letter := l.Add(l.colleague, l.akte, archive.Document{Type: "vollmacht", Register: "schriftwechsel", Title: "Brief"}, "Gemeinsam Brief")
	l.Settle()
	if doc.BroughtBy != "auslaenderbehoerde" || doc.FiledFrom != "" {
		t.Errorf("brought by %s, filed from %q", doc.BroughtBy, doc.FiledFrom)
	}
	if _, err := l.colleague.CheckDocument(t.Context(), doc.ID, 1); err != nil {
		t.Errorf("changing it: %v", err)
	}
	l.finds("what the department brought", l.passport.ID, doc.ID, letter.ID)
	upload, err := l.colleague.Receive(t.Context(), "x.txt", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer upload.Close()
	if _, err := l.colleague.AddDocument(t.Context(), l.akte, archive.Document{Type: "arbeitsvertrag"}, upload); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("adding to another register: %v", err)
	}
	if _, err := l.colleague.ChangeAkte(t.Context(), l.akte, 1, func(a *archive.Akte) error { a.Team = "x"; return nil }); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("changing the head: %v", err)
	}
	rules := map[string]bool{}
	for _, row := range readTrail(t, l.World, l.akte) {
		if row.Leaf.Actor == string(l.colleague.Subject().User) && row.Leaf.Result == audit.Allow {
			rules[row.Leaf.Rule] = true
			if row.Leaf.Role != "sachbearbeitung" || row.Leaf.Department != "asyl" {
				t.Errorf("%s by %s@%s: she leads nothing", row.Leaf.Op, row.Leaf.Role, row.Leaf.Department)
			}
			if row.Leaf.Rule == "grant:"+string(given.ID) && row.Rule.EN == "" {
				t.Error("the rule isn't put into words")
			}
		}
	}
	if !rules["grant:"+string(given.ID)] {
		t.Errorf("the trail tells of the rules %v", rules)
	}
}

// readTrail lists the events of an Akte as the officer reads them.
func readTrail(t *testing.T, w *acltest.World, akte archive.AkteID) []acl.TrailRow {
	t.Helper()
	officer := w.Guard.For(w.User("officer."+archive.NewID[string](), "datenschutz@datenschutz"))
	return must(officer.Trail(t.Context(), archive.TrailFilter{Akte: akte}, 200, ""))(t).Items
}

// TestWhatComesBeforeAGrant bars, closes and ends what a grant rests on.
func TestWhatComesBeforeAGrant(t *testing.T) {
	t.Parallel()
	none := archive.ErrNotFound
	for _, tt := range []struct {
		name  string
		state string
		act   func(*lending)
	}{
		{"the Akte is sealed", acl.GrantActive, func(l *lending) { seal(l.t, l.World, l.akte, l.lead.Subject().User) }},
		{"the department leaves", acl.GrantAsleep, func(l *lending) {
			if _, err := l.lead.ChangeAkte(l.t.Context(), l.akte, 1, func(a *archive.Akte) error { a.Lead = "soziales"; return nil }); err != nil {
				l.t.Fatal(err)
			}
		}},
		{"the account was closed and opened again", acl.GrantEnded, func(l *lending) {
			for _, closed := range []bool{true, false} {
				if err := l.Guard.Accounts().SetDisabled(l.t.Context(), audit.System(), "colleague", closed); err != nil {
					l.t.Fatal(err)
				}
			}
		}},
		{"an administrator closed it", acl.GrantEnded, func(l *lending) {
			admin, no, yes := l.Guard.For(l.User("admin", "administration@it")), false, true
			for i, closed := range []*bool{&yes, &no} {
				if _, err := admin.ChangeUser(l.t.Context(), l.colleague.Subject().User, int64(i+1), acl.UserEdit{Disabled: closed}); err != nil {
					l.t.Fatal(err)
				}
			}
		}},
		{"her roles wait for a lead", acl.GrantAsleep, func(l *lending) {
			admin := l.Guard.For(l.User("admin", "administration@it"))
			if err := admin.SetUserPassword(l.t.Context(), l.colleague.Subject().User, "ein ganz anderes"); err != nil {
				l.t.Fatal(err)
			}
			bare := l.colleague.Subject()
			bare.Pairs = nil
			l.colleague = l.Guard.For(bare)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := openLending(t)
			given := l.give(nil)
			l.meets("given", nil, nil, none)
			tt.act(l)
			l.Settle()
			l.meets(tt.name, none, none, none)
			l.finds(tt.name)
			if err := l.Store.View(t.Context(), func(r archive.Reader) error {
				g, err := r.Grant(given.ID)
				if err == nil && (tt.state == acl.GrantEnded) == g.EndedAt.IsZero() {
					t.Errorf("ended at %v", g.EndedAt)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if tt.state != acl.GrantAsleep || tt.name == "the department leaves" {
				return
			}
			form, err := l.lead.Granting(t.Context(), l.akte)
			if err != nil || len(form.Given) != 1 || form.Given[0].State != tt.state {
				t.Errorf("shown as %+v, %v", form.Given, err)
			}
		})
	}
}

// TestGrantsAreExplained asks the operator's tool.
func TestGrantsAreExplained(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	given := l.give(func(g *archive.Grant) { g.Registers = []string{"identitaet", "schriftwechsel"} })
	q := acl.Question{User: l.colleague.Subject().Name, Akte: string(l.akte), Classification: "normal", Action: policies.ActRead}
	for register, want := range map[string]acl.Explanation{
		"identitaet":     {Allowed: true, Rule: "grant:" + string(given.ID)},
		"schriftwechsel": {Allowed: true, Rule: "grant:" + string(given.ID), OwnOnly: true},
		"aufenthalt":     {},
	} {
		q.Register = register
		got, err := l.Guard.Explain(t.Context(), q)
		if err != nil || got.Rows[0].Allowed != want.Allowed || got.Rows[0].Rule != want.Rule || got.Rows[0].OwnOnly != want.OwnOnly {
			t.Errorf("%s: %+v, %v", register, got.Rows, err)
		}
	}
	q.Register, q.At = "identitaet", l.Time.AddDate(1, 0, 0).Format(time.DateOnly)
	if got, err := l.Guard.Explain(t.Context(), q); err != nil || got.Rows[0].Allowed {
		t.Errorf("when it has ended: %+v, %v", got.Rows, err)
	}
}

// TestGrantWithAMatchingCase reads what her own department reads for a case alone, by a grant and that case.
func TestGrantWithAMatchingCase(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	if _, err := l.lead.ChangeAkte(t.Context(), l.akte, 1, func(a *archive.Akte) error {
		a.Departments = []archive.Participation{{Department: "gesundheit"}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	doctor := l.Guard.For(l.User("doctor", "gesundheit@gesundheit"))
	report := l.Add(doctor, l.akte, archive.Document{Type: "bamf_bescheid", Register: "gesundheit", Classification: "besonders", Title: "Gutachten"}, "Gemeinsam Gutachten")
	l.Settle()
	c, err := l.lead.OpenCase(t.Context(), archive.Case{Akte: l.akte, Procedure: caseTouching(t, l.World, "gesundheit")})
	if err != nil {
		t.Fatal(err)
	}
	l.give(func(g *archive.Grant) {
		g.Registers, g.Classifications = []string{"gesundheit"}, []string{"besonders"}
	})
	if _, err := l.colleague.Document(t.Context(), report.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("without the case: %v", err)
	}
	stated := l.colleague.Subject()
	stated.Purpose = "case:" + string(c.ID)
	l.colleague = l.Guard.For(stated)
	if _, err := l.colleague.Document(t.Context(), report.ID); err != nil {
		t.Errorf("with the case: %v", err)
	}
	found, err := l.colleague.Search(t.Context(), index.Query{Text: "Gemeinsam"}, "")
	if err != nil || found.Total != 1 {
		t.Errorf("finds %d with the case, %v", found.Total, err)
	}
}

// caseTouching finds a procedure that touches a register.
func caseTouching(t *testing.T, w *acltest.World, register string) string {
	t.Helper()
	for _, p := range w.Policies.Procedures() {
		if slices.Contains(p.Registers, register) {
			return p.Key
		}
	}
	t.Fatalf("no procedure touches %s", register)
	return ""
}
