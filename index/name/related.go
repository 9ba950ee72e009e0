package name

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

//go:embed related.csv
var relatedForms string

// related are groups of forms by folded word.
var related = func() map[string]string {
	rows, err := csv.NewReader(strings.NewReader(relatedForms)).ReadAll()
	if err != nil {
		panic("name: related.csv: " + err.Error()) // it is part of the program
	}
	out := map[string]string{}
	for _, row := range rows[1:] {
		for _, form := range Words(row[1]) {
			if _, taken := out[Fold(form)]; !taken {
				out[Fold(form)] = row[0]
			}
		}
	}
	return out
}()
