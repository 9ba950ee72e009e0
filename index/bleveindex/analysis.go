package bleveindex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/token/stop"
	tokenizer "github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"golang.org/x/text/unicode/norm"
)

// maxTerm is how many bytes of a word count; longer ones are noise of recognition.
const maxTerm = 64

// analyzers turn text into terms, the same way for entries, queries and marks.
type analyzers struct {
	// page reads page texts: German words without stop words, with gaps where those stood.
	page analysis.Analyzer
	// head reads titles and senders: the same, stop words included.
	head analysis.Analyzer
}

func newAnalyzers() (analyzers, error) {
	stopWords := analysis.NewTokenMap()
	if err := stopWords.LoadBytes(de.GermanStopWords); err != nil {
		return analyzers{}, err
	}
	german := func(filters ...analysis.TokenFilter) analysis.Analyzer {
		filters = append([]analysis.TokenFilter{foldFilter{}}, filters...)
		return &analysis.DefaultAnalyzer{
			Tokenizer:    tokenizer.NewUnicodeTokenizer(),
			TokenFilters: append(filters, de.NewGermanNormalizeFilter(), de.NewGermanLightStemmerFilter(), endingFilter{}),
		}
	}
	return analyzers{page: german(stop.NewStopTokensFilter(stopWords)), head: german()}, nil
}

// foldFilter brings terms into NFKC and lower case and drops what is invisible inside a word.
// It works on terms, not on the text, so that offsets stay those of the text as it was given.
type foldFilter struct{}

// Filter implements analysis.TokenFilter.
func (foldFilter) Filter(in analysis.TokenStream) analysis.TokenStream {
	for _, t := range in {
		t.Term = fold(t.Term)
	}
	return in
}

func fold(term []byte) []byte {
	if isASCII(term) {
		for i, c := range term { // in place: the text is the analyser's own
			if 'A' <= c && c <= 'Z' {
				term[i] = c + 'a' - 'A'
			}
		}
	} else {
		s := strings.Map(visible, string(norm.NFKC.Bytes(term)))
		term = norm.NFKC.Bytes([]byte(strings.ToLower(s)))
	}
	if len(term) > maxTerm {
		end := maxTerm
		for end > 0 && !utf8.RuneStart(term[end]) {
			end--
		}
		term = term[:end]
	}
	return term
}

// endingFilter makes the stems of Zeugnis and Zeugnisse equal, which the stemmer leaves apart: a
// final double s becomes one.
type endingFilter struct{}

// Filter implements analysis.TokenFilter.
func (endingFilter) Filter(in analysis.TokenStream) analysis.TokenStream {
	for _, t := range in {
		if n := len(t.Term); n > 3 && t.Term[n-1] == 's' && t.Term[n-2] == 's' {
			t.Term = t.Term[:n-1]
		}
	}
	return in
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// visible drops format characters (soft hyphens, joiners, marks of direction).
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// word is a term at its place in a clause or text.
type word struct {
	term       string
	pos        int // 1 for the first word; stop words leave gaps
	start, end int // bytes in the text
}

func words(a analysis.Analyzer, text string) []word {
	tokens := a.Analyze([]byte(text))
	ws := make([]word, 0, len(tokens))
	for _, t := range tokens {
		if len(t.Term) > 0 {
			ws = append(ws, word{string(t.Term), t.Position, t.Start, t.End})
		}
	}
	return ws
}

// number is the form in which reference and register numbers are compared: letters and digits only,
// lower case. It is "" for what has no digit.
func number(s string) string {
	digits := false
	out := strings.Map(func(r rune) rune {
		digits = digits || unicode.IsDigit(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
	if !digits {
		return ""
	}
	return out
}
