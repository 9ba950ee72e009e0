package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// anonymous is how much memory the process holds that belongs to no file, in bytes. Files that are
// mapped, the records and the index, are the kernel's to keep or drop.
func anonymous(t testing.TB, pid int) int64 {
	t.Helper()
	n, err := readAnonymous(pid)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func readAnonymous(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("RssAnon:")); ok {
			kb, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no RssAnon", pid)
}

// family is how much such memory a process and its descendants hold together. One that ends meanwhile holds none.
func family(pid int) (int64, error) {
	sum, err := readAnonymous(pid)
	if err != nil {
		return 0, err
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0, err
	}
	for _, f := range tasks {
		data, _ := os.ReadFile(f)
		for _, child := range strings.Fields(string(data)) {
			if id, err := strconv.Atoi(child); err == nil {
				more, _ := family(id)
				sum += more
			}
		}
	}
	return sum, nil
}

// highest watches the memory of a process while fn runs and returns the most it held.
func highest(t testing.TB, pid int, fn func()) int64 {
	t.Helper()
	return highestOf(func() (int64, error) { return readAnonymous(pid) }, fn)
}

// highestOf watches a figure while fn runs and returns the highest it was.
func highestOf(read func() (int64, error), fn func()) (most int64) {
	var watch sync.WaitGroup
	stop := make(chan struct{})
	watch.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			if n, err := read(); err == nil {
				most = max(most, n)
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	fn()
	close(stop)
	watch.Wait()
	return most
}
