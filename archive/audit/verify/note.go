package verify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// vkey is the key of the log: "name+hash+base64(1 || public key)".
type vkey struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

// parseVKey reads the text of a verifier key.
func parseVKey(text string) (vkey, error) {
	bad := errors.New("not a verifier key of the form NAME+HASH+KEY")
	fields := strings.SplitN(strings.TrimSpace(text), "+", 3)
	if len(fields) != 3 || fields[0] == "" || len(fields[1]) != 8 {
		return vkey{}, bad
	}
	hash, err := strconv.ParseUint(fields[1], 16, 32)
	if err != nil {
		return vkey{}, bad
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 1 {
		return vkey{}, bad
	}
	sum := sha256.Sum256(append([]byte(fields[0]+"\n"), raw...))
	if binary.BigEndian.Uint32(sum[:]) != uint32(hash) {
		return vkey{}, errors.New("verifier key is mistyped: its hash doesn't fit")
	}
	return vkey{name: fields[0], hash: uint32(hash), public: raw[1:]}, nil
}

// checkpoint is what a signed note says, and body the text that was signed.
type checkpoint struct {
	origin string
	size   int64
	root   hash
	body   []byte
}

// openCheckpoint reads a signed note and checks the signature of k.
func openCheckpoint(signed []byte, k vkey) (checkpoint, error) {
	if len(signed) > 1<<16 || !utf8.Valid(signed) {
		return checkpoint{}, errors.New("not a signed note")
	}
	at := bytes.LastIndex(signed, []byte("\n\n"))
	if at < 0 || signed[len(signed)-1] != '\n' || at+2 >= len(signed) {
		return checkpoint{}, errors.New("not a signed note")
	}
	body := signed[:at+1]
	valid := false
	for line := range strings.SplitSeq(string(signed[at+2:len(signed)-1]), "\n") {
		name, sig, err := signature(line)
		if err != nil {
			return checkpoint{}, err
		}
		if name != k.name || binary.BigEndian.Uint32(sig) != k.hash {
			continue // another's signature: a witness
		}
		if !ed25519.Verify(k.public, body, sig[4:]) {
			return checkpoint{}, errors.New("the signature is wrong")
		}
		valid = true
	}
	if !valid {
		return checkpoint{}, errors.New("not signed by the key given")
	}
	return parseBody(body)
}

// signature reads a line "— name base64(hash || signature)".
func signature(line string) (name string, sig []byte, err error) {
	rest, ok := strings.CutPrefix(line, "— ")
	name, text, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || name == "" {
		return "", nil, errors.New("a signature line is malformed")
	}
	sig, err = base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(sig) < 5 {
		return "", nil, errors.New("a signature line is malformed")
	}
	return name, sig, nil
}

// parseBody reads the three lines of a checkpoint: origin, size, root.
func parseBody(body []byte) (checkpoint, error) {
	lines := strings.Split(string(body), "\n")
	if len(lines) != 4 || lines[0] == "" {
		return checkpoint{}, errors.New("not a checkpoint of three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, errors.New("the size in the checkpoint is no number")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(hash{}) {
		return checkpoint{}, errors.New("the root in the checkpoint is no hash")
	}
	return checkpoint{origin: lines[0], size: size, root: hash(root), body: body}, nil
}
