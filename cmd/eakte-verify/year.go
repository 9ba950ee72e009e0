package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

const (
	tileWidth = 256
	// setBack is how far the clock may go back between two entries without a word: acts of one moment are
	// committed together in any order.
	setBack = time.Minute
)

// year checks one year of the log: a tree of its own.
type year struct {
	folder
	name   string
	key    *key
	report *report
	former *year // the year before in the export
	told   told
	seen   map[string]bool // witnesses that cosigned something of this year

	at      checkpoint
	marks   []mark // those of this year, by size
	fields  []field
	tree    frontier
	rows    []row // tiles being filled, by level
	details details
	last    time.Time
	back    int
	shift   int64                // how far the numbers of the entries are from their places
	tiled   bool                 // a tile was found wrong: those above it are, too
	dropped bool                 // the export has no entries of it at all
	drops   map[string]time.Time // years whose entries were dropped, as its own entries tell
	stamps  int                  // timestamps that are of what they lie beside
	stamp   time.Time            // the last of them
}

// row collects the hashes of a level of tiles until a tile is full.
type row struct {
	hashes []byte
	tile   int64
}

// check checks the year as far as it can be read.
func (y *year) check(marks []mark, witnesses []*key) {
	y.told, y.seen, y.fields, y.drops = told{Year: y.name}, map[string]bool{}, fields(), map[string]time.Time{}
	if !y.open(witnesses) {
		return
	}
	for _, m := range marks {
		if m.origin == y.at.origin {
			y.marks = append(y.marks, m)
		}
	}
	slices.SortStableFunc(y.marks, func(a, b mark) int { return int(min(max(a.size-b.size, -1), 1)) })
	y.details = details{year: y, there: y.has("details")}
	if y.at.size == 0 {
		y.find(-1, "nothing")
	}
	if y.dropped = !y.has("tile") && y.at.size > 0; y.dropped {
		y.compareLast()
		return
	}
	y.compareMarks()
	y.entries()
	y.conclude()
}

// compareLast compares the final checkpoint of a year without entries with what others vouched for: the same size, or
// more than there ever was. Of smaller ones nothing can be said.
func (y *year) compareLast() {
	for _, m := range y.marks {
		if m.size > y.at.size {
			y.find(-1, m.cut, y.at.size, m.size, m.who)
		} else if m.size == y.at.size && m.root != y.at.root {
			y.find(-1, m.differs, m.size, m.who)
		}
	}
}

// open reads the checkpoint of the export, those that witnesses cosigned and those that were timestamped.
func (y *year) open(witnesses []*key) bool {
	data, ok := y.read("checkpoint", maxNote)
	if !ok {
		y.find(-1, "checkpoint-missing")
		return false
	}
	n, ok := parseNote(data)
	c, ok2 := checkpoint{}, false
	if ok {
		c, ok2 = parseCheckpoint(n.body)
	}
	if !ok || !ok2 {
		y.find(-1, "checkpoint-form")
		return false
	}
	if code := n.signed(y.key); code != "" {
		y.find(-1, code)
		return false
	}
	y.at = c
	y.told.Origin, y.told.Size = c.origin, c.size
	if c.origin != y.key.name+"/"+y.name {
		y.find(-1, "origin", c.origin)
	}
	y.witness(c, &n, witnesses)
	for _, name := range y.list("cosigned") {
		y.cosigned(name, witnesses)
	}
	for _, name := range y.stampNames() {
		y.stamped(name)
	}
	if y.stamps > 0 {
		y.report.note(y.name, "stamps", y.stamps, y.stamp.Format(time.DateOnly))
	}
	return true
}

// cosigned reads a checkpoint that the export keeps because a witness cosigned it.
func (y *year) cosigned(name string, witnesses []*key) {
	data, _ := y.read(filepath.Join("cosigned", name), maxNote)
	n, ok := parseNote(data)
	if !ok {
		y.find(-1, "cosigned-form", name)
		return
	}
	c, ok := parseCheckpoint(n.body)
	if !ok || c.origin != y.at.origin || n.signed(y.key) != "" {
		y.find(-1, "cosigned-form", name)
		return
	}
	y.witness(c, &n, witnesses)
}

// witness takes the cosignatures of the witnesses the officer trusts.
func (y *year) witness(c checkpoint, n *note, witnesses []*key) {
	for _, k := range witnesses {
		at, there, good := n.cosigned(k)
		switch {
		case !there:
		case !good:
			y.find(-1, "witness-signature", k.name)
		default:
			y.seen[k.name] = true
			y.marks = append(y.marks, mark{c, "witness-differs", "witness-cut", k.name})
			y.told.Cosigned = append(y.told.Cosigned, cosigned{k.name, c.size, at})
		}
	}
}

// entries reads all entries up to the size of the checkpoint, in bundles.
func (y *year) entries() {
	for tile := int64(0); tile <= (y.at.size-1)/tileWidth && y.at.size > 0; tile++ {
		width := int(min(y.at.size-tile*tileWidth, tileWidth))
		if !y.bundle(tileName(tile, width), width) {
			y.find(y.tree.size, "lost")
			return
		}
	}
	for level := range y.rows {
		if len(y.rows[level].hashes) > 0 {
			y.tile(level)
		}
	}
}

// bundle reads so many entries; false if they aren't all there.
func (y *year) bundle(name string, width int) bool {
	data, ok := y.read(filepath.Join("tile", "entries", name), tileWidth*(2+1<<16))
	if !ok {
		return false
	}
	y.details.open(name)
	defer y.details.close()
	for range width {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return false
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		y.entry(data[2:n])
		y.tree.add(hashEntry(data[2:n]), y.node)
		y.compareMarks()
		data = data[n:]
	}
	y.details.rest()
	if len(data) > 0 {
		y.find(y.tree.size-1, "surplus")
	}
	return true
}

// entry checks what an entry says.
func (y *year) entry(b []byte) {
	seq := y.tree.size
	e, ok := parseEntry(b, y.fields)
	if !ok {
		y.find(seq, "form")
		y.details.skip(seq + y.shift)
		return
	}
	first := seq == 0
	switch {
	case string(e.log) != y.at.origin:
		y.find(seq, "log", e.log)
	case e.seq != seq && e.seq-seq != y.shift:
		y.find(seq, "number", e.seq) // once for all that moved together
	case e.timeless:
		y.find(seq, "time")
	case (string(e.op) == "shard.open") != first:
		y.find(seq, "opening")
	case !first && e.prev != nil:
		y.find(seq, "tie")
	}
	if former, ok := bytes.CutPrefix(e.object, []byte("shard/")); ok && string(e.op) == "trail.drop" {
		y.drops[string(former)] = e.time
	}
	if string(e.op) == "restore" && !e.timeless {
		y.report.note(y.name, "restored", seq, e.time.Format(time.DateTime))
	}
	y.shift = e.seq - seq
	if !e.timeless {
		if e.time.Before(y.last.Add(-setBack)) {
			y.back++
		}
		y.last = e.time
		y.told.upTo(e.time)
	}
	if first {
		y.chain(&e)
	}
	y.details.compare(e.seq, e.detail)
}

// chain compares the first entry with the final checkpoint of the former year.
func (y *year) chain(e *entry) {
	former := y.former
	if former != nil && former.at.origin == "" {
		former = nil
	}
	switch {
	case e.prev == nil && (former != nil || e.object != nil):
		y.find(0, "chain")
	case e.prev != nil && former == nil:
		y.report.note(y.name, "untied", e.object)
	case e.prev != nil:
		sum := sha256.Sum256(former.at.body)
		if hex.EncodeToString(sum[:]) != string(e.prev) || "shard/"+former.name != string(e.object) {
			y.find(0, "chain")
		}
	}
}

// node collects the hashes that are in tiles, and compares each tile as it becomes full.
func (y *year) node(height int, h hash) {
	if height%8 != 0 {
		return
	}
	level := height / 8
	if level == len(y.rows) {
		y.rows = append(y.rows, row{hashes: make([]byte, 0, tileWidth*len(h))})
	}
	r := &y.rows[level]
	if r.hashes = append(r.hashes, h[:]...); len(r.hashes) == tileWidth*len(h) {
		y.tile(level)
	}
}

// tile compares a tile of the export with the hashes computed.
func (y *year) tile(level int) {
	r := &y.rows[level]
	width := len(r.hashes) / sha256.Size
	name := filepath.Join("tile", fmt.Sprint(level), tileName(r.tile, width))
	first := r.tile * tileWidth << (8 * level)
	data, ok := y.read(name, tileWidth*sha256.Size)
	if !ok || len(data) != len(r.hashes) {
		y.find(first, "tile-missing", filepath.ToSlash(name))
	} else if same := prefix(data, r.hashes) / sha256.Size; same < width && (level == 0 || !y.tiled) {
		y.find(first+int64(same)<<(8*level), "tile", 8*level)
		y.tiled = true
	}
	r.hashes, r.tile = r.hashes[:0], r.tile+1
}

// prefix returns how many bytes two texts of one length share at their start.
func prefix(a, b []byte) (n int) {
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}

// compareMarks compares the tree as it has grown with those whose size it has reached.
func (y *year) compareMarks() {
	for len(y.marks) > 0 && y.marks[0].size <= y.tree.size {
		m := y.marks[0]
		if y.marks = y.marks[1:]; m.size == y.tree.size && y.tree.root() != m.root {
			y.find(-1, m.differs, m.size, m.who)
		}
	}
}

// conclude compares the whole with the checkpoint.
func (y *year) conclude() {
	root := y.tree.root()
	y.told.Entries, y.told.Root = y.tree.size, hex.EncodeToString(root[:])
	if y.tree.size == y.at.size && root != y.at.root {
		y.find(-1, "root", y.at.size)
	}
	for _, m := range y.marks {
		if m.size > y.at.size { // otherwise entries are lost before it, which was found
			y.find(-1, m.cut, y.at.size, m.size, m.who)
		}
	}
	if y.back > 0 {
		y.report.note(y.name, "back", y.back)
	}
	if y.told.Sealed > 0 {
		y.report.note(y.name, "sealed", y.told.Sealed)
	}
}

func (y *year) find(seq int64, code string, args ...any) { y.report.find(y.name, seq, code, args...) }

// tileName is the path of a tile: "x001/x234/067", and "x001/x234/067.p/17" for one that isn't full.
func tileName(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < tileWidth {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return filepath.FromSlash(name)
}
