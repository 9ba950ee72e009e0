package hint

import (
	"strings"

	"eakte/archive"
	"eakte/policies"
)

// Reference is a number that somebody else gave.
type Reference struct {
	// Kind is the key of the policies.
	Kind, Number string
	Span
}

// referenceWords are as many as a number has at most.
const referenceWords = 4

// References finds numbers that fit a pattern, each once, the longest where several begin at one word.
func References(p archive.PageWords, kinds []policies.Reference) (out []Reference) {
	seen := map[string]bool{}
	for i := 0; i < len(p.Words); i++ {
		if digits(p.Words[i].Text) == 0 {
			continue
		}
		for n := min(referenceWords, len(p.Words)-i); n > 0; n-- {
			number := Bare(text(p, Span{i, i + n}))
			found := false
			for _, k := range kinds {
				if found = k.Pattern.MatchString(number); found {
					if !seen[number] {
						out = append(out, Reference{k.Key, number, Span{i, i + n}})
					}
					seen[number] = true
					break
				}
			}
			if found {
				i += n - 1
				break
			}
		}
	}
	return out
}

// Title is what a paper may be called by a number: what it is a number of, and the number.
func (r Reference) Title(kinds []policies.Reference) string {
	for _, k := range kinds {
		if k.Key == r.Kind {
			return strings.TrimSpace(k.Label.DE + " " + r.Number)
		}
	}
	return r.Number
}
