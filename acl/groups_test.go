package acl_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/policies"
)

// TestReadGroups tells each line that is wrong.
func TestReadGroups(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	const head = "group,role,department,team\n"
	groups, err := acl.ReadGroups("g.csv", strings.NewReader("# reviewed\n"+head+"\"CN=Akte, OU=Amt\",sachbearbeitung,asyl,\n\"CN=Akte, OU=Amt\",,,team-1\nleads,leitung,asyl,team-2\n"), set)
	if err != nil || len(groups) != 2 || len(groups["CN=Akte, OU=Amt"].Roles) != 1 || groups["leads"].Teams[0] != "team-2" {
		t.Errorf("%+v, %v", groups, err)
	}
	for _, tc := range []struct {
		text, want string
		line       int
	}{
		{"", "nobody could sign in", 0},
		{head, "nobody could sign in", 0},
		{"group,role\n", "want the columns", 1},
		{head + "a,sachbearbeitung,asyl\n", "want 4 fields", 2},
		{head + ",sachbearbeitung,asyl,\n", "name a group", 2},
		{head + "a,,,\n", "give a role", 2},
		{head + "a,kaiser,asyl,\n", `no role "kaiser"`, 2},
		{head + "a,sachbearbeitung,,\n", "no role", 2},
		{head + "a,,asyl,\n", "no role", 2},
		{head + "a,,," + strings.Repeat("x", 101) + "\n", "one short line", 2},
		{head + "a,leitung,asyl,\nb,leitung,asyl,\na,leitung,asyl,\n", "the same as in line 2", 4},
		{head + "a,\"leitung,asyl,\n", "", 2},
	} {
		_, err := acl.ReadGroups("g.csv", strings.NewReader(tc.text), set)
		var wrong *policies.LoadError
		if !errors.As(err, &wrong) || wrong.Problems[0].File != "g.csv" || wrong.Problems[0].Line != tc.line || !strings.Contains(wrong.Problems[0].Reason, tc.want) {
			t.Errorf("%q: %v, want line %d: %s", tc.text, err, tc.line, tc.want)
		}
	}
	many := head
	for i := range 51 {
		many += fmt.Sprintf("g,,,team-%d\n", i)
	}
	if _, err := acl.ReadGroups("g.csv", strings.NewReader(many), set); err != nil {
		t.Errorf("many teams are no fault before somebody has them all: %v", err)
	}
}
