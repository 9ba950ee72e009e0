package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Limits of what is asked of a provider of sign-ins.
const (
	// providerTime is how long an answer may take, providerBytes how long it may be.
	providerTime  = 10 * time.Second
	providerBytes = 1 << 20
	// findTime is how long a page waits to learn whether the provider is there; findPause is for how long it isn't asked
	// again where it wasn't.
	findTime  = 3 * time.Second
	findPause = 15 * time.Second
)

// Provider is where people sign in who have no account of this program's own (OpenID Connect).
type Provider struct {
	// Issuer is its address, as its metadata says it; with TLS, unless it is on this machine.
	Issuer string
	// Client and Secret are what this program is to it. An empty Secret: nothing but PKCE protects the code.
	Client, Secret string
	// Name is what pages call it.
	Name string
	// Scopes are asked for beside openid; nil: profile. GroupsClaim is the claim that names groups; empty: "groups".
	Scopes      []string
	GroupsClaim string
	// OmitsEmpty says that it leaves that claim out for who is in no group: then whom it describes without it is in none.
	OmitsEmpty bool
	// Factor are the values of the claims acr and amr, "acr:VALUE" or "amr:VALUE", each of which says that more than a
	// password was asked for. Nil: none does.
	Factor []string
	// Trust is whom to trust; nil: those whom the machine does.
	Trust *tls.Config
}

// check says what is wrong with the settings.
func (p Provider) check() error {
	if err := private(p.Issuer); err != nil {
		return err
	}
	if p.Client == "" || p.Name == "" {
		return errors.New("a client and a name are needed")
	}
	for _, f := range p.Factor {
		kind, value, _ := strings.Cut(f, ":")
		if kind != "acr" && kind != "amr" || value == "" {
			return fmt.Errorf("factor %q: write acr:VALUE or amr:VALUE", f)
		}
	}
	return nil
}

// private asks that an address be one with TLS, or of this machine.
func private(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("the provider's address is none")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return errors.New("the provider's address has to begin with https://")
}

// provider asks one. It is safe for concurrent use.
type provider struct {
	Provider
	client *http.Client
	now    func() time.Time

	outage outage

	mu    sync.Mutex
	found *foundProvider
	// missed is when it was asked for and wasn't there, missedFor why.
	missed    time.Time
	missedFor awayFor
}

// foundProvider is what its metadata says.
type foundProvider struct {
	*oidc.Provider
	verifier *oidc.IDTokenVerifier
	auth     oauth2.AuthStyle
	// names says that it names itself in its answers (RFC 9207).
	names bool
	// end is where one signs out there, revocation where it is told that a token is good for nothing any more; empty: nowhere.
	end, revocation string
}

func newProvider(p Provider, now func() time.Time, log *slog.Logger) (*provider, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("web: provider of sign-ins: %w", err)
	}
	if p.Scopes == nil {
		p.Scopes = []string{"profile"}
	}
	if p.GroupsClaim == "" {
		p.GroupsClaim = "groups"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if p.Trust != nil {
		transport.TLSClientConfig = p.Trust.Clone()
	}
	client := &http.Client{
		Transport: sound{transport}, Timeout: providerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &provider{Provider: p, client: client, now: now, outage: outage{log: log, now: now}}, nil
}

// signatures are the algorithms that tokens may be signed with: public keys all of them, since the client's secret is no
// key, and none at all is none.
func signatures() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}
}

// find returns the provider once it was there. It is asked when somebody wants to sign in, so that this program starts
// without it.
func (p *provider) find(ctx context.Context) (*foundProvider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.now().Sub(p.missed) < findPause {
		return nil, p.missedFor
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), findTime)
	defer cancel()
	found, err := p.discover(ctx)
	if err != nil {
		p.missed, p.missedFor = p.now(), awayBy(err, awayMetadata)
		p.outage.note(ctx, p.missedFor)
		return nil, p.missedFor
	}
	p.found = found
	return found, nil
}

// discover reads the provider's metadata, and believes it only as far as its addresses are as safe as its own.
func (p *provider) discover(ctx context.Context) (*foundProvider, error) {
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Keys    string   `json:"jwks_uri"`
		End     string   `json:"end_session_endpoint"`
		Revoke  string   `json:"revocation_endpoint"`
		Names   bool     `json:"authorization_response_iss_parameter_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := known.Claims(&says); err != nil {
		return nil, err
	}
	for _, address := range []string{known.Endpoint().AuthURL, known.Endpoint().TokenURL, says.Keys} {
		if err := private(address); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
	}
	if says.End != "" && private(says.End) != nil {
		says.End = ""
	}
	if says.Revoke != "" && private(says.Revoke) != nil {
		says.Revoke = ""
	}
	out := &foundProvider{Provider: known, names: says.Names, end: says.End, revocation: says.Revoke, auth: oauth2.AuthStyleInHeader}
	if p.Secret == "" || len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		out.auth = oauth2.AuthStyleInParams
	}
	out.verifier = oidc.NewVerifier(p.Issuer, keys{oidc.NewRemoteKeySet(oidc.ClientContext(ctx, p.client), says.Keys)}, &oidc.Config{
		ClientID: p.Client, SupportedSigningAlgs: signatures(), Now: p.now,
	})
	return out, nil
}

// flow is what is asked of the provider, with where it sends people back to.
func (p *provider) flow(found *foundProvider, back string) *oauth2.Config {
	endpoint := found.Endpoint()
	endpoint.AuthStyle = found.auth
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: p.Secret, Endpoint: endpoint, RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
}

// levels are the values of acr that count as a second factor, to be asked for.
func (p *provider) levels() (values []string) {
	for _, f := range p.Factor {
		if value, ok := strings.CutPrefix(f, "acr:"); ok {
			values = append(values, value)
		}
	}
	return values
}

// strong reports whether what a token says of a sign-in counts as a second factor.
func (p *provider) strong(acr string, amr []string) bool {
	return slices.ContainsFunc(p.Factor, func(f string) bool {
		kind, value, _ := strings.Cut(f, ":")
		return kind == "acr" && value == acr || kind == "amr" && slices.Contains(amr, value)
	})
}
