package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// maxDetail is the longest line of a details file in bytes.
const maxDetail = 8 << 20

// detail is a line of a details file: what is personal about an entry, in parts. A part without a salt was
// erased, or only names Akten.
type detail struct {
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

// details reads the details beside a bundle of entries, a line at a time.
type details struct {
	year  *year
	there bool // the export has details
	file  *os.File
	lines *bufio.Reader
	next  *detail // the first line that no entry has claimed
}

func (d *details) open(name string) {
	if !d.there {
		return
	}
	file, ok := d.year.folder.open(filepath.Join("details", name), math.MaxInt64)
	if !ok {
		return // every entry with a detail will miss it
	}
	d.file, d.lines = file, bufio.NewReaderSize(file, 1<<16)
	d.advance()
}

func (d *details) close() {
	if d.file != nil {
		d.file.Close()
	}
	d.file, d.lines, d.next = nil, nil, nil
}

// advance reads the next line that is one.
func (d *details) advance() {
	for d.next = nil; d.lines != nil; {
		line, err := readLine(d.lines)
		if len(line) > 0 {
			if d.next = parseDetail(line); d.next != nil {
				return
			}
			d.year.find(d.year.tree.size, "detail-form")
		}
		if err != nil {
			return
		}
	}
}

// readLine returns the next line without its end, nil beside the error if it is too long or has no end.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) <= maxDetail {
			line = append(line, part...)
		} else {
			line = []byte{0} // no line of details, and short
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = r.ReadSlice('\n')
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF):
			return line, err
		default:
			return []byte{0}, err
		}
	}
}

// parseDetail reads a line, end included, in its one form; nil for anything else.
func parseDetail(line []byte) *detail {
	var d detail
	if json.Unmarshal(line, &d) != nil {
		return nil
	}
	if again, err := json.Marshal(d); err != nil || !bytes.Equal(append(again, '\n'), line) {
		return nil
	}
	for _, p := range d.Parts {
		if p.Keys == nil {
			return nil
		}
	}
	if d.Parts == nil {
		return nil
	}
	return &d
}

// skip leaves out the detail of an entry that can't be read.
func (d *details) skip(seq int64) {
	d.before(seq)
	if d.next != nil && d.next.Seq == seq {
		d.advance()
	}
}

// before finds lines that belong to no entry up to seq.
func (d *details) before(seq int64) {
	for d.next != nil && d.next.Seq < seq {
		d.year.find(d.next.Seq, "detail-stray")
		d.advance()
	}
}

// rest finds lines that belong to no entry of the bundle.
func (d *details) rest() { d.before(math.MaxInt64) }

// compare compares the detail of an entry with the commitment of the entry, nil if it has none.
func (d *details) compare(seq int64, commitment []byte) {
	d.before(seq)
	if commitment == nil {
		return // a line of this number will be found a stray one
	}
	if !d.there {
		d.year.told.Sealed++
		return
	}
	if d.next == nil || d.next.Seq != seq {
		d.year.find(seq, "detail-missing")
		return
	}
	whole, erased := sha256.New(), int64(0)
	for i := range d.next.Parts {
		p := &d.next.Parts[i]
		if !p.fits() {
			d.year.find(seq, "detail-part", i+1)
		}
		if p.Salt == "" && p.Kind != "named" {
			erased++
		}
		io.WriteString(whole, p.Kind+" "+strings.Join(p.Keys, " ")+" "+p.Commit+"\n")
	}
	if hex.EncodeToString(whole.Sum(nil)) != string(commitment) {
		d.year.find(seq, "detail")
	}
	d.year.told.Details++
	d.year.told.Erased += erased
	d.advance()
}

// fits says whether a part is what its commitment says, as far as it can be read.
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
