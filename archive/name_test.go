package archive

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// vector is a verdict of the official schema file on an input.
type vector struct {
	Input      string `json:"input"`
	CodePoints string `json:"codepoints"`
	NFC        bool   `json:"nfc"`
	A          bool   `json:"A"`
}

func readVectors(t *testing.T, path string) []vector {
	t.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no vectors beside the checkout: set EAKTE_SHARED")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Items []vector `json:"items"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Items) < 40 {
		t.Fatalf("only %d vectors in %s", len(file.Items), path)
	}
	return file.Items
}

// sharedDir finds the folder of shared test data: EAKTE_SHARED, or "shared" beside the checkout.
func sharedDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("EAKTE_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	return filepath.Join(filepath.Dir(dir), "shared")
}

func TestNamesMatchTheOfficialSchema(t *testing.T) {
	for name, path := range map[string]string{
		"committed copy": filepath.Join("testdata", "names_din91379_vectors.json"),
		"shared":         filepath.Join(sharedDir(t), "domain", "names_din91379_vectors.json"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range readVectors(t, path) {
				if _, ok := outsideNames(v.Input); v.NFC && ok != v.A {
					t.Errorf("%s: allowed = %v, want %v", v.CodePoints, ok, v.A)
				}
				got, err := NormaliseName(v.Input)
				if err == nil && !norm.NFC.IsNormalString(got) {
					t.Errorf("%s: result is not in NFC", v.CodePoints)
				}
				if v.NFC && (err == nil) != v.A {
					t.Errorf("%s: error %v, want allowed %v", v.CodePoints, err, v.A)
				}
			}
		})
	}
}

func TestNormaliseName(t *testing.T) {
	for _, tt := range []struct {
		name, in, want, code, detail string
	}{
		{name: "decomposed letters are composed", in: "Mu\u0308ller", want: "Müller"},
		{name: "two marks are composed", in: "Nguye\u0302\u0303n", want: "Nguyễn"},
		{name: "letter that only looks like another", in: "\u212Bberg", want: "Åberg"},
		{name: "marks in another order", in: "Z\u030C\u0327", want: "\u017D\u0327"},
		{name: "white space around and inside", in: "  Abd  al-Karim ", want: "Abd al-Karim"},
		{name: "empty", in: "", want: ""},
		{name: "sequence of letter and mark", in: "H\u0331amid", want: "H\u0331amid"},
		{name: "K and H under one macron", in: "K\u035FH k\u035Fh K\u035Fh", want: "K\u035FH k\u035Fh K\u035Fh"},
		{name: "small k and capital H have none", in: "k\u035FH", code: "characters", detail: "U+035F"},
		{name: "mark that no sequence has", in: "x\u0331", code: "characters", detail: "U+0331"},
		{name: "mark too many", in: "H\u0331\u0331", code: "characters", detail: "U+0331"},
		{name: "mark without a letter", in: "\u0308a", code: "characters", detail: "U+0308"},
		{name: "bell", in: "Ali\aBaba", code: "characters", detail: "U+0007"},
		{name: "line break", in: "Ali\nBaba", code: "characters", detail: "U+000A"},
		{name: "line break at the end", in: "Ali\n", code: "characters", detail: "U+000A"},
		{name: "digit", in: "Ali 2", code: "characters", detail: "U+0032"},
		{name: "another script", in: "Иван", code: "characters", detail: "U+0418"},
		{name: "right-to-left override", in: "a\u202Eb", code: "characters", detail: "U+202E"},
		{name: "markup", in: "<b>", code: "characters", detail: "U+003C"},
		{name: "no UTF-8", in: "M\xfcller", code: "characters", detail: "UTF-8"},
		{name: "longest", in: strings.Repeat("ü", 200), want: strings.Repeat("ü", 200)},
		{name: "longest, decomposed", in: strings.Repeat("u\u0308", 200), want: strings.Repeat("ü", 200)},
		{name: "too long", in: strings.Repeat("ü", 201), code: "too_long", detail: "200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := NormaliseName(tt.in)
			var field *FieldError
			switch {
			case tt.code == "" && (err != nil || got != tt.want):
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			case tt.code != "" && (!errors.As(err, &field) || field.Code != tt.code || !strings.Contains(field.Detail, tt.detail)):
				t.Errorf("got %q, %v, want code %s with %s", got, err, tt.code, tt.detail)
			case tt.code != "" && !errors.Is(err, ErrInvalid):
				t.Errorf("%v is no ErrInvalid", err)
			}
			if again, err := NormaliseName(got); err == nil && again != got {
				t.Errorf("normalising twice changes %q to %q", got, again)
			}
		})
	}
}

func FuzzNormaliseName(f *testing.F) {
	f.Add("Mu\u0308ller")
	f.Add("K\u035FH")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := NormaliseName(s)
		if err != nil {
			return
		}
		if again, err := NormaliseName(got); err != nil || again != got {
			t.Errorf("%q passes but %q doesn't stay: %q, %v", s, got, again, err)
		}
	})
}
