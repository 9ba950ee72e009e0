package acl_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// row finds what a pair gains or loses.
func row(t *testing.T, s acl.Simulation, pair, register, class, action string) acl.SimulationRow {
	t.Helper()
	for _, r := range s.Rows {
		if r.Pair.Role+"@"+r.Pair.Department == pair && r.Register == register && r.Classification == class && r.Action == action {
			return r
		}
	}
	return acl.SimulationRow{}
}

func TestSimulationCountsWhatRulesWouldChange(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	desk := o.Guard.For(o.clerk)
	second := o.Akte(desk, "Zweite", "auslaenderbehoerde")
	for range 2 {
		o.Add(desk, second, archive.Document{Type: "arbeitsvertrag"}, "Vertrag")
	}
	o.Akte(desk, "Leer", "auslaenderbehoerde")
	sealed := o.Akte(desk, "Geheim", "auslaenderbehoerde")
	o.Add(desk, sealed, archive.Document{Type: "arbeitsvertrag"}, "Vertrag")
	o.seal(t, sealed)
	o.Add(desk, second, archive.Document{Type: "arbeitsvertrag", Register: "ungeordnet"}, "Zettel")
	o.User("asylum", "sachbearbeitung@asyl")
	// asyl comes to read employment for two purposes, auslaenderbehoerde only reads there from now on, and sees what others
	// left unsorted.
	p := o.propose(t, func(s string) string {
		s = strings.Replace(s, "auslaenderbehoerde,beschaeftigung,normal,exist read write file,", "auslaenderbehoerde,beschaeftigung,normal,exist read,", 1)
		s = strings.Replace(s, "auslaenderbehoerde,ungeordnet,normal,exist read write file,*,any,own,", "auslaenderbehoerde,ungeordnet,normal,exist read write file,*,any,any,", 1)
		return s + "house/work,allow,sachbearbeitung,asyl,beschaeftigung,normal,exist read,antrag case,any,any,\n"
	})
	lead := o.User("lead2", "leitung@auslaenderbehoerde")
	sim, err := o.Guard.For(lead).SimulatePolicy(t.Context(), p.Number)
	if err != nil {
		t.Fatal(err)
	}
	gains := row(t, sim, "sachbearbeitung@asyl", "beschaeftigung", "normal", "read")
	if diff := cmp.Diff([]acl.Circumstance{{Purposes: []string{"case", "antrag"}}}, gains.After); diff != "" || gains.Before != nil {
		t.Errorf("asyl reads (-want +got):\n%s before %v", diff, gains.Before)
	}
	if !gains.Gained || gains.Lost || gains.Users != 1 || gains.Akten != 1 || gains.Documents != 1 {
		t.Errorf("asyl: %+v; want one user, one document in one Akte", gains)
	}
	loses := row(t, sim, "sachbearbeitung@auslaenderbehoerde", "beschaeftigung", "normal", "write")
	if diff := cmp.Diff([]acl.Circumstance{{}}, loses.Before); diff != "" || loses.After != nil || !loses.Lost || loses.Gained {
		t.Errorf("auslaenderbehoerde: %+v\n%s", loses, diff)
	}
	unsorted := row(t, sim, "sachbearbeitung@auslaenderbehoerde", "ungeordnet", "normal", "read")
	if diff := cmp.Diff([]acl.Circumstance{{Own: true}}, unsorted.Before); diff != "" || !unsorted.Gained || unsorted.Documents != 0 {
		t.Errorf("unsorted: %+v; want that her own paper is none she gains\n%s", unsorted, diff)
	}
	// The lead's own row follows, and she sees both Akten; the sealed one and the empty one are none.
	if loses.Akten != 2 || loses.Documents != 3 || len(loses.Samples) != 2 {
		t.Errorf("auslaenderbehoerde: %d documents in %d Akten, samples %v; want 3 in 2", loses.Documents, loses.Akten, loses.Samples)
	}
	follows := row(t, sim, "leitung@auslaenderbehoerde", "beschaeftigung", "normal", "file")
	if !follows.Lost || follows.Users != 1 {
		t.Errorf("the lead follows her caseworkers: %+v", follows)
	}
	if sim.Akten != 2 || sim.Documents != 3 || sim.Looked != 4 || sim.Users != 4 {
		t.Errorf("altogether %d Akten, %d documents, %d looked at, %d users; want 2, 3, 4, 4", sim.Akten, sim.Documents, sim.Looked, sim.Users)
	}
	// asyl with its lead and records staff: exist and read; auslaenderbehoerde with its lead: four acts. Those two and its
	// records staff lose two.
	if sim.Gained != 3*2+2*4 || sim.Lost != 3*2 {
		t.Errorf("%d cells gained, %d lost", sim.Gained, sim.Lost)
	}
	told := o.told(t, audit.OpPolicyOpen)
	if len(told) != 1 || !slices.Contains(told[0].Akten, string(second)) || slices.Contains(told[0].Akten, string(sealed)) {
		t.Errorf("the event names %v; want what was shown as samples", told)
	}
	blind, err := o.Guard.For(o.officer).SimulatePolicy(t.Context(), p.Number)
	if err != nil || blind.Documents != 3 {
		t.Fatalf("data protection: %v, %d documents", err, blind.Documents)
	}
	for _, r := range blind.Rows {
		if len(r.Samples) > 0 {
			t.Errorf("data protection sees no Akten, but is told of %v", r.Samples)
		}
	}
}

// TestSimulationIsTheTable compares every row with what desks say before and after.
func TestSimulationIsTheTable(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.propose(t, func(s string) string { return s + closed })
	sim, err := o.Guard.For(o.admin).SimulatePolicy(t.Context(), p.Number)
	if err != nil {
		t.Fatal(err)
	}
	// the rule itself, and those of lead and records staff, who follow; disclose only where it was allowed
	for _, r := range sim.Rows {
		if r.Register != "beschaeftigung" || r.Classification != "normal" || r.Pair.Department != "auslaenderbehoerde" || r.Gained || r.After != nil {
			t.Errorf("a row that the rule doesn't speak of: %+v", r)
		}
	}
	if sim.Gained != 0 || sim.Lost != len(sim.Rows) || sim.Lost != 3*4+2 {
		t.Errorf("%d cells lost in %d rows; want 14", sim.Lost, len(sim.Rows))
	}
}

// seal lays a seal on an Akte that nobody reads through.
func (o *office) seal(t *testing.T, id archive.AkteID) {
	t.Helper()
	if err := o.Store.Update(t.Context(), func(tx archive.Tx) error {
		a, err := tx.Akte(id)
		if err != nil {
			return err
		}
		a.Sealed, a.Revision = &archive.Seal{Reason: "Gefährdung", Until: "2999-12-31"}, a.Revision+1
		if err := tx.PutAkte(a); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: o.Time, Actor: audit.System(), Op: audit.OpAkteChange, Object: "akte/" + string(id), Akten: []string{string(id)}, Result: audit.Allow})
	}); err != nil {
		t.Fatal(err)
	}
}
