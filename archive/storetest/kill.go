package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

const (
	// killDir tells a test that it is the child to be killed, and where its store lies.
	killDir = "EAKTE_KILL_DIR"
	// killTimes is how often a child is killed; 20 if it isn't set.
	killTimes = "N"
)

// Kill writes from a child process that is killed at any moment, opens what it left, and looks for
// everything the child was told is stored. open opens the store in a folder, with keys that lie there
// too; check reports what is wrong with it. The test that calls Kill must do nothing else: it is also
// what the child runs.
func Kill(t *testing.T, open func(dir string) (archive.Store, error), check func(archive.Store) error) {
	if dir := os.Getenv(killDir); dir != "" {
		killed(t, dir, open)
		return
	}
	n := 20
	if s := os.Getenv(killTimes); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("%s: %v", killTimes, err)
		}
	}
	dir := t.TempDir()
	told := map[string]string{}
	for i := range n {
		for id, number := range child(t, dir, i%3 == 2) {
			told[id] = number
		}
		survived(t, i, dir, told, open, check)
	}
	t.Logf("%d kills, %d acknowledged, all there", n, len(told))
	if len(told) < n {
		t.Errorf("%d kills and only %d records: the test says nothing", n, len(told))
	}
}

// child runs the calling test in a process of its own, kills it and returns what it was told is
// stored. early may kill it while it still opens the store.
func child(t *testing.T, dir string, early bool) map[string]string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), killDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	lines := bufio.NewScanner(out)
	var once sync.Once
	kill := func() {
		once.Do(func() {
			time.AfterFunc(rand.N(150*time.Millisecond), func() { _ = cmd.Process.Kill() }) // it may have ended
		})
	}
	if early {
		kill()
	}
	for lines.Scan() {
		kill() // at the latest when it has begun to write
		if id, number, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "stored "), " "); ok && strings.HasPrefix(lines.Text(), "stored ") {
			told[id] = number
		}
	}
	err = cmd.Wait()
	if cmd.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return told
}

// killed is the child: it stores until it is killed, and says so after each update.
func killed(t *testing.T, dir string, open func(string) (archive.Store, error)) {
	s, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, Store: s, Place: Place{Clock: new(Clock)}, clerk: archive.NewID[archive.UserID]()}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				id, number, err := storeOne(b)
				if err != nil {
					t.Errorf("storing: %v", err)
					return
				}
				mu.Lock()
				fmt.Printf("stored %s %s\n", id, number)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// storeOne stores a person, an Akte and a document in one update.
func storeOne(b *bench) (archive.DocumentID, string, error) {
	p := b.person()
	var d archive.Document
	var number string
	err := b.try(audit.OpUpload, func(tx archive.Tx) error {
		n, err := tx.NextNumber("33.11", 2026)
		if err != nil {
			return err
		}
		number = archive.FormatNumber("33.11", n, 2026)
		a := b.akte(p.ID, number)
		v := b.version(number)
		d = b.document(a.ID, v.ID)
		v.Documents = []archive.DocumentID{d.ID}
		return errors.Join(tx.PutPerson(p), tx.PutAkte(a), tx.PutDocument(d), tx.AddVersion(v, seal.NewKey()), tx.Enqueue(b.job(start())))
	})
	return d.ID, number, err
}

// survived opens what a killed child left and looks for what it was told.
func survived(t *testing.T, kill int, dir string, told map[string]string, open func(string) (archive.Store, error), check func(archive.Store) error) {
	t.Helper()
	s, err := open(dir)
	if err != nil {
		t.Fatalf("kill %d: opening: %v", kill, err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("kill %d: closing: %v", kill, err)
		}
	}()
	err = s.View(context.Background(), func(r archive.Reader) error {
		for id, number := range told {
			d, err := r.Document(archive.DocumentID(id))
			if err != nil {
				return fmt.Errorf("document %s: %w", id, err)
			}
			if a, err := r.Akte(d.Akte); err != nil || a.Number != number {
				return fmt.Errorf("akte of document %s has number %q: %w", id, a.Number, err)
			}
			if _, err := r.Version(d.Current()); err != nil {
				return fmt.Errorf("version of document %s: %w", id, err)
			}
		}
		return nil
	})
	if err == nil {
		err = check(s)
	}
	if err != nil {
		t.Fatalf("kill %d: %v", kill, err)
	}
}
