package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// maxDetails is the largest details file, of 256 entries, in bytes.
const maxDetails = 256 << 20

// detailLine is a line of a details file.
type detailLine struct {
	Seq   int64        `json:"seq"`
	Parts []detailPart `json:"parts"`
}

type detailPart struct {
	Kind   string   `json:"kind"`
	Keys   []string `json:"keys"`
	Commit string   `json:"commit"`
	Salt   string   `json:"salt,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// detailLines are the details of one bundle that no entry has claimed yet.
type detailLines struct {
	bySeq map[int64]detailLine
}

// details reads the details beside a bundle.
func (w *walker) details(name string) (*detailLines, error) {
	lines := &detailLines{bySeq: map[int64]detailLine{}}
	if !w.plain {
		return lines, nil
	}
	data, err := w.read(filepath.Join("details", name), maxDetails)
	if err != nil {
		return nil, err
	}
	if data == nil {
		w.find(w.tree.size, "the file of the details from here on is missing")
		return lines, nil
	}
	for i, raw := range bytes.SplitAfter(data, []byte("\n")) {
		if len(raw) == 0 {
			continue
		}
		var line detailLine
		if err := json.Unmarshal(raw, &line); err == nil {
			if again, err := json.Marshal(line); err == nil && string(again)+"\n" == string(raw) {
				lines.bySeq[line.Seq] = line
				continue
			}
		}
		w.find(w.tree.size, "line %d of the details from here on is malformed", i+1)
	}
	return lines, nil
}

// leftOver finds details that belong to no entry of the bundle.
func (d *detailLines) leftOver(w *walker) {
	for _, seq := range slices.Sorted(maps.Keys(d.bySeq)) {
		w.find(seq, "there is a detail that doesn't belong to this entry")
	}
}

// detail compares the detail of an entry with what the entry commits to.
func (w *walker) detail(seq int64, l *leaf, lines *detailLines) {
	if l.detail == nil {
		return
	}
	if !w.plain {
		w.shard.Sealed++
		return
	}
	line, ok := lines.bySeq[seq]
	delete(lines.bySeq, seq)
	if !ok {
		w.find(seq, "the detail is missing")
		return
	}
	whole := sha256.New()
	for i := range line.Parts {
		p := &line.Parts[i]
		if !p.fits() {
			w.find(seq, "part %d of the detail isn't what was committed to", i+1)
		}
		if p.Salt == "" && p.Kind != "named" {
			w.shard.Erased++
		}
		whole.Write([]byte(p.Kind + " " + strings.Join(p.Keys, " ") + " " + p.Commit + "\n"))
	}
	if hex.EncodeToString(whole.Sum(nil)) != string(l.detail) {
		w.find(seq, "the detail isn't what the entry commits to")
		return
	}
	w.shard.Details++
}

// fits reports whether the text of a part is what its commitment says. A part without
// a salt was erased, or only names Akten; it may have no text then.
func (p *detailPart) fits() bool {
	if p.Salt == "" {
		return p.Text == ""
	}
	salt, err := hex.DecodeString(p.Salt)
	if err != nil || len(salt) != 32 || hex.EncodeToString(salt) != p.Salt {
		return false
	}
	sum := sha256.Sum256(append(salt, p.Text...))
	return hex.EncodeToString(sum[:]) == p.Commit
}
