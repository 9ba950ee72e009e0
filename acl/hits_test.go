package acl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// TestHits asks where words stand in a document. The stand-in for recognition puts the nth word of a
// page at x = n.
func TestHits(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	long := append([]string{"Der Pass und die Pässe", "nichts", "Reisepass Müller-Schmidt verliert den Pass"}, slices.Repeat([]string{"Blatt mit Zahnrad"}, 80)...)
	long = append(long, "Der Aufenthalts- titel")
	doc := w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag", Title: "Zahnrad"}, long...)
	w.Settle()
	h := acl.Holder{Document: doc.ID}
	box := func(hit int, xs ...float32) (out []acl.HitBox) {
		for _, x := range xs {
			out = append(out, acl.HitBox{X: x, W: 1, H: 10, Hit: hit})
		}
		return out
	}
	page := func(n, count int, boxes ...[]acl.HitBox) acl.PageHits {
		return acl.PageHits{Page: n, Count: count, Width: 595, Height: 842, Boxes: slices.Concat(boxes...)}
	}
	tests := []struct {
		name, query string
		page        int
		want        []acl.PageHits
	}{
		{"every form on every page", "pässen", 0, []acl.PageHits{page(1, 2, box(0, 1), box(1, 4)), page(3, 2, box(0, 0), box(1, 4))}},
		{"one page", "pass", 3, []acl.PageHits{page(3, 2, box(0, 0), box(1, 4))}},
		{"a page without any", "pass", 2, []acl.PageHits{}},
		{"a part of a word as it is written", "Schmidt", 0, []acl.PageHits{page(3, 1, box(0, 1))}},
		{"the words of a phrase belong together", `"Schmidt verliert" pass`, 3, []acl.PageHits{page(3, 3, box(0, 0), box(1, 1, 2), box(2, 4))}},
		{"a word torn by the end of a line", "Aufenthaltstitel", 84, []acl.PageHits{page(84, 1, box(0, 1, 2))}},
		{"nothing of what is excluded", "Pass -Müller", 3, []acl.PageHits{page(3, 2, box(0, 0), box(1, 4))}},
		{"one box for two parts of a word", "Müller Schmidt", 3, []acl.PageHits{page(3, 2, box(0, 1))}},
		{"a phrase in another order", `"verliert Schmidt"`, 0, []acl.PageHits{}},
		{"common words alone", "der die", 0, []acl.PageHits{}},
		{"nothing typed", " ", 0, []acl.PageHits{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := worker.Hits(ctx, h, tt.query, tt.page)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
	t.Run("of many pages the first have boxes", func(t *testing.T) {
		got, err := worker.Hits(ctx, h, "Zahnrad", 0)
		if err != nil || len(got) != 80 {
			t.Fatalf("%d pages, %v", len(got), err)
		}
		last, want := got[79], page(83, 1, nil)
		want.Boxes, want.Partial = []acl.HitBox{}, true
		if d := cmp.Diff(want, last); d != "" || got[49].Partial || len(got[49].Boxes) != 1 || !got[50].Partial {
			t.Errorf("-want +got\n%s", d)
		}
		if alone, err := worker.Hits(ctx, h, "Zahnrad", 83); err != nil || len(alone) != 1 || alone[0].Partial || len(alone[0].Boxes) != 1 {
			t.Errorf("the last alone: %+v, %v", alone, err)
		}
	})
	t.Run("search and hits agree", func(t *testing.T) {
		for _, q := range []string{"pass", "Zahnrad", `"verliert den Pass"`, "Müller"} {
			found, err := worker.Search(ctx, index.Query{Text: q}, "")
			if err != nil || len(found.Hits) != 1 {
				t.Fatalf("%q: %d found, %v", q, len(found.Hits), err)
			}
			var pages []int
			hits, err := worker.Hits(ctx, h, q, 0)
			for _, p := range hits {
				pages = append(pages, p.Page)
			}
			if listed := found.Hits[0].Pages; err != nil || len(listed) == 0 || !slices.Equal(listed, pages[:len(listed)]) {
				t.Errorf("%q: search has pages %v, hits %v, %v", q, listed, pages, err)
			}
		}
	})
}

// TestHitsAreARead says who may ask for them, and that the trail knows.
func TestHitsAreARead(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	subject := w.User("aimless", "sachbearbeitung@auslaenderbehoerde")
	subject.Purpose = ""
	aimless, stranger := w.Guard.For(subject), w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	doc := w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag"}, "Geheimwort")
	h := acl.Holder{Document: doc.ID}
	if _, err := worker.Hits(ctx, h, "x", 0); !errors.Is(err, archive.ErrNotReady) {
		t.Errorf("before it is read: %v", err)
	}
	w.Settle()
	if hits, err := worker.Hits(ctx, h, strings.Repeat("Geheimwort ", 1000), 0); err != nil || len(hits) != 1 {
		t.Errorf("too long: %v, %v", hits, err)
	}
	if _, err := worker.Hits(ctx, h, "Geheimwort", 2); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a page that isn't there: %v", err)
	}
	if _, err := stranger.Hits(ctx, h, "Geheimwort", 0); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("stranger: %v", err)
	}
	if _, err := aimless.Hits(ctx, h, "Geheimwort", 0); !errors.Is(err, acl.ErrPurpose) {
		t.Errorf("no purpose: %v", err)
	}
	for _, q := range []string{"Geheimwort", "anderes"} {
		if _, err := worker.Hits(ctx, h, q, 0); err != nil {
			t.Fatal(err)
		}
	}
	trail, err := w.Guard.For(w.User("officer", "datenschutz@datenschutz")).Trail(ctx, archive.TrailFilter{Akte: akte}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	reads := 0
	for _, e := range trail.Items {
		if e.Leaf.Op == audit.OpDocumentRead {
			reads++
		}
	}
	if reads != 1 {
		t.Errorf("%d events for reads in one window, want 1", reads)
	}
}
