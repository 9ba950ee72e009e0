package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// guarded is a server with a witness beside it, both as processes.
type guarded struct {
	t           *testing.T
	data, other string // the folders of the authority and of its officer
	address     string
	token       string
	witness     *process
	server      *process
	url         string
}

// watch starts the witness, on the address it had before.
func (g *guarded) watch() {
	g.t.Helper()
	p, err := launch(environment(g.other), g.other, "witness", "serve", g.file())
	if err != nil {
		g.t.Fatal(err)
	}
	g.witness = p
	const said = "it answers at "
	line, err := p.heard(said, startTime)
	if err != nil {
		g.t.Fatal(err)
	}
	g.address = line[strings.Index(line, said)+len(said):]
}

func (g *guarded) file() string { return filepath.Join(g.other, "witness.toml") }

// configure writes the witness's configuration.
func (g *guarded) configure(vkey string) {
	g.t.Helper()
	listen := "127.0.0.1:0"
	if g.address != "" {
		listen = g.address
	}
	text := fmt.Sprintf("name = \"datenschutz.example/zeuge\"\nlisten = %q\n[[log]]\nvkey = %q\n", listen, vkey)
	if err := os.WriteFile(g.file(), []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// open starts the server.
func (g *guarded) open() {
	g.t.Helper()
	var err error
	if g.server, g.url, err = serveIn(g.environment(), g.data); err != nil {
		g.t.Fatal(err)
	}
}

func (g *guarded) environment() []string {
	key := command(g.t, "", "witness", "key", g.file())
	return environment(g.data, "EAKTE_WITNESS=http://"+g.address, "EAKTE_WITNESS_KEY="+key)
}

// stop ends the server as an operator does.
func (g *guarded) stop() {
	g.t.Helper()
	if err := g.server.stop(syscall.SIGTERM); err != nil {
		g.t.Fatalf("%v\n%s", err, g.server.talk)
	}
}

func (g *guarded) get(path string) reply {
	g.t.Helper()
	r, err := request{method: "GET", path: path, token: g.token}.send(g.t.Context(), http.DefaultClient, g.url)
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// until asks how the trail stands until it is so. Each question is an event, too.
func (g *guarded) until(what string, is func(reply) bool) reply {
	g.t.Helper()
	var r reply
	for end := time.Now().Add(startTime); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r = g.get("/audit/summary"); r.status == 200 && is(r) {
			return r
		}
	}
	g.t.Fatalf("it never was: %s\n%s\n%s", what, r.body, g.server.talk)
	return r
}

// checkpoint has everything signed and returns up to where.
func (g *guarded) checkpoint() (size int) {
	g.t.Helper()
	note := g.get("/audit/checkpoint")
	lines := strings.Split(string(note.body), "\n")
	if note.status != 200 || len(lines) < 3 {
		g.t.Fatalf("%d %s", note.status, note.body)
	}
	size, err := strconv.Atoi(lines[1])
	if err != nil {
		g.t.Fatal(err)
	}
	return size
}

// vouched reports whether the witness vouches for so many entries.
func vouched(size int) func(reply) bool {
	return func(r reply) bool {
		n, err := strconv.Atoi(r.text(".witness.size"))
		return err == nil && n >= size && r.text(".witness.trouble") == ""
	}
}

// put copies the files of a pattern from one folder to another.
func put(t *testing.T, pattern, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWitnessOfAServer has a witness vouch for a real server's trail: it keeps up, is away and catches up, sees that
// an older state was put back though the operator recorded it, and goes on when the officer accepts that.
func TestWitnessOfAServer(t *testing.T) {
	t.Parallel()
	g := &guarded{t: t, data: t.TempDir(), other: t.TempDir()}
	command(t, "ein langes Kennwort", "--data", g.data, "user", "add", "officer", "--role", "datenschutz", "--department", "datenschutz")
	g.token = command(t, "", "--data", g.data, "token", "create", "--user", "officer")
	signer, err := audit.LoadOrCreateSigner(filepath.Join(g.data, "trail.key"), "authority.example/audit")
	if err != nil {
		t.Fatal(err)
	}
	g.configure(signer.VKey())
	g.watch()
	g.configure(signer.VKey()) // with the address it got

	g.open()
	first := g.checkpoint()
	r := g.until("the first checkpoint is cosigned", vouched(first))
	if r.text(".witness.name") != "datenschutz.example/zeuge" || r.text(".witness.at") == "" {
		t.Errorf("it is told so: %s", r.body)
	}
	g.stop()
	backup := t.TempDir()
	put(t, "meta.db", g.data, backup)

	g.open()
	if err := g.witness.kill(); err != nil {
		t.Fatal(err)
	}
	g.checkpoint()
	r = g.until("the witness is out of reach", func(r reply) bool { return r.text(".witness.trouble") == "unreachable" })
	if err := ready(g.url); err != nil {
		t.Errorf("without its witness the server doesn't work: %v", err)
	}
	g.watch()
	g.until("it caught up", vouched(first+1))
	g.stop()
	at := g.cosigned()
	if size := g.recorded(); at != size {
		t.Errorf("at the end the witness vouches for %d of %d entries", at, size)
	}

	put(t, "meta.db", backup, g.data)
	p, err := launch(append(g.environment(), "EAKTE_LISTEN=127.0.0.1:0"), g.data, "serve")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.wait(startTime); err == nil || !strings.Contains(p.talk.String(), "eakte audit restored") {
		t.Errorf("on an older state it ends with %v and says %s", err, p.talk)
	}
	if out, err := g.run("audit", "restored"); err == nil {
		t.Errorf("recorded without a reason: %s", out)
	}
	note, err := g.run("audit", "restored", "--reason", "Platte defekt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.run("audit", "restored", "--reason", "noch einmal"); err == nil {
		t.Error("recorded twice")
	}

	g.open()
	g.checkpoint()
	r = g.until("the witness contradicts", func(r reply) bool { return r.text(".witness.trouble") == "contradicted" })
	if err := ready(g.url); err != nil || r.text(".witness.known") != strconv.Itoa(at) {
		t.Errorf("%v: %s", err, r.body)
	}
	if told := g.get("/audit/events?op=witness"); told.text(".items.0.result") != "error" {
		t.Errorf("the trail says %s", told.body)
	}
	if told := g.get("/audit/events?op=restore"); !strings.Contains(string(told.body), "Platte defekt") {
		t.Errorf("the trail says %s", told.body)
	}
	accepted := filepath.Join(g.other, "accepted.txt")
	if err := os.WriteFile(accepted, []byte(note+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := command(t, "", "witness", "accept", g.file(), accepted); !strings.Contains(out, fmt.Sprint(at, " entries were cosigned")) {
		t.Errorf("accepting says %s", out)
	}
	g.until("it vouches again", vouched(first+1))
	g.stop()

	export := filepath.Join(t.TempDir(), "export")
	if _, err := g.run("audit", "export", export); err != nil {
		t.Fatal(err)
	}
	if found, err := filepath.Glob(filepath.Join(export, "*", "cosigned", "*")); err != nil || len(found) == 0 {
		t.Errorf("exported are the cosignatures %v, %v", found, err)
	}
	if out, err := g.run("audit", "verify", export); err != nil {
		t.Errorf("the trail isn't whole: %s", out)
	}
	former, err := filepath.Glob(filepath.Join(g.other, "former", "*"))
	if err != nil || len(former) != 1 {
		t.Fatalf("given up was %v, %v", former, err)
	}
	if out, err := g.run("audit", "verify", export, "--checkpoint", former[0]); err == nil {
		t.Errorf("what was lost isn't missed: %s", out)
	}
	if err := g.witness.stop(syscall.SIGTERM); err != nil {
		t.Errorf("the witness ends with %v", err)
	}
}

// run is a command on the data folder at rest.
func (g *guarded) run(args ...string) (string, error) {
	var out, talk bytes.Buffer
	err := run(g.t.Context(), append([]string{"--data", g.data}, args...), strings.NewReader(""), &out, &talk)
	return strings.TrimSpace(out.String()), err
}

// cosigned is up to where the witness vouches, as its own command tells.
func (g *guarded) cosigned() int {
	g.t.Helper()
	fields := strings.Split(command(g.t, "", "witness", "list", g.file()), "\t")
	if len(fields) != 4 {
		g.t.Fatalf("the witness lists %q", fields)
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil {
		g.t.Fatal(err)
	}
	return n
}

// recorded is how many entries there are.
func (g *guarded) recorded() (size int) {
	g.t.Helper()
	records(g.t, g.data, func(r archive.Reader) error {
		n, _, err := r.TrailState()
		size = int(n)
		return err
	})
	return size
}
