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
	value, err := t.store.codec.encode(bIntent, []byte(ref), intentRecord{Size: size, Made: t.store.now().UTC(), Doomed: true}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bIntent, []byte(ref), value)
}

// eraseAkte removes what is left of an Akte without documents but for its number, which stays taken, and its person where
// nothing else is recorded of her. It returns the owners whose keys go.
func (t *transaction) eraseAkte(e *archive.Erasure) (keys []string, err error) {
	keys = []string{akteOwner(e.Akte)}
	akte, err := named("erasure: akte", e.Akte)
	if err != nil {
		return nil, err
	}
	a, err := t.Akte(e.Akte)
	if err != nil {
		return nil, err
	}
	for _, step := range []func([]byte) error{
		t.dropCases, t.dropGrants, t.dropBreakGlasses, func(akte []byte) error { return t.dropBundles(e, akte) },
		t.dropSealRequests, t.dropErasuresIn, t.dropDeliveryRows, t.dropConsignment,
	} {
		if err := step(akte); err != nil {
			return nil, err
		}
	}
	if err := t.removeAkte(akte, a); err != nil {
		return nil, err
	}
	others, err := t.AktenOf(a.Person)
	if err != nil {
		return nil, err
	}
	if len(others) == 0 {
		if err := t.dropInquiries(e, a.Person); err != nil {
			return nil, err
		}
		if err := t.removePerson(a.Person); err != nil {
			return nil, err
		}
		e.Person, keys = true, append(keys, personOwner(a.Person))
	}
	if err := t.raiseEpoch(); err != nil {
		return nil, err
	}
	return keys, t.announce(archive.OutboxEntry{Person: a.Person})
}

// dropping drops keys of a list and, for each, what fn says.
func (t *transaction) dropping(s span, fn func(key []byte) error) error {
	var keys [][]byte
	for p, err := range t.scan(s) {
		if err != nil {
			return err
		}
		keys = append(keys, bytes.Clone(p.key))
	}
	for _, key := range keys {
		if err := fn(key); err != nil {
			return err
		}
		if err := t.drop(s.bucket, join(s.prefix, key)); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) dropCases(akte []byte) error {
	return t.dropping(span{bucket: bCaseAkte, prefix: akte}, func(key []byte) error { return t.drop(bCase, key) })
}

func (t *transaction) dropGrants(akte []byte) error {
	return t.dropping(span{bucket: bGrantAkte, prefix: akte}, func(key []byte) error {
		g, _, err := t.grantPlain(key)
		if err != nil {
			return err
		}
		if err := t.drop(bGrantHeld, grantHeld(g, key)); err != nil {
			return err
		}
		if err := t.drop(bGrantDepartment, join(word(g.Through.Department), key)); err != nil {
			return err
		}
		return t.drop(bGrant, key)
	})
}

// those returns the keys of a bucket's records that a test finds.
func (t *transaction) those(bucket string, is func(key, value []byte) (bool, error)) (keys [][]byte, err error) {
	for p, err := range t.scan(span{bucket: bucket}) {
		if err != nil {
			return nil, err
		}
		found, err := is(p.key, p.value)
		if err != nil {
			return nil, err
		}
		if found {
			keys = append(keys, bytes.Clone(p.key))
		}
	}
	return keys, nil
}

func (t *transaction) dropBreakGlasses(akte []byte) error {
	keys, err := t.those(bBreakGlass, func(key, _ []byte) (bool, error) {
		b, _, err := t.breakGlassPlain(key)
		return bytes.Equal(anyID(string(b.Akte)), akte), err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		b, _, err := t.breakGlassPlain(key)
		if err != nil {
			return err
		}
		at := join(moment(b.At), key)
		for _, k := range []struct {
			bucket string
			key    []byte
		}{
			{bBreakGlassReview, reviewKey(b, key)}, {bBreakGlassUser, join(anyID(string(b.User)), at)},
			{bBreakGlassDepartment, join(word(b.Through.Department), at)}, {bBreakGlass, key},
		} {
			if err := t.drop(k.bucket, k.key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *transaction) dropBundles(e *archive.Erasure, akte []byte) error {
	keys, err := t.those(bBundle, func(key, _ []byte) (bool, error) {
		b, _, err := t.bundlePlain(key)
		return bytes.Equal(anyID(string(b.Akte)), akte), err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		b, _, err := t.bundlePlain(key)
		if err != nil {
			return err
		}
		if b.Object.Ref != "" {
			if err := t.doom(e, b.Object.Ref, b.Object.Size); err != nil {
				return err
			}
		}
		if err := t.dropBundle(key, b); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) dropSealRequests(akte []byte) error {
	return t.dropping(span{bucket: bSealWaiting, prefix: akte}, func(doc []byte) error {
		return t.drop(bSealRequest, join(t.value(bSealWaiting, join(akte, doc))))
	})
}

// dropErasuresIn forgets what was asked for about single documents.
func (t *transaction) dropErasuresIn(akte []byte) error {
	var keys [][]byte
	for p, err := range t.scan(span{bucket: bErasureOn, prefix: akte}) {
		if err != nil {
			return err
		}
		keys = append(keys, bytes.Clone(p.value))
	}
	for _, key := range keys {
		e, _, err := t.erasure(key)
		if err != nil {
			return err
		}
		if e.State != archive.ErasureAsked {
			continue
		}
		if err := t.dropErasure(key, e); err != nil {
			return err
		}
	}
	return nil
}

// dropDeliveryRows drops rows of deliveries that tell of an Akte. That what they became is gone closes the others.
func (t *transaction) dropDeliveryRows(akte []byte) error {
	keys, err := t.those(bDeliveryRow, func(key, value []byte) (bool, error) {
		var plain deliveryRowPlain
		_, err := t.store.codec.decode(bDeliveryRow, key, value, &plain)
		for _, id := range []archive.AkteID{plain.Akte, plain.Named} {
			if id != "" && bytes.Equal(anyID(string(id)), akte) {
				return true, err
			}
		}
		return false, err
	})
	for _, key := range keys {
		if err := t.drop(bDeliveryRow, key); err != nil {
			return err
		}
	}
	return err
}

func (t *transaction) dropConsignment(akte []byte) error {
	was, err := t.consignmentAt(akte)
	if err != nil || was == nil {
		return err
	}
	if err := t.drop(bConsignmentDue, was); err != nil {
		return err
	}
	return t.drop(bConsignment, akte)
}

// removeAkte drops an Akte's record and where it is listed.
func (t *transaction) removeAkte(key []byte, a archive.Akte) error {
	departments, err := t.those(bAkteDepartment, func(k, _ []byte) (bool, error) { return bytes.HasSuffix(k, key), nil })
	if err != nil {
		return err
	}
	for _, k := range departments {
		if err := t.drop(bAkteDepartment, k); err != nil {
			return err
		}
	}
	for _, p := range a.Departments {
		if err := t.shift(bExpiry, expiryKey(p.Until, expiryAkte, key), nil); err != nil {
			return err
		}
	}
	for _, list := range []string{bExpiry, bSealList} {
		if err := t.shift(list, sealKey(a.Sealed, expiryAkte, key), nil); err != nil {
			return err
		}
	}
	if err := t.shift(bAkteClosed, closedKey(a, key), nil); err != nil {
		return err
	}
	if err := t.drop(bAktePerson, join(anyID(string(a.Person)), key)); err != nil {
		return err
	}
	return t.drop(bAkte, key)
}

// dropInquiries drops what a person asked about herself.
func (t *transaction) dropInquiries(e *archive.Erasure, id archive.PersonID) error {
	keys, err := t.those(bInquiry, func(key, _ []byte) (bool, error) {
		plain, _, err := t.inquiryPlain(key)
		return plain.Person == id, err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		plain, _, err := t.inquiryPlain(key)
		if err != nil {
			return err
		}
		if plain.Object.Ref != "" {
			if err := t.doom(e, plain.Object.Ref, plain.Object.Size); err != nil {
				return err
			}
		}
		if err := t.dropInquiryKeys(key, plain); err != nil {
			return err
		}
		if err := t.drop(bInquiry, key); err != nil {
			return err
		}
	}
	return nil
}

// removePerson drops a person's record, her number, and conflicts of interest about her.
func (t *transaction) removePerson(id archive.PersonID) error {
	p, err := t.Person(id)
	if err != nil {
		return err
	}
	key, err := named("person", id)
	if err != nil {
		return err
	}
	if err := t.shift(bPersonAZR, t.azrKey(p.AZRNumber, key), nil); err != nil {
		return err
	}
	if err := t.dropParticulars(key); err != nil {
		return err
	}
	conflicts, err := t.those(bConflict, func(k, _ []byte) (bool, error) {
		plain, _, err := t.conflictPlain(k)
		return plain.Person == id, err
	})
	if err != nil {
		return err
	}
	for _, k := range conflicts {
		plain, _, err := t.conflictPlain(k)
		if err != nil {
			return err
		}
		if err := t.drop(bConflictUser, join(anyID(string(plain.User)), key)); err != nil {
			return err
		}
		if err := t.drop(bConflict, k); err != nil {
			return err
		}
	}
	return t.drop(bPerson, key)
}

// forgetNotices drops notices of saved searches about documents that are gone.
func (t *transaction) forgetNotices() error {
	gone := map[string][][]byte{}
	for p, err := range t.scan(span{bucket: bNotice}) {
		if err != nil {
			return err
		}
		if t.value(bDocument, p.key[len(p.key)-idSize:]) == nil {
			place := string(p.key[:2*idSize])
			gone[place] = append(gone[place], bytes.Clone(p.key))
		}
	}
	for place, keys := range gone {
		n, err := t.noticed([]byte(place))
		if err == nil {
			err = t.dropNotices([]byte(place), keys, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
