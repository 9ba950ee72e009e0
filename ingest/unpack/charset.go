package unpack

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// decode returns text in UTF-8. What the sender says of the charset counts, except where it can't be
// true: text that is UTF-8 is often called ASCII or Latin-1.
func decode(b []byte, charset string) string {
	if label, rest, ok := strings.Cut(charset, "="); ok && strings.EqualFold(strings.TrimSpace(label), "charset") {
		charset = rest // charset="charset=x" is a common mistake
	}
	charset = strings.ToLower(strings.Trim(charset, " \"'"))
	switch charset {
	case "", "ascii", "us-ascii", "utf-8", "utf8", "iso-8859-1", "latin1", "windows-1252":
		if utf8.Valid(b) {
			return strings.TrimPrefix(string(b), "\ufeff")
		}
	default:
		if e, err := htmlindex.Get(charset); err == nil {
			if s, err := e.NewDecoder().Bytes(b); err == nil {
				return string(s)
			}
		}
		if utf8.Valid(b) {
			return string(b)
		}
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(s)
}

// transfer undoes the transfer encoding of a part's body, forgivingly; ok is false where base64 makes
// no sense, and the bytes are as they came.
func transfer(b []byte, encoding string) (out []byte, ok bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return unbase64(b)
	case "quoted-printable":
		return unquote(b), true
	}
	return b, true
}

func unbase64(b []byte) ([]byte, bool) {
	clean := make([]byte, 0, len(b))
	strange := 0
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			clean = append(clean, c)
		case c == '=' || c == '\r' || c == '\n' || c == ' ' || c == '\t':
		default:
			strange++
		}
	}
	// Words and pages call themselves base64; that has no blanks inside of its lines.
	if strange > len(b)/50 || bytes.Count(b, []byte(" ")) > bytes.Count(b, []byte("\n"))+1 {
		return b, false
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	if err != nil {
		return b, false
	}
	return out[:n], true
}

func unquote(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		line = bytes.TrimRight(line, " \t\r")
		soft := bytes.HasSuffix(line, []byte("="))
		out = append(out, unquoteLine(bytes.TrimSuffix(line, []byte("=")))...)
		if ended && !soft {
			out = append(out, '\n')
		}
		b = rest
	}
	return out
}

func unquoteLine(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		if line[i] == '=' && i+2 < len(line) {
			hi, lo := digit(line[i+1]), digit(line[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, line[i])
	}
	return out
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
