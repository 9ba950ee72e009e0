package boltstore

import (
	"bytes"
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// inquiryPlain is what isn't personal about an inquiry.
type inquiryPlain struct {
	Person   archive.PersonID `cbor:"1,keyasint"`
	Kind     string           `cbor:"2,keyasint"`
	State    string           `cbor:"3,keyasint"`
	Received string           `cbor:"4,keyasint"`
	Due      string           `cbor:"5,keyasint"`
	Language string           `cbor:"6,keyasint"`
	By       archive.UserID   `cbor:"7,keyasint"`
	At       time.Time        `cbor:"8,keyasint"`
	Job      archive.JobID    `cbor:"9,keyasint,omitempty"`
	Object   objectPlain      `cbor:"10,keyasint"`
	Expires  time.Time        `cbor:"11,keyasint"`
	Revision int64            `cbor:"12,keyasint"`
	Told     string           `cbor:"13,keyasint,omitempty"`
}

// inquirySecret is sealed under the person's key.
type inquirySecret struct {
	Identity string          `cbor:"1,keyasint"`
	Items    []inquiryItem   `cbor:"2,keyasint,omitempty"`
	Words    []inquiryRecord `cbor:"3,keyasint,omitempty"`
	SHA256   [32]byte        `cbor:"4,keyasint"`
	Content  [32]byte        `cbor:"5,keyasint"`
}

// inquiryItem and inquiryRecord have the fields of the domain types.
type inquiryItem struct {
	Document archive.DocumentID `cbor:"1,keyasint,omitempty"`
	Akte     archive.AkteID     `cbor:"2,keyasint,omitempty"`
	Version  archive.VersionID  `cbor:"3,keyasint,omitempty"`
	Group    string             `cbor:"4,keyasint,omitempty"`
	Seen     int64              `cbor:"5,keyasint,omitempty"`
	Flags    []string           `cbor:"6,keyasint,omitempty"`
	Decision string             `cbor:"7,keyasint,omitempty"`
	Reason   string             `cbor:"8,keyasint,omitempty"`
	By       archive.UserID     `cbor:"9,keyasint,omitempty"`
}

type inquiryRecord struct {
	By    archive.UserID `cbor:"1,keyasint"`
	At    time.Time      `cbor:"2,keyasint"`
	State string         `cbor:"3,keyasint"`
	Note  string         `cbor:"4,keyasint,omitempty"`
}

// Inquiry implements [archive.Reader].
func (r *reader) Inquiry(id archive.InquiryID) (archive.Inquiry, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Inquiry{}, missing("inquiry")
	}
	return r.inquiry(key)
}

func (r *reader) inquiry(key []byte) (archive.Inquiry, error) {
	plain, s, err := r.inquiryPlain(key)
	if err != nil {
		return archive.Inquiry{}, err
	}
	id := idOf[archive.InquiryID](key)
	var secret inquirySecret
	box, err := r.store.keys.box(personOwner(plain.Person))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Inquiry{}, fmt.Errorf("inquiry %s: %w", id, err)
	}
	q := archive.Inquiry{
		ID: id, Person: plain.Person, Kind: plain.Kind, State: plain.State, ReceivedOn: plain.Received, Due: plain.Due, ToldOn: plain.Told,
		Identity: secret.Identity, Language: plain.Language, By: plain.By, At: plain.At, Job: plain.Job,
		Object: plain.Object.object(secret.SHA256), Content: seal.Key(secret.Content), Expires: plain.Expires, Revision: plain.Revision,
	}
	for _, i := range secret.Items {
		q.Items = append(q.Items, archive.InquiryItem(i))
	}
	for _, w := range secret.Words {
		q.Words = append(q.Words, archive.InquiryWord(w))
	}
	return q, nil
}

func (r *reader) inquiryPlain(key []byte) (plain inquiryPlain, s sealed, err error) {
	value := r.value(bInquiry, key)
	if value == nil {
		return plain, s, missing("inquiry")
	}
	s, err = r.store.codec.decode(bInquiry, key, value, &plain)
	return plain, s, err
}

// Inquiries implements [archive.Reader].
func (r *reader) Inquiries(live bool, after archive.Position) archive.List[archive.Inquiry] {
	s := span{bucket: bInquiry, after: after, down: true}
	if live {
		s.bucket = bInquiryLive
	}
	return rows(r, s, func(p pair) (archive.Inquiry, error) { return r.inquiry(p.key) })
}

// InquiryOf implements [archive.Reader].
func (r *reader) InquiryOf(job archive.JobID) (archive.Inquiry, error) {
	key, ok := raw(job)
	if !ok {
		return archive.Inquiry{}, missing("inquiry")
	}
	at := r.value(bInquiryJob, key)
	if at == nil {
		return archive.Inquiry{}, missing("inquiry")
	}
	return r.inquiry(at)
}

// ExpiredInquiries implements [archive.Reader].
func (r *reader) ExpiredInquiries(now time.Time, limit int) (out []archive.ExpiredInquiry, err error) {
	for p, err := range r.scan(span{bucket: bInquiryExpiry}) {
		if err != nil {
			return nil, err
		}
		if len(out) == limit || bytes.Compare(p.key[:8], moment(now)) > 0 {
			break
		}
		plain, _, err := r.inquiryPlain(p.key[8:])
		if err != nil {
			return nil, err
		}
		out = append(out, archive.ExpiredInquiry{ID: idOf[archive.InquiryID](p.key), Person: plain.Person, Ref: plain.Object.Ref})
	}
	return out, nil
}

// PutInquiry implements [archive.Tx].
func (t *transaction) PutInquiry(q archive.Inquiry) error {
	if err := t.change(); err != nil {
		return err
	}
	return t.putInquiry(q)
}

func (t *transaction) putInquiry(q archive.Inquiry) error {
	key, err := named("inquiry", q.ID)
	if err != nil {
		return err
	}
	person, err := named("inquiry: person", q.Person)
	if err != nil {
		return err
	}
	if t.value(bPerson, person) == nil {
		return invalid("inquiry", "there is no such person")
	}
	old, _, err := t.inquiryPlain(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if err := revision("inquiry", fresh, old.Revision, q.Revision); err != nil {
		return err
	}
	if !fresh && (old.Person != q.Person || old.Kind != q.Kind || old.Received != q.ReceivedOn || !old.At.Equal(q.At)) {
		return invalid("inquiry", "what it is about stays as it is")
	}
	if (q.Object.Ref != "") != !q.Expires.IsZero() {
		return invalid("inquiry", "a package has an end, and nothing else has")
	}
	if err := t.dropInquiryKeys(key, old); err != nil {
		return err
	}
	if err := t.indexInquiry(key, q); err != nil {
		return err
	}
	plain := inquiryPlain{
		Person: q.Person, Kind: q.Kind, State: q.State, Received: q.ReceivedOn, Due: q.Due, Told: q.ToldOn, Language: q.Language, By: q.By, At: q.At,
		Job: q.Job, Object: plainObject(q.Object), Expires: q.Expires, Revision: q.Revision,
	}
	secret := inquirySecret{Identity: q.Identity, SHA256: q.Object.SHA256, Content: q.Content}
	for _, i := range q.Items {
		secret.Items = append(secret.Items, inquiryItem(i))
	}
	for _, w := range q.Words {
		secret.Words = append(secret.Words, inquiryRecord(w))
	}
	return t.storeSealed(bInquiry, key, plain, personOwner(q.Person), secret)
}

// indexInquiry makes the keys by which an inquiry is found.
func (t *transaction) indexInquiry(key []byte, q archive.Inquiry) error {
	if ref := q.Object.Ref; ref != "" {
		if err := ref.Check(); err != nil || t.value(bObject, []byte(ref)) != nil {
			return invalid("inquiry", "its object has no ref of its own")
		}
		if err := t.put(bObject, []byte(ref), key); err != nil {
			return err
		}
		if err := t.put(bInquiryExpiry, join(moment(q.Expires), key), nil); err != nil {
			return err
		}
	}
	if q.Job != "" {
		job, err := named("inquiry: job", q.Job)
		if err != nil {
			return err
		}
		if err := t.put(bInquiryJob, job, key); err != nil {
			return err
		}
	}
	if !q.Live() {
		return nil
	}
	return t.put(bInquiryLive, key, nil)
}

// dropInquiryKeys removes what the stored form of an inquiry is found by, but for itself.
func (t *transaction) dropInquiryKeys(key []byte, old inquiryPlain) error {
	if old.Object.Ref != "" {
		if err := t.drop(bObject, []byte(old.Object.Ref)); err != nil {
			return err
		}
		if err := t.drop(bInquiryExpiry, join(moment(old.Expires), key)); err != nil {
			return err
		}
	}
	if old.Job != "" {
		if err := t.drop(bInquiryJob, anyID(string(old.Job))); err != nil {
			return err
		}
	}
	return t.drop(bInquiryLive, key)
}

// DropInquiryPackage implements [archive.Tx].
func (t *transaction) DropInquiryPackage(id archive.InquiryID) error {
	t.changed = true // no room is needed for it
	key, ok := raw(id)
	if !ok {
		return missing("inquiry")
	}
	q, err := t.inquiry(key)
	if err == nil {
		q.Object, q.Content, q.Expires, q.Job, q.State, q.Revision = archive.Object{}, seal.Key{}, time.Time{}, "", archive.InquiryEnded, q.Revision+1
		return t.putInquiry(q)
	}
	plain, _, perr := t.inquiryPlain(key)
	if perr != nil {
		return perr
	}
	if fresh, err := absent(err); err != nil || !fresh {
		return err
	}
	if err := t.dropInquiryKeys(key, plain); err != nil { // the person was erased: nobody can read the rest
		return err
	}
	return t.drop(bInquiry, key)
}

func (c *checker) inquiries() error {
	return c.each(bInquiry, func(key, _ []byte) error {
		q, err := c.inquiry(key)
		if err != nil {
			return err
		}
		what := "inquiry " + string(q.ID)
		if c.value(bPerson, anyID(string(q.Person))) == nil {
			c.problem("%s: its person isn't there", what)
		}
		if q.Object.Ref != "" {
			c.index(what, bObject, []byte(q.Object.Ref))
			c.index(what, bInquiryExpiry, join(moment(q.Expires), key))
		}
		if q.Job != "" {
			c.index(what, bInquiryJob, anyID(string(q.Job)))
		}
		if q.Live() {
			c.index(what, bInquiryLive, key)
		}
		return nil
	})
}
