// Package intake is what ways into the inbox have in common beside pages and the interface for
// programs: a watched folder ([eakte/ingest/hotfolder]), a mailbox ([eakte/ingest/mailbox]).
//
// A way finds a [Paper], hands its bytes to a [Door] and, once the Door says that it is durable, puts the
// original where what is done lies. A crash between the two brings the paper a second time; the Door
// knows it by its key and makes no second item.
//
// What always holds: nothing is taken from where it came before it is durable here; what can't be taken
// stays visible where it came, with its reason; one bad paper stops no other.
package intake

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Paper is what came in by a way.
type Paper struct {
	// Account is the technical account it is brought in as, Client how ("hotfolder", "mailbox").
	Account, Client string
	// Basket and Channel are those of the inbox item; Name is the file's.
	Basket, Channel, Name string
	// Sender and Note are of the item; may be empty.
	Sender, Note string
	// Key names the paper when its bytes were read and have this SHA-256: what has the same key was
	// brought in before and makes no second item.
	Key func(sum [32]byte) string
}

// Door brings papers in. A nil error means that the paper is durable, now or since an earlier call with
// the same key. Errors are a [*RefusedError], [ErrClosed], [ErrFull], or one that may pass.
type Door interface {
	Bring(ctx context.Context, p Paper, body io.Reader) error
}

var (
	// ErrClosed says that the account may not bring anything into this basket: the settings or the
	// account have to be changed first.
	ErrClosed = errors.New("the account may not bring papers into this basket")
	// ErrFull says that there is no room left.
	ErrFull = errors.New("no room left")
)

// RefusedError says that the paper itself is the reason.
type RefusedError struct {
	// Code and Hint are those of uploads: "empty", "unsupported", "too_large".
	Code, Hint string
}

// Error implements error.
func (e *RefusedError) Error() string { return "paper refused: " + e.Code }

// Problems of a way.
const (
	ProblemUnreadable = "unreadable" // the folder, or a part of it, or the mailbox can't be read
	ProblemMove       = "move"       // what is done can't be put aside
	ProblemAccount    = "account"    // see ErrClosed
	ProblemFull       = "full"       // see ErrFull
	ProblemConnect    = "connect"    // the server doesn't answer, or isn't who it should be
	ProblemSignIn     = "signin"     // the server doesn't take the name and password
	ProblemTrying     = "trying"     // something failed and is tried again
)

// State is how a way stands: counts, times and codes, nothing of what came by it.
type State struct {
	// Name is the operator's for the way; Kind is "folder" or "mailbox".
	Name, Kind string
	// Looked is when it was last looked at to the end; zero: not yet.
	Looked time.Time
	// Waiting are still to be taken, Failed lie where what was refused is put.
	Waiting, Failed int
	// Taken counts since the start, Last is when the last one was; may be zero.
	Taken int
	Last  time.Time
	// Problem is one of the codes above; empty: none.
	Problem string
}

// Board keeps a way's state for who asks while it works.
type Board struct {
	mu    sync.Mutex
	state State
}

// NewBoard returns the board of a way that hasn't looked yet.
func NewBoard(name, kind string) *Board { return &Board{state: State{Name: name, Kind: kind}} }

// State returns how the way stands.
func (b *Board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Took notes that a paper was taken.
func (b *Board) Took(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Taken++
	b.state.Last = now
	b.state.Waiting = max(b.state.Waiting-1, 0)
}

// Waits notes how many are still to be taken.
func (b *Board) Waits(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Waiting = n
}

// Looked notes how a look ended: at what time, what is left, and what keeps the way from working.
func (b *Board) Looked(now time.Time, waiting, failed int, problem string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Looked, b.state.Waiting, b.state.Failed, b.state.Problem = now, waiting, failed, problem
}

// Trouble notes what kept the way from looking at all.
func (b *Board) Trouble(problem string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Problem = problem
}

// Problem returns the code of what keeps a way from bringing a paper; empty where the paper is the reason.
func Problem(err error) string {
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		return ""
	case errors.Is(err, ErrClosed):
		return ProblemAccount
	case errors.Is(err, ErrFull):
		return ProblemFull
	}
	return ProblemTrying
}
