//go:build race

package sandbox

// raceBuild is true in programs built with the race detector. It maps terabytes
// of address space, so Go steps of such programs run without a limit on memory.
const raceBuild = true
