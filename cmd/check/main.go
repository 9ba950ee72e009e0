// Command check prepares a machine for the project's tests and runs them, each suite with its time
// budget: what `make test`, `make bench` and the campaigns do.
//
//	check setup           install what the server needs
//	check setup-tests     and what its tests need
//	check assets          copy what pages load from its packages to where it is embedded
//	check test            every suite; the set-up is one of them
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
	"os/signal"
	"strings"
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
	case "setup-tests":
		return setupTests(ctx)
	case "assets":
		return ensureAssets(ctx)
	case "test":
		if err := ensureAssets(ctx); err != nil {
			return err
		}
		return runSuites(ctx, suites())
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
	return errors.New("usage: check setup | setup-tests | assets | test | browser [NAME...] | bench | bench-search | torture NAME")
}

// prepared runs fn on a machine that has what the tests need.
func prepared(ctx context.Context, fn func() error) error {
	if err := setupTests(ctx); err != nil {
		return err
	}
	return fn()
}
