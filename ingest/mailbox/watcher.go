package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"eakte/ingest/intake"
)

// Ways to secure the connection.
const (
	TLS      = "tls"      // from the first byte, port 993
	StartTLS = "starttls" // begun on the plain port 143
	Plain    = "none"     // not at all: to this machine only
)

// Config is a mailbox. Name, Address, User, Secret, Account, Channel, Rules, Done, Failed, Door and Log are
// required.
type Config struct {
	// Name is the operator's for the mailbox; the receipts of what was taken hold it.
	Name string
	// Address is "HOST:PORT"; Security one of the ways above, empty for TLS.
	Address, Security string
	// Trust verifies the server; nil means the machine's own certificates.
	Trust *tls.Config
	// User and Secret sign in.
	User   string
	Secret string
	// Folder is where messages arrive; empty for INBOX. Done and Failed are folders beside it, made where
	// they aren't there.
	Folder, Done, Failed string
	// Account is the technical account that brings messages in, as come by Channel.
	Account, Channel string
	Rules            []Rule
	// Every is how often it is asked; 0 means 30 seconds. Backoff is the first wait after a failure, which
	// doubles up to five minutes; 0 means a second.
	Every, Backoff time.Duration
	// Patience is for how long a server may keep one message or sign-in waiting; 0 means 10 minutes.
	Patience time.Duration
	// Limit is the size of a message in bytes.
	Limit int64
	Door  intake.Door
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// slowest is how long a server that is away is left alone at most.
const slowest = 5 * time.Minute

// Watcher watches a mailbox.
type Watcher struct {
	Config
	board *intake.Board
}

// New returns a watcher that hasn't asked yet. It refuses a connection that others could read.
func New(cfg Config) (*Watcher, error) {
	host, _, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("mailbox: address: %w", err)
	}
	switch cfg.Security {
	case "":
		cfg.Security = TLS
	case TLS, StartTLS:
	case Plain:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("mailbox: a connection that isn't secured goes to this machine only")
		}
	default:
		return nil, errors.New("mailbox: security is tls, starttls or none")
	}
	if cfg.Trust == nil {
		cfg.Trust = &tls.Config{}
	}
	cfg.Trust = cfg.Trust.Clone()
	cfg.Trust.ServerName, cfg.Trust.MinVersion = host, tls.VersionTLS12
	if cfg.Folder == "" {
		cfg.Folder = "INBOX"
	}
	if cfg.Every == 0 {
		cfg.Every = 30 * time.Second
	}
	if cfg.Backoff == 0 {
		cfg.Backoff = time.Second
	}
	if cfg.Patience == 0 {
		cfg.Patience = 10 * time.Minute
	}
	if cfg.Limit == 0 {
		cfg.Limit = 1 << 30
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Watcher{Config: cfg, board: intake.NewBoard(cfg.Name, "mailbox")}, nil
}

// State returns how the mailbox stands.
func (w *Watcher) State() intake.State { return w.board.State() }

// Run asks until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	wait := w.Backoff
	for {
		before := w.board.State().Problem
		began := w.Now()
		err := w.stay(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if w.board.State().Looked.After(began) {
			wait = w.Backoff // it had come in
		}
		problem := problem(err)
		w.board.Trouble(problem)
		if problem != before {
			w.Log.ErrorContext(ctx, "a mailbox needs attention", "mailbox", w.Name, "problem", problem, "error", telling(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = min(2*wait, slowest)
	}
}

// stay signs in and asks again and again until something fails.
func (w *Watcher) stay(ctx context.Context) error {
	s, err := w.dial(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for {
		if err := s.look(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(w.Every):
		}
	}
}

// Look signs in, takes what is there, and signs out: for tests and tools.
func (w *Watcher) Look(ctx context.Context) error {
	s, err := w.dial(ctx)
	if err != nil {
		w.board.Trouble(problem(err))
		return err
	}
	defer s.close()
	return s.look(ctx)
}

// stepError is an error with the code of what it keeps from working.
type stepError struct {
	problem string
	err     error
}

func (e *stepError) Error() string { return e.problem + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

func problem(err error) string {
	if step, ok := errors.AsType[*stepError](err); ok {
		return step.problem
	}
	return intake.ProblemConnect
}

// telling says what is wrong without what a server said: it may name addresses.
func telling(err error) string {
	var verify *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case errors.As(err, &verify):
		return "the server's certificate: " + verify.Err.Error()
	case errors.As(err, &op):
		return op.Op + ": " + op.Err.Error()
	}
	return problem(err)
}
