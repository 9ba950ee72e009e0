package ocr

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
)

const table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" +
	"1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n" +
	"5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tSehr\n" +
	"5\t1\t1\t1\t1\t2\t50\t20\t30\t40\t91\tgeehrte\n" +
	"5\t1\t1\t1\t2\t1\t10\t60\t30\t40\t12\tFrau\n" +
	"5\t1\t1\t2\t1\t1\t10\t90\t30\t40\t120\tMu\u0308ller\n" +
	"5\t1\t2\t1\t1\t1\t10\t90\t30\t40\t95\t \n" +
	"5\tx\t2\t1\t1\t1\t10\t90\t30\t40\t95\tverloren\n" +
	"5\t1\t2\t1\t1\t1\t10\t190\t30\t40\t95\tEnde\n"

func TestParseTSV(t *testing.T) {
	got, err := parseTSV(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	if text := (page.Page{Words: got.Words}).Text(); text != "Sehr geehrte\nFrau\n\nMüller\n\nEnde" {
		t.Errorf("text %q", text)
	}
	if got.Width != 2480 || got.Height != 3508 {
		t.Errorf("size %d × %d", got.Width, got.Height)
	}
	if w := got.Words[0]; w.X != 10 || w.Y != 20 || w.W != 30 || w.H != 40 || w.Confidence != 96 {
		t.Errorf("first word %+v", w)
	}
	if w := got.Words[3]; w.Confidence != 100 {
		t.Errorf("confidence %d isn't kept in bounds", w.Confidence)
	}
}

func TestParseOSD(t *testing.T) {
	rotation, sure := parseOSD([]byte("Page number: 0\nOrientation in degrees: 180\nRotate: 180\nOrientation confidence: 5.31\nScript: Latin\n"))
	if rotation != 180 || sure != 5.31 {
		t.Errorf("got %d, %v", rotation, sure)
	}
	if rotation, _ := parseOSD([]byte("Rotate: 45\n")); rotation != 0 {
		t.Errorf("got %d", rotation)
	}
}

func TestCheckLanguagesNamesTheMissingOne(t *testing.T) {
	err := CheckLanguages("xyz")
	if err == nil || !strings.Contains(err.Error(), "tesseract-ocr-xyz") {
		t.Errorf("got %v", err)
	}
}

func newEngine(t *testing.T) *Tesseract {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	if missing := sandbox.Lacking(Tools()...); len(missing) > 0 {
		t.Skipf("not installed: %v", missing)
	}
	if err := CheckLanguages("deu+eng"); err != nil {
		t.Skip(err)
	}
	engine, err := New(box)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// drawn is an image of text, upside down where asked.
func drawn(t *testing.T, text string, upsideDown bool) *sandbox.File {
	t.Helper()
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 40, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 1200, 500))
	draw.Draw(img, img.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	d := font.Drawer{Dst: img, Src: image.Black, Face: face}
	for i, l := range strings.Split(text, "\n") {
		d.Dot = fixed.P(60, 90+60*i)
		d.DrawString(l)
	}
	if upsideDown {
		for i, j := 0, len(img.Pix)-1; i < j; i, j = i+1, j-1 {
			img.Pix[i], img.Pix[j] = img.Pix[j], img.Pix[i]
		}
	}
	f, err := sandbox.NewFile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return f
}

const letter = "Sehr geehrte Damen und Herren,\nhiermit bestätigen wir den Eingang des Antrags\nauf Verlängerung der Aufenthaltserlaubnis.\nBitte reichen Sie die fehlenden Unterlagen\nbis zum Ende des Monats nach."

func TestRecognizeFindsWordsWhereTheyStand(t *testing.T) {
	got, err := newEngine(t).Recognize(t.Context(), Image{File: drawn(t, letter, false), DPI: 200}, "deu+eng")
	if err != nil {
		t.Fatal(err)
	}
	if text := (page.Page{Words: got.Words}).Text(); !strings.Contains(text, "Verlängerung der Aufenthaltserlaubnis") {
		t.Errorf("text %q", text)
	}
	if w := got.Words[0]; w.Text != "Sehr" || w.X < 50 || w.X > 75 || w.Y < 50 || w.Y > 80 || got.Width != 1200 {
		t.Errorf("first word %+v of %d pixels", w, got.Width)
	}
}

func TestOrientationSeesUpsideDown(t *testing.T) {
	if !CanOrient() {
		t.Skip("osd.traineddata isn't installed")
	}
	engine := newEngine(t)
	for upsideDown, want := range map[bool]int{true: 180, false: 0} {
		rotation, sure, err := engine.Orientation(t.Context(), Image{File: drawn(t, letter, upsideDown), DPI: 200})
		if err != nil || rotation != want || sure < 1 {
			t.Errorf("upside down %v: %d, %v, %v", upsideDown, rotation, sure, err)
		}
	}
}

func TestRubbishIsUnreadable(t *testing.T) {
	f, err := sandbox.Load(strings.NewReader(strings.Repeat("rubbish", 100)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // test
	if _, err := newEngine(t).Recognize(t.Context(), Image{File: f}, "deu"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("got %v", err)
	}
}

func FuzzParseTSV(f *testing.F) {
	f.Add(table)
	f.Add("5\t1\t1\t1\t1\t1\t-10\t20\t30\t40\tNaN\tx\n")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parseTSV(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range got.Words {
			if w.Text == "" || w.Confidence > 100 || strings.ContainsAny(w.Text, "\t\n\x00") {
				t.Errorf("word %+v", w)
			}
		}
	})
}
