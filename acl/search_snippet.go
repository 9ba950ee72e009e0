package acl

import (
	"context"
	"strings"
	"unicode/utf8"

	"eakte/archive"
	"eakte/index"
)

// Snippet is a passage of a page with the matches in it.
type Snippet struct {
	Page int
	Text string
	// Marks are byte spans in Text.
	Marks []index.Span
}

// Lengths of what is listed of a hit.
const (
	pagesListed  = 50
	snippetPages = 3
	snippetBytes = 240
)

// snippets cuts passages around the first matches of the first pages that have any.
func (d *Desk) snippets(ctx context.Context, h Hit, v archive.Version, matcher index.Matcher) ([]Snippet, error) {
	pages := h.Pages[:min(len(h.Pages), snippetPages)]
	if len(pages) == 0 || v.Text.Ref == "" {
		return []Snippet{}, nil
	}
	texts, err := d.guard.Contents.PageTexts(ctx, v, pages)
	if err != nil {
		return nil, err
	}
	out := []Snippet{}
	for i, text := range texts {
		if marks := index.Spans(matcher.Page(string(text))); len(marks) > 0 {
			out = append(out, cut(pages[i], string(text), marks))
		}
	}
	return out, nil
}

// cut takes the passage that has the most different words of the query, at blanks, with all marks inside it.
func cut(page int, text string, marks []index.Span) Snippet {
	first := telling(text, marks)
	from := max(0, first.Start-snippetBytes/3)
	to := min(len(text), from+snippetBytes)
	if to < first.End {
		to = first.End
	}
	if from > 0 {
		if i := strings.IndexAny(text[from:first.Start], " \n"); i >= 0 {
			from += i + 1
		}
	}
	if to < len(text) {
		if i := strings.LastIndexAny(text[first.End:to], " \n"); i >= 0 {
			to = first.End + i
		}
	}
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	s := Snippet{Page: page, Text: text[from:to]}
	for _, m := range marks {
		if m.Start >= from && m.End <= to {
			s.Marks = append(s.Marks, index.Span{Start: m.Start - from, End: m.End - from})
		}
	}
	return s
}

// marksWeighed is how many marks of a page are looked at for the best passage.
const marksWeighed = 500

// telling returns the mark behind which, within a passage, the most different words are marked; the first
// such one.
func telling(text string, marks []index.Span) index.Span {
	marks = marks[:min(len(marks), marksWeighed)]
	most, best := 0, marks[0]
	for i, m := range marks {
		words := map[string]bool{}
		for _, o := range marks[i:] {
			if o.End > m.Start+snippetBytes*2/3 {
				break
			}
			words[strings.ToLower(text[o.Start:o.End])] = true
		}
		if len(words) > most {
			most, best = len(words), m
		}
	}
	return best
}
