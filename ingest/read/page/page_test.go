package page

import (
	"math"
	"strings"
	"testing"
)

func words(text string) []Word {
	var ws []Word
	for _, s := range strings.Fields(text) {
		ws = append(ws, Word{Text: s, Confidence: Certain})
	}
	return ws
}

func TestTextFollowsBreaks(t *testing.T) {
	p := Page{Words: []Word{{Text: "Sehr", Break: Paragraph}, {Text: "geehrte"}, {Text: "Frau", Break: Line}, {Text: "Ende", Break: Paragraph}}}
	if got := p.Text(); got != "Sehr geehrte\nFrau\n\nEnde" {
		t.Errorf("got %q", got)
	}
}

func TestMeanConfidenceWeighsLetters(t *testing.T) {
	tests := []struct {
		name string
		in   []Word
		want uint8
	}{
		{"none", nil, 0},
		{"embedded", words("a b"), Certain},
		{"long word counts more", []Word{{Text: "a", Confidence: 0}, {Text: "abc", Confidence: 80}}, 60},
		{"signs count nothing", []Word{{Text: "---", Confidence: 0}, {Text: "abc", Confidence: 80}}, 80},
		{"a recognised word among embedded ones", []Word{{Text: "a", Confidence: Certain}, {Text: "b", Confidence: 50}}, 75},
	}
	for _, tt := range tests {
		if got := MeanConfidence(tt.in); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestSound(t *testing.T) {
	german := "Sehr geehrte Damen und Herren hiermit bestätigen wir den Eingang Ihres Antrags vom zwölften Mai und bitten Sie um Übersendung folgender Unterlagen Geburtsurkunde Reisepass"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"german", german, true},
		{"shifted letters", strings.Map(func(r rune) rune {
			if r >= 'a' && r < 'z' {
				return map[rune]rune{'a': 'x', 'e': 'k', 'i': 'q', 'o': 'z', 'u': 'w', 'y': 'j'}[r] + r*b2r(!strings.ContainsRune("aeiouy", r))
			}
			return r
		}, german), false},
		{"signs", `7+%- "*& )(/ 12`, false},
		{"private characters", "\ue001\ue002\ue003 \ue004 und", false},
		{"arabic", "وزارة الداخلية العربية", true},
		{"a table of amounts", "12,50 € 13,00 € 1.234,00 € 7 8 9", true},
		{"short codes", "DE BRD XII XIV KTM BMW", true},
		{"capitals", strings.ToUpper(german), true},
		{"nothing", "", true},
	}
	for _, tt := range tests {
		if got := Sound(words(tt.text)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func b2r(b bool) rune {
	if b {
		return 1
	}
	return 0
}

func TestBoxesStayInside(t *testing.T) {
	ws := []Word{{X: -5, Y: 90, W: 20, H: 20}, {X: float32(math.NaN()), Y: float32(math.Inf(1)), W: float32(math.Inf(1)), H: -1}}
	Scale(ws, 2, 1)
	Clamp(ws, 100, 100)
	for _, w := range ws {
		if !(w.X >= 0 && w.Y >= 0 && w.W >= 0 && w.H >= 0 && w.X+w.W <= 100 && w.Y+w.H <= 100) {
			t.Errorf("box %+v", w)
		}
	}
}
