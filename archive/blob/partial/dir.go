package partial

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/archive/blob/staging"
)

var (
	// ErrQuota says that the owner has begun as much as she may have at a time.
	ErrQuota = errors.New("too much begun at a time")
	// ErrOffset says that bytes came for another place than the next one.
	ErrOffset = errors.New("not the next offset")
	// ErrIncomplete says that bytes are missing.
	ErrIncomplete = errors.New("upload is not complete")
)

// sweepEvery is how often expired uploads are looked for.
const sweepEvery = 10 * time.Minute

// Config is what a [Dir] works with.
type Config struct {
	// Path is the folder; it is made if it is missing.
	Path string
	// Key wraps the uploads' keys; uploads outlive a restart as long as it is the same.
	Key seal.Key
	// Life is how long an upload may take; 0: 24 hours.
	Life time.Duration
	// Count and Bytes are what an owner may have begun and not finished at a time; 0: 100 uploads,
	// 8 GiB.
	Count int
	Bytes int64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Dir is an open folder of uploads. It is safe for concurrent use.
type Dir struct {
	Config
	box     *seal.Box
	mu      sync.Mutex
	uploads map[blob.Ref]*Upload
}

// Open opens the folder, and removes from it what cannot be gone on with.
func Open(cfg Config) (*Dir, error) {
	if cfg.Life == 0 {
		cfg.Life = 24 * time.Hour
	}
	if cfg.Count == 0 {
		cfg.Count = 100
	}
	if cfg.Bytes == 0 {
		cfg.Bytes = 8 << 30
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	box, err := seal.NewBox(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("partial: %w", err)
	}
	if err := os.MkdirAll(cfg.Path, 0o700); err != nil {
		return nil, fmt.Errorf("partial: %w", staging.Full(err))
	}
	d := &Dir{Config: cfg, box: box, uploads: map[blob.Ref]*Upload{}}
	if err := d.load(); err != nil {
		return nil, fmt.Errorf("partial: %w", err)
	}
	return d, nil
}

// load reads the heads. A head that doesn't open is nobody's to go on with.
func (d *Dir) load() error {
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		return err
	}
	var rest []string
	for _, e := range entries {
		name, kind, _ := strings.Cut(e.Name(), ".")
		id, err := blob.ParseRef(name)
		if err != nil || !e.Type().IsRegular() {
			continue // not ours
		}
		if kind != "head" {
			rest = append(rest, e.Name())
			continue
		}
		u, err := d.open(id)
		switch {
		case err == nil:
			d.uploads[id] = u
		case errors.Is(err, blob.ErrCorrupt):
			d.Log.Warn("removed an upload that no key opens", "upload", id)
			rest = append(rest, e.Name())
		default:
			return err
		}
	}
	for _, name := range rest {
		id, kind, _ := strings.Cut(name, ".")
		if kind == "part" && d.uploads[blob.Ref(id)] != nil {
			continue
		}
		if err := remove(filepath.Join(d.Path, name)); err != nil {
			return err
		}
	}
	return nil
}

// Begin makes an upload of size bytes. note says what is to become of it; it is kept sealed. The error
// is [ErrQuota], or [blob.ErrFull] where the disk has no room for so much.
func (d *Dir) Begin(owner string, size int64, note []byte) (*Upload, error) {
	now := d.Now().UTC()
	key := seal.NewKey()
	u, err := d.upload(blob.NewRef(), key, head{Owner: owner, Size: size, Note: note, Made: now, Expires: now.Add(d.Life)})
	if err != nil {
		return nil, fmt.Errorf("partial: %w", err)
	}
	u.loaded = true
	if free, known := staging.FreeIn(d.Path); known && free < size {
		return nil, fmt.Errorf("partial: %w", blob.ErrFull)
	}
	if err := d.reserve(u); err != nil {
		return nil, err
	}
	if err := u.writeHead(); err != nil {
		return nil, errors.Join(fmt.Errorf("partial: upload %s: %w", u.id, err), u.Drop())
	}
	return u, nil
}

// reserve adds an upload unless its owner has begun too much.
func (d *Dir) reserve(u *Upload) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	count, bytes := 1, u.head.Size
	for _, other := range d.uploads {
		if other.head.Owner == u.head.Owner && !other.ended.Load() && !d.expired(other) {
			count, bytes = count+1, bytes+other.head.Size
		}
	}
	if count > d.Count || bytes > d.Bytes {
		return fmt.Errorf("partial: %w", ErrQuota)
	}
	d.uploads[u.id] = u
	return nil
}

// Upload returns an upload that has not expired; [blob.ErrNotFound] if there is none.
func (d *Dir) Upload(id blob.Ref) (*Upload, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.uploads[id]
	if !ok || d.expired(u) {
		return nil, fmt.Errorf("partial: %w", blob.ErrNotFound)
	}
	return u, nil
}

func (d *Dir) expired(u *Upload) bool { return !d.Now().Before(u.head.Expires) }

// Sweep removes what has expired and returns how many uploads that were. One that is being worked on
// is left for the next time.
func (d *Dir) Sweep() (n int, err error) {
	d.mu.Lock()
	var old []*Upload
	for _, u := range d.uploads {
		if d.expired(u) {
			old = append(old, u)
		}
	}
	d.mu.Unlock()
	for _, u := range old {
		if !u.mu.TryLock() {
			continue
		}
		derr := u.drop()
		u.mu.Unlock()
		if derr == nil {
			n++
		}
		err = errors.Join(err, derr)
	}
	return n, err
}

// Run sweeps now and then until ctx ends.
func (d *Dir) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := d.Sweep(); err != nil {
			d.Log.ErrorContext(ctx, "removing expired uploads", "error", err)
		} else if n > 0 {
			d.Log.InfoContext(ctx, "removed expired uploads", "uploads", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// forget takes an upload out of the list.
func (d *Dir) forget(id blob.Ref) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.uploads, id)
}
