package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"eakte/archive"
	"eakte/archive/audit"
)

// eraseBatch is how many documents are erased in one transaction, so that nobody waits for long.
const eraseBatch = 20

// indexWait is how long the index may take to hear what is gone, before it is asked again later.
const indexWait = 5 * time.Minute

// toErase says that an erasure was released.
func (s *shared) toErase() {
	select {
	case s.erasing <- struct{}{}:
	default:
	}
}

// ToErase gets a value when an erasure was released.
func (g *Guard) ToErase() <-chan struct{} { return g.erasing }

// Erase carries out what was released, and goes on where it was interrupted: records, keys, objects, what people keep
// for themselves, the index and the file of records are all rid of it before an event says that it is done. Each step
// may be done twice.
func (g *Guard) Erase(ctx context.Context) (done int, err error) {
	if now := g.inForce.Load(); now != nil {
		g = now
	}
	open, err := g.toBeErased(ctx)
	if err != nil || len(open) == 0 {
		return 0, err
	}
	var failed error
	open = slices.DeleteFunc(open, func(e archive.Erasure) bool { // one that fails keeps no other from it
		err := g.eraseRecords(ctx, e)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("acl: erasure %s: %w", e.ID, err))
		}
		return err != nil
	})
	if len(open) == 0 {
		return 0, failed
	}
	if err := g.eraseObjects(ctx); err != nil {
		return 0, err
	}
	if err := g.eraseIndexed(ctx); err != nil {
		return 0, err
	}
	if err := g.Store.Compact(ctx); err != nil {
		return 0, err
	}
	for _, e := range open {
		if err := g.eraseDone(ctx, e.ID); err != nil {
			return done, err
		}
		done++
	}
	return done, failed
}

func (g *Guard) toBeErased(ctx context.Context) (open []archive.Erasure, err error) {
	err = g.Store.View(ctx, func(r archive.Reader) error {
		open = nil
		for row, err := range r.Erasures(archive.ErasureReleased, "") {
			if err != nil {
				return err
			}
			open = append(open, row.Value)
		}
		return nil
	})
	return open, err
}

// eraseRecords removes records and keys.
func (g *Guard) eraseRecords(ctx context.Context, e archive.Erasure) error {
	if !e.Removed {
		if err := g.eraseKept(ctx, e); err != nil {
			return err
		}
	}
	for more := true; more; {
		var err error
		if more, err = g.Store.Erase(ctx, e.ID, eraseBatch); err != nil {
			return err
		}
	}
	return g.Store.Shred(ctx, e.ID)
}

// eraseObjects deletes objects whose records are gone. What a bucket with versioning keeps of them is sealed under keys
// that are gone, too, until its own rules remove it.
func (g *Guard) eraseObjects(ctx context.Context) error {
	var doomed []archive.Intent
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		doomed, err = r.Intents()
		doomed = slices.DeleteFunc(doomed, func(i archive.Intent) bool { return !i.Doomed })
		return err
	})
	if err != nil {
		return err
	}
	for _, i := range doomed {
		if err := g.Objects.Delete(ctx, i.Ref); err != nil {
			return fmt.Errorf("acl: erasing an object: %w", err)
		}
		if err := g.Store.Update(ctx, func(tx archive.Tx) error { return tx.Settle(i.Ref) }); err != nil {
			return err
		}
	}
	return nil
}

// eraseIndexed waits until the index has heard what is gone, and has it written anew.
func (g *Guard) eraseIndexed(ctx context.Context) error {
	var newest uint64
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		newest, err = r.Sequence()
		return err
	})
	if err != nil {
		return err
	}
	for end := time.Now().Add(indexWait); ; {
		changed := g.Store.Changed()
		at, err := g.Index.Seq(ctx)
		if err == nil && at >= newest {
			break
		}
		if time.Now().After(end) {
			return errors.Join(errors.New("acl: the index hasn't heard of what was erased"), err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(200 * time.Millisecond):
		}
	}
	return g.Index.Purge(ctx)
}

// eraseDone says that nothing is left.
func (g *Guard) eraseDone(ctx context.Context, id archive.ErasureID) error {
	return g.Store.Update(ctx, func(tx archive.Tx) error {
		e, err := tx.Erasure(id)
		if err != nil {
			return err
		}
		now := g.Now().UTC()
		e.State, e.Done, e.Revision = archive.ErasureDone, now, e.Revision+1
		if err := tx.PutErasure(e); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: now, Actor: audit.System(), Op: audit.OpErasure, Object: sealRef(archive.SealedThing{Akte: e.Akte, Document: e.Document}),
			Result: audit.Allow, Policy: g.Policies.Hash(),
			Detail: &audit.Detail{Act: map[string]any{
				"erasure": e.ID, "rule": e.Rule, "documents": e.Documents, "objects": e.Objects, "person": e.Person,
				"asked_by": e.By, "released_by": e.DecidedBy,
			}},
		})
	})
}

// eraseKept takes what is erased out of what people keep for themselves: Akten at hand and opened last, what they typed
// in it and didn't send, and saved searches that name the person, if she goes, too.
func (g *Guard) eraseKept(ctx context.Context, e archive.Erasure) error {
	var users []archive.User
	var names []string
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		if users, err = r.Users(); err != nil || e.Document != "" {
			return err
		}
		names, err = namesOf(r, e.Akte)
		return err
	})
	if err != nil {
		return err
	}
	if err := g.learned.forget(ctx, g, func(paper uint64, akte archive.AkteID) bool {
		return akte == e.Akte && (e.Document == "" || paper == g.paperMark(e.Document))
	}); err != nil {
		return err
	}
	for _, u := range users {
		if err != nil {
			return err
		}
		err = g.Store.Update(ctx, func(tx archive.Tx) error { return forgetKept(tx, u.ID, e, names) })
	}
	return err
}

// namesOf are the words by which a person is looked for whose only Akte this is, and its number.
func namesOf(r archive.Reader, id archive.AkteID) (out []string, err error) {
	akte, err := r.Akte(id)
	if err != nil {
		return nil, unlessMissing(err)
	}
	out = append(out, akte.Number)
	others, err := r.AktenOf(akte.Person)
	if err != nil || len(others) > 1 {
		return out, err
	}
	p, err := r.Person(akte.Person)
	if err != nil {
		return nil, err
	}
	out = append(out, p.AZRNumber)
	for _, n := range p.Names {
		out = append(out, n.Family, n.OriginalScript)
	}
	return slices.DeleteFunc(out, func(s string) bool { return len([]rune(s)) < 3 }), nil
}

// words are those of a text, each between spaces, in small letters.
func words(text string) string {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(parts, " ") + " "
}

// forgetKept takes it out of what one of them keeps.
func forgetKept(tx archive.Tx, user archive.UserID, e archive.Erasure, names []string) error {
	drafts, err := tx.Drafts(user)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		about := string(e.Akte)
		if e.Document != "" {
			about = string(e.Document)
		}
		if strings.Contains(d.Key, about) {
			if err := tx.DeleteDraft(user, d.Key); err != nil {
				return err
			}
		}
	}
	if e.Document != "" {
		return nil
	}
	p, err := tx.Profile(user)
	if err != nil {
		return unlessMissing(err)
	}
	was := len(p.Pinned) + len(p.Recent) + len(p.Searches)
	p.Pinned = slices.DeleteFunc(slices.Clone(p.Pinned), func(id archive.AkteID) bool { return id == e.Akte })
	p.Recent = slices.DeleteFunc(slices.Clone(p.Recent), func(o archive.Opened) bool { return o.Akte == e.Akte })
	p.Searches = slices.DeleteFunc(slices.Clone(p.Searches), func(s archive.SavedSearch) bool {
		said := words(s.Name + " " + s.Text)
		return s.Filters.Akte == e.Akte || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(said, words(n)) })
	})
	if len(p.Pinned)+len(p.Recent)+len(p.Searches) == was {
		return nil
	}
	return tx.PutProfile(p)
}
