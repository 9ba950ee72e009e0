package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options says what the officer brings along.
type Options struct {
	// OldCheckpoint is a signed note kept from earlier; nil if there is none. Without it
	// the log is checked in itself only.
	OldCheckpoint []byte
	// VKey is the verifier key the officer was given when the log began. If empty, the
	// one in the export is used, which proves nothing against whoever made the export.
	VKey string
}

// MaxFindings is how many findings a [Report] lists; more are only counted.
const MaxFindings = 100

// Finding is something that can't be in an honest export.
type Finding struct {
	// Shard is the year, empty if the finding is about the export as a whole.
	Shard string
	// Seq is the sequence number of the entry, or -1.
	Seq int64
	// Text says in plain words what is wrong.
	Text string
}

// String returns the finding as one line.
func (f Finding) String() string {
	switch {
	case f.Shard == "":
		return f.Text
	case f.Seq < 0:
		return fmt.Sprintf("%s: %s", f.Shard, f.Text)
	}
	return fmt.Sprintf("%s, entry %d: %s", f.Shard, f.Seq, f.Text)
}

// Shard is what was checked of one year.
type Shard struct {
	Year   string
	Origin string
	// Entries is the size in the checkpoint, Details how many details were compared with
	// their commitments, Sealed how many entries have a detail that wasn't exported.
	Entries, Details, Sealed int64
	// Erased is how many parts of details can't be read any more because an Akte, person
	// or year was erased.
	Erased int64
	// Root is the root the entries were found to have, in hexadecimal digits.
	Root string
}

// Report is the outcome of [Dir].
type Report struct {
	// Shards in the order of the years.
	Shards []Shard
	// Findings are the first [MaxFindings] of Count.
	Findings []Finding
	Count    int
	// Notes are no faults but worth knowing.
	Notes []string

	dropped []string // years without entries
	drops   []drop
}

// drop is what an entry of a year says: the entries of another reached the end of their term.
type drop struct{ in, of string }

// missing finds the years without entries of which no later one says that they were dropped.
func (r *Report) missing() {
	for _, year := range r.dropped {
		if !slices.ContainsFunc(r.drops, func(d drop) bool { return d.of == year && d.in > year }) {
			r.find(year, 0, "the entries are missing, and no later year says that they were dropped")
			continue
		}
		r.note("%s: the entries were dropped at the end of their term; what is left is the final checkpoint", year)
	}
}

// OK reports whether nothing was found.
func (r *Report) OK() bool { return r.Count == 0 }

func (r *Report) find(shard string, seq int64, format string, args ...any) {
	r.Count++
	if len(r.Findings) < MaxFindings {
		r.Findings = append(r.Findings, Finding{shard, seq, fmt.Sprintf(format, args...)})
	}
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Dir checks the export in dir. Whatever is wrong with the log is a finding in the
// report; the error is for what keeps it from being checked: a folder that can't be
// read, a cancelled ctx, a key or old checkpoint of the officer that is none.
func Dir(ctx context.Context, dir string, opts Options) (Report, error) {
	var r Report
	entries, err := os.ReadDir(dir)
	if err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	key, err := officersKey(dir, opts.VKey, &r)
	if err != nil {
		return r, err
	}
	var old *checkpoint
	if len(opts.OldCheckpoint) > 0 {
		c, err := openCheckpoint(opts.OldCheckpoint, key)
		if err != nil {
			return r, fmt.Errorf("verify: the earlier checkpoint: %w", err)
		}
		old = &c
	} else {
		r.note("no earlier checkpoint was given: entries cut off at the end, or a log written anew with the signing key, would not be seen")
	}
	var former *checkpoint
	seen := false
	for _, e := range entries {
		if e.Name() == "vkey" {
			continue
		}
		if !e.IsDir() || !isYear(e.Name()) {
			r.find("", -1, "a file that is no part of an export: %q", e.Name())
			continue
		}
		w := walker{dir: filepath.Join(dir, e.Name()), year: e.Name(), key: key, old: old, former: former, report: &r}
		c, err := w.walk(ctx)
		if err != nil {
			return r, err
		}
		seen = seen || old != nil && c != nil && c.origin == old.origin
		former = c
	}
	r.missing()
	if len(r.Shards) == 0 {
		r.find("", -1, "the export has no shard")
	}
	if old != nil && !seen {
		r.find("", -1, "the earlier checkpoint is of %s, which isn't in the export", old.origin)
	}
	return r, nil
}

// officersKey returns the key to check signatures with.
func officersKey(dir, given string, r *Report) (vkey, error) {
	exported, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return vkey{}, fmt.Errorf("verify: %w", err)
	}
	if given == "" {
		r.note("the key was taken from the export itself: compare it with the one you were given when the log began")
		given = string(exported)
	} else if string(exported) != strings.TrimSpace(given)+"\n" {
		r.find("", -1, "the key in the export isn't the one given")
	}
	key, err := parseVKey(given)
	if err != nil {
		return vkey{}, fmt.Errorf("verify: %w", err)
	}
	return key, nil
}

func isYear(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789") == ""
}
