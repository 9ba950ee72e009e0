package main

import (
	"slices"
	"testing"
)

func TestWithout(t *testing.T) {
	routes := []string{"/", "/akten", "/akten/new", "/akten/:id", "/akten/:id/edit", "/inbox/:id"}
	for _, c := range []struct {
		name        string
		paths, left []string
	}{
		{"nothing was looked at", nil, routes},
		{"a page of its own is not one of many", []string{"/", "/akten", "/akten/new", "/akten/7/edit", "/inbox/7"}, []string{"/akten/:id"}},
		{"what is no page counts for none", []string{"/akten/7/edit/more", "/inbox"}, routes},
		{"all", []string{"/", "/akten", "/akten/new", "/akten/7", "/akten/7/edit", "/inbox/7"}, nil},
	} {
		if left := without(routes, c.paths); !slices.Equal(left, c.left) {
			t.Errorf("%s: %v are left, want %v", c.name, left, c.left)
		}
	}
}
