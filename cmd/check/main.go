// Command check prepares a machine for the project's tests and runs them, each suite with its time
// budget: what `make test`, `make bench` and the campaigns do.
//
//	check setup           install what the server needs
//	check assets          copy what pages load from its packages to where it is embedded
//	check test            set-up and every suite
//	check browser [NAME…] the tests of the pages, or some of them
//	check bench           figures beside their limits
//	check bench-search    those of search in EAKTE_BENCH_DOCS documents, kept in EAKTE_BENCH_DIR
//	check torture NAME    a long campaign, sized by N= and SEED=
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch strings.Join(args[:min(len(args), 1)], "") {
	case "setup":
		return setup(ctx)
	case "assets":
		return ensureAssets(ctx)
	case "test":
		return prepared(ctx, func() error { return runSuites(ctx, suites()) })
	case "browser":
		return prepared(ctx, func() error { return browser(ctx, args[1:]) })
	case "bench":
		return prepared(ctx, func() error { return runSuites(ctx, benches()) })
	case "bench-search":
		return prepared(ctx, func() error {
			return errors.Join(provide(ctx, databases(), nil), runSuites(ctx, searchBenches()))
		})
	case "torture":
		if len(args) != 2 {
			return errors.New("name a campaign")
		}
		return prepared(ctx, func() error { return torture(ctx, args[1]) })
	}
	return errors.New("usage: check setup | assets | test | browser [NAME...] | bench | bench-search | torture NAME")
}

// prepared runs fn on a machine that has what the tests need.
func prepared(ctx context.Context, fn func() error) error {
	if err := setupTests(ctx); err != nil {
		return err
	}
	return fn()
}

// suite is one command with the time it may take on two cores.
type suite struct {
	name   string
	budget time.Duration
	env    []string
	args   []string
}

// runSuites runs all of them, whatever fails, and says how long each took, and how much of the processors.
func runSuites(ctx context.Context, all []suite) error {
	var failed []string
	var lines []string
	for _, s := range all {
		fmt.Printf("\n== %s: %s\n", s.name, strings.Join(s.args, " "))
		start := time.Now()
		work, err := s.run(ctx)
		took := time.Since(start).Round(time.Second)
		state := "ok"
		if err != nil {
			state = err.Error()
			failed = append(failed, s.name)
		}
		lines = append(lines, fmt.Sprintf("%-22s %6s of %6s  processor %6s  %s", s.name, took, s.budget, work.Round(time.Second), state))
		if ctx.Err() != nil {
			break
		}
	}
	fmt.Println("\n" + strings.Join(lines, "\n"))
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// run ends a suite that takes longer than its budget. work is the processor time of all its processes that
// somebody waited for.
func (s suite) run(ctx context.Context) (work time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.args[0], s.args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	if cmd.ProcessState != nil {
		work = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("took longer than its budget of %s", s.budget)
	}
	return work, err
}
