package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"eakte/archive"
	"eakte/archive/blob"
)

// Erase implements [archive.Store].
func (s *Store) Erase(ctx context.Context, id archive.ErasureID, most int) (more bool, err error) {
	key, ok := raw(id)
	if !ok {
		return false, missing("erasure")
	}
	err = s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) (err error) {
		more, err = t.erase(key, most)
		return err
	}})
	return more, err
}

// Shred implements [archive.Store].
func (s *Store) Shred(ctx context.Context, id archive.ErasureID) error {
	key, ok := raw(id)
	if !ok {
		return missing("erasure")
	}
	var keys []string
	err := s.View(ctx, func(r archive.Reader) (err error) {
		_, keys, err = r.(*reader).erasure(key)
		return err
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	if err := s.keys.keys.Destroy(ctx, keys...); err != nil {
		return fmt.Errorf("boltstore: keys of an erasure: %w", err)
	}
	return nil
}

// erase removes records of what an erasure is about; more says that there are others.
func (t *transaction) erase(key []byte, most int) (more bool, err error) {
	e, keys, err := t.erasure(key)
	if err != nil {
		return false, err
	}
	if e.State != archive.ErasureReleased || e.Removed {
		return false, nil
	}
	old := e
	if e.Document == "" {
		more, err = t.eraseDocuments(&e, most)
		if err == nil && !more {
			keys, err = t.eraseAkte(&e)
		}
	} else if doc, ok := raw(e.Document); ok && t.value(bDocument, doc) != nil {
		err = t.eraseDocument(&e, doc)
	}
	if err != nil {
		return false, err
	}
	if !more {
		if err := t.forgetNotices(); err != nil {
			return false, err
		}
		e.Removed = true
	}
	e.Revision++
	return more, t.storeErasure(key, e, old, keys)
}

// eraseDocuments erases some documents of an Akte; more says that there were any.
func (t *transaction) eraseDocuments(e *archive.Erasure, most int) (more bool, err error) {
	akte, err := named("erasure: akte", e.Akte)
	if err != nil {
		return false, err
	}
	var docs [][]byte
	for p, err := range t.scan(span{bucket: bDocumentList, prefix: akte}) {
		if err != nil {
			return false, err
		}
		if docs = append(docs, bytes.Clone(p.key[len(p.key)-idSize:])); len(docs) == most {
			break
		}
	}
	for _, doc := range docs {
		if err := t.eraseDocument(e, doc); err != nil {
			return false, err
		}
	}
	return len(docs) > 0, nil
}

// eraseDocument removes a document, its originals' records, and the versions that no other document has.
func (t *transaction) eraseDocument(e *archive.Erasure, key []byte) error {
	d, err := t.document(key)
	if err != nil {
		return err
	}
	originals, err := t.CustodyOf(d.Akte, d.ID)
	if err != nil {
		return err
	}
	for _, c := range originals {
		if err := t.dropCustody(c); err != nil {
			return err
		}
	}
	if err := t.removeDocument(key, d); err != nil {
		return err
	}
	a, err := t.Akte(d.Akte)
	if err != nil {
		return err
	}
	if err := t.forgetCorrected(a.Person, "", d.ID); err != nil {
		return err
	}
	e.Documents++
	if d.Item != "" {
		if err := t.leaveItem(e, d); err != nil {
			return err
		}
	}
	for _, id := range d.Versions {
		version, err := named("version", id)
		if err != nil {
			return err
		}
		v, content, err := t.version(version)
		if err != nil {
			return err
		}
		v.Documents = slices.DeleteFunc(v.Documents, func(other archive.DocumentID) bool { return other == d.ID })
		if len(v.Documents) == 0 {
			err = t.eraseVersion(e, version, v)
		} else {
			err = t.storeVersion(version, v, content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) dropCustody(c archive.Custody) error {
	key, err := named("custody", c.ID)
	if err != nil {
		return err
	}
	list, day := c.List()
	if err := t.shift(bCustodyList, custodyKey(c.Department, list, day, key), nil); err != nil {
		return err
	}
	if err := t.drop(bCustodyAkte, join(anyID(string(c.Akte)), anyID(string(c.Document)), key)); err != nil {
		return err
	}
	return t.drop(bCustody, key)
}

// leaveItem takes a document that is gone out of the item from which it was filed, which goes with the last one, and with
// it those whose pages went into it.
func (t *transaction) leaveItem(e *archive.Erasure, d archive.Document) error {
	key, err := named("inbox item", d.Item)
	if err != nil {
		return err
	}
	i, err := t.inboxItem(key)
	if gone, err := absent(err); gone || err != nil {
		return err
	}
	i.Filed = slices.DeleteFunc(i.Filed, func(other archive.DocumentID) bool { return other == d.ID })
	if len(i.Filed) > 0 {
		first, err := t.Document(i.Filed[0])
		if err != nil {
			return err
		}
		return t.storeItem(key, i, first.Akte)
	}
	i.Filed = []archive.DocumentID{d.ID} // as it is listed
	for _, from := range i.From {
		if err := t.eraseSource(e, from); err != nil {
			return err
		}
	}
	return t.dropItem(key, i)
}

// eraseVersion removes a version and announces that its objects go.
func (t *transaction) eraseVersion(e *archive.Erasure, key []byte, v archive.Version) error {
	for _, o := range v.Objects() {
		if err := t.doom(e, o.Ref, o.Size); err != nil {
			return err
		}
	}
	return t.dropVersion(key, v)
}

// eraseSource removes an item whose pages were put together anew, with its bytes: they are kept only for taking that back.
func (t *transaction) eraseSource(e *archive.Erasure, id archive.InboxID) error {
	key, ok := raw(id)
	if !ok {
		return nil
	}
	i, err := t.inboxItem(key)
	if gone, err := absent(err); gone || err != nil {
		return err
	}
	version, err := named("version", i.Version)
	if err != nil {
		return err
	}
	v, _, err := t.version(version)
	if err != nil {
		return err
	}
	if len(i.Arranged) == 0 || len(v.Documents) > 0 {
		return nil
	}
	if err := t.dropItem(key, i); err != nil {
		return err
	}
	return t.eraseVersion(e, version, v)
}

// doom announces that an object goes, which its record does now.
func (t *transaction) doom(e *archive.Erasure, ref blob.Ref, size int64) error {
	e.Objects++
	value, err := t.store.codec.encode(bIntent, []byte(ref), intentRecord{Size: size, Made: t.store.now().UTC(), Doomed: true, Erasure: e.ID}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bIntent, []byte(ref), value)
}
