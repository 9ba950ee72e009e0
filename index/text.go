package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a query text.
const (
	// MaxTextRunes is how many characters a query text may have.
	MaxTextRunes = 1000
	// MaxTextWords is how many words it may have, those in phrases included.
	MaxTextWords = 30
)

// Clause is one thing a query text asks for. All clauses of a text must be met.
type Clause struct {
	// Text is a word as it was typed, or the words of a phrase.
	Text string
	// Phrase says that the words must stand side by side.
	Phrase bool
}

// ParseText splits the text of a [PersonQuery] into clauses: words apart from each other, and phrases in
// quotation marks ("…", also „…“, “…” and «…»). There are no operators. An empty or blank text has no
// clauses. The error is a *[QueryError]: phrase_open, too_long or too_many_words.
func ParseText(text string) ([]Clause, error) {
	if utf8.RuneCountInString(text) > MaxTextRunes {
		return nil, &QueryError{Code: "too_long"}
	}
	pieces := strings.FieldsFunc(markQuotes(text), func(r rune) bool { return r == quote })
	var clauses []Clause
	words, quoted := 0, false
	for _, piece := range pieces {
		if piece == boundary {
			quoted = !quoted
			continue
		}
		fields := strings.Fields(piece)
		words += len(fields)
		switch {
		case quoted && len(fields) > 0:
			clauses = append(clauses, Clause{Text: strings.Join(fields, " "), Phrase: true})
		case !quoted:
			for _, f := range fields {
				clauses = append(clauses, Clause{Text: f})
			}
		}
	}
	if quoted {
		return nil, &QueryError{Code: "phrase_open"}
	}
	if words > MaxTextWords {
		return nil, &QueryError{Code: "too_many_words"}
	}
	return clauses, nil
}

// In a marked text a quotation mark of any kind is boundary between two quotes.
const (
	quote    = '\x00'
	boundary = "\x01"
)

// markQuotes makes all quotation marks alike and blanks out other control characters.
func markQuotes(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("\"„“”‟«»", r):
			b.WriteRune(quote)
			b.WriteString(boundary)
			b.WriteRune(quote)
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
