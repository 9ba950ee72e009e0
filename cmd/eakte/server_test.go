package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// builtOnce builds the programs as they are delivered, side by side, for tests that look at its memory and its pace: the
// test binary, which plays the program elsewhere, is larger.
var builtOnce = sync.OnceValues(func() (string, error) {
	out, err := filepath.Abs("../../.cache/bin/eakte")
	if err != nil {
		return "", err
	}
	if said, err := exec.Command("go", "build", "-o", filepath.Dir(out)+"/", ".", "../eakte-reader").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, said)
	}
	return out, nil
})

func built(t testing.TB) string {
	t.Helper()
	path, err := builtOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// sharedFolder returns the folder of test data beside the checkout.
func sharedFolder(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("EAKTE_SHARED"); dir != "" {
		return dir
	}
	for up := "../.."; len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "corpus")); err == nil {
			return filepath.Join(up, "shared")
		}
	}
	t.Skip("no folder shared beside the checkout and EAKTE_SHARED isn't set")
	return ""
}

// server is the delivered program, serving.
type server struct {
	*process
	t         testing.TB
	data, url string
	env       []string // what it was started with besides
}

// startBuilt starts the delivered program on a data folder. It is killed when the test ends unless
// it has been stopped before.
func startBuilt(t testing.TB, data string, env ...string) *server {
	t.Helper()
	s := &server{t: t, data: data, env: env, process: &process{talk: &talk{}, ended: make(chan struct{})}}
	s.cmd = exec.Command(built(t), "serve")
	s.cmd.Env, s.cmd.Stderr = environment(data, append(env, "EAKTE_LISTEN=127.0.0.1:0")...), s.talk
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		if s.alive() {
			_ = s.kill() // gone meanwhile is as good
		}
	})
	const said = "eakte answers at "
	line, err := s.heard(said, startTime)
	if err == nil {
		s.url = strings.TrimSpace(line[strings.Index(line, said)+len(said):])
		err = ready(s.url)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// alive reports whether it still is the process that was started.
func (s *server) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// end stops it as an operator does and asks that it goes without an error.
func (s *server) end() {
	s.t.Helper()
	if err := s.stop(syscall.SIGTERM); err != nil {
		s.t.Errorf("the server stopped with %v\n%s", err, s.talk)
	}
}

// tool runs a subcommand of the delivered program on the data folder of the server and returns what it
// prints.
func (s *server) tool(stdin string, args ...string) (string, error) {
	cmd := exec.Command(built(s.t), args...)
	cmd.Env, cmd.Stdin = environment(s.data, s.env...), strings.NewReader(stdin)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("eakte %s: %w: %s", strings.Join(args, " "), err, &said)
	}
	return strings.TrimSpace(string(out)), err
}

// client makes an account with one role and returns a client that holds a token of it.
func (s *server) client(name, role, department string) *client {
	s.t.Helper()
	_, err := s.tool("ein langes Kennwort 7\n", "user", "add", name, "--role", role, "--department", department)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := s.tool("", "token", "create", "--user", name)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{server: s, token: token, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// client speaks to a server for one account. It may be used by several goroutines at once.
type client struct {
	server *server
	token  string
	http   *http.Client
}

// read reads a JSON body.
func (r reply) read(v any) error {
	if err := json.Unmarshal(r.body, v); err != nil {
		return fmt.Errorf("status %d: %w", r.status, err)
	}
	return nil
}

// send sends a request to a path below /api/v1.
func (c *client) send(method, path, contentType string, body io.Reader) (reply, error) {
	req, err := c.request(method, path, contentType, body)
	if err != nil {
		return reply{}, err
	}
	return c.do(req)
}

func (c *client) request(method, path, contentType string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequest(method, c.server.url+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Eakte-Purpose", "bearbeitung")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

func (c *client) do(req *http.Request) (reply, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, got}, err
}

// get reads a path into v; any other status than 200 is an error.
func (c *client) get(path string, v any) error {
	r, err := c.send("GET", path, "", nil)
	if err == nil && r.status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", r.status, r.body)
	}
	if err == nil && v != nil {
		err = r.read(v)
	}
	if err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}

// post sends JSON and reads the answer into out; any status from 300 is an error.
func (c *client) post(path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := c.send("POST", path, "application/json", bytes.NewReader(body))
	if err == nil && r.status >= 300 {
		err = fmt.Errorf("status %d: %s", r.status, r.body)
	}
	if err == nil {
		err = r.read(out)
	}
	if err != nil {
		return fmt.Errorf("POST %s: %w", path, err)
	}
	return nil
}

// upload streams a file as multipart/form-data, with its length where that is known, as programs do.
// meta is JSON.
func (c *client) upload(path, name, meta string, file io.Reader) (reply, error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if err := form.WriteField("meta", meta); err != nil {
		return reply{}, err
	}
	if _, err := form.CreatePart(partHeader(name)); err != nil {
		return reply{}, err
	}
	start := bytes.Clone(head.Bytes())
	head.Reset()
	if err := form.Close(); err != nil {
		return reply{}, err
	}
	req, err := c.request("POST", path, form.FormDataContentType(), io.MultiReader(bytes.NewReader(start), file, &head))
	if err != nil {
		return reply{}, err
	}
	if known, ok := file.(interface{ Len() int }); ok {
		req.ContentLength = int64(len(start) + known.Len() + head.Len())
	}
	return c.do(req)
}

// partHeader says what a part is. A name with control characters travels escaped, so that it
// reaches the server as it is.
func partHeader(name string) textproto.MIMEHeader {
	said := multipart.FileContentDisposition("file", name)
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		said = `form-data; name="file"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return textproto.MIMEHeader{"Content-Disposition": {said}, "Content-Type": {"application/octet-stream"}}
}
