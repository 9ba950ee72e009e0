package acl_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

// reads are the pairs that the record says to read a register in a classification.
func reads(t *testing.T, p acl.Processing, register, class string) (out []archive.Pair) {
	t.Helper()
	for _, reg := range p.Registers {
		for _, u := range reg.Uses {
			if reg.Key == register && u.Classification == class && len(u.Reads) > 0 {
				out = append(out, u.Pair)
			}
		}
	}
	return out
}

// TestProcessingIsWhatRulesSay has the record follow the rules that come into force, and agree with what desks do.
func TestProcessingIsWhatRulesSay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	record := func(who acl.Subject) acl.Processing {
		t.Helper()
		p, err := o.Guard.For(who).Processing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	clerks := archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}
	before := record(o.officer)
	if !slices.Contains(reads(t, before, "beschaeftigung", "normal"), clerks) || before.Version != 0 {
		t.Errorf("version %d, read by %v", before.Version, reads(t, before, "beschaeftigung", "normal"))
	}
	if o.found(t) != 1 {
		t.Fatal("the clerk doesn't see what the record says")
	}
	p := o.propose(t, func(s string) string { return s + closed })
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	after := record(o.officer)
	if slices.Contains(reads(t, after, "beschaeftigung", "normal"), clerks) || after.Version != p.Number || after.Hash == before.Hash {
		t.Errorf("after the change: version %d, read by %v", after.Version, reads(t, after, "beschaeftigung", "normal"))
	}
	if o.found(t) != 0 {
		t.Error("the clerk still sees what the record denies")
	}
	if len(after.Registers) != len(o.Policies.Registers()) || len(after.Retentions) == 0 || len(after.Purposes) == 0 {
		t.Errorf("%d registers, %d rules of retention, %d purposes", len(after.Registers), len(after.Retentions), len(after.Purposes))
	}
	if _, err := o.Guard.For(o.clerk).Processing(t.Context()); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a clerk: %v", err)
	}
}

// bare is a machine without anything that searches for malware, and with what shuts strangers' files in.
type bare struct{ sandbox string }

func (b bare) Facts(context.Context) (acl.Facts, error) {
	return acl.Facts{Scanner: "off", Sandbox: b.sandbox}, nil
}

// TestMeasuresSayWhatIsMissing looks at two machines: what isn't taken is said, not left out.
func TestMeasuresSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for obstacle, confines := range map[string]bool{"": true, "bwrap is missing": false} {
		cfg := o.Guard.Config
		cfg.Machine = bare{obstacle}
		g, err := acl.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := g.For(o.officer).Processing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state := map[string]bool{}
		for _, m := range p.Measures {
			state[m.Key] = m.Taken
		}
		for key, want := range map[string]bool{
			acl.MeasureTrail: true, acl.MeasureSealed: true, acl.MeasureIndexClear: false, acl.MeasureScanner: false, acl.MeasureSandbox: confines,
		} {
			if got, said := state[key]; !said || got != want {
				t.Errorf("%q: %s: said %v, taken %v", obstacle, key, said, got)
			}
		}
	}
}
