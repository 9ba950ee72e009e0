package boltstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
)

// boxLimit is how many opened boxes are kept; more are only a matter of speed.
const boxLimit = 8192

// owners finds the boxes of those that own records: persons, Akten, baskets.
type owners struct {
	keys keyring.Keys
	mu   sync.Mutex
	// boxes are kept with the key they were made of, so that a destroyed key ends them.
	boxes map[string]keptBox
	// contents are opened content keys by owner's box and wrapped bytes: whoever asks has found the
	// owner's key first.
	contents map[wrapped]keptBox
}

// wrapped is a content key as an owner's box holds it.
type wrapped struct {
	owner *seal.Box
	bytes string
}

type keptBox struct {
	key seal.Key
	box *seal.Box
}

func newOwners(keys keyring.Keys) *owners {
	return &owners{keys: keys, boxes: map[string]keptBox{}, contents: map[wrapped]keptBox{}}
}

func akteOwner(id archive.AkteID) string     { return audit.AkteKey(string(id)) }
func personOwner(id archive.PersonID) string { return audit.PersonKey(string(id)) }
func basketOwner(department string) string   { return "basket/" + department }

// box returns the box of an owner. ErrNotFound if its key was destroyed or never made.
func (o *owners) box(name string) (*seal.Box, error) {
	key, err := o.keys.Key(context.Background(), name)
	if err != nil {
		o.forget(name)
		return nil, keyGone(err)
	}
	o.mu.Lock()
	kept, ok := o.boxes[name]
	o.mu.Unlock()
	if ok && kept.key == key {
		return kept.box, nil
	}
	box, err := seal.NewBox(key)
	if err != nil {
		return nil, fmt.Errorf("boltstore: key of an owner: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.boxes) >= boxLimit {
		clear(o.boxes)
	}
	o.boxes[name] = keptBox{key: key, box: box}
	return box, nil
}

// forget drops what the key of an owner opened.
func (o *owners) forget(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, ok := o.boxes[name]
	if !ok {
		return
	}
	delete(o.boxes, name)
	for at := range o.contents {
		if at.owner == kept.box {
			delete(o.contents, at)
		}
	}
}

// content opens a wrapped content key with the box of an owner.
func (o *owners) content(owner *seal.Box, value, bound []byte) (keptBox, error) {
	at := wrapped{owner, string(value)}
	o.mu.Lock()
	kept, ok := o.contents[at]
	o.mu.Unlock()
	if ok {
		return kept, nil
	}
	key, err := owner.Unwrap(value, bound)
	if err != nil {
		return keptBox{}, err
	}
	box, err := seal.NewBox(key)
	if err != nil {
		return keptBox{}, fmt.Errorf("boltstore: content key: %w", err)
	}
	kept = keptBox{key: key, box: box}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.contents) >= boxLimit {
		clear(o.contents)
	}
	o.contents[at] = kept
	return kept, nil
}

// ensure returns the box of an owner and makes its key, durable, if there is none yet.
func (o *owners) ensure(name string) (*seal.Box, error) {
	box, err := o.box(name)
	gone, err := absent(err)
	if err != nil || !gone {
		return box, err
	}
	if err := o.make(name); err != nil {
		return nil, err
	}
	return o.box(name)
}

// make makes an owner's key.
func (o *owners) make(name string) error {
	if _, err := o.keys.Create(context.Background(), name); err != nil {
		return keyGone(full(err))
	}
	return nil
}

// keyGone names the one error of a key that isn't there.
func keyGone(err error) error {
	if errors.Is(err, keyring.ErrNoKey) {
		return fmt.Errorf("boltstore: key of an owner: %w", archive.ErrNotFound)
	}
	return fmt.Errorf("boltstore: key of an owner: %w", err)
}

// trailKeys are the owners' keys as the trail wants them.
type trailKeys struct {
	*owners
	// writes makes the key of a year that has none yet.
	writes bool
}

var _ audit.Keys = trailKeys{}

// Key implements [audit.Keys].
func (t trailKeys) Key(ctx context.Context, name string) ([32]byte, error) {
	key, err := t.keys.Key(ctx, name)
	if t.writes && strings.HasPrefix(name, "year/") && errors.Is(err, keyring.ErrNoKey) {
		key, err = t.keys.Create(ctx, name)
	}
	if errors.Is(err, keyring.ErrNoKey) {
		return [32]byte{}, fmt.Errorf("boltstore: %w", audit.ErrKeyGone)
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("boltstore: key of the trail: %w", full(err))
	}
	return key, nil
}
