package query

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a text. It takes any, and never fails; of one that is too long it reads the beginning.
func Parse(text string) Query {
	read := clip(text)
	q, words := parse(read)
	code := ""
	switch {
	case words > MaxWords:
		code = TooManyWords
		ends := breaks(read)
		n := sort.Search(len(ends), func(i int) bool {
			_, words := parse(read[:ends[i]])
			return words > MaxWords
		})
		q, _ = parse(read[:ends[max(n-1, 0)]])
	case len(read) < len(text):
		code = TooLong
	}
	if code != "" { // what the cut left open isn't the reader's mistake
		q.Mistakes = slices.DeleteFunc(q.Mistakes, func(m Mistake) bool { return m.Code == PhraseOpen || m.Code == GroupOpen })
		q.Mistakes = append(q.Mistakes, Mistake{code, len(q.Text), len(q.Text)})
	}
	return q
}

// clip returns what is read of a text, up to a blank if there is one in the last tenth.
func clip(text string) string {
	n := 0
	for i := range text {
		if n == MaxRunes {
			if at := strings.LastIndexFunc(text[:i], isBlank); at > i*9/10 {
				i = at
			}
			return text[:i]
		}
		n++
	}
	return text
}

// Enough returns what has to be kept of a text so that it is read as all of it would be.
func Enough(text string) string {
	n := 0
	for i := range text {
		if n > MaxRunes {
			return text[:i]
		}
		n++
	}
	return text
}

// breaks are the places where a text can be cut between words, its end included.
func breaks(text string) (out []int) {
	for i, r := range text {
		if i > 0 && (isBlank(r) || isQuote(r) || strings.ContainsRune(",()|", r)) {
			out = append(out, i)
		}
	}
	return append(out, len(text))
}

// parse reads a text that isn't too long and counts the words and conditions in it.
func parse(text string) (q Query, words int) {
	q.Text = text
	s := scanner{text: text}
	s.scan()
	p := parser{text: text, tokens: mended(text, s.tokens), mistakes: s.mistakes, ends: map[int]string{}}
	p.loud = p.allCapitals()
	kids := p.group(0)
	q.Conditions = p.found
	p.order(&q)
	if len(kids) == 0 && len(q.Conditions) == 0 && !p.told(NoSuchDate, FieldPlace, UnknownValue) {
		kids = p.literally()
	}
	if len(kids) > 0 {
		q.Root = &Node{Kind: All, Kids: kids}
	}
	q.Mistakes = p.mistakes
	slices.SortStableFunc(q.Mistakes, func(a, b Mistake) int { return cmp.Compare(a.Start, b.Start) })
	return q, p.words + len(q.Conditions)
}

// parser makes a tree of tokens.
type parser struct {
	text     string
	tokens   []token
	ends     map[int]string // by where "von:" and "bis:" begin: the last day of the one, the first day of the other
	at       int
	loud     bool // all in capitals: AND and NOT are words then
	words    int
	found    []Condition
	mistakes []Mistake
}

func (p *parser) mistake(code string, start, end int) {
	p.mistakes = append(p.mistakes, Mistake{code, start, end})
}

func (p *parser) told(codes ...string) bool {
	return slices.ContainsFunc(p.mistakes, func(m Mistake) bool { return slices.Contains(codes, m.Code) })
}

// allCapitals reports whether the text is written in capitals: of its words, operators and names of fields left out,
// one has a capital letter and none a small one.
func (p *parser) allCapitals() bool {
	capital := false
	for _, t := range p.tokens {
		text := strings.TrimPrefix(t.text, "-")
		if t.kind == wordToken && isOperator(text) {
			continue
		}
		if name, value, ok := strings.Cut(text, ":"); ok && t.kind == wordToken {
			if _, known := fieldOf(name); known {
				text = value
			}
		}
		if strings.ContainsFunc(text, unicode.IsLower) {
			return false
		}
		capital = capital || strings.ContainsFunc(text, unicode.IsUpper)
	}
	return capital
}

// literally takes what is nothing but operators as words.
func (p *parser) literally() (out []Node) {
	meaning := strings.ContainsFunc(p.text, isLetterOrDigit)
	for _, w := range strings.FieldsFunc(p.text, func(r rune) bool { return isBlank(r) || isQuote(r) }) {
		if meaning && !strings.ContainsFunc(w, isLetterOrDigit) {
			continue
		}
		p.words++
		out = append(out, Node{Text: cleaned(w)})
	}
	return out
}

// part is what one token or group stands for.
type part struct {
	nodes      []Node // several stand for all of them
	conditions []Condition
	not        bool
	start, end int
}

func (t part) single() bool { return len(t.nodes) == 1 && !t.not && len(t.conditions) == 0 }

// group reads parts up to the end or a closing bracket. Its nodes are asked for together.
func (p *parser) group(depth int) (out []Node) {
	for p.at < len(p.tokens) && p.tokens[p.at].kind != shutToken {
		chain := p.chain(depth)
		if len(chain) == 1 {
			out = append(out, p.beside(chain[0], depth)...)
			continue
		}
		out = append(out, p.either(chain, depth)...)
	}
	return out
}

// beside takes a part that stands beside others.
func (p *parser) beside(t part, depth int) []Node {
	if len(t.conditions) > 0 {
		if t.not || depth > 0 {
			p.mistake(FieldPlace, t.start, t.end)
			return nil
		}
		p.found = append(p.found, t.conditions...)
		return nil
	}
	if !t.not {
		return t.nodes
	}
	if node, ok := positive(t.nodes); ok {
		return []Node{{Kind: Not, Kids: []Node{node}}}
	}
	if len(t.nodes) > 0 {
		p.mistake(NotPlace, t.start, t.end)
	}
	return nil
}

// positive makes one node of several that are asked for together, if it isn't all exclusions. What may stand
// behind a minus as a phrase only becomes one.
func positive(nodes []Node) (Node, bool) {
	if !slices.ContainsFunc(nodes, func(n Node) bool { return n.Kind != Not }) {
		return Node{}, false
	}
	if len(nodes) > 1 {
		return Node{Kind: All, Kids: nodes}, true
	}
	n := nodes[0]
	if r, _ := utf8.DecodeRuneInString(n.Text); n.Kind == Word && !unicode.IsLetter(r) {
		n.Kind = Phrase
	}
	return n, true
}

// either takes parts of which one is enough. Conditions may stand there if all are of one field.
func (p *parser) either(chain []part, depth int) []Node {
	var conditions []Condition
	var any []Node
	for _, t := range chain {
		switch {
		case len(t.conditions) > 0:
			if t.not || depth > 0 {
				p.mistake(FieldPlace, t.start, t.end)
				continue
			}
			conditions = append(conditions, t.conditions...)
		case t.not:
			p.mistake(NotPlace, t.start, t.end)
		case len(t.nodes) == 0:
		case len(t.nodes) == 1 && t.nodes[0].Kind == Any:
			any = append(any, t.nodes[0].Kids...)
		case len(t.nodes) == 1 && t.nodes[0].Kind != Not:
			any = append(any, t.nodes[0])
		default:
			if !slices.ContainsFunc(t.nodes, func(n Node) bool { return n.Kind != Not }) {
				p.mistake(NotPlace, t.start, t.end)
				continue
			}
			any = append(any, Node{Kind: All, Kids: t.nodes})
		}
	}
	p.alike(conditions, len(any) > 0)
	switch len(any) {
	case 0:
		return nil
	case 1:
		if any[0].Kind == All {
			return any[0].Kids
		}
		return any
	}
	return []Node{{Kind: Any, Kids: any}}
}

// alike takes conditions joined by OR: of one field that may have several values, and nothing else.
func (p *parser) alike(conditions []Condition, mixed bool) {
	for _, c := range conditions {
		if mixed || c.Field != conditions[0].Field || c.Field != Type && c.Field != Register && c.Field != Person {
			p.mistake(FieldPlace, c.Start, c.End)
			continue
		}
		p.found = append(p.found, c)
	}
}

// chain reads parts that are joined by OR: one, where there is none.
func (p *parser) chain(depth int) (out []part) {
	first := p.at
	for {
		if t, ok := p.joined(depth); ok {
			out = append(out, t)
		}
		if p.at == len(p.tokens) || !p.isOr(p.tokens[p.at]) {
			return out
		}
		op := p.tokens[p.at]
		p.at++
		if p.at == first+1 || p.at == len(p.tokens) || p.tokens[p.at].kind == shutToken || p.isOr(p.tokens[p.at]) {
			p.mistake(OperatorAlone, op.start, op.end)
		}
	}
}

// joined reads a part, and with it those that are to be near it.
func (p *parser) joined(depth int) (part, bool) {
	t, ok := p.part(depth)
	for ok && p.at < len(p.tokens) {
		op := p.tokens[p.at]
		distance, isNear := p.nearness(op)
		if !isNear {
			break
		}
		p.at++
		other, more := p.part(depth)
		if !more || !wordy(t) || !wordy(other) {
			p.mistake(NearPlace, op.start, op.end)
			if more { // both are asked for
				t.nodes = append(p.beside(t, depth), p.beside(other, depth)...)
				t.not, t.conditions = false, nil
			}
			continue
		}
		t.nodes = []Node{{Kind: Near, Text: t.nodes[0].Text + " " + other.nodes[0].Text, Distance: distance}}
		t.end = other.end
	}
	return t, ok
}

func wordy(t part) bool { return t.single() && (t.nodes[0].Kind <= Near) }

// part reads one token or group, with what excludes it.
func (p *parser) part(depth int) (part, bool) {
	not, start := false, -1
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		if start < 0 {
			start = t.start
		}
		switch {
		case t.kind == shutToken || p.isOr(t):
			if not {
				p.mistake(OperatorAlone, start, t.start)
			}
			return part{}, false
		case p.isNot(t):
			not = true
			p.at++
			continue
		case p.isAnd(t):
			if p.at == 0 || p.at == len(p.tokens)-1 {
				p.mistake(OperatorAlone, t.start, t.end)
			}
			p.at++
			continue
		}
		if _, near := p.nearness(t); near {
			p.mistake(NearPlace, t.start, t.end)
			p.at++
			continue
		}
		p.at++
		out := p.one(t, depth)
		out.not, out.start = out.not || not, start
		return out, true
	}
	if not {
		p.mistake(OperatorAlone, start, len(p.text))
	}
	return part{}, false
}

func (p *parser) one(t token, depth int) part {
	switch t.kind {
	case openToken:
		return p.bracket(t, depth)
	case phraseToken:
		return p.phrase(t)
	}
	return p.word(t)
}

func (p *parser) bracket(t token, depth int) part {
	if depth+1 > maxDepth && !p.told(GroupDeep) {
		p.mistake(GroupDeep, t.start, t.end)
	}
	kids := p.group(depth + 1)
	if p.at < len(p.tokens) {
		p.at++ // the closing one
	} else {
		p.mistake(GroupOpen, t.start, t.end)
	}
	return part{nodes: kids, not: t.before == "-", start: t.start, end: len(p.text)}
}

func (p *parser) phrase(t token) part {
	out := part{start: t.start, end: t.end}
	before, not := strings.CutPrefix(t.before, "-")
	out.not = not
	if t.text == "" {
		return out
	}
	if f, ok := fieldOf(strings.TrimSuffix(before, ":")); ok && before != "" {
		p.field(&out, f, t.text)
		return out
	}
	p.words += strings.Count(t.text, " ") + 1
	n := Node{Kind: Phrase, Text: t.text}
	if t.distance > 0 && strings.Contains(t.text, " ") {
		n.Kind, n.Distance = Near, t.distance
	}
	out.nodes = []Node{n}
	return out
}
