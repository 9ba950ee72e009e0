package witness

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var (
	// ErrUnknown says that nobody told the witness of such a log.
	ErrUnknown = errors.New("unknown log")
	// ErrSignature says that a checkpoint isn't signed by the key of its log.
	ErrSignature = errors.New("not signed by the key of the log")
	// ErrContradicts says that a checkpoint doesn't continue what was cosigned before: history was rewritten.
	ErrContradicts = errors.New("the checkpoint contradicts one that was cosigned before")
	// errSameSize is the ErrContradicts of a checkpoint of a size that was cosigned with another root.
	errSameSize = fmt.Errorf("another root at the same size: %w", ErrContradicts)
)

// ConflictError says that the size a request begins from isn't the one that was cosigned last.
type ConflictError struct {
	// Size is what was.
	Size int64
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("witness: the last checkpoint cosigned has the size %d", e.Size)
}

// Log is a log that is known.
type Log struct {
	// Key is the log's verifier key, as text.
	Key string
	// Origin is the name in its checkpoints. Empty: the name of the key, a slash and a year, as the trail of
	// an authority has it: one log a year.
	Origin string

	verifier note.Verifier
}

// is says whether the log is called so.
func (l Log) is(origin string) bool {
	if l.Origin != "" {
		return origin == l.Origin
	}
	year, ok := strings.CutPrefix(origin, l.verifier.Name()+"/")
	return ok && len(year) == 4 && strings.Trim(year, "0123456789") == ""
}

// open checks the log's signature under a checkpoint and returns what it says.
func (l Log) open(signed []byte) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(l.verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("witness: %w", ErrSignature)
	}
	return parseBody(n.Text)
}

// Config is what [New] needs.
type Config struct {
	// Dir is the folder of the witness's files; it is made if it is missing.
	Dir string
	// Name names the witness in its key, like a host name with a path.
	Name string
	// Logs are those whose checkpoints it cosigns.
	Logs []Log
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Witness cosigns checkpoints. It is safe for concurrent use, also by several processes with one folder.
type Witness struct {
	dir     string
	key     Key
	private ed25519.PrivateKey
	logs    []Log
	now     func() time.Time
	mu      sync.Mutex
}

// New opens the folder of a witness and makes its key if there is none yet.
func New(cfg Config) (*Witness, error) {
	if !isName(cfg.Name) || len(cfg.Logs) == 0 {
		return nil, errors.New("witness: it needs a name without spaces and plus signs, and at least one log")
	}
	w := &Witness{dir: cfg.Dir, now: cfg.Now}
	if w.now == nil {
		w.now = time.Now
	}
	for _, l := range cfg.Logs {
		var err error
		if l.verifier, err = note.NewVerifier(strings.TrimSpace(l.Key)); err != nil {
			return nil, errors.New("witness: the verifier key of a log isn't one")
		}
		w.logs = append(w.logs, l)
	}
	for _, dir := range []string{"", "state", "former", "evidence"} {
		if err := os.MkdirAll(filepath.Join(cfg.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("witness: %w", err)
		}
	}
	var err error
	if w.private, err = loadOrCreateKey(filepath.Join(cfg.Dir, "key")); err != nil {
		return nil, err
	}
	w.key = Key{name: cfg.Name, public: w.private.Public().(ed25519.PublicKey)}
	return w, nil
}

// Key returns the key that verifies what w cosigns.
func (w *Witness) Key() *Key { return &w.key }

// opened returns what a checkpoint says, and the log that signed it.
func (w *Witness) opened(signed []byte) (l Log, c Checkpoint, err error) {
	origin, _, _ := strings.Cut(string(signed), "\n")
	known := false
	for _, l := range w.logs {
		if !l.is(origin) {
			continue
		}
		known = true
		if c, err = l.open(signed); err == nil || !errors.Is(err, ErrSignature) {
			return l, c, err
		}
	}
	if !known {
		err = fmt.Errorf("witness: %w", ErrUnknown)
	}
	return l, c, err
}

// Add cosigns a checkpoint that continues the one cosigned last, and returns the line with the cosignature. Of
// the size cosigned last it is cosigned again, with the present time. The errors are [ErrMalformed],
// [ErrUnknown], [ErrSignature], [ErrContradicts], a [*ConflictError], or what keeps the witness from working;
// nothing was cosigned then.
func (w *Witness) Add(r Request) (line []byte, err error) {
	l, c, err := w.opened(r.Checkpoint)
	if err != nil {
		return nil, err
	}
	if r.Old > c.Size {
		return nil, fmt.Errorf("witness: old size: %w", ErrMalformed)
	}
	err = w.locked(func() error {
		_, last, err := w.latest(l, c.Origin)
		if err != nil {
			return err
		}
		switch {
		case r.Old != last.Size:
			return &ConflictError{last.Size}
		case c.Size == last.Size && last.Size > 0 && c.Root != last.Root:
			return errors.Join(errSameSize, w.keepEvidence(r.Checkpoint))
		case !r.continues(last, c):
			return errors.Join(fmt.Errorf("witness: %w", ErrContradicts), w.keepEvidence(r.Checkpoint))
		}
		var signed []byte
		if signed, line, err = w.cosign(l, r.Checkpoint); err != nil {
			return err
		}
		return w.remember(c.Origin, signed)
	})
	if err != nil {
		return nil, err
	}
	return line, nil
}

// cosign puts the witness's signature under a checkpoint, in the place of all but the log's; line is it alone.
func (w *Witness) cosign(l Log, checkpoint []byte) (signed, line []byte, err error) {
	n, err := note.Open(checkpoint, note.VerifierList(l.verifier))
	if err != nil {
		return nil, nil, fmt.Errorf("witness: %w", ErrSignature)
	}
	n.UnverifiedSigs = nil
	without, err := note.Sign(n)
	if err != nil {
		return nil, nil, fmt.Errorf("witness: %w", err)
	}
	if signed, err = note.Sign(n, &signer{w.key, w.private, w.now()}); err != nil {
		return nil, nil, fmt.Errorf("witness: %w", err)
	}
	return signed, signed[len(without):], nil
}

// Accept makes a checkpoint the latest of its log whatever was cosigned before: the officer's decision after
// the operator had to put back an older state. What she gives up is kept in former/. Nothing is cosigned by it.
// was is the zero Checkpoint where there was none, or none that could be read.
func (w *Witness) Accept(checkpoint []byte) (was, is Checkpoint, err error) {
	l, is, err := w.opened(checkpoint)
	if err != nil {
		return was, is, err
	}
	err = w.locked(func() error {
		path := filepath.Join(w.dir, "state", fileOf(is.Origin))
		if signed, err := os.ReadFile(path); err == nil {
			was, _ = l.open(signed) // damaged: this is what it is accepted anew for
			tmp, err := writeTemp(filepath.Join(w.dir, "former", fmt.Sprintf("%s-%d", fileOf(is.Origin), w.now().Unix())), signed)
			if err != nil {
				return fmt.Errorf("witness: keeping the former state: %w", err)
			}
			name, _, _ := strings.Cut(tmp, ".tmp-")
			if err := errors.Join(os.Rename(tmp, name), syncDir(filepath.Dir(name))); err != nil {
				return fmt.Errorf("witness: keeping the former state: %w", err)
			}
		} else if !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("witness: %w", err)
		}
		return w.remember(is.Origin, checkpoint)
	})
	return was, is, err
}

// Latest is the state of a log that the witness remembers.
type Latest struct {
	Checkpoint
	// At is when it was cosigned; zero for one that was accepted and not cosigned since.
	At time.Time
	// File holds the checkpoint, for the officer's verifier.
	File string
}

// Latest lists what is remembered, by origin's hash. A file that can't be read is an error.
func (w *Witness) Latest() (list []Latest, err error) {
	dir := filepath.Join(w.dir, "state")
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	for _, n := range names {
		if strings.Contains(n.Name(), ".tmp-") { // of a process that was killed
			continue
		}
		path := filepath.Join(dir, n.Name())
		signed, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("witness: %w", err)
		}
		_, c, err := w.opened(signed)
		if err != nil {
			return nil, fmt.Errorf("witness: state %s: %w", n.Name(), err)
		}
		at, _ := w.key.CosignedAt(signed)
		list = append(list, Latest{c, at, path})
	}
	return list, nil
}
