package bundle

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// Forms of an Arabic letter in a word.
const (
	alone = iota
	last
	first
	middle
)

// script knows how Arabic letters look in a word. Fonts have these looks under code points of their own
// (Unicode, Arabic Presentation Forms A and B), in the order of the forms above.
type script struct{ forms map[rune][]rune }

func newScript() script {
	s := script{forms: map[rune][]rune{}}
	for _, block := range [][2]rune{{0xfe80, 0xfef4}, {0xfb50, 0xfbb1}, {0xfbd3, 0xfbff}} {
		for r := block[0]; r <= block[1]; r++ {
			if base := []rune(norm.NFKC.String(string(r))); len(base) == 1 && base[0] != r && unicode.Is(unicode.Arabic, base[0]) {
				if len(s.forms[base[0]]) < 4 {
					s.forms[base[0]] = append(s.forms[base[0]], r)
				}
			}
		}
	}
	return s
}

// lamAlef are the looks of lam with the alefs, which are always written as one: alone; its end is one more.
func lamAlef(alef rune) rune {
	switch alef {
	case 0x622:
		return 0xfef5
	case 0x623:
		return 0xfef7
	case 0x625:
		return 0xfef9
	case 0x627:
		return 0xfefb
	}
	return 0
}

// shown returns a text with its letters as they look and in the order in which they are drawn, from the
// left.
func (s script) shown(text string) string {
	if !hasRightToLeft(text) {
		return text
	}
	var p bidi.Paragraph
	if _, err := p.SetString(string(s.join([]rune(norm.NFC.String(text))))); err != nil {
		return text
	}
	order, err := p.Order()
	if err != nil {
		return text
	}
	var out []rune
	for i := range order.NumRuns() {
		run := order.Run(i)
		letters := []rune(run.String())
		if run.Direction() == bidi.RightToLeft {
			letters = mirrored(letters)
		}
		out = append(out, letters...)
	}
	return string(out)
}

func hasRightToLeft(text string) bool {
	for _, r := range text {
		props, _ := bidi.LookupRune(r)
		if c := props.Class(); c == bidi.R || c == bidi.AL {
			return true
		}
	}
	return false
}

// mirrored is a run from right to left, drawn from the left: marks stay behind their letters.
func mirrored(run []rune) []rune {
	var out []rune
	for end := len(run); end > 0; {
		start := end - 1
		for start > 0 && unicode.Is(unicode.Mn, run[start]) {
			start--
		}
		cluster := slices.Clone(run[start:end])
		cluster[0] = mirror(cluster[0])
		out = append(out, cluster...)
		end = start
	}
	return out
}

func mirror(r rune) rune {
	pairs := []rune("()[]{}<>«»")
	if i := slices.Index(pairs, r); i >= 0 {
		return pairs[i^1]
	}
	return r
}

// join gives every Arabic letter the look it has between its neighbours.
func (s script) join(in []rune) []rune {
	var out []rune
	before := false // the letter before reaches over to this one
	for i := 0; i < len(in); i++ {
		r := in[i]
		if unicode.Is(unicode.Mn, r) {
			out = append(out, r)
			continue
		}
		next := s.next(in, i+1)
		if ligature := lamAlef(next); r == 0x644 && ligature != 0 {
			if before {
				ligature++
			}
			out, before = append(out, ligature), false
			i++
			for in[i] != next { // marks between the two
				out = append(out, in[i])
				i++
			}
			continue
		}
		forms := s.forms[r]
		after := len(forms) == 4 && len(s.forms[next]) > 1
		out = append(out, look(r, forms, before, after))
		before = after || r == 0x640
	}
	return out
}

// next is the next letter that is no mark; 0: none.
func (s script) next(in []rune, i int) rune {
	for ; i < len(in); i++ {
		if !unicode.Is(unicode.Mn, in[i]) {
			return in[i]
		}
	}
	return 0
}

func look(r rune, forms []rune, before, after bool) rune {
	form := alone
	switch {
	case before && after:
		form = middle
	case before:
		form = last
	case after:
		form = first
	}
	if form < len(forms) {
		return forms[form]
	}
	return r
}
