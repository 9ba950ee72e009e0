package office

import (
	"bufio"
	"errors"
	"io"
	"strconv"

	"golang.org/x/text/encoding/charmap"
)

// richText reads Rich Text: groups in braces, control words behind a backslash, and text.
type richText struct {
	in    *bufio.Reader
	facts *Facts
	text  *words
	stack []group
	now   group
	skip  int // characters that only stand in for the one before them
}

// group is what braces give back when they close.
type group struct {
	hidden bool // its text isn't the document's
	stand  int  // how many characters stand in for one written as a number
}

// inspectRTF takes the text out of Rich Text, and notes what is embedded or linked.
func inspectRTF(in io.Reader, text *words) (Facts, error) {
	f := Facts{Format: "rtf"}
	r := richText{in: bufio.NewReader(in), facts: &f, text: text, now: group{stand: 1}}
	for {
		c, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		switch c {
		case '{':
			if len(r.stack) > maxDepth {
				return f, refuse(NestingLimit)
			}
			r.stack = append(r.stack, r.now)
		case '}':
			if n := len(r.stack); n > 0 {
				r.now, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			r.skip = 0
		case '\\':
			if err := r.control(); err != nil {
				return f, err
			}
		case '\r', '\n':
		default:
			r.byte(c)
		}
	}
}

// byte takes a character of the code page; that of Western Europe is assumed.
func (r *richText) byte(c byte) { r.write(string(charmap.Windows1252.DecodeByte(c))) }

func (r *richText) write(s string) {
	switch {
	case r.skip > 0:
		r.skip--
	case !r.now.hidden:
		r.text.add(s)
	}
}

// control reads what stands behind a backslash.
func (r *richText) control() error {
	c, err := r.in.ReadByte()
	if err != nil {
		return nil // the end of a file that is cut off
	}
	switch {
	case c == '\'':
		var digits [2]byte
		if _, err := io.ReadFull(r.in, digits[:]); err != nil {
			return nil
		}
		if n, err := strconv.ParseUint(string(digits[:]), 16, 8); err == nil {
			r.byte(byte(n))
		}
		return nil
	case c == '*':
		r.now.hidden = true
		return nil
	case c == '~':
		r.write("\u00a0")
		return nil
	case c < 'a' || c > 'z':
		if c == '\\' || c == '{' || c == '}' {
			r.byte(c)
		}
		return nil
	}
	word, number, err := r.word(c)
	if err != nil {
		return err
	}
	return r.obey(word, number)
}

// word reads a control word and its number, 1 where none is written.
func (r *richText) word(first byte) (string, int, error) {
	word, digits := []byte{first}, []byte{}
	for {
		c, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", 0, err
		}
		switch letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'; {
		case letter && len(digits) == 0 && len(word) < 32:
			word = append(word, c)
			continue
		case c >= '0' && c <= '9' && len(digits) < 10, c == '-' && len(digits) == 0:
			digits = append(digits, c)
			continue
		case c != ' ':
			if err := r.in.UnreadByte(); err != nil {
				return "", 0, err
			}
		}
		break
	}
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		n = 1
	}
	return string(word), n, nil
}

// obey does what a control word asks for, as far as text is concerned.
func (r *richText) obey(word string, number int) error {
	switch word {
	case "par", "line", "row", "sect":
		r.write("\n")
	case "page":
		r.write("\f")
	case "tab", "cell":
		r.write("\t")
	case "emdash":
		r.write("—")
	case "endash":
		r.write("–")
	case "lquote", "rquote":
		r.write("’")
	case "ldblquote", "rdblquote":
		r.write("“")
	case "uc":
		r.now.stand = max(0, min(number, 8))
	case "u":
		if number < 0 {
			number += 1 << 16
		}
		r.write(string(rune(number)))
		r.skip = r.now.stand
	case "bin": // bytes, not text
		_, err := r.in.Discard(max(0, number))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	case "objdata":
		r.facts.Embedded, r.now.hidden = true, true
	case "objautlink", "objlink", "template":
		r.facts.Links, r.now.hidden = true, r.now.hidden || word == "template"
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "fldinst", "listtable", "listoverridetable", "rsidtbl", "generator", "themedata", "datastore", "xmlnstbl", "latentstyles", "nonshppict":
		r.now.hidden = true
	}
	return nil
}
