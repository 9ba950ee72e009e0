package audit

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"github.com/fxamacker/cbor/v2"
)

// ErrKeyGone is what [Keys] answer for a key that was destroyed: the Akte, the person
// or the year was erased. It is no fault: the parts under that key stay unreadable.
var ErrKeyGone = errors.New("key was erased")

// Keys finds the 256-bit keys that details are sealed with, by [AkteKey], [PersonKey]
// and [YearKey]. The key of a year that has none yet is made. Key is called inside the
// metadata transaction and has to answer from memory or that transaction. An error
// that is [ErrKeyGone] says the key was destroyed; with any other the act fails.
type Keys interface {
	Key(ctx context.Context, name string) ([32]byte, error)
}

// The kinds of [Part].
const (
	PartAct    = "act"    // Detail.Act
	PartShared = "shared" // Detail.Shared
	PartOwn    = "own"    // one entry of Detail.Own
	PartNamed  = "named"  // only names the Akten and persons of an event with many; sealed by nothing
)

// Part is a part of a detail as [Log.ReadDetail] returns it.
type Part struct {
	// Kind is one of the kinds above, Keys the names of the keys it needs, the year's first.
	Kind string
	Keys []string
	// Commit is SHA-256(Salt || Text), and zero for [PartNamed].
	Commit [32]byte
	// Erased says that a key is gone: Salt and Text are empty then.
	Erased bool
	// Salt is 32 random bytes, Text a JSON object.
	Salt, Text []byte
}

const (
	recordVersion = 1
	saltSize      = 32
	derivation    = "eakte audit detail 1"
)

// record is the stored form of a detail.
type record struct {
	_       struct{} `cbor:",toarray"`
	Version int
	Parts   []sealedPart
}

type sealedPart struct {
	_      struct{} `cbor:",toarray"`
	Kind   string
	Keys   []string
	Commit []byte
	Random []byte // 32 bytes, from which the key of the part is derived
	Box    []byte // AES-256-GCM of salt || text
}

// appendLine appends the part's line in the commitment of the leaf.
func (p *sealedPart) appendLine(b []byte) []byte {
	b = append(b, p.Kind...)
	for _, name := range p.Keys {
		b = append(append(b, ' '), name...)
	}
	b = hex.AppendEncode(append(b, ' '), p.Commit)
	return append(b, '\n')
}

// commitment returns what the leaf says of the record.
func (r *record) commitment() string {
	var b []byte
	for i := range r.Parts {
		b = r.Parts[i].appendLine(b)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// sealer seals the parts of one detail.
type sealer struct {
	keys  Keys
	shard Shard
	seq   int64
}

// seal returns the record of an event's detail. named asks that the record names every
// subject even if no part speaks of them all.
func (s *sealer) seal(ctx context.Context, ev *Event, subjects []string, named bool) (*record, error) {
	r := &record{Version: recordVersion}
	year := YearKey(s.shard.Year)
	all := append([]string{year}, subjects...)
	d := ev.Detail
	if d == nil {
		d = &Detail{}
	}
	add := func(kind string, keys []string, object map[string]any) error {
		if len(object) == 0 {
			return nil
		}
		p, err := s.part(ctx, kind, keys, object)
		if err == nil {
			r.Parts = append(r.Parts, p)
		}
		return err
	}
	if err := add(PartAct, []string{year}, d.Act); err != nil {
		return nil, err
	}
	if named && len(d.Shared) == 0 {
		r.Parts = append(r.Parts, sealedPart{Kind: PartNamed, Keys: all, Commit: make([]byte, 32)})
	}
	if err := add(PartShared, all, d.Shared); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(d.Own))
	for name := range d.Own {
		if !slices.Contains(subjects, name) {
			return nil, fmt.Errorf("audit: detail of a subject the event doesn't name: %w", ErrLeaf)
		}
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := add(PartOwn, []string{year, name}, d.Own[name]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// part seals one JSON object under the keys named.
func (s *sealer) part(ctx context.Context, kind string, keys []string, object map[string]any) (sealedPart, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return sealedPart{}, fmt.Errorf("audit: detail is no JSON: %w", ErrLeaf) // err may quote the value
	}
	random := make([]byte, 2*saltSize)
	rand.Read(random) // never fails
	salt, own := random[:saltSize], random[saltSize:]
	plain := append(append(make([]byte, 0, saltSize+len(text)), salt...), text...)
	commit := sha256.Sum256(plain)
	p := sealedPart{Kind: kind, Keys: keys, Commit: commit[:], Random: own}
	aead, err := s.aead(ctx, &p)
	if err != nil {
		return sealedPart{}, err
	}
	p.Box = aead.Seal(nil, make([]byte, aead.NonceSize()), plain, s.bound(&p))
	return p, nil
}

// aead returns the cipher of a part. Its key is derived from all keys the part names
// and 32 random bytes, so it is used once, and the nonce may be zero. The derivation is
// the one-step one of NIST SP 800-56C with HMAC-SHA-256.
func (s *sealer) aead(ctx context.Context, p *sealedPart) (cipher.AEAD, error) {
	input := append(make([]byte, 0, 4+32*len(p.Keys)+len(derivation)), 0, 0, 0, 1)
	for _, name := range p.Keys {
		k, err := s.keys.Key(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("audit: key %s: %w", name, err)
		}
		input = append(input, k[:]...)
	}
	mac := hmac.New(sha256.New, p.Random)
	mac.Write(append(input, derivation...))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("audit: cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// bound is what a sealed part is bound to: its place in the log and what it names.
func (s *sealer) bound(p *sealedPart) []byte {
	b := append(append(make([]byte, 0, 256), s.shard.Origin...), '\n')
	b = strconv.AppendInt(b, s.seq, 10)
	b = append(b, '\n')
	return p.appendLine(b)
}

// open returns the parts of a record.
func (s *sealer) open(ctx context.Context, r *record) ([]Part, error) {
	parts := make([]Part, 0, len(r.Parts))
	for i := range r.Parts {
		p, err := s.openPart(ctx, &r.Parts[i])
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func (s *sealer) openPart(ctx context.Context, sp *sealedPart) (Part, error) {
	p := Part{Kind: sp.Kind, Keys: sp.Keys}
	if copy(p.Commit[:], sp.Commit) != len(p.Commit) {
		return Part{}, fmt.Errorf("audit: detail of entry %d: %w", s.seq, ErrCorrupt)
	}
	if sp.Kind == PartNamed {
		return p, nil
	}
	aead, err := s.aead(ctx, sp)
	if errors.Is(err, ErrKeyGone) {
		p.Erased = true
		return p, nil
	}
	if err != nil {
		return Part{}, err
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), sp.Box, s.bound(sp))
	if err != nil || len(plain) < saltSize {
		return Part{}, fmt.Errorf("audit: detail of entry %d doesn't open: %w", s.seq, ErrCorrupt)
	}
	if sum := sha256.Sum256(plain); subtle.ConstantTimeCompare(sum[:], p.Commit[:]) != 1 {
		return Part{}, fmt.Errorf("audit: detail of entry %d isn't what was committed to: %w", s.seq, ErrCorrupt)
	}
	p.Salt, p.Text = plain[:saltSize], plain[saltSize:]
	return p, nil
}

// encode returns the stored bytes of the record.
func (r *record) encode() ([]byte, error) {
	b, err := cbor.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("audit: detail: %w", err)
	}
	return b, nil
}

// decodeRecord reads what encode wrote.
func decodeRecord(b []byte) (*record, error) {
	var r record
	if err := cbor.Unmarshal(b, &r); err != nil || r.Version != recordVersion {
		return nil, fmt.Errorf("audit: detail is not readable: %w", ErrCorrupt)
	}
	return &r, nil
}
