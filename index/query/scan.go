package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	wordToken tokenKind = iota
	phraseToken
	openToken
	shutToken
	barToken
)

// token is a piece of a text.
type token struct {
	kind     tokenKind
	text     string // a word as it stands, or the words of a phrase with one blank between them
	before   string // what stands right before a phrase or bracket: "-", "typ:", "-typ:"
	distance int    // behind a phrase, 0 for none
	// torn are the pieces of a word that was copied from where a line or spaced letters tore it apart.
	torn       []string
	start, end int
}

// quotes are all marks that begin or end a phrase, whichever way round.
const quotes = "\"„“”‟«»"

func isQuote(r rune) bool { return strings.ContainsRune(quotes, r) }

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// scanner cuts a text into tokens.
type scanner struct {
	text     string
	at       int
	open     int // brackets
	tokens   []token
	mistakes []Mistake
}

func (s *scanner) peek() (rune, int) { return utf8.DecodeRuneInString(s.text[s.at:]) }

func (s *scanner) scan() {
	for s.at < len(s.text) {
		r, size := s.peek()
		switch {
		case isBlank(r):
			s.at += size
		case isQuote(r):
			s.phrase(s.at, "")
		case r == '(':
			s.bracket(s.at, "")
		case r == ')' && s.open > 0:
			s.open--
			s.add(token{kind: shutToken, start: s.at, end: s.at + size})
			s.at += size
		case r == '|':
			s.add(token{kind: barToken, start: s.at, end: s.at + size})
			s.at += size
		default:
			s.word()
		}
	}
}

func (s *scanner) add(t token) { s.tokens = append(s.tokens, t) }

func (s *scanner) bracket(start int, before string) {
	s.at++
	s.open++
	s.add(token{kind: openToken, before: before, start: start, end: s.at})
}

// phrase reads from a quotation mark to the next.
func (s *scanner) phrase(start int, before string) {
	_, size := s.peek()
	s.at += size
	from := s.at
	to := strings.IndexFunc(s.text[from:], isQuote)
	t := token{kind: phraseToken, before: before, start: start}
	if to < 0 {
		to, s.at = len(s.text), len(s.text)
		s.mistakes = append(s.mistakes, Mistake{PhraseOpen, start, len(s.text)})
	} else {
		to += from
		_, size = utf8.DecodeRuneInString(s.text[to:])
		s.at = to + size
	}
	t.text = strings.Join(strings.FieldsFunc(s.text[from:to], isBlank), " ")
	if rest := s.text[s.at:]; strings.HasPrefix(rest, "~") {
		n, digits := leadingNumber(rest[1:])
		if t.distance = n; digits == 0 {
			t.distance = usualDistance
		}
		t.distance = min(max(t.distance, 1), MaxDistance)
		s.at += 1 + digits
	}
	t.end = s.at
	s.add(t)
}

// leadingNumber reads the digits at the beginning of a text, large numbers as a large one.
func leadingNumber(text string) (n, digits int) {
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		n = min(10*n+int(text[digits]-'0'), 1<<20)
		digits++
	}
	return n, digits
}

// word reads up to a blank, a quotation mark or the end of a group.
func (s *scanner) word() {
	start, inside := s.at, 0
	for s.at < len(s.text) {
		r, size := s.peek()
		if isBlank(r) || r == '|' {
			break
		}
		before := s.text[start:s.at]
		if isQuote(r) && leads(before) {
			s.phrase(start, before)
			return
		}
		if r == '(' && before == "-" {
			s.bracket(start, before)
			return
		}
		if isQuote(r) || r == ')' && inside == 0 && s.open > 0 {
			break
		}
		switch r {
		case '(':
			inside++
		case ')':
			inside--
		}
		s.at += size
	}
	s.add(token{kind: wordToken, text: s.text[start:s.at], start: start, end: s.at})
}

// leads reports whether a text is what may stand right before a phrase: a minus, a field or both.
func leads(text string) bool {
	rest := strings.TrimPrefix(text, "-")
	if rest == "" {
		return text == "-"
	}
	name, shut := strings.CutSuffix(rest, ":")
	_, known := fieldOf(name)
	return shut && known
}
