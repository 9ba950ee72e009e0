package archive

import (
	"cmp"
	"slices"
	"time"
)

// Pair is a role in a department; only pairs listed in policies exist.
type Pair struct {
	Role       string `json:"role"`
	Department string `json:"department"`
}

// User is an account.
type User struct {
	ID UserID `json:"id"`
	// Name is the sign-in name, lower case.
	Name string `json:"name"`
	// Display is what pages show; may be empty.
	Display string `json:"display,omitempty"`
	// Former are names that pages showed before, oldest first: who is called otherwise now was still called so.
	Former []string `json:"former,omitempty"`
	Roles  []Pair   `json:"roles"`
	Teams  []string `json:"teams,omitempty"`
	// Proposed are pairs that nobody has confirmed yet: they give no right.
	Proposed []Proposal `json:"proposed,omitempty"`
	// Password is an argon2id hash in PHC form; empty: no sign-in by password.
	Password string `json:"password,omitempty"`
	// Factor is the second factor beside the password; nil: there is none.
	Factor *Factor `json:"-"`
	// Passkeys are those of its owner's devices, each of which is good for the password and the second factor together.
	Passkeys []Passkey `json:"-"`
	// Identity is who the account is at a provider of sign-ins; nil: it is this program's own.
	Identity *Identity `json:"identity,omitempty"`
	// Failures and LockedUntil slow down guessing; never permanent.
	Failures    int       `json:"failures,omitempty"`
	LockedUntil time.Time `json:"locked_until,omitzero"`
	// SignedIn is when somebody last signed in to it; zero where nobody did since that is kept.
	SignedIn time.Time `json:"signed_in,omitzero"`
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"`
	Revision int64     `json:"revision"`
}

// Called is what pages call the account: what it shows, else its sign-in name. The zero User is called "".
func (u User) Called() string { return cmp.Or(u.Display, u.Name) }

// FormerNames is how many names of before an account keeps. With as many it can't be called otherwise any more.
const FormerNames = 20

// Rename has pages show another name, and keeps the one of before; false where it is the same, or the account had too many.
func (u *User) Rename(display string) bool {
	if display == u.Display {
		return false
	}
	former := slices.DeleteFunc(slices.Clone(u.Former), func(name string) bool { return name == display })
	if u.Display != "" {
		former = append(former, u.Display)
	}
	if len(former) > FormerNames {
		return false
	}
	if u.Display, u.Former = display, former; len(former) == 0 {
		u.Former = nil
	}
	return true
}

// Shown are all names that pages show or showed.
func (u User) Shown() []string { return append(slices.Clone(u.Former), u.Display) }

// Factor is a key that codes of six digits are derived from (RFC 6238), which the account's owner has in a device
// of hers too.
type Factor struct {
	// Secret is the key. It is kept sealed, and shown to nobody once the factor is in use; empty where the key that
	// seals it was destroyed: no code fits then.
	Secret []byte
	// Step is the time step of the last code that was taken: no code of it, or of one before, is taken again.
	Step int64
	// Recovery are the SHA-256 of the recovery codes that are left, each of which is good once.
	Recovery [][32]byte
	Since    time.Time
}

// Passkey is a key that a device of the account's owner made for this program alone (WebAuthn). The device uses it only after
// it made sure of her, by finger, face or PIN.
type Passkey struct {
	// ID is what the device calls it, Key its public half (COSE).
	ID, Key []byte
	// Name is what its owner calls it.
	Name string
	// Count is how often the device says it was used; devices that don't count say 0. Copied is when it said no more than
	// before, as a copy would; zero: it never did.
	Count  uint32
	Copied time.Time
	// Syncable says that the device may hand it to others of its owner's, and Synced that it has.
	Syncable, Synced bool
	// Used is zero where it never was.
	Since, Used time.Time
}

// Identity is an account of a provider at which people sign in (OpenID Connect). Issuer and subject together name it.
type Identity struct {
	// Issuer is the provider's address, Subject what it calls the account, and will never call another.
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	// Strong says that more than a password was asked for when somebody last signed in there.
	Strong bool `json:"strong,omitempty"`
	// Ended is how often all sessions of the account were ended: those that were opened before are over.
	Ended int64 `json:"ended,omitempty"`
}

// Proposal is a pair that an administrator proposed for an account.
type Proposal struct {
	Pair
	By UserID    `json:"by"`
	At time.Time `json:"at"`
}

// Token is a bearer token for programs. Only its hash is kept.
type Token struct {
	// Hash is the SHA-256 of the secret.
	Hash    [32]byte  `json:"hash"`
	User    UserID    `json:"user"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// Session is somebody signed in at a browser. What it holds is its owner's affair.
type Session struct {
	// Ref is the SHA-256 of its token; it opens nothing.
	Ref     [32]byte
	User    UserID
	Sealed  []byte
	Expires time.Time
	// About are the ids of what a form is about that is held there, at most [MostAbout], of which there may be more then; none
	// for a session.
	About []string
}

// MostAbout are the most ids that say what a form is about.
const MostAbout = 200

// Replay is the kept answer to a request with an Idempotency-Key.
type Replay struct {
	User UserID `json:"user"`
	// Fingerprint is the SHA-256 of method, path and body: the same key with another
	// request is an error.
	Fingerprint [32]byte `json:"fingerprint"`
	// Result is the ID of what the request made.
	Result  string    `json:"result"`
	Expires time.Time `json:"expires"`
}
