package boltstore

import (
	"bytes"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"eakte/archive"
)

// Where a scan that waits for approval stands is kept twice: under its document, so that it is found again however the
// document, its Akte or its version change, and in the list of every department that takes part in the Akte. Types
// are part of the list's keys, since which of them ask for an approval is a rule, and rules change.

// approvalValue is what is kept under a document: type TEXT, TIME, and each department TEXT. nil: it doesn't wait.
func approvalValue(doc archive.Document, v archive.Version, akte archive.Akte) []byte {
	since, waits := v.Waits(doc)
	if !waits {
		return nil
	}
	var departments []string
	for _, p := range akte.Participations() {
		departments = append(departments, p.Department)
	}
	slices.Sort(departments)
	value := join(word(doc.Type), moment(since))
	for _, d := range slices.Compact(departments) {
		value = append(value, word(d)...)
	}
	return value
}

// approvalKeys are the places in the lists that go with what is kept under a document.
func approvalKeys(value, document []byte) (keys [][]byte) {
	if len(value) == 0 {
		return nil
	}
	kind, rest := cutWord(value)
	since, rest := rest[:8], rest[8:]
	for len(rest) > 0 {
		var department string
		department, rest = cutWord(rest)
		keys = append(keys, join(word(department), word(kind), since, document))
	}
	return keys
}

// approval is where a document's scan should stand, by the records as they are; nil: nowhere.
func (r *reader) approval(document []byte) ([]byte, error) {
	doc, err := r.document(document)
	if err != nil {
		_, err = absent(err)
		return nil, err
	}
	v, err := r.Version(doc.Current())
	if err != nil {
		_, err = absent(err)
		return nil, err
	}
	akte, err := r.Akte(doc.Akte)
	if err != nil {
		_, err = absent(err)
		return nil, err
	}
	return approvalValue(doc, v, akte), nil
}

// judged notes documents whose scans may wait for approval, or wait no longer, or elsewhere.
func (t *transaction) judged(ids ...archive.DocumentID) {
	for _, id := range ids {
		t.waiting[id] = struct{}{}
	}
}

// listApprovals brings the lists in line with the records as they are at the end of the update, when content keys
// open for who owns them now.
func (t *transaction) listApprovals() error {
	for _, id := range slices.Sorted(maps.Keys(t.waiting)) {
		key, err := named("document", id)
		if err != nil {
			return err
		}
		was := bytes.Clone(t.value(bApproval, key))
		is, err := t.approval(key)
		if err != nil {
			return err
		}
		if bytes.Equal(was, is) {
			continue
		}
		for _, k := range approvalKeys(was, key) {
			err = errors.Join(err, t.drop(bApprovalList, k))
		}
		for _, k := range approvalKeys(is, key) {
			err = errors.Join(err, t.put(bApprovalList, k, nil))
		}
		if is == nil {
			err = errors.Join(err, t.drop(bApproval, key))
		} else {
			err = errors.Join(err, t.put(bApproval, key, is))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Approvals implements [archive.Reader].
func (r *reader) Approvals(department string, types []string, after archive.Position) archive.List[archive.Approval] {
	return func(yield func(archive.Row[archive.Approval], error) bool) {
		var lists []*typeList
		defer func() {
			for _, l := range lists {
				l.stop()
			}
		}()
		for _, kind := range types {
			l := r.typeList(department, kind, after)
			lists = append(lists, l)
			if l.err != nil {
				yield(archive.Row[archive.Approval]{}, l.err)
				return
			}
		}
		for {
			first := earliest(lists)
			if first == nil {
				return
			}
			row, err := r.approvalRow(first.key)
			if !errors.Is(err, archive.ErrNotFound) && (!yield(row, err) || err != nil) {
				return
			}
			if first.advance(); first.err != nil {
				yield(archive.Row[archive.Approval]{}, first.err)
				return
			}
		}
	}
}

// approvalRow is a row of the list; key is TIME, document ID.
func (r *reader) approvalRow(key []byte) (archive.Row[archive.Approval], error) {
	doc, err := r.document(key[len(key)-idSize:])
	return archive.Row[archive.Approval]{Value: archive.Approval{Document: doc, Since: momentOf(key[:8])}, After: archive.Position(key)}, err
}

// typeList is the list of one type, at its first key that wasn't taken yet; nil: there is no more.
type typeList struct {
	key  []byte
	err  error
	pull func() (pair, error, bool)
	stop func()
}

// typeList opens the list of a department and a type behind a position.
func (r *reader) typeList(department, kind string, after archive.Position) *typeList {
	l := &typeList{}
	l.pull, l.stop = iter.Pull2(r.scan(span{bucket: bApprovalList, prefix: join(word(department), word(kind)), after: after}))
	l.advance()
	return l
}

func (l *typeList) advance() {
	p, err, ok := l.pull()
	if l.key, l.err = nil, err; ok && err == nil {
		l.key = bytes.Clone(p.key)
	}
}

// earliest is the list that comes next; nil where all have ended.
func earliest(lists []*typeList) (first *typeList) {
	for _, l := range lists {
		if l.key != nil && (first == nil || bytes.Compare(l.key, first.key) < 0) {
			first = l
		}
	}
	return first
}

// momentOf reads what moment wrote.
func momentOf(b []byte) time.Time {
	micros := int64(number(b))
	return time.Unix(micros/1e6-toUnix, micros%1e6*1e3).UTC()
}

// waits checks where a document stands among those that wait for approval.
func (c *checker) waits(what string, doc []byte) error {
	is, err := c.approval(doc)
	if err != nil {
		return err
	}
	if got := c.value(bApproval, doc); !bytes.Equal(got, is) {
		c.problem("%s: it isn't listed, or not as it should be, among scans that wait for approval", what)
	}
	if is != nil {
		c.wanted[bApproval]++
	}
	for _, key := range approvalKeys(is, doc) {
		c.index(what, bApprovalList, key)
	}
	return nil
}
