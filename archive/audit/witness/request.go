package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// maxProof is how many hashes a proof of consistency has at most.
	maxProof = 63
	// maxBody is the size of a request and of an answer in bytes, at most.
	maxBody = 1 << 16
)

// ErrMalformed says that a request isn't in the form of one.
var ErrMalformed = errors.New("malformed request")

// Request asks for a cosignature (the body of add-checkpoint).
type Request struct {
	// Old is the size of the checkpoint that was cosigned last, 0 for none.
	Old int64
	// Proof shows that the tree at Old is a part of the one of the checkpoint (RFC 6962, 2.1.2).
	Proof [][32]byte
	// Checkpoint is the signed note.
	Checkpoint []byte
}

// Text returns the body of the request.
func (r Request) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// ParseRequest reads what [Request.Text] wrote; the error is [ErrMalformed].
func ParseRequest(body []byte) (Request, error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(body) > maxBody || len(lines) > 1+maxProof {
		return Request{}, fmt.Errorf("witness: %w", ErrMalformed)
	}
	old, ok := strings.CutPrefix(lines[0], "old ")
	size, err := parseSize(old)
	if err != nil || !ok {
		return Request{}, fmt.Errorf("witness: old size: %w", ErrMalformed)
	}
	r := Request{Old: size, Checkpoint: checkpoint}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return Request{}, fmt.Errorf("witness: proof: %w", ErrMalformed)
		}
		r.Proof = append(r.Proof, h)
	}
	return r, nil
}

// parseSize reads a size in its one form.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, ErrMalformed
	}
	return n, nil
}

// parseHash reads a hash in its one form.
func parseHash(s string) (h [32]byte, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != len(h) || base64.StdEncoding.EncodeToString(raw) != s {
		return h, ErrMalformed
	}
	return [32]byte(raw), nil
}

// Checkpoint is what the body of a note says of a log (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   [32]byte
}

// parseBody reads the text of a note. Lines behind the third are extensions; they are signed along and mean
// nothing here.
func parseBody(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" || lines[len(lines)-1] != "" {
		return c, fmt.Errorf("witness: checkpoint: %w", ErrMalformed)
	}
	c.Origin = lines[0]
	if c.Size, err = parseSize(lines[1]); err == nil {
		c.Root, err = parseHash(lines[2])
	}
	for _, extension := range lines[3 : len(lines)-1] {
		if extension == "" {
			err = ErrMalformed
		}
	}
	if err != nil {
		return c, fmt.Errorf("witness: checkpoint: %w", err)
	}
	return c, nil
}

// continues says whether the proof of r shows that the tree of c begins with that of last.
func (r Request) continues(last, c Checkpoint) bool {
	if last.Size == 0 {
		return len(r.Proof) == 0 && (c.Size > 0 || c.Root == sha256.Sum256(nil))
	}
	proof := make(tlog.TreeProof, len(r.Proof))
	for i, h := range r.Proof {
		proof[i] = h
	}
	return tlog.CheckTree(proof, c.Size, c.Root, last.Size, last.Root) == nil
}
