package read

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"eakte/ingest/ocr"
	"eakte/ingest/picture"
	"eakte/ingest/read/language"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
)

// In returns a Reader that recognises in languages ("ara", "deu+ara") and looks for no others.
func (r *Reader) In(languages string) *Reader {
	c := *r
	c.languages, c.fixed = languages, true
	return &c
}

// said is what languages the pages of a document were found to be in.
type said struct {
	mu   sync.Mutex
	last string
}

// attentive returns a Reader for one document, which remembers its languages.
func (r *Reader) attentive() *Reader {
	c := *r
	c.said = &said{}
	return &c
}

func (s *said) get() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

func (s *said) set(languages string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = languages
}

const (
	surely      = 85   // mean confidence of a page that one model read well
	unsure      = 60   // confidence of a word that may be in another script
	unsureShare = 0.15 // of the letters that make it worth a look
	rightScript = 70   // mean confidence of lines in a script that is theirs; in another one it is below 60
	someLetters = 12
)

// inItsLanguage recognises a page in the language of those before it, or in the first of the usual ones: a model alone
// takes a fifth less than two. What doesn't come out well so is recognised in all the usual ones, and what looks like
// another language in that.
func (r *Reader) inItsLanguage(ctx context.Context, p *Page, s sheet, img ocr.Image) (ocr.PageText, error) {
	if r.fixed || len(r.others) == 0 {
		text, err := r.ocr.Recognize(ctx, img, r.languages)
		if r.fixed {
			p.Language = r.languages
		}
		return text, err
	}
	if before := r.said.get(); before != "" {
		text, err := r.ocr.Recognize(ctx, img, before)
		if err != nil {
			return text, err
		}
		if page.MeanConfidence(text.Words) >= goodEnough && r.isIn(text.Words, before) {
			p.Language = before
			return text, nil
		}
	}
	first, _, more := strings.Cut(r.languages, "+")
	text, err := r.ocr.Recognize(ctx, img, first)
	if err != nil {
		return text, err
	}
	want, err := r.spoken(ctx, s, img, text)
	if err != nil {
		return text, err
	}
	switch {
	case want != "" && !r.usual(want):
		return r.again(ctx, p, img, text, want)
	case more && (want != first || page.MeanConfidence(text.Words) < surely):
		if text, err = r.ocr.Recognize(ctx, img, r.languages); err != nil {
			return text, err
		}
		if want == "" { // two models may bring out what one did not
			want, _ = language.Guess(plain(text.Words), language.Of("Latin"))
		}
		if want != "" && !r.usual(want) {
			return r.again(ctx, p, img, text, want)
		}
		if want != "" && want != first {
			r.said.set(want)
		}
	}
	p.Language = want
	return text, nil
}

// again recognises a page in the language it seems to be in, and keeps what makes more sense.
func (r *Reader) again(ctx context.Context, p *Page, img ocr.Image, text ocr.PageText, want string) (ocr.PageText, error) {
	for range 2 {
		if !r.has(want) {
			p.Language, p.Note = want, page.NoteLanguage
			return text, nil
		}
		better, err := r.ocr.Recognize(ctx, img, want)
		if err != nil {
			return text, err
		}
		if sense(better.Words)*100 < sense(text.Words)*95 {
			return text, nil
		}
		text, p.Language, p.Note = better, want, ""
		own := want[strings.LastIndexByte(want, '+')+1:]
		l, _ := language.Find(own)
		sure, _ := language.Guess(plain(text.Words), language.Of(l.Script))
		if sure == "" || sure == own {
			break
		}
		want = strings.TrimSuffix(want, own) + sure // the whole page tells better than a few lines
	}
	r.said.set(p.Language)
	return text, nil
}

// spoken returns the languages that a page seems to be in, from what was recognised in the usual ones; ""
// where nothing tells.
func (r *Reader) spoken(ctx context.Context, s sheet, img ocr.Image, text ocr.PageText) (string, error) {
	latin, _ := language.Guess(plain(text.Words), language.Of("Latin"))
	strip, doubt := doubtfulLines(text)
	if doubt < unsureShare || strip.W == 0 {
		return latin, nil
	}
	other, err := r.inOtherScript(ctx, s, img, strip)
	if err != nil || other == "" {
		return latin, err
	}
	if latin != "" && r.usual(latin) && doubt < 0.7 {
		return latin + "+" + other, nil // a form, filled in
	}
	return other, nil
}

// inOtherScript tries a few lines in other scripts.
func (r *Reader) inOtherScript(ctx context.Context, s sheet, img ocr.Image, strip picture.Part) (string, error) {
	cut, err := s.cut(ctx, img, strip)
	if err != nil {
		if pageNote(err) != "" {
			err = nil
		}
		return "", err
	}
	defer func(f *sandbox.File) { _ = f.Close() }(cut)
	lines := ocr.Image{File: cut, DPI: img.DPI}
	for _, script := range language.Order() {
		models := slices.DeleteFunc(language.Scripts()[script], func(l string) bool { return !r.has(l) })
		if len(models) == 0 {
			continue
		}
		text, sure, err := r.tried(ctx, lines, models[0], script)
		if err != nil {
			return "", err
		}
		if sure < rightScript {
			continue
		}
		if code, _ := language.Guess(text, language.Of(script)); code != "" {
			return code, nil
		}
		return r.surest(ctx, lines, models, script, sure)
	}
	return "", nil
}

// surest is that of a script's languages whose model is surest of the lines; sure is what the first was.
func (r *Reader) surest(ctx context.Context, lines ocr.Image, models []string, script string, sure uint8) (string, error) {
	best := models[0]
	for _, m := range models[1:] {
		_, s, err := r.tried(ctx, lines, m, script)
		if err != nil {
			return "", err
		}
		if s > sure {
			best, sure = m, s
		}
	}
	return best, nil
}

// tried recognises lines with one model; sure is zero where they hold something else than its script.
func (r *Reader) tried(ctx context.Context, lines ocr.Image, model, script string) (text string, sure uint8, err error) {
	got, err := r.ocr.Lines(ctx, lines, model, "")
	if err != nil {
		if pageNote(err) != "" {
			return "", 0, nil
		}
		return "", 0, fmt.Errorf("read: trying %s: %w", model, err)
	}
	text = plain(got.Words)
	if share, n := language.Share(text, script); n < someLetters || share < 0.7 {
		return text, 0, nil
	}
	return text, page.MeanConfidence(got.Words), nil
}

// doubtfulLines returns where the most unsure words stand close together, two or three lines of them, and
// which part of the page's letters is unsure.
func doubtfulLines(text ocr.PageText) (strip picture.Part, share float64) {
	var low []Word
	letters, doubt := 0, 0
	var heights []float32
	for _, w := range text.Words {
		n := page.Letters(w.Text)
		letters += n
		if w.Confidence < unsure && w.H > 4 && w.H < float32(text.Height)/4 {
			low, heights, doubt = append(low, w), append(heights, w.H), doubt+n
		}
	}
	if len(low) < 4 || letters == 0 {
		return strip, 0
	}
	slices.Sort(heights)
	height := 4 * heights[len(heights)/2]
	best, at := float32(0), float32(0)
	for _, top := range low {
		wide := float32(0)
		for _, w := range low {
			if w.Y >= top.Y && w.Y+w.H <= top.Y+height {
				wide += w.W
			}
		}
		if wide > best {
			best, at = wide, top.Y
		}
	}
	x0, x1, y0, y1 := float32(text.Width), float32(0), at, at
	for _, w := range low {
		if w.Y >= at && w.Y+w.H <= at+height {
			x0, x1, y1 = min(x0, w.X), max(x1, w.X+w.W), max(y1, w.Y+w.H)
		}
	}
	pad := height / 8
	return inside(x0-pad, y0-pad, x1+pad, y1+pad, text), float64(doubt) / float64(letters)
}

// inside is a part of the image that was recognised, in whole pixels.
func inside(x0, y0, x1, y1 float32, text ocr.PageText) picture.Part {
	x0, y0 = max(x0, 0), max(y0, 0)
	x1, y1 = min(x1, float32(text.Width)), min(y1, float32(text.Height))
	if x1-x0 < 1 || y1-y0 < 1 {
		return picture.Part{}
	}
	return picture.Part{X: int(x0), Y: int(y0), W: int(x1 - x0), H: int(y1 - y0), Percent: 100}
}

// written is the language of words that were read or recognised; "" where nothing tells.
func written(words []Word) string {
	text := plain(words)
	for _, script := range append([]string{"Latin"}, language.Order()...) {
		if share, n := language.Share(text, script); n >= someLetters && share > 0.6 {
			code, _ := language.Guess(text, language.Of(script))
			return code
		}
	}
	return ""
}

// isIn reports whether words are in languages, as far as they tell.
func (r *Reader) isIn(words []Word, languages string) bool {
	found := written(words)
	return found == "" || slices.Contains(strings.Split(languages, "+"), found)
}

// usual reports whether a language is among those that are recognised first.
func (r *Reader) usual(code string) bool {
	return slices.Contains(strings.Split(r.languages, "+"), code)
}

// has reports whether all of "deu+ara" can be recognised on this machine.
func (r *Reader) has(codes string) bool {
	for code := range strings.SplitSeq(codes, "+") {
		if !r.usual(code) && !slices.Contains(r.others, code) {
			return false
		}
	}
	return true
}

func plain(words []Word) string { return Page{Words: words}.Text() }
