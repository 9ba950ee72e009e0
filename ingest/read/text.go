package read

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"eakte/ingest/pdf"
	"eakte/ingest/read/page"
	"eakte/ingest/sniff"
)

// Text reads the document's pages and calls emit with each, in order, from this
// goroutine. It ends with the first error of emit. The error is a *[Failure] where
// trying again is useless.
func (r *Reader) Text(ctx context.Context, kind sniff.Kind, src *Source, f Facts, emit func(Page) error) error {
	r = r.attentive()
	switch {
	case kind == sniff.PDF && f.PDF != nil:
		return r.textPDF(ctx, src, *f.PDF, emit)
	case f.Picture != nil:
		late := time.Now().Add(r.maxTime)
		return r.inOrder(ctx, len(f.Picture.Frames), emit, func(ctx context.Context, nr int) (Page, error) {
			if time.Now().After(late) {
				width, height := f.Picture.Frames[nr-1].Size()
				return Page{Number: nr, Width: width, Height: height, Source: page.None, Note: page.NoteTimeLimit}, nil
			}
			p, err := r.pictureSheet(ctx, src, *f.Picture, nr)
			if p.Note == noteUnreadable && len(f.Picture.Frames) == 1 {
				return p, &Failure{State: Failed, Code: pdf.Corrupt}
			}
			return p, err
		})
	case f.Parcel != nil, kind == sniff.Text:
		sheets, err := r.leaves(f, src)
		if err != nil {
			return err
		}
		for i, s := range sheets {
			if err := emit(layOut(s, i+1)); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("read: facts don't belong to this kind")
}

// chunk is how many pages pdftotext reads in one go.
const chunk = 40

// textPDF reads chunk after chunk. While the pages of one are recognised, the next
// one isn't begun: text that is embedded costs next to nothing.
func (r *Reader) textPDF(ctx context.Context, src *Source, f pdf.Facts, emit func(Page) error) error {
	late := time.Now().Add(r.maxTime)
	for first := 1; first <= f.Pages; first += chunk {
		last := min(first+chunk-1, f.Pages)
		words, err := r.wordsOf(ctx, src, first, last, late)
		if err != nil {
			return err
		}
		err = r.inOrder(ctx, last-first+1, emit, func(ctx context.Context, i int) (Page, error) {
			nr := first + i - 1
			if time.Now().After(late) {
				s := sheetOf(f, nr)
				return Page{Number: nr, Width: s.Width, Height: s.Height, Source: page.None, Note: page.NoteTimeLimit}, nil
			}
			return r.pdfPage(ctx, src, f, nr, words[i-1])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// patience is how many pages in a row may have unreadable text before the document is given up.
const patience = 3

// wordsOf returns the embedded words of some pages. Where one of them spoils the lot they are read one by
// one: a page without words is recognised from its image.
func (r *Reader) wordsOf(ctx context.Context, src *Source, first, last int, late time.Time) ([][]Word, error) {
	words, err := r.pdf.Words(ctx, src, first, last)
	switch pdf.IsRefused(err) {
	case "":
		return words, err
	case pdf.Encrypted:
		return nil, final(err, 0)
	}
	words = make([][]Word, last-first+1)
	good, bad := 0, 0
	for nr := first; nr <= last && time.Now().Before(late); nr++ {
		one, err := r.pdf.Words(ctx, src, nr, nr)
		switch {
		case err == nil && len(one) == 1:
			words[nr-first] = one[0]
			good++
		case err != nil && pdf.IsRefused(err) == "":
			return nil, err
		default:
			bad++
		}
		if good == 0 && bad == patience {
			break
		}
	}
	if good == 0 {
		return nil, final(err, 0) // it isn't one page
	}
	return words, nil
}

// inOrder makes pages 1 to n, several at once, and emits them in order. Their
// number is limited by the Reader's slots, taken where a page is recognised.
func (r *Reader) inOrder(ctx context.Context, n int, emit func(Page) error, work func(context.Context, int) (Page, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	type outcome struct {
		page Page
		err  error
	}
	ahead := 2 * cap(r.slots)
	done := make([]chan outcome, n)
	start := func(i int) {
		done[i] = make(chan outcome, 1)
		running.Go(func() {
			p, err := work(ctx, i+1)
			done[i] <- outcome{p, err}
		})
	}
	for i := range min(n, ahead) {
		start(i)
	}
	for i := range n {
		o := <-done[i]
		done[i] = nil
		if o.err != nil {
			return o.err
		}
		if i+ahead < n {
			start(i + ahead)
		}
		if err := emit(o.page); err != nil {
			return err
		}
	}
	return nil
}

// pdfPage decides where a page's text comes from.
func (r *Reader) pdfPage(ctx context.Context, src *Source, f pdf.Facts, nr int, words []Word) (Page, error) {
	sheet := sheetOf(f, nr)
	p := Page{Number: nr, Width: sheet.Width, Height: sheet.Height, Source: page.Embedded}
	sound := page.Sound(words)
	letters := lettersOf(words)
	if !sound {
		words, p.Note = nil, page.NoteGarbage
	}
	sparse := letters < 200 && (sheet.Image || f.Fallback)
	if letters > 0 && sound && !sparse {
		return finish(p, words, f.Fields), nil
	}
	seen, err := r.recognisePDF(ctx, src, f, nr, sheet)
	if err != nil {
		return p, err
	}
	switch {
	case lettersOf(seen.Words) > letters+letters/2, !sound && len(seen.Words) > 0:
		seen.Note = cmp.Or(p.Note, seen.Note)
		return finish(seen, seen.Words, f.Fields), nil
	case letters > 0 && sound:
		if seen.Rotation == 0 {
			p.Codes = seen.Codes
		}
		return finish(p, words, f.Fields), nil
	}
	if seen.Note == "" || seen.Note == page.NoteBlank && p.Note != "" {
		seen.Note = p.Note
	}
	return finish(seen, seen.Words, f.Fields), nil
}

// certainEnough is the mean confidence below which people are told to look for themselves.
const certainEnough = 65

// finish adds form values that the text lacks, and brings boxes into the page.
func finish(p Page, words []Word, fields []pdf.Field) Page {
	p.Words = withFields(words, fields, p)
	page.Clamp(p.Words, p.Width, p.Height)
	p.Confidence = page.MeanConfidence(p.Words)
	if p.Language == "" {
		p.Language = written(p.Words)
	}
	if p.Source == page.OCR && p.Confidence < certainEnough && p.Note == "" {
		p.Note = page.NoteUncertain
	}
	switch {
	case len(p.Words) == 0:
		p.Source = page.None
		if p.Note == "" || p.Note == page.NoteUncertain {
			p.Note = page.NoteBlank
		}
	case p.Source == page.None:
		p.Source, p.Note = page.Embedded, ""
	}
	return p
}

func lettersOf(words []Word) int {
	n := 0
	for _, w := range words {
		n += page.Letters(w.Text)
	}
	return n
}

func sheetOf(f pdf.Facts, nr int) pdf.Sheet {
	var s pdf.Sheet
	if nr <= len(f.Sheets) {
		s = f.Sheets[nr-1]
	}
	if s.Width <= 0 || s.Height <= 0 {
		s.Width, s.Height = 595, 842
	}
	return s
}

// take waits for a slot to recognise in.
func (r *Reader) take(ctx context.Context) (release func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("read: %w", ctx.Err())
	}
}
