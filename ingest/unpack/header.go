package unpack

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// header holds the fields of a message or a part in their order. It is read forgivingly: what is no
// field is passed over, of a field that stands twice the first one counts.
type header []field

type field struct{ name, value string }

// splitHeader cuts raw into its header and what follows the first empty line.
func splitHeader(raw []byte) (header, []byte) {
	var h header
	for len(raw) > 0 {
		line, rest := cutLine(raw)
		if len(line) == 0 {
			return h, rest
		}
		raw = rest
		if line[0] == ' ' || line[0] == '\t' {
			if len(h) > 0 && len(h[len(h)-1].value) < 1<<16 {
				h[len(h)-1].value += " " + strings.TrimSpace(string(line))
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) > 100 || len(h) > 1000 {
			continue
		}
		h = append(h, field{strings.ToLower(strings.TrimSpace(string(name))), strings.TrimSpace(string(value))})
	}
	return h, nil
}

// cutLine returns the first line without its end, and what follows.
func cutLine(raw []byte) (line, rest []byte) {
	at := bytes.IndexByte(raw, '\n')
	if at < 0 {
		return bytes.TrimRight(raw, "\r"), nil
	}
	return bytes.TrimRight(raw[:at], "\r"), raw[at+1:]
}

// raw is the value of a field as it stands there.
func (h header) raw(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// text is the value of a field for people: decoded, on one line.
func (h header) text(name string) string { return decodeWords(h.raw(name)) }

// decodeWords decodes encoded words (RFC 2047) and bytes that are no ASCII.
func decodeWords(s string) string {
	d := mime.WordDecoder{CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(input)
		return strings.NewReader(decode(b, charset)), err
	}}
	s = decode([]byte(s), "")
	if plain, err := d.DecodeHeader(s); err == nil {
		s = plain
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}

// params reads "value; key=x; key*0*=…" (RFC 2231) as far as it makes sense.
func params(s string) (value string, p map[string]string) {
	pieces := cutQuoted(s)
	value, p = strings.ToLower(strings.TrimSpace(pieces[0])), map[string]string{}
	type piece struct {
		nr      int
		escaped bool
		text    string
	}
	long := map[string][]piece{}
	for _, s := range pieces[1:] {
		key, v, ok := strings.Cut(s, "=")
		key, v = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(v)
		if !ok || key == "" {
			continue
		}
		if len(v) > 1 && v[0] == '"' {
			v = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(v[1:], `"`), `\"`, `"`), `\\`, `\`)
		}
		name, star, _ := strings.Cut(key, "*")
		if name == key {
			if _, again := p[key]; !again {
				p[key] = v
			}
			continue
		}
		nr, _ := strconv.Atoi(strings.TrimSuffix(star, "*")) // "filename*=" is number 0
		long[name] = append(long[name], piece{nr, star == "" || strings.HasSuffix(star, "*"), v})
	}
	for name, all := range long {
		slices.SortStableFunc(all, func(a, b piece) int { return a.nr - b.nr })
		charset, out := "", ""
		for i, one := range all {
			if one.escaped {
				if i == 0 {
					if c, rest, ok := strings.Cut(one.text, "'"); ok {
						charset = c
						if _, after, ok := strings.Cut(rest, "'"); ok {
							one.text = after
						}
					}
				}
				if plain, err := url.PathUnescape(one.text); err == nil {
					one.text = plain
				}
			}
			out += one.text
		}
		p[name] = decode([]byte(out), charset)
	}
	return value, p
}

// cutQuoted splits at semicolons outside of quotes.
func cutQuoted(s string) (out []string) {
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

// written is when a message says it was written; false where it doesn't.
func (h header) written() (time.Time, bool) {
	t, err := mail.ParseDate(h.raw("date"))
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t, true
}
