package hint

import (
	"math"
	"slices"
)

const (
	// judged is how many of the last papers count, leastJudged how many must have been seen before anything is
	// switched on.
	judged      = 300
	leastJudged = 50
)

// judge counts on papers that were not learned yet who names their type: the rules alone, or the rules with what was
// learned.
type judge struct {
	On bool `cbor:"1,keyasint"`
	// Last are the last papers, oldest first.
	Last []judgedPaper `cbor:"2,keyasint"`
	// Seen are all there were.
	Seen uint32 `cbor:"3,keyasint"`
}

// judgedPaper is a paper by its name and the sum of the flags below.
type judgedPaper struct {
	_     struct{} `cbor:",toarray"`
	Paper uint64
	Flags byte
}

// Flags of a paper: who named its type first, and who among the first three.
const (
	rulesFirst = 1 << iota
	rulesThree
	bothFirst
	bothThree
)

// count takes in a paper of a type and decides anew.
func (j *judge) count(paper uint64, docType string, rules, both []string) {
	flags := byte(0)
	for _, f := range []struct {
		is   bool
		flag byte
	}{
		{len(rules) > 0 && rules[0] == docType, rulesFirst}, {slices.Contains(rules, docType), rulesThree},
		{len(both) > 0 && both[0] == docType, bothFirst}, {slices.Contains(both, docType), bothThree},
	} {
		if f.is {
			flags |= f.flag
		}
	}
	j.Seen++
	if j.Last = append(j.Last, judgedPaper{Paper: paper, Flags: flags}); len(j.Last) > judged {
		j.Last = slices.Delete(j.Last, 0, len(j.Last)-judged)
	}
	j.decide()
}

// drop forgets how a paper was guessed and decides anew.
func (j *judge) drop(paper uint64) {
	j.Last = slices.DeleteFunc(j.Last, func(p judgedPaper) bool { return p.Paper == paper })
	j.decide()
}

func (j *judge) decide() {
	better, worse := j.differ(bothFirst, rulesFirst)
	three, lost := j.differ(bothThree, rulesThree)
	gain := float64(better - worse)
	switch {
	case len(j.Last) < leastJudged:
		j.On = false
	case gain > 2*math.Sqrt(float64(better+worse)) && three >= lost: // hardly by chance
		j.On = true
	case gain <= 0 || three < lost:
		j.On = false
	} // else it stays: turned off while it is still better, it flickers and names fewer types right
}

// differ counts the papers with one flag and without the other, and the other way round.
func (j *judge) differ(a, b byte) (only, other int) {
	for _, p := range j.Last {
		switch f := p.Flags; {
		case f&a != 0 && f&b == 0:
			only++
		case f&a == 0 && f&b != 0:
			other++
		}
	}
	return only, other
}

// Figures are how well types are named, without a word of content.
type Figures struct {
	// On says that what was learned is heard.
	On bool
	// Learned counts the papers learned from, Words the words that are known, Telling those of them that speak for a
	// type.
	Learned, Words, Telling int
	// Judged is of how many of the last papers the other figures are.
	Judged int
	// RulesFirst and RulesThree count those whose type the rules named first, or among the first three; BothFirst and
	// BothThree are the same for the rules with what was learned.
	RulesFirst, RulesThree, BothFirst, BothThree int
}

// Figures tells how it stands.
func (l *Learner) Figures() Figures {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := Figures{On: l.m.Judge.On, Learned: int(l.m.Total), Words: len(l.m.Words), Judged: len(l.m.Judge.Last)}
	for _, w := range l.m.Words {
		for _, t := range w.Of {
			if t.Known {
				f.Telling++
				break
			}
		}
	}
	for _, p := range l.m.Judge.Last {
		f.RulesFirst += int(p.Flags & 1)
		f.RulesThree += int(p.Flags >> 1 & 1)
		f.BothFirst += int(p.Flags >> 2 & 1)
		f.BothThree += int(p.Flags >> 3 & 1)
	}
	return f
}
