// Package partial keeps uploads that come in pieces, until they are whole or nobody goes on with
// them: what a sender has after a lost connection, or a restart of the server, is where she left it.
//
// [Dir.Begin] makes an [Upload] with a random id, a key of its own and a note that says what is to
// become of it. [Upload.Append] takes the next bytes, sealed before they reach the disk;
// [Upload.Finish] gives all of them to who records them, once, and remembers what came of it until
// the upload expires. Nothing here is of record: it isn't in backups, and may be deleted while no
// server runs.
//
// What always holds:
//
//   - No plain byte is on the disk, neither of the file nor of its note nor whose it is.
//   - What Append said it took outlives a power cut.
//   - Bytes handed to Finish are those that were appended, in order; anything else is
//     [blob.ErrCorrupt]. Bytes after the first damaged one count as never received.
//   - An upload ends at a fixed time after it began.
//   - The process that holds the records holds this folder; there is no lock of its own.
//
// In the folder, for an upload named by a [blob.Ref]:
//
//	<Ref>.head  -> its key, wrapped by the folder's key (61 bytes), then the sealed [head]
//	<Ref>.part  -> frames: length (4 bytes, big endian) | sealed bytes, each bound to the id and to
//	               the offset where it begins
//	<Ref>.new   -> a head being written
package partial
