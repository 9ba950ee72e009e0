package pages

import (
	"testing"

	"eakte/index"
)

func TestBars(t *testing.T) {
	tests := []struct {
		name     string
		keys     []string
		bars     int
		from, to string // of the first bar
	}{
		{"one period says nothing", []string{"2026-03"}, 0, "", ""},
		{"months", []string{"2026-01", "2026-09"}, 9, "2026-01-01", "2026-01-31"},
		{"quarters", []string{"2025-12", "2026-09"}, 4, "2025-10-01", "2025-12-31"},
		{"half years", []string{"2024-03", "2026-06"}, 5, "2024-01-01", "2024-06-30"},
		{"years", []string{"2018", "2026"}, 9, "2018-01-01", "2018-12-31"},
		{"pairs of years", []string{"2011", "2026"}, 9, "2010-01-01", "2011-12-31"},
		{"decades", []string{"1955", "2026"}, 8, "1950-01-01", "1959-12-31"},
		{"a date misread", []string{"0026", "2026"}, 5, "0000-01-01", "0499-12-31"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var timeline []index.Count
			for i, key := range tt.keys {
				timeline = append(timeline, index.Count{Key: key, Count: 100 * (i + 1)})
			}
			got := bars(timeline)
			if len(got) != tt.bars {
				t.Fatalf("%d bars, want %d", len(got), tt.bars)
			}
			if tt.bars == 0 {
				return
			}
			first, last := got[0], got[len(got)-1]
			if first.From != tt.from || first.To != tt.to || first.Count != 100 || last.Count != 200 {
				t.Errorf("from %+v to %+v", first, last)
			}
			if last.Height != barHeight || first.Height != barHeight/2 || first.Y != barHeight/2 {
				t.Errorf("heights %d and %d", first.Height, last.Height)
			}
		})
	}
}
