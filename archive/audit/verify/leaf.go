package verify

import (
	"errors"
	"strconv"
	"time"
)

// leaf is what the verifier needs of an entry. The strings point into the entry.
type leaf struct {
	log, time, op, object, prev, detail []byte
	seq                                 int64
}

var errForm = errors.New("is not in the canonical form")

// kind is how the value of a field looks.
type kind int

const (
	text kind = iota
	number
	list
)

// fieldAt returns the name and kind of the i-th field of an entry, in the order in which
// they stand.
func fieldAt(i int) (name string, k kind, needed bool) {
	fields := [...]struct {
		name   string
		k      kind
		needed bool
	}{
		{"v", number, true}, {"log", text, true}, {"seq", number, true}, {"time", text, true},
		{"actor", text, true}, {"role", text, false}, {"dept", text, false}, {"client", text, false},
		{"op", text, true}, {"object", text, false}, {"akten", list, false}, {"persons", list, false},
		{"register", text, false}, {"class", text, false}, {"result", text, true}, {"rule", text, false},
		{"policy", text, false}, {"purpose", text, false}, {"corr", text, false}, {"more", number, false},
		{"prev", text, false}, {"detail", text, false},
	}
	if i >= len(fields) {
		return "", text, false
	}
	return fields[i].name, fields[i].k, fields[i].needed
}

// parseLeaf reads an entry: a JSON object with the fields in their order, without white
// space or escapes. Anything else isn't an entry.
func parseLeaf(b []byte) (leaf, error) {
	var l leaf
	if len(b) > 1024 || len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return l, errForm
	}
	rest := b[1 : len(b)-1]
	for i := 0; ; i++ {
		name, k, needed := fieldAt(i)
		if name == "" {
			break
		}
		after, ok := cutName(rest, name, i > 0)
		if !ok {
			if needed {
				return l, errForm
			}
			continue
		}
		value, after, ok := cutValue(after, k)
		if !ok || !l.set(name, value) {
			return l, errForm
		}
		rest = after
	}
	if len(rest) > 0 {
		return l, errForm
	}
	return l, nil
}

// cutName removes `"name":`, with a comma before it unless it is the first.
func cutName(b []byte, name string, comma bool) ([]byte, bool) {
	if comma {
		if len(b) == 0 || b[0] != ',' {
			return b, false
		}
		b = b[1:]
	}
	if len(b) < len(name)+3 || b[0] != '"' || string(b[1:1+len(name)]) != name ||
		b[1+len(name)] != '"' || b[2+len(name)] != ':' {
		return b, false
	}
	return b[len(name)+3:], true
}

// cutValue removes a value and returns it, a text without its quotes.
func cutValue(b []byte, k kind) (value, rest []byte, ok bool) {
	switch k {
	case text:
		return cutText(b)
	case number:
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		return b[:n], b[n:], n > 0 && n < 19 && (n == 1 || b[0] != '0')
	}
	if len(b) == 0 || b[0] != '[' {
		return nil, b, false
	}
	for rest = b; ; {
		if _, rest, ok = cutText(rest[1:]); !ok || len(rest) == 0 {
			return nil, b, false
		}
		if rest[0] == ']' {
			return b[:len(b)-len(rest)+1], rest[1:], true
		}
		if rest[0] != ',' {
			return nil, b, false
		}
	}
}

// cutText removes a quoted text that isn't empty and has only characters that an entry
// may have.
func cutText(b []byte) (value, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, b, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], i > 1
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '.', c == '_', c == '-', c == '+', c == ':', c == '/', c == '#', c == '=', c == '@', c == '~':
		default:
			return nil, b, false
		}
	}
	return nil, b, false
}

// set keeps the value of a field, if it is one the verifier needs.
func (l *leaf) set(name string, value []byte) bool {
	switch name {
	case "v":
		return string(value) == "1"
	case "seq":
		var err error
		l.seq, err = strconv.ParseInt(string(value), 10, 64)
		return err == nil
	case "log":
		l.log = value
	case "time":
		l.time = value
	case "op":
		l.op = value
	case "object":
		l.object = value
	case "prev":
		l.prev = value
	case "detail":
		l.detail = value
	}
	return true
}

// when returns the time of the entry.
func (l *leaf) when() (time.Time, error) {
	const form = "2006-01-02T15:04:05.000000Z"
	t, err := time.Parse(form, string(l.time))
	if err == nil && t.Format(form) != string(l.time) {
		err = errForm
	}
	return t, err
}
