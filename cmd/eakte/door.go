package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"eakte/web"
)

// door is where requests come in. Whoever holds a seat at it gets them: the server, or, while that isn't
// there, somebody who says so.
type door struct {
	net.Listener
	conns chan net.Conn
	// shut is closed when no more come, for the reason that failed then holds; gone when nobody is wanted.
	shut, gone chan struct{}
	failed     error
	// waiting answers in the server's place.
	waiting *http.Server
}

// openDoor listens at an address and tells who comes to come again.
func openDoor(cfg config) (*door, error) {
	handler, err := web.Waiting(web.Config{Secure: cfg.Secure, PagesDir: cfg.Pages})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, err
	}
	d := &door{Listener: l, conns: make(chan net.Conn), shut: make(chan struct{}), gone: make(chan struct{})}
	d.waiting = waitingServer(handler)
	go d.accept()
	go d.wait(d.waiting)
	return d, nil
}

func waitingServer(handler http.Handler) *http.Server {
	const patience = 10 * time.Second
	return &http.Server{Handler: handler, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: patience, MaxHeaderBytes: 32 << 10}
}

// wait answers until s is closed. That it ends otherwise is told by who needs the door.
func (d *door) wait(s *http.Server) { _ = s.Serve(d.seat(nil)) }

// accept lets everybody in until the door is shut.
func (d *door) accept() {
	for {
		c, err := d.Accept()
		if err == nil {
			select {
			case d.conns <- c:
			case <-d.gone:
				_ = c.Close() // nobody listens
			}
			continue
		}
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(100 * time.Millisecond) // others will leave
			continue
		}
		d.failed = err
		close(d.shut)
		return
	}
}

// give hands the door to the server; when that leaves it, somebody answers in its place again.
func (d *door) give() net.Listener {
	before, again := d.waiting, waitingServer(d.waiting.Handler)
	go func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if before.Shutdown(end) != nil {
			_ = before.Close() // who has not asked by now asks again
		}
	}()
	d.waiting = again
	return d.seat(func() { go d.wait(again) })
}

// Close shuts the door.
func (d *door) Close() error {
	close(d.gone)
	return errors.Join(d.Listener.Close(), d.waiting.Close())
}

// withDoor is withApp for a server: whoever comes while the data folder is opened or closed is told to come
// again. a.door is open. That another process has the folder is told before that it has the address.
func (c *cli) withDoor(ctx context.Context, cfg config, fn func(*app) error) error {
	d, derr := openDoor(cfg)
	if derr == nil {
		defer func() { _ = d.Close() }() // the process ends
	}
	return c.withApp(ctx, cfg, func(a *app) error {
		if derr != nil {
			return derr
		}
		a.door = d
		return fn(a)
	})
}

// seat is a place at the door until it is closed; left is called then.
func (d *door) seat(left func()) *seat {
	return &seat{door: d, left: left, closed: make(chan struct{})}
}

type seat struct {
	door   *door
	left   func()
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (s *seat) Accept() (net.Conn, error) {
	select {
	case <-s.closed:
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-s.door.conns:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	case <-s.door.shut:
		return nil, s.door.failed
	}
}

// Close implements net.Listener.
func (s *seat) Close() error {
	s.once.Do(func() {
		close(s.closed)
		if s.left != nil {
			s.left()
		}
	})
	return nil
}

// Addr implements net.Listener.
func (s *seat) Addr() net.Addr { return s.door.Addr() }
