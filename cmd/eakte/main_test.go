package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program itself under the name "eakte", which the scripts and the tests of whole
// processes run it by. Beside it there is no program that reads, so where that lies is said.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "eakte" {
		path, err := builtOnce()
		if err == nil {
			err = os.Setenv("EAKTE_READER", filepath.Join(filepath.Dir(path), readerName))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	testscript.Main(m, map[string]func(){"eakte": main})
}
