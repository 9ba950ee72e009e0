// Package witness is the other side of the trail: somebody who isn't its operator remembers how far the
// trail has come, and signs a later state only if all of the former one is still in it (C2SP tlog-witness).
//
// # How data flows
//
// The data protection officer runs a [Witness] on a machine of her own ("eakte witness serve"). The server
// sends each checkpoint it signs, with a proof that it continues the one sent before, through a [Client]; the
// answer is a cosignature with a time (C2SP tlog-cosignature, cosignature/v1). The server keeps it and
// exports it, and the officer's verifier compares.
//
// # What always holds
//
//   - Of each log the latest checkpoint is remembered on disk before a cosignature leaves. Looking and
//     remembering are one step, under a lock that other processes keep, too.
//   - No checkpoint is signed that is smaller than, or contradicts, one that was signed before. Only the
//     officer can decide otherwise ([Witness.Accept]), and what she gave up stays in former/.
//   - What can't be read or written signs nothing.
//   - A checkpoint that is validly signed by the log and doesn't continue the last one is kept in
//     evidence/: two such notes prove that a log was rewritten.
//   - Nothing of the content of a log comes here: a name, a size and a hash.
//
// The package shares no code with the writer of the trail.
//
// # Files
//
//	key                 the key, PEM (PKCS #8, Ed25519), mode 0600; made at the first start
//	lock                locked while the state is read and replaced
//	state/HASH          the latest checkpoint of a log with its cosignature; HASH is SHA-256 of the origin
//	former/HASH-SECONDS what the officer gave up when she accepted another state
//	evidence/HASH       checkpoints that contradict; HASH is SHA-256 of the note; at most 100
package witness
