package ingest

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"eakte/ingest/sandbox"
)

// Validator is a program of the authority's that checks whether a file is what it declares itself to be. It
// runs in a child, is given the file's path as its last argument, and ends with 0 where it finds no fault.
type Validator struct {
	// Program is an absolute path, below /usr or in a folder that the sandbox shows to its children; Args
	// are the arguments before the file.
	Program string
	Args    []string
}

// check returns [ErrNotArchival] where the program finds a fault, and another error where it can't tell.
func (v *Validator) check(ctx context.Context, box *sandbox.Runner, file *sandbox.File) error {
	// The program is named by its whole path, which a tool of the sandbox has not.
	args := append([]string{"-c", `exec "$@"`, "sh", v.Program}, v.Args...)
	res, err := box.Run(ctx, sandbox.Cmd{
		Tool: "sh", Args: append(args, sandbox.InputPath), Input: file,
		Limits: sandbox.Limits{Memory: 2 << 30, CPU: 2 * time.Minute, Wall: 4 * time.Minute, Processes: 256, Files: 256},
	})
	if err != nil {
		return fmt.Errorf("ingest: checking an archival file: %w", err)
	}
	if err := res.Output.Close(); err != nil {
		return err
	}
	switch {
	case res.OK():
		return nil
	case res.Breach == sandbox.NoBreach && res.Exit != 126 && res.Exit != 127: // it was found and ran
		return ErrNotArchival
	}
	return fmt.Errorf("ingest: %s didn't check an archival file: exit %d %s", filepath.Base(v.Program), res.Exit, res.Breach)
}
