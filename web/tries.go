package web

import (
	"sync"
	"time"
)

const (
	// manyTries is how many keys are remembered before those that may try freely again are forgotten.
	manyTries = 10000
	// accountsPerAddress is how often more an address may fail at all accounts together than at one.
	accountsPerAddress = 10
)

// tries bounds how many tries of a key may fail: perMinute at once, and as many again in a minute.
// A try counts as failed until it is known to have succeeded.
type tries struct {
	perMinute float64
	now       func() time.Time
	mu        sync.Mutex
	by        map[string]allowance
}

// allowance is how many tries were left at a time.
type allowance struct {
	left float64
	at   time.Time
}

func newTries(perMinute int, now func() time.Time) *tries {
	return &tries{perMinute: float64(perMinute), now: now, by: map[string]allowance{}}
}

// free reports whether a key may try, without taking a try.
func (t *tries) free(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.left(key, t.now()) >= 1
}

// take takes one try of a key; false says that none is left.
func (t *tries) take(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	left := t.left(key, now)
	if left < 1 {
		return false
	}
	if _, known := t.by[key]; !known && len(t.by) >= manyTries {
		t.forget(now)
	}
	t.by[key] = allowance{left - 1, now}
	return true
}

// succeeded gives back a try that was taken.
func (t *tries) succeeded(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if left := t.left(key, now) + 1; left < t.perMinute {
		t.by[key] = allowance{left, now}
	} else {
		delete(t.by, key)
	}
}

// left is how many tries a key has.
func (t *tries) left(key string, now time.Time) float64 {
	a, ok := t.by[key]
	if !ok {
		return t.perMinute
	}
	return min(t.perMinute, a.left+max(0, now.Sub(a.at).Minutes())*t.perMinute)
}

// forget drops keys that are as good as new; if none is, all, which frees an attacker with ten
// thousand addresses no more than an eleventh thousand would.
func (t *tries) forget(now time.Time) {
	for key := range t.by {
		if t.left(key, now) >= t.perMinute {
			delete(t.by, key)
		}
	}
	if len(t.by) >= manyTries {
		clear(t.by)
	}
}
