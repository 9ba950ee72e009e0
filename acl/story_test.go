package acl_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// TestStory walks a paper through the house: mail room, basket, Akte, search, edit, trail.
func TestStory(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	mail := w.Guard.For(w.User("poststelle", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "registratur@auslaenderbehoerde"))
	clerk2 := w.Guard.For(w.User("clerk2", "registratur@auslaenderbehoerde"))
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(worker, "Öztürk", "auslaenderbehoerde")

	item := w.Post(mail, "auslaenderbehoerde", "Arbeitsvertrag MUSTER", "Die Kündigungsfrist beträgt vier Wochen.")
	if item.State != archive.StateReceived {
		t.Errorf("state is %q after upload, want received", item.State)
	}
	w.Settle()

	filed := fileTwice(t, item.ID, akte, clerk, clerk2)
	w.Settle()

	found, err := worker.Search(ctx, index.Query{Text: "kündigungsfrist"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if found.Total != 1 || len(found.Hits) != 1 || found.Hits[0].Document.ID != filed.ID {
		t.Fatalf("worker finds %d documents, want the filed one", found.Total)
	}
	if h := found.Hits[0]; len(h.Pages) != 1 || h.Pages[0] != 2 || len(h.Snippets) != 1 ||
		!strings.Contains(h.Snippets[0].Text, "Kündigungsfrist") || len(h.Snippets[0].Marks) != 1 {
		t.Errorf("hit is on pages %v with snippets %+v, want page 2 with the word marked", h.Pages, h.Snippets)
	}
	text, err := worker.Text(ctx, acl.Holder{Document: filed.ID})
	if err != nil || !strings.Contains(string(text), "\fDie Kündigungsfrist") {
		t.Errorf("text is %q, %v", text, err)
	}

	learnsNothing(t, stranger, filed.ID, akte)
	losesAgainstNewer(t, worker, filed.ID)
	accountsForAll(t, officer, akte)
}

// fileTwice lets two clerks file the same item at once: one wins.
func fileTwice(t *testing.T, id archive.InboxID, akte archive.AkteID, clerks ...*acl.Desk) acl.DocumentView {
	t.Helper()
	var mu sync.Mutex
	var won []acl.DocumentView
	var lost []error
	var both sync.WaitGroup
	for _, c := range clerks {
		both.Go(func() {
			docs, err := c.FileItem(t.Context(), id, acl.Filing{
				Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "arbeitsvertrag"},
			})
			mu.Lock()
			defer mu.Unlock()
			won = append(won, docs...)
			if err != nil {
				lost = append(lost, err)
			}
		})
	}
	both.Wait()
	if len(won) != 1 || len(lost) != 1 || !errors.Is(lost[0], archive.ErrConflict) {
		t.Fatalf("%d documents and errors %v, want one document and one conflict", len(won), lost)
	}
	return won[0]
}

// learnsNothing checks that who has no right finds nothing, not even a count.
func learnsNothing(t *testing.T, stranger *acl.Desk, id archive.DocumentID, akte archive.AkteID) {
	t.Helper()
	ctx := t.Context()
	found, err := stranger.Search(ctx, index.Query{Text: "kündigungsfrist"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if found.Total != 0 || len(found.Hits) != 0 || len(found.Persons) != 0 {
		t.Errorf("stranger finds %+v, want nothing", found)
	}
	for key, counts := range found.Facets {
		if len(counts) > 0 {
			t.Errorf("facet %s tells the stranger %v", key, counts)
		}
	}
	if _, err := stranger.Document(ctx, id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("document tells the stranger %v, want not found", err)
	}
	if _, err := stranger.Akte(ctx, akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("akte tells the stranger %v, want not found", err)
	}
	if _, err := stranger.Original(ctx, acl.Holder{Document: id}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("original tells the stranger %v, want not found", err)
	}
}

// losesAgainstNewer checks that nobody overwrites what she hasn't seen.
func losesAgainstNewer(t *testing.T, worker *acl.Desk, id archive.DocumentID) {
	t.Helper()
	title := func(s string) func(*archive.Document) error {
		return func(d *archive.Document) error { d.Title = s; return nil }
	}
	seen, err := worker.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := worker.ChangeDocument(t.Context(), id, seen.Revision, title("first")); err != nil {
		t.Fatal(err)
	}
	var stale *acl.StaleError
	if _, err := worker.ChangeDocument(t.Context(), id, seen.Revision, title("second")); !errors.As(err, &stale) {
		t.Fatalf("the second edit ends in %v, want a stale revision", err)
	}
	if stale.Revision != seen.Revision+1 {
		t.Errorf("told revision %d, want %d", stale.Revision, seen.Revision+1)
	}
}

// accountsForAll checks that the officer sees every act in the Akte and refusals too.
func accountsForAll(t *testing.T, officer *acl.Desk, akte archive.AkteID) {
	t.Helper()
	page, err := officer.Trail(t.Context(), archive.TrailFilter{Akte: akte}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[audit.Op]bool{}
	for _, e := range page.Items {
		seen[e.Leaf.Op] = true
	}
	for _, op := range []audit.Op{audit.OpAkteCreate, audit.OpFile, audit.OpSearch, audit.OpDocumentRead, audit.OpDocumentChange} {
		if !seen[op] {
			t.Errorf("the trail of the Akte lacks %s", op)
		}
	}
	refused, err := officer.Trail(t.Context(), archive.TrailFilter{Result: "deny"}, 200, "")
	if err != nil || len(refused.Items) < 3 {
		t.Errorf("the trail has %d refusals, %v; want those of the stranger", len(refused.Items), err)
	}
}
