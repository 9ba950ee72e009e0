package storetest

import (
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// approvals lists the documents that wait in a department.
func (b *bench) approvals(department string, types ...string) (ids []archive.DocumentID) {
	b.view(func(r archive.Reader) error {
		ids = nil
		for _, w := range collect(b.t, r.Approvals(department, types, "")) {
			ids = append(ids, w.Document.ID)
		}
		return nil
	})
	return ids
}

// noted files a document of a type and notes how it was scanned.
func (b *bench) noted(akte archive.AkteID, kind string) (archive.Document, archive.Version) {
	b.t.Helper()
	doc, v, _ := b.file(akte, func(d *archive.Document) { d.Type = kind })
	b.Clock.Advance(time.Minute)
	v.Transfer = &archive.Transfer{By: archive.NewID[archive.UserID](), At: b.Clock.Now(), Noted: b.Clock.Now()}
	b.must(audit.OpRecognition, func(tx archive.Tx) error { return tx.PutVersion(v) })
	return doc, v
}

func testApprovals(b *bench) {
	akte := b.newAkte()
	b.file(akte.ID, func(d *archive.Document) { d.Type = "reisepass" }) // nobody has read it yet
	pass, v := b.noted(akte.ID, "reisepass")
	birth, _ := b.noted(akte.ID, "geburtsurkunde")
	lease, _ := b.noted(akte.ID, "mietvertrag")
	card, _ := b.noted(akte.ID, "reisepass")
	asked := []string{"reisepass", "geburtsurkunde"}
	lists := func(when, department string, want ...archive.DocumentID) {
		b.t.Helper()
		same(b, when, b.approvals(department, asked...), nil, want)
	}
	lists("by the moment they were noted", akte.Lead, pass.ID, birth.ID, card.ID)
	same(b, "one type", b.approvals(akte.Lead, "mietvertrag"), nil, []archive.DocumentID{lease.ID})
	lists("of a department that takes no part", "nirgends")
	b.view(func(r archive.Reader) error {
		var after archive.Position
		for row, err := range r.Approvals(akte.Lead, asked, "") {
			same(b, "since", row.Value.Since, err, v.Transfer.Noted)
			after = row.After
			break
		}
		var rest []archive.DocumentID
		for row, err := range r.Approvals(akte.Lead, asked, after) {
			same(b, "row", row.Value.Document.Akte, err, akte.ID)
			rest = append(rest, row.Value.Document.ID)
		}
		same(b, "behind the first", rest, nil, []archive.DocumentID{birth.ID, card.ID})
		return nil
	})
	say := func(what string, by archive.UserID) {
		b.t.Helper()
		v.Quality = append(v.Quality[:len(v.Quality):len(v.Quality)], archive.QualityWord{What: what, By: by, At: b.Clock.Now(), Department: akte.Lead, Document: pass.ID})
		b.must(audit.OpScanApprove, func(tx archive.Tx) error { return tx.PutVersion(v) })
	}
	say(archive.QualityApproved, v.Transfer.By)
	lists("approved by who scanned it", akte.Lead, pass.ID, birth.ID, card.ID)
	say(archive.QualityReturned, archive.NewID[archive.UserID]())
	lists("sent back", akte.Lead, birth.ID, card.ID)
	say(archive.QualityApproved, archive.NewID[archive.UserID]())
	lists("approved by a second person", akte.Lead, birth.ID, card.ID)
	lease.Type, lease.Revision = "geburtsurkunde", lease.Revision+1
	b.must(audit.OpDocumentChange, func(tx archive.Tx) error { return tx.PutDocument(lease) })
	lists("of another type", akte.Lead, birth.ID, lease.ID, card.ID)
	akte.Departments, akte.Revision = []archive.Participation{{Department: "wohngeld"}}, akte.Revision+1
	b.must(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(akte) })
	lists("of a department that was let in", "wohngeld", birth.ID, lease.ID, card.ID)
	akte.Departments, akte.Revision = nil, akte.Revision+1
	b.must(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(akte) })
	lists("of a department that takes part no more", "wohngeld")
	lists("of the lead", akte.Lead, birth.ID, lease.ID, card.ID)
	to := b.newAkte()
	card.Akte, card.Revision = to.ID, card.Revision+1
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error { return tx.PutDocument(card) })
	b.destroy("akte/" + string(akte.ID))
	lists("one akte erased", akte.Lead, card.ID)
	b.reopen()
	lists("opened again", akte.Lead, card.ID)
}
