package main

import (
	"bytes"
	"strconv"
	"time"
)

// maxEntry is the largest entry in bytes.
const maxEntry = 1024

// entry is what has to be known of an entry to check it. The texts lie in the bytes it was read from.
type entry struct {
	log, op, object, prev, detail []byte
	seq                           int64
	time                          time.Time
	timeless                      bool // the time is none
}

// field is a field of an entry: its name with all that stands around it up to the value.
type field struct {
	lead     string
	needed   bool
	value    func([]byte) int // length of the value at the start of some bytes, 0 if there is none
	keep     func(e *entry, value []byte)
	brackets int // how many bytes around the value are left out of what is kept, on each side
}

// fields returns the fields in the order they stand in.
func fields() []field {
	text := func(name string, needed bool, keep func(*entry, []byte)) field {
		return field{`,"` + name + `":`, needed, quoted, keep, 1}
	}
	return []field{
		{`"v":`, true, one, nil, 0},
		text("log", true, func(e *entry, v []byte) { e.log = v }),
		{`,"seq":`, true, number, func(e *entry, v []byte) { e.seq, _ = strconv.ParseInt(string(v), 10, 64) }, 0},
		text("time", true, func(e *entry, v []byte) { e.time, e.timeless = readTime(v) }),
		text("actor", true, nil), text("role", false, nil), text("dept", false, nil), text("client", false, nil),
		text("op", true, func(e *entry, v []byte) { e.op = v }),
		text("object", false, func(e *entry, v []byte) { e.object = v }),
		{`,"akten":`, false, quotedList, nil, 0}, {`,"persons":`, false, quotedList, nil, 0},
		text("register", false, nil), text("class", false, nil), text("result", true, nil), text("rule", false, nil),
		text("policy", false, nil), text("purpose", false, nil), text("corr", false, nil),
		{`,"more":`, false, number, nil, 0},
		text("prev", false, func(e *entry, v []byte) { e.prev = v }),
		text("detail", false, func(e *entry, v []byte) { e.detail = v }),
	}
}

// parseEntry reads an entry: a JSON object in its one form, the fields in their order, without white space
// or escapes. ok is false for anything else.
func parseEntry(b []byte, fields []field) (e entry, ok bool) {
	if len(b) > maxEntry || len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return e, false
	}
	b = b[1 : len(b)-1]
	for i := range fields {
		f := &fields[i]
		if len(b) < len(f.lead) || string(b[:len(f.lead)]) != f.lead {
			if f.needed {
				return e, false
			}
			continue
		}
		b = b[len(f.lead):]
		n := f.value(b)
		if n == 0 {
			return e, false
		}
		if f.keep != nil {
			f.keep(&e, b[f.brackets:n-f.brackets])
		}
		b = b[n:]
	}
	return e, len(b) == 0
}

// one takes the version of the format.
func one(b []byte) int {
	if len(b) > 1 && b[0] == '1' && b[1] == ',' {
		return 1
	}
	return 0
}

// number takes a whole number of up to 18 digits.
func number(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	if n > 18 || n > 1 && b[0] == '0' {
		return 0
	}
	return n
}

// quoted takes a text that isn't empty, of the characters an entry may have.
func quoted(b []byte) int {
	if len(b) < 3 || b[0] != '"' {
		return 0
	}
	for i, c := range b[1:] {
		switch {
		case c == '"' && i > 0:
			return i + 2
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case bytes.IndexByte([]byte("._-+:/#=@~"), c) < 0:
			return 0
		}
	}
	return 0
}

// quotedList takes texts in brackets, at least one.
func quotedList(b []byte) int {
	for at := 0; at < len(b) && (b[at] == ',' || at == 0 && b[0] == '['); {
		n := quoted(b[at+1:])
		if n == 0 {
			return 0
		}
		if at += 1 + n; at < len(b) && b[at] == ']' {
			return at + 1
		}
	}
	return 0
}

// readTime reads "2026-11-21T08:15:00.000000Z"; none says that it isn't a time of this form.
func readTime(b []byte) (t time.Time, none bool) {
	const form = "2006-01-02T15:04:05.000000Z"
	t, err := time.Parse(form, string(b))
	if err != nil || t.Year() < 1 {
		return time.Time{}, true
	}
	var again [len(form)]byte
	return t, !bytes.Equal(t.AppendFormat(again[:0], form), b)
}
