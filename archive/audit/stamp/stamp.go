// Package stamp gets timestamps (RFC 3161): a third party signs that a text was there at a time. The text itself
// stays here; only its SHA-256 is sent. An answer is kept as it came, so that any tool can check it again:
//
//	openssl ts -verify -in 1.tsr -data 1 -CAfile authority.pem
package stamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// ErrToken says that the authority's answer proves nothing: it is refused.
var ErrToken = errors.New("not a timestamp of this by this authority")

const (
	// callTime is how long an authority may take to answer, maxAnswer how many bytes that may have.
	callTime  = 30 * time.Second
	maxAnswer = 1 << 18
)

// Client asks a time-stamping authority.
type Client struct {
	url   string
	roots *x509.CertPool
	http  *http.Client
}

// New returns a client of the authority at a URL, whose certificate leads to one in the file ca (PEM); empty: to
// one that the machine trusts.
func New(address, ca string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, errors.New("stamp: write the address of the time-stamping authority as https://HOST/PATH")
	}
	roots, err := rootsOf(ca)
	if err != nil {
		return nil, err
	}
	return &Client{url: u.String(), roots: roots, http: &http.Client{Timeout: callTime}}, nil
}

func rootsOf(ca string) (*x509.CertPool, error) {
	if ca == "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("stamp: certificates: %w", err)
		}
		return roots, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("stamp: certificates: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("stamp: %s holds no certificate", ca)
	}
	return roots, nil
}

// Stamp returns the authority's answer for data (TimeStampResp, DER), which was checked, and its time. An answer that
// proves nothing is [ErrToken].
func (c *Client) Stamp(ctx context.Context, data []byte) (answer []byte, at time.Time, err error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, at, fmt.Errorf("stamp: %w", err)
	}
	sum := sha256.Sum256(data)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, at, fmt.Errorf("stamp: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(query))
	if err != nil {
		return nil, at, fmt.Errorf("stamp: %w", err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, at, fmt.Errorf("stamp: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, at, fmt.Errorf("stamp: the authority answers with status %d", res.StatusCode)
	}
	if answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer)); err != nil {
		return nil, at, fmt.Errorf("stamp: %w", err)
	}
	at, err = c.check(answer, sum, nonce)
	return answer, at, err
}

// Check checks an answer that was kept, at the time it tells of, and returns that time.
func (c *Client) Check(answer, data []byte) (time.Time, error) {
	return c.check(answer, sha256.Sum256(data), nil)
}

// parsing is held while a token is read: the library counts in a variable of all how deep it is.
var parsing sync.Mutex

// check checks an answer: its signature, by one certificate for timestamps that leads to a root, the hash and the
// nonce, if one is given.
func (c *Client) check(answer []byte, sum [32]byte, nonce *big.Int) (at time.Time, err error) {
	parsing.Lock()
	defer parsing.Unlock()
	defer func() {
		if p := recover(); p != nil { // a reader of ASN.1 that met what it didn't expect
			err = fmt.Errorf("%w: it can't be read", ErrToken)
		}
	}()
	t, err := timestamp.ParseResponse(answer)
	if err != nil {
		return at, fmt.Errorf("%w: %w", ErrToken, err)
	}
	token, err := pkcs7.Parse(t.RawToken)
	if err != nil {
		return at, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if token.GetOnlySigner() == nil {
		return at, fmt.Errorf("%w: it isn't signed by one certificate that is in it", ErrToken)
	}
	between := x509.NewCertPool()
	for _, cert := range token.Certificates {
		between.AddCert(cert)
	}
	err = token.VerifyWithOpts(x509.VerifyOptions{
		Roots: c.roots, Intermediates: between, CurrentTime: t.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return at, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]) {
		return at, fmt.Errorf("%w: it is of another text", ErrToken)
	}
	if nonce != nil && (t.Nonce == nil || t.Nonce.Cmp(nonce) != 0) {
		return at, fmt.Errorf("%w: it answers another question", ErrToken)
	}
	return t.Time.UTC(), nil
}
