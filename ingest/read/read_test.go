package read

import (
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eakte/ingest/ocr"
	"eakte/ingest/pdf"
	"eakte/ingest/picture"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/separator"
	"eakte/ingest/sniff"
)

func fromString(t *testing.T, s string) *Source {
	t.Helper()
	src, err := Load(strings.NewReader(s), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

func TestPlainTextBecomesPages(t *testing.T) {
	tests := []struct {
		name, in string
		pages    []string
	}{
		{"lines and paragraphs", "Sehr geehrte\r\nFrau  Müller,\n\nEnde", []string{"Sehr geehrte\nFrau Müller,\n\nEnde"}},
		{"form feed", "eins\fzwei", []string{"eins", "zwei"}},
		{"latin-1", "M\xfcller", []string{"Müller"}},
		{"utf-16", "\xff\xfeM\x00\xfc\x00", []string{"Mü"}},
		{"nfd", "u\u0308bel", []string{"übel"}},
		{"direction marks go", "a\u202eb", []string{"ab"}},
		{"only blanks", "  \n ", []string{""}},
		{"many lines", strings.Repeat("x\n", 61), []string{strings.TrimSpace(strings.Repeat("x\n", 60)), "x"}},
	}
	r, _ := newReader(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := fromString(t, tt.in)
			f, err := r.Inspect(t.Context(), sniff.Text, src)
			if err != nil || f.Pages != len(tt.pages) {
				t.Fatalf("%d pages, %v", f.Pages, err)
			}
			err = r.Text(t.Context(), sniff.Text, src, f, func(p Page) error {
				if got := p.Text(); got != tt.pages[p.Number-1] {
					t.Errorf("page %d: %q", p.Number, got)
				}
				for _, w := range p.Words {
					if w.X < 0 || w.X+w.W > p.Width || w.Y+w.H > p.Height {
						t.Errorf("word outside: %+v", w)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestImagesOfEveryKind(t *testing.T) {
	r, _ := newReader(t)
	dir := corpus(t)
	tests := []struct {
		file     string
		rotation int
		wide     bool
	}{
		{"pdf/letter-de.pdf", 0, false},
		{"pdf/letter-de.pdf", 90, true},
		{"photo/foto_brief_kuendigung.jpg", 0, false},
		{"scan/scan_menschenrechte_3seiten_g4.tif", 180, false},
		{"photo/id_es_muster.png", 270, false},
		{"scan/multipage.tif", 0, true}, // JPEG inside of TIFF, which Go's decoder doesn't know
		{"scan/multi-page-images-alpha-rgb.tiff", 0, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.file, tt.rotation), func(t *testing.T) {
			src := open(t, filepath.Join(dir, tt.file))
			kind, err := kindOf(t, src, tt.file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := r.Inspect(t.Context(), kind, src)
			if err != nil {
				t.Fatal(err)
			}
			img, err := r.Image(t.Context(), kind, src, f, 1, page.Lay{Rotation: tt.rotation})
			if err != nil {
				t.Fatal(err)
			}
			defer img.Close() //nolint:errcheck // test
			thumb, err := r.Thumb(t.Context(), img, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer thumb.Close() //nolint:errcheck // test
			if cfg, err := jpeg.DecodeConfig(img.Reader()); err != nil || cfg.Width > ViewWidth+2 || (cfg.Width > cfg.Height) != tt.wide {
				t.Errorf("got %d × %d, %v", cfg.Width, cfg.Height, err)
			}
			cfg, err := jpeg.DecodeConfig(thumb.Reader())
			if err != nil || cfg.Width < ThumbWidth-2 || cfg.Width > ThumbWidth+2 || (cfg.Width > cfg.Height) != tt.wide {
				t.Errorf("small: got %d × %d, %v", cfg.Width, cfg.Height, err)
			}
		})
	}
	src := fromString(t, "Guten Tag")
	f, err := r.Inspect(t.Context(), sniff.Text, src)
	if err != nil {
		t.Fatal(err)
	}
	img, err := r.Image(t.Context(), sniff.Text, src, f, 1, page.Lay{})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close() //nolint:errcheck // test
	if cfg, err := jpeg.DecodeConfig(img.Reader()); err != nil || cfg.Width != ViewWidth {
		t.Errorf("text: %d wide, %v", cfg.Width, err)
	}
	var failure *Failure
	if _, err := r.Image(t.Context(), sniff.Text, src, f, 2, page.Lay{}); !errors.As(err, &failure) || failure.Page != 2 {
		t.Errorf("page that isn't there: %v", err)
	}
}

func TestFailuresAreFinalOrNot(t *testing.T) {
	tests := []struct {
		name      string
		err       error
		state     State
		transient bool
	}{
		{"password", &pdf.Refused{Code: pdf.Encrypted}, Password, false},
		{"corrupt", fmt.Errorf("x: %w", &pdf.Refused{Code: pdf.Corrupt}), Failed, false},
		{"pixels", &picture.Refused{Code: picture.PixelLimit}, Failed, false},
		{"machine", sandbox.ErrUnavailable, "", true},
		{"killed", sandbox.ErrInterrupted, "", true},
		{"cancelled", context.Canceled, "", true},
	}
	for _, tt := range tests {
		err := final(tt.err, 0)
		var f *Failure
		errors.As(err, &f)
		if (f == nil) != tt.transient || Transient(err) != tt.transient || f != nil && f.State != tt.state {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// fake recognises nothing real: it answers by how often it was asked.
type fake struct {
	upright, rotated []Word
	turn             int
	err              error
	turns            int
}

func (f *fake) Recognize(context.Context, ocr.Image, string) (ocr.PageText, error) {
	f.turns++
	if f.turns == 1 {
		return ocr.PageText{Words: slices.Clone(f.upright), Width: 100, Height: 200}, f.err
	}
	return ocr.PageText{Words: slices.Clone(f.rotated), Width: 200, Height: 100}, f.err
}

func (f *fake) Lines(ctx context.Context, img ocr.Image, languages, _ string) (ocr.PageText, error) {
	return f.Recognize(ctx, img, languages)
}

func (f *fake) Orientation(context.Context, ocr.Image) (int, float64, error) {
	return f.turn, 3, nil
}

func word(text string, confidence uint8) Word {
	return Word{X: 10, Y: 20, W: 30, H: 5, Text: text, Confidence: confidence}
}

// seesNothing looks at a page without barcodes.
func seesNothing(context.Context) (separator.Look, error) { return separator.Look{}, nil }

func TestRecogniseKeepsTheBetterAttempt(t *testing.T) {
	good := []Word{word("Aufenthaltserlaubnis", 95), word("Antrag", 95), word("vom", 90), word("zwölften", 90), word("Mai", 96)}
	bad := []Word{word("sıuqn", 35), word("||", 20), word("ejı", 31)}
	tests := []struct {
		name     string
		engine   *fake
		rotation int
		words    int
		asked    int
		note     string
	}{
		{"upright page costs one attempt", &fake{upright: good}, 0, 5, 1, ""},
		{"page on its side", &fake{upright: bad, rotated: good, turn: 90}, 90, 5, 2, ""},
		{"wrong hint", &fake{upright: bad, rotated: nil, turn: 90}, 0, 0, 2, page.NoteBlank},
		{"specks", &fake{upright: bad}, 0, 0, 1, page.NoteBlank},
		{"image can't be read", &fake{err: ocr.ErrUnreadable}, 0, 0, 1, page.NoteUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &Reader{ocr: tt.engine, slots: make(chan struct{}, 1)}
			p, err := r.recognise(t.Context(), sheet{nr: 1, width: 50, height: 100,
				look: seesNothing,
				raster: func(context.Context, int) (ocr.Image, rect, bool, error) {
					return ocr.Image{}, rect{0, 0, 50, 100}, false, nil
				}})
			p = finish(p, p.Words, nil)
			if err != nil || p.Rotation != tt.rotation || len(p.Words) != tt.words || tt.engine.turns != tt.asked || p.Note != tt.note {
				t.Errorf("got %+v after %d attempts, %v", p, tt.engine.turns, err)
			}
			if tt.rotation == 90 && (p.Width != 100 || p.Height != 50 || p.Words[0].X != 5) {
				t.Errorf("turned page %v × %v, word at %v", p.Width, p.Height, p.Words[0].X)
			}
		})
	}
}

func TestTransientTroubleIsNotANote(t *testing.T) {
	r := &Reader{ocr: &fake{err: sandbox.ErrInterrupted}, slots: make(chan struct{}, 1)}
	_, err := r.recognise(t.Context(), sheet{nr: 1, width: 50, height: 100,
		look: seesNothing, raster: func(context.Context, int) (ocr.Image, rect, bool, error) {
			return ocr.Image{}, rect{}, false, nil
		}})
	if !errors.Is(err, sandbox.ErrInterrupted) || !Transient(err) {
		t.Errorf("got %v", err)
	}
}

func TestLinesThatRunDownAreStoodUp(t *testing.T) {
	p := Page{Width: 100, Height: 200, Source: page.OCR}
	for i := range 15 {
		p.Words = append(p.Words, Word{X: 50, Y: float32(10 * i), W: 4, H: 8, Text: "wort"})
	}
	got := stoodUp(p)
	if got.Rotation != 270 || got.Width != 200 || got.Height != 100 || got.Words[1].X != 10 || got.Words[1].Y != 46 || got.Words[1].W != 8 {
		t.Errorf("rotation %d, %v × %v, second word %+v", got.Rotation, got.Width, got.Height, got.Words[1])
	}
	level := Page{Width: 100, Height: 200, Words: []Word{{X: 1}, {X: 20}, {X: 40}}}
	if got := stoodUp(level); got.Rotation != 0 {
		t.Errorf("level lines: %d", got.Rotation)
	}
}

func TestFieldsAreAddedOnceAndInPlace(t *testing.T) {
	p := Page{Number: 1, Width: 500, Height: 500, Source: page.Embedded}
	fields := []pdf.Field{
		{Page: 1, X: 100, Y: 100, W: 100, H: 20, Text: "Max Mustermann"},
		{Page: 1, X: 100, Y: 200, W: 100, H: 20, Text: "schon da"},
		{Page: 2, X: 100, Y: 100, W: 100, H: 20, Text: "andere Seite"},
	}
	words := []Word{{X: 102, Y: 204, W: 40, H: 10, Text: "schon"}, {X: 150, Y: 204, W: 20, H: 10, Text: "da"}}
	got := finish(p, words, fields)
	if text := got.Text(); text != "schon da\n\nMax Mustermann" {
		t.Errorf("text %q", text)
	}
	if w := got.Words[3]; w.X < 120 || w.X+w.W > 200.1 || w.Y != 100 {
		t.Errorf("value at %+v", w)
	}
}

func TestPagesComeInOrderAndStopWithTheCaller(t *testing.T) {
	r := &Reader{slots: make(chan struct{}, 2)}
	var seen []int
	stop := errors.New("enough")
	err := r.inOrder(t.Context(), 50, func(p Page) error {
		seen = append(seen, p.Number)
		if p.Number == 20 {
			return stop
		}
		return nil
	}, func(_ context.Context, nr int) (Page, error) { return Page{Number: nr}, nil })
	if !errors.Is(err, stop) || len(seen) != 20 || seen[0] != 1 || seen[19] != 20 {
		t.Errorf("got %v, %v", seen, err)
	}
}

func TestPagesBeyondTheTimeLimitSaySo(t *testing.T) {
	r, _ := newReader(t)
	r.maxTime = 1
	for _, file := range []string{"scan/multi-page-images.pdf", "scan/multi-page-images.tiff"} {
		state, facts, pages := readAll(t, r, filepath.Join(corpus(t), file))
		if state != "ready" || len(pages) != facts.Pages {
			t.Fatalf("%s: %s, %d of %d pages", file, state, len(pages), facts.Pages)
		}
		for i, p := range pages {
			if p.Number != i+1 || p.Note != page.NoteTimeLimit || p.Width <= 0 || len(p.Words) != 0 {
				t.Errorf("%s: page %d is %d: %q, %d words", file, i+1, p.Number, p.Note, len(p.Words))
			}
		}
	}
}
