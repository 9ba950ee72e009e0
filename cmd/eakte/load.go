package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"eakte/acl"
	"eakte/archive"
)

// loadHands is how many files of a manifest are brought in at once, so that they share the waiting for the
// disk.
const loadHands = 4

// bulk is how a manifest is carried out.
type bulk struct {
	manifest, report string
	// dry says that nothing is brought in, only told what would be.
	dry  bool
	json bool
}

// loading brings in what a manifest names.
type loading struct {
	*cli
	operator  operator
	root      *os.Root
	otherwise target
	bulk
	report report

	mu    sync.Mutex
	bar   bar
	seen  map[string]bool // Akte or basket, and hash
	turns []chan struct{} // of rows, from 1: closed once the row has said which bytes it brings
	count map[string]int
	rows  int
}

// importManifest brings in the files below a folder that a manifest names.
func (c *cli) importManifest(ctx context.Context, o operator, folder string, to target, how bulk) (err error) {
	rows, err := readManifest(how.manifest)
	if err != nil {
		return &usageError{err}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	l := &loading{cli: c, operator: o, root: root, otherwise: to, bulk: how, seen: map[string]bool{}, count: map[string]int{}}
	for range len(rows) + 1 {
		l.turns = append(l.turns, make(chan struct{}))
	}
	close(l.turns[0])
	if l.report, err = openReport(how.report); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.report.close()) }()
	l.bar = c.bar("importing", len(rows))
	defer l.bar.done()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(loadHands)
	for i, row := range rows {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			if err := l.row(ctx, i+1, row); err != nil {
				return fmt.Errorf("stopped at row %d: %w", i+1, err)
			}
			return nil
		})
	}
	if err := errors.Join(group.Wait(), ctx.Err()); err != nil && l.rows < len(rows) {
		return err
	}
	return l.sum()
}

// row brings one row in and tells what became of it.
func (l *loading) row(ctx context.Context, n int, row manifestRow) error {
	key := row.key()
	settled := sync.OnceFunc(func() {
		<-l.turns[n-1]
		close(l.turns[n])
	})
	defer settled()
	if was, ok := l.report.done[key]; ok && !l.dry {
		was.Result = "there"
		return l.tell(reported{n, key, was}, false)
	}
	result, err := l.bringFile(ctx, row.File, row.target(l.otherwise), func(to target, sum [32]byte) bool {
		defer settled()
		<-l.turns[n-1]
		return l.first(to, sum)
	})
	if err != nil {
		return err
	}
	result.File = row.File
	return l.tell(reported{n, key, result}, true)
}

// bringFile looks at a file below the folder and hands it over, or asks what would become of it. Where first
// is given, it says whether nothing before brought the same bytes to the same place.
func (l *loading) bringFile(ctx context.Context, file string, to target, first func(target, [32]byte) bool) (imported, error) {
	at := filepath.FromSlash(strings.ReplaceAll(file, `\`, "/"))
	if !filepath.IsLocal(at) {
		return imported{Result: "refused", Reason: "outside_the_folder"}, nil
	}
	f, err := l.root.Open(at)
	if errors.Is(err, fs.ErrNotExist) {
		return imported{Result: "missing"}, nil
	}
	if err != nil {
		return imported{Result: "unread", Reason: "not_readable_here"}, nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return imported{Result: "unread", Reason: "not_a_file"}, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return imported{Result: "unread", Reason: "not_readable_here"}, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return imported{Result: "unread", Reason: "not_readable_here"}, nil
	}
	sum := [32]byte(h.Sum(nil))
	if first != nil && !first(to, sum) {
		return imported{Result: "duplicate", Reason: "twice_in_the_manifest"}, nil
	}
	to.Dry = l.dry
	var body io.Reader = f
	if l.dry && to.Delivered == nil {
		body = io.LimitReader(f, headLooked)
	}
	result, err := l.operator.importFile(ctx, to, filepath.Base(at), sum, body)
	switch {
	case errors.Is(err, archive.ErrNotFound):
		return imported{Result: "refused", Reason: "unknown_akte"}, nil
	case errors.Is(err, acl.ErrDenied):
		return imported{Result: "refused", Reason: "akte_not_open"}, nil
	}
	return result, err
}

// headLooked is how much of a file a dry run looks at.
const headLooked = 64 << 10

// first reports whether nothing of the manifest brought these bytes to the same place.
func (l *loading) first(to target, sum [32]byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := fmt.Sprintf("%q %q %x", to.Akte, to.Department, sum)
	if to.Akte != "" {
		at = fmt.Sprintf("%q %x", to.Akte, sum)
	}
	was := l.seen[at]
	l.seen[at] = true
	return !was
}

// tell prints and reports what became of a row.
func (l *loading) tell(r reported, fresh bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[r.Result]++
	l.rows++
	l.bar.set(l.rows)
	if fresh && !l.dry {
		if err := l.report.add(r); err != nil {
			return err
		}
	}
	return l.printImported(r.imported, l.json)
}

// sum says how it went, in one line; the exit code says whether all is well.
func (l *loading) sum() error {
	var parts []string
	bad := false
	for _, result := range slices.Sorted(maps.Keys(l.count)) {
		parts = append(parts, fmt.Sprintf("%d %s", l.count[result], result))
		bad = bad || !slices.Contains([]string{"taken", "there", "ready", "unassigned"}, result)
	}
	fmt.Fprintf(l.talk, "%d rows: %s\n", l.rows, strings.Join(parts, ", "))
	if bad {
		return errRefused
	}
	return nil
}
