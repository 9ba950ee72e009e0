package page

import (
	"strings"
	"unicode"
)

// Sound reports whether embedded text can be what the page shows. Fonts without a
// map to Unicode give signs, private characters or letters in no order of any
// language; such a page is better recognised from its image.
func Sound(words []Word) bool {
	var letters, other, bad, total int
	for _, w := range words {
		for _, r := range w.Text {
			total++
			switch {
			case r == unicode.ReplacementChar, unicode.Is(unicode.Co, r), unicode.IsControl(r), !unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r):
				bad++
			case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
				letters++
			default:
				other++
			}
		}
	}
	if total == 0 {
		return true
	}
	return bad*5 <= total && letters*5 >= (letters+other)*2 && plausible(words)
}

// plausible checks Latin words: text of every European language has vowels, and a
// case change inside a word is rare. Words in other scripts and pages with few
// words are believed.
func plausible(words []Word) bool {
	latin, vowelless, mixed := 0, 0, 0
	for _, w := range words {
		if !isLatinWord(w.Text) {
			continue
		}
		latin++
		if !strings.ContainsAny(strings.ToLower(w.Text), "aeiouyäöüáéíóúàèìòùâêîôûãõåæøœëïęąıăőűěůāēīūɪə") {
			vowelless++
		}
		if casesMixed(w.Text) {
			mixed++
		}
	}
	if latin < 12 {
		return true
	}
	return vowelless*2 < latin && mixed*2 < latin
}

// isLatinWord accepts words of four letters and more, all of them Latin.
func isLatinWord(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.Latin, r) {
			return false
		}
		n++
	}
	return n >= 4
}

// casesMixed finds a capital after a small letter.
func casesMixed(s string) bool {
	small := false
	for _, r := range s {
		if unicode.IsUpper(r) && small {
			return true
		}
		small = small || unicode.IsLower(r)
	}
	return false
}
