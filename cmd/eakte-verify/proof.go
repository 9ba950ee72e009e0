package main

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// proofHeader begins the proof of an entry (C2SP tlog-proof).
const proofHeader = "c2sp.org/tlog-proof@v1"

// proven is what a proof shows: an entry of a log, and the signed checkpoint that speaks of it.
type proven struct {
	log      string
	seq, of  int64
	op       string
	time     time.Time
	timeless bool
}

// checkProof checks that an entry is in the log: the text is the entry, a line, and then the proof. The checkpoint in it
// must be signed by k. A code says what is wrong, "" nothing.
func checkProof(text []byte, k *key) (p proven, code string) {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	e, ok := parseEntry(line, fields())
	if !ok {
		return p, "proof-entry"
	}
	p = proven{log: string(e.log), seq: e.seq, op: string(e.op), time: e.time, timeless: e.timeless}
	head, signed, ok := bytes.Cut(rest, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || len(lines) > 2+64 || lines[0] != proofHeader || lines[1] != "index "+strconv.FormatInt(e.seq, 10) {
		return p, "proof-form"
	}
	n, ok := parseNote(signed)
	if !ok {
		return p, "proof-form"
	}
	if code := n.signed(k); code != "" {
		return p, code
	}
	c, ok := parseCheckpoint(n.body)
	if !ok || c.origin != p.log {
		return p, "proof-form"
	}
	p.of = c.size
	path := make([]hash, 0, len(lines))
	for _, l := range lines[2:] {
		raw, err := decode64(l)
		if err != nil || len(raw) != len(hash{}) {
			return p, "proof-form"
		}
		path = append(path, hash(raw))
	}
	if root, ok := climb(hashEntry(line), e.seq, c.size, path); !ok || root != c.root {
		return p, "proof-differs"
	}
	return p, ""
}

// climb computes the root of a tree of size entries from the hash of one and its path (RFC 6962, 2.1.1); ok is false where
// the path has another length.
func climb(h hash, at, size int64, path []hash) (hash, bool) {
	if at < 0 || at >= size {
		return h, false
	}
	for last := size - 1; last > 0; at, last = at>>1, last>>1 {
		switch {
		case at&1 == 1: // a left neighbour
		case at < last: // a right one
		default: // the edge: it goes up alone
			continue
		}
		if len(path) == 0 {
			return h, false
		}
		if at&1 == 1 {
			h = hashPair(path[0], h)
		} else {
			h = hashPair(h, path[0])
		}
		path = path[1:]
	}
	return h, len(path) == 0
}
