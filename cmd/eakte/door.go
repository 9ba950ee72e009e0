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
	// waiting answers in the server's place, from the seat inPlace.
	waiting *http.Server
	inPlace net.Listener
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
	go d.accept()
	d.answer(handler)
	return d, nil
}

// answer lets a handler answer in the server's place, each caller once: nobody stays on a connection to it
// when the server is there. That it ends otherwise than by its seat is told by who needs the door.
func (d *door) answer(handler http.Handler) {
	const patience = 10 * time.Second
	d.waiting = &http.Server{Handler: handler, ReadTimeout: patience, WriteTimeout: patience, MaxHeaderBytes: 32 << 10}
	d.waiting.SetKeepAlivesEnabled(false)
	d.inPlace = d.seat(nil)
	go func(s *http.Server, l net.Listener) { _ = s.Serve(l) }(d.waiting, d.inPlace)
}

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

// give hands the door to the server; when that leaves it, somebody answers in its place again. Who was let in
// before is still told to come again: http.Server.Shutdown would hang up on those who have just knocked.
func (d *door) give() net.Listener {
	handler := d.waiting.Handler
	_ = d.inPlace.Close() // a seat has nothing to fail at
	return d.seat(func() { d.answer(handler) })
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
