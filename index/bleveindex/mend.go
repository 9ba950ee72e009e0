package bleveindex

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
)

// leastSpaced is how many single letters in a row are a word that was set w i d e.
const leastSpaced = 4

// rejoined puts together what lines and spaced letters tore apart: "Aufent-\nhalt", "B e s c h e i d". The
// hyphen of "Vor- und Nachname" tears nothing apart. What stands between is blanks of any kind, so that a
// page's text and its words with blanks between them are read alike. Places are counted anew. Nobody can tell a word
// that was torn from one that has a hyphen, or from letters that stand for themselves ("Klassen A B C E"): so the pieces
// are returned as well, each at the place of what it may be a piece of.
func rejoined(text []byte, tokens analysis.TokenStream) (out, pieces analysis.TokenStream) {
	out = tokens[:0]
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		at := analysis.TokenStream{t}
		if n := spaced(text, tokens[i:]); n > 0 {
			at = slices.Clone(tokens[i : i+n])
			t = together(at)
			i += n - 1
		}
		for i+1 < len(tokens) && hyphenated(text, t, tokens[i+1]) {
			at = append(at, tokens[i+1])
			t = together(analysis.TokenStream{t, tokens[i+1]})
			i++
		}
		t.Position = len(out) + 1
		if out = append(out, t); len(at) == 1 {
			continue
		}
		for _, piece := range at {
			piece.Position = t.Position
			pieces = append(pieces, piece)
		}
	}
	return out, pieces
}

// together makes one token of several.
func together(tokens analysis.TokenStream) *analysis.Token {
	t := *tokens[0]
	t.Term = nil
	for _, o := range tokens {
		t.Term = append(t.Term, o.Term...)
	}
	t.End = tokens[len(tokens)-1].End
	return &t
}

// hyphenated reports whether b continues a over a hyphen and blanks.
func hyphenated(text []byte, a, b *analysis.Token) bool {
	between := text[a.End:b.Start]
	for _, hyphen := range []string{"-", "\u2010", "\u00ad"} {
		rest, ok := bytes.CutPrefix(between, []byte(hyphen))
		if !ok || len(rest) == 0 || len(bytes.TrimSpace(rest)) > 0 {
			continue
		}
		last, _ := utf8.DecodeLastRune(a.Term)
		first, _ := utf8.DecodeRune(b.Term)
		return unicode.IsLetter(last) && unicode.IsLower(first) && !joins(b.Term)
	}
	return false
}

// joins reports whether a word joins parts: "Ein- und Ausreise".
func joins(term []byte) bool {
	switch string(term) {
	case "und", "oder", "bzw", "bis", "sowie", "noch", "als", "wie", "and", "or", "to":
		return true
	}
	return false
}

// spaced returns how many tokens from the first on are single letters with one blank between them, if they
// are enough for a word.
func spaced(text []byte, tokens analysis.TokenStream) int {
	n := 0
	for n < len(tokens) && isLetter(tokens[n].Term) && (n == 0 || oneBlank(text[tokens[n-1].End:tokens[n].Start])) {
		n++
	}
	if n < leastSpaced {
		return 0
	}
	return n
}

func isLetter(term []byte) bool {
	r, size := utf8.DecodeRune(term)
	return size == len(term) && unicode.IsLetter(r)
}

func oneBlank(between []byte) bool { return len(between) == 1 && between[0] == ' ' }

// mended finds words of the list that a blank stands in ("Aufent halt"): terms beside the first piece. The
// pieces stay what they are, for two words may happen to make a third.
func (a *textAnalyzer) mended(text []byte, tokens analysis.TokenStream) (out analysis.TokenStream) {
	buf := make([]byte, 0, 2*maxTerm)
	for i := 1; i < len(tokens); i++ {
		s, t := tokens[i-1], tokens[i]
		if t.Position != s.Position+1 || len(s.Term) < 2 || len(t.Term) < 2 || len(s.Term)+len(t.Term) < 6 {
			continue
		}
		buf = append(append(buf[:0], s.Term...), t.Term...)
		if !a.words.Has(buf) || a.words.Has(s.Term) || len(bytes.TrimSpace(text[s.End:t.Start])) > 0 {
			continue
		}
		m := beside(s, stemmed(append([]byte(nil), buf...)))
		m.End = t.End
		out = append(out, m)
	}
	return out
}
