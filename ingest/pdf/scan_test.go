package pdf

import "testing"

func TestOnlyImage(t *testing.T) {
	tests := []struct {
		name, content string
		ok            bool
		width         float64
	}{
		{"one image", "q 595 0 0 842 0 0 cm /Im0 Do Q", true, 595},
		{"carriage returns", "q\r590 0 0 838 0 0 cm\r\n/I0 Do\r\nQ\r\n", true, 590},
		{"graphics state", "q /GS0 gs 612 0 0 792 0 0 cm /Im0 Do Q", true, 612},
		{"two matrices", "q 0.5 0 0 0.5 0 0 cm q 1000 0 0 1000 0 0 cm /Im0 Do Q Q", true, 500},
		{"text beside it", "q 595 0 0 842 0 0 cm /Im0 Do Q BT /F1 12 Tf (x) Tj ET", false, 0},
		{"a line beside it", "q 595 0 0 842 0 0 cm /Im0 Do Q 0 0 m 10 10 l S", false, 0},
		{"two images", "q 595 0 0 842 0 0 cm /Im0 Do /Im1 Do Q", false, 0},
		{"clipped", "q 0 0 10 10 re W n 595 0 0 842 0 0 cm /Im0 Do Q", false, 0},
		{"nothing", "", false, 0},
		{"broken matrix", "q a 0 0 842 0 0 cm /Im0 Do Q", false, 0},
	}
	for _, tt := range tests {
		m, _, ok := onlyImage(tt.content)
		if ok != tt.ok || ok && m[0] != tt.width {
			t.Errorf("%s: %v %v", tt.name, m, ok)
		}
	}
}

func TestPlaceTurnsWithThePage(t *testing.T) {
	view := box{10, 20, 110, 220} // 100 × 200 points
	r := box{20, 180, 50, 190}    // 10 from the left, 30 from the top, 30 × 10
	tests := map[int]Field{
		0:   {X: 10, Y: 30, W: 30, H: 10},
		90:  {X: 160, Y: 10, W: 10, H: 30},
		180: {X: 60, Y: 160, W: 30, H: 10},
		270: {X: 30, Y: 60, W: 10, H: 30},
	}
	for rotate, want := range tests {
		if got := place(r, view, rotate); got != want {
			t.Errorf("%d: got %+v, want %+v", rotate, got, want)
		}
	}
}

func TestScanDPI(t *testing.T) {
	a4 := Sheet{Width: 595, Height: 842}
	tests := []struct {
		name string
		scan *Scan
		dpi  int
	}{
		{"none", nil, 0},
		{"300 dpi", &Scan{Width: 2479, Height: 3508, PlaceW: 595, PlaceH: 842}, 300},
		{"coarse", &Scan{Width: 1240, Height: 1754, PlaceW: 595, PlaceH: 842}, 0},
		{"fax with narrow pixels", &Scan{Width: 1728, Height: 1143, PlaceW: 595, PlaceH: 842}, 0},
		{"huge", &Scan{Width: 35000, Height: 35000, PlaceW: 8400, PlaceH: 8400}, 0},
	}
	for _, tt := range tests {
		s := a4
		s.Scan = tt.scan
		if dpi, ok := scanDPI(s); dpi != tt.dpi || ok != (tt.dpi > 0) {
			t.Errorf("%s: %d %v", tt.name, dpi, ok)
		}
	}
}
