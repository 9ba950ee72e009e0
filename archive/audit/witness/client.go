package witness

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

var (
	// ErrUnreachable says that the witness didn't answer, or that it couldn't work.
	ErrUnreachable = errors.New("the witness doesn't answer")
	// ErrRefused says that the witness doesn't know this log or its key, or that it isn't the witness whose key
	// was given: somebody has to look at the settings.
	ErrRefused = errors.New("the witness and this log don't know each other")
)

// callTime is how long a witness may take to answer.
const callTime = 15 * time.Second

// Client asks a witness for cosignatures.
type Client struct {
	// Key is what its cosignatures are verified with.
	Key *Key

	url  string
	http *http.Client
}

// NewClient returns a client of the witness at a URL, "https://HOST:PORT/PREFIX"; without TLS on this machine
// alone. ca is a file of certificates to trust; empty: the machine's own.
func NewClient(address, key, ca string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("witness: write its address as https://HOST:PORT")
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("witness: without TLS it must be on this machine")
	}
	k, err := ParseKey(key)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{IdleConnTimeout: time.Minute, TLSHandshakeTimeout: callTime}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("witness: certificates: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("witness: %s holds no certificate", ca)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &Client{
		Key: k, url: strings.TrimSuffix(u.String(), "/") + "/add-checkpoint",
		http: &http.Client{
			Transport: transport, Timeout: callTime,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Add asks for a cosignature and returns the checkpoint with it, verified, and its time. The errors are a
// [*ConflictError], [ErrContradicts], [ErrRefused] and [ErrUnreachable].
func (c *Client) Add(ctx context.Context, r Request) (signed []byte, at time.Time, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(r.Text()))
	if err != nil {
		return nil, at, fmt.Errorf("witness: %w", err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, at, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return nil, at, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	switch s := res.StatusCode; {
	case s == http.StatusOK:
		return c.verified(r.Checkpoint, body)
	case s == http.StatusConflict && isSize(res.Header):
		size, err := parseSize(strings.TrimSuffix(string(body), "\n"))
		if err != nil {
			return nil, at, fmt.Errorf("%w: it told a size that is none", ErrRefused)
		}
		return nil, at, &ConflictError{size}
	case s == http.StatusConflict, s == http.StatusUnprocessableEntity:
		return nil, at, fmt.Errorf("witness: status %d: %w", s, ErrContradicts)
	case s == http.StatusTooManyRequests, s >= 500:
		return nil, at, fmt.Errorf("%w: status %d", ErrUnreachable, s)
	default:
		return nil, at, fmt.Errorf("%w: status %d", ErrRefused, s)
	}
}

// isSize reports whether an answer is a size.
func isSize(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == sizeType
}

// verified returns the checkpoint with the first line of the answer that is a cosignature of the witness.
func (c *Client) verified(checkpoint, lines []byte) ([]byte, time.Time, error) {
	for line := range bytes.Lines(lines) {
		signed := append(bytes.Clone(checkpoint), line...)
		if at, ok := c.Key.CosignedAt(signed); ok {
			return signed, at, nil
		}
	}
	return nil, time.Time{}, fmt.Errorf("%w: the answer has no cosignature by the key that was given", ErrRefused)
}
