package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eakte/index/corpustest"
)

// postgres is a PostgreSQL of our own, on a socket in a temporary folder.
type postgres struct {
	programs, data, socket string
	as                     *syscall.Credential // nil: ourselves; it refuses to run as root
}

// postgresTables hold what the search of an authority needs: texts with their words in the German configuration, who
// takes part in which Akte, and what a reader may see.
const postgresTables = `
CREATE UNLOGGED TABLE document (
  id int PRIMARY KEY, akte int NOT NULL, type text NOT NULL, register text NOT NULL, department text NOT NULL,
  classification text NOT NULL, day date, title text NOT NULL, body text NOT NULL,
  words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('german', title), 'A') || to_tsvector('german', body)) STORED);
CREATE UNLOGGED TABLE part (akte int NOT NULL, department text NOT NULL, register text);
CREATE UNLOGGED TABLE held (reader text NOT NULL, department text NOT NULL, register text NOT NULL, classification text NOT NULL);
`

const postgresIndexes = `
CREATE INDEX ON document USING gin (words);
CREATE INDEX ON document (akte);
CREATE INDEX ON part (akte, department);
CREATE UNIQUE INDEX ON held (reader, department, register, classification);
VACUUM ANALYZE;
`

// postgresBest asks for the ten best documents that a reader may see: nothing is counted.
const postgresBest = `PREPARE best(tsquery, text) AS
SELECT id, ts_rank(words, $1) AS rank FROM document d WHERE words @@ $1 AND EXISTS (
  SELECT FROM part p JOIN held h ON h.department = p.department
  WHERE p.akte = d.akte AND (p.register IS NULL OR p.register = d.register)
    AND h.reader = $2 AND h.register = d.register AND h.classification = d.classification)
ORDER BY rank DESC, id LIMIT 10;
`

// postgresSettings are those of a server of its own on a machine like this.
func postgresSettings() []string {
	return []string{
		"listen_addresses=", "shared_buffers=1GB", "work_mem=64MB", "maintenance_work_mem=512MB", "effective_cache_size=8GB",
		"random_page_cost=1.1", "jit=off", "max_wal_size=4GB", "fsync=off", "synchronous_commit=off",
	}
}

// startPostgres starts it and returns it with what stops it.
func (w *searched) startPostgres(t *testing.T) *postgres {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		t.Skip("PostgreSQL is not installed; \"go run ./cmd/check bench-search\" brings it")
	}
	p := &postgres{programs: filepath.Dir(found[len(found)-1]), data: filepath.Join(w.dir, "postgres")}
	if os.Getuid() == 0 {
		p.as = credential(t, "postgres")
	}
	if p.socket, err = os.MkdirTemp("", "eakte-postgres-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(p.socket) }) // in the temporary folder, and empty
	w.part(t, "postgres", func() error {
		if err := errors.Join(os.MkdirAll(p.data, 0o700), p.own(p.data), p.own(p.socket)); err != nil {
			return err
		}
		if out, err := p.command("initdb", "-D", p.data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8").CombinedOutput(); err != nil {
			return fmt.Errorf("initdb: %w: %s", err, out)
		}
		stop, err := p.start()
		if err != nil {
			return err
		}
		return errors.Join(w.load(p), stop())
	})
	if err := p.own(p.socket); err != nil {
		t.Fatal(err)
	}
	stop, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func credential(t *testing.T, name string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err, gerr); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// own gives a folder to whom PostgreSQL runs as.
func (p *postgres) own(dir string) error {
	if p.as == nil {
		return nil
	}
	return os.Chown(dir, int(p.as.Uid), int(p.as.Gid))
}

func (p *postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.programs, name), args...)
	cmd.Dir, cmd.Env = p.socket, []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Pdeathsig: syscall.SIGINT}
	return cmd
}

// start starts the server and returns what stops it.
func (p *postgres) start() (stop func() error, err error) {
	args := []string{"-D", p.data, "-k", p.socket}
	for _, s := range postgresSettings() {
		args = append(args, "-c", s)
	}
	var said bytes.Buffer
	cmd := p.command("postgres", args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if p.command("pg_isready", "-q", "-h", p.socket).Run() == nil {
			break
		}
		if time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("postgres doesn't answer"), cmd.Process.Kill(), cmd.Wait(), errors.New(said.String()))
		}
	}
	return func() error { return errors.Join(cmd.Process.Signal(syscall.SIGINT), cmd.Wait()) }, nil
}

// psql runs a script and returns what it prints.
func (p *postgres) psql(script io.Reader, args ...string) (string, error) {
	cmd := p.command("psql", append([]string{"-h", p.socket, "-U", "bench", "-X", "-q", "-v", "ON_ERROR_STOP=1", "postgres"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = script, &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, &said)
	}
	return out.String(), nil
}

// load fills the tables.
func (w *searched) load(p *postgres) error {
	if _, err := p.psql(strings.NewReader(postgresTables)); err != nil {
		return err
	}
	c := w.corpus
	err := p.copy("document (id, akte, type, register, department, classification, day, title, body)", c.Documents, func(n int) [][]string {
		d, _ := c.Document(n)
		body := d.Sender + "\n" + strings.Join(c.Pages(n), "\n")
		return [][]string{{strconv.Itoa(n), strconv.Itoa(c.AkteOf(n)), d.Type, d.Register, d.BroughtBy, d.Classification, d.Date, d.Title, body}}
	})
	if err != nil {
		return err
	}
	err = p.copy("part", c.Persons, func(n int) (rows [][]string) {
		for _, part := range c.Akte(n).Participations() {
			for _, r := range part.Registers {
				rows = append(rows, []string{strconv.Itoa(n), part.Department, r})
			}
			if len(part.Registers) == 0 {
				rows = append(rows, []string{strconv.Itoa(n), part.Department, ""})
			}
		}
		return rows
	})
	if err != nil {
		return err
	}
	readers := map[string][]string{"one department": {corpustest.Few}, "all": nil}
	for _, d := range c.Policies.Departments() {
		readers["all"] = append(readers["all"], d.Key)
	}
	err = p.copy("held", 1, func(int) (rows [][]string) {
		for reader, departments := range readers {
			for _, d := range departments {
				for _, r := range c.Policies.Registers() {
					for _, k := range c.Policies.Classifications() {
						rows = append(rows, []string{reader, d, r.Key, k.Key})
					}
				}
			}
		}
		return rows
	})
	if err != nil {
		return err
	}
	_, err = p.psql(strings.NewReader(postgresIndexes))
	return err
}

// copy fills a table with the rows of things numbered from 0.
func (p *postgres) copy(table string, n int, rows func(int) [][]string) error {
	in, out := io.Pipe()
	go func() {
		buf := bufio.NewWriterSize(out, 1<<20)
		to := csv.NewWriter(buf)
		for i := range n {
			for _, row := range rows(i) {
				if to.Write(row) != nil {
					break
				}
			}
		}
		to.Flush()
		out.CloseWithError(errors.Join(to.Error(), buf.Flush()))
	}()
	_, err := p.psql(in, "-c", "COPY "+table+" FROM STDIN (FORMAT csv)")
	return errors.Join(err, in.Close())
}

// times asks queries of a kind one after the other as a reader and returns how long each took, as psql sees it: from
// the text sent over the socket to the last row received.
func (p *postgres) times(k corpustest.Kind, queries []corpustest.Query, reader string) (took sample, err error) {
	var script strings.Builder
	script.WriteString(postgresBest + "\\o /dev/null\n\\timing on\n")
	for _, q := range queries {
		words := strings.ReplaceAll(strings.Join(q.Words, " "), "'", "")
		call := "plainto_tsquery('german', '" + words + "')"
		switch k {
		case corpustest.Phrase:
			call = "phraseto_tsquery('german', '" + words + "')"
		case corpustest.Prefix:
			call = "to_tsquery('german', '" + words + ":*')"
		}
		script.WriteString(strings.Repeat(fmt.Sprintf("EXECUTE best(%s, '%s');\n", call, reader), tries))
	}
	out, err := p.psql(strings.NewReader(script.String()))
	if err != nil {
		return nil, err
	}
	var all sample
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "Time: "); ok {
			v, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				return nil, err
			}
			all = append(all, time.Duration(v*float64(time.Millisecond)))
		}
	}
	if len(all) != tries*len(queries) {
		return nil, fmt.Errorf("%d times for %d queries", len(all), len(queries))
	}
	for some := range slices.Chunk(all[tries*warming:], tries) {
		took = append(took, slices.Min(some))
	}
	return took, nil
}

// figurePostgres measures ranked searches beside those of PostgreSQL's full text search with rights as a join.
// Ours count facets and timeline too; PostgreSQL counts nothing.
func (w *searched) figurePostgres(t *testing.T) {
	p := w.startPostgres(t)
	x, _ := w.open(t)
	for _, k := range []struct {
		kind corpustest.Kind
		goal float64
	}{{corpustest.Frequent, 20}, {corpustest.Two, 20}, {corpustest.Middle, 5}, {corpustest.Rare, 5}, {corpustest.Phrase, 5}, {corpustest.Prefix, 5}} {
		queries := w.corpus.Queries(k.kind, w.asked/2+warming)
		for _, reader := range []string{"all", "one department"} {
			theirs, err := p.times(k.kind, queries, reader)
			if err != nil {
				t.Fatal(err)
			}
			took, _ := compare(t, k.kind, queries, []side{w.reading(x, reader, w.readers()[reader])})
			ours := took[reader]
			ratio := float64(theirs.p95()) / float64(ours.p95())
			middle := float64(theirs.at(50)) / float64(ours.at(50))
			row(fmt.Sprintf("%s, %s, beside PostgreSQL", k.kind, reader), ours.String(), "PostgreSQL "+theirs.String(),
				fmt.Sprintf("%.1f times as fast (median %.1f)", ratio, middle), fmt.Sprintf("≥ %.0f", k.goal), ratio >= k.goal)
		}
	}
}
