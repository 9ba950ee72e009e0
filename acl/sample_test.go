package acl_test

import (
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// TestSamplesAreDrawn looks at Akten inside and outside an area: of those outside as many are drawn as was said, and each
// Akte once a day.
func TestSamplesAreDrawn(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	jana, kim := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("kim", "sachbearbeitung@auslaenderbehoerde")
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	hers := w.Akte(w.Guard.For(jana), "Beispiel", "auslaenderbehoerde")
	nobodys := w.Akte(w.Guard.For(jana), "Muster", "auslaenderbehoerde")
	var others []archive.AkteID
	for range 12 {
		others = append(others, w.Akte(w.Guard.For(kim), "Fremd", "auslaenderbehoerde"))
	}
	store(t, w, func(tx archive.Tx) error {
		for i, id := range append([]archive.AkteID{hers, nobodys}, others...) {
			a, err := tx.Akte(id)
			if err != nil {
				return err
			}
			a.Responsible, a.Team, a.Revision = kim.User, "", a.Revision+1
			switch i {
			case 0:
				a.Responsible = jana.User
			case 1:
				a.Responsible = ""
			}
			if err := tx.PutAkte(a); err != nil {
				return err
			}
		}
		return nil
	})
	open := func() {
		t.Helper()
		w.Time = w.Time.Add(time.Minute)
		for _, id := range append([]archive.AkteID{hers, nobodys}, others...) {
			e := audit.Event{
				Time: w.Time, Actor: audit.Actor{User: string(jana.User), Role: "sachbearbeitung", Department: "auslaenderbehoerde", Client: "web"},
				Op: audit.OpAkteOpen, Result: audit.Allow, Purpose: "case:" + archive.NewID[string](), Akten: []string{string(id)},
			}
			if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	samples := func() (out []acl.FindingView) {
		t.Helper()
		_, all := lookedFor(t, w, officer)
		return slices.DeleteFunc(all, func(f acl.FindingView) bool { return f.Rule != acl.UnusualSample })
	}
	open()
	if n := len(samples()); n != 0 {
		t.Errorf("%d are drawn though none shall be", n)
	}
	w.Guard.SampleOneIn = 1
	open()
	open()
	all := samples()
	if len(all) != len(others) {
		t.Errorf("%d of %d outside her area are drawn", len(all), len(others))
	}
	for _, f := range all {
		if f.Actor != jana.User || f.Count != 2 {
			t.Errorf("drawn: %+v", f)
		}
	}
	w.Guard.SampleOneIn = 1 << 40
	open()
	for _, f := range samples() {
		if f.Count != 2 {
			t.Errorf("one of very many is drawn: %+v", f)
		}
	}
}

// TestSampleAsItWas makes herself responsible after she looked, and gives away what was hers: the area counts as it was.
func TestSampleAsItWas(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	jana, kim := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("kim", "sachbearbeitung@auslaenderbehoerde")
	jana.Purpose = "bearbeitung"
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	give := func(id archive.AkteID, to archive.UserID) {
		t.Helper()
		w.Time = w.Time.Add(time.Minute)
		desk := w.Guard.For(jana)
		akte := must(desk.Akte(t.Context(), id))(t)
		must(desk.ChangeAkte(t.Context(), id, akte.Revision, func(a *archive.Akte) error { a.Responsible = to; return nil }))(t)
		w.Time = w.Time.Add(time.Minute)
	}
	made := w.Guard.For(kim)
	taken, given, kept := w.Akte(made, "Genommen", "auslaenderbehoerde"), w.Akte(made, "Gegeben", "auslaenderbehoerde"), w.Akte(made, "Behalten", "auslaenderbehoerde")
	give(taken, kim.User)
	give(given, jana.User)
	give(kept, jana.User)
	_, _ = lookedFor(t, w, officer) // what was done so far
	w.Guard.SampleOneIn, w.Time = 1, w.Time.Add(time.Hour)
	for _, id := range []archive.AkteID{taken, given, kept} { // each look stands for those of the next minutes
		must(w.Guard.For(jana).Akte(t.Context(), id))(t)
	}
	give(taken, jana.User)
	give(given, kim.User)
	give(given, jana.User)
	give(given, kim.User)
	drawn := map[archive.AkteID]bool{}
	_, all := lookedFor(t, w, officer)
	for _, f := range all {
		if f.Rule == acl.UnusualSample {
			view := must(officer.Finding(t.Context(), f.ID))(t)
			for _, e := range view.Events {
				drawn[archive.AkteID(e.Leaf.Akten[0])] = e.Leaf.Seq > 0
			}
		}
	}
	if !drawn[taken] || drawn[given] || drawn[kept] {
		t.Errorf("drawn: %v; want %s, which she took afterwards", drawn, taken)
	}
}
