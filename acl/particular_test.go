package acl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// recordParticulars puts a text into every group of a person, past those who may.
func recordParticulars(t *testing.T, w *acltest.World, person archive.PersonID, by archive.UserID) {
	t.Helper()
	store(t, w, func(tx archive.Tx) error {
		for _, g := range w.Policies.FieldGroups() {
			p := archive.Particular{Person: person, Group: g.Key}
			if err := errors.Join(p.Change("Angabe "+g.Key, "", by, w.Time), tx.PutParticular(p)); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestParticularsAreTheMatrix compares for every pair and group what is told and what may be changed with the oracle, in an
// Akte in which every department takes part.
func TestParticularsAreTheMatrix(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	lead := w.User("lead", "leitung@auslaenderbehoerde")
	desk := w.Guard.For(lead)
	akte := must(desk.Akte(ctx, w.Akte(desk, "Karimi", "auslaenderbehoerde")))(t).Akte
	store(t, w, func(tx archive.Tx) error {
		a, err := tx.Akte(akte.ID)
		if err != nil {
			return err
		}
		for _, d := range w.Policies.Departments() {
			if d.Key != a.Lead {
				a.Departments = append(a.Departments, archive.Participation{Department: d.Key})
			}
		}
		a.Revision++
		return tx.PutAkte(a)
	})
	recordParticulars(t, w, akte.Person, lead.User)
	told := 0
	for _, p := range oracletest.Pairs() {
		who := w.Guard.For(w.User("one."+p.Role+"."+p.Department, p.Role+"@"+p.Department))
		view, err := who.Person(ctx, akte.Person)
		if err != nil && !errors.Is(err, archive.ErrNotFound) {
			t.Fatal(err)
		}
		for _, g := range w.Policies.FieldGroups() {
			may := func(action string) bool {
				return oracletest.May(p.Role, p.Department, g.Register, g.Classification, action, false, false)
			}
			want := ""
			for _, action := range []string{"exist", "read", "write"} {
				if may(action) {
					want = action
				}
			}
			got, text := "", ""
			for _, v := range view.Particulars {
				if v.Group.Key == g.Key {
					got, text = v.Access, v.Text
				}
			}
			if got != want || (text != "") != (want == "read" || want == "write") {
				t.Errorf("%v %s: %q, text %q, want %q", p, g.Key, got, text, want)
			}
			if got != "" {
				told++
			}
			none, denied, stale := errors.Is(who.ChangeParticular(ctx, akte.Person, g.Key, 99, "x", "y"), archive.ErrNotFound), false, false
			if err := who.ChangeParticular(ctx, akte.Person, g.Key, 99, "x", "y"); !none {
				denied, stale = errors.Is(err, acl.ErrDenied), errors.Is(err, acl.ErrStale)
			}
			if none != (want == "") || denied != (want == "exist" || want == "read") || stale != (want == "write") {
				t.Errorf("%v changes %s: not there %t, denied %t, stale %t; may %q", p, g.Key, none, denied, stale, want)
			}
		}
	}
	if told < 20 {
		t.Errorf("%d cells tell something", told)
	}
}

// TestParticularsAreCorrected changes what is recorded: what it was stays with who said so, and the trail tells which group
// alone.
func TestParticularsAreCorrected(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	clerk := w.Guard.For(w.clerk)
	change := func(revision int64, text, reason string) error {
		return clerk.ChangeParticular(ctx, w.person, "familie", revision, text, reason)
	}
	if err := change(0, "  ", ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("nothing is recorded: %v", err)
	}
	if err := change(0, "ledig", ""); err != nil {
		t.Fatal(err)
	}
	if err := change(0, "verheiratet", "Heiratsurkunde"); !errors.Is(err, acl.ErrStale) {
		t.Errorf("of a state that is gone: %v", err)
	}
	if err := change(1, "verheiratet", ""); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := change(1, "verheiratet", "Heiratsurkunde"); err != nil {
		t.Fatal(err)
	}
	var field *archive.FieldError
	if err := change(2, "verheiratet ", "noch einmal"); !errors.As(err, &field) || field.Code != "unchanged" {
		t.Errorf("the same again: %v", err)
	}
	if err := clerk.ChangeParticular(ctx, w.person, "hobby", 0, "Schach", ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a group that isn't there: %v", err)
	}
	var seen acl.ParticularView
	for _, v := range must(clerk.Person(ctx, w.person))(t).Particulars {
		if v.Group.Key == "familie" {
			seen = v
		}
	}
	if seen.Text != "verheiratet" || seen.Note != "Heiratsurkunde" || seen.ByName != "eins" || len(seen.Former) != 1 || seen.Former[0].Text != "ledig" {
		t.Errorf("recorded: %+v", seen)
	}
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	groups := 0
	for _, op := range []audit.Op{audit.OpParticular, audit.OpPersonOpen} {
		for _, row := range must(officer.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(op)}, 50, ""))(t).Items {
			for _, part := range row.Parts {
				said := string(part.Text)
				if strings.Contains(said, "ledig") || strings.Contains(said, "verheiratet") {
					t.Errorf("the trail tells what it says: %s", said)
				}
				if strings.Contains(said, "familie") {
					groups++
				}
			}
		}
	}
	if groups < 3 {
		t.Errorf("the trail tells of the group %d times", groups)
	}
}

// TestParticularsNeedAnAkte records nothing of a person who has none, of whom a seal shuts out, or from whom a conflict of
// interest keeps.
func TestParticularsNeedAnAkte(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	clerk := w.Guard.For(w.clerk)
	alone := must(clerk.CreatePerson(ctx, archive.Person{Names: []archive.Name{{Family: "Allein"}}}))(t)
	if err := clerk.ChangeParticular(ctx, alone.ID, "familie", 0, "ledig", ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("of a person without an Akte: %v", err)
	}
	recordParticulars(t, w.World, w.person, w.clerk.User)
	if n := len(must(clerk.Person(ctx, w.person))(t).Particulars); n == 0 {
		t.Fatal("nothing is told before")
	}
	seal(t, w.World, w.akte, w.colleague.User)
	if _, err := clerk.Person(ctx, w.person); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("sealed: %v", err)
	}
	if err := clerk.ChangeParticular(ctx, w.person, "familie", 1, "x", "y"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("sealed: %v", err)
	}
	reader := w.Guard.For(w.colleague)
	if n := len(must(reader.Person(ctx, w.person))(t).Particulars); n == 0 {
		t.Error("a named reader is told nothing")
	}
	if err := reader.ReportConflict(ctx, w.akte, "relative", "Bruder"); err != nil {
		t.Fatal(err)
	}
	if err := reader.ChangeParticular(ctx, w.person, "familie", 1, "x", "y"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("her brother's: %v", err)
	}
}

// TestParticularsOfASealedAkteStayThere records through one Akte that is sealed and one that isn't: who is shut out of the
// first learns through the other nothing of what was recorded there, not that something was, and doesn't lose it either.
func TestParticularsOfASealedAkteStayThere(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	clerk, named := w.Guard.For(w.clerk), w.Guard.For(w.colleague)
	change := func(by *acl.Desk, revision int64, text, reason string) error {
		return by.ChangeParticular(ctx, w.person, "familie", revision, text, reason)
	}
	sees := func(what string, by *acl.Desk, want ...string) {
		t.Helper()
		var got []string
		for _, v := range must(by.Person(ctx, w.person))(t).Particulars {
			if v.Group.Key != "familie" || v.Revision == 0 && !v.Known && v.Text == "" {
				continue
			}
			got = append(got, v.Text)
			for _, f := range v.Former {
				got = append(got, f.Text)
			}
			if int(v.Revision) != len(got) {
				t.Errorf("%s: revision %d tells of more than %q", what, v.Revision, got)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	seal(t, w.World, w.akte, w.colleague.User)
	must(named.CreateAkte(ctx, archive.Akte{Person: w.person, Lead: "auslaenderbehoerde", DistinctBecause: "zweite Sache"}))(t)
	if err := change(named, 0, "getrennt, Frauenhaus", ""); err != nil {
		t.Fatal(err)
	}
	sees("a named reader", named, "getrennt, Frauenhaus")
	sees("who is shut out", clerk)
	for _, text := range []string{"getrennt, Frauenhaus", "ledig"} {
		if err := change(clerk, 1, text, "geraten"); !errors.Is(err, acl.ErrStale) {
			t.Errorf("guesses that something is there: %v", err)
		}
	}
	if err := change(clerk, 0, "verheiratet", ""); err != nil {
		t.Fatalf("records as if nothing were there: %v", err)
	}
	sees("who recorded it", clerk, "verheiratet")
	sees("a named reader reads both", named, "verheiratet", "getrennt, Frauenhaus")
	if err := change(named, 2, "geschieden", "Urteil"); err != nil {
		t.Fatal(err)
	}
	sees("what came after stays there, too", clerk, "verheiratet")
	asked := must(w.Guard.For(w.User("dsb", "datenschutz@datenschutz")).BeginInquiry(ctx, acl.InquiryAsk{
		Person: w.person, Kind: archive.InquiryAccess, ReceivedOn: w.Time.UTC().Format(time.DateOnly), Identity: "mit Pass", Language: "de",
	}))(t)
	view := must(w.Guard.For(w.User("dsb.zwei", "datenschutz@datenschutz")).Inquiry(ctx, asked, true, 0))(t)
	if view.Hidden == 0 || view.HiddenOpen == 0 {
		t.Errorf("an inquiry hides %d, undecided %d", view.Hidden, view.HiddenOpen)
	}
	for _, row := range view.Rows {
		if row.Group != "" {
			t.Errorf("an inquiry shows %q to who is shut out", row.Particular.Text)
		}
	}
	w.Time = w.Time.AddDate(2, 0, 0)
	sees("when the seal is over", w.Guard.For(w.clerk), "geschieden", "verheiratet", "getrennt, Frauenhaus")
}
