package acl

import (
	"errors"
	"fmt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// EnclosureFiling says as what an enclosure is filed along with its container: into the same Akten, with
// the same dates, channel and sender. Register and Classification may be empty: as the type has them.
type EnclosureFiling struct {
	Item                                  archive.InboxID
	Type, Title, Register, Classification string
}

// alongside are the items that came inside of another and lie beside it still, none of which a colleague
// or the machine is at: what is done with the container as a whole is done with them.
func (d *Desk) alongside(tx archive.Tx, item archive.InboxItem, action string) ([]archive.InboxItem, error) {
	all, err := enclosures(tx, item)
	if err != nil {
		return nil, err
	}
	var out []archive.InboxItem
	for _, in := range all {
		if in.ID == "" || !in.InboxItem.Waits() || in.Basket != item.Basket {
			continue
		}
		if _, _, err := d.holdItem(tx, in.ID, action); err != nil {
			return nil, err
		}
		out = append(out, in.InboxItem)
	}
	return out, nil
}

// asideAlong sets aside, or takes up, what came inside of an item with it.
func (d *Desk) asideAlong(tx archive.Tx, container archive.InboxItem) error {
	along, err := d.alongside(tx, container, policies.ActInbox)
	if err != nil {
		return err
	}
	for _, item := range along {
		item.Aside, item.Changed, item.Revision = container.Aside, d.guard.Now().UTC(), item.Revision+1
		if err := tx.PutInboxItem(item); err != nil {
			return err
		}
	}
	return nil
}

// fileAlong files enclosures of an item that was just filed, and records each.
func (d *Desk) fileAlong(tx archive.Tx, container archive.InboxItem, f Filing) error {
	for i, e := range f.With {
		item, _, err := d.holdItem(tx, e.Item, policies.ActInbox)
		if err != nil {
			return err
		}
		in, err := within(tx, item, container.ID)
		if err != nil {
			return err
		}
		if !in {
			return &archive.FieldError{Pointer: fmt.Sprintf("/enclosures/%d/item_id", i), Code: "unknown"}
		}
		mine := Filing{Akten: f.Akten, Doc: f.Doc}
		mine.Doc.Type, mine.Doc.Title, mine.Doc.Register, mine.Doc.Classification = e.Type, e.Title, e.Register, e.Classification
		tried := act{op: audit.OpFile, object: "inbox/" + string(item.ID)}
		done, err := d.file(tx, tried, &item, mine, container.FiledAt)
		if err != nil {
			return err
		}
		if err := tx.PutClaim(item.ID, archive.Claim{}); err != nil {
			return err
		}
		if err := tx.Record(d.event(done)); err != nil {
			return err
		}
	}
	return nil
}

// normaliseWith checks what is to be filed along, and fills in what the types say.
func (f *Filing) normaliseWith(set *policies.Set) error {
	if len(f.With) > maxEnclosures {
		return &archive.FieldError{Pointer: "/enclosures", Code: "too_many"}
	}
	known := map[archive.InboxID]bool{}
	for i := range f.With {
		e, at := &f.With[i], fmt.Sprintf("/enclosures/%d", i)
		if known[e.Item] {
			return &archive.FieldError{Pointer: at + "/item_id", Code: "duplicate"}
		}
		known[e.Item] = true
		doc := f.Doc
		doc.Type, doc.Title, doc.Register, doc.Classification = e.Type, e.Title, e.Register, e.Classification
		if err := doc.Normalise(set); err != nil {
			var field *archive.FieldError
			if errors.As(err, &field) {
				return &archive.FieldError{Pointer: at + field.Pointer, Code: field.Code, Detail: field.Detail}
			}
			return err
		}
		e.Type, e.Title, e.Register, e.Classification = doc.Type, doc.Title, doc.Register, doc.Classification
	}
	return nil
}

// unfileAlong takes back what was filed in one go with an item.
func (d *Desk) unfileAlong(tx archive.Tx, item archive.InboxItem) error {
	all, err := enclosures(tx, item)
	if err != nil {
		return err
	}
	for _, in := range all {
		if in.ID == "" || len(in.Filed) == 0 || in.FiledBy != item.FiledBy || !in.FiledAt.Equal(item.FiledAt) {
			continue
		}
		done, err := d.unfile(tx, act{op: audit.OpUnfile, object: "inbox/" + string(in.ID)}, in.InboxItem)
		if err != nil {
			return err
		}
		if err := tx.Record(d.event(done)); err != nil {
			return err
		}
	}
	return nil
}
