package hint

import (
	"errors"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"eakte/archive"
)

// remembered is how many of the last papers can be unlearned: filings are taken back within the hour, and types are
// mostly corrected within days.
const remembered = 1000

// learnedPaper is what a paper taught, so that it can be taken back.
type learnedPaper struct {
	_     struct{} `cbor:",toarray"`
	Paper uint64
	Type  uint16 // its number
	Whose Whose
	At    uint32 // as [memory.Clock] counts
	Words []uint64
}

// sealedPaper is a [learnedPaper] for its Akte.
type sealedPaper struct {
	_      struct{} `cbor:",toarray"`
	Akte   archive.AkteID
	Sealed []byte
}

// seal seals the papers that can be unlearned.
func (l *Learner) seal(keeper Keeper) error {
	l.m.Sealed = nil
	var left []learnedPaper
	for _, p := range l.recent {
		plain, err := cbor.Marshal(p)
		if err != nil {
			return err
		}
		sealed, err := keeper.Seal(p.Whose.Akte, plain)
		if errors.Is(err, archive.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		left = append(left, p)
		l.m.Sealed = append(l.m.Sealed, sealedPaper{Akte: p.Whose.Akte, Sealed: sealed})
	}
	l.recent = left
	return nil
}

// unseal reads what seal sealed, as far as it still opens.
func (l *Learner) unseal(keeper Keeper) error {
	for _, s := range l.m.Sealed {
		plain, err := keeper.Open(s.Akte, s.Sealed)
		if errors.Is(err, archive.ErrNotFound) {
			continue
		}
		var p learnedPaper
		if err == nil {
			err = cbor.Unmarshal(plain, &p)
		}
		if err != nil {
			return err
		}
		l.recent = append(l.recent, p)
	}
	l.m.Sealed = nil
	return nil
}

// loseAkten forgets in which Akten words stood that don't speak yet, whose marks didn't end with them.
func (l *Learner) loseAkten() {
	for _, w := range l.m.Words {
		w.All.Akten = nil
		for _, t := range w.Of {
			t.Akten = nil
		}
	}
}

// Unlearn takes back what a paper taught, and whether its type was guessed: its filing was undone, or it wasn't what it
// was filed as. It reports whether the paper was among the last that are remembered; else nothing changes.
func (l *Learner) Unlearn(paper uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unlearn(paper)
}

// Forget takes back what a paper taught that is gone for good, or with no paper what all of an Akte did, as far as they are
// among the last that are remembered; and with them words that too few Akten have to speak for anything and none of the
// papers left, unless they are known to have stood in another Akte: they may have stood on what is gone alone. It reports
// whether anything changed.
func (l *Learner) Forget(whose Whose, paper uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.m.Clock
	for _, p := range slices.Clone(l.recent) {
		if p.Whose.Akte == whose.Akte && (paper == 0 || p.Paper == paper) {
			l.unlearn(p.Paper)
		}
	}
	left := map[uint64]bool{}
	for _, p := range l.recent {
		for _, hash := range p.Words {
			left[hash] = true
		}
	}
	changed := false
	maps.DeleteFunc(l.m.Words, func(hash uint64, w *learnedWord) bool {
		if w.All.Known || left[hash] || slices.ContainsFunc(w.All.Akten, func(mark uint32) bool { return mark != whose.Mark }) {
			if paper == 0 {
				changed = w.leave(whose.Mark) || changed
			}
			return false
		}
		changed = true
		return true
	})
	if changed {
		l.m.Clock++
	}
	return l.m.Clock != before
}

// leave takes the mark of an Akte that is gone out of those in which a word stood; it reports whether it was there.
func (w *learnedWord) leave(mark uint32) (was bool) {
	tallies := append(slices.Collect(maps.Values(w.Of)), &w.All)
	for _, t := range tallies {
		had := len(t.Akten)
		t.Akten = slices.DeleteFunc(slices.Clone(t.Akten), func(m uint32) bool { return m == mark })
		was = was || len(t.Akten) != had
	}
	return was
}

// Learned reports whether a paper is among the last that were learned.
func (l *Learner) Learned(paper uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.recent, func(p learnedPaper) bool { return p.Paper == paper })
}

// Changes counts what was learned and unlearned.
func (l *Learner) Changes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.m.Clock)
}

func (l *Learner) unlearn(paper uint64) bool {
	at := slices.IndexFunc(l.recent, func(p learnedPaper) bool { return p.Paper == paper })
	if at < 0 {
		return false
	}
	one := l.recent[at]
	l.recent = slices.Delete(l.recent, at, at+1)
	l.m.Judge.drop(paper)
	l.m.Clock++
	l.m.Total--
	l.m.Papers[one.Type]--
	left := l.others(one)
	for _, hash := range one.Words {
		w := l.m.Words[hash]
		if w == nil || w.Born > one.At {
			continue // dropped since, and perhaps counted anew
		}
		w.All.take(left[hash].all)
		if t := w.Of[one.Type]; t != nil {
			if t.take(left[hash].same); t.Papers == 0 {
				delete(w.Of, one.Type)
			}
		}
		if w.All.Papers == 0 {
			delete(l.m.Words, hash)
		}
	}
	return true
}

// left are the Akten of remembered papers on which a word stands: all of them, and those of one type.
type left struct{ all, same []uint32 }

// others finds in which Akten the words of a paper still stand.
func (l *Learner) others(one learnedPaper) map[uint64]*left {
	out := make(map[uint64]*left, len(one.Words))
	for _, hash := range one.Words {
		out[hash] = &left{}
	}
	add := func(to []uint32, akte uint32) []uint32 {
		if len(to) == LeastAkten || slices.Contains(to, akte) {
			return to
		}
		return append(to, akte)
	}
	for _, p := range l.recent {
		for _, hash := range p.Words {
			o := out[hash]
			if o == nil {
				continue
			}
			if o.all = add(o.all, p.Whose.Mark); p.Type == one.Type {
				o.same = add(o.same, p.Whose.Mark)
			}
		}
	}
	return out
}

// take takes a paper out of the count. Whose Akten the word stood in is known of the remembered papers alone; it
// speaks on only if they are enough, so that nothing is told of fewer.
func (t *tally) take(akten []uint32) {
	if t.Papers > 0 {
		t.Papers--
	}
	if t.Known, t.Akten = len(akten) >= LeastAkten, akten; t.Known {
		t.Akten = nil
	}
}
