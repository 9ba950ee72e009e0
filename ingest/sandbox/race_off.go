//go:build !race

package sandbox

// raceBuild is true in programs built with the race detector.
const raceBuild = false
