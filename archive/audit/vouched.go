package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Vouched is a checkpoint for which somebody other than the log vouches.
type Vouched struct {
	Checkpoint
	// Signed is the note: with the cosignature where a witness vouches, as the log signed it where a time-stamping
	// authority does.
	Signed []byte
	// Answer is what the time-stamping authority answered (TimeStampResp, DER); nil for a witness.
	Answer []byte
	// At is when.
	At time.Time
}

// countKey is the key under which a bucket counts what is kept of a year.
func countKey(year int) []byte { return yearKey(year) }

// count returns how many vouched checkpoints of a year a bucket holds.
func count(g Getter, b Bucket, year int) (int64, error) {
	v, err := g.Get(b, countKey(year))
	if err != nil {
		return 0, fmt.Errorf("audit: reading %s of %d: %w", b, year, err)
	}
	if v == nil {
		return 0, nil
	}
	if len(v) != 8 || binary.BigEndian.Uint64(v) > math.MaxInt32 {
		return 0, fmt.Errorf("audit: %s of %d: %w", b, year, ErrCorrupt)
	}
	return int64(binary.BigEndian.Uint64(v)), nil
}

// encode returns the stored form; a stamp has its answer behind the note.
func (c Vouched) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.At.Unix()))
	if c.Answer == nil {
		return append(b, c.Signed...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.Signed)))
	return append(append(b, c.Signed...), c.Answer...)
}

// vouched reads the n-th vouched checkpoint of a year.
func (l Log) vouched(g Getter, b Bucket, year int, n int64, v note.Verifier) (out Vouched, err error) {
	data, err := g.Get(b, entryKey(year, n))
	if err != nil {
		return out, fmt.Errorf("audit: reading %s of %d: %w", b, year, err)
	}
	damaged := fmt.Errorf("audit: %s %d of %d: %w", b, n, year, ErrCorrupt)
	if len(data) < 12 {
		return out, damaged
	}
	out.At, out.Signed = time.Unix(int64(binary.BigEndian.Uint64(data)), 0).UTC(), bytes.Clone(data[8:])
	if b == BucketStamp {
		length := uint64(binary.BigEndian.Uint32(out.Signed))
		if length > uint64(len(out.Signed)-4) {
			return out, damaged
		}
		out.Signed, out.Answer = out.Signed[4:4+length], out.Signed[4+length:]
	}
	if out.Checkpoint, err = ParseCheckpoint(out.Signed, v); err != nil || out.Origin != l.Shard(year).Origin {
		return out, damaged
	}
	return out, nil
}

// AllVouched returns the checkpoints of a year for which somebody vouches, oldest first: a witness
// ([BucketCosigned]) or a time-stamping authority ([BucketStamp]). They were signed by v's key.
func (l Log) AllVouched(g Getter, b Bucket, year int, v note.Verifier) (all []Vouched, err error) {
	n, err := count(g, b, year)
	if err != nil {
		return nil, err
	}
	for i := range n {
		one, err := l.vouched(g, b, year, i, v)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// LastVouched returns the last of [Log.AllVouched], the zero Vouched if there is none.
func (l Log) LastVouched(g Getter, b Bucket, year int, v note.Verifier) (Vouched, error) {
	n, err := count(g, b, year)
	if err != nil || n == 0 {
		return Vouched{}, err
	}
	return l.vouched(g, b, year, n-1, v)
}

// PutVouched keeps a checkpoint for which somebody vouches; c.Checkpoint is not looked at. Of each day (UTC) the
// last one is kept, so that a year has no more than it has days. One that says less than the last changes
// nothing; one that the log contradicts is [ErrFork].
func (l Log) PutVouched(tx Tx, b Bucket, c Vouched, v note.Verifier) error {
	said, err := ParseCheckpoint(c.Signed, v)
	if err != nil {
		return err
	}
	if err := l.Continues(tx, said); err != nil {
		return err
	}
	year, err := l.year(said)
	if err != nil {
		return err
	}
	n, err := count(tx, b, year)
	if err != nil {
		return err
	}
	if n > 0 {
		last, err := l.vouched(tx, b, year, n-1, v)
		if err != nil || last.Size > said.Size {
			return err
		}
		if last.At.Format(time.DateOnly) == c.At.UTC().Format(time.DateOnly) {
			n--
		}
	}
	if err := tx.Put(b, entryKey(year, n), c.encode()); err != nil {
		return fmt.Errorf("audit: storing %s of %d: %w", b, year, err)
	}
	if err := tx.Put(b, countKey(year), binary.BigEndian.AppendUint64(nil, uint64(n+1))); err != nil {
		return fmt.Errorf("audit: storing %s of %d: %w", b, year, err)
	}
	return nil
}

// ProveGrowth returns the proof that a shard at one size is a part of it at a later one (RFC 6962, 2.1.2); empty
// from 0 or to the same size. [ErrNoEntry] says that the shard isn't as large.
func (l Log) ProveGrowth(g Getter, year int, from, to int64) ([][32]byte, error) {
	s, err := l.State(g, year)
	if err != nil {
		return nil, err
	}
	if from < 0 || from > to || to > s.Size {
		return nil, fmt.Errorf("audit: from %d to %d of %d entries of %d: %w", from, to, s.Size, year, ErrNoEntry)
	}
	if from == 0 {
		return nil, nil
	}
	proof, err := tlog.ProveTree(to, from, hashes{g, year})
	if err != nil {
		return nil, fmt.Errorf("audit: from %d to %d entries of %d: %w", from, to, year, err)
	}
	out := make([][32]byte, len(proof))
	for i, h := range proof {
		out[i] = h
	}
	return out, nil
}
