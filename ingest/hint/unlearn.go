package hint

import "slices"

// remembered is how many of the last papers can be unlearned: filings are taken back within the hour, and types are
// mostly corrected within days.
const remembered = 1000

// learnedPaper is what a paper taught, so that it can be taken back.
type learnedPaper struct {
	_     struct{} `cbor:",toarray"`
	Paper uint64
	Type  uint16 // its number
	Akte  uint32
	At    uint32 // as [memory.Clock] counts
	Words []uint64
}

// Unlearn takes back what a paper taught, and whether its type was guessed: its filing was undone, or it wasn't what it
// was filed as. It reports whether the paper was among the last that are remembered; else nothing changes.
func (l *Learner) Unlearn(paper uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unlearn(paper)
}

// Learned reports whether a paper is among the last that were learned.
func (l *Learner) Learned(paper uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.m.Recent, func(p learnedPaper) bool { return p.Paper == paper })
}

// Changes counts what was learned and unlearned.
func (l *Learner) Changes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.m.Clock)
}

func (l *Learner) unlearn(paper uint64) bool {
	at := slices.IndexFunc(l.m.Recent, func(p learnedPaper) bool { return p.Paper == paper })
	if at < 0 {
		return false
	}
	one := l.m.Recent[at]
	l.m.Recent = slices.Delete(l.m.Recent, at, at+1)
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
	for _, p := range l.m.Recent {
		for _, hash := range p.Words {
			o := out[hash]
			if o == nil {
				continue
			}
			if o.all = add(o.all, p.Akte); p.Type == one.Type {
				o.same = add(o.same, p.Akte)
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
