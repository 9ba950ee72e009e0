package acl

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"eakte/policies"
)

// builtInOnce compiles the built-in policies for all tests: neither set nor table changes.
var builtInOnce = sync.OnceValues(func() (*Table, error) {
	set, err := policies.BuiltIn()
	if err != nil {
		return nil, err
	}
	return Compile(set)
})

// builtInTable returns the built-in policies and their table.
func builtInTable(tb testing.TB) (*policies.Set, *Table) {
	tb.Helper()
	set, err := policies.BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	table, err := builtInOnce()
	if err != nil {
		tb.Fatal(err)
	}
	return set, table
}

// changedPolicies returns the built-in policies with some files given a longer end.
func changedPolicies(tb testing.TB, more map[string]string) *policies.Set {
	tb.Helper()
	source := os.DirFS("../policies/builtin")
	folder := fstest.MapFS{}
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(source, name)
		folder[name] = &fstest.MapFile{Data: append(data, more[name]...)}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	set, err := policies.Load(folder)
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

// edgeRules use what the built-in rules don't: purposes, a deny over an allow, a deny for
// one purpose alone, both conditions at once.
const edgeRules = `
edge/purpose,allow,sachbearbeitung,asyl,leistungen,normal besonders,exist read,leistung case,any,any,
edge/none,allow,sachbearbeitung,asyl,rueckkehr,normal,exist read,leistung,matching,own,
edge/case,allow,sachbearbeitung,asyl,sicherheit,sicherheit,exist read,*,matching,any,
edge/own,allow,sachbearbeitung,asyl,sicherheit,sicherheit,exist read,*,any,own,
edge/deny,deny,sachbearbeitung,soziales,identitaet aufenthalt,normal,read,*,any,any,
edge/deny-purpose,deny,sachbearbeitung,soziales,leistungen,besonders,exist read write file,auskunft,any,any,
edge/deny-inbox,deny,sachbearbeitung,soziales,-,-,inbox,auskunft,any,any,
`

// eachRequest calls f with a request for every cell of the table, for the pairs of these
// departments if any are given, and counts them. The purpose is by turns one of those that
// share the cell.
func eachRequest(set *policies.Set, table *Table, f func(Request), departments ...string) (n int) {
	alike := make([][]string, len(table.axes.purposeSamples))
	for purpose, class := range table.axes.purposes {
		alike[class] = append(alike[class], purpose)
	}
	for _, purposes := range alike {
		slices.Sort(purposes)
	}
	try := func(req Request) {
		for _, purposes := range alike {
			for conditions := range 4 {
				req.MatchingCase, req.OwnBrought = conditions&2 != 0, conditions&1 != 0
				req.Purpose = purposes[n%len(purposes)]
				n++
				f(req)
			}
		}
	}
	for _, p := range set.Pairs() {
		if len(departments) > 0 && !slices.Contains(departments, p.Department) {
			continue
		}
		req := Request{Role: p.Role, Department: p.Department}
		for _, req.Action = range policies.Capabilities() {
			try(req)
		}
		for _, req.Action = range policies.RegisterActions() {
			for _, r := range set.Registers() {
				for _, c := range set.Classifications() {
					req.Register, req.Classification = r.Key, c.Key
					try(req)
				}
			}
		}
	}
	return n
}

// TestTableEqualsCasbin compares every cell with an enforcer that holds all rules of the
// role, and one cell in fifty with one that holds all rules there are.
func TestTableEqualsCasbin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rules string
		departments []string
	}{
		{"built-in", "", nil},
		{"edges", edgeRules, []string{"asyl", "soziales"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := changedPolicies(t, map[string]string{"access/sachbearbeitung.csv": tt.rules})
			table, err := Compile(set)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := NewCasbin(set)
			if err != nil {
				t.Fatal(err)
			}
			byRole := make(map[string]*Casbin)
			for _, role := range set.Roles() {
				rules := slices.DeleteFunc(set.Rules(), func(r policies.Rule) bool { return r.Role != role.Key })
				enforcer, err := newEnforcer(set.Model(), rules)
				if err != nil {
					t.Fatal(err)
				}
				byRole[role.Key] = &Casbin{set: set, rules: enforcer}
			}
			random := rand.New(rand.NewPCG(1, 2))
			asked, allowed := 0, 0
			total := eachRequest(set, table, func(req Request) {
				if testing.Short() && random.IntN(20) > 0 || t.Failed() {
					return
				}
				asked++
				want, err := byRole[req.Role].Decide(req)
				if err != nil {
					t.Fatal(err)
				}
				if random.IntN(50) == 0 {
					if all, err := whole.Decide(req); err != nil || all != want {
						t.Errorf("%+v: by the role's rules %+v, by all %+v, %v", req, want, all, err)
					}
				}
				if want.Allow {
					allowed++
				}
				if got := table.Decide(req); got != want {
					t.Errorf("%+v: table %+v, Casbin %+v", req, got, want)
				}
			}, tt.departments...)
			t.Logf("%d of %d cells compared, %d allow", asked, total, allowed)
			if allowed == 0 {
				t.Error("nothing is allowed")
			}
		})
	}
}

// TestTableEqualsCasbinOnStrangeWords asks both for what the policies don't know.
func TestTableEqualsCasbinOnStrangeWords(t *testing.T) {
	t.Parallel()
	set, table := builtInTable(t)
	whole, err := NewCasbin(set)
	if err != nil {
		t.Fatal(err)
	}
	good := Request{Role: "sachbearbeitung", Department: "asyl", Register: "asyl", Classification: "besonders", Action: policies.ActRead, Purpose: "antrag"}
	if d := table.Decide(good); !d.Allow {
		t.Fatalf("%+v: %+v, want allow", good, d)
	}
	capability := Request{Role: "sachbearbeitung", Department: "asyl", Action: policies.ActUpload}
	if d := table.Decide(capability); !d.Allow {
		t.Fatalf("%+v: %+v, want allow", capability, d)
	}
	words := []string{"", "-", "*", "any", "own", "Asyl", "asyl ", "asyl familie", "normal besonders", "read write", "role", "case:", "case: ", "\x00", "sachbearbeitung@asyl"}
	for _, word := range words {
		for name, change := range map[string]func(*Request){
			"role":       func(r *Request) { r.Role = word },
			"department": func(r *Request) { r.Department = word },
			"register":   func(r *Request) { r.Register = word },
			"class":      func(r *Request) { r.Classification = word },
			"action":     func(r *Request) { r.Action = word },
			"purpose":    func(r *Request) { r.Purpose = word },
			"no place":   func(r *Request) { r.Register, r.Classification = word, word },
		} {
			for _, req := range []Request{good, capability} {
				change(&req)
				// What the word doesn't spoil: no purpose, a capability's empty place, a case.
				spoiled := !(name == "purpose" && (word == "" || word == "case: ") || req == capability)
				got := table.Decide(req)
				if want, err := whole.Decide(req); err != nil || got != want {
					t.Errorf("%s %q: table %+v, Casbin %+v, %v", name, word, got, want, err)
				}
				if spoiled && got != (Decision{}) {
					t.Errorf("%s %q: %+v, want a deny by no rule", name, word, got)
				}
			}
		}
	}
}

func TestDenyBeatsAllowOfTheSamePair(t *testing.T) {
	t.Parallel()
	set := changedPolicies(t, map[string]string{"access/sachbearbeitung.csv": edgeRules})
	table, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		req  Request
		want Decision
	}{
		{"denied though its row allows", Request{"sachbearbeitung", "soziales", "identitaet", "normal", "read", "", false, false}, Decision{false, "edge/deny"}},
		{"whatever the case and origin", Request{"sachbearbeitung", "soziales", "aufenthalt", "normal", "read", "case:1", true, true}, Decision{false, "edge/deny"}},
		{"another action of the same cell", Request{"sachbearbeitung", "soziales", "identitaet", "normal", "exist", "", false, false}, Decision{true, "sachbearbeitung@soziales/identitaet"}},
		{"the follower inherits the deny", Request{"leitung", "soziales", "identitaet", "normal", "read", "", false, false}, Decision{false, "edge/deny~leitung"}},
		{"records staff inherit the deny", Request{"registratur", "soziales", "identitaet", "normal", "read", "", false, false}, Decision{false, "edge/deny~registratur"}},
		{"another pair of the department doesn't", Request{"sozialdienst", "soziales", "identitaet", "normal", "read", "", false, false}, Decision{true, "sozialdienst@soziales/identitaet"}},
		{"for the denied purpose", Request{"sachbearbeitung", "soziales", "leistungen", "besonders", "read", "auskunft", false, false}, Decision{false, "edge/deny-purpose"}},
		{"for another purpose", Request{"sachbearbeitung", "soziales", "leistungen", "besonders", "read", "leistung", false, false}, Decision{true, "sachbearbeitung@soziales/leistungen"}},
		{"a capability for the denied purpose", Request{"sachbearbeitung", "soziales", "", "", "inbox", "auskunft", false, false}, Decision{false, "edge/deny-inbox"}},
		{"a capability is not inherited, nor its deny", Request{"leitung", "soziales", "", "", "inbox", "auskunft", false, false}, Decision{true, "leitung/work"}},
		{"a rule for purposes without one", Request{"sachbearbeitung", "asyl", "leistungen", "normal", "read", "", false, false}, Decision{}},
		{"a rule for purposes with another", Request{"sachbearbeitung", "asyl", "leistungen", "normal", "read", "antrag", false, false}, Decision{}},
		{"a rule for purposes with its own", Request{"sachbearbeitung", "asyl", "leistungen", "normal", "read", "leistung", false, false}, Decision{true, "edge/purpose"}},
		{"a rule for a case with a case", Request{"sachbearbeitung", "asyl", "leistungen", "normal", "read", "case:7", false, false}, Decision{true, "edge/purpose"}},
		{"no hearing record for return", Request{"rueckkehr", "rueckkehr", "asyl", "besonders", "read", "case:7", true, true}, Decision{false, "rueckkehr@rueckkehr/asyl/deny-hearing"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := table.Decide(tt.req); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestConditionsOnlyWiden holds what Cells and the search rely on: a stated case and an own
// document never take a right away.
func TestConditionsOnlyWiden(t *testing.T) {
	t.Parallel()
	set, table := builtInTable(t)
	eachRequest(set, table, func(req Request) {
		if !table.Decide(req).Allow {
			return
		}
		matching, own := req, req
		matching.MatchingCase, own.OwnBrought = true, true
		if !table.Decide(matching).Allow || !table.Decide(own).Allow {
			t.Errorf("%+v is allowed, but not with a case or for an own document", req)
		}
	})
}

func TestCells(t *testing.T) {
	t.Parallel()
	set := changedPolicies(t, map[string]string{"access/sachbearbeitung.csv": edgeRules})
	table, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, role, department, action, purpose string
		want                                    []string
	}{
		{"conditions", "rueckkehr", "rueckkehr", policies.ActRead, "", []string{
			"identitaet normal", "aufenthalt normal", "asyl normal case", "familie normal", "wohnen normal", "gesundheit normal",
			"sicherheit normal case", "sicherheit sicherheit case", "rueckkehr normal", "rueckkehr besonders",
			"schriftwechsel normal own", "ungeordnet normal own"}},
		{"existence is its own action", "sachbearbeitung", "asyl", policies.ActExist, "leistung", []string{
			"identitaet normal", "aufenthalt normal", "asyl normal", "asyl besonders", "familie normal", "bildung normal", "wohnen normal",
			"gesundheit normal", "gesundheit besonders", "gesundheit sicherheit", "sicherheit sicherheit own", "sicherheit sicherheit case",
			"rueckkehr normal own case", "leistungen normal", "leistungen besonders", "schriftwechsel normal own", "ungeordnet normal own"}},
		{"the mail room reads nothing", "registratur", "poststelle", policies.ActRead, "posteingang", nil},
		{"an unknown pair has nothing", "sicherheit", "asyl", policies.ActRead, "", nil},
		{"an unknown purpose has nothing", "rueckkehr", "rueckkehr", policies.ActRead, "neugier", nil},
		{"a capability has no cells", "rueckkehr", "rueckkehr", policies.ActLocate, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range table.Cells(tt.role, tt.department, tt.action, tt.purpose) {
				line := c.Register + " " + c.Classification
				if c.OwnOnly {
					line += " own"
				}
				if c.CaseOnly {
					line += " case"
				}
				if c.Rule == "" {
					t.Errorf("%s: no rule", line)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCellsAreTheTable rebuilds every decision to read from Cells alone.
func TestCellsAreTheTable(t *testing.T) {
	t.Parallel()
	set, table := builtInTable(t)
	eachRequest(set, table, func(req Request) {
		if req.Action != policies.ActRead {
			return
		}
		from := slices.ContainsFunc(table.Cells(req.Role, req.Department, req.Action, req.Purpose), func(c Cell) bool {
			return c.Register == req.Register && c.Classification == req.Classification &&
				(!c.OwnOnly || req.OwnBrought) && (!c.CaseOnly || req.MatchingCase)
		})
		if got := table.Decide(req).Allow; got != from {
			t.Errorf("%+v: %t, by cells %t", req, got, from)
		}
	})
}

func TestCompileCached(t *testing.T) {
	t.Parallel()
	set, fresh := builtInTable(t)
	dir := filepath.Join(t.TempDir(), "cache")
	same := func(t *testing.T, table *Table, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(table.cells, fresh.cells) || table.Hash() != set.Hash() {
			t.Error("another table than the compiled one")
		}
	}
	first, err := CompileCached(set, dir)
	same(t, first, err)
	kept, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(kept) != 1 || !strings.Contains(kept[0], set.FullHash()) {
		t.Fatalf("kept %v, %v; want one file named after the hash", kept, err)
	}
	if info, err := os.Stat(kept[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	good, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Run("what is kept is read", func(t *testing.T) {
		table, err := readTable(set, kept[0])
		same(t, table, err)
	})
	for name, spoil := range map[string]func() []byte{
		"one bit of a cell":       func() []byte { b := slices.Clone(good); b[len(b)/2] ^= 1; return b },
		"one bit of the checksum": func() []byte { b := slices.Clone(good); b[len(b)-1] ^= 1; return b },
		"cut short":               func() []byte { return good[:len(good)-7] },
		"empty":                   func() []byte { return nil },
		"of other policies": func() []byte {
			return []byte(strings.Replace(string(good), set.FullHash(), strings.Repeat("0", 64), 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(kept[0], spoil(), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := readTable(set, kept[0]); err == nil {
				t.Error("a spoiled table was read")
			}
			table, err := CompileCached(set, dir)
			same(t, table, err)
			if again, err := os.ReadFile(kept[0]); err != nil || !slices.Equal(again, good) {
				t.Errorf("the spoiled table was not replaced: %v", err)
			}
		})
	}
	t.Run("a changed policy has a table of its own", func(t *testing.T) {
		other, err := CompileCached(changedPolicies(t, map[string]string{"access/sachbearbeitung.csv": edgeRules}), dir)
		if err != nil {
			t.Fatal(err)
		}
		req := Request{"sachbearbeitung", "soziales", "identitaet", "normal", "read", "", false, false}
		if other.Decide(req).Allow || !fresh.Decide(req).Allow {
			t.Error("the changed policy is answered by the old table")
		}
	})
	t.Run("a folder that can't be written is told", func(t *testing.T) {
		table, err := CompileCached(set, filepath.Join(kept[0], "below-a-file"))
		if err == nil || table == nil {
			t.Errorf("table %v, error %v; want both", table != nil, err)
		}
	})
}

func TestDecideAllocatesNothing(t *testing.T) {
	_, table := builtInTable(t)
	req := Request{"rueckkehr", "rueckkehr", "sicherheit", "sicherheit", "read", "case:0190a", true, false}
	if n := testing.AllocsPerRun(100, func() {
		if !table.Decide(req).Allow {
			t.Fatal("denied")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkDecide sets a decision beside a look-up of the same request in a map.
func BenchmarkDecide(b *testing.B) {
	set, table := builtInTable(b)
	var requests []Request
	answers := make(map[Request]Decision)
	eachRequest(set, table, func(req Request) {
		requests = append(requests, req)
		answers[req] = table.Decide(req)
	})
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	requests = requests[:4096]
	for name, decide := range map[string]func(Request) Decision{
		"table": table.Decide,
		"map":   func(req Request) Decision { return answers[req] },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			allowed, i := 0, 0
			for b.Loop() {
				if decide(requests[i&4095]).Allow {
					allowed++
				}
				i++
			}
			if allowed == b.N {
				b.Error("everything is allowed")
			}
		})
	}
}

// BenchmarkCompile measures the start without a kept table and with one.
func BenchmarkCompile(b *testing.B) {
	set, _ := builtInTable(b)
	b.Run("casbin", func(b *testing.B) {
		for b.Loop() {
			if _, err := Compile(set); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kept", func(b *testing.B) {
		dir := b.TempDir()
		if _, err := CompileCached(set, dir); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := CompileCached(set, dir); err != nil {
				b.Fatal(err)
			}
		}
	})
}
