package archive_test

import (
	"testing"

	"eakte/archive"
)

func TestReadNumber(t *testing.T) {
	tests := []struct{ plan, text, want string }{
		{"33.11", "33.11-000123/2026", "33.11-000123/2026"},
		{"33.11", "3311 000123 2026", "33.11-000123/2026"},
		{"33.11", "33110001232026", "33.11-000123/2026"},
		{"33.11", " 33-11-000123-2026.", "33.11-000123/2026"},
		{"33.11", "33.11-1234567/2026", "33.11-1234567/2026"},
		{"33.11", "33.11-0001234/2026", ""}, // no number has this zero
		{"33.11", "33.11-00123/2026", ""},
		{"33.1", "33.12-000123/2026", "33.1-2000123/2026"}, // separators tell nothing
		{"33.11", "33.12-000123/2026", ""},
		{"33.11", "Az 33.11-000123/2026", ""},
		{"33.11", "33.11-99999999999999999999999999/2026", ""},
		{"33.11", "", ""},
	}
	for _, tt := range tests {
		if got, ok := archive.ReadNumber(tt.plan, tt.text); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%q of %s: %q, %v, want %q", tt.text, tt.plan, got, ok, tt.want)
		}
	}
}
