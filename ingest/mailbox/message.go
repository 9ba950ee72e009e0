package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"eakte/ingest/intake"
)

// errNoRule says that a message is none of those to be taken.
var errNoRule = errors.New("no rule names the message")

// take brings one message in and puts it aside. A [*stepError] is one of the connection.
func (s *session) take(ctx context.Context, uid imap.UID) error {
	e, size, err := s.envelope(uid)
	if err != nil {
		return err
	}
	basket, ok := s.basket(e)
	if !ok {
		return errNoRule
	}
	paper := intake.Paper{
		Account: s.Account, Client: "mailbox", Basket: basket, Channel: s.Channel, Name: "nachricht.eml", Sender: sender(e),
	}
	if size > s.Limit {
		return s.put(uid, s.Failed)
	}
	err = s.bring(ctx, uid, paper, e.MessageID, func(body io.Reader) io.Reader { return body })
	if refused, ok := errors.AsType[*intake.RefusedError](err); ok {
		wrap := func(body io.Reader) io.Reader { return wrapped(body, refused.Code) }
		err = s.bring(ctx, uid, paper, e.MessageID, wrap)
	}
	if _, ok := errors.AsType[*intake.RefusedError](err); ok {
		return s.put(uid, s.Failed)
	}
	if err != nil {
		return err
	}
	s.board.Took(s.Now())
	return s.put(uid, s.Done)
}

// envelope reads what rules go by, and the size.
func (s *session) envelope(uid imap.UID) (*imap.Envelope, int64, error) {
	list, err := s.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, Envelope: true, RFC822Size: true}).Collect()
	if err != nil {
		return nil, 0, &stepError{intake.ProblemConnect, err}
	}
	if len(list) != 1 {
		return nil, 0, errNoRule // somebody took it away
	}
	if list[0].Envelope == nil {
		return &imap.Envelope{}, list[0].RFC822Size, nil
	}
	return list[0].Envelope, list[0].RFC822Size, nil
}

// bring streams a message to the door, as through makes it.
func (s *session) bring(ctx context.Context, uid imap.UID, p intake.Paper, id string, through func(io.Reader) io.Reader) error {
	section := &imap.FetchItemBodySection{Peek: true}
	cmd := s.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	brought, err := false, error(nil)
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			part, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || part.Literal == nil || brought {
				continue
			}
			body := &bodyHash{Reader: &exactly{part.Literal, part.Literal.Size()}, hash: sha256.New()}
			p.Key = func(sum [32]byte) string { return s.key(id, p.Basket, body, sum) }
			err, brought = s.Door.Bring(ctx, p, through(body)), true
			if _, rerr := io.Copy(io.Discard, part.Literal); err == nil && rerr != nil {
				err = rerr
			}
		}
	}
	if cerr := cmd.Close(); cerr != nil {
		return &stepError{intake.ProblemConnect, cerr}
	}
	if err == nil && !brought {
		err = errNoRule
	}
	return err
}

// errShort says that the connection broke off inside a message.
var errShort = errors.New("the message ends too early")

// exactly reads as many bytes as were promised.
type exactly struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	if e.left -= int64(n); err != nil && e.left > 0 {
		return n, errShort // never an end that a half message could be taken for
	}
	return n, err
}

// key is the receipt of a message: by its Message-ID and its body, which other ways through the mail's
// servers leave as they are; without an ID by all of it.
func (s *session) key(id, basket string, body *bodyHash, sum [32]byte) string {
	h := sha256.New()
	if id == "" {
		fmt.Fprintf(h, "%q %q %x", s.Name, basket, sum)
	} else {
		fmt.Fprintf(h, "%q %q %q %x", s.Name, basket, id, body.hash.Sum(nil))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// bodyHash hashes what comes behind the first empty line.
type bodyHash struct {
	io.Reader
	hash   hash.Hash
	tail   []byte // the last bytes of the header
	inside bool
}

// Read implements io.Reader.
func (b *bodyHash) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	data := p[:n]
	if !b.inside {
		b.tail = append(b.tail, data...)
		at, length := bytes.Index(b.tail, []byte("\r\n\r\n")), 4
		if lf := bytes.Index(b.tail, []byte("\n\n")); lf >= 0 && (at < 0 || lf < at) {
			at, length = lf, 2
		}
		if at < 0 {
			b.tail = b.tail[max(0, len(b.tail)-3):]
			return n, err
		}
		data, b.inside, b.tail = b.tail[at+length:], true, nil
	}
	b.hash.Write(data)
	return n, err
}

// wrapped makes a message around bytes that aren't one.
func wrapped(body io.Reader, code string) io.Reader {
	const border = "----=_eakte_original"
	head := strings.Join([]string{
		"From: eakte@localhost", "Subject: Unlesbare Nachricht / Unreadable message", "MIME-Version: 1.0",
		`Content-Type: multipart/mixed; boundary="` + border + `"`, "",
		"--" + border, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
		"Diese Nachricht konnte nicht gelesen werden (" + code + "). Ihre Bytes liegen unverändert bei.",
		"This message could not be read (" + code + "). Its bytes are attached as they came.", "",
		"--" + border, "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64",
		`Content-Disposition: attachment; filename="original.bin"`, "", "",
	}, "\r\n")
	return io.MultiReader(strings.NewReader(head), &encoded{from: body}, strings.NewReader("\r\n--"+border+"--\r\n"))
}

// encoded reads bytes as lines of base64.
type encoded struct {
	from io.Reader
	line []byte // what is still to be read of the line
}

// Read implements io.Reader.
func (e *encoded) Read(p []byte) (int, error) {
	if len(e.line) == 0 {
		var raw [57]byte
		n, err := io.ReadFull(e.from, raw[:])
		if n == 0 {
			return 0, err
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return 0, err
		}
		e.line = append(base64.StdEncoding.AppendEncode(nil, raw[:n]), '\r', '\n')
	}
	n := copy(p, e.line)
	e.line = e.line[n:]
	return n, nil
}
