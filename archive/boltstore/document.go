package boltstore

import (
	"fmt"
	"reflect"
	"time"

	"eakte/archive"
)

// documentPlain is what a document's keys and administrators need.
type documentPlain struct {
	Akte           archive.AkteID      `cbor:"1,keyasint"`
	Type           string              `cbor:"2,keyasint"`
	Register       string              `cbor:"3,keyasint"`
	Date           string              `cbor:"4,keyasint,omitempty"`
	ReceivedOn     string              `cbor:"5,keyasint,omitempty"`
	Channel        string              `cbor:"6,keyasint,omitempty"`
	Classification string              `cbor:"7,keyasint"`
	Case           archive.CaseID      `cbor:"8,keyasint,omitempty"`
	BroughtBy      string              `cbor:"9,keyasint"`
	FiledBy        archive.UserID      `cbor:"10,keyasint"`
	FiledFrom      string              `cbor:"11,keyasint,omitempty"`
	OpenedAt       time.Time           `cbor:"12,keyasint"`
	Sealed         *sealPlain          `cbor:"13,keyasint,omitempty"`
	Versions       []archive.VersionID `cbor:"14,keyasint"`
	Created        time.Time           `cbor:"15,keyasint"`
	Changed        time.Time           `cbor:"16,keyasint"`
	Revision       int64               `cbor:"17,keyasint"`
	Item           archive.InboxID     `cbor:"18,keyasint,omitempty"`
}

// documentSecret is what is personal about a document.
type documentSecret struct {
	Title      string `cbor:"1,keyasint"`
	Sender     string `cbor:"2,keyasint,omitempty"`
	SealReason string `cbor:"3,keyasint,omitempty"`
	// Checked and History are no names, but tell of the work on somebody's paper.
	Checked *archive.Check           `cbor:"4,keyasint,omitempty"`
	History []archive.DocumentChange `cbor:"5,keyasint,omitempty"`
}

// Document implements [archive.Reader].
func (r *reader) Document(id archive.DocumentID) (archive.Document, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Document{}, missing("document")
	}
	return r.document(key)
}

func (r *reader) document(key []byte) (archive.Document, error) {
	value := r.value(bDocument, key)
	if value == nil {
		return archive.Document{}, missing("document")
	}
	var plain documentPlain
	var secret documentSecret
	id := idOf[archive.DocumentID](key)
	s, err := r.store.codec.decode(bDocument, key, value, &plain)
	if err != nil {
		return archive.Document{}, fmt.Errorf("document %s: %w", id, err)
	}
	box, err := r.store.keys.box(akteOwner(plain.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Document{}, fmt.Errorf("document %s: %w", id, err)
	}
	return archive.Document{
		ID: id, Akte: plain.Akte, Type: plain.Type, Register: plain.Register, Title: secret.Title,
		Date: plain.Date, ReceivedOn: plain.ReceivedOn, Channel: plain.Channel, Sender: secret.Sender,
		Classification: plain.Classification, Case: plain.Case, BroughtBy: plain.BroughtBy,
		FiledBy: plain.FiledBy, FiledFrom: plain.FiledFrom, Item: plain.Item, OpenedAt: plain.OpenedAt,
		Sealed: joinSeal(plain.Sealed, secret.SealReason), Versions: plain.Versions,
		Checked: secret.Checked, History: secret.History,
		Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
	}, nil
}

// PutDocument implements [archive.Tx].
func (t *transaction) PutDocument(d archive.Document) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("document", d.ID)
	if err != nil {
		return err
	}
	old, err := t.document(key)
	fresh := t.value(bDocument, key) == nil
	if err != nil && !fresh {
		return err
	}
	if !opened(d, old, fresh) {
		if err := revision("document", fresh, old.Revision, d.Revision); err != nil {
			return err
		}
	}
	if err := t.checkDocument(d, old); err != nil {
		return err
	}
	if err := t.indexDocument(key, d, old, fresh); err != nil {
		return err
	}
	if err := t.storeDocument(key, d); err != nil {
		return err
	}
	if !fresh && (d.Akte != old.Akte || d.Register != old.Register) {
		if err := t.moveCustody(d, old.Akte); err != nil {
			return err
		}
		t.lookedIn(d)
	}
	if fresh || d.Akte != old.Akte || !reflect.DeepEqual(d.Versions, old.Versions) {
		t.owns(d.Versions...)
		t.owns(old.Versions...)
		t.holds[d.ID] = struct{}{}
		t.judged(d.ID)
	}
	if d.Type != old.Type || d.FiledBy != old.FiledBy {
		t.judged(d.ID)
	}
	rights := !fresh && documentRights(d, old)
	if rights {
		if err := t.raiseEpoch(); err != nil {
			return err
		}
	}
	return t.announce(archive.OutboxEntry{Document: d.ID, Rights: rights, New: fresh})
}

// opened reports whether nothing but OpenedAt differs: that somebody looked is no edit, and the
// revision stays.
func opened(d, old archive.Document, fresh bool) bool {
	if fresh || d.Revision != old.Revision {
		return false
	}
	same := d
	same.OpenedAt, same.Changed, same.Created = old.OpenedAt, old.Changed, old.Created
	return reflect.DeepEqual(normalDocument(same), normalDocument(old)) && d.Created.Equal(old.Created)
}

// normalDocument makes empty lists nil.
func normalDocument(d archive.Document) archive.Document {
	if d.Sealed != nil && len(d.Sealed.Readers) == 0 {
		s := *d.Sealed
		s.Readers = nil
		d.Sealed = &s
	}
	return d
}

// documentRights reports whether a change of a document changes who may see it.
func documentRights(a, b archive.Document) bool {
	return a.Register != b.Register || a.Classification != b.Classification || a.BroughtBy != b.BroughtBy ||
		a.Akte != b.Akte || !sameSeal(a.Sealed, b.Sealed)
}

// checkDocument refuses what no document may be.
func (t *transaction) checkDocument(d, old archive.Document) error {
	if err := words("document", d.Type, d.Register, d.Classification, d.BroughtBy, listDate(d)); err != nil {
		return err
	}
	if len(d.Versions) == 0 {
		return invalid("document", "it has no version")
	}
	if len(d.Versions) < len(old.Versions) || !reflect.DeepEqual(d.Versions[:len(old.Versions)], old.Versions) &&
		len(old.Versions) > 0 {
		return invalid("document", "its earlier versions stay as they are")
	}
	akte, err := named("document: akte", d.Akte)
	if err != nil {
		return err
	}
	if t.value(bAkte, akte) == nil {
		return invalid("document", "there is no such akte")
	}
	return nil
}

// listDate is the day a document is listed under.
func listDate(d archive.Document) string {
	switch {
	case d.Date != "":
		return d.Date
	case d.ReceivedOn != "":
		return d.ReceivedOn
	}
	return d.Created.UTC().Format(time.DateOnly)
}

// listKey is a document's place in the list of its Akte.
func listKey(d archive.Document, id []byte) []byte {
	return join(anyID(string(d.Akte)), word(d.Register), word(listDate(d)), id)
}

func countKey(d archive.Document) []byte {
	sealed := []byte{0}
	if d.Sealed != nil {
		sealed[0] = 1
	}
	return join(anyID(string(d.Akte)), word(d.Register), word(d.Classification), word(d.BroughtBy), sealed)
}

// indexDocument brings lists and counts up to date.
func (t *transaction) indexDocument(key []byte, d, old archive.Document, fresh bool) error {
	var listed, counted, until []byte
	if !fresh {
		listed, counted = listKey(old, key), countKey(old)
		until = sealKey(old.Sealed, expiryDocument, key)
	}
	if err := t.shift(bDocumentList, listed, listKey(d, key)); err != nil {
		return err
	}
	for _, list := range []string{bExpiry, bSealList} {
		if err := t.shift(list, until, sealKey(d.Sealed, expiryDocument, key)); err != nil {
			return err
		}
	}
	if !fresh && d.Akte != old.Akte {
		if err := t.dropSealRequestOn(old.Akte, d.ID); err != nil {
			return err
		}
	}
	if string(counted) == string(countKey(d)) {
		return nil
	}
	if counted != nil {
		if err := t.count(bDocumentCount, counted, -1); err != nil {
			return err
		}
	}
	return t.count(bDocumentCount, countKey(d), +1)
}

// count changes a counter; one that reaches zero is deleted.
func (t *transaction) count(bucket string, key []byte, by int64) error {
	n := int64(number(t.value(bucket, key))) + by
	switch {
	case n < 0:
		return fmt.Errorf("boltstore: %s: count below zero: %w", bucket, errRecord)
	case n == 0:
		return t.drop(bucket, key)
	}
	return t.put(bucket, key, u64(uint64(n)))
}

func (t *transaction) storeDocument(key []byte, d archive.Document) error {
	sealed, reason := splitSeal(d.Sealed)
	return t.storeSealed(bDocument, key, documentPlain{
		Akte: d.Akte, Type: d.Type, Register: d.Register, Date: d.Date, ReceivedOn: d.ReceivedOn, Channel: d.Channel,
		Classification: d.Classification, Case: d.Case, BroughtBy: d.BroughtBy, FiledBy: d.FiledBy,
		FiledFrom: d.FiledFrom, Item: d.Item, OpenedAt: d.OpenedAt, Sealed: sealed, Versions: d.Versions,
		Created: d.Created, Changed: d.Changed, Revision: d.Revision,
	}, akteOwner(d.Akte), documentSecret{
		Title: d.Title, Sender: d.Sender, SealReason: reason, Checked: d.Checked, History: d.History,
	})
}

// Documents implements [archive.Reader].
func (r *reader) Documents(akte archive.AkteID, register string, after archive.Position) archive.List[archive.Document] {
	s := span{bucket: bDocumentList, prefix: join(anyID(string(akte)), word(register)), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Document, error) { return r.document(p.key[len(p.key)-idSize:]) })
}

// CountDocuments implements [archive.Reader].
func (r *reader) CountDocuments(akte archive.AkteID) (map[archive.Tally]int, error) {
	counts := map[archive.Tally]int{}
	for p, err := range r.scan(span{bucket: bDocumentCount, prefix: anyID(string(akte))}) {
		if err != nil {
			return nil, err
		}
		var by archive.Tally
		rest := p.key
		by.Register, rest = cutWord(rest)
		by.Classification, rest = cutWord(rest)
		by.BroughtBy, rest = cutWord(rest)
		by.Sealed = len(rest) == 1 && rest[0] == 1
		counts[by] = int(number(p.value))
	}
	return counts, nil
}
