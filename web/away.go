package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// errAway says that the provider of sign-ins can't be asked.
var errAway = errors.New("provider of sign-ins is away")

// awayFor is why it can't be, in a word for the log and for who operates the system: nothing that it said, and of nobody.
type awayFor string

const (
	// awayNetwork: it can't be reached; awayTime: it took too long; awayTrust: its certificate isn't trusted.
	awayNetwork awayFor = "network"
	awayTime    awayFor = "time"
	awayTrust   awayFor = "certificate"
	// awayBusy: it wants to be asked less often; awayFault: something is wrong with it, and so it says, or what it says can't
	// be read; awayRefused: it doesn't know this program, or not for what was asked.
	awayBusy    awayFor = "busy"
	awayFault   awayFor = "fault"
	awayRefused awayFor = "refused"
	// awayMetadata: what it says of itself can't be taken; awayGroups: it doesn't say in which groups somebody is.
	awayMetadata awayFor = "metadata"
	awayGroups   awayFor = "groups"
)

// Error implements error.
func (a awayFor) Error() string { return errAway.Error() + ": " + string(a) }

// Is makes each of them [errAway].
func (a awayFor) Is(target error) bool { return target == errAway }

// awayBy finds the word for an error of asking it; otherwise is that for one which isn't of the way there.
func awayBy(err error, otherwise awayFor) awayFor {
	var known awayFor
	var trust *tls.CertificateVerificationError
	var late net.Error
	var asked *url.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &trust):
		return awayTrust
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &late) && late.Timeout():
		return awayTime
	case errors.As(err, &asked):
		return awayNetwork
	}
	return otherwise
}

// untraded is what an error of trading a code or a token for tokens means. Only where the provider says that what was traded
// is good no more it speaks of who signed in; lost is the word for that. Whatever else it says, it says of this program
// or of itself.
func untraded(err error, lost unbelieved) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		return awayBy(err, awayFault)
	}
	switch answered.ErrorCode {
	case "invalid_grant":
		return lost
	case "server_error", "temporarily_unavailable", "slow_down":
		return awayFault
	}
	switch answered.Response.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusOK:
		return awayRefused
	}
	return awayFault
}

// turnedBack is what the provider means by the error that it sends people back with.
func turnedBack(code string) error {
	switch code {
	case "server_error", "temporarily_unavailable":
		return awayFault
	case "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope":
		return awayRefused
	}
	return unbelieved("declined")
}

// sound lets answers through that say something: they are no longer than any should be, of a provider that is well, and what
// was asked for is there. Others are errors, so that nobody takes a page that says "maintenance" for a forged key.
type sound struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (s sound) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got := r.Method == http.MethodGet
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, providerBytes), res.Body}
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		err = awayBusy
	case got && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden):
		err = awayRefused
	case res.StatusCode >= http.StatusInternalServerError, got && res.StatusCode != http.StatusOK:
		err = awayFault
	case got:
		err = readable(res)
	}
	if err != nil {
		_ = res.Body.Close() // which nobody reads
		return nil, err
	}
	return res, nil
}

// readable reads an answer and asks that it is JSON, signed or not.
func readable(res *http.Response) error {
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if !strings.EqualFold(kind, "application/jwt") && !json.Valid(data) {
		return awayFault
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(data), res.Body}
	return nil
}

// keys are the provider's. Where they can't be fetched that is noted with the context: the verifier's own error doesn't tell.
type keys struct{ remote *oidc.RemoteKeySet }

type keysMissed struct{}

// noting is a context in which missed is set where keys can't be fetched.
func noting(ctx context.Context, missed *error) context.Context {
	return context.WithValue(ctx, keysMissed{}, missed)
}

// VerifySignature implements [oidc.KeySet].
func (k keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	data, err := k.remote.VerifySignature(ctx, token)
	if why := awayBy(err, ""); err != nil && why != "" {
		if missed, ok := ctx.Value(keysMissed{}).(*error); ok {
			*missed = why
		}
	}
	return data, err
}

// outagePause is for how long a reason isn't logged once more after it was.
const outagePause = 10 * time.Minute

// outage notes whether the provider can be asked. It is safe for concurrent use.
type outage struct {
	log *slog.Logger
	now func() time.Time

	mu sync.Mutex
	// why is empty while it can be, since is when that changed.
	why   awayFor
	since time.Time
	// logged says that the log tells of it, last when it told of a reason.
	logged bool
	last   map[awayFor]time.Time
}

// note takes the outcome of asking it: the log tells when that is another than before. Of one for which nobody waited any
// more it takes nothing.
func (o *outage) note(ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	var why awayFor
	if errors.Is(err, errAway) {
		why = awayBy(err, awayFault)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if why == o.why {
		return
	}
	now := o.now()
	o.why, o.since = why, now
	switch before, told := o.last[why]; {
	case why == "" && o.logged:
		o.log.InfoContext(ctx, "provider of sign-ins answers again")
		o.logged = false
	case why != "" && (!told || now.Sub(before) >= outagePause):
		o.log.WarnContext(ctx, "provider of sign-ins is away", "reason", string(why))
		if o.last == nil {
			o.last = map[awayFor]time.Time{}
		}
		o.logged, o.last[why] = true, now
	}
}

// state is why it can't be asked and since when; empty: it can.
func (o *outage) state() (awayFor, time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.why, o.since
}
