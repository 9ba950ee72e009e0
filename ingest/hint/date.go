package hint

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/archive"
)

// What a day on a page may be.
const (
	OfPaper = ""         // that of the paper, perhaps
	OfBirth = "birth"    // somebody's birth
	OfEntry = "received" // its receipt, by a stamp
)

// Day is a day that stands on a page.
type Day struct {
	// Day is "2026-11-21"; Page counts from 1.
	Day  string
	Page int
	Span
	// Role is OfPaper, OfBirth or OfEntry.
	Role string
	// Score compares days of papers: the higher the likelier that the paper is of it.
	Score float64
}

var (
	dayWritten = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)$`)
	dayISO     = regexp.MustCompile(`^((?:19|20)\d\d)-(\d\d)-(\d\d)$`)
	dayAlone   = regexp.MustCompile(`^\d{1,2}\.$`)
	yearAlone  = regexp.MustCompile(`^(?:19|20)\d\d$`)
)

// Month is the number of a month from its German name as [Fold] writes it, 1 for "januar"; 0 for another word.
func Month(word string) int { return slices.Index(months(), word) + 1 }

func months() []string {
	return []string{"januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"}
}

// sure is the score of a day that is said to be that of the paper.
const sure = 20

// Days finds the days on pages, those of them that the papers may be of first, the likeliest in front. Days to come
// are none of a paper, and are told only as what they are said to be.
func Days(pages []archive.PageWords, today string) []Day {
	var out []Day
	for n, p := range pages {
		for i := range p.Words {
			d, words := dayAt(p, i)
			if d == "" {
				continue
			}
			day := Day{Day: d, Page: n + 1, Span: Span{i, i + words}}
			switch {
			case born(p, i):
				day.Role = OfBirth
			case d > today:
				continue
			case stamped(p, i):
				day.Role = OfEntry
			}
			day.Score = likely(p, day)
			if n > 0 && day.Role == OfPaper && day.Score < sure {
				continue // further pages tell of much, and are dated at their foot
			}
			out = append(out, day)
		}
	}
	newest := ""
	for _, d := range out {
		if d.Role == OfPaper {
			newest = max(newest, d.Day)
		}
	}
	for i := range out {
		if out[i].Day == newest { // a paper tells of what was before it
			out[i].Score += 10
		}
	}
	slices.SortStableFunc(out, func(a, b Day) int {
		return cmp.Or(cmp.Compare(min(len(a.Role), 1), min(len(b.Role), 1)), descending(a.Score, b.Score))
	})
	return out
}

// dayAt reads the day that begins at a word, and how many words it has.
func dayAt(p archive.PageWords, i int) (string, int) {
	if m := dayWritten.FindStringSubmatch(bare(p, i)); m != nil {
		return dateOf(m[1], m[2], m[3]), 1
	}
	if m := dayISO.FindStringSubmatch(bare(p, i)); m != nil {
		return dateOf(m[3], m[2], m[1]), 1
	}
	if !dayAlone.MatchString(p.Words[i].Text) || !yearAlone.MatchString(bare(p, i+2)) {
		return "", 0
	}
	m := slices.Index(months(), Fold(bare(p, i+1)))
	if m < 0 {
		return "", 0
	}
	return dateOf(strings.Trim(p.Words[i].Text, "."), strconv.Itoa(m+1), bare(p, i+2)), 3
}

// dateOf is a day as it is stored; "" for one the calendar doesn't have.
func dateOf(day, month, year string) string {
	t, err := time.Parse("2.1.2006", strings.TrimLeft(day, "0")+"."+strings.TrimLeft(month, "0")+"."+year)
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// said reports whether one of some words stands among those before a place.
func said(p archive.PageWords, i, before int, words ...string) bool {
	for n := max(0, i-before); n < i; n++ {
		if slices.Contains(words, Fold(p.Words[n].Text)) {
			return true
		}
	}
	return false
}

// stamped reports whether a stamp says that the paper came in on the day: above it, or beside.
func stamped(p archive.PageWords, i int) bool {
	if said(p, i, 3, "eingegangen", "eingang", "eingangsdatum", "posteingang", "received") {
		return true
	}
	d := p.Words[i]
	return slices.ContainsFunc(p.Words, func(w archive.WordBox) bool {
		below := d.Y - w.Y
		return (Fold(w.Text) == "eingegangen" || Fold(w.Text) == "eingang") && below >= -d.H && below < 4*max(d.H, w.H) &&
			w.X < d.X+d.W+2*d.H && d.X < w.X+w.W+2*d.H
	})
}

// likely weighs the words before a day and the place where it stands.
func likely(p archive.PageWords, d Day) (score float64) {
	i := d.First
	switch {
	case said(p, i, 2, "bis", "ab", "spatestens", "frist", "gultig", "until", "ablauf", "ablaufdatum", "seit", "zum"):
		score -= 30
	case said(p, i, 2, "datum", "date", "ausstellungsdatum", "ausgestellt", "ausstellung", "tag", "stand"):
		score += 30
	case said(p, i, 1, "den"):
		score += 30
	case said(p, i, 1, "vom", "am"):
		score -= 12
	case i > 0 && strings.HasSuffix(p.Words[i-1].Text, ",") && lettered(p.Words[i-1].Text):
		score += 28
	}
	switch y := p.Words[i].Y; {
	case y < p.Height*0.36:
		score += 8
	case y > p.Height*0.6:
		score += 3
	}
	return score
}
