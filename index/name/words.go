package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words splits a name into its words in lower case NFKC, accents kept: "Dr. Müller-O’Neil" is
// "dr", "müller", "oneil".
func Words(name string) []string {
	s := strings.Map(func(r rune) rune {
		switch {
		case IsApostrophe(r) || unicode.Is(unicode.Cf, r) || r == 'ـ':
			return -1
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			return r
		}
		return ' '
	}, norm.NFKC.String(name))
	return strings.Fields(norm.NFKC.String(strings.ToLower(s)))
}

// IsApostrophe reports whether a character stands inside a word and means nothing to a search: marks
// of elision, of the letters ʿain and hamza and of soft Cyrillic consonants.
func IsApostrophe(r rune) bool { return strings.ContainsRune("'’‘`´ʼʻʿʾʹ", r) }

// Joined are the hyphenated parts of a name as one word ("al-hassan" as "alhassan"), as others write it.
func Joined(name string) []string {
	var out []string
	for _, field := range strings.Fields(name) {
		if ws := Words(field); len(ws) > 1 {
			out = append(out, strings.Join(ws, ""))
		}
	}
	return out
}

// Fold makes spellings of one word equal: Müller, Mueller and Muller; Łukasz and Lukasz. Only Latin
// letters lose their marks; other scripts stay what they are. There is no stemming.
func Fold(word string) string { return german(stripMarks(word)) }

func stripMarks(word string) string {
	var b strings.Builder
	latin := false
	for _, r := range norm.NFKD.String(word) {
		if unicode.IsMark(r) {
			if !latin {
				b.WriteRune(r)
			}
			continue
		}
		latin = unicode.Is(unicode.Latin, r)
		if s, ok := plain[r]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// plain writes Latin letters that don't decompose by those that every keyboard has.
var plain = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ı': "i",
	'ŋ': "n", 'ŧ': "t", 'ə': "e", 'ǝ': "e", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k",
}

// german drops the e of ae, oe and ue where it stands for an umlaut: not behind a vowel or a q
// ("Bauer", "Quelle").
func german(word string) string {
	if !strings.ContainsRune(word, 'e') {
		return word
	}
	rs := []rune(word)
	out := rs[:0:0]
	for i, r := range rs {
		if r == 'e' && i > 0 && strings.ContainsRune("aou", rs[i-1]) && (i == 1 || !strings.ContainsRune("aeiouq", rs[i-2])) {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

// latin reports whether a word is written in Latin letters.
func latin(word string) bool {
	for _, r := range word {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}
