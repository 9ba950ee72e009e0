package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(Serve(testSteps(), os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func testSteps() map[string]Step {
	return map[string]Step{
		"upper": func(in *os.File, args []string, out io.Writer) error {
			b, err := io.ReadAll(in)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "%s %v", bytes.ToUpper(b), args)
			return err
		},
		"hoard": func(*os.File, []string, io.Writer) error {
			var all [][]byte
			for {
				b := make([]byte, 16<<20)
				for i := range b {
					b[i] = 1
				}
				all = append(all, b)
				if len(all) > 1000 {
					return errors.New("got 16 GB")
				}
			}
		},
		"overwrite": func(*os.File, []string, io.Writer) error {
			f, err := os.OpenFile(InputPath, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.Write([]byte("changed"))
			return err
		},
		"dial": func(_ *os.File, args []string, _ io.Writer) error {
			_, err := net.DialTimeout("tcp", args[0], time.Second)
			return err
		},
	}
}

func newRunner(t testing.TB) *Runner {
	t.Helper()
	r, err := New(Config{})
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func load(t testing.TB, s string) *File {
	t.Helper()
	f, err := Load(strings.NewReader(s), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func run(t *testing.T, r *Runner, c Cmd) (Result, string) {
	t.Helper()
	res, err := r.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := res.Output.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Output.Close()
	return res, string(b)
}

func TestToolReadsInputAndAnswers(t *testing.T) {
	res, out := run(t, newRunner(t), Cmd{Tool: "cat", Args: []string{InputPath}, Input: load(t, "Grüße")})
	if !res.OK() || out != "Grüße" {
		t.Errorf("exit %d, output %q", res.Exit, out)
	}
}

func TestStepRunsInChild(t *testing.T) {
	res, out := run(t, newRunner(t), Cmd{Step: "upper", Args: []string{"7"}, Input: load(t, "abc")})
	if !res.OK() || out != "ABC [7]" {
		t.Errorf("exit %d, output %q, %s", res.Exit, out, res.Stderr)
	}
}

func TestMachineIsConfining(t *testing.T) {
	if err := newRunner(t).Available(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMissingPiecesAreNamed(t *testing.T) {
	_, err := New(Config{Bubblewrap: "no-such-bwrap"})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "apt-get install bubblewrap") {
		t.Errorf("got %v", err)
	}
	_, err = newRunner(t).Run(t.Context(), Cmd{Tool: "no-such-tool"})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("missing tool: got %v", err)
	}
	if got := Lacking("sh", "no-such-tool"); len(got) != 1 || got[0] != "no-such-tool" {
		t.Errorf("lacking: %v", got)
	}
}

func TestLimitsEndTheChild(t *testing.T) {
	r := newRunner(t)
	tests := []struct {
		name string
		cmd  Cmd
		want Breach
	}{
		{"endless output", Cmd{Tool: "cat", Args: []string{"/dev/zero"}, Limits: Limits{Output: 1 << 20}}, BreachOutput},
		{"full tmp", Cmd{Tool: "dd", Args: []string{"if=/dev/zero", "of=/tmp/x", "bs=1M"}, Limits: Limits{Temp: 1 << 20}}, BreachOutput},
		{"endless loop", Cmd{Tool: "sh", Args: []string{"-c", "while :; do :; done"}, Limits: Limits{CPU: time.Second}}, BreachCPU},
		{"sleeping", Cmd{Tool: "sleep", Args: []string{"100"}, Limits: Limits{Wall: 200 * time.Millisecond}}, BreachWall},
		{"greedy tool", Cmd{Tool: "sh", Args: []string{"-c", "cat /dev/zero | tail -c 900000000 >/dev/null"}, Limits: Limits{Memory: 32 << 20}}, BreachMemory},
		{"greedy step", Cmd{Step: "hoard", Limits: Limits{Memory: 128 << 20}}, BreachMemory},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if raceBuild && tt.cmd.Step != "" {
				t.Skip("the race detector needs more memory than any limit allows")
			}
			start := time.Now()
			res, _ := run(t, r, tt.cmd)
			if res.Breach != tt.want {
				t.Errorf("breach %q, want %q (exit %d, %s)", res.Breach, tt.want, res.Exit, res.Stderr)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestChildCanNeitherChangeItsInputNorCallOut(t *testing.T) {
	r := newRunner(t)
	in := load(t, "original")
	res, _ := run(t, r, Cmd{Step: "overwrite", Input: in})
	if b, err := in.Bytes(); err != nil || string(b) != "original" || res.OK() {
		t.Errorf("input is now %q, exit %d", b, res.Exit)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // test
	if res, _ := run(t, r, Cmd{Step: "dial", Args: []string{l.Addr().String()}}); res.OK() {
		t.Error("child reached a port of this machine")
	}
}

func TestEnvironmentStaysOutside(t *testing.T) {
	t.Setenv("EAKTE_SECRET", "geheim")
	_, out := run(t, newRunner(t), Cmd{Tool: "env", Env: []string{"A=b"}})
	if strings.Contains(out, "geheim") || !strings.Contains(out, "A=b\n") {
		t.Errorf("environment: %q", out)
	}
}

func TestCancelEndsEveryProcess(t *testing.T) {
	r := newRunner(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := r.Run(ctx, Cmd{Tool: "sh", Args: []string{"-c", "sleep 31.4159 & sleep 31.4159 & wait"}})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
	for i := 0; i < 50 && sleepers(t) > 0; i++ {
		time.Sleep(20 * time.Millisecond)
	}
	if n := sleepers(t); n > 0 {
		t.Errorf("%d processes go on", n)
	}
}

func sleepers(t *testing.T) int {
	t.Helper()
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range dirs {
		line, _ := os.ReadFile("/proc/" + d.Name() + "/cmdline")
		if bytes.Equal(line, []byte("sleep\x0031.4159\x00")) {
			n++
		}
	}
	return n
}

func TestLoadKeepsItsLimit(t *testing.T) {
	if _, err := Load(strings.NewReader("12345"), 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	if f := load(t, "1234"); f.Size() != 4 {
		t.Errorf("size %d", f.Size())
	}
}

func BenchmarkSpawn(b *testing.B) {
	r := newRunner(b)
	in := load(b, "x")
	for name, c := range map[string]Cmd{"tool": {Tool: "true"}, "step": {Step: "upper", Input: in}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				res, err := r.Run(b.Context(), c)
				if err != nil || !res.OK() {
					b.Fatal(err, res.Exit)
				}
				_ = res.Output.Close()
			}
		})
	}
}

func TestSecretReachesTheChildAlone(t *testing.T) {
	box := newRunner(t)
	const word = "geheim-4711"
	res, err := box.Run(t.Context(), Cmd{Tool: "sh", Args: []string{"-c", "cat; cat /proc/self/cmdline /proc/self/environ /proc/$PPID/cmdline | tr '\\0' ' ' >&2"}, Secret: []byte(word)})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Output.Close() //nolint:errcheck // test
	if got, _ := res.Output.Bytes(); string(got) != word || strings.Contains(string(res.Stderr), word) {
		t.Errorf("got %q, beside it %q", got, res.Stderr)
	}
	if _, err := box.Run(t.Context(), Cmd{Tool: "true", Secret: make([]byte, maxSecret+1)}); err == nil {
		t.Error("a secret that doesn't fit was taken")
	}
}
