package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// browserDir gets pictures of the pages and what axe said about them.
const browserDir = ".cache/browser"

// demoPapers is how many documents the made-up authority of the browser tests has, unless PAPERS says.
const demoPapers = "40"

// browser runs the tests of web/ui/test in Chromium against a made-up authority of its own; all of
// them, or those named: `check browser places`. Where all are run, a page at which none has looked is a
// failure. With EAKTE_TEST_URL and EAKTE_TEST_PASSWORD set they run against the demo that answers there.
func browser(ctx context.Context, names []string) error {
	if err := os.MkdirAll(browserDir, 0o755); err != nil {
		return err
	}
	files, err := testFiles(names)
	if err != nil {
		return err
	}
	if url := os.Getenv("EAKTE_TEST_URL"); url != "" {
		return nodeTests(ctx, files, nil)
	}
	if err := command(ctx, "go", "build", "-o", "bin/", "./cmd/eakte", "./cmd/eakte-reader").Run(); err != nil {
		return err
	}
	d, err := startDemo(ctx)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(lookedFile); err != nil {
		return errors.Join(err, d.stop())
	}
	err = errors.Join(nodeTests(ctx, files, d.env()), d.stop())
	if len(names) == 0 {
		err = errors.Join(err, unseen(ctx))
	}
	return err
}

// testFiles are the files of the tests named, or all.
func testFiles(names []string) ([]string, error) {
	if len(names) == 0 {
		return filepath.Glob(filepath.Join(uiDir, "test", "*.test.mjs"))
	}
	var files []string
	for _, n := range names {
		file := filepath.Join(uiDir, "test", n+".test.mjs")
		if !exists(file) {
			return nil, fmt.Errorf("there is no %s", file)
		}
		files = append(files, file)
	}
	return files, nil
}

// nodeTests runs test files one after the other: they share two cores and one server. One that hangs ends after five
// minutes.
func nodeTests(ctx context.Context, files, env []string) error {
	node := command(ctx, "node", append([]string{"--test", "--test-concurrency=1", "--test-timeout=300000", "--test-reporter=spec"}, files...)...)
	node.Env = append(os.Environ(), env...)
	for key, dir := range map[string]string{"EAKTE_TEST_MODULES": filepath.Join(npmDir, "node_modules"), "EAKTE_TEST_OUT": browserDir} {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		node.Env = append(node.Env, key+"="+abs)
	}
	return node.Run()
}

// demoServer is a running demo on a data folder of its own.
type demoServer struct {
	cmd      *exec.Cmd
	data     string
	url      string
	password string
	accounts []account
	ended    chan error
}

type account struct {
	Login string `json:"login"`
	Role  string `json:"role"`
}

// startDemo starts a demo and waits until all its papers are recognised.
func startDemo(ctx context.Context) (*demoServer, error) {
	data, err := os.MkdirTemp("", "eakte-browser-")
	if err != nil {
		return nil, err
	}
	papers := demoPapers
	if p := os.Getenv("PAPERS"); p != "" {
		papers = p
	}
	d := &demoServer{data: data, ended: make(chan error, 1)}
	d.cmd = exec.Command("bin/eakte", "--data", data, "demo", "--papers", papers)
	d.cmd.Env = append(os.Environ(), "EAKTE_LISTEN=127.0.0.1:0")
	out, err := d.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		err := d.listen(out, ready)
		d.ended <- errors.Join(err, d.cmd.Wait())
	}()
	select {
	case <-ready:
		fmt.Printf("the demo answers at %s\n", d.url)
		return d, nil
	case err := <-d.ended:
		return nil, errors.Join(fmt.Errorf("the demo ended before it was ready: %w", err), os.RemoveAll(data))
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), d.stop())
	case <-time.After(5 * time.Minute):
		return nil, errors.Join(errors.New("the demo isn't ready after five minutes"), d.stop())
	}
}

// listen reads what the demo says until it ends, into a log and, for what matters, into d.
func (d *demoServer) listen(out io.Reader, ready chan<- struct{}) error {
	log, err := os.Create(filepath.Join(browserDir, "server.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	url := regexp.MustCompile(`^\s*(http://127\.0\.0\.1:\d+)$`)
	password := regexp.MustCompile(`password for all accounts: (\S+)`)
	who := regexp.MustCompile(`^  (\S+)\s+(\S+@\S+)$`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := lines.Text()
		fmt.Fprintln(log, line)
		switch {
		case url.MatchString(line):
			d.url = url.FindStringSubmatch(line)[1]
		case password.MatchString(line):
			d.password = password.FindStringSubmatch(line)[1]
		case who.MatchString(line):
			m := who.FindStringSubmatch(line)
			d.accounts = append(d.accounts, account{m[1], m[2]})
		case strings.Contains(line, "recognition: done") && ready != nil:
			close(ready)
			ready = nil
		}
	}
	return nil
}

// env tells the tests where the demo is.
func (d *demoServer) env() []string {
	accounts, err := json.Marshal(d.accounts)
	if err != nil {
		panic(err) // strings only
	}
	return []string{"EAKTE_TEST_URL=" + d.url, "EAKTE_TEST_PASSWORD=" + d.password, "EAKTE_TEST_ACCOUNTS=" + string(accounts)}
}

// stop ends the server and removes what it kept.
func (d *demoServer) stop() error {
	err := d.cmd.Process.Signal(os.Interrupt)
	select {
	case ended := <-d.ended:
		err = errors.Join(err, ended)
	case <-time.After(time.Minute):
		err = errors.Join(errors.New("the server did not end when asked to"), d.cmd.Process.Kill(), <-d.ended)
	}
	return errors.Join(err, os.RemoveAll(d.data))
}
