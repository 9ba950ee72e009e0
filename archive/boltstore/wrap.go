package boltstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"eakte/archive"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// ContentKey implements [archive.Store].
func (s *Store) ContentKey(ctx context.Context, id archive.VersionID) (content seal.Key, err error) {
	key, ok := raw(id)
	if !ok {
		return seal.Key{}, missing("version")
	}
	err = s.View(ctx, func(r archive.Reader) (err error) {
		content, err = r.(*reader).contentKey(key)
		return err
	})
	return content, err
}

// wrapBound is what a wrapped content key is bound to.
func wrapBound(key []byte) []byte { return bound(bVersionKey, key, nil) }

// contentKey opens a version's content key through any owner whose key is there. ErrNotFound if
// there is none.
func (r *reader) contentKey(version []byte) (seal.Key, error) {
	kept, err := r.content(version)
	return kept.key, err
}

// content is contentKey with the key's box.
func (r *reader) content(version []byte) (keptBox, error) {
	for p, err := range r.scan(span{bucket: bVersionKey, prefix: version}) {
		if err != nil {
			return keptBox{}, err
		}
		box, err := r.store.keys.box(string(p.key))
		if errors.Is(err, archive.ErrNotFound) {
			continue
		}
		if err != nil {
			return keptBox{}, err
		}
		kept, err := r.store.keys.content(box, p.value, wrapBound(join(version, p.key)))
		if errors.Is(err, blob.ErrCorrupt) {
			return keptBox{}, fmt.Errorf("boltstore: wrapped content key: %w: %w", errRecord, err)
		}
		return kept, err
	}
	return keptBox{}, missing("content key")
}

// owns notes versions whose owners may have changed.
func (t *transaction) owns(versions ...archive.VersionID) {
	for _, id := range versions {
		t.owned[id] = struct{}{}
	}
}

// rewrap brings the wrapped content keys of all versions whose owners may have changed in line with
// the records as they are at the end of the update, and refuses records that contradict each other.
func (t *transaction) rewrap() error {
	for _, id := range slices.Sorted(maps.Keys(t.owned)) {
		if err := t.rewrapOne(id); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.holds)) {
		if err := t.checkHolds(id); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) rewrapOne(id archive.VersionID) error {
	key, err := named("version", id)
	if err != nil {
		return err
	}
	owners, err := t.ownersOf(key)
	if err != nil {
		return err
	}
	var stale [][]byte
	for p, err := range t.scan(span{bucket: bVersionKey, prefix: key}) {
		if err != nil {
			return err
		}
		if owners[string(p.key)] {
			delete(owners, string(p.key))
			continue
		}
		stale = append(stale, join(key, p.key))
	}
	if len(owners) > 0 {
		if err := t.wrapFor(id, key, owners); err != nil {
			return err
		}
	}
	for _, k := range stale {
		if err := t.drop(bVersionKey, k); err != nil {
			return err
		}
	}
	return nil
}

// wrapFor wraps a content key for owners.
func (t *transaction) wrapFor(id archive.VersionID, key []byte, owners map[string]bool) error {
	content, ok := t.fresh[id]
	if !ok {
		var err error
		if content, err = t.contentKey(key); err != nil {
			return err
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(owners)) {
		box, err := t.store.keys.ensure(owner)
		if err != nil {
			return err
		}
		at := join(key, []byte(owner))
		wrapped, err := box.Wrap(content, wrapBound(at))
		if err != nil {
			return fmt.Errorf("boltstore: wrapping a content key: %w", err)
		}
		if err := t.put(bVersionKey, at, wrapped); err != nil {
			return err
		}
	}
	return nil
}

// ownersOf returns the names of the keys that open a version, by the records as they are.
func (t *transaction) ownersOf(key []byte) (map[string]bool, error) {
	value := t.value(bVersion, key)
	if value == nil {
		return nil, invalid("version", "a record names one that isn't there")
	}
	var v versionOwners
	if _, err := t.store.codec.decode(bVersion, key, value, &v); err != nil {
		return nil, err
	}
	owners := map[string]bool{}
	if item, ok := raw(v.Inbox); ok {
		var i struct {
			Basket string               `cbor:"1,keyasint"`
			Filed  []archive.DocumentID `cbor:"6,keyasint"`
		}
		value := t.value(bInbox, item)
		if value == nil {
			return nil, invalid("version", "its inbox item isn't there")
		}
		if _, err := t.store.codec.decode(bInbox, item, value, &i); err != nil {
			return nil, err
		}
		if len(i.Filed) == 0 {
			owners[basketOwner(i.Basket)] = true
		}
	}
	for _, id := range v.Documents {
		document, ok := raw(id)
		value := t.value(bDocument, document)
		if !ok || value == nil {
			return nil, invalid("version", "its document isn't there")
		}
		var d struct {
			Akte archive.AkteID `cbor:"1,keyasint"`
		}
		if _, err := t.store.codec.decode(bDocument, document, value, &d); err != nil {
			return nil, err
		}
		owners[akteOwner(d.Akte)] = true
		t.holds[id] = struct{}{}
	}
	if len(owners) == 0 {
		return nil, invalid("version", "nobody owns it")
	}
	return owners, nil
}

// checkHolds compares the versions a document lists with those that name it as an owner.
func (t *transaction) checkHolds(id archive.DocumentID) error {
	document, ok := raw(id)
	value := t.value(bDocument, document)
	if _, deleted := t.deleted[id]; deleted && value == nil {
		return nil // that no version names it is found with the owners
	}
	if !ok || value == nil {
		return invalid("version", "its document isn't there")
	}
	var d struct {
		Versions []archive.VersionID `cbor:"14,keyasint"`
	}
	if _, err := t.store.codec.decode(bDocument, document, value, &d); err != nil {
		return err
	}
	for _, version := range d.Versions {
		key, ok := raw(version)
		value := t.value(bVersion, key)
		if !ok || value == nil {
			return invalid("document", "its version isn't there")
		}
		var v versionOwners
		if _, err := t.store.codec.decode(bVersion, key, value, &v); err != nil {
			return err
		}
		if !slices.Contains(v.Documents, id) {
			return invalid("document", "its version doesn't name it as an owner")
		}
	}
	for version := range t.owned {
		key, _ := raw(version)
		var v versionOwners
		if _, err := t.store.codec.decode(bVersion, key, t.value(bVersion, key), &v); err != nil {
			return err
		}
		if slices.Contains(v.Documents, id) && !slices.Contains(d.Versions, version) {
			return invalid("version", "its document doesn't list it")
		}
	}
	return nil
}
