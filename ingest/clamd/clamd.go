// Package clamd asks the ClamAV daemon whether bytes are known as malware.
//
// The daemon is somebody else's process: it keeps its signatures up to date, takes bytes over a socket and
// unpacks them with rights of its own. Bytes are sent in pieces (INSTREAM) as they are decrypted, so that
// neither process needs a file of them. One connection serves one scan.
//
// What always holds: an answer that isn't plainly "nothing found" or "found" is an error, and so is a
// connection that ends early; whoever asks must take an error for "not known".
package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path"
	"strings"
	"time"
)

// Client asks one daemon. It may be used by several goroutines at once.
type Client struct {
	network, address string
}

// New returns a client of the daemon at address: the path of a Unix socket, or HOST:PORT on this machine.
func New(address string) (*Client, error) {
	if path.IsAbs(address) {
		return &Client{"unix", address}, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("clamd: use the path of a socket or HOST:PORT: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("clamd: the daemon must run on this machine: papers would cross the network in clear")
	}
	return &Client{"tcp", address}, nil
}

const (
	piece   = 64 << 10
	patient = 10 * time.Minute // for one scan, however large
	answers = 4 << 10          // bytes of an answer at most
)

// Ping asks whether the daemon answers.
func (c *Client) Ping(ctx context.Context) error {
	said, err := c.ask(ctx, 5*time.Second, "PING", nil)
	if err == nil && said != "PONG" {
		err = errors.New("clamd: unknown answer")
	}
	return err
}

// Scan reads src to its end and returns the name of the signature it is known by; empty: nothing was
// found. With an error nothing is known.
func (c *Client) Scan(ctx context.Context, src io.Reader) (found string, err error) {
	said, err := c.ask(ctx, patient, "INSTREAM", src)
	if err != nil {
		return "", err
	}
	said = strings.TrimPrefix(said, "stream: ")
	if said == "OK" {
		return "", nil
	}
	if name, ok := strings.CutSuffix(said, " FOUND"); ok && name != "" {
		return name, nil
	}
	// The daemon's own words, such as "INSTREAM size limit exceeded. ERROR": none of the document's.
	return "", fmt.Errorf("clamd: %.100q", said)
}

// ask sends a command, and src behind it where there is one, and returns the answer.
func (c *Client) ask(ctx context.Context, limit time.Duration, command string, src io.Reader) (said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer is all that counts
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	_, err = conn.Write([]byte("z" + command + "\x00"))
	if err == nil && src != nil {
		err = send(conn, src)
	}
	var broken *readError
	if errors.As(err, &broken) {
		return "", broken.err // of the stored bytes, not of the daemon
	}
	// The daemon says why before it hangs up.
	answer, rerr := bufio.NewReader(io.LimitReader(conn, answers)).ReadString(0)
	if rerr != nil {
		return "", fmt.Errorf("clamd: no answer: %w", errors.Join(err, rerr, ctx.Err()))
	}
	return strings.TrimSuffix(answer, "\x00"), nil
}

// readError tells trouble with what is sent from trouble with the daemon.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

// send sends bytes in pieces, each behind its length, and a length of 0 at the end.
func send(w io.Writer, src io.Reader) error {
	buf := make([]byte, 4+piece)
	for {
		n, err := io.ReadFull(src, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err := w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return &readError{err}
		}
	}
}
