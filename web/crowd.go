package web

import "sync"

// share is the part of all places that one key may take: a quarter.
const share = 4

// crowd counts who is being served: at most limit at once, and of these at most a quarter for any one
// key, so that nobody alone can fill it.
type crowd struct {
	limit int
	// each is how many of them one key may take.
	each int
	mu   sync.Mutex
	in   int
	by   map[string]int
}

func newCrowd(limit int) *crowd {
	return &crowd{limit: limit, each: max(1, limit/share), by: map[string]int{}}
}

// enter takes a place for a key; false says that there is none. Who entered has to leave.
func (c *crowd) enter(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in >= c.limit || c.by[key] >= c.each {
		return false
	}
	c.in++
	c.by[key]++
	return true
}

// leave gives the place back.
func (c *crowd) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in--
	if c.by[key]--; c.by[key] == 0 {
		delete(c.by, key)
	}
}
