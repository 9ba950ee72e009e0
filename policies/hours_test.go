package policies

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestAtWork(t *testing.T) {
	builtIn, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	folder := builtInFiles(t)
	delete(folder, "hours.csv")
	delete(folder, "teams.csv")
	delete(folder, "fieldgroups.csv")
	unsaid, err := Load(folder)
	if err != nil {
		t.Fatalf("a folder of before there were hours and teams: %v", err)
	}
	folder["hours.csv"] = &fstest.MapFile{Data: []byte("day,from,to\n" + strings.Join([]string{
		"sunday,22:30,24:00", "monday,00:00,24:00", "tuesday,-,-", "wednesday,-,-", "thursday,-,-", "friday,-,-", "saturday,-,-",
	}, "\n"))}
	shifts, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at                      string // 2026-11-22 is a Sunday
		builtIn, unsaid, shifts bool
	}{
		{"2026-11-20T05:59:00Z", false, false, false},
		{"2026-11-20T06:00:00Z", true, true, false},
		{"2026-11-20T19:59:59Z", true, true, false},
		{"2026-11-20T20:00:00Z", false, false, false},
		{"2026-11-21T12:00:00Z", false, true, false},
		{"2026-11-22T12:00:00Z", false, true, false},
		{"2026-11-22T22:29:00Z", false, false, false},
		{"2026-11-22T23:59:59Z", false, false, true},
		{"2026-11-23T00:00:00Z", false, false, true},
		{"2026-11-24T12:00:00Z", true, true, false},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if b, u, s := builtIn.AtWork(at), unsaid.AtWork(at), shifts.AtWork(at); b != tt.builtIn || u != tt.unsaid || s != tt.shifts {
			t.Errorf("%s: built in %t, unsaid %t, shifts %t; want %t, %t, %t", at.Format("Mon 15:04"), b, u, s, tt.builtIn, tt.unsaid, tt.shifts)
		}
	}
}
