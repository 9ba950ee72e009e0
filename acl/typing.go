package acl

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// ErrTyping says that the subject was told of more persons while typing, or asked more often, than anybody who types
// names. It ends by itself.
var ErrTyping = errors.New("too many names in a short time")

const (
	// typingShown is how many persons are shown while somebody types.
	typingShown = 8
	// typingLeast is how many letters she has typed before any is.
	typingLeast = 2
	// typingBegun is how many letters make the beginning of a word that nobody's name begins with.
	typingBegun = 3
	// typingBurst is how often she may ask at once, and typingRate how often a second from then on: pages ask 4 times
	// while somebody types as fast as she can.
	typingBurst, typingRate = 60, 4
	// typingTold is of how many persons she may be told while typing in [windowLength]: a busy clerk opens 40 Akten
	// in that time. typingAsked is for how many questions there is an event at least.
	typingTold, typingAsked = 600, 40
)

// PersonsTyped finds persons while their names are being typed: those that [Desk.Search] would find for the text as it
// stands. Each letter is a question, and one event for each would bury the trail. So what is told is recorded: an
// answer that names somebody whom no event of the last minutes names, one that names nobody, once for words that
// begin alike, and whatever is asked last of [typingAsked] questions; each event says how many it stands for. Who goes
// through the names by their letters is stopped: [ErrTyping]. Fewer than two letters find nobody.
func (d *Desk) PersonsTyped(ctx context.Context, text string) (found []FoundPerson, err error) {
	if utf8.RuneCountInString(strings.TrimSpace(text)) < typingLeast {
		return []FoundPerson{}, nil
	}
	if !d.guard.typists.ask(d.subject.User, d.guard.Now()) {
		return nil, d.overdone(ctx)
	}
	ctx, done, err := d.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done(&err)
	q := index.Query{Text: text}
	rights, understood, err := d.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	if !understood.Plain() {
		q.Text = understood.Words()
	}
	if found, err = d.findPersons(ctx, q, rights); err != nil {
		return nil, err
	}
	found = found[:min(len(found), typingShown)]
	if err := d.told(ctx, text, found); err != nil {
		return nil, err
	}
	return found, nil
}

// overdone records, once in a while, that somebody was stopped.
func (d *Desk) overdone(ctx context.Context) error {
	key := windowKey{string(d.subject.User), "typing", "stopped", d.subject.Purpose}
	if d.guard.windows.open(key) {
		return ErrTyping
	}
	err := d.record(ctx, act{op: audit.OpSearch}, ErrTyping)
	if errors.Is(err, ErrTyping) {
		d.guard.windows.start(key)
	}
	return err
}

// told records whom an answer to a text that is being typed names, unless that is known already.
func (d *Desk) told(ctx context.Context, text string, found []FoundPerson) error {
	key := func(what string) windowKey {
		return windowKey{string(d.subject.User), "typing", what, d.subject.Purpose}
	}
	begun := []rune(strings.ToLower(strings.TrimSpace(text)))
	told := []windowKey{key("begun " + string(begun[:min(len(begun), typingBegun)]))}
	known, fresh := len(found) > 0 || d.guard.windows.open(told[0]), 0
	done := act{op: audit.OpSearch, verdict: verdict{Decision: Decision{Allow: true, Rule: "search"}}}
	for _, f := range found {
		k := key("person/" + string(f.Person.ID))
		if !d.guard.windows.open(k) {
			known, fresh = false, fresh+1
		}
		done.persons, told = append(done.persons, f.Person.ID), append(told, k)
	}
	asked := d.guard.typists.asked(d.subject.User)
	if known && asked < typingAsked {
		return nil
	}
	done.detail = &audit.Detail{
		Act:    map[string]any{"total": len(found), "listed": len(found), "typing": true, "asked": asked},
		Shared: map[string]any{"q": text},
	}
	if err := d.store(ctx, done, func(archive.Tx) (act, error) { return done, nil }); err != nil {
		return err
	}
	for _, k := range told {
		d.guard.windows.start(k)
	}
	d.guard.typists.recorded(d.subject.User, asked, fresh)
	return nil
}

// typists remembers who types, in memory: after a restart everybody begins anew.
type typists struct {
	mu    sync.Mutex
	users map[archive.UserID]*typist
}

// typist is somebody who typed lately.
type typist struct {
	at   time.Time // of her last question
	left float64   // of [typingBurst]
	// asked are questions that no event stands for yet.
	asked int
	// told is of how many persons events told her since.
	told  int
	since time.Time
}

// mostTypists is from how many on those are forgotten who stopped.
const mostTypists = 4096

// ask counts a question; false: she asks too often, or was told of too many.
func (t *typists) ask(user archive.UserID, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users == nil {
		t.users = map[archive.UserID]*typist{}
	}
	u := t.users[user]
	if u == nil {
		if len(t.users) >= mostTypists {
			for id, o := range t.users {
				if o.asked == 0 && now.Sub(o.at) > windowLength {
					delete(t.users, id)
				}
			}
		}
		u = &typist{at: now, left: typingBurst, since: now}
		t.users[user] = u
	}
	if now.Sub(u.since) >= windowLength {
		u.told, u.since = 0, now
	}
	if wait := now.Sub(u.at); wait > 0 {
		u.left, u.at = min(u.left+wait.Seconds()*typingRate, typingBurst), now
	}
	if u.left < 1 || u.told >= typingTold {
		return false
	}
	u.left--
	u.asked++
	return true
}

// asked is how many questions no event stands for yet, the present one included.
func (t *typists) asked(user archive.UserID) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.users[user].asked
}

// recorded notes that an event stands for questions and tells of persons whom none told of lately.
func (t *typists) recorded(user archive.UserID, asked, fresh int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.users[user]
	u.asked, u.told = max(u.asked-asked, 0), u.told+fresh
}
