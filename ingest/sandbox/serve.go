package sandbox

import (
	"fmt"
	"io"
	"os"
)

// A Step is Go code that runs inside a child: it reads its input, writes its
// answer to out and returns an error for what it can't do. The error text goes to
// standard error and must hold nothing of the document.
type Step func(in *os.File, args []string, out io.Writer) error

// Exit codes of a Go step.
const (
	ExitFailed = 3 // the step returned an error
	ExitUsage  = 2 // no such step
)

// Serve runs the step named by args[0] with the rest of args and returns the exit
// code. A program calls it first of all when it was started as a worker.
//
// A panic of the step is answered like an error; its text is not passed on,
// because it may quote the document.
func Serve(steps map[string]Step, args []string, out, diag io.Writer) (code int) {
	if len(args) == 0 || steps[args[0]] == nil {
		fmt.Fprintln(diag, "worker: no such step")
		return ExitUsage
	}
	in, err := os.Open(InputPath)
	if err != nil {
		fmt.Fprintln(diag, "worker: no input")
		return ExitUsage
	}
	defer in.Close() //nolint:errcheck // only read
	defer func() {
		if recover() != nil {
			fmt.Fprintln(diag, "worker: panic")
			code = ExitFailed
		}
	}()
	if err := steps[args[0]](in, args[1:], out); err != nil {
		fmt.Fprintln(diag, err)
		return ExitFailed
	}
	return 0
}
