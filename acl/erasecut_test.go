package acl_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	sealing "eakte/archive/blob/seal"
	"eakte/index"
)

// errCut is what who is cut off gets.
var errCut = errors.New("cut off")

// cutting ends what a server changes at one of its steps, before that or as soon as it is done: as a kill does.
type cutting struct {
	left  int // steps until then
	after bool
	is    bool
	steps []string // that were done
}

func (c *cutting) step(name string, do func() error) error {
	if c.is {
		return errCut
	}
	c.left--
	if c.is = c.left == 0; c.is && !c.after {
		return errCut
	}
	err := do()
	if c.steps = append(c.steps, name); c.is {
		return errCut
	}
	return err
}

type cutStore struct {
	archive.Store
	*cutting
}

func (s cutStore) Update(ctx context.Context, fn func(archive.Tx) error) error {
	return s.step("update", func() error { return s.Store.Update(ctx, fn) })
}

func (s cutStore) Erase(ctx context.Context, id archive.ErasureID, most int) (more bool, err error) {
	err = s.step("records", func() error { more, err = s.Store.Erase(ctx, id, most); return err })
	return more, err
}

func (s cutStore) Shred(ctx context.Context, id archive.ErasureID) error {
	return s.step("keys", func() error { return s.Store.Shred(ctx, id) })
}

func (s cutStore) Compact(ctx context.Context) error {
	return s.step("file", func() error { return s.Store.Compact(ctx) })
}

type cutObjects struct {
	blob.Store
	below *sealing.Store
	*cutting
}

func (o cutObjects) Delete(ctx context.Context, ref blob.Ref) error {
	return o.step("object", func() error { return o.below.Erase(ctx, ref) })
}

type cutIndex struct {
	index.Engine
	*cutting
}

func (x cutIndex) Purge(ctx context.Context) error {
	return x.step("index", func() error { return x.Engine.Purge(ctx) })
}

// TestAnErasureGoesOnWhereItWasCut cuts an erasure off before and behind each change it makes, of records, keys, objects, index
// and file, and has the next server go on: each ends as one that was never cut, with one entry that says so, and that comes last.
func TestAnErasureGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%t", after), func(t *testing.T) {
			t.Parallel()
			w := newKeepWorld(t)
			seen := map[string]bool{}
			for at := 1; ; at++ {
				c := &cutting{left: at, after: after}
				if w.cutOff(t, c); !c.is {
					t.Logf("%d steps: %v", len(c.steps), c.steps)
					break
				}
				if after {
					seen[c.steps[len(c.steps)-1]] = true
				}
			}
			for _, step := range []string{"update", "records", "keys", "object", "index", "file"} {
				if after && !seen[step] {
					t.Errorf("no erasure was cut off behind: %s", step)
				}
			}
			if err := w.Store.Check(t.Context(), func(p string) { t.Errorf("records: %s", p) }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// under is a server of which the steps are counted, from now on.
func (w *keepWorld) under(t *testing.T, cfg acl.Config, c *cutting) {
	t.Helper()
	counted := *c
	cfg.Store, cfg.Index = cutStore{cfg.Store, c}, cutIndex{cfg.Index, c}
	cfg.Objects = sealing.New(cutObjects{below: w.Objects, cutting: c})
	c.left = 0
	w.Guard = must(acl.New(cfg))(t)
	*c = counted
}

// cutOff erases an Akte of its own, is cut off, and has a new server go on.
func (w *keepWorld) cutOff(t *testing.T, c *cutting) {
	t.Helper()
	ctx, cfg := t.Context(), w.Guard.Config
	clerk := w.Guard.For(w.clerk)
	akte := w.Akte(clerk, "Kanari", "auslaenderbehoerde")
	doc := w.Add(clerk, akte, archive.Document{Type: "reisepass"}, "Zebra")
	draft := "akte/" + string(akte) + "/upload"
	must(clerk.SaveDraft(ctx, draft, map[string][]string{"title": {"Zebra"}}))(t)
	w.Settle()
	at := fmt.Sprintf("cut at %d", c.left)
	id := w.released(t, akte)
	w.under(t, cfg, c)
	if _, err := w.tryErase(t); errors.Is(err, errCut) != c.is || err != nil && !c.is {
		t.Fatalf("%s, behind %v: %v", at, c.steps, err)
	}
	w.Guard = must(acl.New(cfg))(t)
	said := w.saidErased(t, akte)
	c = &cutting{}
	w.under(t, cfg, c)
	if n, err := w.tryErase(t); err != nil || n+said != 1 {
		t.Fatalf("%s: %d erased, %d were said to be: %v", at, n, said, err)
	}
	if last := c.steps[max(0, len(c.steps)-3):]; said == 0 && !slices.Equal(last, []string{"index", "file", "update"}) {
		t.Errorf("%s: it is said behind %v", at, last)
	}
	w.Guard = must(acl.New(cfg))(t)
	clerk = w.Guard.For(w.clerk)
	if _, err := w.Guard.For(w.lead).ErasureProof(ctx, id); err != nil || w.saidErased(t, akte) != 1 {
		t.Errorf("%s: %d entries, proof: %v", at, w.saidErased(t, akte), err)
	}
	if found := must(clerk.Search(ctx, index.Query{Text: "Zebra"}, ""))(t); len(found.Hits) != 0 {
		t.Errorf("%s: %d hits", at, len(found.Hits))
	}
	if left := w.stored(t); len(left) != 0 {
		t.Errorf("%s: objects: %v", at, left)
	}
	if _, err := clerk.Draft(ctx, draft); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("%s: what was typed in it: %v", at, err)
	}
	if _, err := w.Keys.Key(ctx, "akte/"+string(akte)); err == nil {
		t.Errorf("%s: its key is there", at)
	}
	if err := w.Store.View(ctx, func(r archive.Reader) error {
		_, first := r.Akte(akte)
		_, second := r.Document(doc.ID)
		intents, err := r.Intents()
		if !errors.Is(first, archive.ErrNotFound) || !errors.Is(second, archive.ErrNotFound) || len(intents) != 0 {
			t.Errorf("%s: Akte: %v, document: %v, announced: %v", at, first, second, intents)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// saidErased counts the entries that say that an Akte is erased.
func (w *keepWorld) saidErased(t *testing.T, akte archive.AkteID) (n int) {
	t.Helper()
	for _, e := range must(w.Guard.For(w.officer).Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpErasure)}, 200, ""))(t).Items {
		if strings.Contains(e.Leaf.Object, string(akte)) {
			n++
		}
	}
	return n
}
