package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// lookedFile is where the tests of the pages note at which addresses they looked, one a line.
var lookedFile = filepath.Join(browserDir, "looked.txt")

// unseen says which pages of the program no test has looked at.
func unseen(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "bin/eakte", "places").Output()
	if err != nil {
		return fmt.Errorf("asking for the places: %w", err)
	}
	looked, err := os.ReadFile(lookedFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	left := without(strings.Fields(string(out)), strings.Fields(string(looked)))
	if len(left) > 0 {
		return fmt.Errorf("no test in %s looked at %s", filepath.Join(uiDir, "test"), strings.Join(left, ", "))
	}
	return nil
}

// without returns the routes that none of the paths leads to. Where several fit a path, it leads to the
// one with the fewest parameters, as the server decides.
func without(routes, paths []string) (left []string) {
	seen := map[string]bool{}
	for _, path := range paths {
		best := ""
		for _, route := range routes {
			if fits(route, path) && (best == "" || strings.Count(route, ":") < strings.Count(best, ":")) {
				best = route
			}
		}
		seen[best] = true
	}
	for _, route := range routes {
		if !seen[route] {
			left = append(left, route)
		}
	}
	return left
}

// fits reports whether a path is one of a route.
func fits(route, path string) bool {
	want, have := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}
