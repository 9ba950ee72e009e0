package bleveindex

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	bleve "github.com/blevesearch/bleve_index_api"
)

// Counts returns how many documents and persons are in the index.
func (x *Index) Counts(ctx context.Context) (documents, persons int, err error) {
	err = x.read(func(r bleve.IndexReader) error {
		for kind, n := range map[string]*int{kindDocument: &documents, kindPerson: &persons} {
			t, err := r.TermFieldReader(ctx, []byte(kind), fieldKind, false, false, false)
			if err != nil {
				return err
			}
			*n = int(t.Count())
			if err := t.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("bleveindex: counting: %w", err)
	}
	return documents, persons, nil
}

// Size returns how many bytes the index takes on disk. Files that go meanwhile count for nothing.
func (x *Index) Size(ctx context.Context) (bytes int64, err error) {
	err = filepath.WalkDir(x.dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("bleveindex: size: %w", err)
	}
	return bytes, nil
}
