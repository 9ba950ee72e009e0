package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const proofHeader = "c2sp.org/tlog-proof@v1"

// Proof shows that an entry is in the log a checkpoint speaks of.
type Proof struct {
	// Index is the sequence number of the entry.
	Index int64
	// Hashes is the audit path of RFC 6962, from the leaf up.
	Hashes [][32]byte
	// Checkpoint is the signed note.
	Checkpoint []byte
}

// Prove returns the proof of the entry at p for the last stored checkpoint of its
// shard. [ErrNoEntry] says that there is no such entry or that the checkpoint doesn't
// cover it yet.
func (l Log) Prove(g Getter, p Position, v note.Verifier) (Proof, error) {
	signed, c, err := l.LastCheckpoint(g, p.Year, v)
	if err != nil {
		return Proof{}, err
	}
	if p.Seq < 0 || p.Seq >= c.Size {
		return Proof{}, fmt.Errorf("audit: entry %d of %d under a checkpoint of %d: %w", p.Seq, p.Year, c.Size, ErrNoEntry)
	}
	path, err := tlog.ProveRecord(c.Size, p.Seq, hashes{g, p.Year})
	if err != nil {
		return Proof{}, fmt.Errorf("audit: proof of entry %d of %d: %w", p.Seq, p.Year, err)
	}
	out := Proof{Index: p.Seq, Checkpoint: signed}
	for _, h := range path {
		out.Hashes = append(out.Hashes, h)
	}
	return out, nil
}

// Text returns the proof as text to print or mail, in the form of C2SP tlog-proof: a
// header, the index, one hash a line, an empty line, the checkpoint. The entry itself
// goes beside it.
func (p Proof) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads what [Proof.Text] wrote. It checks the form only; see [Proof.Check].
func ParseProof(text []byte) (Proof, error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || len(lines) > 2+64 || lines[0] != proofHeader {
		return Proof{}, errors.New("audit: not a proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || index < 0 || lines[1] != fmt.Sprintf("index %d", index) {
		return Proof{}, errors.New("audit: proof without an index")
	}
	p := Proof{Index: index, Checkpoint: checkpoint}
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != 32 {
			return Proof{}, errors.New("audit: proof with a line that is no hash")
		}
		p.Hashes = append(p.Hashes, [32]byte(raw))
	}
	return p, nil
}

// Check reports whether the proof shows that the entry with the bytes leaf is in the
// log of the checkpoint, signed by v; it returns what the checkpoint says.
func (p Proof) Check(leaf []byte, v note.Verifier) (Checkpoint, error) {
	c, err := ParseCheckpoint(p.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, err
	}
	path := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		path[i] = h
	}
	if err := tlog.CheckRecord(path, c.Size, c.Root, p.Index, tlog.RecordHash(leaf)); err != nil {
		return Checkpoint{}, fmt.Errorf("audit: entry %d isn't proven: %w", p.Index, err)
	}
	return c, nil
}
