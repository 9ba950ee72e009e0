package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"eakte/archive"
	"eakte/ingest/ocr"
	"eakte/ingest/read"
)

// startTime is how long a server may take until it answers, on a machine that does other things too.
const startTime = 60 * time.Second

// needTools skips a test where recognition isn't installed.
func needTools(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("bwrap"); err != nil {
		t.Skip("bubblewrap is not installed")
	}
	if missing := read.Lacking(); len(missing) > 0 {
		t.Skipf("not installed: %v", missing)
	}
	if err := ocr.CheckLanguages("deu+eng"); err != nil {
		t.Skip(err)
	}
}

// talk is what a process wrote; several goroutines read it while it grows.
type talk struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *talk) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *talk) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// process is a running eakte.
type process struct {
	cmd   *exec.Cmd
	talk  *talk
	ended chan struct{} // closed when the process has ended
	err   error         // how it ended; read after ended
}

// launch starts eakte with arguments in an environment.
func launch(env []string, dir string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{talk: &talk{}, ended: make(chan struct{})}
	p.cmd = &exec.Cmd{Path: self, Args: append([]string{"eakte"}, args...), Env: append(readerSaid(), env...), Dir: dir, Stderr: p.talk,
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// wait waits for the end of the process.
func (p *process) wait(limit time.Duration) error {
	select {
	case <-p.ended:
		return p.err
	case <-time.After(limit):
		return fmt.Errorf("the process runs on after %s", limit)
	}
}

// stop asks the process to end and waits.
func (p *process) stop(sig os.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil {
		return err
	}
	return p.wait(time.Minute)
}

// kill ends it at once. An error says that it had ended by itself.
func (p *process) kill() error {
	select {
	case <-p.ended:
		return fmt.Errorf("it ended by itself: %v\n%s", p.err, p.talk)
	default:
	}
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	<-p.ended
	return nil
}

// heard waits until the process says something that contains text, and returns the line.
func (p *process) heard(text string, limit time.Duration) (string, error) {
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		for line := range strings.SplitSeq(p.talk.String(), "\n") {
			if strings.Contains(line, text) {
				return line, nil
			}
		}
		select {
		case <-p.ended:
			return "", fmt.Errorf("it ended: %v\n%s", p.err, p.talk)
		default:
		}
		if time.Now().After(end) {
			return "", fmt.Errorf("%q was not heard in %s\n%s", text, limit, p.talk)
		}
	}
}

// serveIn starts a server on a free port and waits until it is ready to answer.
func serveIn(env []string, dir string) (p *process, url string, err error) {
	if p, err = launch(append(slices.Clip(env), "EAKTE_LISTEN=127.0.0.1:0"), dir, "serve"); err != nil {
		return nil, "", err
	}
	const said = "eakte answers at "
	line, err := p.heard(said, startTime)
	if err == nil {
		url = strings.TrimSpace(line[strings.Index(line, said)+len(said):])
		err = ready(url)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w\n%s", errors.Join(err, p.kill()), p.talk)
	}
	return p, url, nil
}

// ready waits until a server says that it is.
func ready(url string) error {
	var status int
	for end := time.Now().Add(startTime); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		res, err := http.Get(url + "/readyz")
		if err != nil {
			return err
		}
		if status = res.StatusCode; status == http.StatusOK {
			return res.Body.Close()
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
	}
	return fmt.Errorf("the server is not ready: %d", status)
}

// environment is that of a program that works in a data folder and sees nothing of ours.
func environment(data string, more ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + data, "TMPDIR=" + os.TempDir(), "EAKTE_DATA=" + data}
	return append(env, more...)
}

// readerSaid tells the test binary, beside which no program that reads lies, where that is.
func readerSaid() []string { return []string{"EAKTE_READER=" + os.Getenv("EAKTE_READER")} }

// command runs eakte in this process and returns what it printed.
func command(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	var out, talk bytes.Buffer
	if err := run(t.Context(), args, strings.NewReader(stdin), &out, &talk); err != nil {
		t.Fatalf("eakte %v: %v\n%s", args, err, &talk)
	}
	return strings.TrimSpace(out.String())
}

// whole asks "check --read-data" of a folder at rest and complains about what it finds.
func whole(t testing.TB, data string) checked {
	t.Helper()
	c := &cli{out: io.Discard, talk: io.Discard}
	cfg, err := loadConfig(data, "", readerSaid())
	if err != nil {
		t.Fatal(err)
	}
	var result checked
	err = c.withApp(t.Context(), cfg, func(a *app) error {
		result, err = a.check(t.Context(), true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range result.Problems {
		t.Errorf("check: %s %s %s", p.Code, p.Object, p.Detail)
	}
	return result
}

// request is one to the REST interface.
type request struct {
	method, path string
	token        string
	header       []string // "Name: value"
	json         string
	file         []byte // with name and meta: a multipart body instead of json
	name, meta   string
}

// reply is the answer to it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send sends it to a server.
func (r request) send(ctx context.Context, client *http.Client, url string) (reply, error) {
	body, kind := strings.NewReader(r.json), "application/json"
	if r.name != "" {
		form, boundary, err := r.form()
		if err != nil {
			return reply{}, err
		}
		body, kind = strings.NewReader(form), boundary
	}
	path := "/api/v1" + r.path
	if r.path == "/livez" || r.path == "/readyz" {
		path = r.path
	}
	req, err := http.NewRequestWithContext(ctx, r.method, url+path, body)
	if err != nil {
		return reply{}, err
	}
	if body.Len() > 0 {
		req.Header.Set("Content-Type", kind)
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for _, h := range r.header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, data}, err
}

// form is the multipart body of a file with what is said of it.
func (r request) form() (body, kind string, err error) {
	var b strings.Builder
	w := multipart.NewWriter(&b)
	if r.meta != "" {
		if err := w.WriteField("meta", r.meta); err != nil {
			return "", "", err
		}
	}
	part, err := w.CreateFormFile("file", r.name)
	if err != nil {
		return "", "", err
	}
	if _, err := part.Write(r.file); err != nil {
		return "", "", err
	}
	if err := w.Close(); err != nil {
		return "", "", err
	}
	return b.String(), w.FormDataContentType(), nil
}

// at returns a value of a JSON body by a path such as ".items.0.id"; ok is false where there is none.
func (r reply) at(path string) (v any, ok bool) {
	numbers := json.NewDecoder(bytes.NewReader(r.body))
	numbers.UseNumber() // as they are written
	if numbers.Decode(&v) != nil {
		return nil, false
	}
	for part := range strings.SplitSeq(strings.Trim(path, "."), ".") {
		switch x := v.(type) {
		case map[string]any:
			if v, ok = x[part]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, part == "" // the path is "." alone
		}
	}
	return v, true
}

// text is such a value as text; empty where there is none.
func (r reply) text(path string) string {
	v, ok := r.at(path)
	if !ok {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}

// brokenOff reports whether an error of a request means that the server went away under it.
func brokenOff(err error) bool {
	var broken *net.OpError
	return errors.As(err, &broken) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || strings.Contains(err.Error(), "server closed idle connection")
}

// records opens a data folder at rest and looks at its records.
func records(t testing.TB, data string, fn func(r archive.Reader) error) {
	t.Helper()
	c := &cli{out: io.Discard, talk: io.Discard}
	cfg, err := loadConfig(data, "", readerSaid())
	if err != nil {
		t.Fatal(err)
	}
	err = c.withApp(t.Context(), cfg, func(a *app) error { return a.store.View(t.Context(), fn) })
	if err != nil {
		t.Fatal(err)
	}
}
