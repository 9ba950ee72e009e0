package pages

import (
	"strings"

	"eakte/acl"
	"eakte/index/query"
	"eakte/web/ui"
)

// mistakeRow is a part of what was typed that couldn't be taken as it stands.
type mistakeRow struct{ Code, Words string }

// shownOfMistake is how many characters of a mistake are repeated.
const shownOfMistake = 60

// explain tells how a search was understood, where that isn't plain from what was typed.
func (v *searchView) explain(r *request, f acl.Found) {
	v.Also = quoted(f.Widened, r.lang)
	for _, m := range f.Query.Mistakes {
		words := []rune(strings.TrimSpace(f.Query.Text[m.Start:m.End]))
		if len(words) > shownOfMistake {
			words = append(words[:shownOfMistake], '…')
		}
		v.Mistakes = append(v.Mistakes, mistakeRow{m.Code, apart(string(words))})
	}
	if !f.Query.Plain() {
		v.Understood = described(r, f.Query)
	}
}

// apart keeps a text's direction of writing from the text around it.
func apart(text string) string { return "\u2068" + text + "\u2069" }

// described writes a query in the reader's language.
func described(r *request, q query.Query) string {
	var out []string
	if q.Root != nil {
		if words := describedAll(r, q.Root.Kids); words != "" {
			out = append(out, words)
		}
	}
	for _, c := range q.Conditions {
		value := quoted([]string{apart(c.Value)}, r.lang)
		switch c.Field {
		case query.Type:
			out = append(out, r.say("search.typed", "Words", value))
		case query.Register:
			out = append(out, r.say("search.registered", "Words", value))
		case query.From:
			out = append(out, r.say("search.dated_from", "Words", ui.Date(r.lang, c.Value)))
		case query.To:
			out = append(out, r.say("search.dated_to", "Words", ui.Date(r.lang, c.Value)))
		case query.Person:
			out = append(out, r.say("search.of_person", "Words", value))
		case query.Akte:
			out = append(out, r.say("search.one_akte"))
		}
	}
	return strings.Join(out, "; ")
}

// describedAll writes parts that are asked for together, what is excluded last.
func describedAll(r *request, nodes []query.Node) string {
	var words, without []string
	for _, n := range nodes {
		if n.Kind == query.Not {
			without = append(without, r.say("search.without", "Words", describedNode(r, n.Kids[0], true)))
		} else {
			words = append(words, describedNode(r, n, len(nodes) > 1))
		}
	}
	out := strings.Join(words, " "+r.say("search.and")+" ")
	if len(without) > 0 {
		if out != "" {
			out += ", "
		}
		out += strings.Join(without, ", ")
	}
	return out
}

// describedNode writes a part; inside puts brackets around what consists of parts.
func describedNode(r *request, n query.Node, inside bool) string {
	words := quoted([]string{apart(n.Text)}, r.lang)
	switch n.Kind {
	case query.Phrase:
		return r.say("search.verbatim", "Words", words)
	case query.Near:
		return r.say("search.nearby", "Words", words, "N", n.Distance)
	case query.Fuzzy:
		return r.say("search.similar", "Words", words)
	case query.Number:
		return r.say("search.numbered", "Words", words)
	case query.All:
		words = describedAll(r, n.Kids)
	case query.Any:
		var some []string
		for _, k := range n.Kids {
			some = append(some, describedNode(r, k, true))
		}
		words = strings.Join(some, " "+r.say("search.or")+" ")
	default:
		return words
	}
	if inside {
		words = "(" + words + ")"
	}
	return words
}
