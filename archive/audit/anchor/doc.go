// Package anchor ties the trail to what its operator can't change: a witness on somebody else's machine
// (sub-package witness of audit) and a time-stamping authority (RFC 3161). A log alone can be written anew by
// who has its key; what others have signed can't.
//
// # How data flows
//
// [Anchor.Run] waits for checkpoints. Each is sent to the witness with a proof that it continues the one sent
// before; the cosignature is kept with it and exported. A day without new events is vouched for as well: the same
// checkpoint is sent again. At the end of the process the last events are signed and sent. Once a day the
// last checkpoint gets a timestamp.
//
// # What always holds
//
//   - Nobody waits for a witness: it is asked beside all work, and asked again later where it doesn't answer.
//   - What it says is kept only if its key, or that of the time-stamping authority, verifies it.
//   - That the witness contradicts (it has cosigned more than is here, or something else) is told in the log of
//     operation, in the trail itself, in [State] and by whatever shows it, once a change, and kept in the store until
//     it agrees again, whoever starts the process anew. It stops nothing: reading
//     and recording go on, and who could stop the office by contradicting it would have won more.
package anchor
