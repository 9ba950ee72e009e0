package bleveindex

import (
	"encoding/binary"
	"math"
	"slices"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"eakte/index/query"
)

// evaluator finds what a query matches in all there is, segment by segment, word by word. Scores are those of a
// [matcher] but for a factor that is the same for all, and for OR, which adds up here what its alternatives are worth:
// they depend on the query, the fixed table and the document.
type evaluator struct {
	matcher
	// fields are the terms of those looked into, scans what patterns lead to.
	fields map[string]*terms
	scans  map[scanIn]*union
	sheets sheets
	at     int    // the segment
	open   *sheet // what of it the reader may see; made when first needed
	n      int    // matches looked at
	scored bool   // nobody asks for scores otherwise
	roots  []float64
}

// scanIn is a pattern in a field.
type scanIn struct {
	scan  *scan
	field string
}

func newEvaluator(m matcher, scored bool) *evaluator {
	e := &evaluator{matcher: m, fields: map[string]*terms{}, scans: map[scanIn]*union{}, scored: scored, roots: make([]float64, 64)}
	for i := range e.roots {
		e.roots[i] = math.Sqrt(float64(i))
	}
	return e
}

// evaluate offers all matches of a query to a collector.
func (e *evaluator) evaluate(q ask, c *collector) error {
	kinds, err := e.field(fieldKind)
	if err != nil {
		return err
	}
	for i, d := range kinds.dict {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		e.at, e.open = i, nil
		e.sheets.resize(d.size)
		found, err := e.text(q)
		if err != nil {
			return err
		}
		if err := e.offer(found, d.first, c); err != nil {
			return err
		}
		e.sheets.spend(found)
		if e.open != nil {
			e.sheets.spend(e.open)
		}
	}
	return nil
}

// offer walks the matches in a segment.
func (e *evaluator) offer(found *sheet, first uint64, c *collector) error {
	var num [8]byte
	rows := e.gate.table.segments[e.at]
	return found.each(func(n uint64) error {
		if err := e.stopped(); err != nil {
			return err
		}
		if n >= uint64(len(rows)) {
			return nil // without a row it opens to nobody
		}
		at := rows[n]
		binary.BigEndian.PutUint64(num[:], first+n)
		miss, ok, err := e.gate.passes(num[:], at)
		if err != nil || !ok {
			return err
		}
		c.tally.add(at, miss)
		if miss != none {
			return nil
		}
		return c.offer(c.ranked(num, at, found.score[n]))
	})
}

// stopped asks the context now and then.
func (e *evaluator) stopped() error {
	if e.n++; e.n%checkEvery == 0 {
		return e.ctx.Err()
	}
	return nil
}

// field opens the terms of a field once.
func (e *evaluator) field(name string) (*terms, error) {
	if t := e.fields[name]; t != nil {
		return t, nil
	}
	t, err := openTerms(e.ctx, e.reader.IndexReader, name)
	e.fields[name] = t
	return t, err
}

// text matches documents that have what is asked for, or carry the whole text as their number.
func (e *evaluator) text(q ask) (*sheet, error) {
	if q.blank {
		return e.all()
	}
	if q.root == nil {
		return e.sheets.blank(), nil
	}
	asked, err := e.node(*q.root, q.headOnly)
	if err != nil || q.whole == "" {
		return asked, err
	}
	whole := e.sheets.blank()
	if err := e.term(whole, q.whole, fieldNumber, numberBoost); err != nil {
		return nil, err
	}
	return e.joined([]*sheet{asked, whole}), nil
}

// joined is the sum of sheets; all but the first are spent.
func (e *evaluator) joined(all []*sheet) *sheet {
	out := sum(all)
	e.sheets.spend(all[1:]...)
	return out
}

// all are all documents.
func (e *evaluator) all() (*sheet, error) {
	s := e.sheets.blank()
	return s, e.walk(fieldKind, kindDocument, false, func(p segment.Posting) error {
		s.best(p.Number(), 0)
		return nil
	})
}

// node matches documents that have what a node of the query asks for.
func (e *evaluator) node(w wish, headOnly bool) (*sheet, error) {
	if w.kind != query.All && w.kind != query.Any {
		return e.words(w.clause, headOnly)
	}
	var out *sheet
	for _, k := range w.kids {
		if k.kind == query.Not {
			continue
		}
		s, err := e.node(k, headOnly)
		if err != nil {
			return nil, err
		}
		switch {
		case out == nil:
			out = s
		case w.kind == query.Any:
			out.or(s)
			e.sheets.spend(s)
		default:
			out.and(s)
			e.sheets.spend(s)
		}
	}
	if out == nil { // nothing but exclusions
		var err error
		if out, err = e.all(); err != nil {
			return nil, err
		}
	}
	for _, k := range w.kids { // last and one by one: each takes a sheet as long as it lives
		if k.kind != query.Not {
			continue
		}
		s, err := e.node(k.kids[0], headOnly)
		if err != nil {
			return nil, err
		}
		out.without(s)
		e.sheets.spend(s)
	}
	return out, nil
}

// words matches documents that have a clause or other words for it.
func (e *evaluator) words(c clause, headOnly bool) (*sheet, error) {
	out, err := e.clause(c, headOnly)
	if err != nil {
		return nil, err
	}
	for _, same := range c.same {
		s, err := e.clause(same, headOnly)
		if err != nil {
			return nil, err
		}
		out.or(s)
		e.sheets.spend(s)
	}
	return out, nil
}

// clause matches documents in which the words stand on a page or in the head, or which carry them as their number.
func (e *evaluator) clause(c clause, headOnly bool) (*sheet, error) {
	var parts []*sheet
	if !headOnly && (c.scan != nil || len(c.page.slots) > 0) {
		s, err := e.run(c.page, c.scan, fieldPage, 1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	if c.scan != nil || len(c.head.slots) > 0 {
		s, err := e.run(c.head, c.scan, fieldHead, headBoost)
		if err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	if c.number != "" {
		s := e.sheets.blank()
		if err := e.term(s, c.number, fieldNumber, numberBoost); err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return e.sheets.blank(), nil
	}
	return e.joined(parts), nil
}

// run matches a word, words at their distances or a pattern.
func (e *evaluator) run(r run, pattern *scan, field string, boost float64) (*sheet, error) {
	if pattern != nil {
		return e.scan(pattern, field, boost)
	}
	var out *sheet
	for i, s := range r.slots {
		if slices.ContainsFunc(r.slots[:i], func(o slot) bool { return o.terms[0] == s.terms[0] }) {
			continue
		}
		one, err := e.slot(s, field, boost)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = one
			continue
		}
		out.and(one)
		e.sheets.spend(one)
	}
	if len(r.slots) == 1 {
		return out, nil
	}
	return out, e.standing(out, r, field)
}

// slot matches a word in its forms.
func (e *evaluator) slot(s slot, field string, boost float64) (*sheet, error) {
	out := e.sheets.blank()
	for i, term := range slices.Concat(s.terms, s.loose) {
		b := boost
		if i >= len(s.terms) {
			b *= looseBoost
		}
		if err := e.term(out, term, field, b); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// term takes in what has a term.
func (e *evaluator) term(into *sheet, term, field string, boost float64) error {
	idf := idfOf(e.reader.freq.of([]byte(term)))
	weight := boost * idf * idf
	return e.walk(field, term, e.scored, func(p segment.Posting) error {
		score := 0.0
		if e.scored {
			score = weight * e.root(p.Frequency()) * p.Norm()
		}
		into.best(p.Number(), score)
		return nil
	})
}

func idfOf(count uint64) float64 { return 1 + math.Log(float64(collection)/float64(count+1)) }

func (e *evaluator) root(n uint64) float64 {
	if n < uint64(len(e.roots)) {
		return e.roots[n]
	}
	return math.Sqrt(float64(n))
}

// walk calls fn for every entry of the segment that has a term in a field.
func (e *evaluator) walk(field, term string, scored bool, fn func(segment.Posting) error) error {
	t, err := e.field(field)
	if err != nil {
		return err
	}
	d := t.dict[e.at]
	if d.blank {
		return nil
	}
	if t.list, err = d.lookup([]byte(term), t.list); err != nil {
		return err
	}
	t.at = t.list.Iterator(scored, scored, false, t.at)
	for {
		p, err := t.at.Next()
		if err != nil || p == nil {
			return err
		}
		if err := e.stopped(); err != nil {
			return err
		}
		if err := fn(p); err != nil {
			return err
		}
	}
}

// scan matches documents that have a term which a pattern or a misspelt word means.
func (e *evaluator) scan(s *scan, field string, boost float64) (*sheet, error) {
	in := scanIn{s, field}
	if e.scans[in] == nil {
		found, err := e.union(s, field)
		if err != nil {
			return nil, err
		}
		e.scans[in] = found.union
	}
	idf := idfOf(e.reader.freq.of([]byte(s.prefix())))
	out := e.sheets.blank()
	copy(out.bits, e.scans[in].sets[e.at].bits)
	return out, out.each(func(n uint64) error {
		out.score[n] = boost * idf * idf * steadyNorm
		return nil
	})
}
