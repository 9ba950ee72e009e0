package acl_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	sealing "eakte/archive/blob/seal"
	"eakte/index"
)

// stubborn is a storage that says no.
type stubborn struct {
	blob.Store
	below *sealing.Store
	no    map[blob.Ref]error
	all   error
	tried int
}

func (s *stubborn) Delete(ctx context.Context, ref blob.Ref) error {
	s.tried++
	if s.all != nil {
		return s.all
	}
	if err := s.no[ref]; err != nil {
		return err
	}
	return s.below.Erase(ctx, ref)
}

// released releases the erasure of an Akte.
func (w *keepWorld) released(t *testing.T, akte archive.AkteID) archive.ErasureID {
	t.Helper()
	w.akte = akte
	w.doomed(t)
	e := must(w.Guard.For(w.clerk).AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := w.Guard.For(w.lead).DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// objects are those of a document's versions.
func (w *keepWorld) objects(t *testing.T, id archive.DocumentID) (refs []blob.Ref) {
	t.Helper()
	store(t, w.World, func(tx archive.Tx) error {
		refs = nil
		doc, err := tx.Document(id)
		if err != nil {
			return err
		}
		for _, id := range doc.Versions {
			v, err := tx.Version(id)
			if err != nil {
				return err
			}
			for _, o := range v.Objects() {
				refs = append(refs, o.Ref)
			}
		}
		return nil
	})
	return refs
}

// TestOneObjectKeepsNothingElseFromBeingErased erases two Akten while the storage refuses one object of the first, and locks
// one of the second: everything else goes, the first waits for its object alone, says so, and is done once it may be.
func TestOneObjectKeepsNothingElseFromBeingErased(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	first, second := w.akte, w.Akte(clerk, "Zweite", "auslaenderbehoerde")
	docs := []acl.DocumentView{
		w.Add(clerk, first, archive.Document{Type: "reisepass"}, "Zebra eins"), w.Add(clerk, first, archive.Document{Type: "reisepass"}, "Zebra zwei"),
		w.Add(clerk, second, archive.Document{Type: "reisepass"}, "Zebra drei"),
	}
	w.Settle()
	refused, locked := w.objects(t, docs[0].ID)[0], w.objects(t, docs[2].ID)[0]
	s := &stubborn{below: w.Objects, no: map[blob.Ref]error{refused: blob.ErrForbidden, locked: blob.ErrRetained}}
	cfg := w.Guard.Config
	cfg.Objects = sealing.New(s)
	w.Guard = must(acl.New(cfg))(t)
	ids := []archive.ErasureID{w.released(t, first), w.released(t, second)}
	if n, err := w.tryErase(t); n != 1 || !errors.Is(err, blob.ErrForbidden) || errors.Is(err, blob.ErrRetained) {
		t.Fatalf("%d erased: %v", n, err)
	}
	if found := must(clerk.Search(t.Context(), index.Query{Text: "Zebra"}, ""))(t); len(found.Hits) != 0 {
		t.Errorf("%d hits", len(found.Hits))
	}
	left := w.stored(t)
	if len(left) != 2 || !left[refused] || !left[locked] {
		t.Errorf("left: %v", left)
	}
	page := must(lead.ErasureProofs(t.Context(), "", 0, ""))(t)
	if len(page.Items) != 1 || page.Items[0].ID != ids[1] || page.Items[0].Kept != 1 || page.Items[0].Waits != nil {
		t.Errorf("proofs: %+v", page.Items)
	}
	if len(page.Waiting) != 1 || page.Waiting[0].ID != ids[0] || *page.Waiting[0].Waits != (archive.ErasureWait{Since: w.Time, Objects: 1, Forbidden: true}) {
		t.Errorf("waiting: %+v", page.Waiting)
	}
	if _, err := lead.ErasureProof(t.Context(), ids[0]); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the proof of what isn't done: %v", err)
	}
	if n, err := w.tryErase(t); n != 0 || !errors.Is(err, blob.ErrForbidden) {
		t.Errorf("%d erased once more: %v", n, err)
	}
	if events := must(w.Guard.For(w.officer).Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpErasure)}, 0, ""))(t).Items; len(events) != 1 {
		t.Errorf("%d entries say that something was erased", len(events))
	}
	delete(s.no, refused)
	if n, err := w.tryErase(t); n != 1 || err != nil {
		t.Errorf("%d erased once it may be: %v", n, err)
	}
	if left := w.stored(t); len(left) != 1 || !left[locked] {
		t.Errorf("left: %v", left)
	}
	page = must(lead.ErasureProofs(t.Context(), "", 0, ""))(t)
	if len(page.Items) != 2 || len(page.Waiting) != 0 || page.Items[0].Kept+page.Items[1].Kept != 1 {
		t.Errorf("in the end: %+v", page)
	}
	must(w.tryErase(t))(t) // the day begins
	delete(s.no, locked)
	must(w.tryErase(t))(t)
	if left := w.stored(t); len(left) != 1 {
		t.Errorf("left before the day is over: %v", left)
	}
	w.Time = w.Time.Add(24 * time.Hour)
	must(w.tryErase(t))(t)
	if left := w.stored(t); len(left) != 0 {
		t.Errorf("left once the lock is over: %v", left)
	}
	if err := w.Store.Check(t.Context(), func(p string) { t.Errorf("records: %s", p) }); err != nil {
		t.Fatal(err)
	}
}

// TestASilentStorageIsAskedOnce erases while nobody answers: everything waits, and nobody waits for every object.
func TestASilentStorageIsAskedOnce(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	w.Add(w.Guard.For(w.clerk), w.akte, archive.Document{Type: "reisepass"}, "Zebra eins")
	w.Settle()
	objects := len(w.stored(t))
	for _, silence := range []error{&net.OpError{Op: "dial", Err: errors.New("refused")}, context.DeadlineExceeded} {
		s := &stubborn{below: w.Objects, all: silence}
		cfg := w.Guard.Config
		cfg.Objects = sealing.New(s)
		w.Guard = must(acl.New(cfg))(t)
		if _, is := silence.(*net.OpError); is {
			w.released(t, w.akte)
		}
		if n, err := w.tryErase(t); n != 0 || !errors.Is(err, silence) || s.tried != 1 {
			t.Errorf("%d erased after %d tries: %v", n, s.tried, err)
		}
		waits := must(w.Guard.For(w.lead).ErasureProofs(t.Context(), "", 0, ""))(t).Waiting
		if len(waits) != 1 || waits[0].Waits.Objects != objects || waits[0].Waits.Forbidden || objects < 2 {
			t.Errorf("of %d objects: %+v", objects, waits)
		}
	}
}

// stored are the objects that are there.
func (w *keepWorld) stored(t *testing.T) map[blob.Ref]bool {
	t.Helper()
	out := map[blob.Ref]bool{}
	if err := w.Objects.List(t.Context(), func(ref blob.Ref, _ blob.Info) error { out[ref] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
