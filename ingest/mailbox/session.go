package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"eakte/ingest/intake"
)

const (
	// mark is the flag of messages that are done with.
	mark = imap.Flag("$eAkte")
	// dialTime is what reaching a server may take.
	dialTime = 20 * time.Second
	// leaveTime is what signing out may take.
	leaveTime = 5 * time.Second
)

// session is a connection that has signed in.
type session struct {
	*Watcher
	c    *imapclient.Client
	conn net.Conn
	// end stops what ends the connection with its context.
	end func() bool
}

// dial connects, signs in and opens the folder.
func (w *Watcher) dial(ctx context.Context) (*session, error) {
	limited, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(limited, "tcp", w.Address)
	if err != nil {
		return nil, &stepError{intake.ProblemConnect, err}
	}
	if w.Security == TLS {
		secured := tls.Client(conn, w.Trust)
		if err := secured.HandshakeContext(limited); err != nil {
			return nil, &stepError{intake.ProblemConnect, errors.Join(err, conn.Close())}
		}
		conn = secured
	}
	raw := conn
	bounded := time.AfterFunc(w.Patience, func() { _ = raw.Close() })
	defer bounded.Stop()
	end := context.AfterFunc(ctx, func() { _ = raw.Close() }) // a server that says nothing more
	var c *imapclient.Client
	if w.Security == StartTLS {
		if c, err = imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: w.Trust}); err != nil {
			end()
			return nil, &stepError{intake.ProblemConnect, err}
		}
	} else {
		c = imapclient.New(conn, nil)
	}
	s := &session{w, c, raw, end}
	if err := s.begin(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// begin signs in, makes the folders that are missing and opens that of new messages.
func (s *session) begin() error {
	if err := s.c.WaitGreeting(); err != nil {
		return &stepError{intake.ProblemConnect, err}
	}
	if err := s.c.Login(s.User, s.Secret).Wait(); err != nil {
		return &stepError{intake.ProblemSignIn, err}
	}
	for _, name := range []string{s.Done, s.Failed} {
		if _, err := s.c.Status(name, &imap.StatusOptions{NumMessages: true}).Wait(); err == nil {
			continue
		}
		if err := s.c.Create(name, nil).Wait(); err != nil {
			return &stepError{intake.ProblemUnreadable, err}
		}
	}
	if _, err := s.c.Select(s.Folder, nil).Wait(); err != nil {
		return &stepError{intake.ProblemUnreadable, err}
	}
	return nil
}

// close signs out.
func (s *session) close() {
	defer s.end()
	done := time.AfterFunc(leaveTime, func() { _ = s.c.Close() })
	defer done.Stop()
	_ = s.c.Logout().Wait() // the server may be gone already
	_ = s.c.Close()
}

// look takes what is there. Its error is one of the connection or of the settings; what is wrong with one
// message is told by the state.
func (s *session) look(ctx context.Context) error {
	patient := s.bounded()
	defer func() { patient() }()
	if err := s.c.Noop().Wait(); err != nil {
		return &stepError{intake.ProblemConnect, err}
	}
	found, err := s.c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{mark, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return &stepError{intake.ProblemConnect, err}
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	left, trouble := 0, ""
	s.board.Waits(len(uids))
	for i, uid := range uids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		patient()
		patient = s.bounded()
		err := s.take(ctx, uid)
		broken, isStep := errors.AsType[*stepError](err)
		switch {
		case err == nil:
		case errors.Is(err, errNoRule):
			left++
		case isStep:
			return broken
		case intake.Problem(err) == intake.ProblemTrying:
			left, trouble = left+1, intake.ProblemTrying
		default: // no other message fares better
			s.board.Waits(left + len(uids) - i)
			return &stepError{intake.Problem(err), err}
		}
	}
	failed, err := s.c.Status(s.Failed, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil || failed.NumMessages == nil {
		return &stepError{intake.ProblemConnect, errors.Join(err, errors.New("no count of what failed"))}
	}
	s.board.Looked(s.Now(), left, int(*failed.NumMessages), trouble)
	return nil
}

// bounded ends the connection unless what it returns is called in time.
func (s *session) bounded() func() bool {
	return time.AfterFunc(s.Patience, func() { _ = s.conn.Close() }).Stop
}

// put marks a message as read and ours and moves it to a folder.
func (s *session) put(uid imap.UID, folder string) error {
	set := imap.UIDSetNum(uid)
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen, mark}}
	if err := s.c.Store(set, flags, nil).Close(); err != nil {
		return &stepError{intake.ProblemMove, fmt.Errorf("marking: %w", err)}
	}
	if _, err := s.c.Move(set, folder).Wait(); err != nil {
		return &stepError{intake.ProblemMove, fmt.Errorf("moving: %w", err)}
	}
	return nil
}
