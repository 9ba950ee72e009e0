package policies

import (
	"strings"
	"testing"
)

func TestRulesInWords(t *testing.T) {
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rule        string
		says, hides []string
	}{
		{"sachbearbeitung@auslaenderbehoerde/asyl", []string{"Sachbearbeitung", " darf ", "lesen", "passendem Vorgang"}, []string{"sehen, dass", "eingebracht"}},
		{"sachbearbeitung@asyl/gesundheit", []string{"sehen, dass etwas da ist"}, []string{"lesen"}},
		{"sachbearbeitung@asyl/schriftwechsel", []string{"eigene Abteilung eingebracht"}, []string{"Vorgang"}},
		{"rueckkehr@rueckkehr/asyl/deny-disclose", []string{"darf nicht", "nach außen geben"}, nil},
		{"administration/operate", []string{"das System betreiben"}, []string{"Register"}},
	} {
		r, ok := set.Rule(tt.rule)
		if !ok {
			t.Fatalf("no rule %s", tt.rule)
		}
		got := set.Describe(r).DE
		for _, want := range tt.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q says nothing of %q", tt.rule, got, want)
			}
		}
		for _, bad := range tt.hides {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q speaks of %q", tt.rule, got, bad)
			}
		}
	}
	for _, action := range append(RegisterActions(), Capabilities()...) {
		if w := actions()[action]; w.DE == "" || w.EN == "" {
			t.Errorf("%s has no words", action)
		}
	}
}
