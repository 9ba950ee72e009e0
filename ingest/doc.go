// Package ingest reads what has come in. People's queue is the inbox, kept in the archive; this is the
// machine's: jobs that turn received bytes into text with word boxes and into page images.
//
// A worker leases a job and works in steps: open the original (decrypted into memory that has no
// name on any disk), read its text page by page, store it and make it searchable, then make page
// images. Each step ends in one transaction, so that a crash costs no more than the step. Bytes of
// strangers are parsed by child processes alone ([eakte/ingest/sandbox]); what they cannot read ends in
// a visible state with a reason, and the received bytes stay as they are.
//
// What holds other files, an e-mail or an archive, is opened in a child as well ([eakte/ingest/unpack]);
// each file in it becomes an inbox item beside it, with a job of its own.
//
// What always holds:
//
//   - a document is searchable before its images are made;
//   - a failure is final only when the document is the reason; what the machine lacks is tried
//     again, and where it lacks the sandbox altogether, jobs are parked, not failed;
//   - a job that kills its worker again and again is given up;
//   - the machine's changes move no edit revision.
package ingest
