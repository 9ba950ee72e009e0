//go:build race

package acl

// Under the race detector, under which no authority's server runs, hashing would take seconds.
const (
	argonMemory = 1 << 10
	argonPasses = 1
)
