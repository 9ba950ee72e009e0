package boltstore

import (
	"bytes"

	"eakte/archive"
)

// DeleteDocument implements [archive.Tx].
func (t *transaction) DeleteDocument(id archive.DocumentID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("document", id)
	if err != nil {
		return err
	}
	d, err := t.document(key)
	if err != nil {
		return err
	}
	if t.keepsOriginal(d) {
		return conflict("document", "an original of it is, or was, kept")
	}
	return t.removeDocument(key, d)
}

// removeDocument removes a document that nothing else refers to but its versions.
func (t *transaction) removeDocument(key []byte, d archive.Document) error {
	id := d.ID
	if err := t.shift(bDocumentList, listKey(d, key), nil); err != nil {
		return err
	}
	for _, list := range []string{bExpiry, bSealList} {
		if err := t.shift(list, sealKey(d.Sealed, expiryDocument, key), nil); err != nil {
			return err
		}
	}
	if err := t.dropSealRequestOn(d.Akte, id); err != nil {
		return err
	}
	if err := t.count(bDocumentCount, countKey(d), -1); err != nil {
		return err
	}
	if err := t.drop(bDocument, key); err != nil {
		return err
	}
	t.owns(d.Versions...)
	t.deleted[id] = struct{}{}
	t.judged(id)
	t.lookedIn(d)
	// Searches leave it out from now on, not only when the index has heard of it.
	if err := t.raiseEpoch(); err != nil {
		return err
	}
	return t.announce(archive.OutboxEntry{Document: id, Rights: true})
}

// DeleteInboxItem implements [archive.Tx].
func (t *transaction) DeleteInboxItem(id archive.InboxID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("inbox item", id)
	if err != nil {
		return err
	}
	i, err := t.inboxItem(key)
	if err != nil {
		return err
	}
	if len(i.Filed) > 0 {
		return conflict("inbox item", "it is filed already")
	}
	if err := t.dropItem(key, i); err != nil {
		return err
	}
	return t.deleteVersion(i.Version)
}

// dropItem removes an item's record and where it is listed.
func (t *transaction) dropItem(key []byte, i archive.InboxItem) error {
	if err := t.indexItem(key, i, archive.InboxItem{Version: i.Version}); err != nil {
		return err
	}
	if err := t.drop(bInboxClaim, key); err != nil {
		return err
	}
	delete(t.unfiled, i.ID)
	return t.drop(bInbox, key)
}

// deleteVersion removes a version that nobody owns any more.
func (t *transaction) deleteVersion(id archive.VersionID) error {
	key, err := named("version", id)
	if err != nil {
		return err
	}
	v, _, err := t.version(key)
	if err != nil {
		return err
	}
	if len(v.Documents) > 0 {
		return invalid("version", "a document still owns it")
	}
	return t.dropVersion(key, v)
}

// dropVersion removes a version's record, its wrapped keys, and where it is listed.
func (t *transaction) dropVersion(key []byte, v archive.Version) error {
	id := v.ID
	for _, o := range v.Objects() {
		if err := t.drop(bObject, []byte(o.Ref)); err != nil {
			return err
		}
	}
	var owners [][]byte
	for p, err := range t.scan(span{bucket: bVersionKey, prefix: key}) {
		if err != nil {
			return err
		}
		owners = append(owners, bytes.Clone(p.key))
	}
	for _, owner := range owners {
		if err := t.drop(bVersionKey, join(key, owner)); err != nil {
			return err
		}
	}
	if err := t.drop(bVersionBytes, join(t.bytesKey(v.Original.SHA256), key)); err != nil {
		return err
	}
	if err := t.shift(bVersionUnread, unreadKey(v, key), nil); err != nil {
		return err
	}
	t.looked(id)
	delete(t.owned, id)
	delete(t.fresh, id)
	return t.drop(bVersion, key)
}
