package index_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/index"
)

func TestParseText(t *testing.T) {
	tests := []struct {
		name, text string
		want       []index.Clause
	}{
		{"nothing", "", nil},
		{"blank", " \t\n", nil},
		{"words", " Pass  verloren\n", []index.Clause{{Text: "Pass"}, {Text: "verloren"}}},
		{"phrase between words", `alt "in  der Türkei" neu`, []index.Clause{{Text: "alt"}, {Text: "in der Türkei", Phrase: true}, {Text: "neu"}}},
		{"phrase touching a word", `a"b c"d`, []index.Clause{{Text: "a"}, {Text: "b c", Phrase: true}, {Text: "d"}}},
		{"German quotation marks", "„gute Führung“", []index.Clause{{Text: "gute Führung", Phrase: true}}},
		{"guillemets either way", "»gute Führung« «x y»", []index.Clause{{Text: "gute Führung", Phrase: true}, {Text: "x y", Phrase: true}}},
		{"empty phrase asks for nothing", `"" a " "`, []index.Clause{{Text: "a"}}},
		{"no operators", "a OR -b +c*", []index.Clause{{Text: "a"}, {Text: "OR"}, {Text: "-b"}, {Text: "+c*"}}},
		{"control characters part words", "a\x00b\x01c", []index.Clause{{Text: "a"}, {Text: "b"}, {Text: "c"}}},
		{"control characters are no quotation marks", "a\x00\x01\x00b c", []index.Clause{{Text: "a"}, {Text: "b"}, {Text: "c"}}},
		{"thirty words", strings.Repeat("w ", 30), repeat(index.Clause{Text: "w"}, 30)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := index.ParseText(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestParseTextRefuses(t *testing.T) {
	tests := []struct{ name, text, code string }{
		{"open phrase", `a "b c`, "phrase_open"},
		{"third quotation mark", `"a" "b`, "phrase_open"},
		{"thirty-one words", strings.Repeat("w ", 31), "too_many_words"},
		{"words in phrases count", `"` + strings.Repeat("w ", 31) + `"`, "too_many_words"},
		{"1,001 characters", strings.Repeat("ü", 1001), "too_long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := index.ParseText(tt.text)
			var q *index.QueryError
			if !errors.As(err, &q) || q.Code != tt.code {
				t.Fatalf("got %v, want code %s", err, tt.code)
			}
			if !errors.Is(err, archive.ErrInvalid) {
				t.Error("not archive.ErrInvalid")
			}
		})
	}
}

func repeat[T any](v T, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = v
	}
	return s
}
