package index

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// PersonText brings what was typed to find a person into words that mean one thing each: a date or number that is
// written with blanks or otherwise than usual becomes one word, dates in the form "1990-05-17" or "1990-05". What only
// parts words, and "geb." before a date, is left out. What isn't understood stays as it is.
func PersonText(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\"„“”‟«»,;", r) {
			return ' '
		}
		return r
	}, text)
	words := joinedNumbers(strings.Fields(text))
	var out []string
	for len(words) > 0 {
		word, n := dateOf(words)
		switch {
		case n > 0:
			out = append(out, word)
		case len(words) > 1 && isBorn(words[0]) && startsDate(words[1]):
			n = 1
		case len(words) > 1 && areDigits(words[:2]):
			if word, n = digits(words); n == 0 {
				n, out = 1, append(out, words[0])
			} else {
				out = append(out, word)
			}
		default:
			n, out = 1, append(out, words[0])
		}
		words = words[n:]
	}
	return strings.Join(out, " ")
}

var (
	dayFirst  = regexp.MustCompile(`^\*?(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$`)
	yearFirst = regexp.MustCompile(`^\*?(\d{4})[./-](\d{1,2})[./-](\d{1,2})$`)
	monthYear = regexp.MustCompile(`^\*?(\d{1,2})[./-](\d{4})$`)
	day       = regexp.MustCompile(`^\*?(\d{1,2})\.?$`)
	year      = regexp.MustCompile(`^\d{4}$`)
)

// dateOf reads a date that words begin with, and tells how many of them it is; 0 where they begin with none.
func dateOf(words []string) (string, int) {
	if m := yearFirst.FindStringSubmatch(words[0]); m != nil {
		return isoDay(m[1], m[2], m[3], 1)
	}
	if m := dayFirst.FindStringSubmatch(words[0]); m != nil {
		return isoDay(m[3], m[2], m[1], 1)
	}
	if m := monthYear.FindStringSubmatch(words[0]); m != nil {
		return isoDay(m[2], m[1], "0", 1)
	}
	if len(words) < 3 || !year.MatchString(words[2]) {
		return "", 0
	}
	first, second := day.FindStringSubmatch(words[0]), day.FindStringSubmatch(words[1])
	switch {
	case first != nil && second != nil: // 17. 5. 1990
		return isoDay(words[2], second[1], first[1], 3)
	case first != nil: // 17. Mai 1990
		return isoDay(words[2], monthOf(words[1]), first[1], 3)
	case second != nil: // May 17 1990
		return isoDay(words[2], monthOf(words[0]), second[1], 3)
	}
	return "", 0
}

// thisCentury is up to which a year of two digits is one of this century.
const thisCentury = 35

// isoDay writes a date whose day may be 0, of n words; none where there is no such day.
func isoDay(y, m, d string, n int) (string, int) {
	year, month, day := toInt(y), toInt(m), toInt(d)
	if len(y) == 2 {
		if year += 1900; year <= 1900+thisCentury {
			year += 100
		}
	}
	if month > 12 && day <= 12 && day > 0 { // 05/17/1990
		month, day = day, month
	}
	switch {
	case month > 12 || day > 31 || year == 0:
		return "", 0
	case month == 0: // 00.00.1990
		return fmt.Sprintf("%04d", year), n
	case day == 0:
		return fmt.Sprintf("%04d-%02d", year, month), n
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), n
}

func toInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 99 // no month and no day
	}
	return n
}

var months = [...][]string{
	{"januar", "jänner", "january", "jan"}, {"februar", "feber", "february", "feb"}, {"märz", "maerz", "march", "mär", "mrz", "mar"},
	{"april", "apr"}, {"mai", "may"}, {"juni", "june", "jun"}, {"juli", "july", "jul"}, {"august", "aug"},
	{"september", "sep", "sept"}, {"oktober", "october", "okt", "oct"}, {"november", "nov"}, {"dezember", "december", "dez", "dec"},
}

// monthOf is the number of a month that is written as a word; "" for any other word.
func monthOf(word string) string {
	word = strings.TrimSuffix(strings.ToLower(word), ".")
	i := slices.IndexFunc(months[:], func(names []string) bool { return slices.Contains(names, word) })
	if i < 0 {
		return ""
	}
	return strconv.Itoa(i + 1)
}

func isBorn(word string) bool {
	return slices.Contains([]string{"*", "geb", "geb.", "geboren", "born"}, strings.ToLower(word))
}

func startsDate(word string) bool {
	return strings.ContainsFunc(word[:1], unicode.IsDigit) || monthOf(word) != ""
}

// pieceLength is how many digits a piece of a number has at most where that is written with blanks, and wholeLength
// how many all of it has at least.
const (
	pieceLength = 6
	wholeLength = 7
)

func areDigits(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return len(w) > pieceLength || strings.ContainsFunc(w, func(r rune) bool { return r < '0' || r > '9' })
	})
}

// digits puts a number that is written with blanks together: "2604 1700 1234".
func digits(words []string) (string, int) {
	n := 1
	for n < len(words) && areDigits(words[n:n+1]) {
		n++
	}
	whole := strings.Join(words[:n], "")
	if len(whole) < wholeLength {
		return "", 0
	}
	return whole, n
}

// joinedNumbers takes the blanks around separators between digits away: "33.11 - 000123 / 2026".
func joinedNumbers(words []string) (out []string) {
	digit := func(r byte) bool { return '0' <= r && r <= '9' }
	for i := 0; i < len(words); i++ {
		w := words[i]
		last := len(out) - 1
		if last >= 0 && i+1 < len(words) && (w == "-" || w == "–" || w == "/") && digit(out[last][len(out[last])-1]) && digit(words[i+1][0]) {
			out[last] += w + words[i+1]
			i++
			continue
		}
		out = append(out, w)
	}
	return out
}
