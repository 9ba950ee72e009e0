//go:build !race

package acl

// What hashing a password takes: memory in KiB, and how often all of it is gone over. OWASP wants more than 46 MiB gone over once.
const (
	argonMemory = 64 << 10
	argonPasses = 3
)
