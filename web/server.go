package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"eakte/acl"
	"eakte/archive/blob/seal"
	"eakte/policies"
	"eakte/web/pages"
)

// Limits of a server.
const (
	headerTime  = 10 * time.Second
	idleTime    = 2 * time.Minute
	writeTime   = time.Minute // for each write, not for the answer
	headerBytes = 32 << 10
	// Sessions end after sessionIdle without a request, and after sessionLife in any case.
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
)

// Config is what a [Server] works with. All fields but those marked are required.
type Config struct {
	// Guard is the door to everything below, Policies the lists that forms need.
	Guard    *acl.Guard
	Policies *policies.Set
	// SessionKey seals what is kept of a session; when it changes, everybody signs in again.
	SessionKey seal.Key
	Log        *slog.Logger
	// TrustedProxies are addresses or networks ("10.1.2.3", "10.1.2.0/24") whose X-Forwarded-For is
	// believed. Empty: nobody's.
	TrustedProxies []string
	// Secure says that people reach the server through TLS: the cookie gets the prefix __Host- and
	// browsers are told never to come without TLS.
	Secure bool
	// Ready says whether the server can work; nil: always.
	Ready func(context.Context) error
	// Observe is told of every request when it ends: the route's pattern ("" where none fits), the
	// method, the status, how long it took. Nil: nobody. It must return at once.
	Observe func(pattern, method string, status int, took time.Duration)
	// SlowBody is how long a sender may keep the server waiting, all pauses together, beyond what
	// slow lines of 8 KiB a second take. 0: 20 seconds.
	SlowBody time.Duration
	// SignIns is how many tries to sign in to one account may fail from one address (with IPv6: one /64)
	// in a minute; to all accounts together ten times as many. 0: 10.
	SignIns int
	// Requests is how many requests of people who signed in are served at once, a quarter of them at most
	// for one account. 0: 1,000.
	Requests int
	// Strangers is how many requests of others are served at once, a quarter of them at most from one
	// address. Behind a proxy that isn't trusted, all come from one. 0: 256.
	Strangers int
	// ProofLife is for how long it counts that somebody proved who she is, where routes ask for more than a session.
	// 0: 15 minutes.
	ProofLife time.Duration
	// Streams is how many pages may follow events at once, 20 at most of one account. 0: 2,000.
	Streams int
	// Provider is where people sign in beside accounts of this program's own; nil: nowhere.
	Provider *Provider
	// Authority is whose files these are, as pages say it. Empty: "E-Akte".
	Authority string
	// PagesDir is a folder to read pages from while they are written. Empty: those in the program.
	PagesDir string
	// Grace is how long [Server.Serve] waits for requests in flight when it ends. 0: 2 minutes.
	Grace time.Duration
}

// Server answers HTTP. It is safe for concurrent use.
type Server struct {
	Config
	accounts *acl.Accounts
	sessions *scs.SessionManager
	// box seals sessions and what is held.
	box *seal.Box
	// tries are those of addresses, accountTries those of addresses at one account, endingTries those of saying that somebody's
	// session elsewhere ended; heldTries are forms held.
	tries, accountTries, endingTries, heldTries *tries
	// given are the challenges of passkeys that browsers answered.
	given answers
	// started is when this program was: what browsers were asked before isn't answered any more.
	started time.Time
	// provider is where people sign in elsewhere; nil: nowhere.
	provider *provider
	// confirming are questions under way whether somebody is known to the provider still, by session.
	confirming singleflight.Group
	// endings are the ends that the provider told of lately.
	endings endings
	// accountsIn and strangers are being served.
	accountsIn, strangers *crowd
	// streams are pages that follow events.
	streams *crowd
	// stopping is closed when the server begins to stop.
	stopping chan struct{}
	stopOnce sync.Once
	// turns are those of requests at uploads that come in pieces.
	turns  turns
	engine *gin.Engine
	pages  *pages.Pages
	// open and signed are the API for everybody and for who signed in; both are described in one
	// document.
	open, signed           huma.API
	openGroup, signedGroup *gin.RouterGroup
	handler                http.Handler
}

// New returns a Server. The error names a bad proxy address or a missing key.
func New(cfg Config) (*Server, error) {
	if cfg.Guard == nil || cfg.Policies == nil || cfg.Log == nil || cfg.SessionKey.IsZero() {
		return nil, errors.New("web: guard, policies, session key and log are needed")
	}
	for _, p := range cfg.TrustedProxies {
		if _, err := netip.ParseAddr(p); err == nil {
			continue
		}
		if _, err := netip.ParsePrefix(p); err != nil {
			return nil, fmt.Errorf("web: trusted proxy: neither an address nor a network: %w", err)
		}
	}
	s := &Server{Config: cfg, accounts: cfg.Guard.Accounts()}
	s.fill()
	s.accountsIn, s.strangers = newCrowd(s.Requests), newCrowd(s.Strangers)
	s.streams, s.stopping = newCrowd(s.Streams), make(chan struct{})
	s.streams.each = streamsEach
	s.started = cfg.Guard.Now()
	s.tries, s.accountTries = newTries(s.SignIns*accountsPerAddress, cfg.Guard.Now), newTries(s.SignIns, cfg.Guard.Now)
	s.endingTries = newTries(s.SignIns*accountsPerAddress, cfg.Guard.Now)
	box, err := seal.NewBox(cfg.SessionKey)
	if err != nil {
		return nil, fmt.Errorf("web: session key: %w", err)
	}
	s.box, s.heldTries = box, newTries(heldPerMinute, cfg.Guard.Now)
	s.sessions = s.newSessions(box)
	if cfg.Provider != nil {
		if s.provider, err = newProvider(*cfg.Provider, cfg.Guard.Now, cfg.Log); err != nil {
			return nil, err
		}
	}
	if err := s.build(); err != nil {
		return nil, err
	}
	return s, nil
}

// fill puts the defaults in.
func (s *Server) fill() {
	if s.SlowBody == 0 {
		s.SlowBody = 20 * time.Second
	}
	if s.SignIns == 0 {
		s.SignIns = 10
	}
	if s.Requests == 0 {
		s.Requests = 1000
	}
	if s.Strangers == 0 {
		s.Strangers = 256
	}
	if s.ProofLife == 0 {
		s.ProofLife = 15 * time.Minute
	}
	if s.Streams == 0 {
		s.Streams = 2000
	}
	if s.Authority == "" {
		s.Authority = "E-Akte"
	}
	if s.Grace == 0 {
		s.Grace = 2 * time.Minute
	}
}

// build makes the engine, the routes and what stands around them.
func (s *Server) build() error {
	gin.SetMode(gin.ReleaseMode)
	s.engine = gin.New()
	s.engine.HandleMethodNotAllowed = true
	s.engine.RedirectTrailingSlash, s.engine.RedirectFixedPath = false, false
	s.engine.ContextWithFallback = true
	if err := s.engine.SetTrustedProxies(s.TrustedProxies); err != nil {
		return fmt.Errorf("web: trusted proxies: %w", err)
	}
	s.engine.Use(s.arrive, s.admit)
	s.engine.NoRoute(s.answer(problem{kind: "not-found"}))
	s.engine.NoMethod(s.answer(problem{kind: "method-not-allowed"}))
	s.describe()
	if err := s.routes(); err != nil {
		return err
	}
	s.publish()
	if err := s.site(); err != nil {
		return err
	}
	guarded := http.NewCrossOriginProtection()
	guarded.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, problem{kind: "cross-origin"})
	}))
	s.handler = s.visits(guarded.Handler(s.proven(s.engine)))
	return nil
}

// Handler returns the whole of it.
func (s *Server) Handler() http.Handler { return s.handler }

// HTTP returns an [http.Server] with all limits set. What it logs itself is about connections only. Its
// shutdown ends what would go on for long: streams of events, and pieces of files whose senders continue
// later.
func (s *Server) HTTP() *http.Server {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(s.stop)
	return server
}

// stop ends what nobody should wait for.
func (s *Server) stop() {
	s.stopOnce.Do(func() { close(s.stopping) })
	s.turns.cutAll()
}

// Serve answers on a listener until ctx ends; then it takes no more requests and waits for those in
// flight, uploads too, at most [Config.Grace]. It returns nil after such an end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := s.HTTP()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("web: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("web: requests in flight were cut off: %w", errors.Join(err, server.Close()))
	}
	return nil
}
