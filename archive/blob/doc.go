// Package blob keeps objects: received bytes and renditions, each under a random
// [Ref] that says nothing about what it names.
//
// A writer stages an object, writes its bytes and commits it; a reader opens it and
// reads any range. Metadata decides what an object is and who may read it, so an
// object that no record names is rubbish and may be deleted.
//
// What always holds, in every engine:
//
//   - A ref is written once and never changes; only Delete ends it.
//   - An object can be seen whole or not at all: nothing of it before Commit.
//   - When Commit returns nil the object outlives a power cut.
//   - An engine sees sealed bytes only; package seal wraps it and holds the keys.
//
// Engines are siblings below this folder (fsblob for files, s3blob for object
// storage) and all pass the suite in blobtest. Both write into a folder of package
// staging first.
package blob
