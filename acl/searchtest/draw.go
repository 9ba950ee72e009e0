package searchtest

import (
	"slices"

	"pgregory.net/rapid"
)

// rapid's own numbers are mostly small ones and its choices mostly the first: right for sizes, but nearly nothing
// would ever be found here. So numbers are made of coins, each of which falls either way as often; shrinking
// still makes them small.

// upTo draws a number below n, all alike.
func upTo(t *rapid.T, name string, n int) int {
	out := 0
	for _, coin := range coins.Draw(t, name) {
		out *= 2
		if coin {
			out++
		}
	}
	return out % n
}

var coins = rapid.SliceOfN(rapid.Bool(), 12, 12)

// between draws a number, both ends included.
func between(t *rapid.T, name string, least, most int) int {
	return least + upTo(t, name, most-least+1)
}

// one draws one of several.
func one[T any](t *rapid.T, name string, of []T) T { return of[upTo(t, name, len(of))] }

// some draws several of more, each once, in any order.
func some[T comparable](t *rapid.T, name string, least, most int, of []T) (out []T) {
	for n := between(t, name, least, min(most, len(of))); len(out) < n; {
		rest := slices.DeleteFunc(slices.Clone(of), func(x T) bool { return slices.Contains(out, x) })
		out = append(out, one(t, name, rest))
	}
	return out
}
