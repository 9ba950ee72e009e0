package pages

import "testing"

func TestLocalStaysHere(t *testing.T) {
	for path, want := range map[string]string{
		"/akten/1?a=%2Fb": "/akten/1?a=%2Fb", "": "/", "akten": "/", "https://elsewhere.example": "/", "//elsewhere.example": "/",
		`/\elsewhere.example`: "/", "/\t/elsewhere.example": "/", "/\n/elsewhere.example": "/", "/\x00/elsewhere.example": "/",
	} {
		if got := local(path); got != want {
			t.Errorf("local(%q) = %q, want %q", path, got, want)
		}
	}
}
