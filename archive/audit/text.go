package audit

import "strings"

// The words a leaf may be made of. None can hold a name, a date of birth in words, a
// search word with a space or capitals with umlauts; ids in particular are only what
// a UUID or a hash is made of.

// The lengths add up to less than [MaxLeaf] even if every field is as long as it may be.
const (
	maxID          = 64
	maxCode        = 40
	maxToken       = 72
	maxCorrelation = 40
	maxKind        = 16
)

// isID reports whether s is an opaque id: hexadecimal digits in lower case and
// hyphens, with at least one decimal digit, so that no word passes for one.
func isID(s string) bool {
	digit := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'a' && c <= 'f', c == '-':
		default:
			return false
		}
	}
	return digit && len(s) <= maxID
}

// isActor reports whether s may stand for an actor.
func isActor(s string) bool {
	return s == "system" || s == "anonymous" || isID(s)
}

// isRef reports whether s is "kind/ID".
func isRef(s string) bool {
	kind, id, ok := strings.Cut(s, "/")
	if !ok || kind == "" || len(kind) > maxKind {
		return false
	}
	for i := range len(kind) {
		if kind[i] < 'a' || kind[i] > 'z' {
			return false
		}
	}
	return isID(id)
}

// isPurpose reports whether s is a purpose code or "case:ID".
func isPurpose(s string) bool {
	if id, ok := strings.CutPrefix(s, "case:"); ok {
		return isID(id)
	}
	return isCode(s) && !strings.Contains(s, ":")
}

// isHash reports whether s is 32 bytes in hexadecimal digits.
func isHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// isCode reports whether s is a code of the rules: lower-case ASCII.
func isCode(s string) bool {
	return s != "" && len(s) <= maxCode && only(s, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
			c == '.' || c == '_' || c == '-' || c == '+' || c == ':'
	})
}

// isToken reports whether s is the hash of a policy, a correlation or the like.
func isToken(s string) bool { return s != "" && len(s) <= maxToken && only(s, isTokenByte) }

// isRule reports whether s is the id of a rule: "sachbearbeitung@asyl/familie~leitung".
func isRule(s string) bool {
	return s != "" && len(s) <= maxToken && only(s, func(c byte) bool { return isTokenByte(c) || c == '@' || c == '~' })
}

func isTokenByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '_' || c == '-' || c == '+' || c == ':' || c == '/' || c == '#' || c == '='
}

// isOrigin reports whether s may be the origin of a shard: "authority/audit/2026".
func isOrigin(s string) bool {
	return s != "" && len(s) <= maxToken && only(s, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '/'
	})
}

func only(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}
