package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"eakte/acl"
)

// receiptOf is a receipt of a delivery as programs read it.
type receiptOf struct {
	// ID is that of the delivery in the archive; empty for a dry run.
	ID       string          `json:"id,omitempty"`
	Delivery string          `json:"delivery"`
	Vendor   string          `json:"vendor"`
	Issued   string          `json:"issued"`
	DryRun   bool            `json:"dry_run,omitempty"`
	Counts   map[string]int  `json:"counts"`
	Back     int             `json:"akten_back"`
	Files    []deliveredFile `json:"files"`
}

// receipts writes the receipts that were asked for. They hold names of files.
func (d *delivering) receipts(ctx context.Context, id string) error {
	r := receiptOf{
		ID: id, Delivery: d.name, Vendor: d.mapping.Vendor, Issued: time.Now().Format(time.RFC3339), DryRun: d.dry, Counts: d.count, Back: d.back,
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
			data, err = r.table(acl.WordsOfDeliveries(d.how.language))
		default:
			data, err = d.printed(ctx)
		}
		if err == nil {
			err = os.WriteFile(file, data, 0o600)
		}
		failed = errors.Join(failed, err) // the others are written all the same
	}
	return failed
}

// printed is the receipt as PDF.
func (d *delivering) printed(ctx context.Context) ([]byte, error) {
	rows, err := madeDelivery{Files: d.done}.rows()
	if err != nil {
		return nil, err
	}
	var views []acl.DeliveryRowView
	for _, row := range rows {
		views = append(views, acl.DeliveryRowView{DeliveryRow: row})
	}
	return d.operator.print(ctx, acl.DeliveryStatement(d.made(), views, d.how.language))
}

// table writes the files as CSV: codes, and behind them words in the language. What a spreadsheet would take for a
// formula gets a sign in front.
func (r receiptOf) table(w acl.DeliveryWords) ([]byte, error) {
	var out strings.Builder
	table := csv.NewWriter(&out)
	table.Comma = ';'
	lines := [][]string{{"row", "file", "number", "result", "reason", "akte", "id", "tried", "size", "sha256", "result_text", "reason_text", "tried_text"}}
	for _, f := range r.Files {
		row, err := f.kept()
		if err != nil {
			return nil, err
		}
		lines = append(lines, []string{
			strconv.Itoa(f.Row), f.File, f.Number, f.Result, f.Reason, f.Akte, f.ID, strings.Join(f.Tried, " "), strconv.FormatInt(f.Size, 10), f.SHA256,
			w.Result(f.Result), strings.Join(w.Why(row), "; "), strings.Join(w.Keys(f.Tried), "; "),
		})
	}
	for _, line := range lines {
		for i, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				line[i] = "'" + cell
			}
		}
		if err := table.Write(line); err != nil {
			return nil, err
		}
	}
	table.Flush()
	return []byte(out.String()), table.Error()
}
