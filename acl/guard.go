package acl

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"eakte/archive"
	"eakte/archive/blob/partial"
	"eakte/archive/blob/seal"
	"eakte/index"
	"eakte/ingest"
	"eakte/ingest/hint"
	"eakte/policies"
)

// Config is what a [Guard] works with. All fields but those marked are required.
type Config struct {
	Store    archive.Store
	Objects  *seal.Store
	Contents *archive.Contents
	Index    index.Engine
	Trail    Checkpointer
	// Anchors tells how others vouch for the trail; nil: nobody was asked to.
	Anchors Anchors
	// Policies and Table belong together: the table is compiled from the set.
	Policies *policies.Set
	Table    *Table
	// CursorKey seals list cursors; a new one at every start is fine.
	CursorKey seal.Key
	// Bundles makes bundles; nil: none are made, [ErrNoBundles].
	Bundles ingest.BundleMaker
	// Printer prints receipts; nil: none are made, [ErrNoBundles].
	Printer Printer
	// Renderer makes searchable and archival PDFs of single versions; nil: none are made, [ErrNoBundles].
	Renderer ingest.Renderer
	// Unlocker opens files with their passwords; nil: none are.
	Unlocker ingest.Unlocker
	// Languages are those that can be recognised on this machine, by code; nil: nobody can choose one.
	Languages []string
	// Partials are the uploads that come in pieces; nil: none are taken.
	Partials *partial.Dir
	// Scans says that received bytes are searched for malware before anybody gets at them.
	Scans bool
	// FactorFor are the roles ("datenschutz"), or roles in departments ("leitung@asyl"), that give no right to who signs in
	// by password and has no second factor. Nil: none.
	FactorFor []string
	// Origin is what people type to come here, "https://akte.example": passkeys are made for it. Empty: there are none.
	Origin string
	// Groups say what groups of the provider of sign-ins give; nil: nothing, so that nobody can sign in there.
	Groups Groups
	// SampleOneIn is of how many looks at Akten outside somebody's area one is put before data protection; 0: none is.
	SampleOneIn int
	// UploadLimit is in bytes; 0 means 1 GiB.
	UploadLimit int64
	// Zone is the authority's time zone, which decides when a day ends; nil means UTC.
	Zone *time.Location
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Machine tells of the engines for who operates them; nil: nothing is known of them.
	Machine Machine
	// Behind says that the index hasn't all there is, as while it is made anew; nil: it never is.
	Behind func() bool
	// Rebuilt is of how many Akten all is in an index that is being made anew, and how many there are; both are
	// 0 at other times. Nil: it never is.
	Rebuilt func() (done, total int)
	// SearchTime is how long a search may take; 0 means 10 s. SearchesAtOnce is how many run at once; 0 means as many
	// as there are processors.
	SearchTime     time.Duration
	SearchesAtOnce int
}

// Guard stands around the archive, the index and the intake. It is safe for concurrent use. The rules it goes by never
// change: [Guard.Switch] puts another one, which shares all else, in its place for whoever comes next.
type Guard struct {
	Config
	*shared
	// headRegisters are found once: see there.
	headRegisters map[archive.Pair]map[string]bool
	// judges are the pairs that may judge scans, found once.
	judges map[archive.Pair]bool
}

// shared is what a guard shares with those that went, or will go, by other rules.
type shared struct {
	// inForce is the one that goes by the rules in force.
	inForce atomic.Pointer[Guard]
	// switching is held while rules come into force.
	switching sync.Mutex

	windows  *windows
	turns    *turns
	typists  typists
	watched  watched
	accounts *Accounts
	// passkeys asks browsers for them; nil: there are none.
	passkeys *webauthn.WebAuthn
	cursors  *seal.Box
	// bundling bounds the bundles made while somebody waits.
	bundling chan struct{}
	pressing pressing
	// refusing counts refusals of which there are too many.
	refusing refusalRate
	// recent counts for the officer what happened lately.
	recent recent
	// erasing gets a value when an erasure was released; keptBack is when objects under a lock were tried last, in seconds.
	erasing  chan struct{}
	keptBack atomic.Int64
	// rules name types of papers by their signs, learned by what the office files.
	rules   *hint.Rules
	learned learned
	past    past
}

// New returns a Guard.
func New(cfg Config) (*Guard, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Behind == nil {
		cfg.Behind = func() bool { return false }
	}
	if cfg.Rebuilt == nil {
		cfg.Rebuilt = func() (done, total int) { return 0, 0 }
	}
	if cfg.UploadLimit == 0 {
		cfg.UploadLimit = 1 << 30
	}
	cfg.SearchTime = cmp.Or(cfg.SearchTime, searchTime)
	box, err := seal.NewBox(cfg.CursorKey)
	if err != nil {
		return nil, fmt.Errorf("acl: cursor key: %w", err)
	}
	passkeys, err := newPasskeys(cfg.Origin)
	if err != nil {
		return nil, fmt.Errorf("acl: public address: %w", err)
	}
	g := under(cfg, &shared{
		passkeys: passkeys,
		windows:  newWindows(cfg.Now), turns: newTurns(cfg.SearchesAtOnce), cursors: box, erasing: make(chan struct{}, 1), bundling: make(chan struct{}, bundlesAtOnce), rules: hint.NewRules(cfg.Policies),
	})
	g.accounts = newAccounts(g)
	g.refusing.pending.Store(true) // a crash may have left some
	g.inForce.Store(g)
	return g, nil
}

// under returns a guard that goes by the rules of a configuration.
func under(cfg Config, with *shared) *Guard {
	return &Guard{
		Config: cfg, shared: with,
		headRegisters: headRegisters(cfg.Policies, cfg.Table), judges: judges(cfg.Policies, cfg.Table),
	}
}

// Switch lets other access rules count from the next desk on; what is under way goes on as it began, each desk by the
// rules it was made under. The table is compiled from the set, whose lists must be those of the present one.
func (g *Guard) Switch(set *policies.Set, table *Table) {
	g.switching.Lock()
	defer g.switching.Unlock()
	g.inForce.Store(under(withRules(g.Config, ruling{set, table}), g.shared))
}

// Rules are the policies in force.
func (g *Guard) Rules() *policies.Set { return g.inForce.Load().Policies }

// bundlesAtOnce is how many bundles are made at once while their makers wait; others wait for their turn.
const bundlesAtOnce = 2

// For returns the desk of a subject, under the rules that are in force now. It costs nothing and decides nothing yet.
func (g *Guard) For(s Subject) *Desk { return &Desk{guard: g.inForce.Load(), subject: s} }

// today is the present day in the authority's time zone, "2026-11-21".
func (g *Guard) today() string { return g.Now().In(g.Zone).Format(time.DateOnly) }

// Desk is where one subject works: one method for every use case. It is made for one
// request and is not kept.
type Desk struct {
	guard   *Guard
	subject Subject
	replay  replay
	// finishing is the key of the draft that the next act makes superfluous; empty: none.
	finishing string
	// inside is the Akte that the request named; empty: none.
	inside archive.AkteID
	// heedful says that nobody shuts herself out of an Akte here.
	heedful bool
	// unconfirmed says that nothing is changed here.
	unconfirmed bool
}

// Subject returns who works here.
func (d *Desk) Subject() Subject { return d.subject }

// Unconfirmed returns a desk that shows what the subject may see and answers every change with
// [ErrUnconfirmed]: for what was sent when nobody was signed in any more, and is shown once more.
func (d *Desk) Unconfirmed() *Desk {
	looking := *d
	looking.unconfirmed = true
	return &looking
}

// update runs one change in one transaction.
func (d *Desk) update(ctx context.Context, fn func(archive.Tx) error) error {
	if d.unconfirmed {
		return ErrUnconfirmed
	}
	return d.guard.Store.Update(ctx, func(tx archive.Tx) error {
		if err := d.holdsStill(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// view runs one read.
func (d *Desk) view(ctx context.Context, fn func(archive.Reader) error) error {
	return d.guard.Store.View(ctx, fn)
}
