package audit

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Source opens short read transactions on the store.
type Source interface {
	// View runs fn in one read-only transaction.
	View(ctx context.Context, fn func(Getter) error) error
}

// ExportOptions says what [Export] writes.
type ExportOptions struct {
	// Signer, if not nil, signs each shard at its present size. Without one the last
	// stored checkpoint of each shard is used, Verifier checks it, VKey is written.
	Signer   *Signer
	Verifier note.Verifier
	VKey     string
	// Years are the shards to write; empty for all.
	Years []int
	// Details, if not nil, opens the details and writes them in plain: personal data, for
	// the officer only. Nil leaves them out; leaves, tree and proofs are complete anyway.
	Details Keys
}

// DetailLine is one line of an exported details file, JSON: what [Log.ReadDetail]
// returned for an entry.
type DetailLine struct {
	Seq   int64        `json:"seq"`
	Parts []DetailPart `json:"parts"`
}

// DetailPart is a [Part] in an export. Salt and Commit are hexadecimal digits; Salt and
// Text are empty where a key was erased, and for [PartNamed].
type DetailPart struct {
	Kind   string   `json:"kind"`
	Keys   []string `json:"keys"`
	Commit string   `json:"commit"`
	Salt   string   `json:"salt,omitempty"`
	Text   string   `json:"text,omitempty"`
}

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// Export writes the log into dir, which must not exist or be empty:
//
//	vkey                          the verifier key
//	2026/checkpoint               the signed note
//	2026/tile/entries/x001/234    256 entries, each 2 bytes of length and the leaf
//	2026/tile/entries/x001/235.p/17   the last ones
//	2026/tile/0/x001/234          their 256 hashes; 1, 2 …: the levels above (C2SP tlog-tiles)
//	2026/details/x001/234         one [DetailLine] for each of the 256 that has a detail
//	2025/checkpoint               all there is of a year whose entries were dropped, beside cosigned and stamped
//	2026/cosigned/1               checkpoints that a witness cosigned, one a day
//	2026/stamped/1, 1.tsr         checkpoints that were timestamped, with the token (RFC 3161, TimeStampResp)
//
// The store is read in slices of 256 entries, so no read transaction is long. Entries
// appended meanwhile are not part of it. On an error dir holds an incomplete export.
func (l Log) Export(ctx context.Context, src Source, dir string, opts ExportOptions) error {
	if opts.Signer != nil {
		opts.Verifier, opts.VKey = opts.Signer.Verifier(), opts.Signer.VKey()
	}
	if opts.Verifier == nil {
		return errors.New("audit: export needs a signer or a verifier")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		return errors.Join(errors.New("audit: export: the folder isn't empty"), err)
	}
	var shards []State
	err := src.View(ctx, func(g Getter) (err error) {
		shards, err = l.Shards(g)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "vkey"), []byte(opts.VKey+"\n")); err != nil {
		return err
	}
	for _, y := range opts.Years {
		if !slices.ContainsFunc(shards, func(s State) bool { return s.Year == y }) {
			return fmt.Errorf("audit: export of shard %d: %w", y, ErrNoEntry)
		}
	}
	for i, s := range shards {
		if len(opts.Years) > 0 && !slices.Contains(opts.Years, s.Year) {
			continue
		}
		e := exporter{log: l, src: src, dir: filepath.Join(dir, fmt.Sprintf("%04d", s.Year)), opts: opts}
		if err := e.shard(ctx, s, i == len(shards)-1); err != nil {
			return fmt.Errorf("audit: export of shard %d: %w", s.Year, err)
		}
	}
	return nil
}

type exporter struct {
	log  Log
	src  Source
	dir  string
	opts ExportOptions
}

// shard writes one shard; current is the one that is still growing.
func (e *exporter) shard(ctx context.Context, s State, current bool) error {
	var signed []byte
	var c Checkpoint
	err := e.src.View(ctx, func(g Getter) (err error) {
		if e.opts.Signer == nil || s.Dropped {
			signed, c, err = e.log.LastCheckpoint(g, s.Year, e.opts.Verifier)
			return err
		}
		if signed, err = e.log.Sign(g, s.Year, e.opts.Signer); err != nil {
			return err
		}
		c, err = ParseCheckpoint(signed, e.opts.Verifier)
		return err
	})
	if err != nil {
		return err
	}
	if c.Size == 0 || !current && c.Size != s.Size {
		return fmt.Errorf("no checkpoint of its %d entries was signed yet", s.Size)
	}
	if err := writeFile(filepath.Join(e.dir, "checkpoint"), signed); err != nil {
		return err
	}
	if err := e.vouched(ctx, s.Year); err != nil || s.Dropped {
		return err
	}
	for _, t := range tlog.NewTiles(tileHeight, 0, c.Size) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.tile(ctx, s.Year, t); err != nil {
			return err
		}
	}
	return nil
}

// tile writes one tile of hashes, and on the lowest level its entries and details too.
func (e *exporter) tile(ctx context.Context, year int, t tlog.Tile) error {
	var data, entries, details []byte
	err := e.src.View(ctx, func(g Getter) (err error) {
		if data, err = tlog.ReadTileData(t, hashes{g, year}); err != nil || t.L > 0 {
			return err
		}
		entries, details, err = e.entries(ctx, g, year, t.N*tileWidth, t.W)
		return err
	})
	if err != nil {
		return err
	}
	name := tileName(t.N, t.W)
	if err := writeFile(filepath.Join(e.dir, "tile", fmt.Sprint(t.L), name), data); err != nil || t.L > 0 {
		return err
	}
	if err := writeFile(filepath.Join(e.dir, "tile", "entries", name), entries); err != nil {
		return err
	}
	if e.opts.Details == nil {
		return nil
	}
	return writeFile(filepath.Join(e.dir, "details", name), details)
}

// entries returns the entry bundle, and the detail lines if they are asked for, of n
// entries from the sequence number from.
func (e *exporter) entries(ctx context.Context, g Getter, year int, from int64, n int) (bundle, details []byte, err error) {
	for seq := from; seq < from+int64(n); seq++ {
		b, err := leafBytes(g, Position{year, seq})
		if err != nil {
			return nil, nil, err
		}
		if len(b) > MaxLeaf {
			return nil, nil, fmt.Errorf("audit: entry %d of %d: %w", seq, year, ErrCorrupt)
		}
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(b)))
		bundle = append(bundle, b...)
		if e.opts.Details == nil {
			continue
		}
		line, err := e.detail(ctx, g, Position{year, seq})
		if err != nil {
			return nil, nil, err
		}
		details = append(details, line...)
	}
	return bundle, details, nil
}

// detail returns the detail line of an entry, empty if it has no detail.
func (e *exporter) detail(ctx context.Context, g Getter, p Position) ([]byte, error) {
	leaf, err := e.log.ReadLeaf(g, p)
	if err != nil {
		return nil, err
	}
	parts, err := e.log.ReadDetail(ctx, g, e.opts.Details, p.Year, &leaf)
	if err != nil || parts == nil {
		return nil, err
	}
	line := DetailLine{Seq: p.Seq}
	for _, p := range parts {
		line.Parts = append(line.Parts, DetailPart{
			Kind: p.Kind, Keys: p.Keys, Commit: hex.EncodeToString(p.Commit[:]),
			Salt: hex.EncodeToString(p.Salt), Text: string(p.Text),
		})
	}
	b, err := json.Marshal(line)
	if err != nil {
		return nil, fmt.Errorf("audit: detail of entry %d: %w", p.Seq, err)
	}
	return append(b, '\n'), nil
}

// tileName returns the path of tile n of width w: "x001/x234/067", and
// "x001/x234/067.p/17" for a partial one.
func tileName(n int64, w int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if w < tileWidth {
		name = fmt.Sprintf("%s.p/%d", name, w)
	}
	return filepath.FromSlash(name)
}

// writeFile writes a file that only its owner may read, with its folders.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	return nil
}
