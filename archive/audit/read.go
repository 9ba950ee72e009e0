package audit

import (
	"bytes"
	"context"
	"fmt"
)

// leafBytes returns the stored bytes of an entry.
func leafBytes(g Getter, p Position) ([]byte, error) {
	if p.Seq < 0 {
		return nil, fmt.Errorf("audit: entry %d of %d: %w", p.Seq, p.Year, ErrNoEntry)
	}
	b, err := g.Get(BucketLeaf, entryKey(p.Year, p.Seq))
	if err != nil {
		return nil, fmt.Errorf("audit: reading entry %d of %d: %w", p.Seq, p.Year, err)
	}
	if b == nil {
		return nil, fmt.Errorf("audit: entry %d of %d: %w", p.Seq, p.Year, ErrNoEntry)
	}
	return b, nil
}

// Entry returns the bytes of the entry at p as they were hashed; [ErrNoEntry] if there is none.
func (l Log) Entry(g Getter, p Position) ([]byte, error) {
	if _, err := l.ReadLeaf(g, p); err != nil {
		return nil, err
	}
	b, err := leafBytes(g, p)
	return bytes.Clone(b), err
}

// ReadLeaf returns the leaf at p; [ErrNoEntry] if there is none.
func (l Log) ReadLeaf(g Getter, p Position) (Leaf, error) {
	b, err := leafBytes(g, p)
	if err != nil {
		return Leaf{}, err
	}
	leaf, err := DecodeLeaf(b)
	if err != nil {
		return Leaf{}, fmt.Errorf("audit: entry %d of %d: %w", p.Seq, p.Year, ErrCorrupt)
	}
	if leaf.Seq != p.Seq || leaf.Log != l.Shard(p.Year).Origin {
		return Leaf{}, fmt.Errorf("audit: entry %d of %d lies in the wrong place: %w", p.Seq, p.Year, ErrCorrupt)
	}
	return leaf, nil
}

// ReadDetail returns the parts of the detail of leaf, which was read from year, opened
// as far as their keys exist; nil if it has none. Every part was compared with what the
// leaf commits to; one that differs is [ErrCorrupt].
func (l Log) ReadDetail(ctx context.Context, g Getter, keys Keys, year int, leaf *Leaf) ([]Part, error) {
	if leaf.Commitment == "" {
		return nil, nil
	}
	b, err := g.Get(BucketDetail, entryKey(year, leaf.Seq))
	if err != nil {
		return nil, fmt.Errorf("audit: reading detail %d of %d: %w", leaf.Seq, year, err)
	}
	if b == nil {
		return nil, fmt.Errorf("audit: detail %d of %d is missing: %w", leaf.Seq, year, ErrCorrupt)
	}
	r, err := decodeRecord(b)
	if err != nil {
		return nil, err
	}
	if r.commitment() != leaf.Commitment {
		return nil, fmt.Errorf("audit: detail %d of %d isn't what was committed to: %w", leaf.Seq, year, ErrCorrupt)
	}
	s := &sealer{keys: keys, shard: l.Shard(year), seq: leaf.Seq}
	return s.open(ctx, r)
}
