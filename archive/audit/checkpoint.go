package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a signed note says: the log named Origin has Size entries with
// this Root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   [32]byte
}

// Body returns the text that is signed (C2SP tlog-checkpoint, without extensions).
func (c Checkpoint) Body() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n", c.Origin, c.Size, tlog.Hash(c.Root))
}

// checkpointBody returns the body of a checkpoint of a shard at a size.
func checkpointBody(g Getter, s Shard, size int64) ([]byte, error) {
	root, err := tlog.TreeHash(size, hashes{g, s.Year})
	if err != nil {
		return nil, fmt.Errorf("audit: root of shard %d at %d: %w", s.Year, size, err)
	}
	return Checkpoint{Origin: s.Origin, Size: size, Root: root}.Body(), nil
}

// ParseCheckpoint checks the signature of a signed note by v and returns what it says.
func ParseCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, errors.New("audit: checkpoint: not three lines")
	}
	c := Checkpoint{Origin: lines[0]}
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return Checkpoint{}, errors.New("audit: checkpoint: size is no number")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, errors.New("audit: checkpoint: root is no hash")
	}
	c.Root = root
	if !bytes.Equal(c.Body(), []byte(n.Text)) || c.Size < 0 {
		return Checkpoint{}, errors.New("audit: checkpoint: not in its canonical form")
	}
	return c, nil
}

// year returns the year of the shard a checkpoint speaks of, if it is one of l.
func (l Log) year(c Checkpoint) (int, error) {
	digits, ok := strings.CutPrefix(c.Origin, l.Name()+"/")
	year, err := strconv.Atoi(digits)
	if !ok || err != nil || l.Shard(year).Origin != c.Origin {
		return 0, errors.New("audit: checkpoint of another log")
	}
	return year, nil
}

// Continues reports whether the log in g still contains everything that c speaks of: it
// is nil if the shard is at least as long and has the same root at that size, and
// [ErrFork] otherwise.
func (l Log) Continues(g Getter, c Checkpoint) error {
	year, err := l.year(c)
	if err != nil {
		return err
	}
	s, err := l.State(g, year)
	if errors.Is(err, ErrNoEntry) && c.Size > 0 {
		return fmt.Errorf("audit: shard %d was signed at %d entries and isn't there: %w", year, c.Size, ErrFork)
	}
	if err != nil {
		return err
	}
	if s.Size < c.Size {
		return fmt.Errorf("audit: shard %d has %d entries, %d were signed: %w", year, s.Size, c.Size, ErrFork)
	}
	root, err := l.rootAt(g, s, c)
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("audit: shard %d has another root at %d: %w", year, c.Size, ErrFork)
	}
	return nil
}

// rootAt returns the root of a shard at the size of c. Of one whose entries were dropped only the last is known; of
// others nothing can be said any more, and that of c is taken for good.
func (l Log) rootAt(g Getter, s State, c Checkpoint) (root [32]byte, err error) {
	if !s.Dropped {
		root, err := tlog.TreeHash(c.Size, hashes{g, s.Year})
		if err != nil {
			return root, fmt.Errorf("audit: root of shard %d at %d: %w", s.Year, c.Size, err)
		}
		return root, nil
	}
	if c.Size < s.Size {
		return c.Root, nil
	}
	signed, err := g.Get(BucketCheckpoint, yearKey(s.Year))
	if err != nil {
		return root, fmt.Errorf("audit: reading the checkpoint of %d: %w", s.Year, err)
	}
	body, _, _ := bytes.Cut(signed, []byte("\n\n")) // its signature was checked when it was dropped, and is at each start
	lines := strings.Split(string(body), "\n")
	if len(lines) != 3 || lines[0] != s.Origin || lines[1] != strconv.FormatInt(s.Size, 10) {
		return root, fmt.Errorf("audit: final checkpoint of %d: %w", s.Year, ErrCorrupt)
	}
	h, err := tlog.ParseHash(lines[2])
	if err != nil {
		return root, fmt.Errorf("audit: final checkpoint of %d: %w", s.Year, ErrCorrupt)
	}
	return h, nil
}

// Drop marks the entries of a finished shard as dropped: nothing but its final checkpoint is asked for from then on.
// The caller records that in the same transaction and removes the entries, their hashes and details afterwards. The
// present shard, and one whose final checkpoint isn't stored, are refused; one that was dropped stays so.
func (l Log) Drop(tx Tx, year int, v note.Verifier) error {
	s, err := l.State(tx, year)
	if err != nil || s.Dropped {
		return err
	}
	current, err := l.Current(tx)
	if err != nil {
		return err
	}
	_, last, err := l.LastCheckpoint(tx, year, v)
	if err != nil {
		return err
	}
	if current.Year == year || last.Size != s.Size {
		return fmt.Errorf("audit: shard %d isn't finished, or its %d entries aren't signed", year, s.Size)
	}
	s.Dropped = true
	return putState(tx, s, false)
}

// Whole reports whether the stored hashes of a shard lead from a checkpoint of it to its present size:
// the root of both follows from them, and the one of the checkpoint is the one that was signed. It reads
// a number of hashes and leaves that grows with the logarithm of the size. The zero Checkpoint asks for
// the present root alone.
func (l Log) Whole(g Getter, s State, c Checkpoint) error {
	if c.Size > 0 {
		if err := l.Continues(g, c); err != nil {
			return err
		}
		if _, err := tlog.ProveTree(s.Size, c.Size, hashes{g, s.Year}); err != nil {
			return fmt.Errorf("audit: from %d to %d entries of shard %d: %w", c.Size, s.Size, s.Year, err)
		}
	}
	_, err := checkpointBody(g, s.Shard, s.Size)
	return err
}

// Sign makes a checkpoint of all entries of the shard of year that g shows. g must be a
// read-only transaction, begun after the entries were committed: one that could also
// write is refused, for its entries may never come to be. The log is compared with what
// the signer signed before ([Log.Continues]), and the new checkpoint is remembered on
// disk before it is returned. Store it with [Log.PutCheckpoint].
func (l Log) Sign(g Getter, year int, s *Signer) ([]byte, error) {
	if _, writes := g.(Tx); writes {
		return nil, errors.New("audit: only committed entries may be signed")
	}
	if s.Name() != l.Name() {
		return nil, fmt.Errorf("audit: signing key is of %s, not of %s", s.Name(), l.Name())
	}
	state, err := l.State(g, year)
	if err != nil {
		return nil, err
	}
	body, err := checkpointBody(g, state.Shard, state.Size)
	if err != nil {
		return nil, err
	}
	return s.sign(year, body, func(last Checkpoint) error { return l.Continues(g, last) })
}

// Check compares the log with everything the signer ever signed; it is for the start,
// before anything is appended. [ErrFork] means that an older state of the database was
// put back or that history was changed, [ErrCorrupt] that a stored checkpoint wasn't
// signed by this key: its file was lost and made anew, or the checkpoint was changed.
func (l Log) Check(g Getter, s *Signer) error {
	signed, err := s.Remembered()
	if err != nil {
		return err
	}
	for _, c := range signed {
		if err := l.Continues(g, c); err != nil {
			return err
		}
	}
	shards, err := l.Shards(g)
	if err != nil {
		return err
	}
	for _, state := range shards {
		if _, _, err := l.LastCheckpoint(g, state.Year, s.Verifier()); err != nil {
			return err
		}
	}
	return nil
}

// Lost returns what the signer once signed of each shard that the log in g doesn't continue; see [Log.Continues].
func (l Log) Lost(g Getter, s *Signer) (lost []Checkpoint, err error) {
	signed, err := s.Remembered()
	if err != nil {
		return nil, err
	}
	for _, c := range signed {
		if err := l.Continues(g, c); errors.Is(err, ErrFork) {
			lost = append(lost, c)
		} else if err != nil {
			return nil, err
		}
	}
	return lost, nil
}

// Year returns the year of the shard that a checkpoint of l speaks of, 0 if it isn't one.
func (l Log) Year(c Checkpoint) int {
	year, err := l.year(c)
	if err != nil {
		return 0
	}
	return year
}

// PutCheckpoint stores a signed checkpoint as the last of its shard. One that isn't of
// this log, or is smaller than the one stored, changes nothing and is no error: two may
// have been made at once.
func (l Log) PutCheckpoint(tx Tx, signed []byte, v note.Verifier) error {
	c, err := ParseCheckpoint(signed, v)
	if err != nil {
		return err
	}
	if err := l.Continues(tx, c); err != nil {
		return err
	}
	year, err := l.year(c)
	if err != nil {
		return err
	}
	_, last, err := l.LastCheckpoint(tx, year, v)
	if err != nil || last.Size >= c.Size {
		return err
	}
	if err := tx.Put(BucketCheckpoint, yearKey(year), bytes.Clone(signed)); err != nil {
		return fmt.Errorf("audit: storing the checkpoint of %d: %w", year, err)
	}
	return nil
}

// LastCheckpoint returns the last stored checkpoint of a shard as a signed note, and
// what it says; nil and the zero Checkpoint if there is none.
func (l Log) LastCheckpoint(g Getter, year int, v note.Verifier) ([]byte, Checkpoint, error) {
	signed, err := g.Get(BucketCheckpoint, yearKey(year))
	if err != nil {
		return nil, Checkpoint{}, fmt.Errorf("audit: reading the checkpoint of %d: %w", year, err)
	}
	if signed == nil {
		return nil, Checkpoint{}, nil
	}
	c, err := ParseCheckpoint(signed, v)
	if err != nil {
		return nil, Checkpoint{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if c.Origin != l.Shard(year).Origin {
		return nil, Checkpoint{}, fmt.Errorf("audit: checkpoint of %d speaks of another shard: %w", year, ErrCorrupt)
	}
	return bytes.Clone(signed), c, nil
}

// Pace says when a new checkpoint is due. The zero value is every 1,000 entries, or 60
// seconds after the last one if there is anything new.
type Pace struct {
	Entries int64
	Every   time.Duration
}

// Due reports whether a shard of size entries, last signed at signed entries at the
// time at, needs a checkpoint now. At shutdown and on demand, ask only whether size >
// signed. A shard that is no longer current is due as soon as size > signed.
func (p Pace) Due(size, signed int64, at, now time.Time) bool {
	entries, every := p.Entries, p.Every
	if entries == 0 {
		entries = 1000
	}
	if every == 0 {
		every = time.Minute
	}
	return size > signed && (size-signed >= entries || now.Sub(at) >= every)
}
