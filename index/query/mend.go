package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leastSpaced is how many single letters in a row may be a word that was set w i d e.
const leastSpaced = 4

// hyphens are those at which a line tears a word apart.
const hyphens = "-\u2010\u00ad"

// mended puts words together that were copied from a page where a line or spaced letters tore them apart:
// "Aufent- halt", "B e s c h e i d". Pieces that are meant as they stand are looked for as well. In brackets behind the
// word that they make they are what they are: so they stand when what was understood is read again.
func mended(text string, tokens []token) (out []token) {
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		n := spaced(text, tokens[i:])
		if n == 0 && i+1 < len(tokens) && hyphenated(text, t, tokens[i+1]) {
			n = 2
		}
		if n > 0 {
			if whole := together(tokens[i : i+n]); !isOperator(whole.text) && !written(whole.text, out, tokens[i+n:]) {
				t = whole
			} else {
				out = append(out, tokens[i:i+n-1]...)
				t = tokens[i+n-1]
			}
			i += n - 1
		}
		out = append(out, t)
	}
	return out
}

// written reports whether pieces stand as [Query.String] writes them: "WHOLE OR (P I E C E S)".
func written(whole string, before, behind []token) bool {
	n := len(before)
	return n > 2 && before[n-1].kind == openToken && (before[n-2].kind == barToken || before[n-2].text == "OR" || before[n-2].text == "ODER") &&
		before[n-3].kind == wordToken && before[n-3].text == whole && (len(behind) == 0 || behind[0].kind == shutToken)
}

// torn are the pieces of a word that was [mended]; nil for any other node.
func (n Node) torn() []Node {
	if n.Kind != Any || len(n.Kids) != 2 || n.Kids[0].Kind != Word || n.Kids[1].Kind != All {
		return nil
	}
	whole := ""
	for _, k := range n.Kids[1].Kids {
		whole += k.Text
	}
	if whole != n.Kids[0].Text {
		return nil
	}
	return n.Kids[1].Kids
}

// together makes one word of several pieces.
func together(pieces []token) token {
	t := token{kind: wordToken, start: pieces[0].start, end: pieces[len(pieces)-1].end}
	for _, p := range pieces {
		piece := strings.TrimRight(p.text, hyphens)
		t.torn, t.text = append(t.torn, piece), t.text+piece
	}
	return t
}

// hyphenated reports whether b goes on with a word that a tears apart.
func hyphenated(text string, a, b token) bool {
	if !blank(text, a, b) || !isWord(b.text) || joins(b.text) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(b.text)
	_, size := utf8.DecodeLastRuneInString(a.text)
	piece, hyphen := a.text[:len(a.text)-size], a.text[len(a.text)-size:]
	return strings.Contains(hyphens, hyphen) && isLetters(piece) && !isOperator(piece) && unicode.IsLower(first) && isLetters(b.text)
}

// blank reports whether two tokens are words with nothing but blanks between them.
func blank(text string, a, b token) bool {
	return a.kind == wordToken && b.kind == wordToken && a.end < b.start && strings.TrimFunc(text[a.end:b.start], isBlank) == ""
}

func isLetters(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// joins reports whether a word joins parts: "Ein- und Ausreise".
func joins(word string) bool {
	return slices.Contains([]string{"und", "oder", "bzw", "bis", "sowie", "noch", "als", "wie", "and", "or", "to"}, word)
}

// spaced returns how many tokens from the first on are single letters, if they are enough for a word.
func spaced(text string, tokens []token) (n int) {
	for n < len(tokens) && tokens[n].kind == wordToken && utf8.RuneCountInString(tokens[n].text) == 1 && isLetters(tokens[n].text) &&
		(n == 0 || blank(text, tokens[n-1], tokens[n])) {
		n++
	}
	if n < leastSpaced {
		return 0
	}
	return n
}
