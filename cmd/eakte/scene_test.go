package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"eakte/cmd/eakte/demo"
)

// asked is a request of a script with what should come of it.
type asked struct {
	request
	as       []string
	statuses []int
	answer   string
	until    string // a path whose value is waited for; empty: no waiting
	value    string
}

// patience is how long "until" waits: a scan is recognised meanwhile.
const patience = 90 * time.Second

// readAsked reads METHOD PATH [as NAME] ... -> STATUS [ANSWER].
func readAsked(ts *testscript.TestScript, args []string) (a asked, err error) {
	const usage = "usage: http METHOD PATH [as NAME] [for PURPOSE] [with HEADER] [json BODY | file FILE meta JSON] [until PATH VALUE] -> STATUS [ANSWER]"
	arrow := slices.Index(args, "->")
	if arrow < 2 || len(args) < arrow+2 || len(args) > arrow+3 {
		return a, errors.New(usage)
	}
	a.method, a.path, a.answer = args[0], args[1], "answer"
	if len(args) == arrow+3 {
		a.answer = args[arrow+2]
	}
	for s := range strings.SplitSeq(args[arrow+1], ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return a, err
		}
		a.statuses = append(a.statuses, n)
	}
	words := args[2:arrow]
	for ; len(words) >= 2; words = words[2:] {
		switch v := words[1]; words[0] {
		case "as":
			a.as = strings.Split(v, ",")
		case "for":
			a.header = append(a.header, "Eakte-Purpose: "+v)
		case "with":
			a.header = append(a.header, v)
		case "json":
			a.json = v
		case "file":
			a.name, a.file = filepath.Base(v), []byte(ts.ReadFile(v))
		case "meta":
			a.meta = v
		case "until":
			if len(words) < 3 {
				return a, errors.New(usage)
			}
			a.until, a.value = v, words[2]
			words = words[1:]
		default:
			return a, fmt.Errorf("%s\nnot known: %s", usage, words[0])
		}
	}
	if len(words) > 0 {
		return a, errors.New(usage)
	}
	return a, nil
}

// by is the request as an account sends it.
func (a asked) by(ts *testscript.TestScript, name string) request {
	r := a.request
	r.token = strings.TrimSpace(ts.ReadFile(name + ".token"))
	return r
}

func call(ts *testscript.TestScript, s *stage, args []string) error {
	a, err := readAsked(ts, args)
	if err != nil {
		return err
	}
	r := a.request
	if len(a.as) == 1 {
		r = a.by(ts, a.as[0])
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		got, err := r.send(context.Background(), http.DefaultClient, s.url)
		if err != nil {
			return err
		}
		s.answers[a.answer] = got
		if got.status != a.statuses[0] {
			return fmt.Errorf("%s %s: %d, want %d\n%s", a.method, a.path, got.status, a.statuses[0], brief(got.body))
		}
		if a.until == "" || got.text(a.until) == a.value {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s did not become %q in %s\n%s", a.until, a.value, patience, brief(got.body))
		}
	}
}

// race sends a request by several accounts at once.
func race(ts *testscript.TestScript, s *stage, args []string) error {
	a, err := readAsked(ts, args)
	if err != nil {
		return err
	}
	if len(a.as) != len(a.statuses) || len(a.as) < 2 {
		return errors.New("a race needs several accounts, and a status for each")
	}
	var all sync.WaitGroup
	got, errs := make([]reply, len(a.as)), make([]error, len(a.as))
	for i, name := range a.as {
		r := a.by(ts, name)
		all.Go(func() { got[i], errs[i] = r.send(context.Background(), http.DefaultClient, s.url) })
	}
	all.Wait()
	var statuses []int
	for _, g := range got {
		statuses = append(statuses, g.status)
		if g.status == a.statuses[0] {
			s.answers[a.answer] = g
		}
	}
	slices.Sort(statuses)
	slices.Sort(a.statuses)
	if !slices.Equal(statuses, a.statuses) {
		return errors.Join(append(errs, fmt.Errorf("race: %v, want %v", statuses, a.statuses))...)
	}
	return errors.Join(errs...)
}

// brief is the beginning of a body.
func brief(body []byte) []byte { return body[:min(len(body), 2000)] }

// answerOf finds an answer by its name.
func (s *stage) answerOf(name string) (reply, error) {
	r, ok := s.answers[name]
	if !ok {
		return r, fmt.Errorf("there is no answer %q", name)
	}
	return r, nil
}

func get(ts *testscript.TestScript, s *stage, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: get VARIABLE ANSWER .PATH|@HEADER")
	}
	r, err := s.answerOf(args[1])
	if err != nil {
		return err
	}
	v := r.text(args[2])
	if name, ok := strings.CutPrefix(args[2], "@"); ok {
		v = r.header.Get(name)
	}
	if v == "" {
		return fmt.Errorf("%s has no %s\n%s", args[1], args[2], brief(r.body))
	}
	ts.Setenv(args[0], v)
	return nil
}

// expect: expect ANSWER .PATH WORD VALUE.
func expect(ts *testscript.TestScript, neg bool, args []string) {
	args = filled(ts, args)
	if len(args) < 3 {
		ts.Fatalf("usage: expect ANSWER .PATH|@HEADER|body is|contains|matches|counts|has|empty|missing VALUE")
	}
	r, err := stageOf(ts).answerOf(args[0])
	if err != nil {
		ts.Fatalf("%v", err)
	}
	ok, err := says(r, args[1], args[2], strings.Join(args[3:], " "))
	if err != nil {
		ts.Fatalf("%v", err)
	}
	if ok == neg {
		ts.Fatalf("%s\n%s", strings.Join(args, " "), brief(r.body))
	}
}

// says tells whether an answer says something:
//
//	is VALUE         the value, as text, is this
//	contains VALUE   the value, as text, contains this
//	matches REGEXP
//	has VALUE        one element of the list is this
//	counts N         the list has so many elements
//	empty            the list or object has none
//	missing          there is no such value
func says(r reply, path, word, value string) (bool, error) {
	v, there := r.at(path)
	text := fmt.Sprint(v)
	if name, ok := strings.CutPrefix(path, "@"); ok {
		text, there = r.header.Get(name), true
	} else if path == "body" {
		text, there = string(r.body), true
	}
	if word == "missing" {
		return !there, nil
	}
	if !there {
		return false, nil
	}
	switch word {
	case "is":
		return text == value, nil
	case "contains":
		return strings.Contains(text, value), nil
	case "matches":
		return regexp.MatchString(value, text)
	case "has":
		list, ok := v.([]any)
		return ok && slices.ContainsFunc(list, func(e any) bool { return fmt.Sprint(e) == value }), nil
	case "counts", "empty":
		n := 0
		switch v := v.(type) {
		case []any:
			n = len(v)
		case map[string]any:
			n = len(v)
		default:
			return false, nil
		}
		return word == "empty" && n == 0 || strconv.Itoa(n) == value, nil
	}
	return false, fmt.Errorf("expect doesn't know %q", word)
}

func save(ts *testscript.TestScript, s *stage, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: save ANSWER FILE")
	}
	r, err := s.answerOf(args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[1]), r.body, 0o600)
}

// paper paints one of the demo's papers.
func paper(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: paper scan|pdf FILE VARIABLE")
	}
	for _, d := range demo.Make(demoSeed).Documents {
		if d.Pages < 2 || len(d.Keywords) == 0 || d.Scan != (args[0] == "scan") {
			continue
		}
		data, err := d.Bytes()
		if err != nil {
			return err
		}
		ts.Setenv(args[2], d.Keywords[len(d.Keywords)-1])
		return os.WriteFile(ts.MkAbs(args[1]), data, 0o600)
	}
	return fmt.Errorf("the demo has no %s of two pages", args[0])
}

func flip(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return errors.New("usage: flip FILE [OFFSET]")
	}
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	at := len(data) / 2
	if len(args) == 2 {
		if at, err = strconv.Atoi(args[1]); err != nil {
			return err
		}
	}
	if at >= len(data) {
		return fmt.Errorf("%s has %d bytes only", args[0], len(data))
	}
	data[at] ^= 1
	return os.WriteFile(ts.MkAbs(args[0]), data, 0o600)
}

func largest(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: largest VARIABLE FOLDER")
	}
	var found string
	most := int64(-1)
	err := filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > most {
			found, most = path, info.Size()
		}
		return err
	})
	ts.Setenv(args[0], found)
	return err
}
