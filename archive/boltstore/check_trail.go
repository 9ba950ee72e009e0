package boltstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"eakte/archive/audit"
)

// trees recomputes the trail: each leaf, its hashes, its keys, the root of each shard, and the last
// checkpoint.
func (c *checker) trees() error {
	g := trailGetter{c.bolt}
	shards, err := c.store.trail.Shards(g)
	if err != nil {
		c.problem("trail: %v", err)
		return nil
	}
	for _, shard := range shards {
		walk := c.shard
		if shard.Dropped {
			walk = c.remains
		}
		if err := walk(g, shard); err != nil {
			return err
		}
	}
	if c.store.signer != nil {
		if err := c.store.trail.Check(g, c.store.signer); err != nil {
			c.problem("trail: %v", err)
		}
		for _, shard := range shards {
			c.vouched(g, shard.Year)
		}
	}
	return nil
}

// vouched compares the log with the checkpoints of a year for which others vouch.
func (c *checker) vouched(g trailGetter, year int) {
	for _, b := range []audit.Bucket{audit.BucketCosigned, audit.BucketStamp} {
		all, err := c.store.trail.AllVouched(g, b, year, c.store.signer.Verifier())
		if err != nil {
			c.problem("trail: %v", err)
		}
		for _, v := range all {
			if err := c.store.trail.Continues(g, v.Checkpoint); err != nil {
				c.problem("trail: %v", err)
			}
		}
	}
}

func (c *checker) shard(g trailGetter, shard audit.State) error {
	for seq := range shard.Size {
		if err := c.stopped(); err != nil {
			return err
		}
		at := audit.Position{Year: shard.Year, Seq: seq}
		leaf, err := c.store.trail.ReadLeaf(g, at)
		if err != nil {
			c.problem("trail: %v", err)
			continue
		}
		parts, err := c.store.trail.ReadDetail(context.Background(), g, trailKeys{c.store.keys, false}, shard.Year, &leaf)
		if err != nil {
			c.problem("trail: %v", err)
		}
		if leaf.Op != audit.OpShardOpen {
			c.event(at, &leaf, parts)
		}
	}
	behind := audit.Position{Year: shard.Year, Seq: shard.Size}
	if _, err := c.store.trail.ReadLeaf(g, behind); !errors.Is(err, audit.ErrNoEntry) {
		c.problem("trail: there is an entry behind the last of %d", shard.Year)
	}
	return c.inner(g, shard)
}

// remains looks at what is left of a year that is being dropped: until its last entry is gone, each is found as before.
func (c *checker) remains(g trailGetter, shard audit.State) error {
	prefix := placeOf(audit.Position{Year: shard.Year})[:4]
	for p, err := range c.scan(span{bucket: trailPrefix + string(audit.BucketLeaf), prefix: prefix}) {
		if err != nil {
			return err
		}
		if err := c.stopped(); err != nil {
			return err
		}
		at := position(join(prefix, p.key))
		leaf, err := c.store.trail.ReadLeaf(g, at)
		if err != nil || leaf.Op == audit.OpShardOpen {
			continue // what is to go needs no mending
		}
		parts, err := c.store.trail.ReadDetail(context.Background(), g, trailKeys{c.store.keys, false}, shard.Year, &leaf)
		if err != nil {
			c.problem("trail: %v", err)
		}
		c.event(at, &leaf, parts)
	}
	return nil
}

// event checks that an event is found by whom it is about and who did it.
func (c *checker) event(at audit.Position, leaf *audit.Leaf, parts []audit.Part) {
	what := fmt.Sprintf("event %d of %d", at.Seq, at.Year)
	akten, persons := subjects(leaf, parts)
	for id := range akten {
		c.index(what, bTrailAkte, join(anyID(id), placeOf(at)))
	}
	for id := range persons {
		c.index(what, bTrailPerson, join(anyID(id), placeOf(at)))
	}
	c.index(what, bTrailActor, join(anyID(leaf.Actor), placeOf(at)))
}

// subjects returns the ids of the Akten and persons an event speaks of: those in its leaf or, where
// they were too many, those its detail names.
func subjects(leaf *audit.Leaf, parts []audit.Part) (akten, persons map[string]bool) {
	akten, persons = map[string]bool{}, map[string]bool{}
	for _, id := range leaf.Akten {
		akten[id] = true
	}
	for _, id := range leaf.Persons {
		persons[id] = true
	}
	if leaf.More == 0 {
		return akten, persons
	}
	for _, p := range parts {
		for _, name := range p.Keys {
			if id, ok := strings.CutPrefix(name, "akte/"); ok {
				akten[id] = true
			}
			if id, ok := strings.CutPrefix(name, "person/"); ok {
				persons[id] = true
			}
		}
	}
	return akten, persons
}

// inner recomputes the stored hashes, which are those of two leaves or more.
func (c *checker) inner(g trailGetter, shard audit.State) error {
	for level := 1; shard.Size>>level > 0; level++ {
		for n := range shard.Size >> level {
			if err := c.stopped(); err != nil {
				return err
			}
			left, right := c.hash(g, shard.Year, level-1, 2*n), c.hash(g, shard.Year, level-1, 2*n+1)
			if tlog.NodeHash(left, right) != c.hash(g, shard.Year, level, n) {
				c.problem("trail: hash %d of level %d of %d differs", n, level, shard.Year)
			}
		}
	}
	return nil
}

// hash returns a hash of the tree: a leaf's own, or a stored one; zero if it is missing.
func (c *checker) hash(g trailGetter, year, level int, n int64) (h tlog.Hash) {
	if level == 0 {
		leaf := g.bolt.Bucket([]byte(trailPrefix + string(audit.BucketLeaf))).Get(placeOf(audit.Position{Year: year, Seq: n}))
		return tlog.RecordHash(leaf)
	}
	place := placeOf(audit.Position{Year: year, Seq: tlog.StoredHashIndex(level, n)})
	copy(h[:], g.bolt.Bucket([]byte(trailPrefix+string(audit.BucketHash))).Get(place))
	return h
}
