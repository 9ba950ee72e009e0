package boltstore

import (
	"bytes"

	"eakte/archive"
)

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
	} else {
		if err := t.forgetCorrected(a.Person, a.ID, ""); err != nil {
			return nil, err
		}
		if err := t.forgetThrough(a.Person, a.ID); err != nil {
			return nil, err
		}
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
	if err := t.dropCorrections(key); err != nil {
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
