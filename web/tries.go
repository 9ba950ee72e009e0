package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// manyTries is how many addresses are remembered before those that may try freely again are
// forgotten.
const manyTries = 10000

// tries bounds how often an address may try to sign in.
type tries struct {
	perMinute int
	now       func() time.Time
	mu        sync.Mutex
	by        map[string]*rate.Limiter
}

func newTries(perMinute int, now func() time.Time) *tries {
	return &tries{perMinute: perMinute, now: now, by: map[string]*rate.Limiter{}}
}

// allow takes one try of an address.
func (t *tries) allow(address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	l, ok := t.by[address]
	if !ok {
		if len(t.by) >= manyTries {
			t.forget(now)
		}
		l = rate.NewLimiter(rate.Limit(float64(t.perMinute)/60), t.perMinute)
		t.by[address] = l
	}
	return l.AllowN(now, 1)
}

// forget drops addresses that are as good as new; if none is, all, which frees an attacker with
// ten thousand addresses no more than an eleventh thousand would.
func (t *tries) forget(now time.Time) {
	for address, l := range t.by {
		if l.TokensAt(now) >= float64(t.perMinute) {
			delete(t.by, address)
		}
	}
	if len(t.by) >= manyTries {
		clear(t.by)
	}
}
