// Package oracletest answers who may do what straight from the access matrix of the demo
// authority, to test everything that decides by the policy files. It shares nothing with
// them: the matrix is written down here cell by cell as people read it, the notes below it
// as plain code, and [ReadMarkdown] reads the original to compare the transcription with.
//
// What always holds: whatever isn't granted is refused, unknown words too.
package oracletest
