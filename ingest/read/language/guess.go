package language

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	enough  = 8    // words of a text that can tell
	least   = 0.10 // of the words must be little ones of the language
	clearly = 1.35 // times as many as of the next language
	byShape = 0.25 // what a word with a letter of one language alone counts
)

// Guess returns the code of the language that a text is written in, out of codes, and which part of its
// words speaks for it. It returns "" where that isn't clear.
func Guess(text string, codes []string) (code string, share float64) {
	scores, words := Score(text, codes)
	if words < enough {
		return "", 0
	}
	best, next := -1, 0.0
	for i, s := range scores {
		switch {
		case best < 0 || s > scores[best]:
			if best >= 0 {
				next = scores[best]
			}
			best = i
		case s > next:
			next = s
		}
	}
	if best < 0 || scores[best] < least || scores[best] < clearly*next {
		return "", 0
	}
	return codes[best], scores[best]
}

// Score returns for each of codes which part of the text's words speaks for it, and how many words
// there are.
func Score(text string, codes []string) (scores []float64, words int) {
	known := tables()
	scores = make([]float64, len(codes))
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), notOfWord) {
		words++
		plain := fold(word)
		shared := 0.0
		for _, c := range codes {
			if known[c].words[plain] {
				shared++
			}
		}
		for i, c := range codes {
			if known[c].words[plain] {
				scores[i] += 1 / shared
			}
			if l := known[c].letters; l != "" && strings.ContainsAny(word, l) {
				scores[i] += byShape
			}
		}
	}
	for i := range scores {
		scores[i] /= max(float64(words), 1)
	}
	return scores, words
}

func notOfWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '\u200c'
}

type table struct {
	words   map[string]bool
	letters string
}

var tables = sync.OnceValue(func() map[string]table {
	out := map[string]table{}
	for _, l := range All() {
		t := table{map[string]bool{}, l.letters}
		for _, w := range strings.Fields(l.words) {
			t.words[fold(w)] = true
		}
		out[l.Code] = t
	}
	return out
})

// fold makes one of what a model of another language takes for another: accents go, variants of a letter
// become the commonest.
func fold(word string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\u200c', r == '\u0640', r == '\'':
			continue
		}
		if to, ok := variant(r); ok {
			r = to
		}
		b.WriteRune(r)
	}
	return b.String()
}

func variant(r rune) (rune, bool) {
	switch r {
	case 'ı':
		return 'i', true
	case 'đ':
		return 'd', true
	case 'ß':
		return 's', true
	case 'ي', 'ى', 'ې', 'ۍ', 'ے':
		return 'ی', true
	case 'ك':
		return 'ک', true
	case 'ہ', 'ھ', 'ة', 'ە':
		return 'ه', true
	case 'ں':
		return 'ن', true
	}
	return r, false
}
