package main

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/encoding/charmap"
)

// mapping says how to read the index of a scan vendor: a file that somebody wrote once for that vendor.
type mapping struct {
	// Vendor is what it is called, on reports and in notes.
	Vendor string `toml:"vendor"`
	// Department has the basket of what can't be assigned; the mail room's where nothing is said.
	Department string `toml:"department"`
	Channel    string `toml:"channel"`
	// Type is the document type where the index says none.
	Type  string       `toml:"type"`
	Index indexForm    `toml:"index"`
	Field indexColumns `toml:"columns"`
	// Types and Registers turn the vendor's words into keys.
	Types     map[string]string `toml:"types"`
	Registers map[string]string `toml:"registers"`
	// Profile is how everything should be scanned, Profiles how documents of a type should be.
	Profile  expectation            `toml:"profile"`
	Profiles map[string]expectation `toml:"profiles"`
}

// indexForm is how an index is written.
type indexForm struct {
	// Format is "csv" or "xml".
	Format string `toml:"format"`
	// Element is the name of an element that is one row, in XML.
	Element string `toml:"element"`
	// Separator is one character, ";" where nothing is said; Encoding "utf-8" (the usual) or "windows-1252", of CSV.
	Separator string `toml:"separator"`
	Encoding  string `toml:"encoding"`
}

// indexColumns name a column of CSV each, or in XML an element below the row's, "person/name", or one of their
// attributes, "@az" or "person/@id". Empty ones aren't in the index.
type indexColumns struct {
	File           string `toml:"file"`
	Akte           string `toml:"akte"`
	RegisterNumber string `toml:"register_number"`
	Family         string `toml:"family"`
	Given          string `toml:"given"`
	BirthDate      string `toml:"birth_date"`
	Type           string `toml:"type"`
	Title          string `toml:"title"`
	Date           string `toml:"date"`
	Register       string `toml:"register"`
	Pages          string `toml:"pages"`
}

// named are the columns that the mapping names.
func (c indexColumns) named() (out []string) {
	for _, n := range []string{c.File, c.Akte, c.RegisterNumber, c.Family, c.Given, c.BirthDate, c.Type, c.Title, c.Date, c.Register, c.Pages} {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// readMapping reads a mapping and says what is wrong with it.
func readMapping(file string) (m mapping, err error) {
	read, err := toml.DecodeFile(file, &m)
	if err != nil {
		return m, fmt.Errorf("%s: %w", file, err)
	}
	for _, key := range read.Undecoded() {
		return m, fmt.Errorf("%s: %s is not a setting", file, key)
	}
	if m.Index.Separator == "" {
		m.Index.Separator = ";"
	}
	switch {
	case m.Vendor == "":
		err = errors.New("vendor: name the vendor")
	case m.Field.File == "":
		err = errors.New("columns.file: say which column names the file")
	case m.Index.Format != "csv" && m.Index.Format != "xml":
		err = errors.New(`index.format: "csv" or "xml"`)
	case m.Index.Format == "xml" && m.Index.Element == "":
		err = errors.New("index.element: name the element that is one row")
	case len([]rune(m.Index.Separator)) != 1:
		err = errors.New("index.separator: one character")
	case !slices.Contains([]string{"", "utf-8", "windows-1252"}, m.Index.Encoding):
		err = errors.New(`index.encoding: "utf-8" or "windows-1252"`)
	default:
		err = m.Profile.check()
	}
	for name, e := range m.Profiles {
		if bad := e.check(); bad != nil && err == nil {
			err = fmt.Errorf("profiles.%s: %w", name, bad)
		}
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// mostIndexed is the largest index that is read, in bytes.
const mostIndexed = 256 << 20

// readIndex reads the rows of an index by their column names.
func (m mapping) readIndex(file string) ([]map[string]string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > mostIndexed {
		return nil, fmt.Errorf("%s: larger than %d MB", file, mostIndexed>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	read := m.indexCSV
	if m.Index.Format == "xml" {
		read = m.indexXML
	}
	rows, err := read(data)
	if err == nil && len(rows) == 0 {
		err = errors.New("it has no row")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return rows, nil
}

func (m mapping) indexCSV(data []byte) (rows []map[string]string, err error) {
	if m.Index.Encoding == "windows-1252" {
		if data, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = []rune(m.Index.Separator)[0]
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range head {
		head[i] = strings.TrimSpace(head[i])
	}
	for _, name := range m.Field.named() {
		if !slices.Contains(head, name) {
			return nil, fmt.Errorf("it has no column %q, which the mapping names", name)
		}
	}
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		row := map[string]string{}
		for i, v := range values {
			row[head[i]] = strings.TrimSpace(v)
		}
		rows = append(rows, row)
	}
}

// indexXML reads the rows of XML: the texts of what lies below each, by their paths.
func (m mapping) indexXML(data []byte) (rows []map[string]string, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "iso-8859-1", "latin1":
			return charmap.ISO8859_1.NewDecoder().Reader(in), nil
		case "windows-1252":
			return charmap.Windows1252.NewDecoder().Reader(in), nil
		}
		return nil, fmt.Errorf("encoding %q is not read", charset)
	}
	var row map[string]string
	var path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case row == nil && t.Name.Local == m.Index.Element:
				row, path = map[string]string{}, nil
			case row != nil:
				path = append(path, t.Name.Local)
			}
			if row == nil {
				continue
			}
			for _, a := range t.Attr {
				row[strings.Join(append(slices.Clone(path), "@"+a.Name.Local), "/")] = strings.TrimSpace(a.Value)
			}
		case xml.CharData:
			if row != nil {
				row[strings.Join(path, "/")] += string(t)
			}
		case xml.EndElement:
			if row == nil {
				continue
			}
			at := strings.Join(path, "/")
			row[at] = strings.TrimSpace(row[at])
			if len(path) == 0 {
				rows, row = append(rows, row), nil
				continue
			}
			path = path[:len(path)-1]
		}
	}
}

// day reads "2026-11-22" or "22.11.2026"; what is neither stays, and is refused as no date.
func day(s string) string {
	if t, err := time.Parse("2.1.2006", s); err == nil {
		return t.Format(time.DateOnly)
	}
	return s
}

// row reads one row of the index.
func (m mapping) row(values map[string]string, delivery string) (deliveryRow, error) {
	get := func(column string) string {
		if column == "" {
			return ""
		}
		return values[column]
	}
	c := m.Field
	out := deliveryRow{manifestRow: manifestRow{
		File: get(c.File), Department: m.Department, Channel: m.Channel, Title: get(c.Title), Date: day(get(c.Date)),
		Type: m.Type, Register: get(c.Register),
	}}
	out.Whose = delivered{
		Number: get(c.Akte), Register: get(c.RegisterNumber), Family: get(c.Family), Given: get(c.Given), Birth: get(c.BirthDate),
		Delivery: delivery, Expect: m.Profile,
	}
	if said := get(c.Type); said != "" {
		out.Type = said
		if key, ok := m.Types[said]; ok {
			out.Type = key
		}
	}
	if key, ok := m.Registers[out.Register]; ok {
		out.Register = key
	}
	if e, ok := m.Profiles[out.Type]; ok {
		out.Whose.Expect = e
	}
	if said := get(c.Pages); said != "" {
		n, err := strconv.Atoi(said)
		if err != nil || n < 1 {
			return out, errors.New("pages is no number")
		}
		out.Whose.Pages = n
	}
	if out.File == "" {
		return out, errors.New("names no file")
	}
	return out, nil
}
