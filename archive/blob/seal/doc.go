// Package seal encrypts objects on their way into a blob engine and decrypts them on
// their way out, and does the same for small records and for keys.
//
// An object has a random [Key] of its own. [Store.Receive] seals a stream while it
// comes in, so that no engine and no disk ever sees plain bytes; it counts and hashes
// the plain bytes on the way. [Store.Open] gives ranges and sequential reads of the
// plain bytes. The key is kept by the caller, wrapped under an Akte's key by a [Box];
// filing an object elsewhere wraps the key anew and leaves the bytes alone, and
// destroying the Akte's key makes the object unreadable for good.
//
// What always holds:
//
//   - Every byte handed out was authenticated; what fails is [blob.ErrCorrupt].
//   - Who reads an object from its beginning to its end has its SHA-256 checked before
//     the last chunk is handed out.
//   - A key never seals two objects; keys derived from it for different uses differ.
//   - A key prints as *** whatever verb prints it.
//
// Formats: objects are DARE 2.0 (github.com/minio/sio) with AES-256-GCM in packages of
// 64 KiB, under the subkey "object"; a package's number and whether it is the last one
// are authenticated. The stored size follows from the plain size and is checked before
// anything is read. Records are
//
//	format (1 byte, 0x01) | nonce (12 bytes, random) | AES-256-GCM ciphertext and tag
//
// under the subkey "record", wrapped keys the same under the subkey "wrap", with the
// format byte and the caller's text as additional data. Subkeys come from HKDF-SHA-256
// with the label "eakte/v1/" and the use.
package seal
