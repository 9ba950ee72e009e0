package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/policies"
)

// TestInspectionIsForAnHour has data protection open one Akte: to read, what is besonders too, found by nothing.
func TestInspectionIsForAnHour(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	ctx := t.Context()
	officer := l.Guard.For(l.User("officer", "datenschutz@datenschutz"))
	l.Guard.Bundles = breaking{} // it would answer: it is never asked
	planted := func(register, class string) acl.DocumentView {
		doc := l.Add(l.lead, l.akte, archive.Document{Type: "reisepass", Title: "Papier"}, "Gemeinsam "+register)
		store(t, l.World, func(tx archive.Tx) error {
			d, err := tx.Document(doc.ID)
			if err != nil {
				return err
			}
			d.Register, d.Classification, d.Revision = register, class, d.Revision+1
			return tx.PutDocument(d)
		})
		return doc
	}
	health, secret := planted("gesundheit", "besonders"), planted("sicherheit", "sicherheit")
	l.Settle()
	reads := func(what string, want error, docs ...archive.DocumentID) {
		t.Helper()
		for _, id := range docs {
			if _, err := officer.Document(ctx, id); !errors.Is(err, want) {
				t.Errorf("%s: document: %v, want %v", what, err, want)
			}
		}
	}
	none := archive.ErrNotFound
	reads("before", none, l.passport.ID, l.work.ID, health.ID, secret.ID)
	b, err := officer.Inspect(ctx, " "+l.numberOf()+" ", "Beschwerde")
	if err != nil || b.Akte != l.akte || !b.Until.Equal(l.Time.Add(time.Hour)) {
		t.Fatalf("opened: %+v, %v", b, err)
	}
	reads("opened", nil, l.passport.ID, l.work.ID, health.ID)
	reads("security", none, secret.ID)
	view, err := officer.Akte(ctx, l.akte)
	if err != nil || view.Lent == nil || !view.Lent.Inspection || view.Lent.Writes || view.MayAdd || view.MayChange {
		t.Errorf("the head tells %+v, add %t, change %t, %v", view.Lent, view.MayAdd, view.MayChange, err)
	}
	for _, r := range view.Registers {
		if r.Access != policies.ActRead {
			t.Errorf("register %s: %s", r.Key, r.Access)
		}
	}
	if _, err := officer.CheckDocument(ctx, l.passport.ID, 1); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("writing: %v", err)
	}
	if _, err := officer.Bundle(ctx, l.akte, acl.BundleRequest{}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("the Akte as one PDF: %v", err)
	}
	if _, err := officer.Original(ctx, acl.Holder{Document: l.passport.ID}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a file: %v", err)
	}
	if _, err := officer.Text(ctx, acl.Holder{Document: l.passport.ID}); err != nil {
		t.Errorf("its text: %v", err)
	}
	recordParticulars(t, l.World, view.Akte.Person, l.lead.Subject().User)
	if p := must(officer.Person(ctx, view.Akte.Person))(t); len(p.Particulars) != len(l.Policies.FieldGroups()) || p.Particulars[0].Access != policies.ActRead {
		t.Errorf("of the person: %+v", p.Particulars)
	}
	if found, err := officer.Search(ctx, index.Query{Text: "Gemeinsam"}, ""); err == nil && found.Total > 0 {
		t.Errorf("a search finds %d", found.Total)
	}
	l.Time = l.Time.Add(time.Hour)
	reads("an hour later", none, l.passport.ID, health.ID)
	rules := map[audit.Op]string{}
	for _, row := range readTrail(t, l.World, l.akte) {
		if row.Leaf.Actor == string(officer.Subject().User) && row.Leaf.Result == audit.Allow {
			rules[row.Leaf.Op] = row.Leaf.Rule
		}
	}
	for _, op := range []audit.Op{audit.OpDocumentOpen, audit.OpAkteOpen, audit.OpPersonOpen, audit.OpDocumentRead} {
		if rules[op] != "inspection:"+string(b.ID) {
			t.Errorf("the trail tells of %s by the rule %q", op, rules[op])
		}
	}
	told := must(officer.Accesses(ctx, view.Akte.Person, time.Time{}, time.Time{}))(t)
	for _, by := range told.By {
		for _, one := range by.Acts {
			if one.Leaf.Op == audit.OpInspect && one.Kind != acl.AccessLook {
				t.Errorf("to the person it is %q", one.Kind)
			}
		}
	}
}

// TestInspectionHasBounds asks for what it doesn't open, and who may not.
func TestInspectionHasBounds(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	ctx := t.Context()
	number := l.numberOf()
	for _, pair := range []string{"leitung@auslaenderbehoerde", "sachbearbeitung@asyl", "registratur@poststelle", "administration@it"} {
		if _, err := l.Guard.For(l.User("not "+pair, pair)).Inspect(ctx, number, "Neugier"); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v", pair, err)
		}
	}
	officer := l.Guard.For(l.User("officer", "datenschutz@datenschutz"))
	asks := func(what, number, reason, code string) {
		t.Helper()
		var field *archive.FieldError
		if _, err := officer.Inspect(ctx, number, reason); !errors.As(err, &field) || field.Code != code {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	asks("no reason", number, " ", "required")
	asks("no number", "", "Beschwerde", "required")
	asks("no such number", "33.11-999999/1999", "Beschwerde", "no_inspection")
	if _, err := officer.Inspect(ctx, number, "Beschwerde"); err != nil {
		t.Fatal(err)
	}
	seal(t, l.World, l.akte, officer.Subject().User)
	asks("sealed, though she be a named reader", number, "Beschwerde", "no_inspection")
	if _, err := officer.Document(ctx, l.passport.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a seal ends no inspection: %v", err)
	}
}

// TestInspectionOfRelatives has a conflict of interest keep the officer from an Akte that she inspects.
func TestInspectionOfRelatives(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	officer := w.User("dsb", "datenschutz@datenschutz")
	if _, err := w.Guard.For(officer).Inspect(t.Context(), w.number, "Beschwerde"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Guard.For(officer).Akte(t.Context(), w.akte); err != nil {
		t.Fatal(err)
	}
	if err := w.Guard.For(officer).ReportConflict(t.Context(), w.akte, "relative", "Bruder"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Guard.For(officer).Akte(t.Context(), w.akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she reads of her brother: %v", err)
	}
	var field *archive.FieldError
	if _, err := w.Guard.For(officer).Inspect(t.Context(), w.number, "Beschwerde"); !errors.As(err, &field) || field.Code != "no_inspection" {
		t.Errorf("she inspects her brother's: %v", err)
	}
}

// TestInspectionsAreListed shows them to data protection and to the lead, and lets nobody review them.
func TestInspectionsAreListed(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	ctx := t.Context()
	officer, other := l.Guard.For(l.User("officer", "datenschutz@datenschutz")), l.Guard.For(l.User("other", "datenschutz@datenschutz"))
	b, err := officer.Inspect(ctx, l.numberOf(), "Stichprobe")
	if err != nil {
		t.Fatal(err)
	}
	for who, state := range map[*acl.Desk]string{officer: archive.ReviewNone, other: archive.ReviewNone, l.lead: ""} {
		got := must(who.BreakGlasses(ctx, "", state, 10, ""))(t).Items
		if len(got) != 1 || !got[0].Inspection || got[0].Reason != "Stichprobe" || got[0].Name != "officer" || got[0].MayReview {
			t.Errorf("%s is told %+v", who.Subject().Name, got)
		}
	}
	if n := must(officer.BreakGlasses(ctx, "", "", 10, ""))(t).Items; len(n) != 0 {
		t.Errorf("%d wait for a review", len(n))
	}
	if day := must(l.lead.Day(ctx))(t); day.BreakGlass.Waiting != 0 {
		t.Errorf("%d wait on the lead's day", day.BreakGlass.Waiting)
	}
	if err := other.ReviewBreakGlass(ctx, b.ID, archive.Review{State: archive.ReviewInOrder}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an inspection is reviewed: %v", err)
	}
}

// TestInspectionIsBounded opens as many as a day has, beside another role of the officer's.
func TestInspectionIsBounded(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	number := l.numberOf()
	officer := l.Guard.For(l.User("officer", "datenschutz@datenschutz", "sachbearbeitung@integration"))
	for i := range acl.InspectionsADay {
		if _, err := officer.Inspect(t.Context(), number, "Stichprobe"); err != nil {
			t.Fatalf("time %d: %v", i+1, err)
		}
	}
	if _, err := officer.Document(t.Context(), l.passport.ID); err != nil {
		t.Errorf("who works on Akten, too: %v", err)
	}
	var field *archive.FieldError
	if _, err := officer.Inspect(t.Context(), "33.11-999999/1999", "Stichprobe"); !errors.As(err, &field) || field.Code != "inspections_a_day" {
		t.Errorf("once more: %v", err)
	}
	l.Time = l.Time.Add(24 * time.Hour)
	if _, err := officer.Inspect(t.Context(), number, "Stichprobe"); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// TestInspectionEndsNoLookBack lets data protection read what the mail room filed: it can still take that back.
func TestInspectionEndsNoLookBack(t *testing.T) {
	t.Parallel()
	l := openLending(t)
	officer := l.Guard.For(l.User("officer", "datenschutz@datenschutz"))
	store(t, l.World, func(tx archive.Tx) error {
		d, err := tx.Document(l.passport.ID)
		if err != nil {
			return err
		}
		d.FiledFrom, d.FiledBy, d.Revision = "poststelle", l.lead.Subject().User, d.Revision+1
		return tx.PutDocument(d)
	})
	if _, err := officer.Inspect(t.Context(), l.numberOf(), "Stichprobe"); err != nil {
		t.Fatal(err)
	}
	opened := func(who *acl.Desk) bool {
		t.Helper()
		if _, err := who.Text(t.Context(), acl.Holder{Document: l.passport.ID}); err != nil {
			t.Fatal(err)
		}
		at := time.Time{}
		if err := l.Store.View(t.Context(), func(r archive.Reader) error {
			d, err := r.Document(l.passport.ID)
			at = d.OpenedAt
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return !at.IsZero()
	}
	if opened(officer) {
		t.Error("an inspection counts as the department's first look")
	}
	if !opened(l.Guard.For(l.User("clerk", "sachbearbeitung@auslaenderbehoerde"))) {
		t.Error("the department's own look doesn't")
	}
}
