package read

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/ingest/pdf"
)

// Each sheet is judged by all images on it, not by its largest alone; the list of images tells of what the structure
// doesn't.
func TestProfileOfEverySheet(t *testing.T) {
	sheets := []pdf.Sheet{{Image: true, DPI: 300, Colour: "colour"}, {Image: true, DPI: 200, Colour: "gray"}}
	images := []pdf.Image{
		{Page: 1, Width: 2000, Height: 3000, DPI: 600, Mode: "bw"}, {Page: 1, Width: 500, Height: 700, DPI: 150, Mode: "colour"},
		{Page: 2, Width: 10, Height: 10, DPI: 72, Mode: "colour"}, {Page: 3, Width: 900, Height: 100, DPI: 300, Mode: "gray"},
	}
	for _, tc := range []struct {
		name   string
		sheets []pdf.Sheet
		whole  bool
		want   []Scanned
	}{
		{"all in the structure", sheets, true, []Scanned{{300, "colour"}, {200, "gray"}}},
		{"a page in strips", append(sheets, pdf.Sheet{}), false, []Scanned{{300, "colour"}, {200, "gray"}, {300, "gray"}}},
		{"nothing in the structure", nil, false, []Scanned{{600, "bw"}, {72, "colour"}, {300, "gray"}}},
		{"colour alone is missing", []pdf.Sheet{{Image: true, DPI: 400}}, false, []Scanned{{400, "bw"}}},
	} {
		pages := make([]Scanned, len(tc.want))
		if whole := fill(pages, tc.sheets); whole != tc.whole {
			t.Errorf("%s: whole %v", tc.name, whole)
		} else if !whole {
			listed(pages, images)
		}
		if diff := cmp.Diff(tc.want, pages); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
