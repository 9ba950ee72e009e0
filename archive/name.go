package archive

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxNameLength is in characters after normalisation; the norm sets no limit, so this one only
// keeps out what can be no name.
const maxNameLength = 200

// nameLetters are the single characters of DIN 91379:2022-08 data type A (names of natural persons).
var nameLetters = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0020, 0x0020, 1},
		{0x0027, 0x0027, 1},
		{0x002C, 0x002E, 1},
		{0x0041, 0x005A, 1},
		{0x0060, 0x007A, 1},
		{0x007E, 0x007E, 1},
		{0x00A8, 0x00A8, 1},
		{0x00B4, 0x00B4, 1},
		{0x00B7, 0x00B7, 1},
		{0x00C0, 0x00D6, 1},
		{0x00D8, 0x00F6, 1},
		{0x00F8, 0x017E, 1},
		{0x0187, 0x0188, 1},
		{0x018F, 0x018F, 1},
		{0x0197, 0x0197, 1},
		{0x01A0, 0x01A1, 1},
		{0x01AF, 0x01B0, 1},
		{0x01B7, 0x01B7, 1},
		{0x01CD, 0x01DC, 1},
		{0x01DE, 0x01DF, 1},
		{0x01E2, 0x01F0, 1},
		{0x01F4, 0x01F5, 1},
		{0x01F8, 0x01FF, 1},
		{0x0212, 0x0213, 1},
		{0x0218, 0x021B, 1},
		{0x021E, 0x021F, 1},
		{0x0227, 0x0233, 1},
		{0x0259, 0x0259, 1},
		{0x0268, 0x0268, 1},
		{0x0292, 0x0292, 1},
		{0x02B9, 0x02BA, 1},
		{0x02BE, 0x02BF, 1},
		{0x02C8, 0x02C8, 1},
		{0x02CC, 0x02CC, 1},
		{0x1E02, 0x1E03, 1},
		{0x1E06, 0x1E07, 1},
		{0x1E0A, 0x1E11, 1},
		{0x1E17, 0x1E17, 1},
		{0x1E1C, 0x1E2B, 1},
		{0x1E2F, 0x1E37, 1},
		{0x1E3A, 0x1E3B, 1},
		{0x1E40, 0x1E49, 1},
		{0x1E52, 0x1E5B, 1},
		{0x1E5E, 0x1E63, 1},
		{0x1E6A, 0x1E6F, 1},
		{0x1E80, 0x1E87, 1},
		{0x1E8C, 0x1E97, 1},
		{0x1E9E, 0x1E9E, 1},
		{0x1EA0, 0x1EF9, 1},
		{0x2019, 0x2019, 1},
		{0x2021, 0x2021, 1},
	},
	LatinOffset: 11,
}

// nameMarks are the sequences of data type A: for a base character the runs of combining marks that
// may follow it. U+035F joins K and H and is looked at apart.
var nameMarks = map[rune][]string{
	0x0041: {"\u030B"},
	0x0043: {"\u0300", "\u0304", "\u0306", "\u0308", "\u0315", "\u0323", "\u0326", "\u0328\u0306"},
	0x0044: {"\u0302"},
	0x0046: {"\u0300", "\u0304"},
	0x0047: {"\u0300"},
	0x0048: {"\u0304", "\u0326", "\u0331"},
	0x004A: {"\u0301", "\u030C"},
	0x004B: {"\u0300", "\u0302", "\u0304", "\u0307", "\u0315", "\u031B", "\u0326"},
	0x004C: {"\u0302", "\u0325", "\u0325\u0304", "\u0326"},
	0x004D: {"\u0300", "\u0302", "\u0306", "\u0310"},
	0x004E: {"\u0302", "\u0304", "\u0306", "\u0326"},
	0x0050: {"\u0300", "\u0304", "\u0315", "\u0323"},
	0x0052: {"\u0306", "\u0325", "\u0325\u0304"},
	0x0053: {"\u0300", "\u0304", "\u031B\u0304", "\u0331"},
	0x0054: {"\u0300", "\u0304", "\u0308", "\u0315", "\u031B"},
	0x0055: {"\u0307"},
	0x005A: {"\u0300", "\u0304", "\u0306", "\u0308", "\u0327"},
	0x0061: {"\u030B"},
	0x0063: {"\u0300", "\u0304", "\u0306", "\u0308", "\u0315", "\u0323", "\u0326", "\u0328\u0306"},
	0x0064: {"\u0302"},
	0x0066: {"\u0300", "\u0304"},
	0x0067: {"\u0300"},
	0x0068: {"\u0304", "\u0326"},
	0x006A: {"\u0301"},
	0x006B: {"\u0300", "\u0302", "\u0304", "\u0307", "\u0315", "\u031B", "\u0326"},
	0x006C: {"\u0302", "\u0325", "\u0325\u0304", "\u0326"},
	0x006D: {"\u0300", "\u0302", "\u0306", "\u0310"},
	0x006E: {"\u0302", "\u0304", "\u0306", "\u0326"},
	0x0070: {"\u0300", "\u0304", "\u0315", "\u0323"},
	0x0072: {"\u0306", "\u0325", "\u0325\u0304"},
	0x0073: {"\u0300", "\u0304", "\u031B\u0304", "\u0331"},
	0x0074: {"\u0300", "\u0304", "\u0315", "\u031B"},
	0x0075: {"\u0307"},
	0x007A: {"\u0300", "\u0304", "\u0306", "\u0308", "\u0327"},
	0x00C7: {"\u0306"},
	0x00DB: {"\u0304"},
	0x00E7: {"\u0306"},
	0x00FB: {"\u0304"},
	0x00FF: {"\u0301"},
	0x010C: {"\u0315", "\u0323"},
	0x010D: {"\u0315", "\u0323"},
	0x0113: {"\u030D"},
	0x012A: {"\u0301"},
	0x012B: {"\u0301"},
	0x014D: {"\u030D"},
	0x017D: {"\u0326", "\u0327"},
	0x017E: {"\u0326", "\u0327"},
	0x1E32: {"\u0304"},
	0x1E33: {"\u0304"},
	0x1E62: {"\u0304"},
	0x1E63: {"\u0304"},
	0x1E6C: {"\u0304"},
	0x1E6D: {"\u0304"},
	0x1EA0: {"\u0308"},
	0x1EA1: {"\u0308"},
	0x1ECC: {"\u0308"},
	0x1ECD: {"\u0308"},
	0x1EE4: {"\u0304", "\u0308"},
	0x1EE5: {"\u0304", "\u0308"},
}

// NormaliseName returns a part of a person's name in Unicode normal form C, without white space
// around it and with single spaces inside. It is a [*FieldError] without a pointer if the name has
// a character outside DIN 91379 data type A (code "characters") or is longer than 200 characters
// ("too_long"). The empty name passes: whether one is needed is the caller's rule.
func NormaliseName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", &FieldError{Code: "characters", Detail: "a name is written in UTF-8"}
	}
	s = norm.NFC.String(strings.Trim(s, " "))
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	if utf8.RuneCountInString(s) > maxNameLength {
		return "", &FieldError{Code: "too_long", Detail: fmt.Sprintf("a name has at most %d characters", maxNameLength)}
	}
	if r, ok := outsideNames(s); !ok {
		return "", &FieldError{Code: "characters", Detail: fmt.Sprintf("U+%04X is not allowed here in a name", r)}
	}
	return s, nil
}

// outsideNames returns the first character of s (in NFC) that data type A doesn't have, or not
// after what stands before it.
func outsideNames(s string) (rune, bool) {
	for s != "" {
		base, n := utf8.DecodeRuneInString(s)
		if !unicode.Is(nameLetters, base) {
			return base, false
		}
		s = s[n:]
		marks := s[:len(s)-len(strings.TrimLeftFunc(s, isMark))]
		if marks == "" {
			continue
		}
		s = s[len(marks):]
		if rest, ok := joinsH(base, marks, s); ok {
			s = rest
			continue
		}
		if !allowedMarks(base, marks) {
			r, _ := utf8.DecodeRuneInString(marks)
			return r, false
		}
	}
	return 0, true
}

func isMark(r rune) bool { return unicode.Is(unicode.M, r) }

// joinsH reports whether base, marks and the start of rest are a K and an H under one macron, and
// returns what follows them.
func joinsH(base rune, marks, rest string) (string, bool) {
	small := strings.HasPrefix(rest, "h")
	if marks != "\u035F" || rest == "" || !(base == 'K' && (small || rest[0] == 'H') || base == 'k' && small) {
		return "", false
	}
	return rest[1:], true
}

func allowedMarks(base rune, marks string) bool {
	for _, m := range nameMarks[base] {
		if m == marks {
			return true
		}
	}
	return false
}
