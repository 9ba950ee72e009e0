package acl

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/ingest/hint"
)

// Fields that suggestions are made for.
const (
	SuggestDate     = "date"
	SuggestReceived = "received_on"
	SuggestType     = "type"
	SuggestNumber   = "aktenzeichen"
	SuggestAZR      = "azr_number"
	SuggestSender   = "sender"
	SuggestTitle    = "title"
	// SuggestReference is a number that somebody else gave; its value is a title with it.
	SuggestReference = "reference"
)

// Suggestion is something that stands on a page and may be what a clerk would enter. It is never
// entered by itself, and never made without a place.
type Suggestion struct {
	Field, Value string
	// Text is what stands there.
	Text string
	// Why are the words it rests on, as they stand on the page, the weightiest first; empty where the text itself
	// is the reason.
	Why []string
	// Doubt says that the check digit beside it contradicts it.
	Doubt bool
	// Page counts from 1; the box is in the units of the page's width and height.
	Page                      int
	X, Y, W, H, Width, Height float32
}

const (
	suggestPages = 3 // pages looked at
	suggestEach  = 3 // suggestions a field
)

// printed is a page as its words stand on it.
type printed struct {
	archive.PageWords
	number int
}

// printed reads the first pages of a version that is ready.
func (g *Guard) printed(ctx context.Context, v archive.Version) ([]printed, error) {
	var out []printed
	for i := range min(len(v.Pages), suggestPages) {
		words, err := g.Contents.PageWords(ctx, v, []int{i + 1})
		if err != nil {
			return nil, fmt.Errorf("acl: words of a page: %w", err)
		}
		out = append(out, printed{words[0], i + 1})
	}
	return out, nil
}

// suggest reads the first pages of a version that is ready.
func (d *Desk) suggest(ctx context.Context, v archive.Version) ([]Suggestion, error) {
	pages, err := d.guard.printed(ctx, v)
	if err != nil || len(pages) == 0 {
		return nil, err
	}
	return d.guard.read(ctx, v, pages)
}

// read is what pages say for their filing.
func (g *Guard) read(ctx context.Context, v archive.Version, pages []printed) (out []Suggestion, err error) {
	first := pages[0]
	if v.Container != nil {
		out = append(out, first.letterhead(*v.Container)...)
	}
	out = append(out, days(pages, g.today())...)
	types, err := g.types(ctx, first)
	if err != nil {
		return nil, err
	}
	out = append(out, types...)
	if v.Container == nil {
		for _, s := range hint.Senders(first.PageWords) {
			out = append(out, first.at(SuggestSender, s.Name, s.First, s.End))
		}
	}
	for _, p := range pages {
		out = append(out, p.numbers()...)
		out = append(out, p.zone(g.Now())...)
		kinds := g.Policies.References()
		for _, ref := range hint.References(p.PageWords, kinds) {
			out = append(out, p.at(SuggestReference, ref.Title(kinds), ref.First, ref.End))
		}
	}
	return fewOfEach(out), nil
}

// days are those that the paper may be of, and that of a stamp of receipt.
func days(pages []printed, today string) (out []Suggestion) {
	words := make([]archive.PageWords, len(pages))
	for i, p := range pages {
		words[i] = p.PageWords
	}
	for _, day := range hint.Days(words, today) {
		switch day.Role {
		case hint.OfPaper:
			out = append(out, pages[day.Page-1].at(SuggestDate, day.Day, day.First, day.End))
		case hint.OfEntry:
			out = append(out, pages[day.Page-1].at(SuggestReceived, day.Day, day.First, day.End))
		}
	}
	return out
}

// types are the document types that a page may be of, each with the words that speak for it.
func (g *Guard) types(ctx context.Context, p printed) (out []Suggestion, err error) {
	learner, err := g.learned.learner(ctx, g)
	if err != nil {
		return nil, err
	}
	for _, t := range learner.Types(hint.Features(p.PageWords, g.Store.Mark), g.rules.Types(p.PageWords)) {
		if _, known := g.Policies.DocType(t.Key); !known || len(t.Why) == 0 {
			continue // learned under other policies
		}
		s := p.at(SuggestType, t.Key, t.Why[0].First, t.Why[0].End)
		for _, why := range t.Why {
			words := hint.Bare(p.at("", "", why.First, why.End).Text)
			if !slices.Contains(s.Why, words) {
				s.Why = append(s.Why, words)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// fewOfEach drops what was suggested already, and more than a few of a field.
func fewOfEach(all []Suggestion) []Suggestion {
	out := []Suggestion{}
	count := map[string]int{}
	for _, s := range all {
		known := slices.ContainsFunc(out, func(o Suggestion) bool { return o.Field == s.Field && o.Value == s.Value })
		if known || count[s.Field] == suggestEach {
			continue
		}
		count[s.Field]++
		out = append(out, s)
	}
	return out
}

// at is a suggestion of the words from first up to before end.
func (p printed) at(field, value string, first, end int) Suggestion {
	s := Suggestion{Field: field, Value: value, Page: p.number, Width: p.Width, Height: p.Height}
	var texts []string
	right, bottom := float32(0), float32(0)
	for i, w := range p.Words[first:end] {
		if i == 0 {
			s.X, s.Y = w.X, w.Y
		}
		s.X, s.Y = min(s.X, w.X), min(s.Y, w.Y)
		right, bottom = max(right, w.X+w.W), max(bottom, w.Y+w.H)
		texts = append(texts, w.Text)
	}
	s.W, s.H, s.Text = right-s.X, bottom-s.Y, strings.Join(texts, " ")
	return s
}

// bare is a word without the punctuation around it.
func (p printed) bare(i int) string {
	if i < 0 || i >= len(p.Words) {
		return ""
	}
	return hint.Bare(p.Words[i].Text)
}

var (
	ourNumber  = regexp.MustCompile(`^\d{2}\.\d{2}-\d{6}/\d{4}$`)
	azrWritten = regexp.MustCompile(`^\d{12}$`)
)

// letterhead finds what a message says of itself: its head is written out above the text.
func (p printed) letterhead(c archive.Container) (out []Suggestion) {
	for _, line := range []struct{ label, field, value, shown string }{
		{"Von:", SuggestSender, c.Sender, c.Sender}, {"Betreff:", SuggestTitle, c.Subject, c.Subject}, {"Datum:", SuggestDate, c.Date, "1"},
	} {
		at := slices.IndexFunc(p.Words, func(w archive.WordBox) bool { return w.Text == line.label })
		if line.value == "" || at < 0 || at+1 >= len(p.Words) {
			continue
		}
		end := min(at+1+len(strings.Fields(line.shown)), len(p.Words))
		out = append(out, p.at(line.field, line.value, at+1, end))
	}
	return out
}

// numbers finds reference numbers of ours and AZR numbers, the latter only where the page says so.
func (p printed) numbers() (out []Suggestion) {
	for i := range p.Words {
		w := p.bare(i)
		switch {
		case ourNumber.MatchString(w):
			out = append(out, p.at(SuggestNumber, w, i, i+1))
		case azrWritten.MatchString(w):
			for n := max(0, i-4); n < i; n++ {
				if strings.HasPrefix(strings.ToUpper(p.bare(n)), "AZR") {
					out = append(out, p.at(SuggestAZR, w, i, i+1))
					break
				}
			}
		}
	}
	return out
}
