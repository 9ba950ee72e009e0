package oracletest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// columns are the registers in the order of the matrix; it has no column for ungeordnet.
const columns = "identitaet aufenthalt asyl familie beschaeftigung bildung wohnen gesundheit sicherheit rueckkehr leistungen schriftwechsel"

// header is the head line of the matrix, by which it is found.
const header = "role@department Id Au As Fa Be Bi Wo Ge Si Rü Le Sw"

// nobody is the row of those who see no content at all.
const nobody = "– – – – – – – – – – – –"

// rows are the rows of the matrix without the numbers of its footnotes.
var rows = map[string]string{
	"sachbearbeitung@auslaenderbehoerde": "w w rbc w w w w rbc e r – w°",
	"sachbearbeitung@asyl":               "w r wb w – r r e – – – w°",
	"sachbearbeitung@soziales":           "r r – r r – r r – – wb w°",
	"sachbearbeitung@integration":        "r r – – w w – – – – – w°",
	"unterbringung@unterbringung":        "r – – r – – w r – – – w°",
	"sozialdienst@soziales":              "r r – r – r r – – – – wb°",
	"gesundheit@gesundheit":              "r – – – – – – wb – – – w°",
	"rueckkehr@rueckkehr":                "w r rc r – – r r rsc wb – w°",
	"sicherheit@auslaenderbehoerde":      "r r rbc r – – r – ws r – w°",

	"registratur@poststelle": nobody,
	"datenschutz":            nobody,
	"administration":         nobody,
	"dienst":                 nobody,
}

// Rows returns the transcription: cells in the order of [Registers] without ungeordnet, by
// "role@department", or by the bare role where the matrix names none.
func Rows() map[string]string {
	out := make(map[string]string, len(rows))
	for name, row := range rows {
		out[name] = row
	}
	return out
}

// Registers returns the registers in the order of the matrix, ungeordnet last.
func Registers() []string { return append(strings.Fields(columns), "ungeordnet") }

// Classifications returns the classifications.
func Classifications() []string { return []string{"normal", "besonders", "sicherheit"} }

// ReadMarkdown reads the matrix from the page it was agreed on, in the shape of [Rows]. It
// fails when the page holds no table with the columns known here, or a row without as many
// cells.
func ReadMarkdown(page io.Reader) (map[string]string, error) {
	out := make(map[string]string)
	inside := false
	lines := bufio.NewScanner(page)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimRight(strings.TrimSpace(cells[i]), "¹²³⁴⁵⁶⁷⁸⁹")
		}
		switch {
		case strings.Join(cells, " ") == header:
			inside = true
		case !inside || strings.HasPrefix(cells[0], "---"):
		case len(cells) != len(strings.Fields(header)):
			return nil, fmt.Errorf("oracletest: row %q has %d cells", cells[0], len(cells))
		default:
			for _, name := range strings.Split(cells[0], ", ") {
				out[name] = strings.Join(cells[1:], " ")
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("oracletest: reading the matrix: %w", err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("oracletest: no table %q", header)
	}
	return out, nil
}
