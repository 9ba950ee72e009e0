package bleveindex

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	bleve "github.com/blevesearch/bleve_index_api"
)

const (
	// purgeMark is an entry that carries no words and no rights, so that there are always two segments to merge.
	purgeMark = "purge"
	// purgeTime is how long former files may take to go.
	purgeTime = 2 * time.Minute
)

// Purge implements [index.Engine]: all segments are merged into one without the words of deleted entries, and the former
// files are gone when it returns nil. Searches go on meanwhile.
func (x *Index) Purge(ctx context.Context) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := x.purge(ctx); err != nil {
		return fmt.Errorf("bleveindex: purging: %w", err)
	}
	return nil
}

func (x *Index) purge(ctx context.Context) error {
	if err := x.revive(); err != nil {
		return err
	}
	if err := x.room(); err != nil {
		return err
	}
	before, err := x.segments()
	if err != nil {
		return err
	}
	if err := x.mark(ctx); err != nil {
		return err
	}
	if err := x.merge(ctx); err != nil {
		return err
	}
	for end := time.Now().Add(purgeTime); ; {
		// A commit lets the engine look which files nobody needs any more.
		if err := x.mark(ctx); err != nil {
			return err
		}
		left, err := x.left(before)
		if err != nil || left == 0 {
			return errors.Join(err, x.removeAside())
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d former files are still there", left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// mark writes the entry that carries nothing.
func (x *Index) mark(ctx context.Context) error {
	batch := bleve.NewBatch()
	batch.Update(newEntry(purgeMark, "").doc)
	return x.write(ctx, batch)
}

// merge merges all segments into one.
func (x *Index) merge(ctx context.Context) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	engine, ok := x.engine.(*scorch.Scorch)
	if !ok {
		return errClosed
	}
	return guard(func() error { return engine.ForceMerge(ctx, &mergeplan.SingleSegmentMergePlanOptions) })
}

// segments are the files of segments.
func (x *Index) segments() (map[string]bool, error) {
	names := map[string]bool{}
	entries, err := os.ReadDir(filepath.Join(x.dir, storeName))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".zap") {
			names[e.Name()] = true
		}
	}
	return names, err
}

// left counts those of the former files that are still there.
func (x *Index) left(before map[string]bool) (n int, err error) {
	for name := range before {
		_, err := os.Stat(filepath.Join(x.dir, storeName, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
