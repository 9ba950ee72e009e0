package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/acl"
	"eakte/ingest/bundle"
)

// receiptOf is a receipt of a delivery as programs read it.
type receiptOf struct {
	Delivery string          `json:"delivery"`
	Vendor   string          `json:"vendor"`
	Issued   string          `json:"issued"`
	DryRun   bool            `json:"dry_run,omitempty"`
	Counts   map[string]int  `json:"counts"`
	Back     int             `json:"akten_back"`
	Files    []deliveredFile `json:"files"`
}

// receipts writes the receipts that were asked for. They hold names of files.
func (d *delivering) receipts(ctx context.Context) error {
	r := receiptOf{
		Delivery: d.name, Vendor: d.mapping.Vendor, Issued: time.Now().Format(time.RFC3339), DryRun: d.dry, Counts: d.count, Back: d.back,
		Files: d.done,
	}
	var failed error
	for _, file := range d.how.receipts {
		var data []byte
		var err error
		switch filepath.Ext(file) {
		case ".json":
			data, err = json.MarshalIndent(r, "", "  ")
		case ".csv":
			data, err = r.table()
		default:
			data, err = d.operator.print(ctx, r.statement(d.how.language))
		}
		if err == nil {
			err = os.WriteFile(file, data, 0o600)
		}
		failed = errors.Join(failed, err) // the others are written all the same
	}
	return failed
}

// table writes the files as CSV. What a spreadsheet would take for a formula gets a sign in front.
func (r receiptOf) table() ([]byte, error) {
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Comma = ';'
	lines := [][]string{{"row", "file", "number", "result", "reason", "akte", "id", "tried", "size", "sha256"}}
	for _, f := range r.Files {
		lines = append(lines, []string{
			strconv.Itoa(f.Row), f.File, f.Number, f.Result, f.Reason, f.Akte, f.ID, strings.Join(f.Tried, " "), strconv.FormatInt(f.Size, 10), f.SHA256,
		})
	}
	for _, line := range lines {
		for i, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				line[i] = "'" + cell
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return []byte(out.String()), w.Error()
}

// results are what can become of a file, in the order of a receipt.
func results() []string {
	return []string{"taken", "there", "ready", "unassigned", "missing", "surplus", "duplicate", "unreadable", "profile", "refused", "unread"}
}

// deliveryWords are what a receipt says in a language: results, then the rest.
func deliveryWords(language string) map[string]string {
	if language == "en" {
		return map[string]string{
			"taken": "Taken into Akten", "there": "There already", "ready": "Would be taken", "unassigned": "In the basket, without an Akte",
			"missing": "Missing", "surplus": "Surplus", "duplicate": "Twice", "unreadable": "Unreadable", "profile": "Scanned otherwise than expected",
			"refused": "Not taken", "unread": "Could not be opened",
			"title": "Receipt of a delivery", "vendor": "Vendor", "delivery": "Delivery", "issued": "Date of issue", "number": "Delivery", "back": "Paper files back",
			"akte": "Reference number", "reason": "Reason", "tried": "Tried", "size": "Size in bytes", "dry": "Dry run: nothing was brought in.",
			"closing": "Made by machine. It bears no signature. Each SHA-256 value belongs to the file as it was delivered.",
		}
	}
	return map[string]string{
		"taken": "In Akten übernommen", "there": "Schon vorhanden", "ready": "Würde übernommen", "unassigned": "Im Postkorb, ohne Akte",
		"missing": "Fehlt", "surplus": "Überzählig", "duplicate": "Doppelt", "unreadable": "Nicht lesbar", "profile": "Anders gescannt als erwartet",
		"refused": "Nicht übernommen", "unread": "Nicht zu öffnen",
		"title": "Quittung über eine Lieferung", "vendor": "Dienstleister", "delivery": "Lieferung", "issued": "Ausgestellt am", "number": "Lieferung", "back": "Papierakten zurück",
		"akte": "Aktenzeichen", "reason": "Grund", "tried": "Versucht", "size": "Größe in Bytes", "dry": "Probelauf: Es wurde nichts übernommen.",
		"closing": "Maschinell erstellt. Sie trägt keine Unterschrift. Jeder SHA-256-Wert gehört zu der Datei, wie sie geliefert wurde.",
	}
}

// statement is the receipt for people.
func (r receiptOf) statement(language string) bundle.Statement {
	w := deliveryWords(language)
	s := bundle.Statement{
		Language: language, Title: w["title"], Number: bundle.Line{Label: w["number"], Value: r.Delivery}, Closing: []string{w["closing"]},
		Head: []bundle.Line{{Label: w["vendor"], Value: r.Vendor}, {Label: w["delivery"], Value: r.Delivery}, {Label: w["issued"], Value: r.Issued}},
	}
	if r.DryRun {
		s.Closing = slices.Insert(s.Closing, 0, w["dry"])
	}
	for _, result := range results() {
		var rows []bundle.Row
		for _, f := range r.Files {
			if f.Result == result {
				rows = append(rows, f.row(w))
			}
		}
		if len(rows) > 0 {
			s.Head = append(s.Head, bundle.Line{Label: w[result], Value: strconv.Itoa(len(rows))})
			s.Sections = append(s.Sections, bundle.Section{Title: fmt.Sprintf("%s (%d)", w[result], len(rows)), Rows: rows})
		}
	}
	s.Head = append(s.Head, bundle.Line{Label: w["back"], Value: strconv.Itoa(r.Back)})
	return s
}

func (f deliveredFile) row(w map[string]string) bundle.Row {
	row := bundle.Row{Title: f.File}
	if row.Title == "" {
		row.Title = f.Number
	}
	size := ""
	if f.SHA256 != "" {
		size = strconv.FormatInt(f.Size, 10)
	}
	for _, l := range []bundle.Line{
		{Label: w["akte"], Value: f.Number}, {Label: w["reason"], Value: f.Reason}, {Label: w["tried"], Value: strings.Join(f.Tried, ", ")},
		{Label: w["size"], Value: size},
	} {
		if l.Value != "" {
			row.Facts = append(row.Facts, l)
		}
	}
	if sum, err := hex.DecodeString(f.SHA256); err == nil && len(sum) == 32 {
		row.Facts = append(row.Facts, acl.Grouped([32]byte(sum))...)
	}
	return row
}
