// Package keyring is the small store of its own that holds the keys of Akten, baskets,
// persons and years, each wrapped by the master key. All else that is sealed hangs on
// them, so destroying one makes everything below it unreadable, in old backups of the
// metadata and of the objects too.
//
// [Open] reads one file. [Ring.Create] makes a key and returns when it is durable;
// creations at the same time share a commit. [Ring.Destroy] leaves a mark in the key's
// place, writes the whole file anew without it, puts that in place of the old one and
// overwrites the old one. Keys that were asked for stay in memory.
//
// What always holds:
//
//   - A name has one key, for ever; a destroyed name never has one again.
//   - A key that was handed out is durable.
//   - After Destroy and Rewrap have returned, no byte of the old wrapped keys is in the
//     file. When they are cut short, the next Open finishes the work.
//   - The file is under one master key as a whole, never under two.
//
// The file is a bbolt database; it and archive/boltstore are the only places that know
// bbolt. It needs a backup rule of its own: whoever keeps a copy of it together with the
// master key keeps what was destroyed since. It is small, some 200 bytes a key.
//
// Stored keys, in bucket "key":
//
//	<name> -> state (1 byte: 1 live, 2 destroyed) | Unix seconds (8 bytes, big endian) | wrapped key (if live)
//
// in bucket "meta":
//
//	format -> 1 (1 byte)
//	lookup -> wrapped lookup key
//	dirty  -> 1 while old wrapped keys may be left in free pages
//
// A name is a kind and an ID, such as "akte/<AkteID>", "person/<PersonID>",
// "basket/<department>" or "year/2026". It is bound to its wrapped key, so that keys
// can't be exchanged, and is no secret.
package keyring
