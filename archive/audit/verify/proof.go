package verify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Proof checks the text of an inclusion proof (C2SP tlog-proof): that the entry with
// exactly these bytes is in the log whose checkpoint is in the proof, signed by the
// verifier key given. It returns the body of that checkpoint: origin, size, root.
func Proof(text, entry []byte, verifierKey string) (string, error) {
	key, err := parseVKey(verifierKey)
	if err != nil {
		return "", fmt.Errorf("verify: %w", err)
	}
	head, signed, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || len(lines) > 66 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("verify: not a proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || lines[1] != fmt.Sprintf("index %d", index) {
		return "", errors.New("verify: a proof without an index")
	}
	c, err := openCheckpoint(signed, key)
	if err != nil {
		return "", fmt.Errorf("verify: the checkpoint in the proof: %w", err)
	}
	path := make([]hash, 0, len(lines))
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != len(hash{}) {
			return "", errors.New("verify: a line of the proof is no hash")
		}
		path = append(path, hash(raw))
	}
	l, err := parseLeaf(entry)
	if err != nil || l.seq != index || string(l.log) != c.origin {
		return "", errors.New("verify: the entry isn't the one the proof speaks of")
	}
	leaf, _ := leafHash(entry, nil)
	root, ok := climb(leaf, index, c.size, path)
	if !ok || root != c.root {
		return "", errors.New("verify: the entry isn't in the log of this checkpoint")
	}
	return string(c.body), nil
}

// climb computes the root from a leaf and its audit path (RFC 9162, 2.1.3.2); ok is
// false if the path has the wrong length.
func climb(h hash, index, size int64, path []hash) (root hash, ok bool) {
	if index < 0 || index >= size {
		return h, false
	}
	n, last := index, size-1
	for _, p := range path {
		if last == 0 {
			return h, false
		}
		if n&1 == 1 || n == last {
			h = nodeHash(p, h)
			for n&1 == 0 && n != 0 {
				n, last = n>>1, last>>1
			}
		} else {
			h = nodeHash(h, p)
		}
		n, last = n>>1, last>>1
	}
	return h, last == 0
}
