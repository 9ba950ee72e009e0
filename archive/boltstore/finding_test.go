package boltstore

import (
	"errors"
	"slices"
	"testing"

	"eakte/archive"
)

// TestFindingsGoOnPastDamage tears the record of one finding: a list tells its place and goes on with the others if who reads
// does.
func TestFindingsGoOnPastDamage(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	record(t, f, s, 3)
	now := f.clock.Now()
	var all []archive.FindingID
	for range 3 {
		one := archive.Finding{
			ID: archive.NewID[archive.FindingID](), Rule: "hours", Same: archive.NewID[string](), Actor: archive.NewID[archive.UserID](),
			Places: []archive.TrailPlace{{Year: now.Year(), Seq: 1}}, Count: 1, First: now, Last: now, State: archive.FindingOpen, Revision: 1,
		}
		change(t, s, func(tx archive.Tx) error { return errors.Join(tx.PutFinding(one), tx.Record(search(f))) })
		all = append(all, one.ID)
	}
	if err := s.submit(&update{ctx: t.Context(), house: true, fn: func(tx *transaction) error {
		key, _ := raw(all[1])
		return tx.put(bFinding, key, tx.value(bFinding, key)[:12])
	}}); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(r archive.Reader) error {
		var read []archive.FindingID
		at := archive.Position("")
		for row, err := range r.Findings(true, "") {
			switch {
			case errors.Is(err, archive.ErrDamaged):
				at = row.After
			case err != nil:
				t.Fatal(err)
			default:
				read = append(read, row.Value.ID)
			}
		}
		if want := []archive.FindingID{all[2], all[0]}; !slices.Equal(read, want) {
			t.Errorf("read %v, want %v", read, want)
		}
		for row, err := range r.Findings(true, at) {
			if err != nil || row.Value.ID != all[0] {
				t.Errorf("behind it: %v %v", row.Value.ID, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
