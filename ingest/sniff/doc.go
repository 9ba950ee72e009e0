// Package sniff tells what received bytes are, from the bytes alone.
//
// The first [HeadSize] bytes of an upload go to [Check], which answers with a
// [Kind] taken here or with a [Refusal] that names what was found. The name of a
// file is only used to notice that it pretends to be something else; it never
// makes a file acceptable. [CleanName] makes a sender's file name safe to keep,
// [SaveName] safe to save under.
//
// What always holds: nothing is decoded, so a bomb costs nothing here; the same
// bytes and name always get the same answer.
package sniff
