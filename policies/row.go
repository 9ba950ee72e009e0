package policies

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// row is one line of a table; reading a cell that is wrong notes the problem.
type row struct {
	loader *loader
	file   string
	line   int
	cells  map[string]string
}

// table reads a file of comma-separated values: "#" starts a comment line, the first line
// names exactly the given columns, every other line has as many cells. Lines that don't
// are noted and left out.
func (l *loader) table(file string, columns ...string) []row {
	data, ok := l.files[file]
	if !ok {
		l.add(file, 0, "file is missing")
		return nil
	}
	reader := csv.NewReader(bytes.NewReader(withoutBOM(data)))
	reader.Comment, reader.FieldsPerRecord, reader.TrimLeadingSpace = '#', -1, true
	var rows []row
	for head := true; ; {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			if head {
				l.add(file, 0, "no line of column names; expected %s", strings.Join(columns, ","))
			}
			return rows
		}
		if err != nil {
			l.addCSV(file, err)
			continue
		}
		line, _ := reader.FieldPos(0)
		if head {
			head = false
			if !slices.Equal(record, columns) {
				l.add(file, line, "columns are %s; expected %s", strings.Join(record, ","), strings.Join(columns, ","))
				return nil
			}
			continue
		}
		if r, ok := l.row(file, line, record, columns); ok {
			rows = append(rows, r)
		}
	}
}

func (l *loader) addCSV(file string, err error) {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		l.add(file, parse.Line, "column %d: %v", parse.Column, parse.Err)
		return
	}
	l.add(file, 0, "%v", err)
}

func (l *loader) row(file string, line int, record, columns []string) (row, bool) {
	if len(record) != len(columns) {
		l.add(file, line, "%d cells; expected %d", len(record), len(columns))
		return row{}, false
	}
	r := row{loader: l, file: file, line: line, cells: make(map[string]string, len(columns))}
	for i, cell := range record {
		if strings.ContainsFunc(cell, unicode.IsControl) {
			l.add(file, line, "%s: holds a control character or line break", columns[i])
			return row{}, false
		}
		r.cells[columns[i]] = strings.TrimSpace(cell)
	}
	return r, true
}

func (r row) bad(column, reason string, args ...any) {
	r.loader.add(r.file, r.line, column+": "+reason, args...)
}

// keyPattern is what keys look like: safe in URLs, file names, tokens of the index.
var keyPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// key reads a key: letters, digits, "_", "." and "-".
func (r row) key(column string) string {
	v := r.cells[column]
	if !keyPattern.MatchString(v) {
		r.bad(column, "%q is no key (letters, digits, _ . -)", v)
	}
	return v
}

// text reads words that must not be missing.
func (r row) text(column string) string {
	v := r.cells[column]
	if v == "" {
		r.bad(column, "is missing")
	}
	return v
}

// term reads the key of the row and its two labels.
func (r row) term(column string) Term {
	t := Term{Key: r.key(column), Label: Label{DE: r.text("de"), EN: r.text("en")}}
	if t.Key == PurposeCase || t.Key == None {
		r.bad(column, "%q is reserved", t.Key)
	}
	return t
}

// flag reads "yes" or "no".
func (r row) flag(column string) bool {
	v := r.cells[column]
	if v != "yes" && v != "no" {
		r.bad(column, "%q is neither yes nor no", v)
	}
	return v == "yes"
}

// number reads a whole number that isn't negative.
func (r row) number(column string) int {
	n, err := strconv.ParseUint(r.cells[column], 10, 16)
	if err != nil {
		r.bad(column, "%q is no whole number from 0 to 65535", r.cells[column])
	}
	return int(n)
}

// set reads words between spaces; "-" is the empty set, and nothing at all is a mistake.
func (r row) set(column string) []string {
	v := r.cells[column]
	if v == None {
		return nil
	}
	words := strings.Fields(v)
	if len(words) == 0 {
		r.bad(column, "is missing; write - for none")
	}
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			r.bad(column, "%q stands twice", w)
		}
	}
	return words
}

// oneOf reads one of the given words.
func (r row) oneOf(column string, words ...string) string {
	v := r.cells[column]
	if !slices.Contains(words, v) {
		r.bad(column, "%q is none of %s", v, strings.Join(words, ", "))
	}
	return v
}

// place remembers where the key of this file stands, for checks across files.
func (r row) place(key string) {
	if r.loader.at == nil {
		r.loader.at = make(map[string]int)
	}
	r.loader.at[r.file+"\x00"+key] = r.line
}

// where returns the line a key of a file stands on.
func (l *loader) where(file, key string) int { return l.at[file+"\x00"+key] }

// put adds an entry to its list and notes a key that is taken.
func put[T entry[T]](r row, into *list[T], column, key string, item T) {
	if !into.add(key, item) {
		r.bad(column, "%q stands already on line %d", key, r.loader.where(r.file, key))
		return
	}
	r.place(key)
}
