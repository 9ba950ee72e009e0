package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/index"
	"eakte/index/query"
	"eakte/policies"
)

// personsChosen is how many persons a condition of a search may mean.
const personsChosen = 100

// understand reads the text of a search and puts the conditions in it beside the filters of q: both hold.
// What a condition names that isn't known is a mistake, and left out.
func (d *Desk) understand(ctx context.Context, q *index.Query, persons index.Rights) (query.Query, error) {
	out := query.Parse(q.Text)
	q.Text = out.Text
	out.Widen(d.guard.Policies.Synonyms)
	var types, registers []string
	kept := out.Conditions[:0:0]
	for _, c := range out.Conditions {
		known := true
		switch c.Field {
		case query.Type:
			known = meant(&types, d.guard.Policies.DocTypes(), func(t policies.DocType) policies.Term { return t.Term }, c.Value)
		case query.Register:
			known = meant(&registers, d.guard.Policies.Registers(), func(r policies.Register) policies.Term { return r.Term }, c.Value)
		case query.From:
			q.From = max(q.From, c.Value)
		case query.To:
			q.To = min(cmp.Or(q.To, c.Value), c.Value)
		case query.Akte:
			known = q.Akte == "" || q.Akte == archive.AkteID(c.Value)
			q.Akte = cmp.Or(q.Akte, archive.AkteID(c.Value))
		case query.Person:
			if err := d.choose(ctx, q, persons, c.Value); err != nil {
				return query.Query{}, err
			}
		}
		if !known {
			out.Mistakes = append(out.Mistakes, query.Mistake{Code: query.UnknownValue, Start: c.Start, End: c.End})
			continue
		}
		kept = append(kept, c)
	}
	out.Conditions = kept
	slices.SortStableFunc(out.Mistakes, func(a, b query.Mistake) int { return cmp.Compare(a.Start, b.Start) })
	q.Types, q.Registers = both(q.Types, types), both(q.Registers, registers)
	return out, nil
}

// leastPart is how many bytes of a label name what they are a part of.
const leastPart = 3

// meant adds the keys that a value names: the key or label that it is, else all labels that it is a part of.
func meant[T any](keys *[]string, all []T, term func(T) policies.Term, value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	var whole, parts []string
	for _, item := range all {
		t := term(item)
		de, en := strings.ToLower(t.Label.DE), strings.ToLower(t.Label.EN)
		switch {
		case value == t.Key || value == de || value == en:
			whole = append(whole, t.Key)
		case len(value) >= leastPart && (strings.Contains(de, value) || strings.Contains(en, value)):
			parts = append(parts, t.Key)
		}
	}
	if len(whole) == 0 {
		whole = parts
	}
	*keys = append(*keys, whole...)
	return len(whole) > 0
}

// both narrows the values chosen to those asked for; where none is both, to one that nothing has.
func both(chosen, asked []string) []string {
	if len(asked) == 0 {
		return chosen
	}
	if len(chosen) == 0 {
		return asked
	}
	out := slices.DeleteFunc(slices.Clone(asked), func(v string) bool { return !slices.Contains(chosen, v) })
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// choose narrows to documents of the persons that a value names, as far as the subject may find them. Nobody
// is not a mistake: to say so would tell who isn't known from who isn't found.
func (d *Desk) choose(ctx context.Context, q *index.Query, rights index.Rights, value string) error {
	if q.Persons == nil {
		q.Persons = []archive.PersonID{}
	}
	if id, err := archive.ParseID[archive.PersonID](value); err == nil {
		q.Persons = append(q.Persons, id)
		return nil
	}
	hits, err := d.guard.Index.Persons(ctx, index.PersonQuery{Text: value, Rights: rights, Without: q.Without, Limit: personsChosen})
	if err != nil && !errors.Is(err, index.ErrAway) { // away: nothing is found at all, which is told
		return err
	}
	for _, h := range hits {
		q.Persons = append(q.Persons, h.Person)
	}
	return nil
}

// widened lists what is looked for beside the words of a query, each once.
func widened(n *query.Node) (out []string) {
	if n == nil {
		return nil
	}
	for _, also := range n.Also {
		if !slices.Contains(out, also) {
			out = append(out, also)
		}
	}
	for i := range n.Kids {
		for _, also := range widened(&n.Kids[i]) {
			if !slices.Contains(out, also) {
				out = append(out, also)
			}
		}
	}
	return out
}
