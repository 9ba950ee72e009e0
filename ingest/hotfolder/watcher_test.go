package hotfolder

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/ingest/intake"
)

// door keeps what it is brought, once for each key.
type door struct {
	keys  map[string]bool
	items []string // name, note and content
	fail  func(name string) error
	// during is called when a body begins to be read.
	during func(name string)
}

func (d *door) Bring(_ context.Context, p intake.Paper, body io.Reader) error {
	if d.during != nil {
		d.during(p.Name)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if d.fail != nil {
		if err := d.fail(p.Name); err != nil {
			return err
		}
	}
	if key := p.Key(sha256.Sum256(data)); !d.keys[key] {
		d.keys[key] = true
		d.items = append(d.items, strings.TrimSpace(p.Name+"|"+p.Note+"|"+string(data)))
	}
	return nil
}

// bench is a folder under watch whose time passes by hand.
type bench struct {
	*testing.T
	dir string
	now time.Time
	*door
	w *Watcher
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, dir: t.TempDir(), now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), door: &door{keys: map[string]bool{}}}
	b.restart()
	return b
}

// restart forgets what the watcher knew.
func (b *bench) restart() {
	b.w = New(Config{
		Name: "scan", Path: b.dir, Account: "scanner", Basket: "poststelle", Channel: "scan", Door: b.door,
		Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
	})
}

func (b *bench) put(path, text string) {
	b.Helper()
	at := filepath.Join(b.dir, path)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, []byte(text), 0o600)); err != nil {
		b.Fatal(err)
	}
}

// look looks n times, two seconds after each other.
func (b *bench) look(n int) (err error) {
	for range n {
		err = b.w.Look(b.Context())
		b.now = b.now.Add(2 * time.Second)
	}
	return err
}

// want compares what was brought and what lies in the folder, both in order.
func (b *bench) want(items []string, files ...string) {
	b.Helper()
	got := []string{}
	if err := filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(b.dir, path); err == nil && !d.IsDir() {
			got = append(got, rel)
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	slices.Sort(files)
	slices.Sort(got)
	if diff := cmp.Diff(items, b.items); diff != "" {
		b.Errorf("brought (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{}, files...), got); diff != "" {
		b.Errorf("in the folder (-want +got):\n%s", diff)
	}
}

func TestTakesWhatIsComplete(t *testing.T) {
	b := newBench(t)
	b.put("a.txt", "eins")
	b.put("b.pdf.part", "zwei")
	b.put(".c.txt", "drei")
	b.put("~$d.docx", "vier")
	if b.look(2); len(b.items) != 0 {
		t.Error("it didn't wait until the file had settled")
	}
	b.put("a.txt", "eins und mehr")
	if b.look(2); len(b.items) != 0 {
		t.Error("it didn't wait anew after a change")
	}
	b.look(1)
	b.want([]string{"a.txt||eins und mehr"}, ".c.txt", "b.pdf.part", "done/2026-11-22/a.txt", "~$d.docx")
	if err := os.Rename(filepath.Join(b.dir, "b.pdf.part"), filepath.Join(b.dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	b.look(4)
	b.want([]string{"a.txt||eins und mehr", "a.txt||zwei"}, ".c.txt", "done/2026-11-22/a.txt", "done/2026-11-22/a-2.txt", "~$d.docx")
	if s := b.w.State(); s.Taken != 2 || s.Waiting != 0 || s.Problem != "" || s.Looked.IsZero() {
		t.Errorf("state: %+v", s)
	}
	b.now = b.now.AddDate(0, 0, 20)
	b.look(1)
	b.want([]string{"a.txt||eins und mehr", "a.txt||zwei"}, ".c.txt", "~$d.docx") // kept for long enough
}

func TestRefusedFilesSayWhy(t *testing.T) {
	b := newBench(t)
	b.fail = func(name string) error {
		if name == "bad.exe" {
			return &intake.RefusedError{Code: "dangerous", Hint: "program"}
		}
		return nil
	}
	b.put("bad.exe", "MZ")
	b.put("good.txt", "gut")
	b.look(3)
	b.put("bad.exe", "MZ")
	b.look(3)
	b.want([]string{"good.txt||gut"}, "done/2026-11-22/good.txt", "failed/bad.exe", "failed/bad.exe.txt", "failed/bad-2.exe", "failed/bad-2.exe.txt")
	why, err := os.ReadFile(filepath.Join(b.dir, "failed/bad.exe.txt"))
	if err != nil || !strings.Contains(string(why), "Programm") || !strings.Contains(string(why), "not taken") {
		t.Errorf("the reason: %q, %v", why, err)
	}
	if s := b.w.State(); s.Failed != 2 || s.Problem != "" {
		t.Errorf("state: %+v", s)
	}
}

func TestCrashBringsNothingTwice(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"a.txt", "b.txt"} {
		b.put(name, "gleich")
	}
	b.look(2)
	b.fail = func(string) error { return errors.New("crash before the first") }
	b.look(1)
	b.fail = nil
	// Durable, but the server ends before the file is moved.
	b.put("done", "in the way")
	if err := b.look(1); err == nil || b.w.State().Problem != intake.ProblemMove {
		t.Errorf("a folder that can't be tidied: %v, %+v", err, b.w.State())
	}
	if b.look(3); len(b.items) != 2 {
		t.Errorf("brought: %q", b.items)
	}
	b.restart()
	b.look(3)
	if err := os.Remove(filepath.Join(b.dir, "done")); err != nil {
		t.Fatal(err)
	}
	b.look(2)
	b.want([]string{"a.txt||gleich", "b.txt||gleich"}, "done/2026-11-22/a.txt", "done/2026-11-22/b.txt")
	b.put("a.txt", "gleich") // the same form again, another day: another paper
	b.look(3)
	if len(b.items) != 3 {
		t.Errorf("handed in again: %q", b.items)
	}
}

func TestBatchComesWhole(t *testing.T) {
	b := newBench(t)
	b.put("Montag/1.txt", "eins")
	b.put("Montag/tief/2.txt", "zwei")
	b.put("Dienstag/3.txt", "drei")
	b.put("Dienstag/4.txt.part", "vier")
	b.look(3)
	items := []string{"1.txt|Stapel Montag|eins", "2.txt|Stapel Montag|zwei"}
	b.want(items, "Dienstag/3.txt", "Dienstag/4.txt.part", "done/2026-11-22/Montag/1.txt", "done/2026-11-22/Montag/tief/2.txt")
	if _, err := os.Stat(filepath.Join(b.dir, "Montag")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the batch: %v", err)
	}
	if s := b.w.State(); s.Waiting != 1 {
		t.Errorf("state: %+v", s)
	}
}

func TestStaysInsideTheFolder(t *testing.T) {
	b := newBench(t)
	outside := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(outside, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(b.dir, name) }
	b.put("a.txt", "eins")
	b.put("b.txt", "zwei")
	if err := errors.Join(
		os.Symlink(outside, at("link.txt")), os.Symlink(filepath.Dir(outside), at("folder")),
		os.Symlink(at("a.txt"), at("inner.txt")), syscall.Mkfifo(at("pipe.txt"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	b.look(2)
	// Exchanged between the listing and the opening.
	b.during = func(string) { t.Error("what was exchanged is read") }
	found, err := b.w.find(mustRoot(t, b.dir))
	if err != nil {
		t.Fatal(err)
	}
	for name, exchange := range map[string]func() error{
		"a.txt": func() error { return os.Symlink(outside, at("a.txt")) },
		"b.txt": func() error { return syscall.Mkfifo(at("b.txt"), 0o600) },
	} {
		i := slices.IndexFunc(found, func(f file) bool { return f.path == name })
		if i < 0 {
			t.Fatalf("%s isn't found", name)
		}
		if err := errors.Join(os.Remove(at(name)), exchange()); err != nil {
			t.Fatal(err)
		}
		if err := b.w.bring(t.Context(), mustRoot(t, b.dir), found[i]); err == nil {
			t.Errorf("%s was brought", name)
		}
	}
	b.look(3)
	b.want(nil, "a.txt", "b.txt", "folder", "inner.txt", "link.txt", "pipe.txt")
}

func mustRoot(t *testing.T, dir string) *os.Root {
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func TestFileThatGrowsWhileItIsRead(t *testing.T) {
	b := newBench(t)
	b.put("a.txt", "eins")
	b.look(2)
	b.during = func(name string) { b.put(name, "eins zwei"); b.during = nil }
	b.look(1)
	b.want(nil, "a.txt")
	b.look(3)
	b.want([]string{"a.txt||eins zwei"}, "done/2026-11-22/a.txt")
}

func TestOneTroubleStopsNoOther(t *testing.T) {
	b := newBench(t)
	b.put("a.txt", "eins")
	b.put("b.txt", "zwei")
	b.fail = func(name string) error {
		if name == "a.txt" {
			return errors.New("the disk sneezed")
		}
		return nil
	}
	if err := b.look(3); err == nil || b.w.State().Problem != intake.ProblemTrying {
		t.Errorf("state: %+v, %v", b.w.State(), err)
	}
	b.want([]string{"b.txt||zwei"}, "a.txt", "done/2026-11-22/b.txt")
	b.fail = func(string) error { return intake.ErrClosed }
	b.put("c.txt", "drei")
	if b.look(3); b.w.State().Problem != intake.ProblemAccount || b.w.State().Waiting != 2 {
		t.Errorf("a closed account: %+v", b.w.State())
	}
	b.fail = nil
	if err := b.look(1); err != nil || b.w.State().Problem != "" {
		t.Errorf("afterwards: %+v, %v", b.w.State(), err)
	}
	if err := os.RemoveAll(b.dir); err != nil {
		t.Fatal(err)
	}
	if err := b.look(1); err == nil || b.w.State().Problem != intake.ProblemUnreadable || strings.Contains(plain(err), b.dir) {
		t.Errorf("a share that is gone: %+v, %v", b.w.State(), err)
	}
}
