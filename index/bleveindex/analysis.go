package bleveindex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	tokenizer "github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"golang.org/x/text/unicode/norm"

	"eakte/index/compound"
)

// maxTerm is how many bytes of a word count; longer ones are noise of recognition.
const maxTerm = 64

// analyzers turn text into terms, the same way for entries, queries and marks.
type analyzers struct {
	// page reads page texts: German words without stop words, with gaps where those stood, and at the
	// same places what compounds are made of and English stems.
	page analysis.Analyzer
	// head reads titles and senders: the same, stop words included, without English.
	head analysis.Analyzer
	// askPage and askHead read queries: whole words alone.
	askPage, askHead analysis.Analyzer
	// synonyms are what else a word of a query means; nil: nothing.
	synonyms func(word string) []string
}

func newAnalyzers() (analyzers, error) {
	stopWords := analysis.NewTokenMap()
	if err := stopWords.LoadBytes(de.GermanStopWords); err != nil {
		return analyzers{}, err
	}
	words := compound.New(func(w string) (form, stem string) {
		f := normal(fold([]byte(w)))
		return string(f), string(stemmed(append([]byte(nil), f...)))
	})
	return analyzers{
		page:    &textAnalyzer{stop: stopWords, words: words, english: true},
		head:    &textAnalyzer{words: words},
		askPage: &textAnalyzer{stop: stopWords},
		askHead: &textAnalyzer{},
	}, nil
}

// textAnalyzer is an analysis.Analyzer. What it makes of a word depends on the word, of English stems on the
// text around it: so marks agree with entries without knowing anything else.
type textAnalyzer struct {
	stop    analysis.TokenMap  // left out, with gaps; nil: none
	words   *compound.Splitter // nil: nothing is taken apart or mended
	english bool               // texts in English get English stems too
}

// Analyze implements analysis.Analyzer. It changes the bytes it is given.
func (a *textAnalyzer) Analyze(text []byte) analysis.TokenStream {
	tokens := tokenizer.NewUnicodeTokenizer().Tokenize(text)
	tokens, pieces := rejoined(text, tokens)
	if a.words == nil {
		pieces = nil // of a query torn words alone are looked for
	}
	for _, t := range tokens {
		t.Term = fold(t.Term)
	}
	var more analysis.TokenStream
	english := a.english && isEnglish(tokens)
	out := tokens[:0]
	for _, t := range tokens {
		if len(t.Term) == 0 || a.stop[string(t.Term)] {
			continue
		}
		if english {
			if term := englishTerm(t.Term); term != nil {
				more = append(more, beside(t, term))
			}
		}
		t.Term = normal(t.Term)
		out = append(out, t)
	}
	if a.words != nil && !english {
		more = append(more, a.mended(text, out)...)
	}
	for _, t := range out {
		t.Term = stemmed(t.Term)
		if a.words == nil || english || len(t.Term) < 6 {
			continue
		}
		for _, part := range a.words.Split(string(t.Term)) {
			more = append(more, beside(t, []byte(part)))
		}
	}
	return append(append(out, more...), a.readings(pieces, english)...)
}

// readings are the terms of pieces of words, as if each of them were a word.
func (a *textAnalyzer) readings(pieces analysis.TokenStream, english bool) (out analysis.TokenStream) {
	for _, p := range pieces {
		if p.Term = fold(p.Term); len(p.Term) == 0 || a.stop[string(p.Term)] {
			continue
		}
		if english {
			if term := englishTerm(p.Term); term != nil {
				out = append(out, beside(p, term))
			}
		}
		p.Term = stemmed(normal(p.Term))
		out = append(out, p)
	}
	return out
}

// beside is another term at the place of a token.
func beside(t *analysis.Token, term []byte) *analysis.Token {
	return &analysis.Token{Term: term, Start: t.Start, End: t.End, Position: t.Position, Type: t.Type}
}

// fold brings a term into NFKC and lower case and drops what is invisible inside a word. It works on terms,
// not on the text, so that offsets stay those of the text as it was given.
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
