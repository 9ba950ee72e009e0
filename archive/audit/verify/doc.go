// Package verify checks an export of the trail without the product: it shares no code
// with the writer, imports nothing but the standard library, and needs no database, no
// network and no key that could open a detail.
//
// [Dir] walks an export folder shard by shard. Entries are read in bundles of 256 as a
// stream; of the tree only the right edge is held, so memory doesn't grow with the log.
// For each shard it
//
//   - opens the checkpoint: its form, its Ed25519 signature by the officer's key;
//   - reads every entry: its canonical form, its origin, its sequence number without a
//     gap, a shard.open entry first and nowhere else;
//   - computes the hash of every entry and subtree (RFC 6962), compares each with the
//     exported tile, and the root with the checkpoint;
//   - at the size of a checkpoint the officer kept from earlier, compares the root with
//     that one: everything the earlier log had is still there, in place and unchanged;
//   - compares the hash in the first entry with the final checkpoint of the former shard;
//   - where details were exported, computes their commitments and compares them with
//     those in the entries.
//
// What no export can show alone: that entries after the officer's last checkpoint were
// cut off or replaced by whoever holds the signing key. So she keeps checkpoints.
//
// A [Finding] is something that can't be in an honest export. A note in the [Report] is
// something to know that can be, such as a clock that was set back.
package verify
