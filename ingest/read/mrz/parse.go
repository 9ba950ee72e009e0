package mrz

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Clean makes of a recognised line what can stand in a zone: capitals, digits and fillers.
func Clean(line string) string {
	var b strings.Builder
	filling := false // behind a filler, small letters are more of them
	for _, r := range line {
		switch {
		case r == '«':
			b.WriteString("<<")
		case r == '<', r == '‹', r == '≤', filling && strings.ContainsRune("ceksx€", r):
			b.WriteByte('<')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		default:
			continue
		}
		filling = strings.HasSuffix(b.String(), "<")
	}
	return b.String()
}

// Looks reports whether a recognised line may be one of a zone: long, of capitals and digits, with fillers
// or many digits.
func Looks(line string) bool {
	small, fillers, figures := 0, strings.Count(line, "<")+2*strings.Count(line, "«"), 0
	for _, r := range line {
		switch {
		case unicode.IsLower(r) && !strings.ContainsRune("ceksx", r):
			small++
		case r >= '0' && r <= '9':
			figures++
		}
	}
	size := len(Clean(line))
	return size >= 20 && size <= 60 && small*8 <= size && (fillers >= 2 || figures >= 10 && small == 0 && size >= 26)
}

// Parse finds a zone in lines that stand one below the other. It is false where there is none: too few of
// the check digits of number, birth and expiry hold.
func Parse(lines []string, today time.Time) (Zone, bool) {
	cleaned := make([]string, len(lines))
	for i, l := range lines {
		cleaned[i] = Clean(l)
	}
	best, found := Zone{}, false
	for i := range cleaned {
		for _, read := range []func([]string, time.Time) (Zone, bool){td1, two} {
			z, ok := read(cleaned[i:], today)
			if ok && z.credible() && (!found || len(z.Faults) < len(best.Faults)) {
				z.First = i
				best, found = z, true
			}
		}
	}
	return best, found
}

// credible reports whether enough fits for this to be a zone: two of the three check digits that every one
// has, or one beside two real dates.
func (z Zone) credible() bool {
	n := 0
	for _, f := range []string{FieldNumber, FieldBirth, FieldExpiry} {
		if z.Sound(f) {
			n++
		}
	}
	return n > 1 || n == 1 && z.Birth != "" && z.Expiry != ""
}

// td1 reads three lines of 30.
func td1(lines []string, today time.Time) (Zone, bool) {
	if len(lines) < 3 || !within(lines[0], 15, 34) || !within(lines[1], 18, 36) || !within(lines[2], 3, 38) ||
		!strings.ContainsRune("ACI", rune(lines[0][0])) || strings.ContainsAny(lines[2][:1], "<0123456789") {
		return Zone{}, false
	}
	a, b, c := fit(lines[0], 30), fitMiddle(lines[1], 30, 18), fit(lines[2], 30)
	z := Zone{Kind: TD1, Document: trim(a[:2]), Issuer: trim(letters(a[2:5])), Lines: []string{a, b, c}}
	number, digit, rest := a[5:14], a[14], a[15:30]
	if digit == '<' { // a longer number goes on behind it, and its check digit comes last
		more, _, _ := strings.Cut(rest, "<")
		if more != "" {
			number, digit, rest = number+more[:len(more)-1], more[len(more)-1], rest[len(more):]
		}
	}
	z.Number, z.Optional = trim(number), trim(rest)
	z.check(FieldNumber, number, digits(string(digit))[0])
	b = z.dates(b[:15], today) + letters(b[15:18]) + b[18:29] + digits(b[29:])
	z.Lines[1] = b
	z.Nationality = trim(b[15:18])
	z.check(FieldComposite, a[5:30]+b[:7]+b[8:15]+b[18:29], b[29])
	z.names(c)
	return z, z.Family != ""
}

// two reads two lines of 36 or 44; those of visas begin with V and have no composite check digit.
func two(lines []string, today time.Time) (Zone, bool) {
	if len(lines) < 2 || !within(lines[0], 8, 52) || !strings.ContainsRune("PVACI", rune(lines[0][0])) {
		return Zone{}, false
	}
	size := 36
	if c := lines[0][0]; c == 'P' || c == 'V' && len(lines[1]) > 38 {
		size = 44
	}
	if !within(lines[1], 28, size+3) {
		return Zone{}, false
	}
	a, b := fit(lines[0], size), fitMiddle(lines[1], size, 28)
	b = b[:9] + digits(b[9:10]) + letters(b[10:13]) + b[13:]
	z := Zone{Kind: map[int]string{36: TD2, 44: TD3}[size], Document: trim(a[:2]), Issuer: trim(letters(a[2:5]))}
	b = round(b[:9], b[9]) + b[9:]
	z.Number, z.Nationality = trim(b[:9]), trim(b[10:13])
	z.check(FieldNumber, b[:9], b[9])
	b = b[:13] + z.dates(b[13:28], today) + b[28:]
	if a[0] == 'V' {
		z.Kind = map[int]string{36: MRVB, 44: MRVA}[size]
		z.Optional = trim(b[28:])
	} else {
		b = b[:size-1] + digits(b[size-1:])
		z.rest(b)
	}
	z.Lines = []string{a, b}
	z.names(a[5:])
	return z, z.Family != ""
}

// rest reads what stands behind the expiry in a passport or a TD2 card.
func (z *Zone) rest(b string) {
	end := len(b) - 1
	if z.Kind == TD3 {
		end--
		if d := b[end]; d != '<' || trim(b[28:end]) != "" { // without a number the digit may be a filler
			z.check(FieldOptional, b[28:end], digits(string(d))[0])
		}
	}
	z.Optional = trim(b[28:end])
	z.check(FieldComposite, b[:10]+b[13:20]+b[21:len(b)-1], b[len(b)-1])
}

// dates reads birth, sex and expiry, "YYMMDDcSYYMMDDc", and returns them with digits where they must be.
func (z *Zone) dates(s string, today time.Time) string {
	s = digits(s[:7]) + s[7:8] + digits(s[8:])
	z.Birth, z.Sex, z.Expiry = birth(s[:6], today), sex(s[7]), expiry(s[8:14], today)
	z.check(FieldBirth, s[:6], s[6])
	z.check(FieldExpiry, s[8:14], s[14])
	return s
}

func within(s string, least, most int) bool { return len(s) >= least && len(s) <= most }

// fit makes a line as long as it has to be at its end, where fillers stand.
func fit(s string, size int) string {
	if len(s) > size {
		return s[:size]
	}
	return s + strings.Repeat("<", size-len(s))
}

// fitMiddle makes a line as long as it has to be in the longest run of fillers behind from.
func fitMiddle(s string, size, from int) string {
	for len(s) != size {
		at := longest(s, from)
		switch {
		case len(s) < size:
			at = min(at, len(s))
			s = s[:at] + "<" + s[at:]
		case at < len(s) && s[at] == '<':
			s = s[:at] + s[at+1:]
		default:
			s = s[:size]
		}
	}
	return s
}

// longest is where the longest run of fillers begins; the end of s where there is none.
func longest(s string, from int) int {
	best, length := len(s), 0
	for i := min(from, len(s)); i < len(s); i++ {
		n := 0
		for i+n < len(s) && s[i+n] == '<' {
			n++
		}
		if n > length {
			best, length = i, n
		}
		i += n
	}
	return best
}

func trim(s string) string { return strings.Trim(s, "<") }

// Better reports whether z is more to be believed than other: fewer faults, and then a name that ends
// cleanly.
func (z Zone) Better(other Zone) bool {
	if len(z.Faults) != len(other.Faults) {
		return len(z.Faults) < len(other.Faults)
	}
	return strings.Count(strings.Join(z.Lines, ""), "<") > strings.Count(strings.Join(other.Lines, ""), "<")
}

// Same reports whether two readings of a zone agree in the names, which no check digit guards.
func (z Zone) Same(other Zone) bool {
	return slices.Equal([]string{z.Family, z.Given}, []string{other.Family, other.Given})
}
