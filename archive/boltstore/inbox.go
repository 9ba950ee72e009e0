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
	Akte archive.AkteID `cbor:"10,keyasint,omitempty"`
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
	return archive.InboxItem{
		ID: id, Basket: plain.Basket, ReceivedOn: plain.ReceivedOn, Channel: plain.Channel, Sender: secret.Sender,
		Note: secret.Note, BroughtBy: plain.BroughtBy, Version: plain.Version, Filed: plain.Filed,
		Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
	}, nil
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
	if err := t.shift(bInboxBasket, basketKey(old, key), basketKey(i, key)); err != nil {
		return err
	}
	t.owns(i.Version)
	if len(i.Filed) > 0 {
		t.filed[i.ID] = struct{}{}
		for _, id := range i.Filed {
			t.holds[id] = struct{}{}
		}
	}
	return t.storeItem(key, i, "")
}

func (t *transaction) storeItem(key []byte, i archive.InboxItem, akte archive.AkteID) error {
	plain := inboxPlain{
		Basket: i.Basket, ReceivedOn: i.ReceivedOn, Channel: i.Channel, BroughtBy: i.BroughtBy, Version: i.Version,
		Filed: i.Filed, Created: i.Created, Changed: i.Changed, Revision: i.Revision, Akte: akte,
	}
	return t.storeSealed(bInbox, key, plain, plain.owner(), inboxSecret{Sender: i.Sender, Note: i.Note})
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

// checkItem refuses what no item may be.
func checkItem(i, old archive.InboxItem, fresh bool) error {
	if err := words("inbox item", i.Basket); err != nil {
		return err
	}
	if i.Basket == "" || i.Version == "" {
		return invalid("inbox item", "it lies in a basket and has a version")
	}
	if !fresh && i.Version != old.Version {
		return invalid("inbox item", "its version stays as it is")
	}
	if len(old.Filed) > 0 {
		return conflict("inbox item", "it is filed already")
	}
	return nil
}

// basketKey is an item's place in its basket; nil for one that lies in none.
func basketKey(i archive.InboxItem, id []byte) []byte {
	if i.Basket == "" || len(i.Filed) > 0 {
		return nil
	}
	return join(word(i.Basket), moment(i.Created), id)
}

// Basket implements [archive.Reader].
func (r *reader) Basket(department string, after archive.Position) archive.List[archive.InboxItem] {
	return rows(r, span{bucket: bInboxBasket, prefix: word(department), after: after}, func(p pair) (archive.InboxItem, error) {
		return r.inboxItem(p.key[len(p.key)-idSize:])
	})
}
