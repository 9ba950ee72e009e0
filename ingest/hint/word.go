package hint

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
)

// Span names words of a page, from First up to before End.
type Span struct{ First, End int }

// around is punctuation that may stand around a word.
const around = ".,;:!?()[]\"'„“”»«"

// Bare is a word without the punctuation around it.
func Bare(word string) string { return strings.Trim(word, around) }

// umlauts are written without their dots: recognition loses those first.
var umlauts = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss")

// Fold is a word as words are compared: bare, lower case, without dots on vowels.
func Fold(word string) string { return umlauts.Replace(strings.ToLower(Bare(word))) }

// unmarked writes letters that have no mark that could be taken off.
var unmarked = strings.NewReplacer("ß", "ss", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "ð", "d", "æ", "ae", "œ", "oe", "þ", "th", "ʿ", "", "ʾ", "")

// spelledOut writes umlauts with two letters.
var spelledOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")

// Spellings are the ways in which a name's word may be written without marks on its letters, in lower case: "muller"
// and "mueller" of Müller.
func Spellings(word string) []string {
	word = norm.NFC.String(strings.ToLower(Bare(word)))
	plain, long := withoutMarks(word), withoutMarks(spelledOut.Replace(word))
	if plain == long {
		return []string{plain}
	}
	return []string{plain, long}
}

func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFD.String(unmarked.Replace(s)))
}

// folded are the words of a page as they are compared.
func folded(p archive.PageWords) []string {
	out := make([]string, len(p.Words))
	for i, w := range p.Words {
		out[i] = Fold(w.Text)
	}
	return out
}

// bare is the word at a place without the punctuation around it; empty where there is none.
func bare(p archive.PageWords, i int) string {
	if i < 0 || i >= len(p.Words) {
		return ""
	}
	return Bare(p.Words[i].Text)
}

// line is words that stand beside each other.
type line struct {
	Span
	top, height float32
}

// lines are the lines of a page in reading order.
func lines(p archive.PageWords) (out []line) {
	for i, w := range p.Words {
		if n := len(out); n > 0 {
			last := p.Words[i-1]
			overlap := min(last.Y+last.H, w.Y+w.H) - max(last.Y, w.Y)
			gap := w.X - last.X - last.W
			if overlap > min(last.H, w.H)/2 && gap > -w.H && gap < 3*max(w.H, last.H) {
				out[n-1].End = i + 1
				out[n-1].height = max(out[n-1].height, w.H)
				continue
			}
		}
		out = append(out, line{Span{i, i + 1}, w.Y, w.H})
	}
	return out
}

// text is what stands in a span.
func text(p archive.PageWords, s Span) string {
	var words []string
	for _, w := range p.Words[s.First:s.End] {
		words = append(words, w.Text)
	}
	return strings.Join(words, " ")
}

// middle is how high the words of a page mostly are.
func middle(p archive.PageWords) float32 {
	count, best := map[int]int{}, 0
	for _, w := range p.Words {
		h := int(w.H * 2)
		if count[h] += len(w.Text); count[h] > count[best] {
			best = h
		}
	}
	return float32(best) / 2
}

func lettered(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }
func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
