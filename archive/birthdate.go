package archive

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// BirthDate is a date of birth as it was delivered, with as much precision as it has.
// Unknown parts are zero and are never filled in: "00.00.1990" is a year, not a day.
// The zero value says that nothing is known.
type BirthDate struct {
	// Given is the date as it was delivered, trimmed.
	Given string
	// Year is 1 to 9999; Month 1 to 12; Day 1 to 31. Zero means unknown.
	Year, Month, Day int
}

var (
	isoDate    = regexp.MustCompile(`^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$`)
	germanDate = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)
)

// ParseBirthDate reads "1990", "1990-05", "1990-05-17", "17.05.1990", "00.05.1990" or
// "00.00.1990". "" is the zero value. Anything else, a day that no calendar has, and a day after
// that of now in its own time zone is a [*FieldError] without a pointer.
func ParseBirthDate(s string, now time.Time) (BirthDate, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return BirthDate{}, nil
	}
	b := BirthDate{Given: s}
	switch m, g := isoDate.FindStringSubmatch(s), germanDate.FindStringSubmatch(s); {
	case m != nil:
		b.Year, b.Month, b.Day = number(m[1]), number(m[2]), number(m[3])
	case g != nil:
		b.Year, b.Month, b.Day = number(g[3]), number(g[2]), number(g[1])
	default:
		return BirthDate{}, &FieldError{Code: "format", Detail: `use "1990", "1990-05", "1990-05-17" or "00.00.1990"`}
	}
	if !b.exists() {
		return BirthDate{}, &FieldError{Code: "format", Detail: "there is no such day"}
	}
	year, month, day := now.Date()
	if b.first().After(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)) {
		return BirthDate{}, &FieldError{Code: "future", Detail: "a birth date lies in the past"}
	}
	return b, nil
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0 // only for the empty string: the patterns let digits through alone
	}
	return n
}

// exists reports whether the known parts can be parts of a day.
func (b BirthDate) exists() bool {
	if b.Year == 0 || b.Month > 12 || b.Month == 0 && b.Day != 0 {
		return false
	}
	if b.Day == 0 {
		return true
	}
	t := time.Date(b.Year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC)
	return t.Day() == b.Day
}

// first returns the earliest day the date can mean.
func (b BirthDate) first() time.Time {
	return time.Date(b.Year, time.Month(max(b.Month, 1)), max(b.Day, 1), 0, 0, 0, 0, time.UTC)
}

// IsZero reports that nothing is known.
func (b BirthDate) IsZero() bool { return b.Year == 0 }

// Precision is "day", "month", "year" or "unknown".
func (b BirthDate) Precision() string {
	switch {
	case b.Year == 0:
		return "unknown"
	case b.Month == 0:
		return "year"
	case b.Day == 0:
		return "month"
	}
	return "day"
}

// Imputed reports a 1 January, which registers put where only the year is known: alone it
// identifies nobody.
func (b BirthDate) Imputed() bool { return b.Month == 1 && b.Day == 1 }

// String is the date in ISO 8601 with the parts that are known: "1990", "1990-05", "1990-05-17".
func (b BirthDate) String() string {
	switch b.Precision() {
	case "unknown":
		return ""
	case "year":
		return fmt.Sprintf("%04d", b.Year)
	case "month":
		return fmt.Sprintf("%04d-%02d", b.Year, b.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

// Compatible reports whether both dates can mean the same day: no part known to both differs.
func (b BirthDate) Compatible(o BirthDate) bool {
	same := func(x, y int) bool { return x == 0 || y == 0 || x == y }
	return same(b.Year, o.Year) && same(b.Month, o.Month) && same(b.Day, o.Day)
}

// MarshalJSON writes the date as it was delivered.
func (b BirthDate) MarshalJSON() ([]byte, error) { return json.Marshal(b.Given) }

// UnmarshalJSON reads what MarshalJSON wrote. It does not look at the clock.
func (b *BirthDate) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	p, err := ParseBirthDate(s, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	*b = p
	return nil
}
