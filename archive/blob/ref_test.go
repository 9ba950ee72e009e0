package blob_test

import (
	"errors"
	"regexp"
	"testing"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
)

func TestNewRefIsFreshAndWellFormed(t *testing.T) {
	seen := make(map[blob.Ref]bool)
	for range 1000 {
		r := blob.NewRef()
		if seen[r] {
			t.Fatal("a ref came twice")
		}
		seen[r] = true
		if got, err := blob.ParseRef(string(r)); err != nil || got != r {
			t.Fatalf("parse of %q: %q, %v", r, got, err)
		}
	}
}

func TestParseRefRefusesOtherTexts(t *testing.T) {
	for _, r := range blobtest.BadRefs() {
		got, err := blob.ParseRef(string(r))
		if !errors.Is(err, blob.ErrBadRef) || !errors.Is(err, blob.ErrNotFound) || got != "" {
			t.Errorf("%q: %q, %v; want ErrBadRef, which is ErrNotFound", r, got, err)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	f.Add(string(blob.NewRef()))
	for _, r := range blobtest.BadRefs() {
		f.Add(string(r))
	}
	form := regexp.MustCompile(`\A[0-9a-f]{32}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := blob.ParseRef(s)
		if want := form.MatchString(s); (err == nil) != want {
			t.Errorf("%q: %v, well-formed %t", s, err, want)
		}
		if err == nil && string(r) != s {
			t.Errorf("%q became %q", s, r)
		}
	})
}
