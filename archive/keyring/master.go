package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"eakte/archive/blob/seal"
)

// masterSize is the size of the master key's file: 64 hexadecimal digits and a line
// break.
const masterSize = 65

// MasterFromFile reads the master key from a file and makes a fresh one, durably, where
// there is no file. The file is text, 64 hexadecimal digits and a line break, so that it
// can be kept on paper. It is refused unless it is a plain file that its owner alone may
// read (mode 0600 or 0400) and of that form; the error says what is wrong and never
// repeats the content.
func MasterFromFile(path string) (seal.Key, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeMaster(path); err != nil {
			return seal.Key{}, fmt.Errorf("keyring: making the master key: %w", err)
		}
		f, err = os.Open(path)
	}
	if err != nil {
		return seal.Key{}, fmt.Errorf("keyring: master key: %w", err)
	}
	defer f.Close()
	key, err := readMaster(f)
	if err != nil {
		return seal.Key{}, fmt.Errorf("keyring: master key %s: %w", path, err)
	}
	return key, nil
}

func readMaster(f *os.File) (seal.Key, error) {
	info, err := f.Stat()
	if err != nil {
		return seal.Key{}, err
	}
	if m := info.Mode(); m != 0o600 && m != 0o400 {
		return seal.Key{}, fmt.Errorf("mode is %v; make it a plain file with mode 0600", m)
	}
	text, err := io.ReadAll(io.LimitReader(f, masterSize+1))
	if err != nil {
		return seal.Key{}, err
	}
	if n := len(text); n == masterSize && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if len(text) != masterSize-1 {
		return seal.Key{}, fmt.Errorf("%d bytes long, want %d hexadecimal digits; restore it from your copy", info.Size(), masterSize-1)
	}
	var key seal.Key
	if _, err := hex.Decode(key[:], text); err != nil {
		return seal.Key{}, errors.New("not hexadecimal; restore it from your copy")
	}
	if key.IsZero() {
		return seal.Key{}, errors.New("all zeros; restore it from your copy")
	}
	return key, nil
}

// writeMaster makes the file whole or not at all, and never in the place of another.
func writeMaster(path string) (err error) {
	key := seal.NewKey()
	tmp, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp.Name())) }()
	_, err = tmp.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	// a link, unlike a rename, fails if somebody was quicker; that one's key counts
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
