package boltstore

import (
	"encoding/binary"
	"math"

	"eakte/archive"
)

// Kinds of what ends in bExpiry.
const (
	expiryAkte     = 'a'
	expiryDocument = 'd'
)

// expiryKey is the key of something that ends on a day; nil without a day.
func expiryKey(day string, kind byte, id []byte) []byte {
	if day == "" {
		return nil
	}
	return join(word(day), []byte{kind}, id)
}

// AkteByNumber implements [archive.Reader].
func (r *reader) AkteByNumber(number string) (archive.AkteID, error) {
	key := r.value(bAkteNumber, r.numberKey(number))
	if key == nil {
		return "", missing("akte")
	}
	return idOf[archive.AkteID](key), nil
}

// AktenOf implements [archive.Reader].
func (r *reader) AktenOf(id archive.PersonID) ([]archive.Akte, error) {
	person, ok := raw(id)
	if !ok {
		return nil, nil
	}
	return all(rows(r, span{bucket: bAktePerson, prefix: person}, func(p pair) (archive.Akte, error) {
		return r.Akte(idOf[archive.AkteID](p.key))
	}))
}

// Akten implements [archive.Reader].
func (r *reader) Akten(department string, before archive.AkteID) archive.List[archive.AkteID] {
	s := span{bucket: bAkteDepartment, prefix: word(department), down: true}
	if before != "" {
		s.after = archive.Position(anyID(string(before)))
	}
	return rows(r, s, akteOfKey)
}

// AllAkten implements [archive.Reader].
func (r *reader) AllAkten(after archive.Position) archive.List[archive.AkteID] {
	return rows(r, span{bucket: bAkte, after: after}, akteOfKey)
}

func akteOfKey(p pair) (archive.AkteID, error) { return idOf[archive.AkteID](p.key), nil }

// NextNumber implements [archive.Tx].
func (t *transaction) NextNumber(plan string, year int) (uint64, error) {
	if err := t.room(); err != nil {
		return 0, err
	}
	if err := words("number", plan); err != nil {
		return 0, err
	}
	if year < 0 || year > 9999 {
		return 0, invalid("number", "the year has four digits")
	}
	key := join(word(plan), binary.BigEndian.AppendUint32(nil, uint32(year)))
	last := number(t.value(bNumber, key))
	if last == math.MaxUint64 {
		return 0, invalid("number", "all are given")
	}
	return last + 1, t.put(bNumber, key, u64(last+1))
}

// NextExpiry implements [archive.Reader].
func (r *reader) NextExpiry() (day string, ok bool, err error) {
	for p, err := range r.scan(span{bucket: bExpiry}) {
		if err != nil {
			return "", false, err
		}
		day, _ := cutWord(p.key)
		return day, true, nil
	}
	return "", false, nil
}

// Expire implements [archive.Tx]. Seals that ended are treated alike; what is kept of paper goes to who keeps it now.
func (t *transaction) Expire(day string) error {
	any := false
	for p, err := range t.scan(span{bucket: bExpiry}) {
		if err != nil {
			return err
		}
		ended, rest := cutWord(p.key)
		if ended >= day {
			break
		}
		any = true
		entry := archive.OutboxEntry{Rights: true}
		switch rest[0] {
		case expiryAkte:
			entry.Akte = idOf[archive.AkteID](rest)
			if err := t.handOverEnded(entry.Akte, day); err != nil {
				return err
			}
		case expiryDocument:
			entry.Document = idOf[archive.DocumentID](rest)
		}
		if err := t.announce(entry); err != nil {
			return err
		}
		if err := t.drop(bExpiry, append([]byte(nil), p.key...)); err != nil {
			return err
		}
	}
	if !any {
		return nil
	}
	return t.raiseEpoch()
}

// Epoch implements [archive.Reader].
func (r *reader) Epoch() (uint64, error) { return number(r.value(bMeta, []byte(metaEpoch))), nil }

// raiseEpoch notes that rights changed.
func (t *transaction) raiseEpoch() error {
	epoch, err := t.Epoch()
	if err != nil {
		return err
	}
	return t.put(bMeta, []byte(metaEpoch), u64(epoch+1))
}
