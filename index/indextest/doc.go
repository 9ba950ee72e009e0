// Package indextest is the suite that every [index.Engine] passes. [Test] runs all of it on an
// engine that open makes; each test opens indexes of its own in temporary folders.
//
// What always holds of a right engine is stated in package index; here it is tried, foremost that
// a reader's answers are the same to the last bit whether documents exist that she may not see.
package indextest
