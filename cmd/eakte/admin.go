package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/bundle"
)

// operator is what an operator on the machine can do, whether the server runs or not.
type operator interface {
	addUser(ctx context.Context, u newUser) (id string, err error)
	createToken(ctx context.Context, t newToken) (secret string, err error)
	changeUser(ctx context.Context, u userChange) error
	revokeToken(ctx context.Context, secret string) error
	checkpoint(ctx context.Context) ([]byte, error)
	importFile(ctx context.Context, to target, name string, sum [32]byte, body io.Reader) (imported, error)
	// returned notes that a delivery held all of an Akte, and print makes a PDF.
	returned(ctx context.Context, akte, delivery string) (back bool, err error)
	print(ctx context.Context, s bundle.Statement) ([]byte, error)
	// record keeps what came of a delivery.
	record(ctx context.Context, m madeDelivery) (id string, err error)
}

// operate runs fn against the running server's admin socket, else on the data folder itself.
func (c *cli) operate(ctx context.Context, fn func(operator) error) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	remote := &socketOperator{path: socketPath(cfg)}
	if remote.alive() {
		return fn(remote)
	}
	return c.withApp(ctx, cfg, func(a *app) error { return fn(&localOperator{a}) })
}

// cliActor is who acts on the command line: whoever may read the data folder.
func cliActor() audit.Actor { return audit.Actor{User: "system", Client: "cli"} }

// localOperator works on open engines.
type localOperator struct{ app *app }

func (o *localOperator) addUser(ctx context.Context, u newUser) (string, error) {
	made, err := o.app.guard.Accounts().Add(ctx, cliActor(), archive.User{
		Name: u.Name, Display: u.Display, Roles: u.Roles, Teams: u.Teams,
	}, u.Password)
	return string(made.ID), err
}

func (o *localOperator) createToken(ctx context.Context, t newToken) (string, error) {
	return o.app.guard.Accounts().CreateToken(ctx, cliActor(), t.User, t.Expires)
}

func (o *localOperator) changeUser(ctx context.Context, u userChange) error {
	accounts := o.app.guard.Accounts()
	if u.Password != "" {
		if err := accounts.SetPassword(ctx, cliActor(), u.Name, u.Password); err != nil {
			return err
		}
	}
	if u.ResetFactor {
		if err := accounts.ResetFactor(ctx, cliActor(), u.Name); err != nil {
			return err
		}
	}
	if u.Disabled == nil {
		return nil
	}
	return accounts.SetDisabled(ctx, cliActor(), u.Name, *u.Disabled)
}

func (o *localOperator) revokeToken(ctx context.Context, secret string) error {
	return o.app.guard.Accounts().RevokeToken(ctx, cliActor(), secret)
}

func (o *localOperator) checkpoint(ctx context.Context) ([]byte, error) {
	return o.app.store.Checkpoint(ctx)
}

// socketPath is where the running server listens for its operator. Only who may enter the data folder
// reaches it.
func socketPath(cfg config) string { return filepath.Join(cfg.Data, "admin.sock") }

// listenAdmin opens the admin socket; a left-over of a server that died is removed. The caller holds
// the lock of the data folder.
func listenAdmin(cfg config) (net.Listener, error) {
	path := socketPath(cfg)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// adminReply is what the socket answers: a result or an error by its kind.
type adminReply struct {
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
	Kind   string `json:"kind,omitempty"`
	// File is the result of an import.
	File *imported `json:"file,omitempty"`
	// Data is what was printed.
	Data []byte `json:"data,omitempty"`
}

// adminHandler serves an operator over the socket.
func adminHandler(o operator) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(u newUser) (string, error) { return o.addUser(r.Context(), u) })
	})
	mux.HandleFunc("POST /tokens", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(t newToken) (string, error) { return o.createToken(r.Context(), t) })
	})
	mux.HandleFunc("POST /users/change", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(u userChange) (string, error) { return "", o.changeUser(r.Context(), u) })
	})
	mux.HandleFunc("POST /tokens/revoke", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(secret string) (string, error) { return "", o.revokeToken(r.Context(), secret) })
	})
	mux.HandleFunc("POST /checkpoint", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(struct{}) (string, error) {
			note, err := o.checkpoint(r.Context())
			return string(note), err
		})
	})
	mux.HandleFunc("POST /import", serveImport(o))
	mux.HandleFunc("POST /returned", serveReturned(o))
	mux.HandleFunc("POST /print", servePrint(o))
	mux.HandleFunc("POST /deliveries", serveRecord(o))
	return mux
}

func answer[T any](w http.ResponseWriter, r *http.Request, do func(T) (string, error)) {
	var in T
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in)
	var reply adminReply
	if err == nil {
		reply.Result, err = do(in)
	}
	if err != nil {
		reply.Error, reply.Kind = explain(err), kindOf(err)
	}
	w.Header().Set("Content-Type", "application/json")
	// A peer that is gone needs no answer.
	_ = json.NewEncoder(w).Encode(reply)
}

// kinds are the errors whose identity survives the socket, for the exit code.
func kinds() map[string]error {
	return map[string]error{
		"denied": acl.ErrDenied, "not_found": archive.ErrNotFound, "conflict": archive.ErrConflict,
		"invalid": archive.ErrInvalid,
	}
}

func kindOf(err error) string {
	for kind, sentinel := range kinds() {
		if errors.Is(err, sentinel) {
			return kind
		}
	}
	return ""
}

// remoteError is an error that came over the socket.
type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }

// socketOperator talks to the running server.
type socketOperator struct{ path string }

func (o *socketOperator) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", o.path)
}

// alive reports whether a server answers.
func (o *socketOperator) alive() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := o.dial(ctx, "", "")
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (o *socketOperator) post(ctx context.Context, path string, in any) (string, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return "", err
	}
	reply, err := o.send(ctx, path, bytes.NewReader(body))
	return reply.Result, err
}

// send sends one request; an error of the server comes back with its kind.
func (o *socketOperator) send(ctx context.Context, path string, body io.Reader, header ...string) (reply adminReply, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://admin"+path, body)
	if err != nil {
		return reply, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DialContext: o.dial, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return reply, fmt.Errorf("admin socket: %w", err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		return reply, fmt.Errorf("admin socket: %w", err)
	}
	if reply.Error != "" {
		return reply, &remoteError{reply.Error, kinds()[reply.Kind]}
	}
	return reply, nil
}

func (o *socketOperator) addUser(ctx context.Context, u newUser) (string, error) {
	return o.post(ctx, "/users", u)
}

func (o *socketOperator) createToken(ctx context.Context, t newToken) (string, error) {
	return o.post(ctx, "/tokens", t)
}

func (o *socketOperator) checkpoint(ctx context.Context) ([]byte, error) {
	note, err := o.post(ctx, "/checkpoint", struct{}{})
	return []byte(note), err
}

func (o *socketOperator) changeUser(ctx context.Context, u userChange) error {
	_, err := o.post(ctx, "/users/change", u)
	return err
}

func (o *socketOperator) revokeToken(ctx context.Context, secret string) error {
	_, err := o.post(ctx, "/tokens/revoke", secret)
	return err
}
