package boltstore

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"time"

	"eakte/archive"
)

// What is kept of paper stands in the list of one department: that which took the original or spoke the last word about
// the scan, as long as it has to do with the document, else the lead of its Akte. Both change without it: Akten change
// hands, documents their register, and a participation ends on a day.

// paperValue is what is kept under a version whose paper is to be looked at, the rest of its key in the list behind it;
// nil: it isn't to be looked at, or nobody is there who could.
func (r *reader) paperValue(key []byte, day string) ([]byte, error) {
	v, _, err := r.version(key)
	if err != nil {
		_, err = absent(err)
		return nil, err
	}
	w := v.Said()
	if w.What != archive.QualityApproved && w.What != archive.QualityReleased {
		return nil, nil
	}
	department, err := r.paperKeeper(v, w, day)
	return join(word(department), word(w.What), moment(w.At)), err
}

// paperKeeper is the department that answers for the paper of a scan: by the document about which the last word was said,
// or, where that is gone, the version's first.
func (r *reader) paperKeeper(v archive.Version, w archive.QualityWord, day string) (string, error) {
	of := w.Document
	if !slices.Contains(v.Documents, of) {
		if len(v.Documents) == 0 {
			return w.Department, nil
		}
		of = v.Documents[0]
	}
	doc, err := r.Document(of)
	if gone, err := absent(err); gone || err != nil {
		return w.Department, err
	}
	akte, err := r.Akte(doc.Akte)
	if gone, err := absent(err); gone || err != nil {
		return w.Department, err
	}
	return akte.Keeper(w.Department, doc.Register, day), nil
}

// looked notes versions whose paper may be to be looked at by others.
func (t *transaction) looked(ids ...archive.VersionID) {
	for _, id := range ids {
		t.papers[id] = struct{}{}
	}
}

// listPapers brings the lists in line with the records as they are at the end of the update.
func (t *transaction) listPapers() error {
	for _, id := range slices.Sorted(maps.Keys(t.papers)) {
		key, err := named("version", id)
		if err != nil {
			return err
		}
		is, err := t.paperValue(key, t.day)
		if err != nil {
			return err
		}
		if err := t.listPaper(key, is); err != nil {
			return err
		}
	}
	return nil
}

// listPaper lists a version where it stands now; nil: nowhere.
func (t *transaction) listPaper(key, is []byte) error {
	was := bytes.Clone(t.value(bPaper, key))
	if bytes.Equal(was, is) {
		return nil
	}
	if err := t.shift(bVersionPaper, paperKey(was, key), paperKey(is, key)); err != nil {
		return err
	}
	if is == nil {
		return t.drop(bPaper, key)
	}
	return t.put(bPaper, key, is)
}

// paperKey is the place in the lists that goes with what is kept under a version.
func paperKey(value, key []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return join(value, key)
}

// Papers implements [archive.Reader].
func (r *reader) Papers(department, what string, after archive.Position) archive.List[archive.Version] {
	s := span{bucket: bVersionPaper, prefix: join(word(department), word(what)), after: after}
	return rows(r, s, func(p pair) (archive.Version, error) {
		v, _, err := r.version(p.key[len(p.key)-idSize:])
		return v, err
	})
}

// handOver lets what is kept of an Akte's paper stand in the lists of those who keep it on a day. Its documents alone
// are looked at.
func (t *transaction) handOver(a archive.Akte, day string) error {
	if t.day < day {
		t.day = day
	}
	if err := t.keepCustody(a, t.day); err != nil {
		return err
	}
	key, err := named("akte", a.ID)
	if err != nil {
		return err
	}
	for p, err := range t.scan(span{bucket: bDocumentList, prefix: key}) {
		if err != nil {
			return err
		}
		doc, err := t.document(p.key[len(p.key)-idSize:])
		if err != nil {
			return err
		}
		if t.value(bApproval, p.key[len(p.key)-idSize:]) != nil {
			t.judged(doc.ID)
		}
		t.lookedIn(doc)
	}
	return nil
}

// lookedIn notes the versions of a document whose paper stands in a list.
func (t *transaction) lookedIn(doc archive.Document) {
	for _, id := range doc.Versions {
		if key, ok := raw(id); ok && t.value(bPaper, key) != nil {
			t.looked(id)
		}
	}
}

// handOverEnded is handOver for an Akte of which a participation ended before a day.
func (t *transaction) handOverEnded(id archive.AkteID, day string) error {
	a, err := t.Akte(id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil // it was erased
	}
	if err != nil {
		return err
	}
	return t.handOver(a, day)
}

// keeperDays are the days by which things may stand in lists: somewhere tomorrow has begun, and what ended is carried
// out when somebody looks.
func (c *checker) keeperDays() []string {
	now := c.store.now()
	return []string{now.AddDate(0, 0, 1).Format(time.DateOnly), now.Format(time.DateOnly), ""}
}

// paper checks where a version stands among those whose paper is to be looked at.
func (c *checker) paper(what string, key []byte) error {
	got := c.value(bPaper, key)
	fits := false
	for _, day := range c.keeperDays() {
		is, err := c.paperValue(key, day)
		if err != nil {
			return err
		}
		fits = fits || bytes.Equal(got, is)
	}
	if !fits {
		c.problem("%s: it isn't listed, or not as it should be, among scans whose paper is to be looked at", what)
	}
	if got != nil {
		c.wanted[bPaper]++
	}
	c.index(what, bVersionPaper, paperKey(bytes.Clone(got), key))
	return nil
}
