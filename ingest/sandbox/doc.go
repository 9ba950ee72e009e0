// Package sandbox runs the programs that touch strangers' bytes, each in a
// short-lived child process that can do little and see less.
//
// A caller puts the received bytes into a [File] (memory without a name on any
// disk), seals it and hands it to [Runner.Run] with a [Cmd]. The child runs under
// bubblewrap: namespaces of its own (no network), a read-only view of the
// system's programs and fonts, an empty memory file system as /tmp, no
// capabilities, an empty environment; and under limits of prlimit on memory, CPU
// time, size of what it writes, open files and processes. It reads its input as
// [InputPath] and answers on standard output, which is a File again.
//
// Steps written in Go run the same way: the child is then this very program,
// called as "<program> worker <name>", which has to hand over to [Serve] before
// it does anything else.
//
// What always holds: nothing of a document is written to a disk; a child never
// outlives its context, its wall time or this process; where the machine can't
// give this protection [Runner.Available] says what is missing, and nothing is run
// without it.
package sandbox
