// Package storetest is the suite every metadata engine passes: what [archive.Store] promises, asked of
// the engine from outside.
//
// An engine's test calls [Test] with a function that makes a [Place]: a folder of its own with a clock
// and keys. Every test opens a fresh one; some open it again, as a restart does.
//
// What always holds: the suite knows nothing of how an engine keeps its records, but that it keeps
// them in files it can name.
package storetest
