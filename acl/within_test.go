package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

// What is asked for as part of an Akte is there only if it lies in that Akte, whatever else she may see.
func TestWithinAnAkteNothingElseIsThere(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	stated := w.Guard.For(worker)
	one, two := w.Akte(stated, "Ali", "auslaenderbehoerde"), w.Akte(stated, "Beck", "auslaenderbehoerde")
	doc := w.Add(stated, one, archive.Document{Type: "reisepass"}, "Pass")
	other := w.Add(stated, two, archive.Document{Type: "reisepass"}, "Pass")
	unstated := worker
	unstated.Purpose = ""
	for _, tc := range []struct {
		name string
		desk *acl.Desk
		akte archive.AkteID
		doc  archive.DocumentID
		want error
	}{
		{"in its Akte", stated, one, doc.ID, nil},
		{"in another Akte", stated, one, other.ID, archive.ErrNotFound},
		{"in another Akte, before a purpose is asked for", w.Guard.For(unstated), one, other.ID, archive.ErrNotFound},
		{"in its Akte without a purpose", w.Guard.For(unstated), one, doc.ID, acl.ErrPurpose},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := tc.desk.Within(tc.akte)
			if _, err := in.Document(t.Context(), tc.doc); !errors.Is(err, tc.want) {
				t.Errorf("document: %v, want %v", err, tc.want)
			}
			if err := in.MayReceiveVersion(t.Context(), tc.doc); !errors.Is(err, tc.want) {
				t.Errorf("version: %v, want %v", err, tc.want)
			}
		})
	}
	if view, err := stated.Within(two).Document(t.Context(), other.ID); err != nil || view.DuplicateOf != doc.ID {
		t.Errorf("the same bytes in another Akte: %q, %v", view.DuplicateOf, err)
	}
	if _, err := stated.OpenAkte(t.Context(), one, acl.AkteQuery{Document: doc.ID, Beside: other.ID}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("beside a document of another Akte: %v", err)
	}
	page, err := stated.OpenAkte(t.Context(), one, acl.AkteQuery{Document: doc.ID})
	if err != nil || page.Document.ID != doc.ID || len(page.Documents.Items) != 1 || page.Beside != nil || page.Pinned {
		t.Errorf("open: %+v, %v", page, err)
	}
}

// The mail room files into Akten that it doesn't see: no form shows it one, and what it filed is shown
// in its basket alone.
func TestReceptionIsForWhoSeesTheHead(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	mail := w.User("mail", "registratur@poststelle")
	akte := w.Akte(w.Guard.For(worker), "Ali", "auslaenderbehoerde")
	filed := w.Add(w.Guard.For(mail), akte, archive.Document{Type: "reisepass"}, "Pass")
	mail.Purpose = ""
	if _, err := w.Guard.For(mail).Reception(t.Context(), akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("mail room: %v", err)
	}
	if _, err := w.Guard.For(mail).Within(akte).Document(t.Context(), filed.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("its own filing inside the Akte: %v", err)
	}
	if seen, err := w.Guard.For(worker).Reception(t.Context(), akte); err != nil || seen.ID != akte {
		t.Errorf("caseworker: %v", err)
	}
	worker.Purpose = ""
	if _, err := w.Guard.For(worker).Reception(t.Context(), akte); !errors.Is(err, acl.ErrPurpose) {
		t.Errorf("without a purpose: %v", err)
	}
}
