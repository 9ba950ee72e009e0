package acl

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/alexedwards/argon2id"
	"github.com/ccojocar/zxcvbn-go"

	"eakte/archive"
	"eakte/archive/audit"
)

// Limits of accounts.
const (
	minPassword = 10
	maxPassword = 256
	// freeFailures is how many wrong passwords cost nothing; each further one doubles the delay,
	// from one second up to maxDelay.
	freeFailures = 3
	maxDelay     = 15 * time.Minute
	tokenPrefix  = "eak_"
)

// loginName is what people type.
var loginName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// argon returns how passwords are hashed.
func argon() *argon2id.Params {
	return &argon2id.Params{Memory: argonMemory, Iterations: argonPasses, Parallelism: 2, SaltLength: 16, KeyLength: 32}
}

// Accounts signs people in and keeps their accounts. It stands beside the desks: there is no
// subject yet, or an operator on the machine itself.
type Accounts struct {
	guard *Guard
	slots chan struct{}
	// dummy is compared for unknown names, so that they take as long as known ones.
	dummy func() (string, error)
}

// Accounts returns the accounts of the archive the guard stands around.
func (g *Guard) Accounts() *Accounts { return g.accounts }

// newAccounts makes them once: how many passwords are hashed at a time is bounded for all.
func newAccounts(g *Guard) *Accounts {
	return &Accounts{
		guard: g, slots: make(chan struct{}, 4),
		dummy: sync.OnceValues(func() (string, error) { return argon2id.CreateHash("no account has this", argon()) }),
	}
}

// Add makes an account. The error is a [*archive.FieldError] for a bad name, pair or password, and
// [archive.ErrConflict] where the name is taken.
func (a *Accounts) Add(ctx context.Context, by audit.Actor, u archive.User, password string) (archive.User, error) {
	if !loginName.MatchString(u.Name) {
		return archive.User{}, &archive.FieldError{Pointer: "/name", Code: "format", Detail: "use a-z, 0-9, dot, dash, underscore"}
	}
	if err := checkPassword(password, u); err != nil {
		return archive.User{}, err
	}
	if len(u.Roles) == 0 {
		return archive.User{}, &archive.FieldError{Pointer: "/roles", Code: "required"}
	}
	for i, p := range u.Roles {
		if _, ok := a.guard.Policies.Pair(p.Role, p.Department); !ok {
			return archive.User{}, &archive.FieldError{Pointer: fmt.Sprintf("/roles/%d", i), Code: "unknown", Detail: "this role does not exist in this department"}
		}
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return archive.User{}, err
	}
	now := a.guard.Now().UTC()
	u.ID, u.Password, u.Created, u.Changed, u.Revision = archive.NewID[archive.UserID](), hash, now, now, 1
	err = a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		if _, err := tx.UserByName(u.Name); err == nil {
			return archive.ErrConflict
		} else if !isNotFound(err) {
			return err
		}
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(a.event(by, audit.OpUserAdd, "user/"+string(u.ID), audit.Allow, map[string]any{"roles": u.Roles}))
	})
	return u, err
}

// minGuesses is how hard a password has to be to guess, in bits: who tries a hundred a second, day and night, would take
// a year. Words, names, dates, keyboard rows and the most frequent passwords make few bits, whatever stands for a letter.
const minGuesses = 32

// checkPassword refuses what is too short, too long, or easily guessed by who knows the account.
func checkPassword(password string, u archive.User) error {
	if n := len(password); n < minPassword || n > maxPassword {
		return &archive.FieldError{
			Pointer: "/password", Code: "length", Detail: fmt.Sprintf("use %d to %d characters", minPassword, maxPassword),
		}
	}
	known := append(strings.FieldsFunc(u.Name+" "+strings.Join(u.Shown(), " "), func(r rune) bool { return !unicode.IsLetter(r) }), "eakte", "kennwort", "passwort")
	for _, p := range append(slices.Clone(u.Roles), pairsOf(u.Proposed)...) {
		known = append(known, p.Department, p.Role)
	}
	if zxcvbn.PasswordStrength(password[:min(len(password), 64)], known).Entropy < minGuesses {
		return &archive.FieldError{Pointer: "/password", Code: "guessable"}
	}
	return nil
}

// SetPassword gives an account another password and lets it try again at once, unless it has a second factor.
func (a *Accounts) SetPassword(ctx context.Context, by audit.Actor, name, password string) error {
	u, _, err := a.byName(ctx, name)
	if err != nil || u.Identity != nil {
		return cmp.Or(err, errClaimed("/password"))
	}
	if err := checkPassword(password, u); err != nil {
		return err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.change(ctx, by, name, "password", func(u *archive.User) {
		renewPassword(u, hash)
	})
}

// renewPassword gives an account another password. Failures are forgiven unless codes are counted there, too: else who
// sets passwords could guess codes for ever.
func renewPassword(u *archive.User, hash string) {
	if u.Password = hash; u.Factor == nil {
		u.Failures, u.LockedUntil = 0, time.Time{}
	}
}

// SetDisabled closes an account or opens it again. A closed one is out with the next request: neither its
// sessions nor its tokens are good for anything.
func (a *Accounts) SetDisabled(ctx context.Context, by audit.Actor, name string, disabled bool) error {
	what := "enabled"
	if disabled {
		what = "disabled"
	}
	return a.change(ctx, by, name, what, func(u *archive.User) { u.Disabled = disabled })
}

// change edits an account.
func (a *Accounts) change(ctx context.Context, by audit.Actor, name, what string, edit func(*archive.User)) error {
	return a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		u, err := tx.UserByName(name)
		if err != nil {
			return err
		}
		open := !u.Disabled
		if edit(&u); open && u.Disabled {
			if err := a.endGrants(tx, by, u.ID); err != nil {
				return err
			}
		}
		u.Changed, u.Revision = a.guard.Now().UTC(), u.Revision+1
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(a.event(by, audit.OpUserChange, "user/"+string(u.ID), audit.Allow, map[string]any{"changed": what}))
	})
}

// RevokeToken makes a token worthless. [archive.ErrNotFound] if it is no token, or no more.
func (a *Accounts) RevokeToken(ctx context.Context, by audit.Actor, token string) error {
	hash := sha256.Sum256([]byte(token))
	return a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		t, err := tx.Token(hash)
		if err != nil {
			return err
		}
		if err := tx.DeleteToken(hash); err != nil {
			return err
		}
		return tx.Record(a.event(by, audit.OpTokenRevoke, "user/"+string(t.User), audit.Allow, nil))
	})
}

func (a *Accounts) event(by audit.Actor, op audit.Op, object string, result audit.Result, said map[string]any) audit.Event {
	e := audit.Event{
		Time: a.guard.Now(), Actor: by, Op: op, Object: object, Result: result,
		Policy: a.guard.Rules().Hash(),
	}
	if len(said) > 0 {
		e.Detail = &audit.Detail{Act: said}
	}
	return e
}

// hash waits for a slot and hashes a password.
func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	if err := a.take(ctx); err != nil {
		return "", err
	}
	defer a.give()
	return argon2id.CreateHash(password, argon())
}

func (a *Accounts) take(ctx context.Context) error {
	select {
	case a.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *Accounts) give() { <-a.slots }

// SignIn returns the account that the name and password belong to. Every failure is [ErrSignIn], after
// the same work: a wrong password, an unknown name, an account that is disabled or has to wait. Whether it
// has to wait is decided one try after the other, however many come at once. With [ErrCodeRequired] comes
// an account whose password was right and which has a second factor: see [Accounts.SignInCode]; with [ErrPasskeyRequired]
// one that has none but passkeys: see [Accounts.SignInPasskey].
func (a *Accounts) SignIn(ctx context.Context, name, password, client, address string) (archive.User, error) {
	u, known, err := a.byName(ctx, strings.ToLower(strings.TrimSpace(name)))
	if err != nil {
		return archive.User{}, err
	}
	right, err := a.compare(ctx, u.Password, password)
	if err != nil {
		return archive.User{}, err
	}
	t := attempt{user: u, known: known, client: client, address: address, op: audit.OpSignin}
	return a.try(ctx, &t, func(now *archive.User) proven {
		switch {
		case !right:
			return nothing
		case now.Factor != nil || len(now.Passkeys) > 0:
			return half
		}
		return whole
	})
}

// attempt is a try to prove who somebody is.
type attempt struct {
	// user is the account as it was when the password was compared; known is false where there is none.
	user            archive.User
	known           bool
	client, address string
	// op is recorded where it succeeds.
	op audit.Op
	// factor is what stood in for the second factor; empty: none was needed, or given.
	factor string
	// passkey is which of the account's passkeys was used, as the trail calls it; empty: none of hers.
	passkey string
	// why says in a word what was wrong with it, for the trail; empty: nothing more is known.
	why string
}

// proven is what an attempt proved.
type proven int

const (
	nothing proven = iota
	half           // a code is wanted as well
	whole
)

// try decides about an attempt, counts and records it, all in one transaction. judge is asked about an account that is
// open, needn't wait and has the password still that was compared; what it changes of it is kept, whatever was proven.
func (a *Accounts) try(ctx context.Context, t *attempt, judge func(*archive.User) proven) (archive.User, error) {
	var after archive.User
	var got proven
	err := a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		by, object := audit.Anonymous(t.client), ""
		after, got = archive.User{}, nothing
		if t.known {
			now, err := tx.User(t.user.ID)
			if err != nil {
				return err
			}
			if now.Password == t.user.Password && !now.Disabled && !a.guard.Now().Before(now.LockedUntil) {
				got = judge(&now)
			}
			after = a.counted(now, got, t.op)
			if got == whole || after.Failures != now.Failures || !after.LockedUntil.Equal(now.LockedUntil) {
				if err := tx.PutUser(after); err != nil {
					return err
				}
			}
			by, object = audit.Actor{User: string(t.user.ID), Client: t.client}, "user/"+string(t.user.ID)
		}
		return tx.Record(a.tried(t, got, by, object))
	})
	switch {
	case err != nil:
		return archive.User{}, err
	case got == half && after.Factor == nil:
		return after, ErrPasskeyRequired
	case got == half:
		return after, ErrCodeRequired
	case got == nothing:
		return archive.User{}, ErrSignIn
	}
	return after, nil
}

// tried is the event of an attempt.
func (a *Accounts) tried(t *attempt, got proven, by audit.Actor, object string) audit.Event {
	said := map[string]any{"address": t.address}
	if t.factor != "" {
		said["factor"] = t.factor
	}
	if t.passkey != "" {
		said["passkey"] = t.passkey
	}
	switch got {
	case whole:
		return a.event(by, t.op, object, audit.Allow, said)
	case half:
		return a.event(by, audit.OpSigninHalf, object, audit.Allow, said)
	}
	if t.why != "" {
		said["why"] = t.why
	}
	return a.event(by, audit.OpSigninFailed, object, audit.Deny, said)
}

// counted is the account after a try: failures slow the next ones down, success clears them and is noted. A try
// while locked changes nothing, so that nobody can be locked out for good; nor does a password without its code, so that
// who knows it can't guess codes for ever.
func (a *Accounts) counted(u archive.User, got proven, op audit.Op) archive.User {
	now := a.guard.Now().UTC()
	switch {
	case got == half:
	case got == whole:
		u.Failures, u.LockedUntil = 0, time.Time{}
		if op == audit.OpSignin {
			u.SignedIn = now
		}
	case now.Before(u.LockedUntil):
	default:
		u.Failures++
		if over := u.Failures - freeFailures; over > 0 {
			delay := min(time.Second<<min(over-1, 20), maxDelay)
			u.LockedUntil = now.Add(delay)
		}
	}
	return u
}

func (a *Accounts) byName(ctx context.Context, name string) (u archive.User, known bool, err error) {
	err = a.guard.Store.View(ctx, func(r archive.Reader) error {
		u, err = r.UserByName(name)
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		return archive.User{}, false, nil
	}
	return u, err == nil, err
}

// compare checks a password against a hash, or against one of nobody where there is none.
func (a *Accounts) compare(ctx context.Context, hash, password string) (bool, error) {
	if err := a.take(ctx); err != nil {
		return false, err
	}
	defer a.give()
	if hash == "" {
		dummy, err := a.dummy()
		if err != nil {
			return false, err
		}
		_, err = argon2id.ComparePasswordAndHash(password, dummy)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

// CreateToken makes a bearer token for an account. The token is returned once and kept as a hash.
func (a *Accounts) CreateToken(ctx context.Context, by audit.Actor, name string, life time.Duration) (string, error) {
	if life <= 0 {
		return "", &archive.FieldError{Pointer: "/expires", Code: "format", Detail: "use a positive time such as 24h"}
	}
	token, t, err := a.guard.newToken("", life)
	if err != nil {
		return "", err
	}
	err = a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		u, err := tx.UserByName(name)
		if err != nil {
			return err
		}
		if t.User = u.ID; u.Identity != nil {
			return errClaimed("/user_id")
		}
		if err := tx.PutToken(t); err != nil {
			return err
		}
		return tx.Record(a.event(by, audit.OpTokenCreate, "user/"+string(u.ID), audit.Allow, map[string]any{"expires": t.Expires}))
	})
	return token, err
}

// Bearer returns the account of a token: [ErrSignIn] where it is unknown, expired, or its account
// disabled.
func (a *Accounts) Bearer(ctx context.Context, token string) (u archive.User, err error) {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) > 200 {
		return archive.User{}, ErrSignIn
	}
	err = a.guard.Store.View(ctx, func(r archive.Reader) error {
		t, err := r.Token(sha256.Sum256([]byte(token)))
		if err != nil {
			return err
		}
		if a.guard.Now().After(t.Expires) {
			return ErrSignIn
		}
		if u, err = r.User(t.User); err == nil && u.Identity != nil { // she is asked about elsewhere, and a token isn't
			return ErrSignIn
		}
		return err
	})
	if errors.Is(err, archive.ErrNotFound) || err == nil && u.Disabled {
		err = ErrSignIn
	}
	return u, err
}

// User returns an account by ID: [ErrSignIn] where it is gone or disabled.
func (a *Accounts) User(ctx context.Context, id archive.UserID) (u archive.User, err error) {
	err = a.guard.Store.View(ctx, func(r archive.Reader) error {
		u, err = r.User(id)
		return err
	})
	if errors.Is(err, archive.ErrNotFound) || err == nil && u.Disabled {
		err = ErrSignIn
	}
	return u, err
}

// SignOut records the end of a session.
func (a *Accounts) SignOut(ctx context.Context, u archive.User, client string) error {
	by := audit.Actor{User: string(u.ID), Client: client}
	return a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		return tx.Record(a.event(by, audit.OpSignout, "user/"+string(u.ID), audit.Allow, nil))
	})
}
