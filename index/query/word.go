package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (p *parser) isOr(t token) bool {
	return t.kind == barToken || t.kind == wordToken && (t.text == "OR" || t.text == "ODER" || t.text == "||")
}

func (p *parser) isAnd(t token) bool {
	return t.kind == wordToken && (!p.loud && (t.text == "AND" || t.text == "UND") || t.text == "&&")
}

func (p *parser) isNot(t token) bool {
	return t.kind == wordToken && !p.loud && (t.text == "NOT" || t.text == "NICHT")
}

// nearness reads NEAR, NAHE, NEAR/5 and NAHE/5.
func (p *parser) nearness(t token) (distance int, ok bool) {
	name, n, numbered := strings.Cut(t.text, "/")
	if t.kind != wordToken || name != "NEAR" && name != "NAHE" || p.loud && !numbered {
		return 0, false
	}
	if !numbered {
		return usualDistance, true
	}
	distance, digits := leadingNumber(n)
	return min(max(distance, 1), MaxDistance), digits > 0 && digits == len(n)
}

// word reads a word with what it has in front of it and behind it.
func (p *parser) word(t token) part {
	out := part{start: t.start, end: t.end}
	text := t.text
	if rest := strings.TrimLeft(text, "+-"); rest != text && signed(rest) && !isOperator(rest) {
		out.not = text[0] == '-'
		text = rest
	}
	if name, value, ok := strings.Cut(text, ":"); ok {
		value = strings.TrimRight(value, ",;")
		f, known := fieldOf(name)
		switch {
		case known && value != "":
			p.field(&out, f, value)
			return out
		case !known && looksLikeField(name, value):
			p.mistake(UnknownField, t.start, t.end)
		}
	}
	if len(t.torn) > 0 {
		p.words += len(t.torn) + 1
		pieces := Node{Kind: All}
		for _, piece := range t.torn {
			pieces.Kids = append(pieces.Kids, Node{Text: piece})
		}
		out.nodes = []Node{{Kind: Any, Kids: []Node{{Text: t.text}, pieces}}}
		return out
	}
	if strings.ContainsFunc(text, isLetterOrDigit) { // punctuation apart means nothing
		p.words++
		out.nodes = []Node{p.leaf(text, t)}
	}
	return out
}

// signed reports whether a sign in front of a word means something: "-Pass", but not "-5".
func signed(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r) || strings.ContainsAny(rest, "*~") && unicode.IsDigit(r)
}

func looksLikeField(name, value string) bool {
	first, _ := utf8.DecodeRuneInString(value)
	return name != "" && strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 &&
		(unicode.IsLetter(first) || unicode.IsDigit(first))
}

// field takes a field with its value, or values with commas between them.
func (p *parser) field(out *part, f Field, value string) {
	if f == Akte && !isID(value) {
		f = number
	}
	switch f {
	case number:
		p.words++
		if !strings.ContainsFunc(value, unicode.IsDigit) {
			p.mistake(UnknownValue, out.start, out.end)
			return
		}
		out.nodes = []Node{{Kind: Number, Text: value}}
	case Type, Register:
		for v := range strings.SplitSeq(value, ",") {
			if v = strings.TrimSpace(v); v != "" {
				out.conditions = append(out.conditions, p.conditions(f, v, out.start, out.end)...)
			}
		}
	default:
		out.conditions = p.conditions(f, value, out.start, out.end)
	}
}

// isID reports whether a value has the form of an ID.
func isID(value string) bool {
	if len(value) != 36 {
		return false
	}
	return strings.Trim(value, "0123456789abcdef-") == "" && strings.Count(value, "-") == 4
}

// marks are what a word may have around it without meaning anything.
const marks = "+-~*:,;.!?()[]{}"

// leaf reads stars and the sign for misspelt words.
func (p *parser) leaf(text string, t token) Node {
	if body, digits, ok := strings.Cut(text, "~"); ok && (digits == "" || digits == "1" || digits == "2") && isWord(body) {
		n := Node{Kind: Fuzzy, Text: body, Distance: 1}
		switch letters := utf8.RuneCountInString(body); {
		case letters <= leastLetters:
			p.mistake(FuzzyShort, t.start, t.end)
			return Node{Text: body}
		case letters >= 8 && digits != "1":
			n.Distance = 2
		}
		return n
	}
	if strings.Contains(text, "*") && strings.ContainsFunc(text, isLetterOrDigit) {
		return p.pattern(strings.TrimFunc(text, func(r rune) bool { return r != '*' && strings.ContainsRune(marks, r) }), t)
	}
	return Node{Text: cleaned(text)}
}

// cleaned takes marks off a word, unless it would mean something else without them.
func cleaned(text string) string {
	clean := strings.Trim(text, marks)
	name, _, field := strings.Cut(clean, ":")
	_, known := fieldOf(name)
	switch {
	case clean == "", field && known, strings.ContainsAny(clean, "~|"):
		return text
	case isOperator(clean):
		return text
	}
	return clean
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isWord(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !isLetterOrDigit(r) && !unicode.IsMark(r) }) < 0
}

// isOperator reports whether a word is one somewhere.
func isOperator(word string) bool {
	word, _, _ = strings.Cut(word, "/")
	return slices.Contains([]string{"OR", "ODER", "AND", "UND", "NOT", "NICHT", "NEAR", "NAHE"}, word)
}

// pattern reads a word with stars; one that can't be looked for is read without them.
func (p *parser) pattern(text string, t token) Node {
	for strings.Contains(text, "**") {
		text = strings.ReplaceAll(text, "**", "*")
	}
	plain := Node{Text: cleaned(strings.ReplaceAll(text, "*", ""))}
	if isOperator(plain.Text) {
		plain.Text = text
	}
	head, _, _ := strings.Cut(text, "*")
	switch {
	case !isWord(strings.ReplaceAll(text, "*", "")):
		plain.Text = cleaned(text)
		if inner := strings.ReplaceAll(plain.Text, "*", " "); inner != plain.Text {
			plain = Node{Kind: Phrase, Text: strings.Join(strings.Fields(inner), " ")}
		}
		p.mistake(WildcardPlace, t.start, t.end)
		return plain
	case head == "":
		if rest := strings.TrimPrefix(text, "*"); strings.Contains(strings.TrimSuffix(rest, "*"), "*") {
			p.mistake(WildcardPlace, t.start, t.end)
			return plain
		}
		p.mistake(WildcardFirst, t.start, t.end)
		if rest := strings.TrimPrefix(text, "*"); strings.HasSuffix(rest, "*") && letters(rest) >= leastLetters {
			p.words += patternWords - 1
			return Node{Kind: Pattern, Text: rest}
		}
		return plain
	case letters(head) < leastLetters:
		p.mistake(WildcardShort, t.start, t.end)
		return plain
	}
	p.words += patternWords - 1
	return Node{Kind: Pattern, Text: text}
}

// patternWords is as how many words a pattern counts: of each all terms that fit are looked for.
const patternWords = 3

// letters counts what an index keeps of a word: no marks above and below letters.
func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
