package mrz

import (
	"strconv"
	"strings"
	"time"
)

// Kinds of zones.
const (
	TD1  = "TD1"
	TD2  = "TD2"
	TD3  = "TD3"
	MRVA = "MRV-A"
	MRVB = "MRV-B"
)

// Fields with a check digit.
const (
	FieldNumber    = "number"
	FieldBirth     = "birth_date"
	FieldExpiry    = "expiry"
	FieldOptional  = "optional"
	FieldComposite = "composite" // over several fields; the line as a whole
)

// Zone is what a machine-readable zone says.
type Zone struct {
	Kind     string
	Document string // its first one or two letters, "P", "ID", "V"
	Issuer   string // code of the issuing state, "D", "UTO"
	Number   string
	Family   string
	Given    string
	// Nationality is a code as in Issuer.
	Nationality string
	// Birth is "1974-08-12", or "1974-08" or "1974" where the rest is unknown; empty where it is no date.
	Birth string
	// Expiry is a whole day, or empty.
	Expiry string
	Sex    string // "M", "F", "X"; empty: not stated
	// Optional is what the issuer adds; may be empty.
	Optional string
	// Faults are the fields whose check digit doesn't hold.
	Faults []string
	// First is the index of the zone's first line among those given, and Lines are its lines, each as long
	// as it has to be.
	First int
	Lines []string
}

// Sound reports whether the check digit of a field holds.
func (z Zone) Sound(field string) bool {
	for _, f := range z.Faults {
		if f == field {
			return false
		}
	}
	return true
}

// sum is the check digit of s: weights 7, 3, 1 over 0–9, A–Z as 10–35, fillers as 0.
func sum(s string) byte {
	total := 0
	for i := range len(s) {
		n := 0
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = int(c - '0')
		case c >= 'A' && c <= 'Z':
			n = int(c-'A') + 10
		}
		total += n * [3]int{7, 3, 1}[i%3]
	}
	return byte('0' + total%10)
}

// check notes a fault unless digit is the check digit of value.
func (z *Zone) check(field, value string, digit byte) {
	if sum(value) != digit {
		z.Faults = append(z.Faults, field)
	}
}

// names takes "ERIKSSON<<ANNA<MARIA<<<<" apart. What follows three fillers is filler.
func (z *Zone) names(field string) {
	field = letters(field)
	if i := strings.Index(field, "<<<"); i >= 0 {
		field = field[:i]
	}
	family, given, _ := strings.Cut(field, "<<")
	z.Family, z.Given = spaced(family), spaced(given)
}

// spaced turns fillers between words into spaces.
func spaced(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '<' }), " ")
}

// birth reads YYMMDD, whose month and day may be unknown; the year is the latest that isn't to come.
func birth(s string, today time.Time) string {
	year, err := strconv.Atoi(s[:2])
	if err != nil {
		return ""
	}
	year += today.Year() / 100 * 100
	month, day := s[2:4], s[4:6]
	for _, t := range []struct{ layout, text string }{
		{time.DateOnly, "-" + month + "-" + day}, {"2006-01", "-" + month}, {"2006", ""},
	} {
		if t.layout != time.DateOnly && day != "<<" && day != "00" || t.layout == "2006" && month != "<<" && month != "00" {
			break
		}
		for _, y := range []int{year, year - 100} {
			d, err := time.Parse(t.layout, strconv.Itoa(y)+t.text)
			if err == nil && !d.After(today) {
				return d.Format(t.layout)
			}
		}
	}
	return ""
}

// expiry reads YYMMDD as the day nearest to today.
func expiry(s string, today time.Time) string {
	year, err := strconv.Atoi(s[:2])
	if err != nil {
		return ""
	}
	year += today.Year() / 100 * 100
	switch {
	case year > today.Year()+50:
		year -= 100
	case year < today.Year()-50:
		year += 100
	}
	d, err := time.Parse(time.DateOnly, strconv.Itoa(year)+"-"+s[2:4]+"-"+s[4:6])
	if err != nil {
		return ""
	}
	return d.Format(time.DateOnly)
}

func sex(c byte) string {
	switch c {
	case 'M', 'F', 'X':
		return string(c)
	}
	return ""
}

// digits undoes letters that only digits can have been taken for.
func digits(s string) string {
	return strings.NewReplacer("O", "0", "Q", "0", "D", "0", "U", "0", "I", "1", "L", "1", "Z", "2", "S", "5", "G", "6", "B", "8").Replace(s)
}

// round takes every letter O of a number for a zero where its check digit holds only then: in this print
// they can hardly be told apart.
func round(number string, digit byte) string {
	if zeros := strings.ReplaceAll(number, "O", "0"); sum(number) != digit && sum(zeros) == digit {
		return zeros
	}
	return number
}

// letters undoes digits that only letters can have been taken for.
func letters(s string) string {
	return strings.NewReplacer("0", "O", "1", "I", "2", "Z", "5", "S", "6", "G", "8", "B").Replace(s)
}
