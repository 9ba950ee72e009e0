//go:build !race

package acl

// What hashing a password takes: memory in KiB, and how often all of it is gone over. OWASP wants 46 MiB gone over once, or 19 MiB twice, at least.
const (
	argonMemory = 64 << 10
	argonPasses = 3
)
