package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
)

// readerName is the program that reads received bytes in a sandbox: see cmd/eakte-reader.
const readerName = "eakte-reader"

// readerProgram is where the program lies that reads: at path, or beside this program where that is empty. One of
// another build is refused, since it may understand its orders differently.
func readerProgram(path string) (string, error) {
	if path == "" {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		path = filepath.Join(filepath.Dir(self), readerName)
	}
	theirs, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the program %s, which reads what is received, is not at %s: install it beside eakte, or say in EAKTE_READER where it lies", readerName, path)
	}
	if ours, built := revision(), revisionOf(theirs); ours != "" && built != "" && ours != built {
		return "", fmt.Errorf("%s is of another build than eakte: install the two of one build together (make build)", path)
	}
	return path, nil
}
