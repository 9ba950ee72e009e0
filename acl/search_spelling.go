package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"eakte/archive"
	"eakte/index"
	"eakte/index/query"
)

// Limits of what is looked at for another spelling.
const (
	wordsRespelled = 5
	hitsRespelled  = 20
	// leastRespelled is how many letters a word has, and manyRespelled from how many on two may be wrong.
	leastRespelled, manyRespelled = 4, 8
)

// respell looks for another spelling of the words that are in nothing the subject may find within the filters:
// words that stand there and have a letter or two otherwise. It returns what was understood with them in the
// language of the search box, or "".
func (d *Desk) respell(ctx context.Context, q index.Query, understood query.Query) (string, error) {
	if understood.Root == nil {
		return "", nil
	}
	root := *understood.Root
	root.Kids = slices.Clone(root.Kids)
	tried, changed := 0, false
	for i, n := range root.Kids {
		if n.Kind != query.Word || !spellable(n.Text) || tried == wordsRespelled {
			continue
		}
		tried++
		word, err := d.spelling(ctx, q, n.Text)
		if err != nil {
			return "", err
		}
		if word != "" {
			root.Kids[i], changed = query.Node{Text: word}, true
		}
	}
	if !changed {
		return "", nil
	}
	understood.Root = &root
	return understood.String(), nil
}

func spellable(word string) bool {
	return utf8.RuneCountInString(word) >= leastRespelled && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
}

// spelling returns the word that stands most often, where the nearest ones stand, instead of one that stands
// nowhere.
func (d *Desk) spelling(ctx context.Context, q index.Query, word string) (string, error) {
	q.Text, q.Sort, q.After, q.Limit = word, "", "", 1
	known, err := d.guard.Index.Search(ctx, q)
	if err != nil || known.Total > 0 {
		return "", err
	}
	distances := []int{1}
	if utf8.RuneCountInString(word) >= manyRespelled {
		distances = append(distances, 2)
	}
	for _, distance := range distances {
		q.Text, q.Limit = fmt.Sprintf("%s~%d", word, distance), hitsRespelled
		result, err := d.guard.Index.Search(ctx, q)
		if err != nil {
			return "", err
		}
		counts, err := d.wordsLike(ctx, q.Text, result.Hits)
		if err != nil {
			return "", err
		}
		best := ""
		for w, n := range counts {
			if near(w, word) && (best == "" || n > counts[best] || n == counts[best] && w < best) {
				best = w
			}
		}
		if best != "" {
			return best, nil
		}
	}
	return "", nil
}

// endings is how many letters a word may be longer or shorter than the one it is offered for: compounds that it
// is a part of are longer.
const endings = 3

func near(word, typed string) bool {
	n := utf8.RuneCountInString(word) - utf8.RuneCountInString(typed)
	return -endings <= n && n <= endings && spellable(word) && !strings.EqualFold(word, typed)
}

// wordsLike counts the words that a query marks in the hits that the subject may read now.
func (d *Desk) wordsLike(ctx context.Context, text string, hits []index.Hit) (map[string]int, error) {
	matcher, err := d.guard.Index.Matcher(text)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	count := func(text string, marks []index.Span) {
		for _, m := range marks {
			out[text[m.Start:m.End]]++
		}
	}
	for _, h := range hits {
		var hit Hit
		var v archive.Version
		err := d.view(ctx, func(r archive.Reader) (err error) {
			hit, v, err = d.hit(r, h)
			return err
		})
		if errors.Is(err, archive.ErrNotFound) || errors.Is(err, ErrDenied) {
			continue // changed since it was indexed
		}
		if err != nil {
			return nil, err
		}
		count(hit.Document.Title, index.Spans(matcher.Head(hit.Document.Title)))
		snippets, err := d.snippets(ctx, hit, v, matcher)
		if err != nil {
			return nil, err
		}
		for _, s := range snippets {
			count(s.Text, s.Marks)
		}
	}
	return out, nil
}
