package acl_test

import (
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

// A chronology shows every readable document once, newest first, over page ends, and none that the
// reader may not see.
func TestChronology(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(maker, "Zeit", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	dates := []string{"2024-05-01", "2026-01-01", "2025-03-03", "2026-02-02", "2023-01-01"}
	for i, kind := range []string{"reisepass", "arbeitsvertrag", "reisepass", "geburtsurkunde", "arbeitsvertrag"} {
		w.Add(maker, akte, archive.Document{Type: kind, Date: dates[i]}, "Text")
	}
	read := func(d *acl.Desk) (got []string) {
		for cursor := ""; ; {
			page, err := d.Documents(t.Context(), akte, acl.DocumentsQuery{ByDate: true, Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) > 20 {
				t.Fatalf("a page begins anew: %v", got)
			}
			for _, doc := range page.Items {
				got = append(got, doc.Date+" "+doc.Register)
			}
			if cursor = page.Next; cursor == "" {
				return got
			}
		}
	}
	want := []string{"2026-02-02 familie", "2026-01-01 beschaeftigung", "2025-03-03 identitaet", "2024-05-01 identitaet", "2023-01-01 beschaeftigung"}
	if got := read(maker); !equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Asylum may not know of employment.
	want = []string{"2026-02-02 familie", "2025-03-03 identitaet", "2024-05-01 identitaet"}
	if got := read(w.Guard.For(w.User("asyl", "sachbearbeitung@asyl"))); !equal(got, want) {
		t.Errorf("asylum: got %v, want %v", got, want)
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Whoever checked a document is named until it changes; its history tells what was done, and a
// classification changes only with a reason.
func TestHistory(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@asyl"))
	akte := w.Akte(maker, "Verlauf", "asyl")
	doc := w.Add(maker, akte, archive.Document{Type: "ankunftsnachweis", Classification: "normal"}, "Text")
	ctx := t.Context()
	doc, err := maker.CheckDocument(ctx, doc.ID, doc.Revision)
	if err != nil || doc.Checked == nil || doc.People[doc.Checked.By] != "maker" {
		t.Fatalf("checked: %v, %v", doc.Checked, err)
	}
	if _, err := maker.ClassifyDocument(ctx, doc.ID, doc.Revision, "besonders", " "); err == nil {
		t.Error("a classification changed without a reason")
	}
	if _, err := maker.CheckDocument(ctx, doc.ID, doc.Revision-1); err == nil {
		t.Error("an older revision was checked")
	}
	doc, err = maker.ClassifyDocument(ctx, doc.ID, doc.Revision, "besonders", "Angaben zur Gesundheit")
	if err != nil || doc.Checked != nil {
		t.Fatalf("classified: checked %v, %v", doc.Checked, err)
	}
	var did []string
	for _, c := range doc.History {
		did = append(did, c.What)
	}
	if want := []string{"filed", "checked", "classified"}; !equal(did, want) {
		t.Errorf("history %v, want %v", did, want)
	}
}
