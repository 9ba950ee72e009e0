package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// manifestRow is a line of a manifest: a file and where it goes.
type manifestRow struct {
	// File is its path below the folder.
	File string `json:"file"`
	// Akte is an ID or a reference number; empty for the basket of Department.
	Akte       string `json:"akte,omitempty"`
	Department string `json:"department,omitempty"`
	// The rest is what a document is recorded with; in a basket, how the paper came in.
	Type           string `json:"type,omitempty"`
	Title          string `json:"title,omitempty"`
	Register       string `json:"register,omitempty"`
	Classification string `json:"classification,omitempty"`
	Date           string `json:"date,omitempty"`
	ReceivedOn     string `json:"received_on,omitempty"`
	Channel        string `json:"channel,omitempty"`
	Sender         string `json:"sender,omitempty"`
	Note           string `json:"note,omitempty"`
}

// fields are the columns of a manifest with where each goes.
func (r *manifestRow) fields() map[string]*string {
	return map[string]*string{
		"file": &r.File, "akte": &r.Akte, "department": &r.Department, "type": &r.Type, "title": &r.Title,
		"register": &r.Register, "classification": &r.Classification, "date": &r.Date, "received_on": &r.ReceivedOn,
		"channel": &r.Channel, "sender": &r.Sender, "note": &r.Note,
	}
}

// key names a row in reports: what says the same is the same.
func (r manifestRow) key() string {
	h := sha256.New()
	// A struct of texts can be encoded.
	_ = json.NewEncoder(h).Encode(r)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// target is where the row's file goes.
func (r manifestRow) target(otherwise target) target {
	t := target{
		Akte: r.Akte, Department: r.Department, Type: r.Type, Title: r.Title, Register: r.Register, Classification: r.Classification,
		Date: r.Date, ReceivedOn: r.ReceivedOn, Channel: r.Channel, Sender: r.Sender, Note: r.Note,
	}
	if t.Department == "" {
		t.Department = otherwise.Department
	}
	if t.Type == "" {
		t.Type = otherwise.Type
	}
	return t
}

// readManifest reads a manifest: JSON, as an array or line by line, or CSV with a line of column names,
// separated by commas or semicolons.
func readManifest(file string) ([]manifestRow, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var rows []manifestRow
	switch start := bytes.TrimSpace(data); {
	case len(start) == 0:
		return nil, fmt.Errorf("%s: it is empty", file)
	case start[0] == '[' || start[0] == '{':
		rows, err = manifestJSON(start)
	default:
		rows, err = manifestCSV(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for i, r := range rows {
		if r.File == "" {
			return nil, fmt.Errorf("%s: row %d names no file", file, i+1)
		}
		rows[i].File = strings.ReplaceAll(r.File, `\`, "/") // as Windows writes paths
	}
	return rows, nil
}

func manifestJSON(data []byte) (rows []manifestRow, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if data[0] == '[' {
		if err := d.Decode(&rows); err != nil {
			return nil, fmt.Errorf("row %d: %w", len(rows), plainJSON(err))
		}
		return rows, nil
	}
	for {
		var r manifestRow
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, plainJSON(err))
		}
		rows = append(rows, r)
	}
}

// plainJSON says what is wrong without the words of Go.
func plainJSON(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return fmt.Errorf("%q is not a text", typ.Field)
	}
	return err
}

func manifestCSV(data []byte) ([]manifestRow, error) {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	columns, err := r.Read()
	if err != nil {
		return nil, err
	}
	known := (&manifestRow{}).fields()
	for i, c := range columns {
		columns[i] = strings.ToLower(strings.TrimSpace(c))
		if known[columns[i]] == nil {
			return nil, fmt.Errorf("%q is not a column; there are file, akte, department, type, title, register, classification, "+
				"date, received_on, channel, sender and note", c)
		}
	}
	var rows []manifestRow
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		var row manifestRow
		to := row.fields()
		for i, v := range values {
			*to[columns[i]] = strings.TrimSpace(v)
		}
		rows = append(rows, row)
	}
}

// reported is a line of a report.
type reported struct {
	Row int    `json:"row"`
	Key string `json:"key"`
	imported
}

// report is the file that an import writes while it runs and goes on from. The zero value is none.
type report struct {
	file *os.File
	// done are the results, by key, of rows that an earlier run finished.
	done map[string]imported
}

// openReport opens a report and reads what is in it; a line that a crash cut short counts for nothing.
func openReport(path string) (r report, err error) {
	if path == "" {
		return report{}, nil
	}
	r.done = map[string]imported{}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return report{}, err
	}
	scan := bufio.NewScanner(bytes.NewReader(old))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var line reported
		if json.Unmarshal(scan.Bytes(), &line) == nil && (line.Result == "taken" || line.Result == "there") {
			r.done[line.Key] = line.imported
		}
	}
	// It holds names of files.
	if r.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return report{}, err
	}
	if len(old) > 0 && old[len(old)-1] != '\n' {
		_, err = r.file.WriteString("\n")
	}
	return r, err
}

// add writes a line.
func (r report) add(line reported) error {
	if r.file == nil {
		return nil
	}
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = r.file.Write(append(data, '\n'))
	return err
}

func (r report) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Sync(), r.file.Close())
}
