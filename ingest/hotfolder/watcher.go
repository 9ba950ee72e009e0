package hotfolder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"time"

	"eakte/ingest/intake"
)

// Config is a watched folder. Name, Path, Account, Basket, Channel, Door and Log are required.
type Config struct {
	// Name is the operator's for the folder; the receipts of what was taken hold it.
	Name, Path string
	// Account is the technical account that brings what lies here into Basket, as come by Channel.
	Account, Basket, Channel string
	// Settle is for how long a file must have stayed as it is; 0 means 3 seconds.
	Settle time.Duration
	// Keep is for how many days taken files stay in done/; 0 means 14.
	Keep int
	// Every is how often it is looked at; 0 means a second.
	Every time.Duration
	Door  intake.Door
	// Zone decides when a day ends; nil means UTC.
	Zone *time.Location
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Names of the folders for what was taken and what wasn't.
const (
	doneDir   = "done"
	failedDir = "failed"
)

// Watcher watches a folder.
type Watcher struct {
	Config
	board *intake.Board
	// seen are the files of the last look by path; taken those that are durable here but could not be
	// moved.
	seen  map[string]sight
	taken map[string]sight
	swept string
}

// New returns a watcher that hasn't looked yet.
func New(cfg Config) *Watcher {
	if cfg.Settle == 0 {
		cfg.Settle = 3 * time.Second
	}
	if cfg.Keep == 0 {
		cfg.Keep = 14
	}
	if cfg.Every == 0 {
		cfg.Every = time.Second
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Watcher{Config: cfg, board: intake.NewBoard(cfg.Name, "folder"), taken: map[string]sight{}}
}

// State returns how the folder stands.
func (w *Watcher) State() intake.State { return w.board.State() }

// Run looks until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(w.Every)
	defer tick.Stop()
	for {
		before := w.board.State().Problem
		err := w.Look(ctx)
		if after := w.board.State().Problem; err != nil && ctx.Err() == nil && after != before {
			w.Log.ErrorContext(ctx, "a watched folder needs attention", "folder", w.Name, "problem", after, "error", plain(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look looks once and takes what is complete. The error tells the operator what hinders; the next look
// tries again.
func (w *Watcher) Look(ctx context.Context) error {
	root, err := os.OpenRoot(w.Path)
	if err != nil {
		w.board.Trouble(intake.ProblemUnreadable)
		return err
	}
	defer root.Close()
	found, problems := w.find(root)
	w.board.Waits(len(found))
	problem := ""
	if problems != nil {
		problem = intake.ProblemUnreadable
	}
	left := 0
	for _, f := range found {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !f.whole {
			left++
			continue
		}
		if p, err := w.take(ctx, root, f); err != nil {
			left++
			problems = errors.Join(problems, err)
			if problem = p; p == intake.ProblemAccount || p == intake.ProblemFull {
				left = w.board.State().Waiting
				break // no other file fares better
			}
		}
	}
	w.sweep(root)
	w.board.Looked(w.Now(), left, countFailed(root), problem)
	return problems
}

// take brings one file in and puts it aside. The code tells what hindered it.
func (w *Watcher) take(ctx context.Context, root *os.Root, f file) (problem string, err error) {
	if was, ok := w.taken[f.path]; !ok || !was.same(f.sight) {
		err = w.bring(ctx, root, f)
		var refused *intake.RefusedError
		switch {
		case errors.As(err, &refused):
			if err := w.fail(root, f, refused); err != nil {
				return intake.ProblemMove, err
			}
			return "", nil
		case errors.Is(err, errChanged):
			delete(w.seen, f.path) // it settles anew
			return "", nil
		case err != nil:
			return intake.Problem(err), err
		}
		w.board.Took(w.Now())
		w.taken[f.path] = f.sight
	}
	if err := w.aside(root, f.path, path.Join(doneDir, w.Now().In(w.Zone).Format(time.DateOnly), f.path)); err != nil {
		return intake.ProblemMove, err
	}
	delete(w.taken, f.path)
	if f.batch != "" {
		w.prune(root, path.Dir(f.path))
	}
	return "", nil
}

// plain says what is wrong without the paths that errors of files hold: names of files are personal.
func plain(err error) string {
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return fmt.Sprintf("%s: %v", p.Op, p.Err)
	case errors.As(err, &l):
		return fmt.Sprintf("%s: %v", l.Op, l.Err)
	}
	return err.Error()
}
