package hint

import (
	"slices"
	"time"

	"eakte/archive"
	"eakte/ingest/read/mrz"
)

// Births are the dates of birth that a page tells, in the order in which they stand on it, each once: those behind a
// word that says so, and that of a machine-readable zone where its check digit holds.
func Births(p archive.PageWords, now time.Time) (out []string) {
	say := func(day string) {
		if day != "" && !slices.Contains(out, day) {
			out = append(out, day)
		}
	}
	today := now.Format(time.DateOnly)
	var lines []string
	for i, w := range p.Words {
		if day, _ := dayAt(p, i); day != "" && day <= today && born(p, i) {
			say(day)
		}
		if mrz.Looks(w.Text) {
			lines = append(lines, w.Text)
		}
	}
	if z, ok := mrz.Parse(lines, now); ok && z.Sound(mrz.FieldBirth) {
		say(z.Birth)
	}
	return out
}

// born reports whether the words before a day say that it is one of birth, and of no other day before it.
func born(p archive.PageWords, i int) bool {
	for n := i - 1; n >= max(0, i-4); n-- {
		if slices.Contains([]string{"geb", "geboren", "geborene", "geburtsdatum", "geburtstag", "born", "birth"}, Fold(p.Words[n].Text)) {
			return true
		}
		if day, _ := dayAt(p, n); day != "" {
			return false
		}
	}
	return false
}
