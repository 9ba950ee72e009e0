package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// maxEvidence is how many contradicting checkpoints are kept.
const maxEvidence = 100

// fileOf names the files of a log.
func fileOf(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// locked runs fn while nobody else, in this process or another, reads or replaces the state.
func (w *Witness) locked(fn func() error) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, err := os.OpenFile(filepath.Join(w.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which unlocks it
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("witness: locking the state: %w", err)
	}
	return fn()
}

// latest returns the checkpoint of a log that was remembered last; nil and the zero Checkpoint for none. One
// that can't be read, or that the log never signed, is an error: nothing is signed then.
func (w *Witness) latest(l Log, origin string) ([]byte, Checkpoint, error) {
	signed, err := os.ReadFile(filepath.Join(w.dir, "state", fileOf(origin)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Checkpoint{}, nil
	}
	if err != nil {
		return nil, Checkpoint{}, fmt.Errorf("witness: state: %w", err)
	}
	c, err := l.open(signed)
	if err != nil || c.Origin != origin {
		return nil, Checkpoint{}, fmt.Errorf("witness: the state %s is damaged: restore it, or accept a checkpoint anew", fileOf(origin))
	}
	return signed, c, nil
}

// remember makes a checkpoint the latest of its log, durably.
func (w *Witness) remember(origin string, signed []byte) error {
	path := filepath.Join(w.dir, "state", fileOf(origin))
	tmp, err := writeTemp(path, signed)
	if err != nil {
		return fmt.Errorf("witness: remembering: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("witness: remembering: %w", errors.Join(err, os.Remove(tmp)))
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("witness: remembering: %w", err)
	}
	return nil
}

// keepEvidence keeps a checkpoint that contradicts. What is kept already is kept once; the oldest hundred are
// enough to prove anything.
func (w *Witness) keepEvidence(signed []byte) error {
	dir := filepath.Join(w.dir, "evidence")
	path := filepath.Join(dir, fileOf(string(signed)))
	there, err := os.ReadDir(dir)
	if err != nil || len(there) >= maxEvidence {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	tmp, err := writeTemp(path, signed)
	if err != nil {
		return err
	}
	return errors.Join(os.Rename(tmp, path), syncDir(dir))
}

// writeTemp writes data durably to a new file beside path, mode 0600, and returns its name.
func writeTemp(path string, data []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
