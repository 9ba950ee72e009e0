package bleveindex

import (
	"math/bits"
	"slices"
)

// sheet is what a part of a query matches in one segment: a bit for each entry and, behind it, its score. A sheet of
// 200,000 entries takes 1.6 MB and is filled as fast as a list of matches is read; Bleve's own searchers make something
// of every match in every part of a query and hand it from one to the next, which takes ten times as long.
type sheet struct {
	bits  []uint64
	score []float64 // of no meaning where there is no bit
}

// each calls fn for every entry of a sheet, ascending.
func (s *sheet) each(fn func(n uint64) error) error {
	for w, word := range s.bits {
		for ; word != 0; word &= word - 1 {
			if err := fn(uint64(w*64 + bits.TrailingZeros64(word))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sheet) has(n uint64) bool { return s.bits[n/64]&(1<<(n%64)) != 0 }

// best takes an entry in with a score, if it hasn't a better one.
func (s *sheet) best(n uint64, score float64) {
	if s.has(n) {
		s.score[n] = max(s.score[n], score)
		return
	}
	s.bits[n/64] |= 1 << (n % 64)
	s.score[n] = score
}

// or takes in what another sheet has, the better score where both have an entry.
func (s *sheet) or(o *sheet) {
	for w, word := range o.bits {
		for both := word & s.bits[w]; both != 0; both &= both - 1 {
			n := w*64 + bits.TrailingZeros64(both)
			s.score[n] = max(s.score[n], o.score[n])
		}
		for more := word &^ s.bits[w]; more != 0; more &= more - 1 {
			n := w*64 + bits.TrailingZeros64(more)
			s.score[n] = o.score[n]
		}
		s.bits[w] |= word
	}
}

// and keeps what another sheet has as well, and adds its scores.
func (s *sheet) and(o *sheet) {
	for w := range s.bits {
		s.bits[w] &= o.bits[w]
		for word := s.bits[w]; word != 0; word &= word - 1 {
			n := w*64 + bits.TrailingZeros64(word)
			s.score[n] += o.score[n]
		}
	}
}

// without takes away what another sheet has.
func (s *sheet) without(o *sheet) {
	for w, word := range o.bits {
		s.bits[w] &^= word
	}
}

// sum makes one sheet of several, of which one is enough: their scores are added up, and count the more the more of them
// have an entry.
func sum(sheets []*sheet) *sheet {
	out := sheets[0]
	if len(sheets) == 1 {
		return out
	}
	for w := range out.bits {
		any := uint64(0)
		for _, s := range sheets {
			any |= s.bits[w]
		}
		for word := any; word != 0; word &= word - 1 {
			n := uint64(w*64 + bits.TrailingZeros64(word))
			total, matched := 0.0, 0
			for _, s := range sheets {
				if s.has(n) {
					total, matched = total+s.score[n], matched+1
				}
			}
			out.score[n] = total * float64(matched) / float64(len(sheets))
		}
		out.bits[w] = any
	}
	return out
}

// sheets keeps sheets for a search to use again.
type sheets struct {
	size  uint64
	spare []*sheet
}

// blank returns a sheet without any entry.
func (p *sheets) blank() *sheet {
	if n := len(p.spare); n > 0 {
		s := p.spare[n-1]
		p.spare = p.spare[:n-1]
		clear(s.bits)
		return s
	}
	return &sheet{make([]uint64, (p.size+63)/64), make([]float64, p.size)}
}

// spend gives sheets back that aren't needed any more.
func (p *sheets) spend(done ...*sheet) { p.spare = append(p.spare, done...) }

// resize prepares for a segment of another size.
func (p *sheets) resize(size uint64) {
	p.size = size
	p.spare = slices.DeleteFunc(p.spare, func(s *sheet) bool { return uint64(cap(s.score)) < size })
	for _, s := range p.spare {
		s.bits, s.score = s.bits[:(size+63)/64], s.score[:size]
	}
}
