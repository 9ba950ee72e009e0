package bleveindex

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// row is what is asked of every match: who may see it, how it counts and sorts. The first three are
// numbers of values in their [values]; 0 is none. A person's entry has an empty row.
type row struct {
	rights, akte, facet uint32
	date                uint32 // 20261121; 0 is unknown
	id                  uint64 // see idKey
}

// idKey is the first half of a document's ID: what tells most of those apart that rank alike, in their order. It is 0
// for what isn't in the form of an ID.
func idKey(id []byte) (key uint64) {
	if len(id) != 36 {
		return 0
	}
	for _, c := range id[:19] {
		switch {
		case '0' <= c && c <= '9':
			key = key<<4 | uint64(c-'0')
		case 'a' <= c && c <= 'f':
			key = key<<4 | uint64(c-'a'+10)
		case c != '-':
			return 0
		}
	}
	return key
}

// values numbers the values of a column from 1.
type values struct {
	numbers map[string]uint32
	list    []string // list[0] is "", for none
}

func newValues() values { return values{map[string]uint32{}, []string{""}} }

func (v *values) number(value []byte) uint32 {
	if len(value) == 0 {
		return 0
	}
	n, ok := v.numbers[string(value)]
	if !ok {
		n = uint32(len(v.list))
		v.numbers[string(value)] = n
		v.list = append(v.list, string(value))
	}
	return n
}

// columns keeps the rows of the engine's segments in memory, 24 bytes an entry. Segments never
// change, so a row is read once; reading it from the file for every match of every search costs
// more than the search. Columns belong to one handle of the engine.
type columns struct {
	mu                   sync.Mutex
	segments, former     map[uint64][]row // of the snapshot asked for last, and of another one before
	rights, akten, facet values
	// pieces are the pieces of the values of facet, by number; each facet numbers its own.
	pieces [][facetCount]uint32
	kinds  [facetCount]values
	held   held
	forms  forms // what was read of names
}

func newColumns() *columns {
	c := &columns{held: newHeld(), segments: map[uint64][]row{}, rights: newValues(), akten: newValues(), facet: newValues(), pieces: make([][facetCount]uint32, 1)}
	for i := range c.kinds {
		c.kinds[i] = newValues()
	}
	return c
}

// table is the rows of one snapshot.
type table struct {
	segments      [][]row
	offsets       []uint64 // number of the first entry of each segment
	rights, akten []string // values by number
	pieces        [][facetCount]uint32
	kinds         [facetCount][]string
}

// table returns the rows of a snapshot; what isn't known yet is read.
func (c *columns) table(r bleve.IndexReader) (*table, error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("unknown kind of snapshot %T", r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t, used, offset := &table{}, make(map[uint64][]row), uint64(0)
	for _, s := range snapshot.Segments() {
		rows, err := c.rows(s)
		if err != nil {
			return nil, err
		}
		used[s.Id()] = rows
		t.segments, t.offsets = append(t.segments, rows), append(t.offsets, offset)
		offset += uint64(len(rows))
	}
	same := func(a, b []row) bool { return len(a) == len(b) }
	if !maps.EqualFunc(c.segments, used, same) {
		c.segments, c.former = used, c.segments
	}
	t.rights, t.akten, t.pieces = c.rights.list, c.akten.list, c.pieces
	for i := range c.kinds {
		t.kinds[i] = c.kinds[i].list
	}
	return t, nil
}

// rows returns the rows of a segment, which are read the first time. c.mu is held.
func (c *columns) rows(s *scorch.SegmentSnapshot) ([]row, error) {
	for _, segments := range []map[uint64][]row{c.segments, c.former} {
		if rows, ok := segments[s.Id()]; ok && int64(len(rows)) == s.FullSize() {
			return rows, nil
		}
	}
	return c.read(s.Segment(), int(s.FullSize()))
}

// read reads the rows of a segment in one go. c.mu is held.
func (c *columns) read(s segment.Segment, size int) ([]row, error) {
	visitable, ok := s.(segment.DocValueVisitable)
	if !ok {
		return nil, fmt.Errorf("segment without columns")
	}
	rows := make([]row, size)
	fields := []string{fieldRights, fieldAkte, fieldFacet, fieldDate}
	var state segment.DocVisitState
	var rights []byte
	for i := range rows {
		rights = rights[:0]
		visit := func(field string, value []byte) {
			switch field {
			case fieldRights:
				rights = append(append(rights, value...), sep...)
			case fieldAkte:
				rows[i].akte = c.akten.number(value)
			case fieldFacet:
				rows[i].facet = c.joined(value)
			case fieldDate:
				rows[i].date = day(string(value))
			}
		}
		var err error
		if state, err = visitable.VisitDocValues(uint64(i), fields, visit, state); err != nil {
			return nil, err
		}
		rows[i].rights = c.rights.number(rights)
		key, err := s.DocID(uint64(i))
		if err != nil {
			return nil, err
		}
		if len(key) > 0 && string(key[:1]) == kindDocument {
			rows[i].id = idKey(key[1:])
		}
	}
	return rows, nil
}

// joined returns the number of a value of fieldFacet and takes a new one to pieces. c.mu is held.
func (c *columns) joined(value []byte) uint32 {
	n := c.facet.number(value)
	if int(n) < len(c.pieces) {
		return n
	}
	var pieces [facetCount]uint32
	for i, piece := range bytes.SplitN(value, []byte(sep), len(pieces)) {
		pieces[i] = c.kinds[i].number(piece)
	}
	c.pieces = append(c.pieces, pieces)
	return n
}

// row returns the row of an entry; an empty one if there is none, which opens to nobody.
func (t *table) row(num uint64) row {
	s := sort.Search(len(t.offsets), func(i int) bool { return t.offsets[i] > num }) - 1
	if s < 0 || num-t.offsets[s] >= uint64(len(t.segments[s])) {
		return row{}
	}
	return t.segments[s][num-t.offsets[s]]
}

// day turns a date "2026-11-21" into 20261121; anything else is 0.
func day(date string) uint32 {
	if !isDay(date) {
		return 0
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(date, "-", ""), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// known returns the numbers of those values that the column has.
func known[K ~string, V any](v values, keys map[K]V) map[uint32]V {
	out := make(map[uint32]V, len(keys))
	for k, x := range keys {
		if n, ok := v.numbers[string(k)]; ok {
			out[n] = x
		}
	}
	return out
}

// verdicts remembers for each value of a column whether it passes a test.
type verdicts struct {
	values []string
	test   func(string) bool
	memo   []uint8 // 0 unknown, 1 passes, 2 doesn't
}

func newVerdicts(values []string, test func(string) bool) *verdicts {
	return &verdicts{values: values, test: test}
}

func (v *verdicts) pass(n uint32) bool {
	if int(n) >= len(v.values) {
		return false
	}
	if v.memo == nil {
		v.memo = make([]uint8, len(v.values))
	}
	if v.memo[n] == 0 {
		v.memo[n] = 2
		if v.test(v.values[n]) {
			v.memo[n] = 1
		}
	}
	return v.memo[n] == 1
}

// holdsOne makes a test for joined rights: whether one of them is among the tokens held.
func holdsOne(tokens []string) func(string) bool {
	held := make(map[string]bool, len(tokens))
	for _, t := range tokens {
		if t != "" {
			held[t] = true
		}
	}
	return func(joined string) bool {
		return slices.ContainsFunc(strings.Split(joined, sep), func(t string) bool { return held[t] })
	}
}
