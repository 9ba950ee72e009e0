package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"eakte/archive/blob/blobtest"
)

// TestScript runs the stories of testdata/script. Beside the commands of testscript they know:
//
//	account NAME ROLE DEPARTMENT   make an account and a token; they are kept as NAME.id, NAME.token
//	bucket                         keep objects in a bucket of a real S3 server from here on
//	serve, down, crash             start the server and wait until it answers; SIGTERM; SIGKILL. "stop" is
//	                               testscript's own word, which would end the story there, and well
//	exit CODE [stdin FILE] PROGRAM ARGUMENTS...
//	                               run a program that ends with this exit code
//	http METHOD PATH [as NAME] [for PURPOSE] [with HEADER]... [json BODY | file FILE [meta JSON]]
//	    [until .PATH VALUE] -> STATUS [ANSWER]
//	                               one request; "until" repeats it for a while
//	race METHOD PATH as NAME,NAME... -> STATUS,STATUS [ANSWER]
//	                               the same request by several at once; ANSWER is that with the
//	                               first status
//	get VARIABLE ANSWER .PATH      take a value of an answer, or its header @NAME
//	expect ANSWER .PATH WORD VALUE what an answer says, see [says]; "! expect" what it doesn't
//	save ANSWER FILE               keep the body of an answer
//	paper scan|pdf FILE VARIABLE   paint a paper of two pages or more; the variable becomes a word
//	                               that stands on its last page only
//	scan FILE PAGES DPI gray|colour TEXT
//	                               make a PDF of pages that are an image each, as a scanner does
//	flip FILE [OFFSET]             turn a bit of a file, in its middle or at an offset
//	largest VARIABLE FOLDER        the largest file below a folder
//
// $VARIABLES are filled in everywhere, in quoted JSON too; $ANSWER.FIELD is not known: see get.
func TestScript(t *testing.T) {
	needTools(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EAKTE_DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("EAKTE_LISTEN", "127.0.0.1:0")
			env.Setenv("EAKTE_READER", os.Getenv("EAKTE_READER"))
			builtIn, err := filepath.Abs("../../policies/builtin")
			if err != nil {
				return err
			}
			env.Setenv("BUILTIN", builtIn)
			s := &stage{answers: map[string]reply{}}
			env.Values[stageKey{}] = s
			env.Defer(s.close)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bucket":  act(bucket(sync.OnceValue(func() blobtest.S3 { return blobtest.StartS3(t) }))),
			"account": act(addAccount), "serve": act(serveNow), "down": act(stop), "crash": act(crash),
			"exit": act(exits), "http": act(call), "race": act(race), "get": act(get), "expect": expect,
			"save": act(save), "paper": act(paper), "flip": act(flip), "largest": act(largest),
			"scan": act(scan),
		},
	})
}

// stage is what a script has beside its files: a server, and what it answered.
type stage struct {
	server  *process
	url     string
	answers map[string]reply
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// close leaves no server behind.
func (s *stage) close() {
	if s.server != nil {
		_ = s.server.kill()
	}
}

// act makes a command of a function; it can't be negated.
func act(fn func(*testscript.TestScript, *stage, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command can't be negated")
		}
		if err := fn(ts, stageOf(ts), filled(ts, args)); err != nil {
			ts.Fatalf("%v", err)
		}
	}
}

var variable = regexp.MustCompile(`\$[A-Z][A-Z0-9_]*`)

// filled fills variables in where testscript itself leaves them alone.
func filled(ts *testscript.TestScript, args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = variable.ReplaceAllStringFunc(a, func(name string) string { return ts.Getenv(name[1:]) })
	}
	return out
}

// bucket returns the command that makes the programs of a script keep objects on an S3 server, which is
// started by the first script that wants it.
func bucket(start func() blobtest.S3) func(*testscript.TestScript, *stage, []string) error {
	return func(ts *testscript.TestScript, _ *stage, _ []string) error {
		s3 := start()
		ts.Setenv("EAKTE_BLOBS", "s3://"+s3.Bucket+"?secure=false&endpoint="+s3.Endpoint)
		ts.Setenv("EAKTE_S3_ACCESS_KEY", s3.AccessKey)
		ts.Setenv("EAKTE_S3_SECRET_KEY", s3.SecretKey)
		ts.Setenv("OBJECTS", filepath.Join(s3.Dir, s3.Bucket))
		return nil
	}
}

// surroundings is the environment of the programs a script runs.
func surroundings(ts *testscript.TestScript) (env []string) {
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "EAKTE_DATA", "EAKTE_LISTEN", "EAKTE_POLICIES", "EAKTE_CONFIG", "EAKTE_UPLOAD_LIMIT", "EAKTE_METRICS_LISTEN", "EAKTE_BLOBS", "EAKTE_S3_ACCESS_KEY", "EAKTE_S3_SECRET_KEY", "EAKTE_READER"} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// program runs a program to its end and returns its exit code and what it printed.
func program(ts *testscript.TestScript, stdin string, name string, args ...string) (code int, stdout string, err error) {
	path := name
	if name == "eakte" {
		if path, err = os.Executable(); err != nil {
			return 0, "", err
		}
	}
	var out, talk strings.Builder
	cmd := &exec.Cmd{
		Path: path, Args: append([]string{name}, args...), Env: surroundings(ts), Dir: ts.MkAbs("."),
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &talk,
	}
	err = cmd.Run()
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), talk.String())
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		err = nil
	}
	return cmd.ProcessState.ExitCode(), out.String(), err
}

func addAccount(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: account NAME ROLE DEPARTMENT")
	}
	name := args[0]
	if err := keep(ts, name+".id", "the long password of "+name, "user", "add", name, "--role", args[1], "--department", args[2]); err != nil {
		return err
	}
	return keep(ts, name+".token", "", "token", "create", "--user", name)
}

// keep runs eakte and keeps what it printed in a file.
func keep(ts *testscript.TestScript, file, stdin string, args ...string) error {
	code, out, err := program(ts, stdin, "eakte", args...)
	if err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("eakte %v: exit code %d", args, code)
	}
	return os.WriteFile(ts.MkAbs(file), []byte(strings.TrimSpace(out)), 0o600)
}

func exits(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: exit CODE [stdin FILE] PROGRAM ARGUMENTS")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	args, stdin := args[1:], ""
	if args[0] == "stdin" {
		stdin, args = ts.ReadFile(args[1]), args[2:]
	}
	got, _, err := program(ts, stdin, args[0], args[1:]...)
	if err == nil && got != want {
		err = fmt.Errorf("exit code %d, want %d", got, want)
	}
	return err
}

func serveNow(ts *testscript.TestScript, s *stage, _ []string) (err error) {
	if s.server != nil {
		return errors.New("the server runs already")
	}
	s.server, s.url, err = serveIn(surroundings(ts), ts.MkAbs("."))
	return err
}

func stop(ts *testscript.TestScript, s *stage, _ []string) error {
	p := s.server
	s.server = nil
	err := p.stop(syscall.SIGTERM)
	ts.Logf("%s", p.talk)
	return err
}

func crash(_ *testscript.TestScript, s *stage, _ []string) error {
	p := s.server
	s.server = nil
	return p.kill()
}
