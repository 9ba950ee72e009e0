package bleveindex

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index"
)

// ErrInUse says that another process has the index open.
var ErrInUse = errors.New("another process uses the index")

// Config says where the index is.
type Config struct {
	// Dir is the folder of the index; it is made if it isn't there and must hold nothing else.
	// Beside it stand the lock DIR.lock and, after damage, one DIR.bad-TIME.
	Dir string
	// Log receives what an operator should know. Nil: slog.Default().
	Log *slog.Logger
	// Analyzers is how many documents of a batch are analysed at once. 0: one a processor.
	Analyzers int
	// Reserve is the space on disk, in bytes, that is left to others: with less left nothing is written, which
	// is an error of a full disk. 0: none.
	Reserve int64
	// Synonyms returns what means the same as a word of a query. Nil: nothing does.
	Synonyms func(word string) []string
	// PatternWords is how many words that a reader can see a pattern may mean before it is answered with
	// [index.TooBroad]. 0: 20,000.
	PatternWords int
}

// Index is an [index.Engine] on Bleve's index "scorch". It may be used by many goroutines.
type Index struct {
	dir         string
	log         *slog.Logger
	reserve     int64
	analyzers   analyzers
	frequencies frequencies
	queue       *bleve.AnalysisQueue
	// patternWords is [Config.PatternWords].
	patternWords int
	lock         *os.File

	writing sync.Mutex   // one batch at a time
	mu      sync.RWMutex // held for reading by whoever uses engine, for writing by whoever swaps it
	columns *columns     // of engine
	engine  bleve.Index  // nil after an error, until it could be opened again
	damaged bool         // until it is reset
	closed  bool
}

var _ index.Engine = (*Index)(nil)

// Open opens the index, or makes an empty one where there is none, a half-made one or one of
// another format. An index that can't be read any more is moved aside, and an empty one takes its
// place. The caller sees by Seq what is missing. Where the disk is full the index is [index.ErrAway] until it
// isn't any more. The error is [ErrInUse] if another process has the index open; what else an operator must
// mend (no right to the folder) is an error too and changes nothing.
func Open(cfg Config) (*Index, error) {
	x := &Index{dir: cfg.Dir, reserve: cfg.Reserve, log: cfg.Log, columns: newColumns(), patternWords: cmp.Or(cfg.PatternWords, mostTerms)}
	if x.log == nil {
		x.log = slog.Default()
	}
	var err error
	if x.analyzers, err = newAnalyzers(); err != nil {
		return nil, fmt.Errorf("bleveindex: %w", err)
	}
	x.analyzers.synonyms = cfg.Synonyms
	if x.frequencies, err = newFrequencies(x.analyzers.page); err != nil {
		return nil, fmt.Errorf("bleveindex: %w", err)
	}
	if x.lock, err = lock(cfg.Dir + ".lock"); err != nil {
		return nil, fmt.Errorf("bleveindex: %w", err)
	}
	n := cfg.Analyzers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	x.queue = bleve.NewAnalysisQueue(n)
	x.engine, err = x.openDir()
	switch {
	case err == nil:
	case full(err):
		x.log.Error("no space left for the index; what is searched for isn't found meanwhile", "error", err.Error())
	default:
		x.queue.Close()
		return nil, errors.Join(fmt.Errorf("bleveindex: opening: %w", err), x.lock.Close())
	}
	return x, nil
}

// lock takes the lock that lives as long as the process, or this index if it is closed before.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close implements [index.Engine]. It waits for searches and batches under way.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	err := x.leave()
	x.queue.Close()
	if err := errors.Join(err, x.lock.Close()); err != nil {
		return fmt.Errorf("bleveindex: closing: %w", err)
	}
	return nil
}

// leave closes the engine for good and writes down by what its list of segments is known again. x.mu is held.
func (x *Index) leave() error {
	if x.engine == nil {
		return nil
	}
	if err := x.drop(); err != nil {
		return err
	}
	sum, err := x.rootSum()
	if err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(x.dir, sumName), []byte(sum), 0o600)
	if full(err) {
		return os.Remove(filepath.Join(x.dir, sumName)) // goes without
	}
	return err
}

// drop closes the engine. x.mu is held.
func (x *Index) drop() error {
	engine := x.engine
	x.engine, x.columns = nil, newColumns()
	if engine == nil {
		return nil
	}
	return guard(engine.Close)
}
