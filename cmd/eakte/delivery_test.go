package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eakte/archive"
)

// forgetful is an operator that can't keep a delivery, or can at a later try.
type forgetful struct {
	operator
	fails int
	ids   []archive.DeliveryID
}

var errForgot = errors.New("no room")

func (f *forgetful) record(_ context.Context, m madeDelivery) (string, error) {
	if f.ids = append(f.ids, m.ID); len(f.ids) <= f.fails {
		return "", errForgot
	}
	return string(m.ID), nil
}

// A delivery that can't be kept is told all the same, receipt and all; one that breaks off is tried again as the same.
func TestDeliveryThatIsNotKept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fails, tries int
		kept         bool
	}{"kept": {0, 1, true}, "broken off once": {1, 2, true}, "never kept": {9, keepTries, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := func(name, text string) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			how := deliveryFiles{
				index: file("index.csv", "datei\nfehlt.pdf\n"), language: "en", receipts: []string{filepath.Join(dir, "receipt.json")},
				mapping: file("vendor.toml", "vendor = \"x\"\n[index]\nformat = \"csv\"\n[columns]\nfile = \"datei\"\n"),
			}
			folder := filepath.Join(dir, "L1")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			file("L1/zuviel.pdf", "x")
			var out, talk bytes.Buffer
			o := &forgetful{fails: tt.fails}
			err := (&cli{out: &out, talk: &talk}).deliver(t.Context(), o, folder, how)
			if errors.Is(err, errForgot) == tt.kept {
				t.Errorf("ended with %v", err)
			}
			if !strings.Contains(out.String(), "zuviel.pdf") || !strings.Contains(talk.String(), "1 missing, 1 surplus") {
				t.Errorf("told %q and %q", out.String(), talk.String())
			}
			if len(o.ids) != tt.tries || o.ids[0] == "" || o.ids[len(o.ids)-1] != o.ids[0] {
				t.Errorf("tried as %v, want %d times the same", o.ids, tt.tries)
			}
			var receipt receiptOf
			data, err := os.ReadFile(how.receipts[0])
			if err == nil {
				err = json.Unmarshal(data, &receipt)
			}
			if err != nil || len(receipt.Files) != 2 || (receipt.ID != "") != tt.kept {
				t.Errorf("receipt: %v, %+v", err, receipt)
			}
		})
	}
}
