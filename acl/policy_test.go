package acl_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ruleFile returns a built-in file of rules with an edit.
func ruleFile(t *testing.T, w *acltest.World, name string, edit func(string) string) acl.PolicyPart {
	t.Helper()
	for _, f := range w.Guard.Rules().RuleFiles() {
		if f.Name == "access/"+name {
			return acl.PolicyPart{Name: name, Data: []byte(edit(string(f.Data)))}
		}
	}
	t.Fatalf("no file %s", name)
	return acl.PolicyPart{}
}

// office is an authority with the people that rules need.
type office struct {
	*acltest.World
	admin, lead, officer, clerk acl.Subject
	akte                        archive.AkteID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := acltest.Open(t)
	o := &office{
		World: w, admin: w.User("admin", "administration@it"), lead: w.User("lead", "leitung@asyl"),
		officer: w.User("officer", "datenschutz@datenschutz"), clerk: w.User("clerk", "sachbearbeitung@auslaenderbehoerde"),
	}
	desk := w.Guard.For(o.clerk)
	o.akte = w.Akte(desk, "Muster", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	w.Add(desk, o.akte, archive.Document{Type: "arbeitsvertrag"}, "Vertrag Eisvogel")
	w.Settle()
	return o
}

// closed is the rule by which nobody reads what is on employment.
const closed = "house/closed,deny,sachbearbeitung,auslaenderbehoerde,beschaeftigung,normal,exist read write file disclose,*,any,any,agreed\n"

func (o *office) propose(t *testing.T, edit func(string) string) acl.PolicyView {
	t.Helper()
	made, err := o.Guard.For(o.admin).ProposePolicy(t.Context(), acl.PolicyProposal{
		Parts: []acl.PolicyPart{ruleFile(t, o.World, "sachbearbeitung.csv", edit)}, Reason: "Beschluss",
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (o *office) judge(t *testing.T, who acl.Subject, p acl.PolicyView, approve bool) error {
	t.Helper()
	return o.Guard.For(who).JudgePolicy(t.Context(), p.Number, p.Seen, approve, "geprüft")
}

func (o *office) found(t *testing.T) int {
	t.Helper()
	page, err := o.Guard.For(o.clerk).Documents(t.Context(), o.akte, acl.DocumentsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

func TestRulesComeIntoForceForTheNextDesk(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := o.Guard.For(o.clerk)
	p := o.propose(t, func(s string) string { return s + closed })
	if p.Number != 2 || p.State != archive.PolicyProposed || p.Seen != 1 || len(p.Changes.Rules) != 1 || p.Changes.Rules[0].ID() != "house/closed" {
		t.Fatalf("proposed: number %d, %s, in force %d, changes %v", p.Number, p.State, p.Seen, p.Changes)
	}
	if n := o.found(t); n != 1 {
		t.Errorf("before anybody approved: %d documents, want 1", n)
	}
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	if n := o.found(t); n != 0 {
		t.Errorf("the next desk reads %d documents, want none", n)
	}
	if _, err := before.Akte(t.Context(), o.akte); err != nil {
		t.Errorf("a desk made before: %v", err)
	}
	if !slices.ContainsFunc(o.told(t, audit.OpPolicySwitch), func(l audit.Leaf) bool { return l.Actor == string(o.lead.User) && l.Object == "policy/2" }) {
		t.Error("the trail doesn't tell who let the rules come into force")
	}
	// and back again by the same way
	back, err := o.Guard.For(o.admin).ProposePolicy(t.Context(), acl.PolicyProposal{From: 1, Reason: "zurück"})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.judge(t, o.lead, back, true); err != nil {
		t.Fatal(err)
	}
	if n := o.found(t); n != 1 || o.Guard.Rules().Hash() != o.Policies.Hash() {
		t.Errorf("gone back: %d documents, rules as before: %t", n, o.Guard.Rules().Hash() == o.Policies.Hash())
	}
	list, err := o.Guard.For(o.officer).Policies(t.Context())
	var states []string
	for _, v := range list.Items {
		states = append(states, fmt.Sprintf("%d %s", v.Number, v.State))
	}
	if want := []string{"3 active", "2 replaced", "1 replaced"}; err != nil || !slices.Equal(states, want) || list.InForce != 3 {
		t.Errorf("versions %v (%v), in force %d; want %v", states, err, list.InForce, want)
	}
}

// told returns the leaves of an operation.
func (o *office) told(t *testing.T, op audit.Op) (out []audit.Leaf) {
	t.Helper()
	if err := o.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Op: string(op)}, "") {
			if err != nil {
				return err
			}
			out = append(out, row.Value.Leaf)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRulesNeedTwo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	both := o.User("both", "administration@it", "leitung@asyl")
	own, err := o.Guard.For(both).ProposePolicy(t.Context(), acl.PolicyProposal{
		Parts: []acl.PolicyPart{ruleFile(t, o.World, "sachbearbeitung.csv", func(s string) string { return s + closed })}, Reason: "allein",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		who     acl.Subject
		approve bool
		want    error
	}{
		{"who proposed it can't approve it", both, true, acl.ErrSecondPerson},
		{"administration can't", o.admin, true, acl.ErrDenied},
		{"data protection can't", o.officer, true, acl.ErrDenied},
		{"a clerk can't", o.clerk, true, acl.ErrDenied},
		{"administration can't turn down what another proposed", o.admin, false, acl.ErrDenied},
		{"data protection can turn it down", o.officer, false, nil},
		{"once said it stays", o.lead, true, acl.ErrSettled},
	} {
		if err := o.judge(t, tt.who, own, tt.approve); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if o.found(t) != 1 {
		t.Error("rules that were turned down count")
	}
	if _, err := o.Guard.For(o.lead).ProposePolicy(t.Context(), acl.PolicyProposal{From: 1, Reason: "x"}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a lead proposes: %v, want denied", err)
	}
	if _, err := o.Guard.For(o.clerk).Policies(t.Context()); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a clerk reads versions: %v, want denied", err)
	}
	taken := o.propose(t, func(s string) string { return s + closed })
	if err := o.judge(t, o.admin, taken, false); err != nil {
		t.Errorf("who proposed it takes it back: %v", err)
	}
}

// TestJudgedAgainstWhatIsInForce lets another version come into force between the look and the word.
func TestJudgedAgainstWhatIsInForce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.propose(t, func(s string) string { return s + closed })
	second := o.propose(t, func(s string) string { return s + strings.ReplaceAll(closed, "house/closed", "house/other") })
	if err := o.judge(t, o.lead, first, true); err != nil {
		t.Fatal(err)
	}
	if err := o.judge(t, o.lead, second, true); !errors.Is(err, acl.ErrStale) {
		t.Errorf("compared with rules of yesterday: %v, want stale", err)
	}
	if _, ok := o.Guard.Rules().Rule("house/closed"); !ok {
		t.Error("the rules in force aren't those of the first")
	}
}

func TestRulesAreRefusedWithFileLineAndReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	desk := o.Guard.For(o.admin)
	zipped := func(files ...policies.RuleFile) []acl.PolicyPart {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, f := range files {
			entry, err := z.Create(f.Name)
			if err == nil {
				_, err = entry.Write(f.Data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return []acl.PolicyPart{{Name: "rules.zip", Data: out.Bytes()}}
	}
	all := o.Guard.Rules().RuleFiles()
	without := func(name, line string) []policies.RuleFile {
		files := o.Guard.Rules().RuleFiles()
		for i := range files {
			if files[i].Name == name {
				files[i].Data = []byte(strings.ReplaceAll(string(files[i].Data), line, ""))
			}
		}
		return files
	}
	one := func(name string, edit func(string) string) []acl.PolicyPart {
		return []acl.PolicyPart{ruleFile(t, o.World, name, edit)}
	}
	for _, tt := range []struct {
		name  string
		parts []acl.PolicyPart
		want  string
	}{
		{"a rule of no list", one("leitung.csv", func(s string) string { return s + "x,allow,leitung,asyl,keller,normal,exist,*,any,any,\n" }), `access/leitung.csv:12: unknown register "keller"`},
		{"a test that fails", one("gesundheit.csv", func(s string) string {
			return strings.ReplaceAll(s, "normal besonders,exist read write file", "normal,exist read write file")
		}), "access/tests.csv:"},
		{"nobody could change them again", zipped(without("access/administration.csv", "administration/rules,allow,administration,it,-,-,rules.propose,*,any,any,\"a lead lets them come into force, data protection can turn them down\"\n")...), "rules.propose"},
		{"another list", zipped(append(slices.Clone(all), policies.RuleFile{Name: "departments.csv", Data: []byte("key,de,en\n")})...), "departments.csv: differs from the list in use"},
		{"a file of nothing known", zipped(append(slices.Clone(all), policies.RuleFile{Name: "notes.txt"})...), "notes.txt: is no file of the policies in use"},
		{"a way out of the folder", zipped(policies.RuleFile{Name: "../access/leitung.csv"}), "a name that no folder can have"},
		{"a bomb", zipped(policies.RuleFile{Name: "access/leitung.csv", Data: make([]byte, 9<<20)}), "holds too much"},
		{"many entries", zipped(slices.Repeat([]policies.RuleFile{{Name: "access/leitung.csv"}}, 201)...), "too many entries"},
		{"no ZIP", []acl.PolicyPart{{Name: "rules.zip", Data: []byte("PK")}}, "no ZIP that can be read"},
	} {
		_, err := desk.ProposePolicy(t.Context(), acl.PolicyProposal{Parts: tt.parts, Reason: "x"})
		var wrong *policies.LoadError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		parts  []acl.PolicyPart
		reason string
		want   string
	}{
		"no reason":       {one("leitung.csv", func(s string) string { return s + "# x\n" }), " ", "/reason"},
		"no file":         {nil, "x", "/file"},
		"the same again":  {zipped(all...), "x", "/file"},
		"a ZIP and a CSV": {append(zipped(all...), one("leitung.csv", func(s string) string { return s })...), "x", "/file"},
	} {
		_, err := desk.ProposePolicy(t.Context(), acl.PolicyProposal{Parts: tt.parts, Reason: tt.reason})
		var field *archive.FieldError
		if !errors.As(err, &field) || field.Pointer != tt.want {
			t.Errorf("%s: %v; want a fault of %s", name, err, tt.want)
		}
	}
	if list, err := desk.Policies(t.Context()); err != nil || len(list.Items) != 0 {
		t.Errorf("%d versions are kept of what was refused (%v)", len(list.Items), err)
	}
	// the whole folder, inside of another one, is taken
	var folder []policies.RuleFile
	for _, f := range all {
		folder = append(folder, policies.RuleFile{Name: "amt/" + f.Name, Data: append(slices.Clone(f.Data), "# checked\n"...)})
	}
	if p, err := desk.ProposePolicy(t.Context(), acl.PolicyProposal{Parts: zipped(folder...), Reason: "Kommentare"}); err != nil || len(p.Changes.Rules) != 0 || len(p.Changes.Files) != len(all) {
		t.Errorf("comments alone: %v, %d rules and %d files differ", err, len(p.Changes.Rules), len(p.Changes.Files))
	}
}

// TestRulesSurviveTheServer opens the rules as a start does.
func TestRulesSurviveTheServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	start := func() (set *policies.Set) {
		t.Helper()
		if err := o.Store.View(t.Context(), func(r archive.Reader) (err error) {
			set, err = acl.InForce(r, o.Policies)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return set
	}
	p := o.propose(t, func(s string) string { return s + closed })
	if start().Hash() != o.Policies.Hash() {
		t.Error("a proposal counts at the next start")
	}
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	if _, ok := start().Rule("house/closed"); !ok || start().Hash() != o.Guard.Rules().Hash() {
		t.Error("the next start goes by other rules than those in force")
	}
}

// TestFolderChangedBetweenStarts has what the folder says by now kept as the version in force: once, and told in the trail.
func TestFolderChangedBetweenStarts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	start := func(set *policies.Set) (*acl.Guard, acl.PolicyList) {
		t.Helper()
		table, err := acl.Compile(set)
		if err != nil {
			t.Fatal(err)
		}
		cfg := o.Guard.Config
		cfg.Policies, cfg.Table = set, table
		g, err := acl.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.NoteFolder(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := g.For(o.admin).Policies(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return g, list
	}
	if _, list := start(o.Policies); list.InForce != 0 {
		t.Fatalf("version %d without any proposal", list.InForce)
	}
	p := o.propose(t, func(s string) string { return s + closed })
	part := ruleFile(t, o.World, "sachbearbeitung.csv", func(s string) string { return s + strings.Replace(closed, "read ", "", 1) })
	files := slices.Clone(o.Policies.RuleFiles())
	for i := range files {
		if files[i].Name == "access/"+part.Name {
			files[i].Data = part.Data
		}
	}
	changed, err := o.Policies.Revise(files)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		g, list := start(changed)
		if list.InForce != p.Number+1 || list.Items[0].Number != p.Number+1 || !list.Items[0].Folder {
			t.Fatalf("in force is version %d of %d", list.InForce, len(list.Items))
		}
		err := g.For(o.lead).JudgePolicy(t.Context(), p.Number, p.Seen, true, "geprüft")
		if !errors.Is(err, acl.ErrStale) {
			t.Errorf("approved what was compared with the folder as it was: %v", err)
		}
	}
	if n := events(t, o.World, archive.TrailFilter{Op: string(audit.OpPolicySwitch), Result: string(audit.Allow)}); n != 1 {
		t.Errorf("the trail tells %d times of the folder's change", n)
	}
}

// TestTokensOfWhoGains lets technical accounts see a person's name: their tokens, which administration made, are
// worthless then.
func TestTokensOfWhoGains(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	machine := o.User("scanner", "dienst@poststelle")
	secret, _, err := o.Guard.For(o.admin).CreateToken(t.Context(), machine.User, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	signed := func() error {
		_, err := o.Guard.Accounts().Bearer(t.Context(), secret)
		return err
	}
	if err := signed(); err != nil {
		t.Fatal(err)
	}
	made, err := o.Guard.For(o.admin).ProposePolicy(t.Context(), acl.PolicyProposal{
		Reason: "Scanner sollen suchen", Parts: []acl.PolicyPart{
			ruleFile(t, o.World, "dienst.csv", func(s string) string {
				return s + "dienst/search,allow,dienst,poststelle,-,-,locate,*,any,any,\n"
			}),
			ruleFile(t, o.World, "tests.csv", func(s string) string {
				return strings.ReplaceAll(s, "dienst,poststelle,-,-,locate,-,any,any,no,", "dienst,poststelle,-,-,locate,-,any,any,yes,")
			}),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Broken) != 1 || made.Broken[0].File != policies.TestFile {
		t.Errorf("tests of the rules in force that fail: %v, want one", made.Broken)
	}
	if err := o.judge(t, o.lead, made, true); err != nil {
		t.Fatal(err)
	}
	if err := signed(); err == nil {
		t.Error("the token that administration made works under the wider rules")
	}
}
