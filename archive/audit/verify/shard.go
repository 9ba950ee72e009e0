package verify

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	tileWidth = 256
	// backstep is how far the clock may go back between two entries without a note:
	// events of one moment are committed together in any order.
	backstep = time.Minute
)

// walker checks one shard.
type walker struct {
	dir, year string
	key       vkey
	old       *checkpoint // the officer's, of whichever shard
	former    *checkpoint // of the shard before, if it is in the export
	report    *Report

	shard  Shard
	at     checkpoint
	tree   tree
	levels []level // tiles being filled, lowest first
	last   time.Time
	back   int  // steps back of the clock
	plain  bool // details were exported
}

// level collects the hashes of one level of tiles until a tile is full.
type level struct {
	hashes []byte
	tile   int64
}

// walk checks the shard and returns what its checkpoint says, nil if that can't be read.
func (w *walker) walk(ctx context.Context) (*checkpoint, error) {
	signed, err := w.read("checkpoint", 1<<16)
	if err != nil {
		return nil, err
	}
	w.shard.Year = w.year
	if signed == nil {
		w.find(-1, "there is no checkpoint")
		w.report.Shards = append(w.report.Shards, w.shard)
		return nil, nil
	}
	w.at, err = openCheckpoint(signed, w.key)
	if err != nil {
		w.find(-1, "the checkpoint: %v", err)
		w.report.Shards = append(w.report.Shards, w.shard)
		return nil, nil
	}
	w.shard.Origin, w.shard.Entries = w.at.origin, w.at.size
	if w.at.origin != w.key.name+"/"+w.year {
		w.find(-1, "the checkpoint is of %s", w.at.origin)
	}
	if info, err := os.Stat(filepath.Join(w.dir, "details")); err == nil && info.IsDir() {
		w.plain = true
	}
	if info, err := os.Stat(filepath.Join(w.dir, "tile")); w.at.size > 0 && (err != nil || !info.IsDir()) {
		w.report.dropped = append(w.report.dropped, w.year)
		if w.old != nil && w.old.origin == w.at.origin && (w.old.size > w.at.size || w.old.size == w.at.size && w.old.root != w.at.root) {
			w.find(-1, "the final checkpoint isn't that of the earlier one")
		}
		w.report.Shards = append(w.report.Shards, w.shard)
		return &w.at, nil
	}
	if err := w.entries(ctx); err != nil {
		return nil, err
	}
	w.finish()
	w.report.Shards = append(w.report.Shards, w.shard)
	return &w.at, nil
}

// entries reads all bundles up to the size of the checkpoint.
func (w *walker) entries(ctx context.Context) error {
	if w.at.size == 0 {
		w.find(-1, "the checkpoint is of an empty shard")
	}
	for tile := int64(0); tile*tileWidth < w.at.size; tile++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		width := min(w.at.size-tile*tileWidth, tileWidth)
		ok, err := w.bundle(tile, int(width))
		if err != nil {
			return err
		}
		if !ok {
			w.find(tile*tileWidth, "entries are missing or unreadable; the rest of the shard can't be checked")
			return nil
		}
	}
	for at := range w.levels {
		if len(w.levels[at].hashes) > 0 {
			w.tile(at) // the last one of its level, not full
		}
	}
	return nil
}

// bundle checks a bundle of entries; ok is false if it isn't one.
func (w *walker) bundle(tile int64, width int) (ok bool, err error) {
	name := tileName(tile, width)
	data, err := w.read(filepath.Join("tile", "entries", name), tileWidth*(1<<16+2))
	if err != nil || data == nil {
		return false, err
	}
	lines, err := w.details(name)
	if err != nil {
		return false, err
	}
	var buf []byte
	for range width {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return false, nil
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		entry := data[2:n]
		data = data[n:]
		w.entry(entry, lines)
		var h hash
		h, buf = leafHash(entry, buf)
		w.tree.push(h, w.node)
		if w.old != nil && w.old.origin == w.at.origin && w.tree.size == w.old.size && w.tree.root() != w.old.root {
			w.find(-1, "the first %d entries are not those of the earlier checkpoint", w.old.size)
		}
	}
	lines.leftOver(w)
	return len(data) == 0, nil
}

// entry checks what one entry says.
func (w *walker) entry(entry []byte, lines *detailLines) {
	seq := w.tree.size
	l, err := parseLeaf(entry)
	if err != nil {
		w.find(seq, "the entry %v", err)
		return
	}
	t, err := l.when()
	switch first := string(l.op) == "shard.open"; {
	case string(l.log) != w.at.origin:
		w.find(seq, "the entry is of another log")
	case l.seq != seq:
		w.find(seq, "the entry has the number %d", l.seq)
	case err != nil:
		w.find(seq, "the time is malformed")
	case first != (seq == 0):
		w.find(seq, "a shard begins with shard.open, and only there")
	case !first && l.prev != nil:
		w.find(seq, "only the first entry may speak of a former shard")
	}
	if string(l.op) == "trail.drop" {
		w.report.drops = append(w.report.drops, drop{w.year, cutShard(l.object)})
	}
	if t.Before(w.last.Add(-backstep)) && err == nil {
		w.back++
	}
	w.last = t
	if seq == 0 {
		w.chain(&l)
	}
	w.detail(seq, &l, lines)
}

// chain compares the first entry with the final checkpoint of the former shard.
func (w *walker) chain(l *leaf) {
	switch {
	case l.prev == nil && w.former != nil:
		w.find(0, "the first entry doesn't speak of the former shard %s", w.former.origin)
	case l.prev == nil && l.object != nil:
		w.find(0, "the first entry names a former shard without its hash")
	case l.prev != nil && w.former == nil:
		w.report.note("%s: the former shard (%s) isn't in the export or can't be read; the tie to it was not checked", w.year, l.object)
	case l.prev != nil:
		sum := sha256.Sum256(w.former.body)
		if hex.EncodeToString(sum[:]) != string(l.prev) || w.former.origin != w.key.name+"/"+cutShard(l.object) {
			w.find(0, "the first entry doesn't fit the final checkpoint of %s", w.former.origin)
		}
	}
}

func cutShard(object []byte) string {
	const prefix = "shard/"
	if len(object) < len(prefix) || string(object[:len(prefix)]) != prefix {
		return ""
	}
	return string(object[len(prefix):])
}

// node collects the hashes that tiles hold, those of every eighth level, and compares
// each tile as it becomes full.
func (w *walker) node(height int, h hash) {
	if height%8 != 0 {
		return
	}
	at := height / 8
	if at == len(w.levels) {
		w.levels = append(w.levels, level{hashes: make([]byte, 0, tileWidth*len(h))})
	}
	w.levels[at].hashes = append(w.levels[at].hashes, h[:]...)
	if len(w.levels[at].hashes) == tileWidth*len(h) {
		w.tile(at)
	}
}

// tile compares a tile of the export with the hashes computed.
func (w *walker) tile(at int) {
	l := &w.levels[at]
	width := len(l.hashes) / sha256.Size
	name := filepath.Join("tile", fmt.Sprint(at), tileName(l.tile, width))
	first := l.tile * tileWidth << (8 * at)
	data, err := w.read(name, tileWidth*sha256.Size)
	switch {
	case err != nil || len(data) != len(l.hashes):
		w.find(first, "the hash tile %s is missing, unreadable or of another size", name)
	default:
		for i := 0; i < len(data); i += sha256.Size {
			if [sha256.Size]byte(data[i:]) != [sha256.Size]byte(l.hashes[i:]) {
				w.find(first+int64(i/sha256.Size)<<(8*at), "the stored hash (level %d) isn't that of the entries", 8*at)
			}
		}
	}
	l.hashes, l.tile = l.hashes[:0], l.tile+1
}

// finish compares the whole with the checkpoints.
func (w *walker) finish() {
	root := w.tree.root()
	w.shard.Root = hex.EncodeToString(root[:])
	if w.tree.size == w.at.size && root != w.at.root {
		w.find(-1, "the %d entries are not those of the checkpoint: the root differs", w.at.size)
	}
	if w.old != nil && w.old.origin == w.at.origin && w.old.size > w.at.size {
		w.find(-1, "the export ends at %d entries, the earlier checkpoint has %d: the end was cut off, or an older state was put back", w.at.size, w.old.size)
	}
	if w.back > 0 {
		w.report.note("%s: the clock went back by more than %v %d times", w.year, backstep, w.back)
	}
	if w.shard.Sealed > 0 && !w.plain {
		w.report.note("%s: %d entries have a detail that isn't in the export", w.year, w.shard.Sealed)
	}
}

func (w *walker) find(seq int64, format string, args ...any) {
	w.report.find(w.year, seq, format, args...)
}

// read returns a file of the shard, nil if there is none; one larger than limit counts
// as none.
func (w *walker) read(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(filepath.Join(w.dir, name))
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

// tileName is the path of a tile: "x001/x234/067", "x001/x234/067.p/17".
func tileName(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < tileWidth {
		name += fmt.Sprintf(".p/%d", width)
	}
	return filepath.FromSlash(name)
}
