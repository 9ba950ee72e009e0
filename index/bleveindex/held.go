package bleveindex

import (
	"hash/maphash"
	"slices"
)

// mostHeld is how many lists of tokens are remembered.
const mostHeld = 256

// held remembers for lists of tokens which values of the rights' column they open: people search more than
// once, and many hold the same. A reader of a whole authority holds a thousand tokens; to put them into a set
// takes longer than to find a rare word.
type held struct {
	seed  maphash.Seed
	lists map[uint64]opening
}

// opening is a list of tokens with the values that it opens, by their numbers. Neither changes.
type opening struct {
	tokens []string
	opens  []bool
}

func newHeld() held { return held{maphash.MakeSeed(), map[uint64]opening{}} }

// opened tells for each of the values, which only ever grow more, whether one of the tokens is in it.
func (h *held) opened(tokens, values []string) []bool {
	key := h.key(tokens)
	o, ok := h.lists[key]
	if ok = ok && slices.Equal(o.tokens, tokens); ok && len(o.opens) == len(values) {
		return o.opens
	}
	if !ok {
		o = opening{tokens: slices.Clone(tokens)}
	}
	opens, test := slices.Clone(o.opens[:min(len(o.opens), len(values))]), holdsOne(tokens)
	for _, v := range values[len(opens):] {
		opens = append(opens, test(v))
	}
	if o.opens = opens; !ok && len(h.lists) >= mostHeld {
		clear(h.lists)
	}
	h.lists[key] = o
	return opens
}

func (h *held) key(tokens []string) uint64 {
	var sum maphash.Hash
	sum.SetSeed(h.seed)
	for _, t := range tokens {
		_, _ = sum.WriteString(t) // never fails
		_ = sum.WriteByte(0)
	}
	return sum.Sum64()
}
