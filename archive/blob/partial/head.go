package partial

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/archive/blob/staging"
)

// wrappedSize is how long a wrapped key is.
const wrappedSize = 61

// head is what is kept of an upload beside its bytes.
type head struct {
	Owner   string    `json:"owner"`
	Size    int64     `json:"size"`
	Note    []byte    `json:"note,omitempty"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	// Ended says that it was finished, with Result.
	Ended  bool   `json:"ended,omitempty"`
	Result []byte `json:"result,omitempty"`
}

// upload makes an upload from its parts.
func (d *Dir) upload(id blob.Ref, key seal.Key, h head) (*Upload, error) {
	wrapped, err := d.box.Wrap(key, []byte("partial/"+id))
	if err != nil {
		return nil, err
	}
	box, err := seal.NewBox(key)
	if err != nil {
		return nil, err
	}
	u := &Upload{dir: d, id: id, box: box, wrapped: wrapped, head: h}
	u.ended.Store(h.Ended)
	return u, nil
}

// open reads the head of an upload: [blob.ErrCorrupt] if it isn't one.
func (d *Dir) open(id blob.Ref) (*Upload, error) {
	raw, err := os.ReadFile(filepath.Join(d.Path, string(id)+".head"))
	if err != nil {
		return nil, err
	}
	if len(raw) < wrappedSize {
		return nil, blob.ErrCorrupt
	}
	key, err := d.box.Unwrap(raw[:wrappedSize], []byte("partial/"+id))
	if err != nil {
		return nil, err
	}
	box, err := seal.NewBox(key)
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(raw[wrappedSize:], headPlace(id))
	if err != nil {
		return nil, err
	}
	var h head
	if err := json.Unmarshal(plain, &h); err != nil {
		return nil, fmt.Errorf("%w: head: %w", blob.ErrCorrupt, err)
	}
	return d.upload(id, key, h)
}

func headPlace(id blob.Ref) []byte { return []byte("partial/" + id + "/head") }

// writeHead stores the head durably, whole or not at all.
func (u *Upload) writeHead() error {
	plain, err := json.Marshal(u.head)
	if err != nil {
		return err
	}
	fresh := u.path("new")
	sealed := append(append([]byte{}, u.wrapped...), u.box.Seal(plain, headPlace(u.id))...)
	if err := writeSynced(fresh, sealed); err != nil {
		return errors.Join(staging.Full(err), remove(fresh))
	}
	if err := os.Rename(fresh, u.path("head")); err != nil {
		return staging.Full(err)
	}
	return staging.SyncDir(u.dir.Path)
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// remove is os.Remove, where a missing file is no error.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
