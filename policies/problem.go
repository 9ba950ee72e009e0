package policies

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a policy folder.
type Problem struct {
	// File is the path inside the folder; empty for the folder as a whole.
	File string
	// Line counts from 1; 0 for the file as a whole.
	Line int
	// Reason says what is wrong and what would be right, in English.
	Reason string
}

// String returns "file:line: reason".
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Reason
	case p.Line == 0:
		return p.File + ": " + p.Reason
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
}

// LoadError says that a policy folder isn't usable, with everything that is wrong with it,
// ordered by file and line.
type LoadError struct {
	Problems []Problem
}

// Error implements error: one line a problem.
func (e *LoadError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return fmt.Sprintf("policies: %d problems\n%s", len(e.Problems), strings.Join(lines, "\n"))
}

// problems gathers what is wrong while a folder is read.
type problems struct {
	found []Problem
}

func (p *problems) add(file string, line int, format string, args ...any) {
	p.found = append(p.found, Problem{File: file, Line: line, Reason: fmt.Sprintf(format, args...)})
}

// err returns nil or a *LoadError.
func (p *problems) err() error {
	if len(p.found) == 0 {
		return nil
	}
	slices.SortStableFunc(p.found, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return &LoadError{Problems: p.found}
}
