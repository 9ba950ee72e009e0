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

// ParseText splits what a user typed into clauses: words apart from each other, and phrases in
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

// Operators returns the words of a text, phrases aside, that would be operators in other search
// programs and are words like any other here: "a OR b", "verlo*", "-Pass", "title:Pass". A text
// that can't be read has none.
func Operators(text string) []string {
	clauses, err := ParseText(text)
	if err != nil {
		return nil
	}
	loud := text == strings.ToUpper(text) // who writes all in capitals means the word
	var out []string
	for _, c := range clauses {
		if !c.Phrase && operator(c.Text, loud) {
			out = append(out, c.Text)
		}
	}
	return out
}

func operator(word string, loud bool) bool {
	switch word {
	case "AND", "OR", "NOT", "UND", "ODER", "NICHT":
		return !loud
	}
	if strings.Contains(word, "*") || strings.HasSuffix(word, "~") {
		return strings.ContainsFunc(word, unicode.IsLetter)
	}
	if rest := strings.TrimLeft(word, "+-"); rest != word {
		first, _ := utf8.DecodeRuneInString(rest)
		return unicode.IsLetter(first)
	}
	field, value, ok := strings.Cut(word, ":")
	return ok && field != "" && value != "" && !strings.HasPrefix(value, "//") && !strings.ContainsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) })
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
