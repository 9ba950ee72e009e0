package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// inboxPlain is what isn't personal about an inbox item.
type inboxPlain struct {
	Basket     string               `cbor:"1,keyasint"`
	ReceivedOn string               `cbor:"2,keyasint,omitempty"`
	Channel    string               `cbor:"3,keyasint,omitempty"`
	BroughtBy  string               `cbor:"4,keyasint"`
	Version    archive.VersionID    `cbor:"5,keyasint"`
	Filed      []archive.DocumentID `cbor:"6,keyasint,omitempty"`
	Created    time.Time            `cbor:"7,keyasint"`
	Changed    time.Time            `cbor:"8,keyasint"`
	Revision   int64                `cbor:"9,keyasint"`
	// Akte is that of the first document made of it; its key seals the rest from then on.
	Akte      archive.AkteID    `cbor:"10,keyasint,omitempty"`
	FiledBy   archive.UserID    `cbor:"11,keyasint,omitempty"`
	FiledAt   time.Time         `cbor:"12,keyasint"`
	Aside     *asidePlain       `cbor:"13,keyasint,omitempty"`
	From      []archive.InboxID `cbor:"14,keyasint,omitempty"`
	Arranging *arrangingPlain   `cbor:"15,keyasint,omitempty"`
	Arranged  []archive.InboxID `cbor:"16,keyasint,omitempty"`
	Enclosed  *enclosedPlain    `cbor:"17,keyasint,omitempty"`
	Parted    bool              `cbor:"18,keyasint,omitempty"`
}

type asidePlain struct {
	Until string         `cbor:"1,keyasint,omitempty"`
	By    archive.UserID `cbor:"2,keyasint"`
	At    time.Time      `cbor:"3,keyasint"`
}

type enclosedPlain struct {
	_            struct{} `cbor:",toarray"`
	In           archive.InboxID
	Place, Depth int
	Items        int
	Bytes        int64
}

func plainEnclosed(e *archive.Enclosed) *enclosedPlain {
	if e == nil {
		return nil
	}
	return &enclosedPlain{In: e.In, Place: e.Place, Depth: e.Depth, Items: e.Items, Bytes: e.Bytes}
}

func (p *enclosedPlain) enclosed() *archive.Enclosed {
	if p == nil {
		return nil
	}
	return &archive.Enclosed{In: p.In, Place: p.Place, Depth: p.Depth, Items: p.Items, Bytes: p.Bytes}
}

type arrangingPlain struct {
	Job     archive.JobID     `cbor:"1,keyasint"`
	By      archive.UserID    `cbor:"2,keyasint"`
	Sources []archive.InboxID `cbor:"3,keyasint"`
	Outputs [][]leafPlain     `cbor:"4,keyasint,omitempty"`
}

type leafPlain struct {
	_                  struct{} `cbor:",toarray"`
	Source, Page, Turn int
}

// owner is whose key seals an item.
func (p inboxPlain) owner() string {
	if p.Akte != "" {
		return akteOwner(p.Akte)
	}
	return basketOwner(p.Basket)
}

type inboxSecret struct {
	Sender string `cbor:"1,keyasint,omitempty"`
	Note   string `cbor:"2,keyasint,omitempty"`
	Aside  string `cbor:"3,keyasint,omitempty"`
	// Sheet and Sheets may name Akten; the latter belong to the arrangement under way.
	Sheet  *archive.Separator   `cbor:"4,keyasint,omitempty"`
	Sheets []*archive.Separator `cbor:"5,keyasint,omitempty"`
}

func plainArranging(a *archive.Arranging) *arrangingPlain {
	if a == nil {
		return nil
	}
	p := &arrangingPlain{Job: a.Job, By: a.By, Sources: a.Sources}
	for _, out := range a.Outputs {
		var leaves []leafPlain
		for _, l := range out {
			leaves = append(leaves, leafPlain{Source: l.Source, Page: l.Page, Turn: l.Turn})
		}
		p.Outputs = append(p.Outputs, leaves)
	}
	return p
}

func (p *arrangingPlain) arranging() *archive.Arranging {
	if p == nil {
		return nil
	}
	a := &archive.Arranging{Job: p.Job, By: p.By, Sources: p.Sources}
	for _, out := range p.Outputs {
		var leaves []archive.Leaf
		for _, l := range out {
			leaves = append(leaves, archive.Leaf{Source: l.Source, Page: l.Page, Turn: l.Turn})
		}
		a.Outputs = append(a.Outputs, leaves)
	}
	return a
}

// InboxItem implements [archive.Reader].
func (r *reader) InboxItem(id archive.InboxID) (archive.InboxItem, error) {
	key, ok := raw(id)
	if !ok {
		return archive.InboxItem{}, missing("inbox item")
	}
	return r.inboxItem(key)
}

func (r *reader) inboxItem(key []byte) (archive.InboxItem, error) {
	value := r.value(bInbox, key)
	if value == nil {
		return archive.InboxItem{}, missing("inbox item")
	}
	var plain inboxPlain
	var secret inboxSecret
	id := idOf[archive.InboxID](key)
	s, err := r.store.codec.decode(bInbox, key, value, &plain)
	if err != nil {
		return archive.InboxItem{}, fmt.Errorf("inbox item %s: %w", id, err)
	}
	box, err := r.store.keys.box(plain.owner())
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.InboxItem{}, fmt.Errorf("inbox item %s: %w", id, err)
	}
	item := archive.InboxItem{
		ID: id, Basket: plain.Basket, ReceivedOn: plain.ReceivedOn, Channel: plain.Channel, Sender: secret.Sender,
		Note: secret.Note, BroughtBy: plain.BroughtBy, Version: plain.Version, Filed: plain.Filed,
		FiledBy: plain.FiledBy, FiledAt: plain.FiledAt, From: plain.From, Arranging: plain.Arranging.arranging(),
		Arranged: plain.Arranged, Enclosed: plain.Enclosed.enclosed(), Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
		Sheet: secret.Sheet, Parted: plain.Parted,
	}
	if item.Arranging != nil {
		item.Arranging.Sheets = secret.Sheets
	}
	if a := plain.Aside; a != nil {
		item.Aside = &archive.Aside{Until: a.Until, Note: secret.Aside, By: a.By, At: a.At}
	}
	return item, nil
}

// PutInboxItem implements [archive.Tx].
func (t *transaction) PutInboxItem(i archive.InboxItem) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("inbox item", i.ID)
	if err != nil {
		return err
	}
	old, err := t.inboxItem(key)
	fresh := t.value(bInbox, key) == nil
	if err != nil && !fresh {
		return err
	}
	if err := revision("inbox item", fresh, old.Revision, i.Revision); err != nil {
		return err
	}
	if err := checkItem(i, old, fresh); err != nil {
		return err
	}
	if err := t.indexItem(key, old, i); err != nil {
		return err
	}
	t.owns(i.Version)
	delete(t.unfiled, i.ID)
	if len(i.Filed) > 0 {
		t.filed[i.ID] = struct{}{}
		for _, id := range i.Filed {
			t.holds[id] = struct{}{}
		}
	} else if len(old.Filed) > 0 {
		t.unfiled[i.ID] = old.Filed
	}
	return t.storeItem(key, i, "")
}

func (t *transaction) storeItem(key []byte, i archive.InboxItem, akte archive.AkteID) error {
	plain := inboxPlain{
		Basket: i.Basket, ReceivedOn: i.ReceivedOn, Channel: i.Channel, BroughtBy: i.BroughtBy, Version: i.Version,
		Filed: i.Filed, FiledBy: i.FiledBy, FiledAt: i.FiledAt, From: i.From, Arranging: plainArranging(i.Arranging),
		Arranged: i.Arranged, Enclosed: plainEnclosed(i.Enclosed), Created: i.Created, Changed: i.Changed, Revision: i.Revision, Akte: akte,
		Parted: i.Parted,
	}
	secret := inboxSecret{Sender: i.Sender, Note: i.Note, Sheet: i.Sheet}
	if i.Arranging != nil {
		secret.Sheets = i.Arranging.Sheets
	}
	if a := i.Aside; a != nil {
		plain.Aside, secret.Aside = &asidePlain{Until: a.Until, By: a.By, At: a.At}, a.Note
	}
	return t.storeSealed(bInbox, key, plain, plain.owner(), secret)
}

// sealFiled seals items that were filed under the key of the Akte they went to, so that nothing of
// them outlives it.
func (t *transaction) sealFiled() error {
	for id := range t.filed {
		key, _ := raw(id) // stored before
		i, err := t.inboxItem(key)
		if err != nil {
			return err
		}
		d, err := t.Document(i.Filed[0])
		if gone, err := absent(err); gone || err != nil {
			return invalid("inbox item", "the document made of it isn't there")
		}
		if err := t.storeItem(key, i, d.Akte); err != nil {
			return err
		}
	}
	return nil
}

// checkUnfiled refuses an item that lies in its basket again while a document made of it is there.
func (t *transaction) checkUnfiled() error {
	for _, documents := range t.unfiled {
		for _, id := range documents {
			if key, _ := raw(id); t.value(bDocument, key) != nil {
				return invalid("inbox item", "a document made of it is still there")
			}
		}
	}
	return nil
}

// checkItem refuses what no item may be.
func checkItem(i, old archive.InboxItem, fresh bool) error {
	if err := words("inbox item", i.Basket, asideDay(i)); err != nil {
		return err
	}
	if i.Basket == "" || i.Version == "" {
		return invalid("inbox item", "it lies in a basket and has a version")
	}
	if !fresh && i.Version != old.Version {
		return invalid("inbox item", "its version stays as it is")
	}
	if len(old.Filed) > 0 && len(i.Filed) > 0 {
		return conflict("inbox item", "it is filed already")
	}
	return nil
}
