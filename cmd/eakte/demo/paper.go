package demo

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed papers/*.txt
var papers embed.FS

// recipe is a parsed text of papers/: how the paper looks and what it says.
//
// A recipe is lines. Those with @ at the start set the layout (letter, certificate,
// form, contract, passport, note, court), the issuer, the title and the key words of
// the document; the rest is content, one paragraph a line:
//
//	# subject        ## heading       - list item        1) numbered item
//	: label | value  [] label | value (boxed)             | table | row |  (first: head)
//	* this || or this (one is chosen)  ~ place | who (signature)  ~~ one | two
//	--- page break   !seal rim         !photo             !stamp line / line
//
// Words in braces are facts of the person.
type recipe struct {
	layout, issuer, title string
	keywords, lines       []string
}

// readRecipe parses papers/<name>.txt.
func readRecipe(name string) (recipe, error) {
	data, err := papers.ReadFile("papers/" + name + ".txt")
	if err != nil {
		return recipe{}, fmt.Errorf("demo: reading recipe: %w", err)
	}
	r := recipe{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, " ")
		switch {
		case key == "@layout":
			r.layout = value
		case key == "@from":
			r.issuer = value
		case key == "@title":
			r.title = value
		case key == "@key":
			r.keywords = strings.Fields(value)
		case line != "":
			r.lines = append(r.lines, line)
		}
	}
	if r.layout == "" || r.issuer == "" || r.title == "" {
		return recipe{}, fmt.Errorf("demo: recipe %s lacks layout, issuer or title", name)
	}
	return r, nil
}

// setting is everything a recipe needs to become sheets.
type setting struct {
	t       *typeset
	facts   facts
	rng     *rand.Rand
	issuer  issuer
	subject string
}

// layOut turns the recipe into sheets.
func (r recipe) layOut(set setting) []sheet {
	set.issuer = issuerOf(set.facts.fill(r.issuer), set.facts)
	lines := make([]string, 0, len(r.lines))
	for _, l := range r.lines {
		if rest, ok := strings.CutPrefix(l, "* "); ok {
			choices := strings.Split(rest, "||")
			l = strings.TrimSpace(choices[set.rng.IntN(len(choices))])
		}
		l = set.facts.fill(l)
		if s, ok := strings.CutPrefix(l, "# "); ok && set.subject == "" {
			set.subject = s
			continue
		}
		lines = append(lines, l)
	}
	f := &flow{t: set.t, left: 25, right: 190, bottom: 274, points: 10.5, body: regular, begin: layouts(r.layout, set)}
	if r.layout == "note" || r.layout == "court" {
		f.body, f.points = mono, 9.6
	}
	f.newSheet()
	for i, l := range lines {
		prior := ""
		if i > 0 {
			prior = lines[i-1]
		}
		f.put(l, prior, set)
	}
	f.pageNumbers(set.issuer.name + " · " + set.issuer.street + " · " + set.issuer.city)
	return f.sheets
}

// put sets one line of a recipe; prior tells a table's head from its rows.
func (f *flow) put(l, prior string, set setting) {
	mark, rest, _ := strings.Cut(l, " ")
	one, two, _ := strings.Cut(rest, " | ")
	f.afterBlock(mark, prior)
	switch mark {
	case "##":
		f.heading(rest)
	case "-":
		f.hanging("–", rest)
	case ":":
		f.field(one, two)
	case "[]":
		f.boxed(one, two)
	case "|":
		f.row(strings.Split(strings.TrimSuffix(rest, " |"), " | "), !strings.HasPrefix(prior, "|"))
	case "~":
		f.signature(one, two, set.facts.hand(two))
	case "~~":
		f.twoSignatures(one, two, set.facts.hand(one))
	case "---":
		f.newSheet()
	default:
		f.putDrawing(l, mark, rest, set)
	}
}

// afterBlock leaves a gap where a run of fields, boxes or table rows ends.
func (f *flow) afterBlock(mark, prior string) {
	block, _, _ := strings.Cut(prior, " ")
	if block == mark {
		return
	}
	switch block {
	case ":":
		f.y += 2
	case "[]", "|":
		f.y += 3
	}
}

// putDrawing sets drawings, numbered items and plain paragraphs.
func (f *flow) putDrawing(l, mark, rest string, set setting) {
	c := set.issuer.ink
	switch {
	case mark == "!seal":
		f.room(34)
		seal(f.sheet(), f.t, f.right-26, f.y-6, 15, c, capitals(rest), "MUSTER")
	case mark == "!photo":
		portrait(f.sheet(), f.t, f.right-38, f.y-4, 35, 45)
	case mark == "!stamp":
		receivedStamp(f.sheet(), f.t, f.right-62, f.y-2, -0.06, claret, strings.Split(rest, " / ")...)
	case mark == "!gap":
		f.y += 6
	case len(mark) < 5 && strings.HasSuffix(mark, ")"):
		f.hanging(strings.TrimSuffix(mark, ")")+".", rest)
	default:
		f.paragraph(l)
	}
}
