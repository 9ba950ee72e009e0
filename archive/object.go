package archive

import (
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// ObjectKey derives the key of one object from the content key of its version, so that filing
// wraps a single key anew however many renditions there are.
func ObjectKey(content seal.Key, ref blob.Ref) (seal.Key, error) {
	return content.Derive("object/" + string(ref))
}

// Intent announces an object: after a crash the start deletes the objects of intents that no
// record came to name.
type Intent struct {
	Ref blob.Ref `json:"ref"`
	// Size is that of the plain bytes; 0 where they are still coming.
	Size int64     `json:"size"`
	Made time.Time `json:"made"`
	// Doomed says that the object is there and its record is gone.
	Doomed bool `json:"doomed,omitempty"`
	// Erasure is the one with which it goes; empty where it isn't doomed, and where it was before that was written down.
	Erasure ErasureID `json:"erasure,omitempty"`
}
