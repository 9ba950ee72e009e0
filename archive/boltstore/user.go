package boltstore

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// userRecord is an account. The staff directory isn't sealed; a password is there as a hash. Who has a second factor has
// a sealed part.
type userRecord struct {
	Name        string       `cbor:"1,keyasint"`
	Display     string       `cbor:"2,keyasint,omitempty"`
	Roles       []pairRecord `cbor:"3,keyasint,omitempty"`
	Teams       []string     `cbor:"4,keyasint,omitempty"`
	Password    string       `cbor:"5,keyasint,omitempty"`
	Failures    int          `cbor:"6,keyasint,omitempty"`
	LockedUntil time.Time    `cbor:"7,keyasint"`
	Disabled    bool         `cbor:"8,keyasint,omitempty"`
	Created     time.Time    `cbor:"9,keyasint"`
	Changed     time.Time    `cbor:"10,keyasint"`
	Revision    int64        `cbor:"11,keyasint"`

	Proposed []proposalRecord `cbor:"12,keyasint,omitempty"`
	SignedIn time.Time        `cbor:"13,keyasint"`
	Identity *identityRecord  `cbor:"14,keyasint,omitempty"`
	Former   []string         `cbor:"15,keyasint,omitempty"`
}

// identityRecord is who an account is at a provider; the fields are those of the domain type.
type identityRecord struct {
	Issuer  string `cbor:"1,keyasint"`
	Subject string `cbor:"2,keyasint"`
	Strong  bool   `cbor:"3,keyasint,omitempty"`
	Ended   int64  `cbor:"4,keyasint,omitempty"`
}

// identityKey is what an identity is found by.
func identityKey(issuer, subject string) []byte {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return sum[:]
}

// factorSecret is sealed under the user's own key: whoever reads a backup must not be able to make codes, nor learn of devices.
type factorSecret struct {
	Secret   []byte     `cbor:"1,keyasint"`
	Step     int64      `cbor:"2,keyasint"`
	Recovery [][32]byte `cbor:"3,keyasint,omitempty"`
	Since    time.Time  `cbor:"4,keyasint"`

	Passkeys []passkeyRecord `cbor:"5,keyasint,omitempty"`
	// NoCodes says that there are passkeys alone.
	NoCodes bool `cbor:"6,keyasint,omitempty"`
}

// passkeyRecord is a passkey; the fields are those of the domain type.
type passkeyRecord struct {
	ID       []byte    `cbor:"1,keyasint"`
	Key      []byte    `cbor:"2,keyasint"`
	Name     string    `cbor:"3,keyasint"`
	Count    uint32    `cbor:"4,keyasint,omitempty"`
	Copied   time.Time `cbor:"5,keyasint"`
	Syncable bool      `cbor:"6,keyasint,omitempty"`
	Synced   bool      `cbor:"7,keyasint,omitempty"`
	Since    time.Time `cbor:"8,keyasint"`
	Used     time.Time `cbor:"9,keyasint"`
}

func passkeyRecordOf(p archive.Passkey) passkeyRecord {
	return passkeyRecord{p.ID, p.Key, p.Name, p.Count, p.Copied, p.Syncable, p.Synced, p.Since, p.Used}
}

func (p passkeyRecord) passkey() archive.Passkey {
	return archive.Passkey{
		ID: p.ID, Key: p.Key, Name: p.Name, Count: p.Count, Copied: p.Copied, Syncable: p.Syncable, Synced: p.Synced, Since: p.Since, Used: p.Used,
	}
}

// proposalRecord is a pair that waits to be confirmed.
type proposalRecord struct {
	Role       string         `cbor:"1,keyasint"`
	Department string         `cbor:"2,keyasint"`
	By         archive.UserID `cbor:"3,keyasint"`
	At         time.Time      `cbor:"4,keyasint"`
}

// pairRecord is a role in a department; the fields are those of the domain type.
type pairRecord struct {
	Role       string `cbor:"1,keyasint"`
	Department string `cbor:"2,keyasint"`
}

// User implements [archive.Reader].
func (r *reader) User(id archive.UserID) (archive.User, error) {
	key, ok := raw(id)
	if !ok {
		return archive.User{}, missing("user")
	}
	return r.user(key)
}

func (r *reader) user(key []byte) (archive.User, error) {
	value := r.value(bUser, key)
	if value == nil {
		return archive.User{}, missing("user")
	}
	id := idOf[archive.UserID](key)
	var u userRecord
	s, err := r.store.codec.decode(bUser, key, value, &u)
	if err != nil {
		return archive.User{}, fmt.Errorf("user %s: %w", id, err)
	}
	out := archive.User{
		ID: id, Name: u.Name, Display: u.Display, Former: u.Former, Teams: u.Teams, Password: u.Password,
		Failures: u.Failures, LockedUntil: u.LockedUntil, SignedIn: u.SignedIn, Disabled: u.Disabled,
		Created: u.Created, Changed: u.Changed, Revision: u.Revision,
	}
	for _, p := range u.Roles {
		out.Roles = append(out.Roles, archive.Pair(p))
	}
	for _, p := range u.Proposed {
		out.Proposed = append(out.Proposed, archive.Proposal{Pair: archive.Pair{Role: p.Role, Department: p.Department}, By: p.By, At: p.At})
	}
	out.Identity = (*archive.Identity)(u.Identity)
	if s.box != nil {
		if err = r.factors(&out, s); err != nil {
			return archive.User{}, fmt.Errorf("user %s: %w", id, err)
		}
	}
	return out, nil
}

// factors opens what an account has beside its password. With its key destroyed it still has a second factor, which no code fits.
func (r *reader) factors(u *archive.User, s sealed) error {
	box, err := r.store.keys.box(userOwner(u.ID))
	if errors.Is(err, archive.ErrNotFound) {
		u.Factor = &archive.Factor{}
		return nil
	}
	if err != nil {
		return err
	}
	var f factorSecret
	if err := r.store.codec.open(s, box, &f); err != nil {
		return err
	}
	if !f.NoCodes {
		u.Factor = &archive.Factor{Secret: f.Secret, Step: f.Step, Recovery: f.Recovery, Since: f.Since}
	}
	for _, p := range f.Passkeys {
		u.Passkeys = append(u.Passkeys, p.passkey())
	}
	return nil
}

// UserByName implements [archive.Reader].
func (r *reader) UserByName(name string) (archive.User, error) {
	key := r.value(bUserName, []byte(strings.ToLower(name)))
	if key == nil {
		return archive.User{}, missing("user")
	}
	return r.user(key)
}

// UserByIdentity implements [archive.Reader].
func (r *reader) UserByIdentity(issuer, subject string) (archive.User, error) {
	key := r.value(bUserIdentity, identityKey(issuer, subject))
	if key == nil {
		return archive.User{}, missing("user")
	}
	return r.user(key)
}

// Users implements [archive.Reader].
func (r *reader) Users() ([]archive.User, error) {
	return all(rows(r, span{bucket: bUserName}, func(p pair) (archive.User, error) { return r.user(p.value) }))
}

// PutUser implements [archive.Tx].
func (t *transaction) PutUser(u archive.User) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("user", u.ID)
	if err != nil {
		return err
	}
	old, err := t.user(key)
	fresh := errors.Is(err, archive.ErrNotFound)
	if err != nil && !fresh {
		return err
	}
	if !signedIn(u, old, fresh) {
		if err := revision("user", fresh, old.Revision, u.Revision); err != nil {
			return err
		}
	}
	if err := errors.Join(t.nameUser(key, u, old), t.identifyUser(key, u.Identity, old.Identity)); err != nil {
		return err
	}
	var roles []pairRecord
	for _, p := range u.Roles {
		roles = append(roles, pairRecord(p))
	}
	var proposed []proposalRecord
	for _, p := range u.Proposed {
		proposed = append(proposed, proposalRecord{p.Role, p.Department, p.By, p.At})
	}
	box, secret, err := t.sealFactors(u)
	if err != nil {
		return err
	}
	value, err := t.store.codec.encode(bUser, key, userRecord{
		Name: u.Name, Display: u.Display, Former: u.Former, Roles: roles, Teams: u.Teams, Password: u.Password, Failures: u.Failures,
		LockedUntil: u.LockedUntil, Disabled: u.Disabled, Created: u.Created, Changed: u.Changed, Revision: u.Revision,
		Proposed: proposed, SignedIn: u.SignedIn, Identity: (*identityRecord)(u.Identity),
	}, box, secret)
	if err != nil {
		return err
	}
	return t.put(bUser, key, value)
}

// sealFactors is what an account has beside its password, and what it is sealed with; nil where it has nothing.
func (t *transaction) sealFactors(u archive.User) (box *seal.Box, secret factorSecret, err error) {
	if u.Factor == nil && len(u.Passkeys) == 0 {
		return nil, factorSecret{}, nil
	}
	if f := u.Factor; f != nil {
		secret = factorSecret{Secret: f.Secret, Step: f.Step, Recovery: f.Recovery, Since: f.Since}
	}
	secret.NoCodes = u.Factor == nil
	for _, p := range u.Passkeys {
		if len(p.ID) == 0 || len(p.Key) == 0 {
			return nil, factorSecret{}, invalid("user", "a passkey has an ID and a key")
		}
		secret.Passkeys = append(secret.Passkeys, passkeyRecordOf(p))
	}
	box, err = t.store.keys.ensure(userOwner(u.ID))
	return box, secret, err
}

// signedIn reports whether nothing but the time and kind of a sign-in, the counting of failed ones, the ends of sessions
// and what using a second factor or a passkey leaves behind differs: that is no edit, and the revision stays.
func signedIn(u, old archive.User, fresh bool) bool {
	if fresh || u.Revision != old.Revision || !u.Created.Equal(old.Created) {
		return false
	}
	u.Failures, u.LockedUntil, u.SignedIn = old.Failures, old.LockedUntil, old.SignedIn
	u.Changed, u.Created = old.Changed, old.Created
	if u.Factor != nil && old.Factor != nil && bytes.Equal(u.Factor.Secret, old.Factor.Secret) && u.Factor.Since.Equal(old.Factor.Since) {
		u.Factor = old.Factor
	}
	if slices.EqualFunc(u.Passkeys, old.Passkeys, samePasskey) {
		u.Passkeys = old.Passkeys
	}
	if sameIdentity(u.Identity, old.Identity) {
		u.Identity = old.Identity
	}
	if len(u.Roles) == 0 && len(old.Roles) == 0 {
		u.Roles = old.Roles
	}
	if len(u.Teams) == 0 && len(old.Teams) == 0 {
		u.Teams = old.Teams
	}
	if len(u.Proposed) == 0 && len(old.Proposed) == 0 {
		u.Proposed = old.Proposed
	}
	return reflect.DeepEqual(u, old)
}

// samePasskey reports whether two are the same one, however often it was used.
func samePasskey(a, b archive.Passkey) bool {
	return bytes.Equal(a.ID, b.ID) && bytes.Equal(a.Key, b.Key) && a.Name == b.Name && a.Syncable == b.Syncable && a.Since.Equal(b.Since)
}

// nameUser keeps sign-in names unique.
func (t *transaction) nameUser(key []byte, u, old archive.User) error {
	if u.Name == "" || u.Name != strings.ToLower(u.Name) || len(u.Name) > 256 {
		return invalid("user", "a sign-in name is in lower case")
	}
	if u.Name == old.Name {
		return nil
	}
	if t.value(bUserName, []byte(u.Name)) != nil {
		return conflict("user", "the name is taken")
	}
	if old.Name != "" {
		if err := t.drop(bUserName, []byte(old.Name)); err != nil {
			return err
		}
	}
	return t.put(bUserName, []byte(u.Name), key)
}

// sameIdentity reports whether two are the same account of the same provider, or both none.
func sameIdentity(a, b *archive.Identity) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Issuer == b.Issuer && a.Subject == b.Subject
}

// identifyUser keeps identities unique.
func (t *transaction) identifyUser(key []byte, who, old *archive.Identity) error {
	if who != nil && (who.Issuer == "" || who.Subject == "" || len(who.Issuer)+len(who.Subject) > 1024 || strings.Contains(who.Issuer, "\x00")) {
		return invalid("user", "an identity has an issuer and a subject")
	}
	if sameIdentity(who, old) {
		return nil
	}
	if old != nil {
		if err := t.drop(bUserIdentity, identityKey(old.Issuer, old.Subject)); err != nil {
			return err
		}
	}
	if who == nil {
		return nil
	}
	at := identityKey(who.Issuer, who.Subject)
	if t.value(bUserIdentity, at) != nil {
		return conflict("user", "the identity is another's")
	}
	return t.put(bUserIdentity, at, key)
}

// tokenRecord is a bearer token under the hash of its secret.
type tokenRecord struct {
	User    archive.UserID `cbor:"1,keyasint"`
	Created time.Time      `cbor:"2,keyasint"`
	Expires time.Time      `cbor:"3,keyasint"`
}

// Token implements [archive.Reader].
func (r *reader) Token(hash [32]byte) (archive.Token, error) {
	value := r.value(bToken, hash[:])
	if value == nil {
		return archive.Token{}, missing("token")
	}
	var k tokenRecord
	if _, err := r.store.codec.decode(bToken, hash[:], value, &k); err != nil {
		return archive.Token{}, err
	}
	return archive.Token{Hash: hash, User: k.User, Created: k.Created, Expires: k.Expires}, nil
}

// Tokens implements [archive.Reader].
func (r *reader) Tokens(user archive.UserID) ([]archive.Token, error) {
	tokens := []archive.Token{}
	for p, err := range r.scan(span{bucket: bToken}) {
		if err != nil {
			return nil, err
		}
		k, err := r.Token([32]byte(p.key))
		if err != nil {
			return nil, err
		}
		if user == "" || k.User == user {
			tokens = append(tokens, k)
		}
	}
	slices.SortFunc(tokens, func(a, b archive.Token) int { return a.Created.Compare(b.Created) })
	return tokens, nil
}

// PutToken implements [archive.Tx].
func (t *transaction) PutToken(k archive.Token) error {
	if err := t.change(); err != nil {
		return err
	}
	value, err := t.store.codec.encode(bToken, k.Hash[:], tokenRecord{User: k.User, Created: k.Created, Expires: k.Expires}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bToken, k.Hash[:], value)
}

// DeleteToken implements [archive.Tx].
func (t *transaction) DeleteToken(hash [32]byte) error {
	if t.value(bToken, hash[:]) == nil {
		return missing("token")
	}
	t.changed = true
	return t.drop(bToken, hash[:])
}
