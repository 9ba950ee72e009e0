package pdf

import (
	"slices"
	"testing"
)

func TestImagesAreListed(t *testing.T) {
	const table = `page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size ratio
--------------------------------------------------------------------------------------------
   1     0 image    2480  3508  rgb     3   8  jpeg   no         8  0   300   301  510K 2.0%
   1     1 smask    2480  3508  gray    1   8  image  no         9  0   300   300  510K 2.0%
   2     2 image    1240  1754  gray    1   8  jpeg   no        12  0   150   150  110K 5.2%
   3     3 image    2480  3508  gray    1   1  ccitt  no        15  0   300   300 20.1K 1.9%
   4     4 image      10    20  index   1   8  image  no   [inline]     72    36   200B 100%
`
	want := []Image{
		{Page: 1, Width: 2480, Height: 3508, DPI: 300, Mode: "colour"}, {Page: 2, Width: 1240, Height: 1754, DPI: 150, Mode: "gray"},
		{Page: 3, Width: 2480, Height: 3508, DPI: 300, Mode: "bw"}, {Page: 4, Width: 10, Height: 20, DPI: 36, Mode: "colour"},
	}
	if got := parseImages(table); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := parseImages("nonsense\n1 2 image\n"); got != nil {
		t.Errorf("of nonsense: %+v", got)
	}
}
