package acl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/index/query"
	"eakte/policies"
)

// Hit is a document found, as its reader may see it.
type Hit struct {
	Document  archive.Document
	Akte      archive.Akte
	Name      archive.Name
	BirthDate archive.BirthDate
	// PageCount is how many pages there are, 0 while they aren't read; Thumb says that the first one has
	// a thumbnail.
	PageCount int
	Thumb     bool
	// TitleMarks are the words of the query in the title, in bytes.
	TitleMarks []index.Span
	// Snippets are short passages around matches, one a page at most.
	Snippets []Snippet
	// Pages are the first 50 pages with matches, from 1, and Counts how many each has. MorePages is how
	// many follow.
	Pages, Counts []int
	MorePages     int
	// rule is by what it may be seen.
	rule string
}

// Found is the answer to a search. Every number in it is counted over what the reader may see.
type Found struct {
	Total   int
	Hits    []Hit
	Facets  map[string][]index.Count
	Persons []FoundPerson
	Next    string
	// Timeline, Ignored, HeadOnly and Meaningless are as in [index.Result].
	Timeline              []index.Count
	Ignored               []string
	HeadOnly, Meaningless bool
	// Query is how the text was understood, and Widened what was looked for beside its words because it means
	// the same.
	Query   query.Query
	Widened []string
	// Respelled is the text with words that the subject's documents have, where nothing was found and words
	// nearly like those typed stand in what the subject may read; empty: there are none.
	Respelled string
	// Incomplete says that something is being indexed anew and is left out meanwhile. It says nothing of what.
	Incomplete bool
	// Rebuilding says that this is because of the index itself. Rebuilt is of how many of all Akten it has
	// everything again; both are 0 where that isn't known.
	Rebuilding     bool
	Rebuilt, Akten int
}

// Percent is how much of an index that is being made anew is there; 0 where that isn't known.
func (f Found) Percent() int { return 100 * f.Rebuilt / max(f.Akten, 1) }

// searchCursor continues the hits of a search.
type searchCursor struct{ After string }

// Search finds documents and persons. q's Rights, Without and After are set here; cursor is
// [Found.Next] of the page before. A query that can't be read is an [*index.QueryError], one that takes too long
// [ErrSlow], one too many at a time [ErrTurns].
func (d *Desk) Search(ctx context.Context, q index.Query, cursor string) (found Found, err error) {
	c, err := openCursor[searchCursor](d, "search", cursor)
	if err != nil {
		return Found{}, err
	}
	ctx, done, err := d.turn(ctx)
	if err != nil {
		return Found{}, err
	}
	defer done(&err)
	q.After, q.Limit = c.After, min(clampLimit(q.Limit), 100)
	persons, understood, err := d.ask(ctx, &q)
	if err != nil {
		return Found{}, err
	}
	if found, err = d.find(ctx, q, persons, understood); err != nil {
		return Found{}, err
	}
	missing, err := d.misses(ctx, q.Without)
	if err != nil {
		return Found{}, err
	}
	found.Incomplete = found.Incomplete || missing
	if d.guard.Behind() {
		found.Incomplete, found.Rebuilding = true, true
		found.Rebuilt, found.Akten = d.guard.Rebuilt()
	}
	err = d.change(ctx, act{op: audit.OpSearch}, func(tx archive.Tx) (act, error) { return confined(tx, q, searched(q, found)) })
	return found, err
}

// ask puts the subject's rights as they are now into a query, and reads its text.
func (d *Desk) ask(ctx context.Context, q *index.Query) (persons index.Rights, understood query.Query, err error) {
	if err := d.guard.expire(ctx); err != nil {
		return persons, understood, err
	}
	var barred []archive.AkteID
	err = d.view(ctx, func(r archive.Reader) (err error) {
		if q.Rights, err = d.rights(r); err != nil {
			return err
		}
		if persons, err = d.personRights(r); err != nil {
			return err
		}
		barred, err = d.barredAkten(r)
		return err
	})
	if err != nil {
		return persons, understood, err
	}
	q.Without = besides(d.guard.Store.Dirty(), barred)
	understood, err = d.understand(ctx, q, persons)
	return persons, understood, err
}

// manyDirty is from how many dirty things on an answer counts as incomplete unseen.
const manyDirty = 500

// misses reports whether anything that was left out is the subject's to see.
func (d *Desk) misses(ctx context.Context, dirty archive.Dirty) (missing bool, err error) {
	if len(dirty.Akten)+len(dirty.Documents) > manyDirty {
		return true, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		for id := range dirty.Akten {
			sees, err := d.seesAkte(r, id)
			if err != nil && !isNotFound(err) {
				return err
			}
			missing = missing || sees
		}
		for id := range dirty.Documents {
			_, _, _, err := d.reach(r, id, policies.ActRead)
			if err != nil && !isNotFound(err) && !errors.Is(err, ErrDenied) && !errors.Is(err, ErrPurpose) {
				return err
			}
			missing = missing || err == nil || errors.Is(err, ErrPurpose)
		}
		return nil
	})
	return missing, err
}

// find asks the index and reads what it names; every hit is decided again.
func (d *Desk) find(ctx context.Context, q index.Query, persons index.Rights, understood query.Query) (Found, error) {
	result, err := d.guard.Index.Search(ctx, q)
	away := errors.Is(err, index.ErrAway) // it finds nothing then
	if broad := (*index.QueryError)(nil); errors.As(err, &broad) && broad.Code == index.TooBroad {
		understood.Mistakes = append(understood.Mistakes, tooBroad(understood.Text))
	} else if err != nil && !away {
		return Found{}, err
	}
	found := Found{
		Incomplete: away, Rebuilding: away,
		Total: result.Total, Facets: result.Facets, Timeline: result.Timeline, Ignored: result.Ignored, HeadOnly: result.HeadOnly,
		Meaningless: result.Meaningless, Hits: []Hit{}, Persons: []FoundPerson{},
		Query: understood, Widened: widened(understood.Root),
	}
	var versions []archive.Version
	err = d.view(ctx, func(r archive.Reader) error {
		found.Hits, versions = found.Hits[:0], nil
		for _, h := range result.Hits {
			hit, v, err := d.hit(r, h)
			if errors.Is(err, archive.ErrNotFound) || errors.Is(err, ErrDenied) {
				continue // changed since it was indexed
			}
			if err != nil {
				return err
			}
			found.Hits, versions = append(found.Hits, hit), append(versions, v)
		}
		return nil
	})
	if err != nil {
		return Found{}, err
	}
	matcher, err := d.guard.Index.Matcher(q.Text)
	if err != nil {
		return Found{}, err
	}
	for i := range found.Hits {
		h := &found.Hits[i]
		h.TitleMarks = index.Spans(matcher.Head(h.Document.Title))
		if h.Snippets, err = d.snippets(ctx, *h, versions[i], matcher); err != nil {
			return Found{}, err
		}
	}
	if len(result.Hits) == q.Limit {
		found.Next = sealCursor(d, "search", searchCursor{result.Hits[len(result.Hits)-1].After})
	}
	if q.After == "" {
		err = d.accompany(ctx, &found, q, persons)
	}
	return found, err
}

// tooBroad is the mistake of a text of which a pattern means too many words: at that pattern, if it is the only one.
func tooBroad(text string) query.Mistake {
	first, last := strings.IndexByte(text, '*'), strings.LastIndexByte(text, '*')
	if first < 0 {
		return query.Mistake{Code: query.TooBroad, End: len(text)}
	}
	start := strings.LastIndexFunc(text[:first], unicode.IsSpace) + 1
	end := len(text)
	if i := strings.IndexFunc(text[last:], unicode.IsSpace); i >= 0 {
		end = last + i
	}
	return query.Mistake{Code: query.TooBroad, Start: start, End: end}
}

// accompany adds what an answer has beside its hits: persons, and another spelling where there is nothing else.
func (d *Desk) accompany(ctx context.Context, found *Found, q index.Query, rights index.Rights) (err error) {
	words := q
	if !found.Query.Plain() {
		words.Text = found.Query.Words()
	}
	if found.Persons, err = d.findPersons(ctx, words, rights); err != nil {
		return err
	}
	broad := slices.ContainsFunc(found.Query.Mistakes, func(m query.Mistake) bool { return m.Code == query.TooBroad })
	if found.Total+len(found.Persons) == 0 && !found.Incomplete && !broad {
		found.Respelled, err = d.respell(ctx, q, found.Query)
	}
	return err
}

// hit reads the records behind a hit and decides it again, purpose aside: search shows what rules
// without a purpose allow too.
func (d *Desk) hit(r archive.Reader, h index.Hit) (Hit, archive.Version, error) {
	doc, err := r.Document(h.Document)
	if err != nil {
		return Hit{}, archive.Version{}, err
	}
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return Hit{}, archive.Version{}, err
	}
	seen := a.may(policies.ActRead, objectOf(doc))
	if !seen.Allow {
		return Hit{}, archive.Version{}, archive.ErrNotFound
	}
	person, err := r.Person(a.akte.Person)
	if err != nil {
		return Hit{}, archive.Version{}, err
	}
	v, err := r.Version(doc.Current())
	n := min(len(h.Pages), pagesListed)
	return Hit{
		Document: doc, Akte: a.akte, Name: person.Leading(), BirthDate: person.BirthDate, rule: seen.Rule,
		PageCount: len(v.Pages), Thumb: len(v.Pages) > 0 && v.Pages[0].Thumb.Length > 0,
		Pages: h.Pages[:n], Counts: h.Counts[:n], MorePages: len(h.Pages) - n,
	}, v, err
}

// searched is what the trail is told of a search: the words stay readable as long as none of the
// Akten that it listed is erased.
func searched(q index.Query, f Found) act {
	done := act{op: audit.OpSearch, verdict: verdict{Decision: Decision{Allow: true, Rule: "search"}}}
	documents := make([]archive.DocumentID, 0, len(f.Hits))
	for _, h := range f.Hits {
		documents = append(documents, h.Document.ID)
		done.akten, done.persons = append(done.akten, h.Akte.ID), append(done.persons, h.Akte.Person)
	}
	for _, p := range f.Persons {
		done.persons = append(done.persons, p.Person.ID)
	}
	slices.Sort(done.akten)
	slices.Sort(done.persons)
	done.akten, done.persons = slices.Compact(done.akten), slices.Compact(done.persons)
	done.detail = &audit.Detail{
		Act: map[string]any{"total": f.Total, "listed": len(f.Hits), "documents": documents},
		Shared: map[string]any{
			"q": q.Text, "types": q.Types, "registers": q.Registers, "departments": q.Departments, "classifications": q.Classifications,
			"from": q.From, "to": q.To, "akte": q.Akte, "person": q.Person,
		},
	}
	if loans := loansIn(f.Hits); len(loans) > 0 {
		done.detail.Act["by"] = loans
	}
	if q.Documents != nil { // new hits
		done.detail.Act["among"] = len(q.Documents)
	}
	return done
}

// confined names the Akte and person that a search was narrowed to, found or not: their trail shows who looked for
// what in them. Who is nobody is named nowhere.
func confined(r archive.Reader, q index.Query, a act) (act, error) {
	if q.Akte != "" {
		akte, err := r.Akte(q.Akte)
		if unlessMissing(err) != nil {
			return act{}, err
		}
		if err == nil {
			a = a.naming(akte.ID, akte.Person)
		}
	}
	persons := slices.Clone(q.Persons)
	if q.Person != "" {
		persons = append(persons, q.Person)
	}
	for _, id := range persons {
		_, err := r.Person(id)
		if unlessMissing(err) != nil {
			return act{}, err
		}
		if err == nil && !slices.Contains(a.persons, id) {
			a.persons = append(slices.Clone(a.persons), id)
		}
	}
	slices.Sort(a.akten)
	slices.Sort(a.persons)
	return a, nil
}

// expire carries out participations that ended since the last look, before a search could still
// count on them.
func (g *Guard) expire(ctx context.Context) error {
	day, due := g.today(), false
	err := g.Store.View(ctx, func(r archive.Reader) error {
		next, ok, err := r.NextExpiry()
		due = ok && next < day
		return err
	})
	if err != nil || !due {
		return err
	}
	return g.Store.Update(ctx, func(tx archive.Tx) error { return tx.Expire(day) })
}
