package boltstore

import (
	"errors"
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// versionPlain is what isn't personal about a version.
type versionPlain struct {
	Inbox      archive.InboxID      `cbor:"1,keyasint,omitempty"`
	Documents  []archive.DocumentID `cbor:"2,keyasint,omitempty"`
	Original   objectPlain          `cbor:"3,keyasint"`
	Kind       string               `cbor:"4,keyasint"`
	ReceivedAt time.Time            `cbor:"5,keyasint"`
	ReceivedBy archive.UserID       `cbor:"6,keyasint"`
	State      string               `cbor:"7,keyasint"`
	Reason     string               `cbor:"8,keyasint,omitempty"`
	Flags      []string             `cbor:"9,keyasint,omitempty"`
	Pages      []pagePlain          `cbor:"10,keyasint,omitempty"`
	Text       objectPlain          `cbor:"11,keyasint"`
	Images     objectPlain          `cbor:"12,keyasint"`
	Job        archive.JobID        `cbor:"13,keyasint,omitempty"`
	Copy       *objectPlain         `cbor:"14,keyasint,omitempty"`
	CopyKind   string               `cbor:"15,keyasint,omitempty"`
	Corners    map[int][]int        `cbor:"16,keyasint,omitempty"` // of pages, by their index
	Scan       *scanPlain           `cbor:"17,keyasint,omitempty"`
	Blank      []int                `cbor:"18,keyasint,omitempty"` // indexes of pages
	Anew       bool                 `cbor:"20,keyasint,omitempty"`
}

// scanPlain is the search for malware; why its finding was to be released is secret.
type scanPlain struct {
	At       time.Time  `cbor:"1,keyasint,omitempty"`
	Found    string     `cbor:"2,keyasint,omitempty"`
	Asked    *wordPlain `cbor:"3,keyasint,omitempty"`
	Released *wordPlain `cbor:"4,keyasint,omitempty"`
}

type wordPlain struct {
	_  struct{} `cbor:",toarray"`
	By archive.UserID
	At time.Time
}

// versionOwners is the part of versionPlain that says who owns the version.
type versionOwners struct {
	Inbox     archive.InboxID      `cbor:"1,keyasint,omitempty"`
	Documents []archive.DocumentID `cbor:"2,keyasint,omitempty"`
}

type objectPlain struct {
	_    struct{} `cbor:",toarray"`
	Ref  blob.Ref
	Size int64
}

type partPlain struct {
	_      struct{} `cbor:",toarray"`
	Offset int64
	Length int64
}

type pagePlain struct {
	_             struct{} `cbor:",toarray"`
	Width, Height float32
	Source        string
	Confidence    float32
	Text, Words   partPlain
	Image, Thumb  partPlain
	Note          string
	Rotation      int
}

// versionSecret is sealed under the content key, so that whoever owns the version reads it and
// nobody has to seal it anew. Hashes of content are in it: a copy held elsewhere would match.
type versionSecret struct {
	Name     string   `cbor:"1,keyasint,omitempty"`
	Original [32]byte `cbor:"2,keyasint"`
	Text     [32]byte `cbor:"3,keyasint"`
	Images   [32]byte `cbor:"4,keyasint"`
	Copy     []byte   `cbor:"5,keyasint,omitempty"`
	Asked    string   `cbor:"6,keyasint,omitempty"`
	Released string   `cbor:"7,keyasint,omitempty"`
	// Container names files and people.
	Container *archive.Container `cbor:"8,keyasint,omitempty"`
	// Transfer and Quality tell of the work of people, and of devices that may be called after them.
	Transfer *archive.Transfer     `cbor:"30,keyasint,omitempty"`
	Quality  []archive.QualityWord `cbor:"31,keyasint,omitempty"`
	// Codes are those on pages, by their index: some name an Akte.
	Codes map[int][]archive.Code `cbor:"9,keyasint,omitempty"`
	// Language and those of pages, by their index, tell where somebody comes from.
	Language  string         `cbor:"20,keyasint,omitempty"`
	Languages map[int]string `cbor:"21,keyasint,omitempty"`
	// Births are those that stand on pages, by their index.
	Births map[int][]string `cbor:"32,keyasint,omitempty"`
	// Prints are those of pages, by their index.
	Prints map[int]printPlain `cbor:"10,keyasint,omitempty"`
}

// printPlain has the fields of the domain type.
type printPlain struct {
	_     struct{} `cbor:",toarray"`
	Words uint64
	Count uint16
	Image []byte
}

func plainObject(o archive.Object) objectPlain { return objectPlain{Ref: o.Ref, Size: o.Size} }

func (o objectPlain) object(sum [32]byte) archive.Object {
	return archive.Object{Ref: o.Ref, Size: o.Size, SHA256: sum}
}

func plainPart(p archive.Part) partPlain { return partPlain{Offset: p.Offset, Length: p.Length} }
func (p partPlain) part() archive.Part   { return archive.Part{Offset: p.Offset, Length: p.Length} }
func plainPage(p archive.PageFacts) pagePlain {
	return pagePlain{
		Width: p.Width, Height: p.Height, Source: p.Source, Confidence: p.Confidence, Rotation: p.Rotation,
		Text: plainPart(p.Text), Words: plainPart(p.Words), Image: plainPart(p.Image), Thumb: plainPart(p.Thumb), Note: p.Note,
	}
}

func (p pagePlain) page() archive.PageFacts {
	return archive.PageFacts{
		Width: p.Width, Height: p.Height, Source: p.Source, Confidence: p.Confidence, Rotation: p.Rotation,
		Text: p.Text.part(), Words: p.Words.part(), Image: p.Image.part(), Thumb: p.Thumb.part(), Note: p.Note,
	}
}

// Version implements [archive.Reader].
func (r *reader) Version(id archive.VersionID) (archive.Version, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Version{}, missing("version")
	}
	v, _, err := r.version(key)
	return v, err
}

// version returns a version and its content key.
func (r *reader) version(key []byte) (archive.Version, seal.Key, error) {
	value := r.value(bVersion, key)
	if value == nil {
		return archive.Version{}, seal.Key{}, missing("version")
	}
	id := idOf[archive.VersionID](key)
	var plain versionPlain
	var secret versionSecret
	s, err := r.store.codec.decode(bVersion, key, value, &plain)
	if err != nil {
		return archive.Version{}, seal.Key{}, fmt.Errorf("version %s: %w", id, err)
	}
	content, err := r.content(key)
	if err == nil {
		err = r.store.codec.open(s, content.box, &secret)
	}
	if err != nil {
		return archive.Version{}, seal.Key{}, fmt.Errorf("version %s: %w", id, err)
	}
	return plain.version(id, secret), content.key, nil
}

func (p versionPlain) version(id archive.VersionID, secret versionSecret) archive.Version {
	v := archive.Version{
		ID: id, Inbox: p.Inbox, Documents: p.Documents, Original: p.Original.object(secret.Original), Kind: p.Kind,
		Name: secret.Name, ReceivedAt: p.ReceivedAt, ReceivedBy: p.ReceivedBy, State: p.State, Reason: p.Reason,
		Flags: p.Flags, Text: p.Text.object(secret.Text), Images: p.Images.object(secret.Images), Job: p.Job,
		Scan:      p.Scan.scan(secret),
		Container: secret.Container, Language: secret.Language, Anew: p.Anew,
		Transfer: secret.Transfer, Quality: secret.Quality,
	}
	if len(p.Pages) > 0 {
		v.Pages = make([]archive.PageFacts, 0, len(p.Pages))
	}
	for i, page := range p.Pages {
		v.Pages = append(v.Pages, page.page())
		v.Pages[i].Corners, v.Pages[i].Codes, v.Pages[i].Language = p.Corners[i], secret.Codes[i], secret.Languages[i]
		v.Pages[i].Births = secret.Births[i]
		if kept, ok := secret.Prints[i]; ok {
			v.Pages[i].Print = archive.Print{Words: kept.Words, Count: kept.Count, Image: kept.Image}
		}
	}
	for _, i := range p.Blank {
		if i < len(v.Pages) {
			v.Pages[i].Blank = true
		}
	}
	if p.Copy != nil {
		v.CopyKind, v.Copy = p.CopyKind, archive.Object{Ref: p.Copy.Ref, Size: p.Copy.Size}
		copy(v.Copy.SHA256[:], secret.Copy)
	}
	return v
}

// storeVersion stores a version under its content key.
func (t *transaction) storeVersion(key []byte, v archive.Version, content seal.Key) error {
	plain := versionPlain{
		Inbox: v.Inbox, Documents: v.Documents, Original: plainObject(v.Original), Kind: v.Kind,
		ReceivedAt: v.ReceivedAt, ReceivedBy: v.ReceivedBy, State: v.State, Reason: v.Reason, Flags: v.Flags,
		Text: plainObject(v.Text), Images: plainObject(v.Images), Job: v.Job, Anew: v.Anew,
	}
	for i, page := range v.Pages {
		plain.Pages = append(plain.Pages, plainPage(page))
		if len(page.Corners) > 0 {
			if plain.Corners == nil {
				plain.Corners = map[int][]int{}
			}
			plain.Corners[i] = page.Corners
		}
		if page.Blank {
			plain.Blank = append(plain.Blank, i)
		}
	}
	box, err := seal.NewBox(content)
	if err != nil {
		return fmt.Errorf("boltstore: version: %w", err)
	}
	secret := versionSecret{
		Name: v.Name, Original: v.Original.SHA256, Text: v.Text.SHA256, Images: v.Images.SHA256, Container: v.Container,
		Language: v.Language, Transfer: v.Transfer, Quality: v.Quality,
	}
	if v.Copy.Ref != "" {
		o := plainObject(v.Copy)
		plain.Copy, plain.CopyKind, secret.Copy = &o, v.CopyKind, v.Copy.SHA256[:]
	}
	plain.Scan = plainScan(v.Scan, &secret)
	for i, page := range v.Pages {
		if len(page.Codes) > 0 {
			if secret.Codes == nil {
				secret.Codes = map[int][]archive.Code{}
			}
			secret.Codes[i] = page.Codes
		}
		if page.Language != "" {
			if secret.Languages == nil {
				secret.Languages = map[int]string{}
			}
			secret.Languages[i] = page.Language
		}
		if len(page.Births) > 0 {
			if secret.Births == nil {
				secret.Births = map[int][]string{}
			}
			secret.Births[i] = page.Births
		}
		if p := page.Print; !p.IsZero() {
			if secret.Prints == nil {
				secret.Prints = map[int]printPlain{}
			}
			secret.Prints[i] = printPlain{Words: p.Words, Count: p.Count, Image: p.Image}
		}
	}
	value, err := t.store.codec.encode(bVersion, key, plain, box, secret)
	if err != nil {
		return err
	}
	return t.put(bVersion, key, value)
}

// AddVersion implements [archive.Tx].
func (t *transaction) AddVersion(v archive.Version, content seal.Key) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("version", v.ID)
	if err != nil {
		return err
	}
	if t.value(bVersion, key) != nil {
		return conflict("version", "it is there already")
	}
	if err := checkVersion(v); err != nil {
		return err
	}
	if v.Transfer != nil || len(v.Quality) > 0 {
		return invalid("version", "nobody has read it yet, or said anything about it")
	}
	if err := t.nameObjects(key, archive.Version{}, v); err != nil {
		return err
	}
	if err := t.put(bVersionBytes, join(t.bytesKey(v.Original.SHA256), key), nil); err != nil {
		return err
	}
	if err := t.shift(bVersionUnread, nil, unreadKey(v, key)); err != nil {
		return err
	}
	if err := t.storeVersion(key, v, content); err != nil {
		return err
	}
	t.fresh[v.ID] = content
	t.owns(v.ID)
	if err := t.shelve(archive.Version{}, v); err != nil {
		return err
	}
	return t.announceText(v, archive.Version{})
}

// PutVersion implements [archive.Tx].
func (t *transaction) PutVersion(v archive.Version) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("version", v.ID)
	if err != nil {
		return err
	}
	old, content, err := t.version(key)
	if err != nil {
		return err
	}
	if v.Original != old.Original || v.Kind != old.Kind || v.Name != old.Name ||
		!v.ReceivedAt.Equal(old.ReceivedAt) || v.ReceivedBy != old.ReceivedBy {
		return invalid("version", "what was received stays as it is")
	}
	if err := errors.Join(checkVersion(v), checkNote(v, old)); err != nil {
		return err
	}
	if err := t.nameObjects(key, old, v); err != nil {
		return err
	}
	if err := t.shift(bVersionUnread, unreadKey(old, key), unreadKey(v, key)); err != nil {
		return err
	}
	if err := t.storeVersion(key, v, content); err != nil {
		return err
	}
	t.owns(v.ID)
	if err := t.shelve(old, v); err != nil {
		return err
	}
	for _, id := range old.Documents {
		t.holds[id] = struct{}{}
	}
	if (old.Transfer == nil) != (v.Transfer == nil) || len(old.Quality) != len(v.Quality) {
		t.judged(v.Documents...)
		t.looked(v.ID)
	}
	return t.announceText(v, old)
}

// checkVersion refuses what no version may be.
func checkVersion(v archive.Version) error {
	if err := v.Original.Ref.Check(); err != nil {
		return invalid("version", "its original has no ref")
	}
	for _, ref := range []blob.Ref{v.Text.Ref, v.Images.Ref, v.Copy.Ref} {
		if ref != "" && ref.Check() != nil {
			return invalid("version", "a rendition has no ref")
		}
	}
	if v.State == archive.StateProcessing {
		return invalid("version", "processing is never stored")
	}
	return nil
}

// nameObjects notes which objects the version names now.
func (t *transaction) nameObjects(key []byte, old, v archive.Version) error {
	for _, o := range old.Objects() {
		if err := t.drop(bObject, []byte(o.Ref)); err != nil {
			return err
		}
	}
	for _, o := range v.Objects() {
		if t.value(bObject, []byte(o.Ref)) != nil {
			return invalid("version", "an object is named twice")
		}
		if err := t.put(bObject, []byte(o.Ref), key); err != nil {
			return err
		}
	}
	return nil
}

// announceText tells the indexer of the documents whose text changed.
func (t *transaction) announceText(v, old archive.Version) error {
	if v.Text == old.Text {
		return nil
	}
	for _, id := range v.Documents {
		if err := t.announce(archive.OutboxEntry{Document: id, New: old.Text.Ref == ""}); err != nil {
			return err
		}
	}
	return nil
}
