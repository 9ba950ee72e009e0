package read

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/ingest/pdf"
	"eakte/ingest/picture"
)

func TestProvenanceTellsDeviceAndSettings(t *testing.T) {
	tests := []struct {
		name  string
		facts Facts
		want  *Provenance
	}{
		{"scanner's TIFF", Facts{Picture: &picture.Facts{
			Make: "Canon", Model: "CANON DR-C225", Software: "CaptureOnTouch\x07 ", Made: "2026:11:21 10:15:00",
			Frames: []picture.Frame{{Width: 2480, Height: 3508, DPI: 300, Mode: "bw"}, {Width: 2480, Height: 3508, DPI: 300, DPIY: 200, Mode: "gray"}},
		}}, &Provenance{Device: "CANON DR-C225", Software: "CaptureOnTouch", Made: "2026-11-21T10:15:00", Pages: []ProvenancePage{
			{Image: true, DPI: 300, Colour: "bw"}, {Image: true, DPI: 200, Colour: "gray"},
		}}},
		{"telephone that knows no size", Facts{Picture: &picture.Facts{
			Make: "samsung", Model: "SM-A546B", Frames: []picture.Frame{{Width: 4000, Height: 3000, DPI: 72, Mode: "colour"}},
		}}, &Provenance{Device: "samsung SM-A546B", Pages: []ProvenancePage{{Image: true, DPI: 342, Estimated: true, Colour: "colour"}}}},
		{"scanner's PDF", Facts{PDF: &pdf.Facts{
			Creator: "MFP\u202eX", Producer: "PSL\n 1.2e", Created: "D:20261121101500+01'00'",
			Sheets: []pdf.Sheet{{Image: true, DPI: 300, Colour: "colour"}, {}},
		}}, &Provenance{Device: "MFPX", Software: "PSL 1.2e", Made: "2026-11-21T10:15:00", Pages: []ProvenancePage{{Image: true, DPI: 300, Colour: "colour"}, {}}}},
		{"letter with one photo", Facts{PDF: &pdf.Facts{Sheets: []pdf.Sheet{{}, {Image: true}, {}}}}, nil},
		{"text", Facts{Pages: 1}, nil},
		{"nonsense for a date", Facts{PDF: &pdf.Facts{Created: "D:2026", Sheets: []pdf.Sheet{{Image: true}}}}, &Provenance{Pages: []ProvenancePage{{Image: true}}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.facts.Provenance()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
