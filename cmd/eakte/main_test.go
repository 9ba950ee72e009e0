package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program itself: under the name "eakte", which the scripts and
// the tests of whole processes run it by, and as the child in a sandbox, whatever its name is there.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		main()
	}
	testscript.Main(m, map[string]func(){"eakte": main})
}
