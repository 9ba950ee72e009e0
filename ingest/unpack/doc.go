// Package unpack reads what is itself several files: e-mails, Outlook messages and ZIP archives,
// xdomea packages among them.
//
// A child (see [eakte/ingest/sandbox]) reads the received bytes and answers with a [Parcel]: a text for
// people to read, what may be suggested from it, and the parts one behind the other. What becomes of
// a part is decided by who asked: each goes through the same intake as an upload of its own.
//
// What always holds: nothing is fetched from anywhere; one level is opened at a time, a container
// inside comes out as a part; count, size, depth and the ratio of packed to unpacked are limited; what
// isn't handed out is named with the reason; the received bytes stay as they are.
package unpack
