package read

import (
	"slices"
	"strings"
	"testing"
)

func TestLongLinesAreWrapped(t *testing.T) {
	word := func(n int) string { return strings.Repeat("ä", n) }
	for _, c := range []struct {
		name, line string
		want       []string
	}{
		{"nothing", "", []string{""}},
		{"as long as a line", word(lineChars), []string{word(lineChars)}},
		{"blanks at the end", word(lineChars) + "   ", []string{word(lineChars)}},
		{"a word too long", word(2*lineChars + 1), []string{word(lineChars), word(lineChars), "ä"}},
		{"a blank after a whole line", word(lineChars) + " " + word(3), []string{word(lineChars), word(3)}},
		{"the last blank counts", word(50) + " " + word(20) + "  " + word(40), []string{word(50) + " " + word(20), word(40)}},
		{"a blank in the first half doesn't", word(lineChars/2) + " " + word(lineChars), []string{word(lineChars/2) + " " + word(lineChars/2-1), word(lineChars/2 + 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wrap(c.line); !slices.Equal(got, c.want) {
				t.Errorf("%q", got)
			}
		})
	}
}
