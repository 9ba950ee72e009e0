package witness

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the kind of a key that makes timestamped cosignatures (C2SP tlog-cosignature).
const algCosignature = 4

// Key verifies the cosignatures of a witness. It is a [note.Verifier].
type Key struct {
	name   string
	public ed25519.PublicKey
}

var _ note.Verifier = (*Key)(nil)

// ParseKey reads the text of a witness's verifier key, "NAME+HASH+base64(0x04 || public key)".
func ParseKey(text string) (*Key, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(text), "+")
	_, encoded, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algCosignature || !isName(name) {
		return nil, errors.New("witness: that is no verifier key of a witness")
	}
	k := &Key{name: name, public: raw[1:]}
	if k.String() != strings.TrimSpace(text) {
		return nil, errors.New("witness: the verifier key is mistyped")
	}
	return k, nil
}

// isName reports whether s may name a key.
func isName(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsAny(s, "+ \t\r\n") && strings.ToValidUTF8(s, "") == s
}

func (k *Key) raw() []byte { return append([]byte{algCosignature}, k.public...) }

// Name implements [note.Verifier].
func (k *Key) Name() string { return k.name }

// KeyHash implements [note.Verifier].
func (k *Key) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(k.name+"\n"), k.raw()...))
	return binary.BigEndian.Uint32(sum[:])
}

// String returns the text of the key.
func (k *Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.KeyHash(), base64.StdEncoding.EncodeToString(k.raw()))
}

// Verify implements [note.Verifier].
func (k *Key) Verify(msg, sig []byte) bool {
	_, ok := k.verify(msg, sig)
	return ok
}

// verify returns when msg was cosigned.
func (k *Key) verify(msg, sig []byte) (time.Time, bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return time.Time{}, false
	}
	seconds := binary.BigEndian.Uint64(sig)
	if seconds == 0 || seconds > 1<<40 || !ed25519.Verify(k.public, message(int64(seconds), msg), sig[8:]) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// CosignedAt returns when k cosigned a note; ok is false if it didn't, or the cosignature is wrong.
func (k *Key) CosignedAt(signed []byte) (at time.Time, ok bool) {
	n, err := note.Open(signed, note.VerifierList(k))
	if err != nil {
		return at, false
	}
	raw, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64) // k's, or it wouldn't have opened
	if err != nil || len(raw) < 4 {
		return at, false
	}
	return k.verify([]byte(n.Text), raw[4:])
}

// message is what is signed.
func message(seconds int64, body []byte) []byte {
	b := append([]byte("cosignature/v1\ntime "), strconv.FormatInt(seconds, 10)...)
	return append(append(b, '\n'), body...)
}

// signer makes cosignatures at a time. It is a [note.Signer].
type signer struct {
	Key
	private ed25519.PrivateKey
	at      time.Time
}

var _ note.Signer = (*signer)(nil)

// Sign implements [note.Signer].
func (s *signer) Sign(msg []byte) ([]byte, error) {
	seconds := s.at.Unix()
	if seconds <= 0 {
		return nil, errors.New("witness: the clock isn't set")
	}
	sig := binary.BigEndian.AppendUint64(nil, uint64(seconds))
	return append(sig, ed25519.Sign(s.private, message(seconds, msg))...), nil
}

// loadOrCreateKey reads the private key at path, which is made with mode 0600 if it isn't there.
func loadOrCreateKey(path string) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = createKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("witness: key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("witness: key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("witness: the key %s may be read by others: set its mode to 0600", path)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("witness: the key %s isn't readable", path)
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := private.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("witness: the key %s isn't readable", path)
	}
	return key, nil
}

// createKey writes a fresh key, unless somebody else was faster, and returns the file.
func createKey(path string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	tmp, err := writeTemp(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}
