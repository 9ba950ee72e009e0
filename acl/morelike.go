package acl

import (
	"context"
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// LikeView is a document that resembles another one, as its reader may see it.
type LikeView struct {
	Hit
	// Words are the telling words that both have, weightiest first, as the one that was asked about writes them.
	Words []string
}

const (
	likeShown = 20
	// likePages is how many pages of a document are compared.
	likePages = 50
	// likeWords is how many words are told of each.
	likeWords = 8
)

// MoreLike finds documents that resemble one, among those the subject may read. It is a read of that document and a
// search. The names of its person and its sender don't count: others' papers of the same kind are looked for, too.
// [archive.ErrNotReady] while it isn't read.
func (d *Desk) MoreLike(ctx context.Context, id archive.DocumentID) (_ []LikeView, err error) {
	v, err := d.content(ctx, Holder{Document: id}, audit.OpDocumentRead)
	if err != nil {
		return nil, err
	}
	if err := readable(v); err != nil {
		return nil, err
	}
	q := index.LikeQuery{Besides: id, Limit: likeShown}
	var pages []int
	for n := range min(len(v.Pages), likePages) {
		pages = append(pages, n+1)
	}
	texts, err := d.guard.Contents.PageTexts(ctx, v, pages)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		q.Pages = append(q.Pages, string(text))
	}
	if err := d.leave(ctx, id, &q); err != nil {
		return nil, err
	}
	ctx, done, err := d.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done(&err)
	var asked index.Query
	if _, _, err := d.ask(ctx, &asked); err != nil {
		return nil, err
	}
	q.Rights, q.Without = asked.Rights, asked.Without
	hits, err := d.guard.Index.Like(ctx, q)
	if err != nil && !errors.Is(err, index.ErrAway) { // away: nothing is found, as by a search
		return nil, err
	}
	return d.likened(ctx, id, hits)
}

// leave names what doesn't make documents alike: the person and the sender.
func (d *Desk) leave(ctx context.Context, id archive.DocumentID, q *index.LikeQuery) error {
	return d.view(ctx, func(r archive.Reader) error {
		doc, err := r.Document(id)
		if err != nil {
			return err
		}
		akte, err := r.Akte(doc.Akte)
		if err != nil {
			return err
		}
		person, err := r.Person(akte.Person)
		if err != nil {
			return err
		}
		q.Leave = []string{doc.Sender}
		for _, n := range person.Names {
			q.Leave = append(q.Leave, n.Given, n.Family, n.OriginalScript)
		}
		return nil
	})
}

// likened reads what is alike, decides on each once more, and records what is told.
func (d *Desk) likened(ctx context.Context, id archive.DocumentID, hits []index.LikeHit) ([]LikeView, error) {
	out := []LikeView{}
	done := act{op: audit.OpSearch, object: "document/" + string(id), verdict: verdict{Decision: Decision{Allow: true, Rule: "search"}}}
	var documents []archive.DocumentID
	err := d.look(ctx, done, func(r archive.Reader) (act, error) {
		out, documents = out[:0], nil
		seen := done
		for _, h := range hits {
			hit, _, err := d.hit(r, index.Hit{Document: h.Document, Akte: h.Akte, Score: h.Score})
			if errors.Is(err, archive.ErrNotFound) || errors.Is(err, ErrDenied) {
				continue // changed since it was indexed
			}
			if err != nil {
				return act{}, err
			}
			out = append(out, LikeView{hit, h.Words[:min(len(h.Words), likeWords)]})
			documents, seen = append(documents, h.Document), seen.naming(hit.Akte.ID, hit.Akte.Person)
		}
		seen.detail = &audit.Detail{Act: map[string]any{"total": len(out), "listed": len(out), "documents": documents, "like": id}}
		return seen, nil
	})
	return out, err
}
