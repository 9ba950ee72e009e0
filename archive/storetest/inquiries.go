package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

func testInquiries(b *bench) {
	akte := b.newAkte()
	doc, version, _ := b.file(akte.ID)
	now := b.Clock.Now()
	q := archive.Inquiry{
		ID: archive.NewID[archive.InquiryID](), Person: akte.Person, Kind: archive.InquiryAccess, State: archive.InquiryReview,
		ReceivedOn: "2026-11-02", Due: "2027-02-02", ToldOn: "2026-11-20", Identity: "persönlich, mit Pass", Language: "de", By: b.clerk, At: now,
		Items:    []archive.InquiryItem{{Document: doc.ID, Akte: akte.ID, Version: version.ID, Flags: []string{archive.InquirySecurity}}, {Group: "religion", Seen: 3}},
		Words:    []archive.InquiryWord{{By: b.clerk, At: now, State: archive.InquiryReview}},
		Revision: 1,
	}
	b.must(audit.OpInquiryBegin, func(tx archive.Tx) error { return tx.PutInquiry(q) })
	later := q
	later.ID = archive.NewID[archive.InquiryID]()
	b.must(audit.OpInquiryBegin, func(tx archive.Tx) error { return tx.PutInquiry(later) })
	if err := b.house(func(tx archive.Tx) error { q := q; q.Revision++; return tx.PutInquiry(q) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("an inquiry without an event: %v", err)
	}
	same(b, "newest first", b.inquiries(true), nil, []archive.InquiryID{later.ID, q.ID})
	q.State, q.Revision, q.Job = archive.InquiryReleased, 2, archive.NewID[archive.JobID]()
	q.Items[0].Decision, q.Items[0].Reason, q.Items[0].By = archive.InquiryWithhold, "nennt Dritte", b.clerk
	q.Content, q.Object, q.Expires = seal.NewKey(), archive.Object{Ref: blob.NewRef(), Size: 7, SHA256: [32]byte{1}}, now.Add(archive.InquiryKept)
	b.must(audit.OpInquiryRelease, func(tx archive.Tx) error { return tx.PutInquiry(q) })
	for name, bad := range map[string]func(*archive.Inquiry){
		"of another person":     func(x *archive.Inquiry) { x.Person = b.newAkte().Person },
		"received another day":  func(x *archive.Inquiry) { x.ReceivedOn = "2026-11-03" },
		"another's object":      func(x *archive.Inquiry) { x.Object.Ref = version.Original.Ref },
		"a package without end": func(x *archive.Inquiry) { x.Expires = time.Time{} },
		"of nobody": func(x *archive.Inquiry) {
			x.ID, x.Revision, x.Person = archive.NewID[archive.InquiryID](), 1, archive.NewID[archive.PersonID]()
		},
	} {
		other := q
		other.Revision++
		bad(&other)
		if err := b.try(audit.OpInquiryReview, func(tx archive.Tx) error { return tx.PutInquiry(other) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("an inquiry %s: %v, want invalid", name, err)
		}
	}
	if err := b.try(audit.OpInquiryReview, func(tx archive.Tx) error { return tx.PutInquiry(q) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v", err)
	}
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Inquiry(q.ID)
		same(b, "inquiry", got, err, q)
		of, err := r.InquiryOf(q.Job)
		same(b, "of its job", of.ID, err, q.ID)
		named, err := r.HasObject(q.Object.Ref)
		same(b, "its object is named", named, err, true)
		over, err := r.ExpiredInquiries(q.Expires.Add(-time.Second), 10)
		same(b, "expired too early", len(over), err, 0)
		over, err = r.ExpiredInquiries(q.Expires, 10)
		same(b, "expired", over, err, []archive.ExpiredInquiry{{ID: q.ID, Person: q.Person, Ref: q.Object.Ref}})
		return nil
	})
	b.endsInquiry(q, later)
}

// endsInquiry removes the package of an inquiry, and then erases the person of another one.
func (b *bench) endsInquiry(q, later archive.Inquiry) {
	b.must(audit.OpInquiryExpire, func(tx archive.Tx) error { return tx.DropInquiryPackage(q.ID) })
	b.view(func(r archive.Reader) error {
		got, err := r.Inquiry(q.ID)
		if err != nil || got.State != archive.InquiryEnded || got.Object.Ref != "" || got.Items[0].Reason != "nennt Dritte" {
			b.t.Errorf("after its end: %+v, %v", got, err)
		}
		named, err := r.HasObject(q.Object.Ref)
		same(b, "its object is named", named, err, false)
		over, err := r.ExpiredInquiries(q.Expires, 10)
		same(b, "expired after its end", len(over), err, 0)
		return nil
	})
	same(b, "live", b.inquiries(true), nil, []archive.InquiryID{later.ID})
	same(b, "all", b.inquiries(false), nil, []archive.InquiryID{later.ID, q.ID})
	later.Revision, later.Content, later.Object, later.Expires = 2, seal.NewKey(), archive.Object{Ref: blob.NewRef(), Size: 7}, q.Expires
	b.must(audit.OpInquiryRelease, func(tx archive.Tx) error { return tx.PutInquiry(later) })
	b.destroy("person/" + string(q.Person))
	same(b, "of an erased person", b.inquiries(false), nil, nil)
	b.must(audit.OpInquiryExpire, func(tx archive.Tx) error { return tx.DropInquiryPackage(later.ID) })
	b.view(func(r archive.Reader) error {
		over, err := r.ExpiredInquiries(q.Expires, 10)
		same(b, "expired, of an erased person", len(over), err, 0)
		return nil
	})
}

// inquiries lists inquiries by their IDs.
func (b *bench) inquiries(live bool) (ids []archive.InquiryID) {
	b.view(func(r archive.Reader) error {
		ids = nil
		for row, err := range r.Inquiries(live, "") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		return nil
	})
	return ids
}
