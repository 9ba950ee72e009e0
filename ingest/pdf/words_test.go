package pdf

import (
	"strings"
	"testing"

	"eakte/ingest/read/page"
)

const boxes = `<!DOCTYPE html>
<doc>
  <page width="595" height="842">
    <flow>
      <block xMin="1" yMin="2" xMax="3" yMax="4">
        <line xMin="1" yMin="2" xMax="3" yMax="4">
          <word xMin="10.5" yMin="20" xMax="40.5" yMax="32">M&amp;M</word>
          <word xMin="50" yMin="20" xMax="80" yMax="32">Mu` + "\u0308" + `ller</word>
        </line>
        <line xMin="1" yMin="2" xMax="3" yMax="4">
          <word xMin="10" yMin="40" xMax="40" yMax="52">Büro` + "ﬀ" + `</word>
        </line>
      </block>
      <block xMin="1" yMin="2" xMax="3" yMax="4">
        <line xMin="1" yMin="2" xMax="3" yMax="4">
          <word xMin="nonsense" yMin="40" xMax="40" yMax="52">verloren</word>
          <word xMin="10" yMin="40" xMax="40" yMax="52">Ende</word>
        </line>
      </block>
    </flow>
  </page>
  <page width="595" height="842">
  </page>
</doc>
`

func TestParseBoxesKeepsOrderBreaksAndPlaces(t *testing.T) {
	pages, err := parseBoxes(strings.NewReader(boxes), 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 3 || len(pages[1]) != 0 || len(pages[2]) != 0 {
		t.Fatalf("pages: %v", pages)
	}
	if got, want := (page.Page{Words: pages[0]}).Text(), "M&M Müller\nBüroff\n\nEnde"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if w := pages[0][0]; w.X != 10.5 || w.Y != 20 || w.W != 30 || w.H != 12 || w.Confidence != page.Certain {
		t.Errorf("first word %+v", w)
	}
}

func TestRightToLeftLinesAreRead(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		want  string
	}{
		{"stored as seen", []string{"ﺔﻴﺑﺮﻌﻟا", "طﻮﻄﳋا"}, "الخطوط العربية"},
		{"stored as spoken", []string{"العربية", "وزارة"}, "وزارة العربية"},
		{"number inside", []string{"ةنس", "1394", "ةرازو"}, "وزارة 1394 سنة"},
		{"latin words inside keep their order", []string{"ةرازو", "PC", "OK", "ةنس"}, "سنة PC OK وزارة"},
		{"left to right", []string{"Das", "ist", "ו"}, "Das ist ו"},
	}
	for _, tt := range tests {
		var l line
		for i, w := range tt.words {
			l.words = append(l.words, page.Word{X: float32(i) * 100, Text: w})
		}
		if got := (page.Page{Words: flatten([]line{l})}).Text(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestParseInfo(t *testing.T) {
	f := parseInfo("Pages:           2\nEncrypted:       yes (print:no)\nForm:  XFA\nJavaScript: yes\nPage    1 size: 595 x 842 pts (A4)\nPage    1 rot:  90\nPage    2 size: 2e+06 x 10 pts\nPage    7 size: 1 x 1 pts\nPDF version:     1.7\n")
	if f.Pages != 2 || !f.Restricted || !f.XFA || !f.JavaScript || f.Version != "1.7" || len(f.Sheets) != 2 {
		t.Fatalf("got %+v", f)
	}
	if s := f.Sheets[0]; s.Width != 842 || s.Height != 595 || s.Rotate != 90 {
		t.Errorf("first sheet %+v", s)
	}
	if s := f.Sheets[1]; s.Width != 2e6 || s.Height != 10 {
		t.Errorf("second sheet %+v", s)
	}
}

func FuzzParseBoxes(f *testing.F) {
	f.Add(boxes)
	f.Add(`<page ><line ><word xMin="1" yMin="1" xMax="1" yMax="1">&amp;ﷺ` + "\xff" + `</word></page>`)
	f.Fuzz(func(t *testing.T, in string) {
		pages, err := parseBoxes(strings.NewReader(in), 4)
		if err != nil || len(pages) != 4 {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
		for _, p := range pages {
			for _, w := range p {
				if w.Text == "" || strings.ContainsAny(w.Text, "\n\x00") {
					t.Errorf("word %q", w.Text)
				}
			}
		}
	})
}

func FuzzParseInfo(f *testing.F) {
	f.Add("Pages: 3\nPage 1 size: 1 x 2 pts\nPage 1 rot: -90\n")
	f.Fuzz(func(t *testing.T, in string) {
		if got := parseInfo(in); got.Pages < 0 || len(got.Sheets) > got.Pages {
			t.Errorf("got %+v", got)
		}
	})
}
