// Command eakte-reader reads what strangers wrote. The server starts it for every step that Go code takes on received
// bytes: looking into PDFs, pictures, office files and packages, and putting bundles together.
//
// It runs in a sandbox, a process a step, and is a program of its own so that what a hostile file might take over is
// small: no server, no database, no index, no keys and no network code of ours is in it. Besides, it starts in a tenth
// of the time and a quarter of the memory that the server's program would need.
//
//	eakte-reader worker STEP ARGUMENTS…
//
// Nobody calls it by hand: see eakte/ingest/sandbox.
package main

import (
	"fmt"
	"os"

	"eakte/ingest/read"
)

func main() {
	if len(os.Args) < 2 || os.Args[1] != "worker" {
		fmt.Fprintln(os.Stderr, "eakte-reader: eakte starts this program by itself; it lies beside eakte or where EAKTE_READER says")
		os.Exit(2)
	}
	os.Exit(read.Worker(os.Args[2:], os.Stdout, os.Stderr))
}
