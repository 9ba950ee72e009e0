package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// profilePlain is what isn't personal about a profile: nothing.
type profilePlain struct {
	_ struct{} `cbor:",toarray"`
}

// profileSecret is sealed under the user's own key: whom somebody looks for tells of others and of her.
type profileSecret struct {
	Language  string           `cbor:"1,keyasint,omitempty"`
	Density   string           `cbor:"2,keyasint,omitempty"`
	Theme     string           `cbor:"3,keyasint,omitempty"`
	Shortcuts bool             `cbor:"4,keyasint,omitempty"`
	Pinned    []archive.AkteID `cbor:"5,keyasint,omitempty"`
	Recent    []openedRecord   `cbor:"6,keyasint,omitempty"`
	Purpose   string           `cbor:"7,keyasint,omitempty"`
	Searches  []searchRecord   `cbor:"8,keyasint,omitempty"`
}

// openedRecord is when an Akte was opened; the fields are those of the domain type.
type openedRecord struct {
	Akte archive.AkteID `cbor:"1,keyasint"`
	At   time.Time      `cbor:"2,keyasint"`
}

type searchRecord struct {
	ID      archive.SearchID `cbor:"1,keyasint"`
	Name    string           `cbor:"2,keyasint"`
	Text    string           `cbor:"3,keyasint,omitempty"`
	Filters filtersRecord    `cbor:"4,keyasint"`
	Sort    string           `cbor:"5,keyasint,omitempty"`
	Notify  bool             `cbor:"6,keyasint,omitempty"`
	Seen    uint64           `cbor:"7,keyasint,omitempty"`
}

// filtersRecord has the fields of the domain type.
type filtersRecord struct {
	Types           []string         `cbor:"1,keyasint,omitempty"`
	Registers       []string         `cbor:"2,keyasint,omitempty"`
	Departments     []string         `cbor:"3,keyasint,omitempty"`
	Classifications []string         `cbor:"8,keyasint,omitempty"`
	From            string           `cbor:"4,keyasint,omitempty"`
	To              string           `cbor:"5,keyasint,omitempty"`
	Akte            archive.AkteID   `cbor:"6,keyasint,omitempty"`
	Person          archive.PersonID `cbor:"7,keyasint,omitempty"`
}

func userOwner(id archive.UserID) string { return "user/" + string(id) }

// Profile implements [archive.Reader].
func (r *reader) Profile(id archive.UserID) (archive.Profile, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Profile{}, missing("profile")
	}
	value := r.value(bProfile, key)
	if value == nil {
		return archive.Profile{}, missing("profile")
	}
	var plain profilePlain
	var p profileSecret
	s, err := r.store.codec.decode(bProfile, key, value, &plain)
	if err != nil {
		return archive.Profile{}, fmt.Errorf("profile %s: %w", id, err)
	}
	box, err := r.store.keys.box(userOwner(id))
	if err == nil {
		err = r.store.codec.open(s, box, &p)
	}
	if err != nil {
		return archive.Profile{}, fmt.Errorf("profile %s: %w", id, err)
	}
	out := archive.Profile{
		User:        id,
		Preferences: archive.Preferences{Language: p.Language, Density: p.Density, Theme: p.Theme, Shortcuts: p.Shortcuts},
		Pinned:      p.Pinned, Purpose: p.Purpose,
	}
	for _, o := range p.Recent {
		out.Recent = append(out.Recent, archive.Opened(o))
	}
	for _, s := range p.Searches {
		out.Searches = append(out.Searches, archive.SavedSearch{
			ID: s.ID, Name: s.Name, Text: s.Text, Filters: archive.SearchFilters(s.Filters), Sort: s.Sort,
			Notify: s.Notify, Seen: s.Seen,
		})
	}
	return out, nil
}

// PutProfile implements [archive.Tx].
func (t *transaction) PutProfile(p archive.Profile) error {
	if err := t.room(); err != nil {
		return err
	}
	key, err := t.account("profile", p.User)
	if err != nil {
		return err
	}
	secret := profileSecret{
		Language: p.Language, Density: p.Density, Theme: p.Theme, Shortcuts: p.Shortcuts, Pinned: p.Pinned, Purpose: p.Purpose,
	}
	for _, o := range p.Recent {
		secret.Recent = append(secret.Recent, openedRecord(o))
	}
	for _, s := range p.Searches {
		secret.Searches = append(secret.Searches, searchRecord{
			ID: s.ID, Name: s.Name, Text: s.Text, Filters: filtersRecord(s.Filters), Sort: s.Sort,
			Notify: s.Notify, Seen: s.Seen,
		})
	}
	if err := t.storeSealed(bProfile, key, profilePlain{}, userOwner(p.User), secret); err != nil {
		return err
	}
	return t.watches(key, p)
}

// account returns the key form of an account's id; ErrInvalid where there is none.
func (t *transaction) account(kind string, id archive.UserID) ([]byte, error) {
	key, err := named(kind, id)
	if err != nil {
		return nil, err
	}
	if t.value(bUser, key) == nil {
		return nil, invalid(kind, "its account isn't there")
	}
	return key, nil
}
