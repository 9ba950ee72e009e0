package searchtest

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// asked is a query as it is meant: it is written down in the language of the search box, and read here
// by what it means, never by the product's own reading of it.
type asked struct {
	kind  string // "word", "phrase", "near", "not", "any", "all"
	items []item
	dist  int
	kids  []asked
}

func (a asked) String() string {
	switch a.kind {
	case "word":
		return a.items[0].typed
	case "phrase":
		return `"` + typed(a.items) + `"`
	case "near":
		if a.dist%2 == 0 && len(a.items) == 2 {
			return fmt.Sprintf("%s NAHE/%d %s", a.items[0].typed, a.dist, a.items[1].typed)
		}
		return fmt.Sprintf(`"%s"~%d`, typed(a.items), a.dist)
	case "not":
		if a.kids[0].kind == "word" && a.dist == 1 && strings.ToUpper(a.kids[0].items[0].typed) != a.kids[0].items[0].typed {
			return "NICHT " + a.kids[0].String()
		}
		return "-" + a.kids[0].String()
	case "any":
		return joined(a.kids, [...]string{" ODER ", " OR ", " | "}[a.dist])
	}
	return "(" + joined(a.kids, " ") + ")"
}

func typed(items []item) string {
	var out []string
	for _, it := range items {
		out = append(out, it.typed)
	}
	return strings.Join(out, " ")
}

func joined(kids []asked, with string) string {
	var out []string
	for _, k := range kids {
		out = append(out, k.String())
	}
	return strings.Join(out, with)
}

// top writes what is asked for together, without brackets around it.
func top(kids []asked) string { return joined(kids, " ") }

// drawWord is a word, a pattern, a misspelt word or, now and then, one that is left out beside others.
func drawWord(t *rapid.T) asked {
	from := words
	switch n := between(t, "word of", 0, 19); {
	case n > 17:
		from = commons
	case n > 15:
		from = misspelt
	case n > 13:
		from = patterns
	}
	return asked{kind: "word", items: []item{one(t, "word", from)}}
}

// drawLeaf is a word, words side by side or words near each other.
func drawLeaf(t *rapid.T) asked {
	kind := one(t, "leaf", []string{"word", "word", "word", "phrase", "near"})
	if kind == "word" {
		return drawWord(t)
	}
	a := asked{kind: kind, items: []item{one(t, "first", words)}}
	if kind == "phrase" && between(t, "common between", 0, 3) == 0 {
		a.items = append(a.items, one(t, "common", commons))
	}
	a.items = append(a.items, one(t, "second", words))
	if kind == "near" {
		a.dist = between(t, "distance", 1, 6)
	}
	return a
}

// drawAsked is what stands side by side in the box.
func drawAsked(t *rapid.T) (kids []asked) {
	for range one(t, "parts", []int{0, 1, 1, 1, 1, 1, 2, 2, 2, 3}) {
		switch between(t, "part", 0, 9) {
		case 0, 1:
			kids = append(kids, drawNot(t))
		case 2, 3:
			kids = append(kids, drawAny(t))
		default:
			kids = append(kids, drawLeaf(t))
		}
		if len(strings.Fields(top(kids))) > mostTyped {
			return kids[:len(kids)-1]
		}
	}
	return kids
}

// mostTyped is how many words a question has: one of more than 30 is refused.
const mostTyped = 20

// drawNot excludes what isn't common: that would exclude nothing.
func drawNot(t *rapid.T) asked {
	kid := drawLeaf(t)
	if kid.kind == "near" && kid.dist%2 == 0 || kid.common() { // "-a NAHE b" would exclude a alone
		kid = asked{kind: "phrase", items: []item{words[0], words[3]}}
	}
	if kid.kind == "word" && strings.Trim(kid.items[0].typed, "0123456789") == "" { // "-4711" is a number
		kid.kind = "phrase"
	}
	for i := range kid.items { // what is excluded is no more than what was typed
		kid.items[i].same, kid.items[i].also = nil, nil
	}
	return asked{kind: "not", kids: []asked{kid}, dist: between(t, "how", 0, 1)}
}

func drawAny(t *rapid.T) asked {
	a := asked{kind: "any", dist: between(t, "or", 0, 2)}
	for range between(t, "alternatives", 2, 3) {
		if between(t, "group", 0, 3) > 0 {
			a.kids = append(a.kids, drawLeaf(t))
			continue
		}
		group := asked{kind: "all", kids: []asked{drawLeaf(t)}}
		if upTo(t, "but not", 2) == 0 {
			group.kids = append(group.kids, drawNot(t))
		} else {
			group.kids = append(group.kids, drawLeaf(t))
		}
		a.kids = append(a.kids, group)
	}
	return a
}

// common says that it is but words that are left out beside others.
func (a asked) common() bool {
	return !slices.ContainsFunc(a.items, func(it item) bool { return !it.common })
}

// plain is a query with what was left out of it.
type plain struct {
	kids     []asked
	blank    bool
	headOnly bool
	ignored  []string
}

// leaving out common words, unless there is nothing else.
func leaving(kids []asked) plain {
	p := plain{kids: kids, blank: len(kids) == 0}
	if p.blank {
		return p
	}
	kept := p.without(kids)
	if len(kept) > 0 {
		p.kids = kept
		return p
	}
	p.headOnly, p.ignored = true, nil
	p.kids = flat(kids)
	return p
}

func (p *plain) without(kids []asked) (out []asked) {
	for _, k := range kids {
		switch {
		case k.kind == "not":
			out = append(out, k)
		case k.kind == "any" || k.kind == "all":
			if k.kids = p.without(k.kids); len(k.kids) > 0 {
				out = append(out, k)
			}
		case k.common():
			p.ignored = append(p.ignored, typed(k.items))
		default:
			out = append(out, k)
		}
	}
	return out
}

// flat are all leaves: of common words all are asked for.
func flat(kids []asked) (out []asked) {
	for _, k := range kids {
		if k.kind == "any" || k.kind == "all" {
			out = append(out, flat(k.kids)...)
		} else {
			out = append(out, k)
		}
	}
	return out
}

// paper is what a query is compared with.
type paper struct {
	pages, heads [][]spot
	number       string
}

func (p plain) fits(d paper) bool {
	return p.blank || !slices.ContainsFunc(p.kids, func(k asked) bool { return !k.fits(d, p.headOnly) })
}

func (a asked) fits(d paper, headOnly bool) bool {
	switch a.kind {
	case "not":
		return !a.kids[0].fits(d, false)
	case "any":
		return slices.ContainsFunc(a.kids, func(k asked) bool { return k.fits(d, headOnly) })
	case "all":
		return !slices.ContainsFunc(a.kids, func(k asked) bool { return !k.fits(d, headOnly) })
	}
	number := digits(typed(a.items))
	if a.items[0].number != "" {
		number = digits(a.items[0].number)
	}
	if a.kind == "word" && number != "" && number == digits(d.number) {
		return true
	}
	for _, p := range d.pages {
		if !headOnly && len(a.standing(p, false)) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(d.heads, func(h []spot) bool { return len(a.standing(h, true)) > 0 })
}

// digits are the letters and digits of a number, small; "" for what has no digit.
func digits(s string) string {
	out, any := "", false
	for _, r := range strings.ToLower(s) {
		any = any || '0' <= r && r <= '9'
		if '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			out += string(r)
		}
	}
	if !any {
		return ""
	}
	return out
}

// standing are the matches of a leaf in a line: each is the places it takes, the first one where it begins.
func (a asked) standing(line []spot, head bool) (out [][]int) {
	switch a.kind {
	case "word":
		it := a.items[0]
		for i, s := range line {
			if s.holds(it.wide()) {
				out = append(out, []int{i})
			}
		}
		for _, row := range it.also {
			out = append(out, pair(line, row)...)
		}
		return out
	case "phrase":
		return side(line, a.items, head)
	}
	return nearby(line, a.items, a.dist, head)
}

func pair(line []spot, row []string) (out [][]int) {
	for i := range line {
		if i+1 < len(line) && line[i].holds(row[:1]) && line[i+1].holds(row[1:]) {
			out = append(out, []int{i, i + 1})
		}
	}
	return out
}

// side are words side by side; on pages any word may stand where a common one was typed.
func side(line []spot, items []item, head bool) (out [][]int) {
	for i := range line {
		var places []int
		for k, it := range items {
			if it.common && !head {
				continue
			}
			if i+k >= len(line) || !line[i+k].holds(it.any) {
				places = nil
				break
			}
			places = append(places, i+k)
		}
		if len(places) > 0 {
			out = append(out, places)
		}
	}
	return out
}

// nearby are words each of which has all others at most so many places away.
func nearby(line []spot, items []item, dist int, head bool) (out [][]int) {
	for i, s := range line {
		any, all := false, true
		for _, it := range items {
			if it.common && !head {
				continue
			}
			any = any || s.holds(it.any)
			close := false
			for k := max(0, i-dist); k <= min(len(line)-1, i+dist); k++ {
				close = close || line[k].holds(it.any)
			}
			all = all && close
		}
		if any && all {
			out = append(out, []int{i})
		}
	}
	return out
}

// marks are the matches of all that is asked for in a line, exclusions aside.
func (p plain) marks(line []spot, head bool) (out [][]int) {
	if p.headOnly && !head {
		return nil
	}
	for _, k := range p.kids {
		out = append(out, k.marks(line, head)...)
	}
	return out
}

func (a asked) marks(line []spot, head bool) (out [][]int) {
	switch a.kind {
	case "not":
		return nil
	case "any", "all":
		for _, k := range a.kids {
			out = append(out, k.marks(line, head)...)
		}
		return out
	}
	return a.standing(line, head)
}

// starts are the places where matches begin, each once.
func starts(matches [][]int) (out []int) {
	for _, m := range matches {
		if !slices.Contains(out, m[0]) {
			out = append(out, m[0])
		}
	}
	slices.Sort(out)
	return out
}
