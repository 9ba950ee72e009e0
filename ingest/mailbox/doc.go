// Package mailbox brings in what arrives in an IMAP mailbox: each message as one file, as it was received.
// Taking it apart is a job like any other (see [eakte/ingest/unpack]).
//
// The mailbox is asked every half minute for messages that don't have our mark. Rules say by sender,
// recipient and subject into which basket a message goes; one that no rule names stays where it is. Its
// bytes are read without a flag being set; when they are durable the message is marked, as read and as
// ours, and moved to the folder for what is done. What can't be taken as a message is brought in inside one
// that says so, so that somebody looks at it; what can't be brought in at all goes to the folder for
// failures.
//
// What always holds:
//
//   - nothing is marked, moved or deleted before it is durable here;
//   - after a crash between the two the message is known by its Message-ID and the hash of its body;
//   - the connection is TLS with the server's name verified; only to this machine itself it may be plain, when the
//     settings say so;
//   - one message that fails stops no other, and a server that is away is asked less and less often.
package mailbox
