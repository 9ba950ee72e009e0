package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// judge turns the end of a process into a Result. Out of memory the Go runtime
// says so or, in the collector, faults: both count as a breach of memory.
func judge(state *os.ProcessState, stderr []byte, timedOut bool, limits Limits) (Result, error) {
	res := Result{Stderr: stderr, Exit: exitCode(state), CPU: state.UserTime() + state.SystemTime()}
	if timedOut {
		res.Breach = BreachWall
		return res, nil
	}
	if msg, ok := setupFailure(res.Exit, stderr); ok {
		return Result{}, fmt.Errorf("%w: %s", ErrUnavailable, msg)
	}
	switch {
	case res.Exit == 0:
	case res.Exit == 128+int(syscall.SIGXCPU):
		res.Breach = BreachCPU
	case res.Exit == 128+int(syscall.SIGXFSZ), mentions(stderr, "file too large", "no space left on device"):
		res.Breach = BreachOutput
	case res.Exit == 128+int(syscall.SIGKILL):
		if res.CPU < time.Duration(limits.cpuSeconds())*time.Second {
			return Result{}, ErrInterrupted
		}
		res.Breach = BreachCPU
	case mentions(stderr, "out of memory", "bad_alloc", "cannot allocate memory", "memory exhausted", "malloc", "sigsegv: segmentation"):
		res.Breach = BreachMemory
	}
	return res, nil
}

// exitCode is the exit code of the tool, as bwrap passes it on.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// setupFailure recognises that the child was never started. The words after the
// prefix come from bwrap, prlimit and this machine, not from a document.
func setupFailure(exit int, stderr []byte) (string, bool) {
	line, _, _ := strings.Cut(string(stderr), "\n")
	switch {
	case exit == 1 && strings.HasPrefix(line, "bwrap: "):
		return "bubblewrap can't set up its namespaces (user namespaces must be allowed): " + line, true
	case strings.HasPrefix(line, "prlimit: failed to execute"):
		return "a program is missing: " + strings.TrimPrefix(line, "prlimit: "), true
	case strings.HasPrefix(line, "prlimit: "):
		return line, true
	}
	return "", false
}

func mentions(stderr []byte, words ...string) bool {
	low := bytes.ToLower(stderr)
	for _, w := range words {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}

// head returns the first n bytes of f.
func head(f *File, n int) []byte {
	b := make([]byte, n)
	got, _ := f.ReadAt(b, 0) // a short read is what is there
	return b[:got]
}

func cut(kv string) (key, value string, ok bool) { return strings.Cut(kv, "=") }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
