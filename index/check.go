package index

import (
	"context"
	"errors"

	"eakte/archive"
)

// Check compares index and store in both directions, once the index has caught up: every document is in
// the index, and nothing else is. It returns how many documents it looked at.
func (x *Indexer) Check(ctx context.Context, report func(archive.Problem)) (documents int, err error) {
	if err := x.CatchUp(ctx); err != nil {
		return 0, err
	}
	if err := x.Drain(ctx); err != nil {
		return 0, err
	}
	var after archive.Position
	for {
		akten, next, err := x.someAkten(ctx, after)
		if err != nil {
			return documents, err
		}
		if len(akten) == 0 {
			break
		}
		for _, id := range akten {
			n, err := x.checkAkte(ctx, id, report)
			if err != nil {
				return documents, err
			}
			documents += n
		}
		after = next
	}
	return documents, x.Engine.Documents(ctx, func(id archive.DocumentID) error {
		err := x.Store.View(ctx, func(r archive.Reader) error {
			_, err := r.Document(id)
			return err
		})
		if errors.Is(err, archive.ErrNotFound) {
			report(archive.Problem{Code: "index_stray", Object: "document/" + string(id), Detail: "in the index, not in the records"})
			return nil
		}
		return err
	})
}

func (x *Indexer) checkAkte(ctx context.Context, id archive.AkteID, report func(archive.Problem)) (int, error) {
	documents, err := x.documentsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	for doc := range documents {
		ok, err := x.Engine.Has(ctx, doc)
		if err != nil {
			return 0, err
		}
		if !ok {
			report(archive.Problem{Code: "index_missing", Object: "document/" + string(doc), Detail: "run: eakte reindex"})
		}
	}
	return len(documents), nil
}
