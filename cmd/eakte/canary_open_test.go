package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	zap "github.com/blevesearch/zapx/v16"
	"github.com/fxamacker/cbor/v2"
	bolt "go.etcd.io/bbolt"

	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
)

// What follows opens a data folder as somebody would who has stolen it together with its keys: by the forms of what is
// stored, without the code that reads it, so that what that code leaves out of sight is found, too.

// keysHeld are the keys that somebody has.
type keysHeld struct {
	owners map[string]seal.Key
	// contents are those of single versions, bundles and the like: all that wraps them or hides them was opened.
	contents map[seal.Key]bool
	lookup   seal.Key
}

// keysOf reads the keys of a folder; those of contents are found by [ransack].
func keysOf(t *testing.T, data string) *keysHeld {
	t.Helper()
	master, err := keyring.MasterFromFile(filepath.Join(data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.Open(filepath.Join(data, "keys.db"), master)
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	h := &keysHeld{owners: map[string]seal.Key{}, contents: map[seal.Key]bool{}, lookup: ring.LookupKey()}
	err = ring.List(t.Context(), "", func(e keyring.Entry) error {
		if e.Destroyed {
			return nil
		}
		key, err := ring.Key(t.Context(), e.Name)
		h.owners[e.Name] = key
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// without are the keys of h that another holder doesn't have.
func (h *keysHeld) without(other *keysHeld) *keysHeld {
	out := &keysHeld{owners: maps.Clone(h.owners), contents: maps.Clone(h.contents)}
	maps.DeleteFunc(out.owners, func(name string, _ seal.Key) bool { return !other.owners[name].IsZero() })
	maps.DeleteFunc(out.contents, func(k seal.Key, _ bool) bool { return other.contents[k] })
	return out
}

// all are the keys that a record may lie under.
func (h *keysHeld) all() []seal.Key {
	out := slices.Collect(maps.Values(h.owners))
	return slices.AppendSeq(out, maps.Keys(h.contents))
}

// ransacked is what was found in a folder, each by the place where: a bucket, "object", "index" or the name of another folder.
type ransacked struct {
	// words are the planted ones that can be read, ids the places that name one of the ids looked for.
	words map[string][]string
	ids   map[string]int
	// shut counts what lies sealed under keys that are gone, dark what nobody has a key for.
	shut, dark map[string]int
	opened     int
}

// ransacking opens a folder.
type ransacking struct {
	*ransacked
	t        *testing.T
	have     *keysHeld
	gone     *keysHeld
	lookFor  []string
	haveKeys []*seal.Box
	goneKeys []*seal.Box
}

// ransack opens all that a server keeps with the keys at hand, and tries what doesn't open with those that are gone.
func ransack(t *testing.T, at kept, have, gone *keysHeld, ids []string) *ransacked {
	t.Helper()
	r := &ransacking{t: t, have: have, gone: gone, lookFor: ids, ransacked: &ransacked{
		words: map[string][]string{}, ids: map[string]int{}, shut: map[string]int{}, dark: map[string]int{},
	}}
	db, err := bolt.Open(filepath.Join(at.data, "meta.db"), 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bolt.Tx) error {
		if err := r.unwrap(tx.Bucket([]byte("version-key"))); err != nil {
			return err
		}
		r.haveKeys, r.goneKeys = r.boxes(have), r.boxes(gone)
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error { return r.bucket(string(name), b) })
	}); err != nil {
		t.Fatal(err)
	}
	r.objects(at.objects(t))
	r.index(filepath.Join(at.data, "index"))
	for _, name := range []string{"uploads", "spool"} {
		r.empty(filepath.Join(at.data, name))
	}
	return r.ransacked
}

func (r *ransacking) boxes(h *keysHeld) (out []*seal.Box) {
	if h == nil {
		return nil
	}
	for _, key := range h.all() {
		box, err := seal.NewBox(key)
		if err != nil {
			r.t.Fatal(err)
		}
		out = append(out, box)
	}
	return out
}

// unwrap opens the content keys that the owners at hand lead to.
func (r *ransacking) unwrap(b *bolt.Bucket) error {
	return b.ForEach(func(k, v []byte) error {
		owner := r.have.owners[string(k[16:])]
		if owner.IsZero() {
			return nil
		}
		box, err := seal.NewBox(owner)
		if err != nil {
			return err
		}
		key, err := box.Unwrap(v, boundTo("version-key", k, nil))
		if err != nil {
			return fmt.Errorf("content key: %w", err)
		}
		r.have.contents[key] = true
		return nil
	})
}

// boundTo is what a sealed part is bound to.
func boundTo(bucket string, key, head []byte) []byte {
	b := append([]byte(bucket), 0)
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(append(b, key...), head...)
}

// seen looks at bytes that can be read.
func (r *ransacking) seen(place string, texts ...[]byte) {
	for _, text := range texts {
		low := bytes.ToLower(text)
		for rest := low; ; {
			at := bytes.Index(rest, []byte(canary))
			if at < 0 {
				break
			}
			word := string(rest[at:min(at+len(canary)+5, len(rest))])
			if !slices.Contains(r.words[place], word) {
				r.words[place] = append(r.words[place], word)
			}
			rest = rest[at+1:]
		}
		for _, id := range r.lookFor {
			if bytes.Contains(low, []byte(id)) || bytes.Contains(text, id16(id)) {
				r.ids[place]++
			}
		}
	}
}

// id16 is an id as it stands in keys.
func id16(id string) []byte {
	raw, _ := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	return raw
}

func (r *ransacking) bucket(name string, b *bolt.Bucket) error {
	return b.ForEach(func(k, v []byte) error {
		r.seen(name, k, v)
		switch {
		case name == "trail/detail":
			return r.detail(k, v)
		case name == "setting" && bytes.HasPrefix(k, []byte("learned")):
			return r.learned(v)
		case name == "version-key": // see unwrap
			if r.have.owners[string(k[16:])].IsZero() {
				r.shut[name]++
			}
		}
		if !r.record(name, k, v) && len(v) > 8 { // drafts and answers begin with the time of their end
			r.record(name, k, v[8:])
		}
		return nil
	})
}

// record opens the sealed part of a record, if it is one that has such a part.
func (r *ransacking) record(name string, k, v []byte) bool {
	if len(v) < 2 || v[0] != 1 {
		return false
	}
	n, used := binary.Uvarint(v[1:])
	if used <= 0 || n > uint64(len(v)-1-used) {
		return false
	}
	end := 1 + used + int(n)
	var plain any
	if cbor.Unmarshal(v[1+used:end], &plain) != nil {
		return false
	}
	if end == len(v) {
		return true
	}
	for _, box := range r.haveKeys {
		if text, err := box.Open(v[end:], boundTo(name, k, v[:end])); err == nil {
			r.opened++
			r.seen(name, text)
			r.keysIn(text)
			return true
		}
	}
	for _, box := range r.goneKeys {
		if _, err := box.Open(v[end:], boundTo(name, k, v[:end])); err == nil {
			r.shut[name]++
			return true
		}
	}
	r.dark[name]++
	return true
}

// keysIn takes whatever may be a content key.
func (r *ransacking) keysIn(text []byte) {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []byte:
			if len(v) == 32 && !bytes.Equal(v, make([]byte, 32)) {
				r.have.contents[seal.Key(v)] = true
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[any]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	var all any
	if cbor.Unmarshal(text, &all) == nil {
		walk(all)
	}
}

// detail opens the parts of an entry of the trail.
func (r *ransacking) detail(k, v []byte) error {
	var entry struct {
		_       struct{} `cbor:",toarray"`
		Version int
		Parts   []struct {
			_                   struct{} `cbor:",toarray"`
			Kind                string
			Keys                []string
			Commit, Random, Box []byte
		}
	}
	if err := cbor.Unmarshal(v, &entry); err != nil {
		return err
	}
	year, seq := binary.BigEndian.Uint32(k), binary.BigEndian.Uint64(k[4:])
	for _, p := range entry.Parts {
		if p.Kind == audit.PartNamed {
			continue
		}
		input := []byte{0, 0, 0, 1}
		have := true
		for _, name := range p.Keys {
			key := r.have.owners[name]
			have = have && !key.IsZero()
			input = append(input, key[:]...)
		}
		if !have {
			r.shut["trail/detail"]++
			continue
		}
		mac := hmac.New(sha256.New, p.Random)
		mac.Write(append(input, "eakte audit detail 1"...))
		block, err := aes.NewCipher(mac.Sum(nil))
		if err != nil {
			return err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return err
		}
		bound := fmt.Appendf(nil, "authority.example/audit/%04d\n%d\n%s", year, seq, strings.Join(append([]string{p.Kind}, p.Keys...), " "))
		bound = append(hex.AppendEncode(append(bound, ' '), p.Commit), '\n')
		text, err := aead.Open(nil, make([]byte, aead.NonceSize()), p.Box, bound)
		if err != nil {
			return fmt.Errorf("entry %d: %w", seq, err)
		}
		r.opened++
		r.seen("trail/detail", text[32:])
	}
	return nil
}

// learned opens what filings taught: what is told of all, and what of single papers lies under keys of their Akten.
func (r *ransacking) learned(v []byte) error {
	lookup, err := r.have.lookup.Derive("lookup")
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, lookup[:])
	mac.Write([]byte("mark/key of what was learned\x00"))
	box, err := seal.NewBox(seal.Key(mac.Sum(nil)))
	if err != nil {
		return err
	}
	text, err := box.Open(v, []byte("learned"))
	if err != nil {
		return err
	}
	var all map[int]cbor.RawMessage
	if err := cbor.Unmarshal(text, &all); err != nil {
		return err
	}
	r.opened++
	r.seen("learned", text)
	var papers []struct {
		_      struct{} `cbor:",toarray"`
		Akte   string
		Sealed []byte
	}
	if err := cbor.Unmarshal(all[9], &papers); err != nil {
		return err
	}
	for _, p := range papers {
		if r.have.owners[audit.AkteKey(p.Akte)].IsZero() {
			r.shut["learned"]++
		}
	}
	return nil
}

// objects opens every object with every key.
func (r *ransacking) objects(engine blob.Store) {
	t := r.t
	store := seal.New(engine)
	defer store.Close()
	if err := store.List(t.Context(), func(ref blob.Ref, info blob.Info) error {
		size := info.Size - 32*((info.Size+65567)/65568)
		for n, key := range append(r.have.all(), r.goneContents()...) {
			key, err := key.Derive("object/" + string(ref))
			if err != nil {
				return err
			}
			o, err := store.Open(t.Context(), ref, key, size, [32]byte{})
			if err != nil {
				return err
			}
			text := make([]byte, size)
			_, err = o.ReadAt(text, 0)
			if err := o.Close(); err != nil {
				return err
			}
			if err != nil {
				continue
			}
			if n >= len(r.have.all()) {
				r.shut["object"]++
				return nil
			}
			r.opened++
			r.seen("object", text)
			return nil
		}
		r.dark["object"]++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func (r *ransacking) goneContents() []seal.Key {
	if r.gone == nil {
		return nil
	}
	return slices.Collect(maps.Keys(r.gone.contents))
}

// index reads the dictionaries of every file of the index, those of entries that were deleted included.
func (r *ransacking) index(dir string) {
	t := r.t
	files, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no index: %v", err)
	}
	for _, file := range files {
		segment, err := (&zap.ZapPlugin{}).Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range segment.Fields() {
			words, err := segment.Dictionary(field)
			if err != nil {
				t.Fatal(err)
			}
			each := words.AutomatonIterator(nil, nil, nil)
			for e, err := each.Next(); e != nil || err != nil; e, err = each.Next() {
				if err != nil {
					t.Fatal(err)
				}
				r.opened++
				r.seen("index", []byte(e.Term))
			}
		}
		if err := segment.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// empty takes every file of a folder that holds something for what should be gone; locks hold nothing.
func (r *ransacking) empty(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			r.t.Fatal(err)
		}
		if !info.IsDir() && info.Size() > 0 {
			r.dark[filepath.Base(dir)]++
		}
	}
}
