package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"eakte/archive"
	"eakte/cmd/eakte/demo"
)

// TestDemo runs the demonstration, ends it again and again while it loads, by Ctrl-C and by force, and
// looks at what is there when it was let finish: everything, and nothing twice.
func TestDemo(t *testing.T) {
	t.Parallel()
	needTools(t)
	data, seed := t.TempDir(), uint64(time.Now().UnixNano()%1e6)
	rng := rand.New(rand.NewPCG(seed, 1))
	const papers = 6
	start := func() *process {
		t.Helper()
		p, err := launch(append(environment(data), "EAKTE_LISTEN=127.0.0.1:0"), "", "demo", "--papers", fmt.Sprint(papers))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			select {
			case <-p.ended:
			default:
				_ = p.kill()
			}
		})
		return p
	}
	// The first accounts take a while; what is interrupted then is tried, too.
	p := start()
	time.Sleep(time.Duration(rng.IntN(1500)) * time.Millisecond)
	if err := p.kill(); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		p := start()
		if _, err := p.heard("password for all accounts", startTime); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.IntN(700)) * time.Millisecond)
		if n == 1 {
			if err := p.stop(os.Interrupt); err != nil {
				t.Errorf("seed %d: Ctrl-C: %v\n%s", seed, err, p.talk)
			}
		} else if err := p.kill(); err != nil {
			t.Fatal(err)
		}
	}
	password := ""
	for range 2 { // the second time there is nothing to load any more
		p := start()
		line, err := p.heard("password for all accounts", startTime)
		if err == nil {
			_, err = p.heard("recognition: done", 3*time.Minute)
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if password != "" && password != line {
			t.Errorf("the password changed: %q, %q", password, line)
		}
		password = line
		if err := p.stop(os.Interrupt); err != nil {
			t.Errorf("seed %d: the end: %v\n%s", seed, err, p.talk)
		}
		checkDemo(t, data, papers)
	}
	whole(t, data)
}

// checkDemo compares what is stored with what was made up.
func checkDemo(t *testing.T, data string, papers int) {
	t.Helper()
	want := demo.Make(demoSeed)
	documents := 0
	for _, d := range want.Documents[:papers] {
		documents += 1 + len(d.Also)
	}
	items := map[string]int{}
	for _, i := range want.Inbox[:papers] {
		items[i.Department]++
	}
	records(t, data, func(r archive.Reader) error {
		users, err := r.Users()
		persons, perr := rows(r.Persons(""))
		akten, aerr := rows(r.AllAkten(""))
		versions, verr := rows(r.Versions(""))
		count, _, jerr := r.Jobs()
		if err := errors.Join(err, perr, aerr, verr, jerr); err != nil {
			return err
		}
		got := []int{len(users), persons, akten, versions}
		made := []int{len(want.Accounts), len(want.Persons), len(want.Akten), documents + papers}
		if fmt.Sprint(got) != fmt.Sprint(made) {
			t.Errorf("accounts, persons, Akten, versions: %v, want %v", got, made)
		}
		if count[archive.JobWaiting]+count[archive.JobRunning]+count[archive.JobFailed] > 0 {
			t.Errorf("jobs: %v", count)
		}
		for department, n := range items {
			lying, err := rows(r.Basket(department, ""))
			if err != nil || lying != n {
				t.Errorf("basket of %s: %d, %v, want %d", department, lying, err, n)
			}
		}
		return nil
	})
}

// rows counts a list.
func rows[T any](list archive.List[T]) (n int, err error) {
	for _, err := range list {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
