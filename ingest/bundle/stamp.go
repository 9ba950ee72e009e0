package bundle

import "fmt"

// stamp draws the sheet's number into the upper right corner as the page is seen: black with a white rim,
// so that it can be read on any ground and hides next to nothing.
func (d *draft) stamp(l leaf) string {
	const size, margin, rim = 9, 14, 2
	word, width := "Blatt", 2.279
	if d.language == "en" {
		word, width = "Sheet", 2.891
	}
	text := fmt.Sprintf("%s %d", word, d.sheet)
	width += 0.556 * float64(len(text)-len(word)-1) // a digit of Helvetica
	seenW, seenH := l.view.width(), l.view.height()
	if l.rotate%180 == 90 {
		seenW, seenH = seenH, seenW
	}
	scale := min(max(min(seenW, seenH)/595, 0.2), 20)
	x, y := seenW-(width*size+margin)*scale, seenH-(size+margin)*scale
	return fmt.Sprintf("q %s cm %s 0 0 %s %s %s cm BT /S %d Tf 0 0 Td 1 Tr 1 G %d w 1 j (%s) Tj ET BT /S %d Tf 0 0 Td 0 Tr 0 g (%s) Tj ET Q\n",
		l.seen(), short(scale), short(scale), short(x), short(y), size, rim, text, size, text)
}

// seen is the matrix from what a reader sees, from the lower left corner, to the page's own coordinates.
func (l leaf) seen() string {
	v := l.view
	switch l.rotate {
	case 90:
		return fmt.Sprintf("0 1 -1 0 %s %s", short(v.x1), short(v.y0))
	case 180:
		return fmt.Sprintf("-1 0 0 -1 %s %s", short(v.x1), short(v.y1))
	case 270:
		return fmt.Sprintf("0 -1 1 0 %s %s", short(v.x0), short(v.y1))
	}
	return fmt.Sprintf("1 0 0 1 %s %s", short(v.x0), short(v.y0))
}
