package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/archive"
)

// papersDropped lie in the folder of TestKillHotfolder, which dies killsDropped times over them.
const (
	papersDropped = 120
	killsDropped  = 6
)

// dropped prepares a data folder with a technical account and a watched folder full of papers, and returns
// the watched folder and the environment of its server.
func dropped(t *testing.T, papers int) (data, folder string, env []string) {
	t.Helper()
	data, folder = t.TempDir(), t.TempDir()
	command(t, "ein langes Kennwort", "--data", data, "user", "add", "scanner", "--role", "dienst", "--department", "poststelle")
	for i := range papers {
		dir := folder
		if i%3 == 0 {
			dir = filepath.Join(folder, fmt.Sprint("stapel-", i%2))
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("Schreiben Nummer %d.", i/2) // each text comes twice, under two names: two papers
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.txt", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ways := filepath.Join(data, "ways.toml")
	settings := fmt.Sprintf("[[folder]]\nname = \"eg\"\npath = %q\naccount = \"scanner\"\nbasket = \"poststelle\"\nsettle = \"10ms\"\n", folder)
	if err := os.WriteFile(ways, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return data, folder, environment(data, "EAKTE_WAYS="+ways)
}

// lying counts the files below a folder.
func lying(folder string) (n int) {
	// A folder that is moved while it is walked over counts for less.
	_ = filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return nil
	})
	return n
}

// TestKillHotfolder kills the server with SIGKILL while it brings in a folder: in the end each paper is there
// once, and none is lost.
func TestKillHotfolder(t *testing.T) {
	t.Parallel()
	seed := uint64(number(t, "SEED", int(time.Now().UnixNano()%1e6)))
	rng := rand.New(rand.NewPCG(seed, 0))
	data, folder, env := dropped(t, papersDropped)
	done := filepath.Join(folder, "done")
	for kill := range killsDropped + 1 {
		p, _, err := serveIn(env, "")
		if err != nil {
			t.Fatal(err)
		}
		mark := papersDropped
		if kill < killsDropped {
			mark = min(lying(done)+1+rng.IntN(papersDropped/killsDropped), papersDropped-1)
		}
		for end := time.Now().Add(time.Minute); lying(done) < mark; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("seed %d: %d of %d taken\n%s", seed, lying(done), mark, p.talk)
			}
		}
		if kill < killsDropped {
			err = p.kill()
		} else {
			err = p.stop(os.Interrupt)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := lying(folder); n != papersDropped || lying(done) != n {
		t.Errorf("seed %d: %d papers in the folder, %d of them done", seed, n, lying(done))
	}
	records(t, data, func(r archive.Reader) error {
		n, err := r.CountBasket("poststelle")
		if n.Unfiled != papersDropped {
			t.Errorf("seed %d: %d papers in the basket, want %d", seed, n.Unfiled, papersDropped)
		}
		return err
	})
	whole(t, data)
}

// TestWaysAreShown asks a server how its folder stands.
func TestWaysAreShown(t *testing.T) {
	data, folder, env := dropped(t, 3)
	if err := os.WriteFile(filepath.Join(folder, "leer-eva-muster.exe"), []byte("MZ\x90\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "ein langes Kennwort", "--data", data, "user", "add", "admin", "--role", "administration", "--department", "it")
	token := command(t, "", "--data", data, "token", "create", "--user", "admin")
	p, url, err := serveIn(env, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.stop(os.Interrupt); err != nil {
			t.Error(err)
		}
		if strings.Contains(p.talk.String(), "muster") {
			t.Error("the log names a file")
		}
	}()
	ask := request{method: "GET", path: "/system", token: token}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		got, err := ask.send(t.Context(), http.DefaultClient, url)
		if err != nil || got.status != http.StatusOK {
			t.Fatalf("%v, %d %s", err, got.status, got.body)
		}
		if got.text(".ways.0.taken") == "3" && got.text(".ways.0.failed") == "1" && got.text(".ways.0.waiting") == "0" {
			if got.text(".ways.0.name") != "eg" || got.text(".ways.0.problem") != "" || strings.Contains(string(got.body), "muster") {
				t.Errorf("%s", got.body)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s", got.body)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "failed", "leer-eva-muster.exe.txt")); err != nil {
		t.Error(err)
	}
}
