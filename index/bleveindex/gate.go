package bleveindex

import (
	"encoding/binary"
	"math"
	"strings"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// gate decides for one match after another whether it is part of the answer: the reader has a right to
// it, the filters take it, it isn't dirty. Every part is a positive test of the entry's own row; an
// entry without rights, and one whose row isn't there, passes none.
type gate struct {
	table  *table
	reader bleve.IndexReader

	everywhere []bool               // by number of rights: whether one of them is held everywhere
	within     map[uint32]*verdicts // rights held within an Akte
	facet      misses               // filters on type, register, department and classification
	from, to   uint32
	dirtyAkten map[uint32]struct{}
	dirty      archive.Dirty
	words      int // how many words that the reader can see a pattern may mean
}

func (c *columns) gate(r bleve.IndexReader, q index.Query) (*gate, error) {
	t, err := c.table(r)
	if err != nil {
		return nil, err
	}
	g := &gate{table: t, reader: r, dirty: q.Without, to: math.MaxUint32}
	g.facet = misses{pieces: t.pieces}
	if q.From != "" {
		g.from = cmpOr(day(q.From), math.MaxUint32)
	}
	if q.To != "" {
		g.to, g.from = day(q.To), max(g.from, 1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g.everywhere = c.held.opened(q.Rights.Tokens, t.rights)
	g.facet.choose(c.kinds, q)
	g.dirtyAkten = known(c.akten, q.Without.Akten)
	held := known(c.akten, q.Rights.Within)
	g.within = make(map[uint32]*verdicts, len(held))
	type list struct {
		first *string
		n     int
	}
	same := map[list]*verdicts{} // readers hold one list in many Akten
	for akte, tokens := range held {
		if len(tokens) == 0 {
			continue
		}
		l := list{&tokens[0], len(tokens)}
		if same[l] == nil {
			same[l] = newVerdicts(t.rights, holdsOne(tokens))
		}
		g.within[akte] = same[l]
	}
	return g, nil
}

// cmpOr returns n, or other where n is 0: a date that is none matches nothing.
func cmpOr(n, other uint32) uint32 {
	if n == 0 {
		return other
	}
	return n
}

// passes decides on the entry with this number and row. One that misses the filters of a single facet
// passes too, for it counts there and nowhere else: miss is that facet, or none.
func (g *gate) passes(id bleve.IndexInternalID, r row) (miss facet, ok bool, err error) {
	if !g.allowed(r) {
		return none, false, nil
	}
	miss = g.facet.of(r.facet)
	if r.date < g.from || r.date > g.to {
		miss = miss.and(facetYear)
	}
	if miss == several {
		return miss, false, nil
	}
	ok, err = g.clean(id, r)
	return miss, ok, err
}

// clean reports whether the entry doesn't wait to be indexed anew.
func (g *gate) clean(id bleve.IndexInternalID, r row) (bool, error) {
	if g.dirty.Empty() {
		return true, nil
	}
	if _, dirty := g.dirtyAkten[r.akte]; dirty || r.akte == 0 {
		return false, nil
	}
	if len(g.dirty.Documents) == 0 {
		return true, nil
	}
	key, err := g.reader.ExternalID(id)
	if err != nil || !strings.HasPrefix(key, kindDocument) {
		return false, err
	}
	_, dirty := g.dirty.Documents[archive.DocumentID(key[len(kindDocument):])]
	return !dirty, nil
}

// opens reports whether the reader may know of an entry, filters aside.
func (g *gate) opens(num uint64) (bool, error) {
	r := g.table.row(num)
	if !g.allowed(r) {
		return false, nil
	}
	if g.dirty.Empty() {
		return true, nil
	}
	return g.clean(binary.BigEndian.AppendUint64(nil, num), r)
}

func (g *gate) allowed(r row) bool {
	if r.rights == 0 {
		return false
	}
	if int(r.rights) < len(g.everywhere) && g.everywhere[r.rights] {
		return true
	}
	within, ok := g.within[r.akte]
	return ok && r.akte != 0 && within.pass(r.rights)
}
