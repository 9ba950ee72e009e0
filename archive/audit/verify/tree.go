package verify

import (
	"crypto/sha256"
	"math/bits"
)

// hash is a node of the tree.
type hash [sha256.Size]byte

// leafHash is the hash of an entry (RFC 6962, 2.1); buf is scratch space.
func leafHash(entry, buf []byte) (hash, []byte) {
	buf = append(append(buf[:0], 0), entry...)
	return sha256.Sum256(buf), buf
}

// nodeHash is the hash of two subtrees.
func nodeHash(left, right hash) hash {
	var buf [1 + 2*sha256.Size]byte
	buf[0] = 1
	copy(buf[1:], left[:])
	copy(buf[1+sha256.Size:], right[:])
	return sha256.Sum256(buf[:])
}

// tree is the right edge of a growing tree: for each set bit of size the root of a
// complete subtree of that many entries, largest first. The zero value is empty.
type tree struct {
	size int64
	edge []hash
}

// push adds an entry; done is called with the hash of every subtree it completes, from
// level 0 (the entry) up.
func (t *tree) push(h hash, done func(level int, h hash)) {
	done(0, h)
	for level := range bits.TrailingZeros64(^uint64(t.size)) {
		last := len(t.edge) - 1
		h = nodeHash(t.edge[last], h)
		t.edge = t.edge[:last]
		done(level+1, h)
	}
	t.edge = append(t.edge, h)
	t.size++
}

// root returns the root of the tree as it is now.
func (t *tree) root() hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	h := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		h = nodeHash(t.edge[i], h)
	}
	return h
}
