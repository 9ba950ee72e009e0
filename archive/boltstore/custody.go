package boltstore

import (
	"bytes"
	"fmt"
	"reflect"
	"time"

	"eakte/archive"
)

// custodyPlain is what isn't personal about an original.
type custodyPlain struct {
	Akte       archive.AkteID     `cbor:"1,keyasint"`
	Document   archive.DocumentID `cbor:"2,keyasint"`
	Department string             `cbor:"3,keyasint"`
	List       string             `cbor:"4,keyasint,omitempty"`
	Day        string             `cbor:"5,keyasint,omitempty"`
	Created    time.Time          `cbor:"6,keyasint"`
	Changed    time.Time          `cbor:"7,keyasint"`
	Revision   int64              `cbor:"8,keyasint"`
}

// custodySecret is sealed under the Akte's key: what is kept of somebody, where, and who got it back.
type custodySecret struct {
	Acts []archive.CustodyAct `cbor:"1,keyasint"`
}

// Custody implements [archive.Reader].
func (r *reader) Custody(id archive.CustodyID) (archive.Custody, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Custody{}, missing("custody")
	}
	return r.custody(key)
}

func (r *reader) custody(key []byte) (archive.Custody, error) {
	value := r.value(bCustody, key)
	if value == nil {
		return archive.Custody{}, missing("custody")
	}
	id := idOf[archive.CustodyID](key)
	var plain custodyPlain
	var secret custodySecret
	s, err := r.store.codec.decode(bCustody, key, value, &plain)
	if err != nil {
		return archive.Custody{}, fmt.Errorf("custody %s: %w", id, err)
	}
	box, err := r.store.keys.box(akteOwner(plain.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Custody{}, fmt.Errorf("custody %s: %w", id, err)
	}
	return archive.Custody{
		ID: id, Akte: plain.Akte, Document: plain.Document, Department: plain.Department, Acts: secret.Acts,
		Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
	}, nil
}

// CustodyOf implements [archive.Reader].
func (r *reader) CustodyOf(akte archive.AkteID, doc archive.DocumentID) ([]archive.Custody, error) {
	prefix := anyID(string(akte))
	if doc != "" {
		prefix = join(prefix, anyID(string(doc)))
	}
	return all(rows(r, span{bucket: bCustodyAkte, prefix: prefix}, func(p pair) (archive.Custody, error) {
		return r.custody(p.key[len(p.key)-idSize:])
	}))
}

// Custodies implements [archive.Reader].
func (r *reader) Custodies(department, list string, after archive.Position) archive.List[archive.Custody] {
	s := span{bucket: bCustodyList, prefix: join(word(department), word(list)), after: after, down: list == archive.CustodyGone}
	return rows(r, s, func(p pair) (archive.Custody, error) { return r.custody(p.key[len(p.key)-idSize:]) })
}

// custodyKey is an original's place in the lists of its department; nil: it stands in none.
func custodyKey(department, list, day string, key []byte) []byte {
	if list == "" {
		return nil
	}
	if day == "" {
		day = "~" // behind all days
	}
	return join(word(department), word(list), word(day), key)
}

// PutCustody implements [archive.Tx].
func (t *transaction) PutCustody(c archive.Custody) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("custody", c.ID)
	if err != nil {
		return err
	}
	old, err := t.custody(key)
	fresh := t.value(bCustody, key) == nil
	if err != nil && !fresh {
		return err
	}
	if err := revision("custody", fresh, old.Revision, c.Revision); err != nil {
		return err
	}
	if err := t.checkCustody(c, old, fresh); err != nil {
		return err
	}
	return t.storeCustody(key, c, old)
}

// checkCustody refuses what no original may be.
func (t *transaction) checkCustody(c, old archive.Custody, fresh bool) error {
	_, day := c.List()
	if err := words("custody", c.Department, day); err != nil {
		return err
	}
	doc, err := t.Document(c.Document)
	if err != nil {
		return invalid("custody", "there is no such document")
	}
	switch {
	case doc.Akte != c.Akte:
		return invalid("custody", "its document lies in another akte")
	case !fresh && (c.Document != old.Document || c.Department != old.Department):
		return invalid("custody", "what it is stays as it is")
	case len(c.Acts) <= len(old.Acts) || len(old.Acts) > 0 && !reflect.DeepEqual(c.Acts[:len(old.Acts)], old.Acts):
		return invalid("custody", "acts are added, none is changed")
	}
	return nil
}

// storeCustody stores an original in place of how it was.
func (t *transaction) storeCustody(key []byte, c, old archive.Custody) error {
	list, day := c.List()
	var listed, lies []byte
	if old.ID != "" {
		was, on := old.List()
		listed, lies = custodyKey(old.Department, was, on, key), join(anyID(string(old.Akte)), anyID(string(old.Document)), key)
	}
	if err := t.shift(bCustodyList, listed, custodyKey(c.Department, list, day, key)); err != nil {
		return err
	}
	if err := t.shift(bCustodyAkte, lies, join(anyID(string(c.Akte)), anyID(string(c.Document)), key)); err != nil {
		return err
	}
	return t.storeSealed(bCustody, key, custodyPlain{
		Akte: c.Akte, Document: c.Document, Department: c.Department, List: list, Day: day,
		Created: c.Created, Changed: c.Changed, Revision: c.Revision,
	}, akteOwner(c.Akte), custodySecret{Acts: c.Acts})
}

// moveCustody takes the originals of a document along to another Akte, and to who keeps them there.
func (t *transaction) moveCustody(d archive.Document, from archive.AkteID) error {
	originals, err := t.CustodyOf(from, d.ID)
	if err != nil || len(originals) == 0 {
		return err
	}
	akte, err := t.Akte(d.Akte)
	if err != nil {
		return err
	}
	for _, c := range originals {
		if err := t.handCustody(c, akte, akte.Keeper(c.Department, d.Register, t.day)); err != nil {
			return err
		}
	}
	return nil
}

// keepCustody lets the originals of an Akte stand in the lists of those who keep them on a day.
func (t *transaction) keepCustody(a archive.Akte, day string) error {
	originals, err := t.CustodyOf(a.ID, "")
	if err != nil {
		return err
	}
	for _, c := range originals {
		doc, err := t.Document(c.Document)
		if err != nil {
			return err
		}
		keeper := a.Keeper(c.Department, doc.Register, day)
		if keeper == c.Department {
			continue
		}
		if err := t.handCustody(c, a, keeper); err != nil {
			return err
		}
	}
	return nil
}

// handCustody stores an original under an Akte and who keeps it there. Nobody did anything with it: its revision
// stays.
func (t *transaction) handCustody(c archive.Custody, to archive.Akte, keeper string) error {
	key, err := named("custody", c.ID)
	if err != nil {
		return err
	}
	old := c
	c.Akte, c.Department = to.ID, keeper
	return t.storeCustody(key, c, old)
}

// keepsOriginal reports whether anything is kept of an original of the document, be it long handed back.
func (t *transaction) keepsOriginal(d archive.Document) bool {
	prefix := join(anyID(string(d.Akte)), anyID(string(d.ID)))
	k, _ := t.bucket(bCustodyAkte).Cursor().Seek(prefix)
	return bytes.HasPrefix(k, prefix)
}

// checkNote refuses to change what was noted and said of a scanned version.
func checkNote(v, old archive.Version) error {
	if old.Transfer != nil && !reflect.DeepEqual(v.Transfer, old.Transfer) {
		return invalid("version", "its transfer note stays as it is")
	}
	n := len(old.Quality)
	if len(v.Quality) < n || n > 0 && !reflect.DeepEqual(v.Quality[:n], old.Quality) {
		return invalid("version", "what was said about it stays as it is")
	}
	if len(v.Quality) > n && v.Transfer == nil {
		return invalid("version", "it is no scan")
	}
	return words("version", v.Said().Department)
}

func (c *checker) custodies() error {
	return c.each(bCustody, func(key, _ []byte) error {
		k, err := c.custody(key)
		if err != nil {
			return err
		}
		what := "custody " + string(k.ID)
		list, day := k.List()
		c.index(what, bCustodyList, custodyKey(k.Department, list, day, key))
		c.index(what, bCustodyAkte, join(anyID(string(k.Akte)), anyID(string(k.Document)), key))
		if doc, err := c.Document(k.Document); err != nil || doc.Akte != k.Akte {
			c.problem("%s: its document isn't in its akte", what)
		}
		return c.kept(k)
	})
}

// kept checks that an original stands in the lists of a department that has to do with its document.
func (c *checker) kept(k archive.Custody) error {
	doc, err := c.Document(k.Document)
	if gone, err := absent(err); gone || err != nil {
		return err
	}
	akte, err := c.Akte(k.Akte)
	if gone, err := absent(err); gone || err != nil {
		return err
	}
	for _, day := range c.keeperDays() {
		if akte.Keeper(k.Department, doc.Register, day) == k.Department {
			return nil
		}
	}
	c.problem("custody %s: its department has nothing to do with its document any more", k.ID)
	return nil
}
