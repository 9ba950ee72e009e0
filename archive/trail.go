package archive

import (
	"time"

	"eakte/archive/audit"
)

// TrailEntry is an event as it was recorded.
type TrailEntry struct {
	// Year names the shard it lies in.
	Year int
	Leaf audit.Leaf
	// Parts are those of its detail, opened as far as their keys still exist.
	Parts []audit.Part
}

// TrailFilter narrows the trail. Zero fields narrow nothing.
type TrailFilter struct {
	Akte   AkteID
	Person PersonID
	Actor  UserID
	Op     string
	Result string
	// People leaves out what the system did by itself.
	People bool
	// Class narrows to the operations of an [audit.Class].
	Class string
	// From is included, To is not.
	From, To time.Time
	// Bare leaves the details closed: Parts are nil.
	Bare bool
	// Most is how many events this list looks at, whether they fit or not; 0: all. A list that ends for it
	// ends with [ErrUnfinished], and can be gone on with.
	Most int
}
