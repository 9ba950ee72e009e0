// Package read turns received bytes into pages of text and images of pages.
//
// A caller loads the bytes once ([Load]) and passes them, with the kind that
// ingest/sniff found, to a [Reader]: [Reader.Inspect] says what the file is and
// whether it may be read at all; [Reader.Text] gives its pages one after the other,
// embedded text where it is sound and recognised text where it is not, several pages
// at work at once; [Reader.Image] makes the image of a page people look at. Facts
// are plain data and can be kept between the steps of a job.
//
// All tools and decoders run in children of ingest/sandbox. The program that uses a
// Reader has to hand over to [Worker] when it is started as "<program> worker …".
//
// What always holds: pages come in order and each exactly once; a page that can't be
// read is a page with a note, not a lost document; a final failure is a [Failure]
// with a stable code and without a word of the document; every other error may be
// tried again.
package read
