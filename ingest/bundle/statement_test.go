package bundle

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// shownText is what a PDF says, page by page.
func shownText(t *testing.T, data []byte) []string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

func TestStatementIsPrinted(t *testing.T) {
	c := newComposer(t)
	s := Statement{
		Language: "de", From: []string{"Ausländerbehörde", "Musterplatz 1, 12345 Musterstadt"}, Title: "Empfangsbestätigung",
		Number: Line{Label: "Nummer", Value: "0190-abc"}, Head: []Line{{Label: "Ausgestellt für", Value: "Ḩāşim D\u0302oe Çıplak-Gğöl"}, {Label: "Arabisch", Value: "محمد"}},
		Sections: []Section{{Title: "Eingegangen sind"}}, Closing: []string{"Sie trägt keine Unterschrift."},
	}
	for i := range 30 {
		s.Sections[0].Rows = append(s.Sections[0].Rows, Row{
			Title: fmt.Sprintf("%d. Arbeitsvertrag", i+1), Facts: []Line{{Label: "SHA-256", Value: strings.Repeat("0123abcd ", 8)}, {Label: "Seiten", Value: "2"}},
		})
	}
	data, err := c.Print(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	pages := shownText(t, data)
	all := norm.NFC.String(strings.Join(pages, "\n"))
	for _, want := range []string{
		"Musterplatz 1, 12345 Musterstadt", norm.NFC.String("Ḩāşim D\u0302oe Çıplak-Gğöl"), "1. Arbeitsvertrag", "30. Arbeitsvertrag", "0123abcd 0123abcd",
		"Sie trägt keine Unterschrift.",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q isn't on it:\n%s", want, all)
		}
	}
	if folded := norm.NFKC.String(all); !strings.Contains(folded, "محمد") && !strings.Contains(folded, "دمحم") {
		t.Errorf("the Arabic name isn't on it:\n%s", all)
	}
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		foot := fmt.Sprintf("Seite %d von %d", i+1, len(pages))
		if !strings.Contains(p, foot) || !strings.Contains(p, "0190-abc") {
			t.Errorf("page %d lacks %q or the number:\n%s", i+1, foot, p)
		}
	}
	if again, err := c.Print(t.Context(), Statement{Language: "en", Title: "Empty"}); err != nil || !strings.Contains(strings.Join(shownText(t, again), ""), "Page 1 of 1") {
		t.Errorf("an English one: %v", err)
	}
}
