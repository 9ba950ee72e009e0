package query

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of a text.
const (
	// MaxRunes is how many characters of a text are read.
	MaxRunes = 1000
	// MaxWords is how many words are looked for, those in phrases and conditions included.
	MaxWords = 30
	// maxDepth is from how deep on parts held together are told to be hard to read.
	maxDepth = 8
	// MaxDistance is how far apart the words of a [Near] may stand at most, and usualDistance where nothing
	// is said.
	MaxDistance, usualDistance = 50, 10
	// leastLetters stand before the first star of a pattern, and in a word that may be misspelt.
	leastLetters = 3
)

// Kind is what a node asks for.
type Kind uint8

// The kinds of nodes.
const (
	// Word is a word as typed.
	Word Kind = iota
	// Phrase is words side by side.
	Phrase
	// Near is words at most Distance apart in any order.
	Near
	// Pattern is a word with stars, each for any letters.
	Pattern
	// Fuzzy is a word in which at most Distance letters may be wrong.
	Fuzzy
	// Number is a reference number.
	Number
	// All asks for all of Kids, of which some may be Not; never for those alone, but at the root.
	All
	// Any asks for one of Kids.
	Any
	// Not excludes its only kid.
	Not
)

// Node is a part of what is asked for.
type Node struct {
	Kind Kind
	// Text is what is looked for, as typed; the words of phrases with one blank between them.
	Text     string
	Distance int
	// Also are other words that mean the same as a Word; see [Query.Widen].
	Also []string
	Kids []Node
}

// Field is a condition that holds for a whole search.
type Field string

// The fields. From and To hold days "2026-11-21".
const (
	Type     Field = "typ"
	Register Field = "register"
	From     Field = "von"
	To       Field = "bis"
	Akte     Field = "akte"
	Person   Field = "person"
)

// Condition is a field with its value as typed; days are those meant.
type Condition struct {
	Field      Field
	Value      string
	Start, End int // bytes of the text
}

// Mistake says what couldn't be taken as it was typed, and where.
type Mistake struct {
	// Code is one of the Mistake codes below.
	Code string
	// Start and End are the bytes of the text that it is about.
	Start, End int
}

// Codes of mistakes.
const (
	TooLong       = "too_long"       // what stands behind the place is left out
	TooManyWords  = "too_many_words" // the same
	PhraseOpen    = "phrase_open"    // read as if it were closed at the end
	GroupOpen     = "group_open"     // the same of a bracket
	GroupDeep     = "group_deep"     // told, and read all the same
	OperatorAlone = "operator_alone" // left out
	NotPlace      = "not_place"      // an exclusion beside an OR, left out
	FieldPlace    = "field_place"    // a condition excluded or beside an OR, left out
	UnknownField  = "unknown_field"  // read as words
	UnknownValue  = "unknown_value"  // left out; told by who knows the values
	NoSuchDate    = "no_such_date"   // left out
	DatesSwapped  = "dates_swapped"  // read the other way round
	WildcardFirst = "wildcard_first" // the star is left out
	WildcardShort = "wildcard_short" // the stars are left out
	WildcardPlace = "wildcard_place" // the stars are left out
	FuzzyShort    = "fuzzy_short"    // read as the word as it stands
	NearPlace     = "near_place"     // left out
	TooBroad      = "too_broad"      // nothing was looked for; told by who knows the words there are
)

// Query is a text that was read.
type Query struct {
	// Text is what was read: the beginning of a text that is too long.
	Text string
	// Root is what is looked for; nil where there are no words.
	Root *Node
	// Conditions hold for the whole search.
	Conditions []Condition
	// Mistakes stand in the order of the text.
	Mistakes []Mistake
}

// Blank says that no words are looked for.
func (q Query) Blank() bool { return q.Root == nil }

// Plain says that the text is mere words and phrases, all of which are looked for.
func (q Query) Plain() bool {
	if len(q.Conditions)+len(q.Mistakes) > 0 {
		return false
	}
	if q.Root == nil {
		return true
	}
	for _, n := range q.Root.Kids {
		if n.Kind != Word && n.Kind != Phrase {
			return false
		}
	}
	return true
}

// Words are the words looked for that everything found must have, as somebody would type them who knows no
// operators: what names and numbers of persons are looked up by.
func (q Query) Words() string {
	if q.Root == nil {
		return ""
	}
	var out []string
	for _, n := range q.Root.Kids {
		switch n.Kind {
		case Word, Phrase, Number:
			out = append(out, n.Text)
		case Pattern:
			out = append(out, strings.TrimSuffix(n.Text, "*"))
		case Fuzzy:
			out = append(out, n.Text)
		case Any:
			for _, piece := range n.torn() {
				out = append(out, piece.Text)
			}
		}
	}
	return strings.Join(out, " ")
}

// Widen adds to each single word what means the same by a list of synonyms, and returns the words, as typed,
// to which it added something. Words in phrases stay as they are.
func (q *Query) Widen(same func(word string) []string) (widened []string) {
	if q.Root == nil || same == nil {
		return nil
	}
	var walk func(*Node, bool)
	walk = func(n *Node, excluded bool) {
		if n.Kind == Word && !excluded {
			if n.Also = same(n.Text); len(n.Also) > 0 {
				widened = append(widened, n.Text)
			}
		}
		for i := range n.Kids {
			walk(&n.Kids[i], excluded || n.Kind == Not)
		}
	}
	walk(q.Root, false)
	return widened
}

// String writes what was understood, synonyms aside.
func (q Query) String() string {
	var parts []string
	for _, c := range q.Conditions {
		parts = append(parts, string(c.Field)+":"+quoteIf(c.Value))
	}
	if q.Root != nil {
		for _, n := range q.Root.Kids {
			parts = append(parts, n.string(true))
		}
	}
	return strings.Join(parts, " ")
}

// string writes a node; alone is false where others stand beside it in an OR or behind a minus.
func (n Node) string(alone bool) string {
	switch n.Kind {
	case Phrase:
		return `"` + n.Text + `"`
	case Near:
		return fmt.Sprintf(`"%s"~%d`, n.Text, n.Distance)
	case Fuzzy:
		return n.Text + "~" + strconv.Itoa(n.Distance)
	case Number:
		return "az:" + quoteIf(n.Text)
	case Not:
		return "-" + n.Kids[0].string(false)
	case All:
		return "(" + joined(n.Kids, " ", true) + ")"
	case Any:
		if text := joined(n.Kids, " OR ", false); alone {
			return text
		} else {
			return "(" + text + ")"
		}
	}
	return n.Text
}

func joined(kids []Node, with string, alone bool) string {
	var parts []string
	for _, k := range kids {
		parts = append(parts, k.string(alone))
	}
	return strings.Join(parts, with)
}

func quoteIf(value string) string {
	if strings.ContainsAny(value, " ,()|") {
		return `"` + value + `"`
	}
	return value
}
