// Package blobtest is the suite that every blob engine passes, and the S3 server that
// tests run it against.
//
// [Test] takes a function that opens an engine, and calls it once for each case, with an
// empty place of its own. [StartS3] starts a real server, versitygw, on the loopback
// interface; it builds the program from the nested module cmd/check/tools when it is
// missing from .cache/bin.
package blobtest
