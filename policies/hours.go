package policies

import (
	"strings"
	"time"
)

// Hours are when people are at work on a day of the week. Public holidays are days like others.
type Hours struct {
	Day time.Weekday
	// From and To are minutes since midnight on the authority's clock; To is the first one that is no
	// work any more. Both are 0 on a day off.
	From, To int
}

func (h Hours) clone() Hours { return h }

// Usual hours, where a folder says none.
const (
	usualFrom = 6 * 60
	usualTo   = 20 * 60
)

// AtWork reports whether people are at work at a time, which must be in the authority's time zone.
func (s *Set) AtWork(t time.Time) bool {
	h := Hours{t.Weekday(), usualFrom, usualTo}
	if len(s.hours.items) > 0 {
		h, _ = s.hours.get(dayKey(t.Weekday()))
	}
	minute := t.Hour()*60 + t.Minute()
	return minute >= h.From && minute < h.To
}

// dayKey is what a file calls a day of the week.
func dayKey(d time.Weekday) string { return strings.ToLower(d.String()) }

func (l *loader) readHours(set *Set) {
	const file = "hours.csv"
	if _, there := l.files[file]; !there {
		return
	}
	keys := make([]string, 7)
	days := make(map[string]time.Weekday, len(keys))
	for d := range time.Weekday(len(keys)) {
		keys[d] = dayKey(d)
		days[keys[d]] = d
	}
	for _, r := range l.table(file, "day", "from", "to") {
		h := Hours{Day: days[r.oneOf("day", keys...)]}
		if r.cells["from"] != None || r.cells["to"] != None {
			h.From, h.To = r.clock("from"), r.clock("to")
			if h.From >= h.To {
				r.bad("to", "is not after from")
			}
		}
		put(r, &set.hours, "day", r.cells["day"], h)
	}
}

// checkHours asks for every day: a day that was forgotten is no day off.
func (l *loader) checkHours(set *Set) {
	const file = "hours.csv"
	if _, there := l.files[file]; !there {
		return
	}
	for d := range time.Weekday(7) {
		if !set.hours.has(dayKey(d)) {
			l.add(file, 0, "no line for %s; write - for a day off", dayKey(d))
		}
	}
}

// clock reads a time of day such as "06:30", up to "24:00", as minutes since midnight.
func (r row) clock(column string) int {
	v := r.cells[column]
	if v == "24:00" {
		return 24 * 60
	}
	t, err := time.Parse("15:04", v)
	if err != nil || len(v) != len("15:04") {
		r.bad(column, "%q is no time of day such as 06:30", v)
	}
	return t.Hour()*60 + t.Minute()
}
