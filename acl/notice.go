package acl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// What comes to fit a saved search is noted when the index takes it up, if its owner could find it then for some
// purpose. Whether she may know of it is asked once more when she looks: what she is told is what her search finds then,
// among the documents that were noted.

// KeptSearch is a saved search with what is new in it.
type KeptSearch struct {
	archive.SavedSearch
	// New counts the documents that came to fit since its owner looked and that she may find now; 0 where nothing is
	// noted for it.
	New int
}

// NewHits are the documents that were noted for one of the subject's saved searches after one outbox sequence number
// and up to another.
type NewHits struct {
	Search      archive.SearchID
	After, UpTo uint64
}

// queryOf is what a saved search asks for.
func queryOf(s archive.SavedSearch) index.Query {
	f := s.Filters
	return index.Query{
		Text: s.Text, Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: f.Akte, Person: f.Person, Sort: s.Sort,
	}
}

// Searches returns the subject's saved searches. Where documents were noted for them, counting those she may find is a
// search, and recorded as one; the same answer once in a while.
func (d *Desk) Searches(ctx context.Context) ([]KeptSearch, error) {
	out, asked := []KeptSearch{}, []KeptSearch{}
	noted := map[archive.SearchID][]archive.DocumentID{}
	err := d.view(ctx, func(r archive.Reader) error {
		p, err := d.profile(r)
		if err != nil {
			return err
		}
		out = out[:0]
		for _, s := range p.Searches {
			out = append(out, KeptSearch{SavedSearch: s})
			if !s.Notify {
				continue
			}
			if noted[s.ID], err = d.noted(r, NewHits{s.ID, s.Seen, math.MaxUint64}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, s := range out {
		if len(noted[s.ID]) == 0 {
			continue
		}
		known := false
		if out[i].New, known, err = d.count(ctx, queryOf(s.SavedSearch), noted[s.ID]); err != nil {
			return nil, err
		}
		if !known { // nor would more be of the others: the index is away, or busy
			break
		}
		asked = append(asked, out[i])
	}
	return out, d.counted(ctx, asked)
}

// noted are the documents of some new hits.
func (d *Desk) noted(r archive.Reader, n NewHits) ([]archive.DocumentID, error) {
	notices, err := r.Notices(d.subject.User, n.Search, n.After)
	out, known := []archive.DocumentID{}, map[archive.DocumentID]bool{}
	for _, notice := range notices {
		if notice.Seq <= n.UpTo && !known[notice.Document] {
			out, known[notice.Document] = append(out, notice.Document), true
		}
	}
	return out, err
}

// count tells how many of some documents a search of the subject's finds now. One that can't be asked finds none.
// While the index is away or busy nothing is known, which is no reason to keep from her what the records say.
func (d *Desk) count(ctx context.Context, q index.Query, among []archive.DocumentID) (n int, known bool, err error) {
	q.Documents, q.Limit = among, 1
	asking, done, err := d.turn(ctx)
	if err != nil {
		return 0, false, ctx.Err()
	}
	var given error
	defer done(&given)
	if _, _, err := d.ask(asking, &q); err != nil {
		if asking.Err() != nil {
			return 0, false, ctx.Err()
		}
		return 0, true, unlessUnreadable(err)
	}
	result, err := d.guard.Index.Search(asking, q)
	if unlessUnreadable(err) != nil || errors.Is(err, index.ErrAway) {
		return 0, false, ctx.Err()
	}
	return result.Total, true, nil
}

func unlessUnreadable(err error) error {
	if _, unreadable := errors.AsType[*index.QueryError](err); unreadable || errors.Is(err, index.ErrAway) {
		return nil
	}
	return err
}

// counted records that the subject was told how many new hits some searches have.
func (d *Desk) counted(ctx context.Context, asked []KeptSearch) error {
	if len(asked) == 0 {
		return nil
	}
	tried := act{op: audit.OpSearch, verdict: verdict{Decision: Decision{Allow: true, Rule: "search"}}}
	total, answers, criteria := 0, []string{}, []map[string]any{}
	for _, s := range asked {
		total += s.New
		answers = append(answers, fmt.Sprintf("%s=%d", s.ID, s.New))
		criteria = append(criteria, map[string]any{"q": s.Text, "filters": s.Filters, "total": s.New})
	}
	tried.window = "new hits " + strings.Join(answers, " ")
	tried.detail = &audit.Detail{
		Act:    map[string]any{"total": total, "listed": 0},
		Shared: map[string]any{"searches": criteria},
	}
	return d.look(ctx, tried, func(archive.Reader) (act, error) { return tried, nil })
}

// SeeNew returns a saved search with its new hits, which count as seen from now on: all of them, or those up to an
// outbox sequence number that isn't 0. What the index is about to take up stays new. [archive.ErrNotFound] where the
// subject has no search of that ID.
func (d *Desk) SeeNew(ctx context.Context, id archive.SearchID, upTo uint64) (s archive.SavedSearch, n NewHits, err error) {
	reached, err := d.guard.Index.Seq(ctx)
	if err != nil {
		return s, n, err
	}
	err = d.keep(ctx, func(tx archive.Tx, p *archive.Profile) error {
		kept := p.Search(id)
		if kept == nil {
			return archive.ErrNotFound
		}
		if upTo == 0 || upTo > reached {
			upTo = reached
		}
		n = NewHits{id, kept.Seen, max(kept.Seen, upTo)}
		kept.Seen = n.UpTo // whatever was noted: else it would tell of documents that she may not see
		s = *kept
		return tx.DropNotices(p.User, id, n.After)
	})
	return s, n, err
}

// newCursor continues the new hits of a saved search: those that it had on its first page, whatever came or was seen
// since.
type newCursor struct {
	After, UpTo uint64
	Next        string
}

// FindNew finds the new hits of a saved search, without counting them as seen; NewHits.UpTo tells how far they go, and
// is the same on all pages of a list.
func (d *Desk) FindNew(ctx context.Context, id archive.SearchID, limit int, cursor string) (Found, NewHits, error) {
	c, err := openCursor[newCursor](d, "new hits "+string(id), cursor)
	if err != nil {
		return Found{}, NewHits{}, err
	}
	reached, err := d.guard.Index.Seq(ctx)
	if err != nil {
		return Found{}, NewHits{}, err
	}
	var q index.Query
	var n NewHits
	err = d.view(ctx, func(r archive.Reader) error {
		p, err := d.profile(r)
		if err != nil {
			return err
		}
		s := p.Search(id)
		if s == nil {
			return archive.ErrNotFound
		}
		q, n = queryOf(*s), NewHits{id, s.Seen, max(s.Seen, reached)}
		return nil
	})
	if err != nil {
		return Found{}, NewHits{}, err
	}
	if cursor != "" {
		n.After, n.UpTo = c.After, c.UpTo
	}
	q.Limit = limit
	found, err := d.SearchNew(ctx, n, q, c.Next)
	if found.Next != "" {
		found.Next = sealCursor(d, "new hits "+string(id), newCursor{n.After, n.UpTo, found.Next})
	}
	return found, n, err
}

// SearchNew is [Desk.Search] among some new hits.
func (d *Desk) SearchNew(ctx context.Context, n NewHits, q index.Query, cursor string) (Found, error) {
	err := d.view(ctx, func(r archive.Reader) (err error) {
		q.Documents, err = d.noted(r, n)
		return err
	})
	if err != nil {
		return Found{}, err
	}
	return d.Search(ctx, q, cursor)
}

// NotifySearch says whether documents that come to fit a saved search are noted from now on.
func (d *Desk) NotifySearch(ctx context.Context, id archive.SearchID, notify bool) (s archive.SavedSearch, err error) {
	reached, err := d.guard.Index.Seq(ctx)
	if err != nil {
		return s, err
	}
	err = d.keep(ctx, func(tx archive.Tx, p *archive.Profile) error {
		kept := p.Search(id)
		if kept == nil {
			return archive.ErrNotFound
		}
		if kept.Notify != notify {
			kept.Notify, kept.Seen = notify, max(kept.Seen, reached)
		}
		if s = *kept; notify {
			return nil
		}
		return tx.DropNotices(p.User, id, math.MaxUint64)
	})
	return s, err
}
