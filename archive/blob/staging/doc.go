// Package staging is the folder in which the blob engines receive bytes: files that
// are nobody's yet.
//
// An engine creates a [File], writes to it, makes it durable with Sync and then either
// moves it to its place (fsblob) or sends it away and drops it (s3blob). A process holds
// the folder alone, by a lock; what a crash has left is removed when it is opened next.
//
// In the folder:
//
//	lock         -> empty; locked while a process uses the folder
//	<Ref>.part   -> sealed bytes of one object that isn't committed
//
// Other files are left alone.
package staging
