package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"eakte/web/ui"
)

// stopTime is how long an operator's request under way may take to finish when the server stops.
const stopTime = 30 * time.Second

// heapGrowth is by how many percent the heap may grow between two collections. It is some fifty megabytes at
// rest; with Go's own 100 percent a long text alone made the process grow by as much as a paper may.
const heapGrowth = 30

func (c *cli) serve() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withDoor(cmd.Context(), cfg, func(a *app) error { return a.serve(cmd.Context(), nil) })
		},
	}
}

// serve answers requests and works off the queues until ctx ends, then lets what is under way finish.
// started, if not nil, runs beside them once the server answers, with its address.
func (a *app) serve(ctx context.Context, started func(ctx context.Context, address string) error) error {
	if err := a.prepare(ctx); err != nil {
		return err
	}
	admin, err := listenAdmin(a.cfg)
	if err != nil {
		return err
	}
	watch, err := a.listenMetrics()
	if err != nil {
		return errors.Join(err, admin.Close())
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, work := errgroup.WithContext(work)
	private := &http.Server{Handler: adminHandler(&localOperator{a}), ReadHeaderTimeout: 10 * time.Second}
	doors, closeDoors := context.WithCancel(work)
	defer closeDoors()
	group.Go(func() error {
		// First the door, then the workers: an upload that is acknowledged may enqueue until then.
		defer stop()
		return a.web.Serve(doors, a.door.give())
	})
	group.Go(func() error { return unlessClosed(private.Serve(admin)) })
	watched := &http.Server{Handler: a.metrics.handler(), ReadHeaderTimeout: 10 * time.Second}
	if watch != nil {
		group.Go(func() error { return unlessClosed(watched.Serve(watch)) })
	}
	group.Go(func() error { return a.indexer.Run(work) })
	group.Go(func() error { return a.pipeline.Run(work) })
	group.Go(func() error { return a.partials.Run(work) })
	group.Go(func() error { return a.anchor.Run(work) })
	group.Go(func() error { return a.settleRefusals(work) })
	group.Go(func() error { return a.endTrails(work) })
	group.Go(func() error { return a.lookForUnusual(work) })
	group.Go(func() error { return a.forgetSignIns(work) })
	group.Go(func() error { return a.erase(work) })
	for _, w := range a.ways {
		group.Go(func() error { return w.Run(doors) })
	}
	if started != nil {
		group.Go(func() error {
			err := started(work, "http://"+a.door.Addr().String())
			if work.Err() != nil && errors.Is(err, context.Canceled) {
				return nil // it ends with the server and goes on at the next start
			}
			return err
		})
	} else {
		fmt.Fprintf(a.talk, "eakte answers at http://%s\n", a.door.Addr())
	}
	group.Go(func() error {
		select {
		case <-ctx.Done():
		case <-work.Done():
		}
		closeDoors()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return errors.Join(private.Shutdown(end), watched.Shutdown(end))
	})
	return group.Wait()
}

// prepare does what comes before the first request: it clears what a crash left, and says when nothing
// can be recognised, somebody can't sign in, or no page be shown.
func (a *app) prepare(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if err := a.openWays(); err != nil {
		return err
	}
	n, err := a.contents.CleanUp(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		a.log.InfoContext(ctx, "removed what a crash left over", "objects", n)
	}
	if err := a.indexer.Prepare(ctx); err != nil {
		return err
	}
	if err := a.pipeline.Reader.Available(ctx); err != nil {
		a.log.ErrorContext(ctx, "recognition is parked until what is missing is installed; reading goes on", "error", err)
	}
	switch n, err := a.guard.Accounts().Stranded(ctx); {
	case err != nil:
		a.log.ErrorContext(ctx, "looking for accounts that can't sign in", "error", err)
	case n > 0:
		a.log.ErrorContext(ctx, "accounts can't sign in: all they have is a passkey, and there are none without EAKTE_PUBLIC_ADDRESS", "accounts", n)
	}
	if err := ui.Complete(); err != nil {
		a.log.WarnContext(ctx, "there are no pages; the interface for programs answers", "error", err)
	}
	return nil
}

// listenMetrics opens the second listener; nil where none is asked for.
func (a *app) listenMetrics() (net.Listener, error) {
	if a.cfg.Metrics == "" {
		return nil, nil
	}
	return net.Listen("tcp", a.cfg.Metrics)
}

func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// endTrails drops what of the trail reached the end of its term, once a day, until ctx ends.
func (a *app) endTrails(ctx context.Context) error {
	tick := time.NewTicker(24 * time.Hour)
	defer tick.Stop()
	for {
		dropped, err := a.guard.EndTrails(ctx)
		if len(dropped) > 0 {
			a.log.InfoContext(ctx, "entries of the trail reached the end of their term and were dropped", "years", dropped)
		}
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "dropping entries of the trail at the end of their term", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// eraseAgain is how long an erasure that failed waits for its next try.
const eraseAgain = time.Minute

// erase carries out erasures that were released, at the start those that were interrupted, until ctx ends.
func (a *app) erase(ctx context.Context) error {
	for {
		n, err := a.guard.Erase(ctx)
		if n > 0 {
			a.log.InfoContext(ctx, "erased what was released", "erasures", n)
		}
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "erasing what was released; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.guard.ToErase():
		case <-time.After(eraseAgain):
		}
	}
}

// forgetSignIns forgets, again and again until ctx ends, what the provider is asked with about sessions that are over.
func (a *app) forgetSignIns(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := a.web.Forget(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "forgetting sessions that are over at the provider of sign-ins", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// lookForUnusual looks through what was recorded, again and again, until ctx ends.
func (a *app) lookForUnusual(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		more, err := a.guard.LookForUnusual(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "looking for what is unusual in the trail", "error", err)
		}
		if more && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// settleRefusals has counts of refusals recorded when their minute is over, until ctx ends.
func (a *app) settleRefusals(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := a.guard.SettleRefusals(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "recording refusals that were counted", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
