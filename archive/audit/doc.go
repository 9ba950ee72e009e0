// Package audit is the trail: a tamper-evident record of every change, every look at
// content, every search and every refusal.
//
// # How data flows
//
// Whoever acts makes an [Event]. The metadata engine hands it, inside the transaction
// of the act itself, to a [Writer]: that splits it into a [Leaf], which holds nothing
// personal and stays, and a sealed [Detail], which may become unreadable. The leaf goes
// into a Merkle tree (RFC 6962, golang.org/x/mod/sumdb/tlog). After the commit, at the
// [Pace] of the log, [Log.Sign] makes a checkpoint (C2SP tlog-checkpoint, a signed note)
// that the data protection officer keeps elsewhere; sub-package anchor has others vouch for it: a witness
// (sub-package witness) and a time-stamping authority. [Export] writes a folder (C2SP
// tlog-tiles) that the sub-package verify, the program cmd/eakte-verify or
// testdata/verify.py checks without any code of this package; [Prove] shows that one event is in the log.
//
// # What always holds
//
//   - An act and its event are one transaction: [Writer.Append] keeps nothing that
//     outlives the [Tx] it was made for, so a transaction that is rolled back and run
//     again leaves no trace and no gap.
//   - A leaf never changes. Its sequence number is its place; times may step back.
//   - A leaf has no names, words, addresses or hashes of these; [Leaf.Validate] refuses
//     what isn't an opaque id or a code.
//   - Only committed sizes are signed, never a size smaller than one signed before, and
//     never one that contradicts it: [Log.Sign] compares with what the [Signer]
//     remembers beside its key file, outside the database.
//   - The log is cut by year. Each shard has an origin of its own and begins with a
//     shard.open leaf that commits to the final size and root of the former one.
//   - The entries of a finished year are dropped as a whole, at the end of their term: that is an entry itself. Its
//     final checkpoint stays, to which the next year is tied, and what others vouch for it.
//
// # Leaves are JSON
//
// A leaf is JSON without white space, its fields in a fixed order, empty ones left
// out, from characters that need no escape. Deterministic CBOR would be a third
// smaller, but a leaf is what an officer's own people have to read in twenty years
// with whatever they have; that any text tool and any standard library suffices is
// worth the bytes. There is one encoding of a leaf: [DecodeLeaf] refuses every other.
//
// # Sealing, and what erasing means
//
// A detail has up to three kinds of parts, each sealed on its own with AES-256-GCM:
//
//   - Act: what is said of the act and its author (address, number of hits), under the
//     key of the year.
//   - Shared: what speaks of everybody the event lists (search words, a reason), under
//     a key derived from the keys of the year and of *all* Akten and persons listed.
//   - Own: what speaks of one Akte or person only (before and after values), under the
//     keys of the year and of that one.
//
// So after one of 25 Akten that a search listed is erased, the search words and that
// Akte's own part can't be read by anybody, not even from an old backup, because the
// words may well be her name; the parts of the 24 others stay readable, and who
// searched, when, for what purpose and which Akten were listed stay proven by the
// leaf. Had any one key sufficed, the words would outlive her; had the year's key
// sufficed, too. Erasure wins over the words because it is a right, needs the
// officer's release and is an event itself, so nobody can use it to hide a search.
//
// Each part has a key of its own, derived (NIST SP 800-56C, HMAC-SHA-256) from the
// named keys and 32 random bytes; that is a wrapping whose size doesn't grow with the number of Akten.
// The leaf commits to a part by SHA-256(salt || detail), the salt lying inside the
// sealed part: without the key the commitment tells nothing, with it it proves. The
// commitment of a leaf is SHA-256 over one line a part, "KEY KEY … COMMIT\n", COMMIT
// in hexadecimal digits, so a lost part doesn't spoil the proof of the others.
//
// # Stored keys
//
// An engine stores seven buckets of bytes and doesn't interpret them. YEAR is 4 bytes,
// SEQ, INDEX and SIZE are 8 bytes, all big-endian:
//
//	leaf/YEAR SEQ       -> the leaf, JSON
//	hash/YEAR INDEX     -> 32 bytes, of a subtree of two entries or more; INDEX is
//	                       tlog.StoredHashIndex (the hash of an entry is that of its leaf)
//	detail/YEAR SEQ     -> CBOR [1, [[keys…], commit, nonce, box]…]
//	checkpoint/YEAR     -> the last signed note of the shard
//	state/YEAR          -> SIZE, YEAR of the former shard (0: none), and a byte 1 if its entries were dropped
//	state/0             -> YEAR of the current shard
//	cosigned/YEAR       -> how many checkpoints are kept that a witness cosigned
//	cosigned/YEAR N     -> TIME, the signed note with the cosignature; one a day, the last
//	stamp/YEAR          -> how many timestamped checkpoints are kept
//	stamp/YEAR N        -> TIME, length of the note (4 bytes), the note, the answer of the time-stamping authority (RFC 3161, DER)
//
// TIME is 8 bytes, seconds since 1970.
//
// Keys of leaf, hash and detail only ever grow within a year, so pages may be filled.
package audit
