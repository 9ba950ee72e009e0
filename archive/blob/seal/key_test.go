package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

func TestKeyNeverPrints(t *testing.T) {
	var key seal.Key
	copy(key[:], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef")
	secrets := []string{"ABCDEF", hex.EncodeToString(key[:3]), strings.ToUpper(hex.EncodeToString(key[:3])), "65 66 67", "[65", "0x41"}
	record := struct{ Key seal.Key }{key}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("x", "key", key, "pointer", &key, "record", record)
	}
	printed := map[string]string{"slog": log.String(), "Sprint": fmt.Sprint(key, &key, record)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U"} {
		printed[verb] = fmt.Sprintf(verb+" "+verb, key, record)
	}
	for how, text := range printed {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s prints %s", how, text)
			}
		}
		if !strings.Contains(text, "***") {
			t.Errorf("%s prints %s without ***", how, text)
		}
	}
	if got, err := json.Marshal(record); err == nil {
		t.Errorf("JSON has %s, want an error", got)
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	a, b := seal.NewKey(), seal.NewKey()
	seen := map[seal.Key]bool{a: true, b: true}
	for _, k := range []seal.Key{a, b} {
		for _, use := range []string{"object", "record", "wrap", "lookup", ""} {
			got, err := k.Derive(use)
			if err != nil || seen[got] || got.IsZero() {
				t.Errorf("use %q: %v, or a key that was there already", use, err)
			}
			seen[got] = true
			if again, _ := k.Derive(use); again != got {
				t.Errorf("use %q: another key the second time", use)
			}
		}
	}
	if _, err := (seal.Key{}).Derive("object"); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("derive from nothing: %v", err)
	}
	if _, err := seal.NewBox(seal.Key{}); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("box of nothing: %v", err)
	}
}

func box(t testing.TB, k seal.Key) *seal.Box {
	t.Helper()
	b, err := seal.NewBox(k)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBoxOpensOnlyWhatItSealed(t *testing.T) {
	b, aad := box(t, seal.NewKey()), []byte("akte/1")
	for _, plain := range [][]byte{{}, {0}, []byte("Müller"), bytes.Repeat([]byte("x"), 70_000)} {
		sealed := b.Seal(plain, aad)
		if len(sealed) != len(plain)+29 {
			t.Errorf("%d bytes for %d, want 29 more", len(sealed), len(plain))
		}
		if got, err := b.Open(sealed, aad); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("open: %q, %v", got, err)
		}
		if bytes.Equal(sealed, b.Seal(plain, aad)) {
			t.Error("sealing twice gives the same bytes")
		}
		refused(t, b, sealed, []byte("akte/2"), "other aad")
		refused(t, b, sealed, nil, "no aad")
		refused(t, box(t, seal.NewKey()), sealed, aad, "other key")
	}
	sealed := b.Seal([]byte("Geburtsurkunde"), aad)
	for i := range sealed {
		for bit := range 8 {
			sealed[i] ^= 1 << bit
			refused(t, b, sealed, aad, "flipped bit")
			sealed[i] ^= 1 << bit
		}
		refused(t, b, sealed[:i], aad, "cut")
	}
	refused(t, b, append(sealed, 0), aad, "longer")
}

func refused(t *testing.T, b *seal.Box, sealed, aad []byte, what string) {
	t.Helper()
	if got, err := b.Open(sealed, aad); !errors.Is(err, blob.ErrCorrupt) || got != nil {
		t.Errorf("%s: %q, %v; want ErrCorrupt alone", what, got, err)
	}
}

func TestWrappedKeys(t *testing.T) {
	key, from, to := seal.NewKey(), box(t, seal.NewKey()), box(t, seal.NewKey())
	aad := []byte("object/1")
	wrapped, err := from.Wrap(key, aad)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(wrapped, key[:8]) {
		t.Error("wrapped key shows the key")
	}
	got, err := from.Unwrap(wrapped, aad)
	if err != nil || got != key {
		t.Fatalf("unwrap: %v, or another key", err)
	}
	again, err := to.Wrap(got, aad)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := to.Unwrap(again, aad); err != nil || got != key {
		t.Errorf("unwrap after wrapping anew: %v, or another key", err)
	}
	for name, try := range map[string]func() (seal.Key, error){
		"other box":       func() (seal.Key, error) { return to.Unwrap(wrapped, aad) },
		"other aad":       func() (seal.Key, error) { return from.Unwrap(wrapped, []byte("object/2")) },
		"sealed record":   func() (seal.Key, error) { return from.Unwrap(from.Seal(key[:], aad), aad) },
		"flipped bit":     func() (seal.Key, error) { w := bytes.Clone(wrapped); w[20] ^= 4; return from.Unwrap(w, aad) },
		"nothing":         func() (seal.Key, error) { return from.Unwrap(nil, aad) },
		"wrapped as text": func() (seal.Key, error) { return from.Unwrap([]byte("key"), aad) },
	} {
		if got, err := try(); !errors.Is(err, blob.ErrCorrupt) || !got.IsZero() {
			t.Errorf("%s: %v, want ErrCorrupt and no key", name, err)
		}
	}
	if _, err := from.Open(wrapped, aad); !errors.Is(err, blob.ErrCorrupt) {
		t.Errorf("wrapped key opens as a record: %v", err)
	}
	if _, err := from.Wrap(seal.Key{}, aad); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("wrap of nothing: %v", err)
	}
}

// fuzzKey is fixed, so that a found input stays one.
var fuzzKey = seal.Key{1, 2, 3}

func FuzzBoxOpen(f *testing.F) {
	b := box(f, fuzzKey)
	f.Add(b.Seal([]byte("record"), []byte("aad")), []byte("aad"))
	f.Add(b.Seal(nil, nil), []byte{})
	f.Add([]byte{1}, []byte{})
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		plain, err := b.Open(sealed, aad)
		if err == nil && len(plain)+29 != len(sealed) {
			t.Errorf("%d bytes from %d", len(plain), len(sealed))
		}
		if err != nil && !errors.Is(err, blob.ErrCorrupt) {
			t.Errorf("error %v, want ErrCorrupt", err)
		}
	})
}

func FuzzUnwrap(f *testing.F) {
	b := box(f, fuzzKey)
	wrapped, err := b.Wrap(seal.Key{9}, []byte("aad"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wrapped, []byte("aad"))
	f.Add(b.Seal(make([]byte, 32), nil), []byte{})
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, wrapped, aad []byte) {
		key, err := b.Unwrap(wrapped, aad)
		if (err == nil) == key.IsZero() {
			t.Errorf("a key or an error, not %v with key %t", err, !key.IsZero())
		}
		if err != nil && !errors.Is(err, blob.ErrCorrupt) {
			t.Errorf("error %v, want ErrCorrupt", err)
		}
	})
}
