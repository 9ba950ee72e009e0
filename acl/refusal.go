package acl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

const (
	// refusedAlone is how many refusals of one account and act in a minute are recorded each by itself; more are
	// counted and recorded together when the minute is over.
	refusedAlone = 60
	// tallySubjects is how many Akten and persons a count names before it is recorded early.
	tallySubjects = 40
	// tallySetting is where counts lie until they are recorded: they must not be lost with the process.
	tallySetting = "refusals"
)

// refusalKey is what refusals are counted by.
type refusalKey struct {
	User string
	Op   audit.Op
}

// refusalRate tells which refusals are too many to be recorded each.
type refusalRate struct {
	mu     sync.Mutex
	minute time.Time
	seen   map[refusalKey]int
	// pending says that counts may lie in the store.
	pending atomic.Bool
}

// alone counts a refusal and says whether it is recorded by itself.
func (r *refusalRate) alone(key refusalKey, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(r.minute) {
		r.minute, r.seen = minute, map[refusalKey]int{}
	}
	r.seen[key]++
	return r.seen[key] <= refusedAlone
}

// tally is a count of refusals of one account and act in one minute, as it is stored: ids and codes.
type tally struct {
	Actor    audit.Actor `json:"actor"`
	Op       audit.Op    `json:"op"`
	Policy   string      `json:"policy"`
	Count    int         `json:"count"`
	From, To time.Time
	Akten    []string `json:"akten,omitempty"`
	Persons  []string `json:"persons,omitempty"`
}

// event is what is recorded of a count.
func (t tally) event() audit.Event {
	return audit.Event{
		Time: t.To, Actor: t.Actor, Op: audit.OpAccessRefused, Akten: t.Akten, Persons: t.Persons, Result: audit.Deny, Policy: t.Policy,
		Detail: &audit.Detail{Act: map[string]any{"op": string(t.Op), "count": t.Count, "from": t.From, "to": t.To}},
	}
}

// due says that the count is recorded before a refusal at a time is added to it.
func (t tally) due(now time.Time) bool {
	return !t.From.Truncate(time.Minute).Equal(now.Truncate(time.Minute)) || len(t.Akten)+len(t.Persons) >= tallySubjects
}

// countRefusal adds a refusal to its count, and records counts whose minute is over. e is the event that it would be
// alone.
func (d *Desk) countRefusal(ctx context.Context, tried act, e audit.Event) error {
	err := d.guard.Store.Update(ctx, func(tx archive.Tx) error {
		akten, persons, err := concerned(tx, tried.object)
		if err != nil {
			return err
		}
		all, err := recordTallies(tx, e.Time)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(t tally) bool { return t.Actor == e.Actor && t.Op == tried.op })
		if at < 0 {
			at = len(all)
			all = append(all, tally{Actor: e.Actor, Op: tried.op, From: e.Time.UTC()})
		}
		t := &all[at]
		t.Count, t.To, t.Policy = t.Count+1, e.Time.UTC(), e.Policy
		t.Akten, t.Persons = united(t.Akten, plain(akten)), united(t.Persons, plain(persons))
		return putTallies(tx, all)
	})
	if err == nil {
		d.guard.refusing.pending.Store(true)
	}
	return err
}

// united is a list with what others add to it.
func united(list, more []string) []string {
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// recordTallies records the counts that are due at a time and returns the others.
func recordTallies(tx archive.Tx, now time.Time) (rest []tally, err error) {
	all, err := readTallies(tx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if !t.due(now) {
			rest = append(rest, t)
			continue
		}
		if err := tx.Record(t.event()); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func readTallies(r archive.Reader) (all []tally, err error) {
	data, err := r.Setting(tallySetting)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("acl: counted refusals: %w", err)
	}
	return all, nil
}

func putTallies(tx archive.Tx, all []tally) error {
	data, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("acl: counted refusals: %w", err)
	}
	return tx.PutSetting(tallySetting, data)
}

// SettleRefusals records the counts of refusals whose minute is over: once a minute, and at the start those that a
// crash left.
func (g *Guard) SettleRefusals(ctx context.Context) error {
	if !g.refusing.pending.Swap(false) { // before it looks: one that is counted meanwhile must not be forgotten
		return nil
	}
	var rest []tally
	err := g.Store.Update(ctx, func(tx archive.Tx) error {
		before, err := readTallies(tx)
		if err != nil {
			return err
		}
		if rest, err = recordTallies(tx, g.Now()); err != nil || len(rest) == len(before) {
			return err
		}
		return putTallies(tx, rest)
	})
	if err != nil || len(rest) > 0 {
		g.refusing.pending.Store(true)
	}
	return err
}
