package acl

import (
	"context"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// PageHits are the matches of a query on a page.
type PageHits struct {
	// Page is from 1; Count is how many matches there are.
	Page, Count int
	// Width and Height are those of the page in the unit of Boxes.
	Width, Height float32
	Boxes         []HitBox
	// Partial says that Boxes are not all: the page has too many, or was one too many to tell of. Asked for
	// alone a page has as many as can be told.
	Partial bool
}

// HitBox is where a word of a match stands.
type HitBox struct {
	X, Y, W, H float32
	// Hit numbers the page's matches from 0: the words of a phrase have the same. A word that belongs to
	// two matches has that of the first.
	Hit int
}

// How much one answer tells.
const (
	hitPages = 50   // pages with boxes
	hitBoxes = 5000 // boxes of a page
	hitChunk = 64   // pages whose text is in memory at once
)

// Hits returns the pages of a document on which the query's words and phrases stand, as the index
// finds them, and where. page picks one page; 0 is all. It is a read of the document. A query that
// can't be read is an [*index.QueryError].
func (d *Desk) Hits(ctx context.Context, h Holder, query string, page int) ([]PageHits, error) {
	matcher, err := d.guard.Index.Matcher(query)
	if err != nil {
		return nil, err
	}
	v, err := d.content(ctx, h, audit.OpDocumentRead)
	if err != nil {
		return nil, err
	}
	if err := readable(v); err != nil {
		return nil, err
	}
	if page < 0 || page > len(v.Pages) {
		return nil, archive.ErrNotFound
	}
	numbers := []int{page}
	if page == 0 {
		numbers = numbers[:0]
		for n := range v.Pages {
			numbers = append(numbers, n+1)
		}
	}
	out := []PageHits{}
	for chunk := range slices.Chunk(numbers, hitChunk) {
		found, err := d.pageHits(ctx, v, matcher, chunk, hitPages-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// pageHits finds matches on some pages, with boxes for the first few that have any.
func (d *Desk) pageHits(ctx context.Context, v archive.Version, m index.Matcher, numbers []int, boxed int) ([]PageHits, error) {
	texts, err := d.guard.Contents.PageTexts(ctx, v, numbers)
	if err != nil {
		return nil, err
	}
	var out []PageHits
	var some []int
	for i, text := range texts {
		n := len(m.Page(string(text)))
		if n == 0 {
			continue
		}
		facts := v.Pages[numbers[i]-1]
		out = append(out, PageHits{Page: numbers[i], Count: n, Width: facts.Width, Height: facts.Height, Boxes: []HitBox{}, Partial: true})
		if len(some) < boxed {
			some = append(some, numbers[i])
		}
	}
	if len(some) == 0 {
		return out, nil
	}
	words, err := d.guard.Contents.PageWords(ctx, v, some)
	if err != nil {
		return nil, err
	}
	for i, page := range words {
		out[i].draw(page, m)
	}
	return out, nil
}

// draw puts boxes around the words of matches. The words joined are the page's text but for its breaks,
// which mean nothing to a matcher.
func (p *PageHits) draw(page archive.PageWords, m index.Matcher) {
	p.Width, p.Height, p.Partial = page.Width, page.Height, false
	var text strings.Builder
	ends := make([]int, len(page.Words)) // where each word ends in the text
	for i, w := range page.Words {
		text.WriteString(w.Text)
		ends[i] = text.Len()
		text.WriteByte(' ')
	}
	matches := m.Page(text.String())
	p.Count = len(matches)
	drawn := make(map[int]bool)
	for hit, match := range matches {
		for _, i := range covered(ends, match) {
			if drawn[i] {
				continue
			}
			if len(p.Boxes) == hitBoxes {
				p.Partial = true
				return
			}
			drawn[i] = true
			w := page.Words[i]
			p.Boxes = append(p.Boxes, HitBox{w.X, w.Y, w.W, w.H, hit})
		}
	}
}

// covered are the words, by where each ends, that a match lies in: several for one that a line's end tears.
func covered(ends []int, match index.Match) (out []int) {
	for _, span := range match {
		i, _ := slices.BinarySearch(ends, span.Start+1)
		for start := span.Start; i < len(ends) && start < span.End; i++ {
			out = append(out, i)
			start = ends[i] + 1
		}
	}
	return out
}
