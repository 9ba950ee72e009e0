package acl

import (
	"sync"
	"time"
)

// windowLength is how long one recorded read stands for further reads of the same thing by the
// same person for the same purpose.
const windowLength = 15 * time.Minute

// windowSweep is how many entries may gather before those that ended are dropped.
const windowSweep = 4096

// windowKey names what a recorded read stands for.
type windowKey struct{ user, act, object, purpose string }

// windows remembers which reads are recorded already. It is kept in memory: after a restart a
// read is recorded once more.
type windows struct {
	now   func() time.Time
	mu    sync.Mutex
	until map[windowKey]time.Time
	next  int
}

func newWindows(now func() time.Time) *windows {
	return &windows{now: now, until: map[windowKey]time.Time{}, next: windowSweep}
}

// open reports whether the read is recorded already.
func (w *windows) open(k windowKey) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now().Before(w.until[k])
}

// start notes that the read was recorded just now.
func (w *windows) start(k windowKey) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if len(w.until) >= w.next {
		for k, until := range w.until {
			if !now.Before(until) {
				delete(w.until, k)
			}
		}
		w.next = max(windowSweep, 2*len(w.until))
	}
	w.until[k] = now.Add(windowLength)
}
