package main

import "crypto/sha256"

// hash is that of an entry or of a subtree (RFC 6962, 2.1).
type hash [sha256.Size]byte

// hashEntry returns the hash of an entry.
func hashEntry(entry []byte) hash {
	var buf [1 + maxEntry]byte
	if len(entry) > maxEntry {
		return sha256.Sum256(append([]byte{0}, entry...))
	}
	return sha256.Sum256(buf[:1+copy(buf[1:], entry)])
}

// hashPair returns the hash of two subtrees beside each other.
func hashPair(left, right hash) hash {
	var buf [1 + 2*sha256.Size]byte
	buf[0] = 1
	copy(buf[1:], left[:])
	copy(buf[1+sha256.Size:], right[:])
	return sha256.Sum256(buf[:])
}

// frontier is what has to be known of a tree to let it grow: of each complete subtree on its right edge
// the hash, by height. Those that exist are the bits of size that are set.
type frontier struct {
	size int64
	at   [64]hash
}

// add lets the tree grow by an entry; made is called for the entry and every subtree that it completes.
func (f *frontier) add(h hash, made func(height int, h hash)) {
	height := 0
	made(height, h)
	for ; f.size>>height&1 == 1; height++ {
		h = hashPair(f.at[height], h)
		made(height+1, h)
	}
	f.at[height] = h
	f.size++
}

// root returns the hash of the whole tree.
func (f *frontier) root() hash {
	var h hash
	some := false
	for height := range 63 {
		if f.size>>height&1 == 0 {
			continue
		}
		if some {
			h = hashPair(f.at[height], h)
		} else {
			h, some = f.at[height], true
		}
	}
	if !some {
		return sha256.Sum256(nil)
	}
	return h
}
