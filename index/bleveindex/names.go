package bleveindex

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// nameWords splits a name into its words in lower case NFKC, accents kept: "Dr. Müller-O’Neil" is
// "dr", "müller", "oneil".
func nameWords(name string) []string {
	s := strings.Map(func(r rune) rune {
		switch {
		case isApostrophe(r) || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			return r
		}
		return ' '
	}, norm.NFKC.String(name))
	return strings.Fields(norm.NFKC.String(strings.ToLower(s)))
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', 'ʻ', 'ʿ', 'ʾ', 'ʹ':
		return true
	}
	return false
}

// joined is a hyphenated part of a name as one word ("al-hassan" as "alhassan"), as others write it.
func joined(name string) []string {
	var out []string
	for _, field := range strings.Fields(name) {
		if ws := nameWords(field); len(ws) > 1 {
			out = append(out, strings.Join(ws, ""))
		}
	}
	return out
}

// foldName makes spellings of one name word equal: Müller, Mueller and Muller; Łukasz and Lukasz.
// Only Latin letters lose their marks; other scripts stay what they are. There is no stemming.
func foldName(word string) string {
	return german(stripMarks(word))
}

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
		if s := plain(r); s != "" {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// plain writes Latin letters that don't decompose by those that every keyboard has.
func plain(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "oe"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ŋ':
		return "n"
	case 'ŧ':
		return "t"
	case 'ə', 'ǝ':
		return "e"
	case 'ɓ':
		return "b"
	case 'ɗ':
		return "d"
	case 'ƙ':
		return "k"
	}
	return ""
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
