package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// InputPath is where a child finds its input.
const InputPath = "/proc/self/fd/3"

// MorePath is where a child finds number n, from 0, of its further inputs.
func MorePath(n int) string { return "/proc/self/fd/" + strconv.Itoa(5+n) }

// programPath is where a child finds this program.
const programPath = "/proc/self/fd/4"

const systemBin = "/usr/bin"

// Sentinels of this package.
var (
	// ErrUnavailable means that this machine can't confine a child, or lacks a program.
	ErrUnavailable = errors.New("sandbox: unavailable")
	// ErrInterrupted means that a child was killed from outside, by the kernel's
	// memory killer for instance. The same step may succeed later.
	ErrInterrupted = errors.New("sandbox: child was killed from outside")
)

// Config says where things are. The zero value is right on Debian.
type Config struct {
	Bubblewrap string   // path of bwrap; empty: looked up in PATH
	Program    string   // program run for Go steps; empty: this program
	WorkerArgs []string // arguments before the step's name; empty: "worker"
	ReadOnly   []string // further folders a child may read, at the same path
}

// Runner starts children. It may be used by several goroutines at once.
type Runner struct {
	bwrap   string
	setup   []string
	worker  []string
	program *os.File
}

// Cmd is one child: either a program of the system or a step of this program.
type Cmd struct {
	Tool   string   // name of a program in /usr/bin
	Step   string   // or the name of a Go step, see [Serve]
	Args   []string // arguments; the input is named [InputPath]
	Env    []string // "KEY=value"; nothing of the server's environment is passed on
	Input  *File    // nil: no input
	More   []*File  // further inputs: number n, from 0, is named [MorePath](n)
	Secret []byte   // what the child reads on standard input: it stands in no file, argument or environment; at most maxSecret bytes
	Limits Limits
}

// Result is how a child ended. Output must be closed.
type Result struct {
	Output *File         // what it wrote to standard output
	Stderr []byte        // the first 4 KiB of its standard error; may hold text of the document: never log it
	Exit   int           // exit code, 128 + signal where a signal ended it
	Breach Breach        // the limit that ended it, if one did
	CPU    time.Duration // processor time used, user and system
}

// OK reports whether the child ended well.
func (r Result) OK() bool { return r.Exit == 0 && r.Breach == NoBreach }

// New returns a Runner. It fails with [ErrUnavailable] where a program it needs is
// missing; whether the machine really confines is told by [Runner.Available].
func New(cfg Config) (*Runner, error) {
	bwrap := cfg.Bubblewrap
	if bwrap == "" {
		bwrap = "bwrap"
	}
	bwrap, err := exec.LookPath(bwrap)
	if err != nil {
		return nil, fmt.Errorf("%w: bubblewrap is not installed (apt-get install bubblewrap)", ErrUnavailable)
	}
	if _, err := os.Stat(filepath.Join(systemBin, "prlimit")); err != nil {
		return nil, fmt.Errorf("%w: prlimit is not installed (apt-get install util-linux)", ErrUnavailable)
	}
	path := cfg.Program
	if path == "" {
		path = "/proc/self/exe"
	}
	program, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox: opening the program for Go steps: %w", err)
	}
	worker := cfg.WorkerArgs
	if len(worker) == 0 {
		worker = []string{"worker"}
	}
	return &Runner{bwrap: bwrap, setup: setupArgs(cfg.ReadOnly), worker: worker, program: program}, nil
}

// Close gives up what the Runner holds. Children that run go on.
func (r *Runner) Close() error { return r.program.Close() }

// setupArgs are the arguments of bwrap that are the same for every child.
func setupArgs(readOnly []string) []string {
	args := []string{
		"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
		"--cap-drop", "ALL", "--clearenv", "--uid", "65534", "--gid", "65534", "--hostname", "sandbox",
		"--ro-bind", "/usr", "/usr",
	}
	for _, dir := range []string{"/lib", "/lib64", "/lib32"} {
		if target, err := os.Readlink(dir); err == nil {
			args = append(args, "--symlink", target, dir)
		} else if _, err := os.Stat(dir); err == nil {
			args = append(args, "--ro-bind", dir, dir)
		}
	}
	for _, dir := range append([]string{"/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives", "/etc/libreoffice", "/var/cache/fontconfig"}, readOnly...) {
		args = append(args, "--ro-bind-try", dir, dir)
	}
	return append(args, "--proc", "/proc", "--dev", "/dev")
}

// Run runs one child to its end. The error is ctx's error, [ErrUnavailable],
// [ErrInterrupted] or trouble of this machine; how the program itself ended is in
// the Result. On an error there is no Output to close.
func (r *Runner) Run(ctx context.Context, c Cmd) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("sandbox: %w", err)
	}
	limits := c.Limits.filled()
	out, err := NewFile()
	if err != nil {
		return Result{}, err
	}
	diag, err := NewFile()
	if err != nil {
		return Result{}, errors.Join(err, out.Close())
	}
	defer diag.Close() //nolint:errcheck // nothing is kept in it
	res, err := r.run(ctx, c, limits, out, diag)
	if err != nil {
		return Result{}, errors.Join(err, out.Close())
	}
	res.Output = out
	return res, nil
}

func (r *Runner) run(ctx context.Context, c Cmd, limits Limits, out, diag *File) (Result, error) {
	timed, cancel := context.WithTimeout(ctx, limits.Wall)
	defer cancel()
	cmd := exec.CommandContext(timed, r.bwrap, r.arguments(c, limits)...)
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = out.f, diag.f
	input := r.program
	if c.Input != nil {
		input = c.Input.f
	}
	cmd.ExtraFiles = []*os.File{input, r.program}
	for _, f := range c.More {
		cmd.ExtraFiles = append(cmd.ExtraFiles, f.f)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if c.Secret != nil {
		in, err := secret(c.Secret)
		if err != nil {
			return Result{}, err
		}
		defer in.Close() //nolint:errcheck // only read
		cmd.Stdin = in
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("sandbox: %w", ctx.Err())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && timed.Err() == nil {
		return Result{}, fmt.Errorf("%w: starting bubblewrap: %w", ErrUnavailable, err)
	}
	return judge(cmd.ProcessState, head(diag, 4<<10), timed.Err() != nil, limits)
}

// maxSecret fits into a pipe, so that nobody waits for its reader.
const maxSecret = 4096

// secret returns the reading end of a pipe that holds b and then ends.
func secret(b []byte) (*os.File, error) {
	if len(b) > maxSecret {
		return nil, errors.New("sandbox: secret is too long")
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	_, err = w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: %w", err), r.Close())
	}
	return r, nil
}

// arguments builds the command line of bwrap.
func (r *Runner) arguments(c Cmd, limits Limits) []string {
	args := append([]string{}, r.setup...)
	args = append(args,
		"--size", strconv.FormatInt(limits.Temp, 10), "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp",
		"--setenv", "PATH", systemBin, "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8")
	if c.Step != "" {
		memory := strconv.FormatInt(limits.Memory/10*8, 10)
		args = append(args, "--setenv", "GOMEMLIMIT", memory, "--setenv", "GOMAXPROCS", "2", "--setenv", "GOTRACEBACK", "none")
	}
	for _, kv := range c.Env {
		if key, value, ok := cut(kv); ok {
			args = append(args, "--setenv", key, value)
		}
	}
	args = append(args, filepath.Join(systemBin, "prlimit"))
	args = append(args, limits.prlimitArgs(raceBuild && c.Step != "")...)
	if c.Step != "" {
		args = append(append(append(args, programPath), r.worker...), c.Step)
	} else {
		args = append(args, filepath.Join(systemBin, filepath.Base(c.Tool)))
	}
	return append(args, c.Args...)
}
