package bleveindex

import (
	"encoding/binary"
	"math/bits"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"
)

// union matches the entries that have one of many terms, each with the same score, whatever and however many they
// have: one bit an entry, so that a pattern of twenty thousand words takes as much memory as one of two. A reader for
// each word, which is how Bleve does it, takes some kilobytes apiece.
type union struct {
	sets []bitset // by segment
	at   int      // the segment
	next uint64   // the first entry of it that wasn't looked at

	weight, idf, norm float64
	count             uint64
}

// bitset is the entries of a segment.
type bitset struct {
	first uint64 // number of the first entry
	bits  []uint64
}

func newUnion(t *terms) *union {
	u := &union{sets: make([]bitset, len(t.dict)), norm: 1}
	for i, d := range t.dict {
		u.sets[i] = bitset{d.first, make([]uint64, (d.size+63)/64)}
	}
	return u
}

// add takes an entry of a segment in.
func (u *union) add(segment int, num uint64) {
	n := num - u.sets[segment].first
	u.sets[segment].bits[n/64] |= 1 << (n % 64)
}

// from returns the first entry of a set from a place on; false behind the last.
func (b bitset) from(n uint64) (uint64, bool) {
	for w := n / 64; w < uint64(len(b.bits)); w++ {
		word := b.bits[w]
		if w == n/64 {
			word &= ^uint64(0) << (n % 64)
		}
		if word != 0 {
			return w*64 + uint64(bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// Next implements search.Searcher.
func (u *union) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	for ; u.at < len(u.sets); u.at, u.next = u.at+1, 0 {
		n, ok := u.sets[u.at].from(u.next)
		if !ok {
			continue
		}
		u.next = n + 1
		m := sc.DocumentMatchPool.Get()
		m.IndexInternalID = binary.BigEndian.AppendUint64(m.IndexInternalID[:0], u.sets[u.at].first+n)
		m.Score = u.weight * u.norm * u.idf * steadyNorm
		return m, nil
	}
	return nil, nil
}

// Advance implements search.Searcher.
func (u *union) Advance(sc *search.SearchContext, id bleve.IndexInternalID) (*search.DocumentMatch, error) {
	num := binary.BigEndian.Uint64(id)
	for u.at < len(u.sets)-1 && u.sets[u.at+1].first <= num {
		u.at, u.next = u.at+1, 0
	}
	if u.at < len(u.sets) && num > u.sets[u.at].first {
		u.next = max(u.next, num-u.sets[u.at].first)
	}
	return u.Next(sc)
}

// Close implements search.Searcher.
func (u *union) Close() error { return nil }

// Weight implements search.Searcher.
func (u *union) Weight() float64 { return u.weight * u.weight }

// SetQueryNorm implements search.Searcher.
func (u *union) SetQueryNorm(norm float64) { u.norm = norm }

// Count implements search.Searcher.
func (u *union) Count() uint64 { return u.count }

// Min implements search.Searcher.
func (u *union) Min() int { return 0 }

// Size implements search.Searcher.
func (u *union) Size() (n int) {
	for _, s := range u.sets {
		n += 8 * len(s.bits)
	}
	return n
}

// DocumentMatchPoolSize implements search.Searcher.
func (u *union) DocumentMatchPoolSize() int { return 1 }
