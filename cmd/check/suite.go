package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// suite is one command with the time it may take on two cores.
type suite struct {
	name   string
	budget time.Duration
	env    []string
	args   []string
	// beside lets it run while the suite before it does; what it prints is shown when it has ended.
	beside bool
}

// result is how a suite ended.
type result struct {
	suite
	took, work time.Duration
	err        error
	printed    bytes.Buffer
}

// runSuites runs all of them, whatever fails, and says how long each took, and how much of the processors.
func runSuites(ctx context.Context, all []suite) error {
	results := make([]result, len(all))
	for i := 0; i < len(all) && ctx.Err() == nil; {
		var group sync.WaitGroup
		first := i
		for i++; i < len(all) && all[i].beside; i++ {
		}
		for n := first; n < i; n++ {
			r, out := &results[n], io.Writer(os.Stdout)
			if r.suite = all[n]; n > first {
				out = &r.printed
			}
			group.Go(func() { r.run(ctx, out) })
		}
		group.Wait()
		for n := first + 1; n < i; n++ {
			_, _ = results[n].printed.WriteTo(os.Stdout)
		}
	}
	return report(results)
}

// report prints a line for each suite, and names those that failed.
func report(results []result) error {
	var failed []string
	fmt.Println()
	for i := range results {
		r := &results[i]
		state := "ok"
		switch {
		case r.name == "":
			continue
		case r.err != nil:
			state = r.err.Error()
			failed = append(failed, r.name)
		}
		fmt.Printf("%-22s %6s of %6s  processor %6s  %s\n", r.name, r.took, r.budget, r.work.Round(time.Second), state)
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// run runs the suite and ends it if it takes longer than its budget. work is the processor time of all its
// processes that somebody waited for.
func (r *result) run(ctx context.Context, out io.Writer) {
	_, _ = fmt.Fprintf(out, "\n== %s: %s\n", r.name, strings.Join(r.args, " "))
	ctx, cancel := context.WithTimeout(ctx, r.budget)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.args[0], r.args[1:]...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), r.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	start := time.Now()
	r.err = cmd.Run()
	r.took = time.Since(start).Round(time.Second)
	if cmd.ProcessState != nil {
		r.work = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		r.err = fmt.Errorf("took longer than its budget of %s", r.budget)
	}
}
