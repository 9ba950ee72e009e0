package pdf

import (
	"slices"
	"strings"
	"unicode"

	"eakte/ingest/read/page"
)

// isRTL tells letters of scripts written from right to left.
func isRTL(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// rightToLeft reports whether most letters of a line are of such a script.
func rightToLeft(words []page.Word) bool {
	rtl, ltr := 0, 0
	for _, w := range words {
		for _, r := range w.Text {
			switch {
			case isRTL(r):
				rtl++
			case unicode.IsLetter(r):
				ltr++
			}
		}
	}
	return rtl > ltr
}

// storedVisually tells whether the letters inside of right-to-left words stand in
// the order they are seen, from left to right, as pdftotext prints them for most
// files. Letters that only end words in Arabic and Hebrew decide.
func storedVisually(lines []line) bool {
	const finals = "ةىםןץףך"
	atEnd, atStart := 0, 0
	for _, l := range lines {
		for _, w := range l.words {
			runes := []rune(w.Text)
			if len(runes) < 2 {
				continue
			}
			if strings.ContainsRune(finals, runes[0]) {
				atStart++
			}
			if strings.ContainsRune(finals, runes[len(runes)-1]) {
				atEnd++
			}
		}
	}
	return atStart >= atEnd
}

// readingOrder turns the words of a right-to-left line round; runs of
// left-to-right words inside keep their order, and so do numbers.
func readingOrder(words []page.Word, visual bool) []page.Word {
	out := slices.Clone(words)
	slices.Reverse(out)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && !hasRTL(out[j].Text) {
			j++
		}
		slices.Reverse(out[i:j])
		i = max(j, i+1)
	}
	if visual {
		for i := range out {
			out[i].Text = turn(out[i].Text)
		}
	}
	return out
}

func hasRTL(s string) bool { return strings.IndexFunc(s, isRTL) >= 0 }

// turn reverses a word that holds right-to-left letters; marks stay behind their
// letter and runs of digits or Latin letters keep their order.
func turn(s string) string {
	if !hasRTL(s) {
		return s
	}
	var units [][]rune
	for _, r := range s {
		n := len(units)
		switch {
		case n > 0 && unicode.IsMark(r):
			units[n-1] = append(units[n-1], r)
		case n > 0 && straight(r) && straight(units[n-1][0]):
			units[n-1] = append(units[n-1], r)
		default:
			units = append(units, []rune{r})
		}
	}
	slices.Reverse(units)
	var b strings.Builder
	for _, u := range units {
		b.WriteString(string(u))
	}
	return b.String()
}

// straight tells what is read from left to right in every line.
func straight(r rune) bool {
	return unicode.IsDigit(r) || unicode.IsLetter(r) && !isRTL(r)
}
