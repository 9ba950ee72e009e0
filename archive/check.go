package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// Problem is something that isn't as it should be. It names things by ID alone.
type Problem struct {
	// Code is stable, such as "object_missing".
	Code string `json:"code"`
	// Object is what has the problem, "version/ID" or "object/REF".
	Object string `json:"object"`
	// Detail may say more, in plain English words.
	Detail string `json:"detail,omitempty"`
}

// Check compares records and stored objects in both directions: every object that a record names is
// there and has the right size; with readData it is read whole and its hash compared; every object that
// is there is named by a record or announced. report is called for each problem; the counts are of
// versions and objects looked at.
func (c *Contents) Check(ctx context.Context, readData bool, report func(Problem)) (versions, objects int, err error) {
	var after Position
	for {
		some, next, err := c.someVersions(ctx, after)
		if err != nil || len(some) == 0 {
			if err != nil {
				return versions, objects, err
			}
			break
		}
		for _, v := range some {
			for _, o := range v.Objects() {
				if err := c.checkObject(ctx, v, o, readData, report); err != nil {
					return versions, objects, err
				}
			}
			versions++
		}
		after = next
	}
	objects, err = c.checkStrays(ctx, report)
	return versions, objects, err
}

// Objects returns all stored objects of the version.
func (v Version) Objects() []Object {
	var out []Object
	for _, o := range []Object{v.Original, v.Text, v.Images, v.Copy} {
		if o.Ref != "" {
			out = append(out, o)
		}
	}
	return out
}

const checkSlice = 500

func (c *Contents) someVersions(ctx context.Context, after Position) (out []Version, next Position, err error) {
	err = c.Store.View(ctx, func(r Reader) error {
		out, next = nil, after
		for row, err := range r.Versions(after) {
			if err != nil {
				return err
			}
			if out, next = append(out, row.Value), row.After; len(out) == checkSlice {
				return nil
			}
		}
		return nil
	})
	return out, next, err
}

func (c *Contents) checkObject(ctx context.Context, v Version, o Object, readData bool, report func(Problem)) error {
	p := Problem{Object: "version/" + string(v.ID)}
	info, err := c.Objects.Stat(ctx, o.Ref)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		p.Code = "object_missing"
		report(p)
		return nil
	case err != nil:
		return err
	}
	want, err := seal.SealedSize(o.Size)
	if err != nil {
		return err
	}
	if info.Size != want {
		p.Code, p.Detail = "object_size", fmt.Sprintf("%d bytes stored, %d expected", info.Size, want)
		report(p)
		return nil
	}
	obj, err := c.Open(ctx, v.ID, o)
	if err != nil {
		p.Code, p.Detail = "object_unreadable", "its key doesn't open it"
		report(p)
		return nil
	}
	defer obj.Close()
	if !readData {
		return nil
	}
	if err := obj.Verify(ctx); errors.Is(err, blob.ErrCorrupt) {
		p.Code, p.Detail = "object_corrupt", "its bytes are not those received"
		report(p)
	} else if err != nil {
		return err
	}
	return nil
}

// strayAge is how old an announcement must be to be a problem: the start should have removed it.
const strayAge = time.Hour

// checkStrays looks for objects that no record names.
func (c *Contents) checkStrays(ctx context.Context, report func(Problem)) (objects int, err error) {
	announced := map[blob.Ref]bool{}
	err = c.Store.View(ctx, func(r Reader) error {
		intents, err := r.Intents()
		for _, i := range intents {
			announced[i.Ref] = true
			if !i.Doomed && time.Since(i.Made) > strayAge {
				report(Problem{Code: "intent_old", Object: "object/" + string(i.Ref), Detail: "announced and never recorded; the next start removes it"})
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	err = c.Objects.List(ctx, func(ref blob.Ref, _ blob.Info) error {
		objects++
		var named bool
		err := c.Store.View(ctx, func(r Reader) (err error) {
			named, err = r.HasObject(ref)
			return err
		})
		if err == nil && !named && !announced[ref] {
			report(Problem{Code: "object_stray", Object: "object/" + string(ref), Detail: "no record names it"})
		}
		return err
	})
	return objects, err
}

// CleanUp carries out what a crash left open: objects that were announced and that no record came to
// name are deleted, the others settled. It returns how many it deleted. Call it before uploads begin.
func (c *Contents) CleanUp(ctx context.Context) (deleted int, err error) {
	var intents []Intent
	named := map[blob.Ref]bool{}
	err = c.Store.View(ctx, func(r Reader) (err error) {
		if intents, err = r.Intents(); err != nil {
			return err
		}
		for _, i := range intents {
			if named[i.Ref], err = r.HasObject(i.Ref); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, i := range intents {
		if !named[i.Ref] {
			err := c.Objects.Erase(ctx, i.Ref)
			if errors.Is(err, blob.ErrRetained) && i.Doomed {
				continue // the next erasure tries once more
			}
			if err != nil && !errors.Is(err, blob.ErrRetained) {
				return deleted, fmt.Errorf("archive: clean up: %w", err)
			}
			deleted++
		}
		if err := c.Store.Update(ctx, func(tx Tx) error { return tx.Settle(i.Ref) }); err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}
