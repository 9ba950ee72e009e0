package acl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// What comes to fit a saved search is noted when the index takes it up, whoever may see it. Who may is asked when its
// owner looks: what she is told is what her search finds then, among the documents that were noted.

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
		if known {
			asked = append(asked, out[i])
		}
	}
	return out, d.counted(ctx, asked)
}

// noted are the documents of some new hits.
func (d *Desk) noted(r archive.Reader, n NewHits) ([]archive.DocumentID, error) {
	notices, err := r.Notices(d.subject.User, n.Search, n.After)
	out := []archive.DocumentID{}
	for _, notice := range notices {
		if notice.Seq <= n.UpTo && !slices.Contains(out, notice.Document) {
			out = append(out, notice.Document)
		}
	}
	return out, err
}

// count tells how many of some documents a search of the subject's finds now. One that can't be asked finds none.
// While the index is away nothing is known, which is no reason to keep from her what the records say.
func (d *Desk) count(ctx context.Context, q index.Query, among []archive.DocumentID) (n int, known bool, err error) {
	q.Documents, q.Limit = among, 1
	if _, _, err := d.ask(ctx, &q); err != nil {
		return 0, true, unlessUnreadable(err)
	}
	result, err := d.guard.Index.Search(ctx, q)
	if unlessUnreadable(err) != nil {
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

// FindNew finds the new hits of a saved search, without counting them as seen; NewHits.UpTo tells how far they go.
func (d *Desk) FindNew(ctx context.Context, id archive.SearchID, limit int, cursor string) (Found, NewHits, error) {
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
	q.Limit = limit
	found, err := d.SearchNew(ctx, n, q, cursor)
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

// watch is a saved search for which documents are noted.
type watch struct {
	user        archive.UserID
	departments []string
	search      archive.SearchID
	query       index.Query
}

// Arriving notes documents that come to fit saved searches: it is for [index.Indexer]. It costs what the documents and
// the searches are. Documents of Akten in which none of a user's departments takes part are not noted for her.
func (g *Guard) Arriving(ctx context.Context, a index.Arrivals) error {
	watches, err := g.watches(ctx)
	if err != nil || len(watches) == 0 {
		return err
	}
	queries := make([]index.Query, len(watches))
	for i, w := range watches {
		queries[i] = w.query
	}
	found, failed := g.Index.Newly(ctx, a.Documents, queries, a.Anew)
	if found == nil {
		return failed
	}
	at := map[archive.DocumentID]int{}
	for i, doc := range a.Documents {
		at[doc.ID] = i
	}
	var notices []archive.Notice
	for i, w := range watches {
		for _, id := range found[i] {
			if index.Concern(a.Documents[at[id]].Rights, w.user, w.departments) {
				notices = append(notices, archive.Notice{User: w.user, Search: w.search, Document: id, Seq: a.Seqs[at[id]]})
			}
		}
	}
	if len(notices) == 0 {
		return failed
	}
	ctx = context.WithoutCancel(ctx) // what was found in time is told
	return errors.Join(failed, g.Store.Update(ctx, func(tx archive.Tx) error { return note(tx, notices) }))
}

// note stores notices for searches that are still there and want them.
func note(tx archive.Tx, notices []archive.Notice) error {
	profiles := map[archive.UserID]archive.Profile{}
	var wanted []archive.Notice
	for _, n := range notices {
		p, known := profiles[n.User]
		if !known {
			var err error
			if p, err = tx.Profile(n.User); unlessMissing(err) != nil {
				return err
			}
			profiles[n.User] = p
		}
		if s := p.Search(n.Search); s != nil && s.Notify && n.Seq > s.Seen {
			wanted = append(wanted, n)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return tx.PutNotices(wanted)
}

// watches gathers the saved searches for which documents are noted. One whose text can't be read, and those of who
// may not sign in, are none.
func (g *Guard) watches(ctx context.Context) ([]watch, error) {
	var users []archive.User
	var profiles []archive.Profile
	err := g.Store.View(ctx, func(r archive.Reader) error {
		users, profiles = nil, nil
		ids, err := r.Watchers()
		if err != nil {
			return err
		}
		for _, id := range ids {
			u, err := r.User(id)
			if err == nil {
				var p archive.Profile
				if p, err = r.Profile(id); err == nil && !u.Disabled {
					users, profiles = append(users, u), append(profiles, p)
				}
			}
			if unlessMissing(err) != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []watch
	for i, u := range users {
		desk := g.For(Subject{User: u.ID, Name: u.Name, Pairs: u.Roles, Teams: u.Teams})
		for _, s := range profiles[i].Searches {
			if !s.Notify {
				continue
			}
			w := watch{u.ID, desk.subject.departments(), s.ID, queryOf(s)}
			if _, err := desk.understand(ctx, &w.query, desk.ownPersons()); unlessUnreadable(err) != nil {
				return nil, err
			} else if err == nil {
				out = append(out, w)
			}
		}
	}
	return out, nil
}
