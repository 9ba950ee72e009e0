package bleveindex_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"eakte/index"
	"eakte/index/bleveindex"
)

// starve leaves the process no file to open until the function returned is called.
func starve(t *testing.T) func() {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	next, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	lowest := uint64(next.Fd())
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: lowest, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	}
}

// A write that fails is told, loses nothing that was acknowledged, and the index goes on as soon as
// the cause is gone.
func TestWriteError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, x)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	acked, refused := uint64(0), 0
	for round := 0; round < 20 && refused < 3; round++ {
		feed := starve(t)
		err := x.Apply(ctx, index.Batch{Documents: documents(int(acked)*5, int(acked)*5+5), Seq: acked + 1})
		_, searchErr := x.Search(ctx, index.Query{Text: "Pass", Rights: index.Rights{Tokens: []string{token}}, Limit: 1})
		feed()
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("round %d: %v", round, err)
		}
		if err == nil { // the engine has closed a file meanwhile
			acked++
			continue
		}
		refused++
		t.Logf("round %d: apply: %v; search: %v", round, err, searchErr)
		n := seq(t, x)
		if n != acked && n != acked+1 || total(t, x) != int(n)*5 {
			t.Fatalf("round %d: seq %d with %d documents, acknowledged %d", round, n, total(t, x), acked)
		}
		if err := x.Apply(ctx, index.Batch{Documents: documents(int(n)*5, int(n)*5+5), Seq: n + 1}); err != nil {
			t.Fatalf("round %d: after the cause is gone: %v", round, err)
		}
		acked = n + 1
		if got := total(t, x); got != int(acked)*5 {
			t.Fatalf("round %d: %d documents at seq %d", round, got, acked)
		}
	}
	if refused == 0 {
		t.Error("no write failed: the test tests nothing")
	}
}

// A batch that is given up is in with its number or not at all; searches meanwhile never fail.
func TestGivenUp(t *testing.T) {
	x, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(t.TempDir(), "index"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, x)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			res, err := x.Search(context.Background(), index.Query{Text: "Pass", Rights: index.Rights{Tokens: []string{token}}, Limit: 1})
			if err != nil || res.Total%5 != 0 {
				t.Errorf("total %d, %v", res.Total, err)
				return
			}
		}
	})
	n, refused := uint64(0), 0
	for round := range 12 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(round)*300*time.Microsecond)
		err := x.Apply(ctx, index.Batch{Documents: documents(int(n)*5, int(n)*5+5), Seq: n + 1})
		cancel()
		now := seq(t, x)
		switch {
		case err == nil && now != n+1:
			t.Fatalf("round %d: acknowledged, seq %d, want %d", round, now, n+1)
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			t.Fatalf("round %d: %v", round, err)
		case err != nil:
			refused++
		}
		if now != n && now != n+1 {
			t.Fatalf("round %d: seq %d after %d", round, now, n)
		}
		n = now
	}
	close(done)
	wg.Wait()
	if refused == 0 {
		t.Error("no batch was given up: the test tests nothing")
	}
	if got := total(t, x); got != int(n)*5 {
		t.Errorf("%d documents at seq %d", got, n)
	}
}
