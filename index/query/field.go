package query

import (
	"strconv"
	"strings"
	"time"
)

// number stands for the fields that lead to a [Number], which may stand anywhere.
const number Field = "az"

// both stands for a day, month or year that is both ends.
const both Field = "datum"

// fieldOf finds a field by its name in either language.
func fieldOf(name string) (Field, bool) {
	switch strings.ToLower(name) {
	case "typ", "type", "art":
		return Type, true
	case "register":
		return Register, true
	case "von", "ab", "from", "since":
		return From, true
	case "bis", "to", "until":
		return To, true
	case "datum", "date":
		return both, true
	case "akte", "file":
		return Akte, true
	case "person":
		return Person, true
	case "az", "aktenzeichen", "ref", "reference":
		return number, true
	}
	return "", false
}

// Days reads a day, a month or a year and returns its first and last day: "17.05.2024", "17.5.2024",
// "2024-05-17", "05.2024", "2024-05", "5/2024", "2024". It fails for days that no calendar has.
func Days(text string) (first, last string, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '-' || r == '/' })
	if len(parts) == 0 || len(parts) > 3 {
		return "", "", false
	}
	if len(parts[0]) != 4 { // the year stands last
		for i, k := 0, len(parts)-1; i < k; i, k = i+1, k-1 {
			parts[i], parts[k] = parts[k], parts[i]
		}
	}
	n := [3]int{0, 1, 1}
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || i == 0 && len(part) != 4 || i > 0 && len(part) > 2 || v < 1 {
			return "", "", false
		}
		n[i] = v
	}
	from := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if from.Year() != n[0] || int(from.Month()) != n[1] || from.Day() != n[2] {
		return "", "", false
	}
	to := from
	switch len(parts) {
	case 1:
		to = from.AddDate(1, 0, -1)
	case 2:
		to = from.AddDate(0, 1, -1)
	}
	return from.Format(time.DateOnly), to.Format(time.DateOnly), true
}

// conditions makes what a field with a value stands for.
func (p *parser) conditions(f Field, value string, start, end int) (out []Condition) {
	switch f {
	case From, To, both:
		first, last, ok := Days(value)
		if !ok {
			p.mistake(NoSuchDate, start, end)
			return nil
		}
		switch f { // the other end is wanted where they stand the wrong way round
		case From:
			p.ends[start] = last
		case To:
			p.ends[start] = first
		}
		if f != To {
			out = append(out, Condition{From, first, start, end})
		}
		if f != From {
			out = append(out, Condition{To, last, start, end})
		}
		return out
	}
	return []Condition{{f, value, start, end}}
}

// order puts the days right where the first is behind the last, and leaves one of each.
func (p *parser) order(q *Query) {
	from, to := -1, -1
	kept := q.Conditions[:0:0]
	for _, c := range q.Conditions {
		switch {
		case c.Field == From && from >= 0: // the narrower one holds
			if c.Value > kept[from].Value {
				kept[from] = c
			}
			continue
		case c.Field == To && to >= 0:
			if c.Value < kept[to].Value {
				kept[to] = c
			}
			continue
		case c.Field == From:
			from = len(kept)
		case c.Field == To:
			to = len(kept)
		}
		kept = append(kept, c)
	}
	q.Conditions = kept
	if from < 0 || to < 0 || kept[from].Value <= kept[to].Value {
		return
	}
	first, given := p.ends[kept[to].Start]
	last, both := p.ends[kept[from].Start]
	if given && both { // else one of them is "datum:", and nothing lies in between
		kept[from].Value, kept[to].Value = first, last
		p.mistake(DatesSwapped, min(kept[from].Start, kept[to].Start), max(kept[from].End, kept[to].End))
	}
}
