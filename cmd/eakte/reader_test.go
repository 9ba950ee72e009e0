package main

import (
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReaderIsAsked starts without the program that reads, and with something else in its place.
func TestReaderIsAsked(t *testing.T) {
	at, err := readerProgram(os.Getenv("EAKTE_READER"))
	if err != nil || at != os.Getenv("EAKTE_READER") {
		t.Errorf("%s: %v", at, err)
	}
	for _, path := range []string{"", filepath.Join(t.TempDir(), readerName), "/usr/bin/env"} { // beside a test there is none
		if _, err := readerProgram(path); err == nil || !strings.Contains(err.Error(), "EAKTE_READER") {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// TestReaderIsSmall makes sure that nothing of the server is in the program that parses strangers' bytes.
func TestReaderIsSmall(t *testing.T) {
	theirs, err := buildinfo.ReadFile(os.Getenv("EAKTE_READER"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range theirs.Deps {
		for _, no := range []string{"bbolt", "bleve", "casbin", "gin-gonic", "huma", "minio-go", "go-oidc", "webauthn", "zxcvbn", "imap", "cobra"} {
			if strings.Contains(dep.Path, no) {
				t.Errorf("%s is linked into %s", dep.Path, readerName)
			}
		}
	}
}
