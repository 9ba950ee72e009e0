package bleveindex

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"
	"golang.org/x/text/unicode/norm"
)

// filtered puts one term through a filter.
func filtered(f analysis.TokenFilter, term []byte) []byte {
	out := f.Filter(analysis.TokenStream{{Term: term}})
	if len(out) == 0 {
		return nil
	}
	return out[0].Term
}

// normal makes spellings of a word equal: umlauts as ä, ae and a; é and e; forms of Arabic and Persian
// letters; е for ё. Numbers get digits for letters that recognition took for them.
func normal(term []byte) []byte {
	if isASCII(term) {
		return letters(digits(filtered(de.NewGermanNormalizeFilter(), term)))
	}
	if bytes.ContainsFunc(term, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
		term = filtered(fa.NewPersianNormalizeFilter(), filtered(ar.NewArabicNormalizeFilter(), term))
		return article(bytes.Map(westernDigit, term))
	}
	return letters(bare(filtered(de.NewGermanNormalizeFilter(), term)))
}

// bare takes marks off Latin letters and the dots off ё; other scripts stay what they are.
func bare(term []byte) []byte {
	if isASCII(term) {
		return term
	}
	var b strings.Builder
	latin := false
	for _, r := range norm.NFD.String(string(term)) {
		if unicode.IsMark(r) {
			if !latin && !(r == '\u0308' && strings.HasSuffix(b.String(), "е")) {
				b.WriteRune(r)
			}
			continue
		}
		latin = unicode.Is(unicode.Latin, r)
		if plain, ok := barred(r); ok {
			r = plain
		}
		b.WriteRune(r)
	}
	return norm.NFC.Bytes([]byte(b.String()))
}

// barred are letters whose mark is a part of them.
func barred(r rune) (rune, bool) {
	switch r {
	case 'ł':
		return 'l', true
	case 'đ', 'ð':
		return 'd', true
	case 'ø':
		return 'o', true
	case 'ı':
		return 'i', true
	case 'ħ':
		return 'h', true
	}
	return r, false
}

func westernDigit(r rune) rune {
	switch {
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0'
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0'
	}
	return r
}

// article takes the Arabic article off a word that is long enough without it.
func article(term []byte) []byte {
	for _, a := range []string{"وال", "ال"} {
		if rest, ok := bytes.CutPrefix(term, []byte(a)); ok && len([]rune(string(rest))) >= 3 {
			return rest
		}
	}
	return term
}

// leastDigits is from how many digits on a term is a number.
const leastDigits = 3

// digits puts 0 and 1 where a number has the letters that look like them. With few digits a letter at the end
// may be a unit ("100l"), but no o is.
func digits(term []byte) []byte {
	n, like, other := 0, 0, false
	for _, c := range term {
		switch c {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			n++
		case 'o', 'l', 'i':
			like++
		case '.', ',':
		default:
			other = true
		}
	}
	last := len(term) - 1
	if n < leastDigits || like == 0 || other || n == leastDigits && (n < last || term[last] == 'l' || term[last] == 'i') {
		return term
	}
	return bytes.Map(func(r rune) rune {
		switch r {
		case 'o':
			return '0'
		case 'l', 'i':
			return '1'
		}
		return r
	}, term)
}

// lettersEach is how many letters a word has for each digit that was one of them.
const lettersEach = 3

// letters puts o and l where a word has 0 and 1. What ends in a digit is numbered: "Anlage10".
func letters(term []byte) []byte {
	digits, others := 0, 0
	for _, r := range string(term) {
		switch {
		case r == '0' || r == '1':
			digits++
		case unicode.IsDigit(r):
			return term
		case unicode.IsLetter(r):
			others++
		}
	}
	if digits == 0 || others < lettersEach*digits || unicode.IsDigit(rune(term[len(term)-1])) {
		return term
	}
	return bytes.Map(func(r rune) rune {
		switch r {
		case '0':
			return 'o'
		case '1':
			return 'l'
		}
		return r
	}, term)
}

// stemmed takes German endings off a normal form.
func stemmed(term []byte) []byte {
	if n := len(term); n > 4 && term[n-1] == 's' && term[n-2] == 'r' && strings.IndexByte("eaoih", term[n-3]) >= 0 {
		term = term[:n-1] // des Vermieters: the stemmer leaves an s behind r
	}
	term = filtered(de.NewGermanLightStemmerFilter(), term)
	if n := len(term); n > 3 && term[n-1] == 's' && term[n-2] == 's' {
		term = term[:n-1] // Zeugnis and Zeugnisse, which the stemmer leaves apart
	}
	return term
}

// englishMark stands before English stems, so that they are found by such alone.
const englishMark = "\x02"

// englishTerm is the English stem of a folded word, or nil for what is no English word.
func englishTerm(term []byte) []byte {
	term = bytes.TrimSuffix(bytes.TrimSuffix(term, []byte("'s")), []byte("’s"))
	if len(term) < 3 {
		return nil
	}
	for _, c := range term {
		if c < 'a' || c > 'z' {
			return nil
		}
	}
	stem := filtered(porter.NewPorterStemmer(), append([]byte(nil), term...))
	return append([]byte(englishMark), stem...)
}

// isEnglish tells by small words of both languages whether a text is English rather than German.
func isEnglish(tokens analysis.TokenStream) bool {
	n := 0
	for _, t := range tokens {
		switch string(t.Term) {
		case "the", "of", "and", "to", "is", "are", "for", "with", "that", "this", "by", "from", "has", "been":
			n++
		case "der", "die", "das", "und", "ist", "von", "mit", "für", "nicht", "den", "dem", "des", "ein", "eine", "zu", "im":
			n--
		}
	}
	return n > 1
}
