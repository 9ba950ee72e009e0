package bleveindex

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math"

	"eakte/archive"
	"eakte/index"
)

// Orders of a list of hits.
const (
	byRelevance = 'r'
	byNewest    = 'n'
	byOldest    = 'o'
)

// order returns how the hits of a query are sorted. Without a text nothing is more relevant than
// anything else, so the newest come first.
func order(q index.Query, blank bool) byte {
	switch {
	case q.Sort == "-date":
		return byOldest
	case q.Sort == "date" || blank:
		return byNewest
	}
	return byRelevance
}

// place is where a hit stands in the list: its rank, then its ID. Less comes first.
type place struct {
	rank uint64
	id   string
}

// scoreRank turns a score into a rank: higher scores come first.
func scoreRank(score float64) uint64 { return math.MaxUint64 - math.Float64bits(max(score, 0)) }

// dateRank turns a date into a rank: unknown dates come last either way.
func dateRank(date uint32, order byte) uint64 {
	switch {
	case date == 0:
		return math.MaxUint64
	case order == byOldest:
		return uint64(date)
	}
	return math.MaxUint32 - uint64(date)
}

func (p place) compare(o place) int {
	if c := cmp.Compare(p.rank, o.rank); c != 0 {
		return c
	}
	return cmp.Compare(p.id, o.id)
}

// cursor writes a place so that nobody reads meaning into it.
func (p place) cursor(order byte) string {
	b := append([]byte{order}, binary.BigEndian.AppendUint64(nil, p.rank)...)
	return base64.RawURLEncoding.EncodeToString(append(b, p.id...))
}

// parseCursor reads what cursor wrote; nil for the start. A cursor of another order, and one that
// is none, is a *[index.QueryError].
func parseCursor(s string, order byte) (*place, error) {
	if s == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 9 || b[0] != order {
		return nil, &index.QueryError{Code: "cursor"}
	}
	p := place{rank: binary.BigEndian.Uint64(b[1:9]), id: string(b[9:])}
	if _, err := archive.ParseID[archive.DocumentID](p.id); err != nil {
		return nil, &index.QueryError{Code: "cursor"}
	}
	return &p, nil
}
