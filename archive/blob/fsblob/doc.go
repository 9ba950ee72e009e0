// Package fsblob keeps objects as files in a folder.
//
// Bytes go straight into a file of the staging folder. Commit makes that file durable,
// renames it to its place and makes the rename durable; commits that happen at the same
// time share the last step. There is no second copy, and since staging lies on the same
// disk, no move between disks.
//
// What always holds: a file outside staging is a whole object; a file's name is its ref;
// one process works on the folder, held by the lock in staging.
//
// In the folder:
//
//	<first two digits of Ref>/<Ref>  -> the object's bytes
//	staging/                         -> see package staging
//
// The 256 folders are made by the first commit into each.
package fsblob
