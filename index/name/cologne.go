package name

import "strings"

// Cologne is the Kölner Phonetik of a Latin word (H. J. Postel: Die Kölner Phonetik, IBM-Nachrichten 19,
// 1969): digits for groups of sounds that are confused in German. "Müller" and "Miller" are "657". It is
// empty for what has no Latin letters.
func Cologne(word string) string {
	rs := []rune(strings.ReplaceAll(stripMarks(word), "ph", "f"))
	var out []byte
	for i, r := range rs {
		var before, after rune
		if i > 0 {
			before = rs[i-1]
		}
		if i+1 < len(rs) {
			after = rs[i+1]
		}
		for _, c := range []byte(cologne(r, before, after)) {
			if len(out) == 0 || out[len(out)-1] != c {
				out = append(out, c)
			}
		}
	}
	var code []byte
	for i, c := range out {
		if c != '0' || i == 0 {
			code = append(code, c)
		}
	}
	return string(code)
}

func cologne(r, before, after rune) string {
	switch r {
	case 'a', 'e', 'i', 'j', 'o', 'u', 'y':
		return "0"
	case 'b', 'p':
		return "1"
	case 'd', 't':
		if strings.ContainsRune("csz", after) && after != 0 {
			return "8"
		}
		return "2"
	case 'f', 'v', 'w':
		return "3"
	case 'g', 'k', 'q':
		return "4"
	case 'c':
		return cologneC(before, after)
	case 'x':
		if before != 0 && strings.ContainsRune("ckq", before) {
			return "8"
		}
		return "48"
	case 'l':
		return "5"
	case 'm', 'n':
		return "6"
	case 'r':
		return "7"
	case 's', 'z':
		return "8"
	}
	return "" // h, and what is no letter
}

func cologneC(before, after rune) string {
	hard := after != 0 && strings.ContainsRune("ahkoqux", after)
	switch {
	case before == 0 && (hard || after == 'l' || after == 'r'):
		return "4"
	case before != 0 && before != 's' && before != 'z' && hard:
		return "4"
	}
	return "8"
}
