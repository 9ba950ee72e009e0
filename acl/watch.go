package acl

import (
	"context"
	"errors"
	"slices"
	"sync"

	"eakte/archive"
	"eakte/index"
	"eakte/policies"
)

// watch is a saved search for which documents are noted.
type watch struct {
	user   archive.UserID
	search archive.SearchID
	query  index.Query
}

// Arriving notes documents that come to fit saved searches: it is for [index.Indexer]. It costs what the documents and
// the searches are. What its owner couldn't find for any purpose is not noted for a search, neither now nor when
// rights change: so what is hidden from her takes no room among her notices and no time when she looks. A document that
// is itself moved or classified so that she could find it now is noted.
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
			notices = append(notices, archive.Notice{User: w.user, Search: w.search, Document: id, Seq: a.Seqs[at[id]]})
		}
	}
	if len(notices) == 0 {
		return failed
	}
	ctx = context.WithoutCancel(ctx) // what was found in time is told
	return errors.Join(failed, g.Store.Update(ctx, func(tx archive.Tx) error { return g.note(tx, notices) }))
}

// note stores notices for searches that are still there and want them.
func (g *Guard) note(tx archive.Tx, notices []archive.Notice) error {
	watchers, err := tx.Watchers()
	if err != nil {
		return err
	}
	kept := map[archive.UserID]archive.Profile{}
	for _, w := range watchers {
		if !slices.ContainsFunc(notices, func(n archive.Notice) bool { return n.User == w.User }) {
			continue
		}
		if kept[w.User], err = g.watched.profile(tx, w); unlessMissing(err) != nil {
			return err
		}
	}
	wanted := slices.DeleteFunc(slices.Clone(notices), func(n archive.Notice) bool {
		p := kept[n.User]
		s := p.Search(n.Search)
		return s == nil || !s.Notify || n.Seq <= s.Seen
	})
	if wanted, err = withoutConflicts(tx, wanted); err != nil || len(wanted) == 0 {
		return err
	}
	return tx.PutNotices(wanted)
}

// withoutConflicts leaves out what is about somebody from whom a conflict of interest keeps the owner of the search.
func withoutConflicts(r archive.Reader, notices []archive.Notice) (out []archive.Notice, err error) {
	from := map[archive.UserID][]archive.PersonID{}
	for _, n := range notices {
		persons, known := from[n.User]
		if !known {
			if persons, err = r.BarredFrom(n.User); err != nil {
				return nil, err
			}
			from[n.User] = persons
		}
		if len(persons) > 0 {
			_, about, err := concerned(r, "document/"+string(n.Document))
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(about, func(id archive.PersonID) bool { return slices.Contains(persons, id) }) {
				continue
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// watches gathers the saved searches for which documents are noted. One whose text can't be read, and those of who
// may not sign in, are none.
func (g *Guard) watches(ctx context.Context) ([]watch, error) {
	type owner struct {
		user    archive.User
		profile archive.Profile
		rights  index.Rights
	}
	var owners []owner
	err := g.Store.View(ctx, func(r archive.Reader) error {
		owners = nil
		watchers, err := r.Watchers()
		if err != nil {
			return err
		}
		for _, w := range watchers {
			var o owner
			if o.user, err = r.User(w.User); err == nil && !o.user.Disabled {
				if o.profile, err = g.watched.profile(r, w); err == nil {
					if o.rights, err = g.watched.rights(r, g.watching(o.user), o.user.Revision); err == nil {
						owners = append(owners, o)
					}
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
	for _, o := range owners {
		desk := g.watching(o.user)
		for _, s := range o.profile.Searches {
			if !s.Notify {
				continue
			}
			w := watch{o.user.ID, s.ID, queryOf(s)}
			w.query.Rights = o.rights
			if _, err := desk.understand(ctx, &w.query, desk.ownPersons()); unlessUnreadable(err) != nil {
				return nil, err
			} else if err == nil {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// watching is the desk of somebody who isn't there, and has no purpose.
func (g *Guard) watching(u archive.User) *Desk {
	return g.For(Subject{User: u.ID, Name: u.Name, Pairs: u.Roles, Teams: u.Teams})
}

// forAnyPurpose are the tokens by which the subject finds documents, whatever purpose she states: her own, since what she
// is to see while she stands in for somebody is that person's work.
func (d *Desk) forAnyPurpose() []string {
	tokens := d.tokens(nil, "", "")
	for _, p := range d.guard.Policies.Purposes() {
		tokens = append(tokens, d.tokens(nil, p.Key, "")...)
	}
	for _, p := range d.guard.Policies.Procedures() {
		tokens = append(tokens, d.tokens(nil, policies.PurposeCase, p.Key)...)
	}
	slices.Sort(tokens)
	return slices.Compact(tokens)
}

// watched remembers what was read of those who watch, as long as it is what is stored: documents come one by one, and to
// open a profile or to go through the rules takes longer than to look whether a document fits.
type watched struct {
	mu    sync.Mutex
	users map[archive.UserID]*watcher
}

type watcher struct {
	mark     uint64
	searches []archive.SavedSearch
	// policy and revision say by which rules and of which state of her account tokens are.
	policy   string
	revision int64
	tokens   []string
}

// mostWatched is how many are remembered.
const mostWatched = 2000

// of returns what is remembered of a user; w.mu is held.
func (w *watched) of(id archive.UserID) *watcher {
	if w.users == nil || len(w.users) > mostWatched {
		w.users = map[archive.UserID]*watcher{}
	}
	if w.users[id] == nil {
		w.users[id] = &watcher{}
	}
	return w.users[id]
}

// profile returns the saved searches of a watcher in a profile that holds nothing else.
func (w *watched) profile(r archive.Reader, of archive.Watcher) (archive.Profile, error) {
	w.mu.Lock()
	known := *w.of(of.User)
	w.mu.Unlock()
	if of.Mark != 0 && known.mark == of.Mark {
		return archive.Profile{User: of.User, Searches: known.searches}, nil
	}
	p, err := r.Profile(of.User)
	if err != nil {
		return archive.Profile{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(of.User).mark, w.of(of.User).searches = of.Mark, p.Searches
	return archive.Profile{User: of.User, Searches: p.Searches}, nil
}

// rights are those of a watcher for any purpose.
func (w *watched) rights(r archive.Reader, d *Desk, revision int64) (out index.Rights, err error) {
	out.Within = map[archive.AkteID][]string{}
	for _, p := range append(d.guard.Policies.Purposes(), policies.Term{}) {
		one := *d
		one.subject.Purpose = p.Key
		if err := one.findsLent(r, &out); err != nil { // what she holds in single Akten for a time
			return out, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.of(d.subject.User)
	if policy := d.guard.Policies.Hash(); known.tokens == nil || known.policy != policy || known.revision != revision {
		known.tokens, known.policy, known.revision = d.forAnyPurpose(), policy, revision
	}
	out.Tokens = known.tokens
	return out, nil
}
