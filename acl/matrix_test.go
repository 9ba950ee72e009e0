package acl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/acl/oracletest"
	"eakte/policies"
)

// sharedFile returns a path in the folder of material shared with other projects, or skips.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	if dir := os.Getenv("EAKTE_SHARED"); dir != "" {
		return filepath.Join(dir, name)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		if path := filepath.Join(up, "shared", name); pathExists(path) {
			return path
		}
	}
	t.Skipf("no folder shared with %s beside the checkout; set EAKTE_SHARED", name)
	return ""
}

func pathExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestTranscriptionIsTheAgreedMatrix(t *testing.T) {
	t.Parallel()
	page, err := os.Open(sharedFile(t, "domain/access-matrix.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	agreed, err := oracletest.ReadMarkdown(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(agreed, oracletest.Rows()); diff != "" {
		t.Errorf("the transcription differs from the matrix (-matrix +transcription):\n%s", diff)
	}
}

func TestReadMarkdownRefusesWhatIsNoMatrix(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"", "no table", "| a | b |\n|---|---|\n| w | w |",
		"| role@department | Id | Au | As | Fa | Be | Bi | Wo | Ge | Si | Rü | Le | Sw |\n| x | w |"} {
		if rows, err := oracletest.ReadMarkdown(strings.NewReader(page)); err == nil {
			t.Errorf("%q read as %v", page, rows)
		}
	}
}

// TestPairsAreTheMatrix compares the pairs that may be assigned.
func TestPairsAreTheMatrix(t *testing.T) {
	t.Parallel()
	set, _ := builtInTable(t)
	for _, role := range set.Roles() {
		for _, department := range set.Departments() {
			_, got := set.Pair(role.Key, department.Key)
			want := slices.Contains(oracletest.Pairs(), oracletest.Pair{Role: role.Key, Department: department.Key})
			if got != want {
				t.Errorf("%s@%s: pair %t, want %t", role.Key, department.Key, got, want)
			}
		}
	}
	if got, want := len(set.Pairs()), len(oracletest.Pairs()); got != want {
		t.Errorf("%d pairs, want %d", got, want)
	}
}

// TestTableIsTheMatrix asks the compiled table and the oracle about every role, department,
// register, classification, action, purpose and condition, and about words neither knows.
func TestTableIsTheMatrix(t *testing.T) {
	t.Parallel()
	set, table := builtInTable(t)
	roles, departments := []string{"", "chef"}, []string{"", "keins"}
	for _, r := range set.Roles() {
		roles = append(roles, r.Key)
	}
	departments = append(departments, oracletest.Departments()...)
	registers := append(oracletest.Registers(), "", "unbekannt", "-", "*")
	classes := append(oracletest.Classifications(), "", "geheim", "-")
	actions := append(append(policies.RegisterActions(), policies.Capabilities()...), "", "delete")
	purposes := []string{"", "case:5", "antrag"}
	cells, allowed, wrong := 0, 0, 0
	for _, role := range roles {
		for _, department := range departments {
			for _, register := range registers {
				for _, class := range classes {
					for _, act := range actions {
						for conditions := range 4 {
							matching, own := conditions&2 != 0, conditions&1 != 0
							want := oracletest.May(role, department, register, class, act, matching, own)
							for _, purpose := range purposes {
								cells++
								got := table.Decide(Request{role, department, register, class, act, purpose, matching, own})
								if got.Allow {
									allowed++
								}
								if got.Allow == want && (!got.Allow || got.Rule != "") {
									continue
								}
								if wrong++; wrong <= 20 {
									t.Errorf("%s@%s %s %s/%s for %q, case %t, own %t: %+v, want %t",
										role, department, act, register, class, purpose, matching, own, got, want)
								}
							}
						}
					}
				}
			}
		}
	}
	if wrong > 20 {
		t.Errorf("and %d more", wrong-20)
	}
	if allowed == 0 || allowed == cells {
		t.Errorf("%d of %d cells allow", allowed, cells)
	}
	t.Logf("%d cells, %d allow", cells, allowed)
}
