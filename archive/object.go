package archive

import (
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// ObjectKey derives the key of one object from the content key of its version, so that filing
// wraps a single key anew however many renditions there are.
func ObjectKey(content seal.Key, ref blob.Ref) (seal.Key, error) {
	return content.Derive("object/" + string(ref))
}
