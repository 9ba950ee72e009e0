package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// casePlain is what isn't personal about a case.
type casePlain struct {
	Akte      archive.AkteID `cbor:"1,keyasint"`
	Procedure string         `cbor:"2,keyasint"`
	State     string         `cbor:"3,keyasint"`
	Created   time.Time      `cbor:"4,keyasint"`
	Revision  int64          `cbor:"5,keyasint"`
}

type caseSecret struct {
	Title string `cbor:"1,keyasint"`
}

// Case implements [archive.Reader].
func (r *reader) Case(id archive.CaseID) (archive.Case, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Case{}, missing("case")
	}
	value := r.value(bCase, key)
	if value == nil {
		return archive.Case{}, missing("case")
	}
	var plain casePlain
	var secret caseSecret
	s, err := r.store.codec.decode(bCase, key, value, &plain)
	if err != nil {
		return archive.Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	box, err := r.store.keys.box(akteOwner(plain.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	return archive.Case{
		ID: id, Akte: plain.Akte, Procedure: plain.Procedure, Title: secret.Title, State: plain.State,
		Created: plain.Created, Revision: plain.Revision,
	}, nil
}

// CasesOf implements [archive.Reader].
func (r *reader) CasesOf(id archive.AkteID) ([]archive.Case, error) {
	akte, ok := raw(id)
	if !ok {
		return nil, nil
	}
	return all(rows(r, span{bucket: bCaseAkte, prefix: akte}, func(p pair) (archive.Case, error) {
		return r.Case(idOf[archive.CaseID](p.key))
	}))
}

// PutCase implements [archive.Tx].
func (t *transaction) PutCase(c archive.Case) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("case", c.ID)
	if err != nil {
		return err
	}
	old, err := t.Case(c.ID)
	fresh := t.value(bCase, key) == nil
	if err != nil && !fresh {
		return err
	}
	if err := revision("case", fresh, old.Revision, c.Revision); err != nil {
		return err
	}
	akte, err := named("case: akte", c.Akte)
	if err != nil {
		return err
	}
	if t.value(bAkte, akte) == nil || !fresh && c.Akte != old.Akte {
		return invalid("case", "it belongs to one akte for good")
	}
	if err := t.put(bCaseAkte, join(akte, key), nil); err != nil {
		return err
	}
	plain := casePlain{Akte: c.Akte, Procedure: c.Procedure, State: c.State, Created: c.Created, Revision: c.Revision}
	return t.storeSealed(bCase, key, plain, akteOwner(c.Akte), caseSecret{Title: c.Title})
}
