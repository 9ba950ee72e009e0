package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/validate"

	"eakte/archive"
)

// turned is a paper that has to be turned.
type turned struct {
	paper
	by []int
}

func (t turned) Rotations() []int { return t.by }

// single makes a PDF of one document with the words of its pages, checks that it is sound, and returns its
// path.
func single(t *testing.T, src Source, archival bool, pages ...archive.PageWords) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "single.pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	one := Single{Language: "de", Title: "Geburtsurkunde <محمد>", Source: src, Archival: archival, Words: wordsOf(pages)}
	if err := errors.Join(newComposer(t).Single(t.Context(), one, f), f.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	if err := valid(path); err != nil {
		t.Errorf("pdfcpu: %v", err)
	}
	return path
}

// valid asks pdfcpu whether a file keeps to the rules.
func valid(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	model.ConfigPath = "disable"
	conf := model.NewDefaultConfiguration()
	ctx, err := pdfcpu.Read(f, conf)
	if err != nil {
		return err
	}
	return validate.XRefTable(ctx)
}

func wordsOf(pages []archive.PageWords) func(context.Context, func([]byte, bool) error) error {
	return func(_ context.Context, emit func([]byte, bool) error) error {
		for _, p := range pages {
			data, err := json.Marshal(p)
			if err == nil {
				err = emit(data, false)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// row places words on a line of a page 600 points wide, each as wide as its letters, from the left or, in
// the order in which they are read, from the right.
func row(y float32, leftwards bool, words ...string) (out []archive.WordBox) {
	x := float32(40)
	for _, w := range words {
		width := float32(len([]rune(w))) * 6
		at := x
		if leftwards {
			at = 600 - x - width
		}
		out = append(out, archive.WordBox{X: at, Y: y, W: width, H: 12, Text: w, Confidence: 90})
		x += width + 6
	}
	return out
}

// textOf is what pdftotext reads on a page, without its marks of direction.
func textOf(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u200e", "", "\u200f", "").Replace(string(out))
}

func TestSingleIsReadInEveryScript(t *testing.T) {
	rightwards := [][]string{
		{"Müller", "wohnt", "Straße", "12", "–", "C̆ernic̆"}, {"Свідоцтво", "про", "народження"}, {"出生証明書", "የልደት", "𐍈𐍉"},
	}
	leftwards := [][]string{
		{"شهادة", "ميلاد", "محمّد", "بن", "علي"}, {"رقم", "١٢٣٤"}, {"المولود", "1990"}, {"می\u200cخواهم", "شناسنامه"}, {"תעודת", "לידה"},
	}
	var pages []archive.PageWords
	var want []string
	for i, lines := range [][][]string{rightwards, leftwards} { // programs take a page for the one or the other
		page := archive.PageWords{Width: 600, Height: 800}
		for n, words := range lines {
			page.Words = append(page.Words, row(40+float32(n)*40, i == 1, words...)...)
			want = append(want, strings.Join(words, " "))
		}
		pages = append(pages, page)
	}
	sheet := photo(t, 600, 800)
	path := single(t, paper{kind: "image/png", images: [][]byte{sheet, sheet}}, false, pages...)
	got := textOf(t, path)
	for _, w := range want {
		if !strings.Contains(got, w+"\n") {
			t.Errorf("%q isn't read in\n%s", w, got)
		}
	}
	out, err := exec.Command("pdffonts", path).Output()
	if fields := strings.Fields(string(out)); err != nil || len(strings.Split(strings.TrimSpace(string(out)), "\n")) != 3 || !strings.Contains(strings.Join(fields, " "), "Identity-H yes no yes") {
		t.Errorf("one font, embedded and with its meaning: %v\n%s", err, out)
	}
}

// boxesOf are the words of the first page with their places, as pdftotext sees the page.
func boxesOf(t *testing.T, path string) (out []string) {
	t.Helper()
	said, err := exec.Command("pdftotext", "-bbox", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pages []struct {
			Words []struct {
				X0   float64 `xml:"xMin,attr"`
				Y0   float64 `xml:"yMin,attr"`
				X1   float64 `xml:"xMax,attr"`
				Y1   float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(said, &doc); err != nil {
		t.Fatal(err)
	}
	for _, w := range doc.Pages[0].Words {
		out = append(out, fmt.Sprintf("%s %.0f %.0f %.0f %.0f", w.Text, w.X0, w.Y0, w.X1, w.Y1))
	}
	return out
}

// TestSingleLaysWordsWhereTheyStand: whatever way round the page lies in its file.
func TestSingleLaysWordsWhereTheyStand(t *testing.T) {
	const want, photographed = "Bescheid 100 50 220 70", "Bescheid 105 53 231 74" // its longer side becomes that of A4
	upright := archive.PageWords{Width: 600, Height: 800, Words: []archive.WordBox{{X: 100, Y: 50, W: 120, H: 20, Text: "Bescheid"}}}
	for _, turn := range []int{0, 90, 180, 270} {
		width, height := 600, 800
		if turn%180 == 90 {
			width, height = height, width // as it lies in the file
		}
		src := turned{paper{kind: kindJPEG, data: photo(t, width, height)}, []int{turn}}
		if got := boxesOf(t, single(t, src, false, upright)); len(got) != 1 || got[0] != photographed {
			t.Errorf("turned by %d: %q, want %q", turn, got, photographed)
		}
	}
	page := turned{letter(t, ""), []int{90}} // A4 upright in the file, to be turned
	words := archive.PageWords{Width: 842, Height: 595, Words: upright.Words}
	if got := boxesOf(t, single(t, page, false, words)); len(got) != 1 || got[0] != want {
		t.Errorf("a page of a PDF: %q, want %q", got, want)
	}
}

func TestSingleShowsPageImagesWhereTheFileIsBroken(t *testing.T) {
	broken := paper{kind: kindPDF, data: []byte("%PDF-1.7\nnothing more")}
	var out bytes.Buffer
	one := Single{Language: "de", Source: broken, Words: wordsOf(nil)}
	if err := newComposer(t).Single(t.Context(), one, &out); !errors.Is(err, ErrUnreadable) {
		t.Errorf("without images: %v", err)
	}
	broken.images = [][]byte{photo(t, 60, 90)}
	page := archive.PageWords{Width: 595, Height: 842, Words: row(40, false, "Anlage")}
	if got := textOf(t, single(t, broken, false, page)); !strings.Contains(got, "Anlage") {
		t.Errorf("with images: %q", got)
	}
	// A file with another number of pages than were read is not what its words belong to.
	two := letter(t, "eins", "zwei")
	two.images = [][]byte{photo(t, 60, 90)}
	if got := textOf(t, single(t, two, false, page)); strings.Contains(got, "eins") || !strings.Contains(got, "Anlage") {
		t.Errorf("with another page: %q", got)
	}
}

// TestSingleLeavesTextThatIsThere: a page whose text is the file's own gets no second one.
func TestSingleLeavesTextThatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "single.pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(archive.PageWords{Width: 595, Height: 842, Words: row(40, false, "Bescheid")})
	if err != nil {
		t.Fatal(err)
	}
	one := Single{Source: letter(t, "Bescheid", ""), Words: func(_ context.Context, emit func([]byte, bool) error) error {
		return errors.Join(emit(data, true), emit(data, false))
	}}
	if err := errors.Join(newComposer(t).Single(t.Context(), one, f), f.Close()); err != nil {
		t.Fatal(err)
	}
	if got := textOf(t, path); strings.Count(got, "Bescheid") != 2 {
		t.Errorf("read: %q", got)
	}
}

// bitmap is a black and white image as pdfimages writes it: the upper half is black.
func bitmap(width, height int) []byte {
	out := fmt.Appendf(nil, "P4\n%d %d\n", width, height)
	row := (width + 7) / 8
	out = append(out, bytes.Repeat([]byte{0xff}, row*(height/2))...)
	return append(out, make([]byte, row*(height-height/2))...)
}

func TestSingleArchival(t *testing.T) {
	page := archive.PageWords{Width: 595, Height: 842, Words: row(40, false, "Urkunde")}
	src := paper{kind: "scan", images: [][]byte{bitmap(1001, 1400), photo(t, 60, 90)}}
	path := single(t, src, true, page, page)
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>", "Geburtsurkunde &lt;محمد&gt;", "/GTS_PDFA1", "/ID[<",
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("it lacks %s", want)
		}
	}
	for _, never := range []string{"/Encrypt", "/JavaScript", "/Helvetica", "/LZWDecode", "/Interpolate", "/SMask", "/DeviceCMYK", "/OpenAction"} {
		if bytes.Contains(out, []byte(never)) {
			t.Errorf("it has %s", never)
		}
	}
	if got := textOf(t, path); strings.Count(got, "Urkunde") != 2 {
		t.Errorf("read: %q", got)
	}
	drawn, err := exec.Command("pdftoppm", "-gray", "-r", "36", "-f", "1", "-l", "1", path).Output()
	if err != nil || len(drawn) < 1000 || drawn[len(drawn)/4] != 0 || drawn[len(drawn)*3/4] < 250 {
		t.Errorf("black isn't above white: %v", err)
	}
}

func TestGlyphlessFontIsWhole(t *testing.T) {
	if got := sum(glyphless()); got != 0xb1b0afba {
		t.Errorf("the sum of the font is %x", got)
	}
}
