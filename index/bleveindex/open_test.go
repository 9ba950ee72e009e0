package bleveindex_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

const token = "amt|alle"

func documents(from, to int) []index.Document {
	var ds []index.Document
	for i := from; i < to; i++ {
		ds = append(ds, index.Document{
			ID:     archive.DocumentID("01900000-0000-7000-8000-" + strings.Repeat("0", 12-len(strconv.Itoa(i))) + strconv.Itoa(i)),
			Akte:   "01900000-0000-7000-8000-000000000001",
			Pages:  []string{"Antrag auf einen Pass, Blatt " + strconv.Itoa(i)},
			Rights: []string{token},
		})
	}
	return ds
}

func total(t *testing.T, x *bleveindex.Index) int {
	t.Helper()
	res, err := x.Search(context.Background(), index.Query{Text: "Pass", Rights: index.Rights{Tokens: []string{token}}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return res.Total
}

func seq(t *testing.T, x *bleveindex.Index) uint64 {
	t.Helper()
	n, err := x.Seq(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// filled makes an index of three documents and closes it.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	x := mustOpen(t, dir)
	for i := range 3 {
		if err := x.Apply(context.Background(), index.Batch{Documents: documents(i, i+1), Seq: uint64(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, x)
	return dir
}

func mustOpen(t *testing.T, dir string) *bleveindex.Index {
	t.Helper()
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func mustClose(t *testing.T, x *bleveindex.Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

func aside(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(dir + ".bad-*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is damaged is moved aside, what is half made is made anew, and the caller sees an empty index.
func TestDamage(t *testing.T) {
	each := func(t *testing.T, dir, pattern string, change func(path string)) {
		t.Helper()
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("nothing to damage: %v", err)
		}
		for _, p := range paths {
			change(p)
		}
	}
	remove := func(path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(b byte) func(string) {
		return func(path string) {
			st, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.Repeat([]byte{b}, int(st.Size())), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	truncate := func(path string) {
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		aside  int
	}{
		{"root missing", func(t *testing.T, dir string) { each(t, dir, "store/root.bolt", remove) }, 1},
		{"root full of noise", func(t *testing.T, dir string) { each(t, dir, "store/root.bolt", fill(0xA5)) }, 1},
		{"root cut off", func(t *testing.T, dir string) { each(t, dir, "store/root.bolt", truncate) }, 1},
		{"segments missing", func(t *testing.T, dir string) { each(t, dir, "store/*.zap", remove) }, 1},
		{"segments cut off", func(t *testing.T, dir string) { each(t, dir, "store/*.zap", truncate) }, 1},
		{"segments full of zeros", func(t *testing.T, dir string) { each(t, dir, "store/*.zap", fill(0)) }, 1},
		{"half made", func(t *testing.T, dir string) { each(t, dir, "ready", remove) }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filled(t)
			tt.damage(t, dir)
			x := mustOpen(t, dir)
			defer mustClose(t, x)
			// The engine may have gone back to an older state; then that is a whole one.
			if n := seq(t, x); n > 2 || total(t, x) != int(n) {
				t.Errorf("seq %d with %d documents", n, total(t, x))
			}
			if n := len(aside(t, dir)); n > tt.aside {
				t.Errorf("%d folders aside", n)
			}
			if err := x.Apply(context.Background(), index.Batch{Documents: documents(0, 3), Seq: 3}); err != nil {
				t.Fatal(err)
			}
			if n := total(t, x); n != 3 {
				t.Errorf("%d documents after the rebuild", n)
			}
		})
	}
}

func TestOnlyTheLastDamagedIndexIsKept(t *testing.T) {
	dir := filled(t)
	for range 3 {
		if err := os.Truncate(filepath.Join(dir, "store", "root.bolt"), 10); err != nil {
			t.Fatal(err)
		}
		mustClose(t, mustOpen(t, dir))
	}
	if n := len(aside(t, dir)); n != 1 {
		t.Errorf("%d folders aside", n)
	}
	x := mustOpen(t, dir)
	defer mustClose(t, x)
	if err := x.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := len(aside(t, dir)); n != 0 {
		t.Errorf("%d folders aside after a reset", n)
	}
}

// An operator's fault is told, and nothing is thrown away for it.
func TestOperatorErrors(t *testing.T) {
	t.Run("foreign folder", func(t *testing.T) {
		dir := filled(t)
		if err := os.WriteFile(filepath.Join(dir, "diary.txt"), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if x, err := bleveindex.Open(bleveindex.Config{Dir: dir}); err == nil {
			mustClose(t, x)
			t.Fatal("opened")
		}
		if _, err := os.Stat(filepath.Join(dir, "diary.txt")); err != nil {
			t.Error(err)
		}
	})
	t.Run("too many open files", func(t *testing.T) {
		dir := filled(t)
		var before syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc: ", err)
		}
		// The lock and one more file can be opened; the engine needs more.
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: uint64(len(open)) + 1, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
		x, openErr := bleveindex.Open(bleveindex.Config{Dir: dir})
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		if openErr == nil {
			mustClose(t, x)
			t.Fatal("opened")
		}
		if !errors.Is(openErr, syscall.EMFILE) || len(aside(t, dir)) != 0 {
			t.Errorf("%v, aside: %v", openErr, aside(t, dir))
		}
		x = mustOpen(t, dir)
		defer mustClose(t, x)
		if n := total(t, x); n != 3 {
			t.Errorf("%d documents", n)
		}
	})
	t.Run("no right", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may read everything")
		}
		dir := filled(t)
		if err := os.Chmod(filepath.Join(dir, "store", "root.bolt"), 0); err != nil {
			t.Fatal(err)
		}
		_, err := bleveindex.Open(bleveindex.Config{Dir: dir})
		if !errors.Is(err, fs.ErrPermission) || len(aside(t, dir)) != 0 {
			t.Errorf("%v, aside: %v", err, aside(t, dir))
		}
	})
}

func TestSecondOpener(t *testing.T) {
	dir := filled(t)
	x := mustOpen(t, dir)
	if y, err := bleveindex.Open(bleveindex.Config{Dir: dir}); !errors.Is(err, bleveindex.ErrInUse) {
		t.Errorf("opened twice: %v, %v", y, err)
	}
	if n := total(t, x); n != 3 {
		t.Errorf("%d documents", n)
	}
	mustClose(t, x)
	mustClose(t, x)
	if _, err := x.Seq(context.Background()); err == nil {
		t.Error("closed index answers")
	}
	mustClose(t, mustOpen(t, dir))
}

// Environment of the child that TestKill starts.
const childDir = "BLEVEINDEX_CHILD_DIR"

// TestMain runs the child of TestKill instead of the tests if it is one.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child applies batches of five documents and says so after each, until it is killed.
func child(dir string) int {
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir})
	if err != nil {
		return 3
	}
	n, err := x.Seq(context.Background())
	for ; err == nil; n++ {
		err = x.Apply(context.Background(), index.Batch{Documents: documents(int(n)*5, int(n)*5+5), Seq: n + 1})
		if err == nil {
			_, err = os.Stdout.WriteString(strconv.FormatUint(n+1, 10) + "\n")
		}
	}
	return 4
}

// A batch that was acknowledged survives a kill; one that wasn't is there with its number or not
// at all.
func TestKill(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "index")
	for round := range 8 {
		var out bytes.Buffer
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+37*round) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the child wasn't killed: %v", err)
		}
		acked := uint64(0)
		if lines := strings.Fields(out.String()); len(lines) > 0 {
			if acked, err = strconv.ParseUint(lines[len(lines)-1], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		x := mustOpen(t, dir)
		n := seq(t, x)
		if n < acked || n > acked+1 && acked > 0 {
			t.Errorf("round %d: seq %d, acknowledged %d", round, n, acked)
		}
		if got := total(t, x); got != int(n)*5 {
			t.Errorf("round %d: %d documents at seq %d", round, got, n)
		}
		mustClose(t, x)
	}
	if len(aside(t, dir)) != 0 {
		t.Error("a kill made the index unreadable")
	}
}
