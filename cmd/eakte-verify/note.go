package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxNote is the largest signed note in bytes.
const maxNote = 1 << 16

// The kinds of keys, by their first byte (C2SP signed-note).
const (
	algLog         = 1
	algCosignature = 4
)

// key is a verifier key: "NAME+HASH+base64(KIND || public key)".
type key struct {
	name   string
	hash   [4]byte
	public ed25519.PublicKey
}

// parseKey reads the text of a key of a kind.
func parseKey(text string, alg byte) (*key, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(text), "+")
	digits, encoded, _ := strings.Cut(rest, "+")
	raw, err := decode64(encoded)
	if err != nil || name == "" || strings.ContainsAny(name, " \n") || len(raw) != 1+ed25519.PublicKeySize || raw[0] != alg {
		return nil, problem{code: "not-key"}
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	if hex.EncodeToString(sum[:4]) != digits {
		return nil, problem{code: "not-key"}
	}
	return &key{name: name, hash: [4]byte(sum[:4]), public: raw[1:]}, nil
}

// decode64 reads base64 of one form only.
func decode64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") { // which the decoder would overlook
		return nil, problem{code: "not-key"}
	}
	return base64.StdEncoding.Strict().DecodeString(s)
}

// signature is a line under a note: "— NAME base64(HASH || SIGNATURE)".
type signature struct {
	name string
	hash [4]byte
	sig  []byte
}

// note is a text with signatures under it.
type note struct {
	body       []byte
	signatures []signature
}

// parseNote takes a signed note apart; ok is false if it isn't one.
func parseNote(data []byte) (n note, ok bool) {
	at := bytes.LastIndex(data, []byte("\n\n"))
	if len(data) > maxNote || !utf8.Valid(data) || at < 0 || at+2 >= len(data) || data[len(data)-1] != '\n' {
		return note{}, false
	}
	n.body = data[:at+1]
	for line := range strings.SplitSeq(string(data[at+2:len(data)-1]), "\n") {
		fields := strings.Split(line, " ")
		if len(fields) != 3 || fields[0] != "—" || fields[1] == "" {
			return note{}, false
		}
		raw, err := decode64(fields[2])
		if err != nil || len(raw) < 5 {
			return note{}, false
		}
		n.signatures = append(n.signatures, signature{fields[1], [4]byte(raw), raw[4:]})
	}
	return n, true
}

// signed says whether k signed the note: "" if so, otherwise the code of what is wrong.
func (n *note) signed(k *key) string {
	found := false
	for _, s := range n.signatures {
		if s.name != k.name || s.hash != k.hash {
			continue
		}
		if !ed25519.Verify(k.public, n.body, s.sig) {
			return "checkpoint-signature"
		}
		found = true
	}
	if !found {
		return "checkpoint-unsigned"
	}
	return ""
}

// cosigned returns when the witness k cosigned the note (C2SP tlog-cosignature); there is false if
// nothing in the note claims to be of that witness, good is false if something does and isn't.
func (n *note) cosigned(k *key) (at time.Time, there, good bool) {
	for _, s := range n.signatures {
		if s.name != k.name || s.hash != k.hash {
			continue
		}
		there = true
		if len(s.sig) != 8+ed25519.SignatureSize {
			return at, true, false
		}
		seconds := binary.BigEndian.Uint64(s.sig)
		message := append([]byte("cosignature/v1\ntime "+strconv.FormatUint(seconds, 10)+"\n"), n.body...)
		if seconds > 1<<40 || !ed25519.Verify(k.public, message, s.sig[8:]) {
			return at, true, false
		}
		if t := time.Unix(int64(seconds), 0).UTC(); t.After(at) {
			at = t
		}
	}
	return at, there, there
}

// checkpoint is what the body of a note says of a log.
type checkpoint struct {
	origin string
	size   int64
	root   hash
	body   []byte
}

// parseCheckpoint reads the three lines of a checkpoint; ok is false if the text isn't one.
func parseCheckpoint(body []byte) (c checkpoint, ok bool) {
	lines := strings.Split(string(body), "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return c, false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, false
	}
	root, err := decode64(lines[2])
	if err != nil || len(root) != len(hash{}) {
		return c, false
	}
	return checkpoint{origin: lines[0], size: size, root: hash(root), body: body}, true
}
