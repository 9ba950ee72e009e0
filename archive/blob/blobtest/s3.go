package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const gateway = "github.com/versity/versitygw/cmd/versitygw"

// S3 is a running server with an empty bucket.
type S3 struct {
	// Endpoint is host and port; HTTP, not HTTPS.
	Endpoint string
	// Bucket exists.
	Bucket string
	// AccessKey and SecretKey may do anything.
	AccessKey, SecretKey string
	// Dir holds the objects as plain files below Dir/Bucket.
	Dir string
}

// StartS3 starts a server for the time of the test. It never skips: where the program is
// missing, it is built.
func StartS3(t testing.TB) S3 {
	t.Helper()
	program, err := buildGateway()
	if err != nil {
		t.Fatalf("blobtest: building %s: %v", gateway, err)
	}
	dir := t.TempDir()
	s := S3{Bucket: "objects", AccessKey: "test", SecretKey: "test-secret", Dir: filepath.Join(dir, "data")}
	for _, d := range []string{filepath.Join(s.Dir, s.Bucket), filepath.Join(dir, "sidecar"), filepath.Join(dir, "versions")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // the port found free may be taken by the time the server asks for it
		if s.Endpoint, err = freeAddress(); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "--port", s.Endpoint, "--quiet", "posix",
			"--sidecar", filepath.Join(dir, "sidecar"), "--versioning-dir", filepath.Join(dir, "versions"), s.Dir)
		cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
		if err = run(t, cmd, s.Endpoint); err == nil {
			return s
		}
	}
	t.Fatalf("blobtest: starting %s: %v", program, err)
	return s
}

// run starts cmd and waits until it answers; it ends cmd, and nothing else, with the test.
func run(t testing.TB, cmd *exec.Cmd, endpoint string) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	client := http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return fmt.Errorf("ended early: %w: %s", err, out.String())
		default:
		}
		if answer, err := client.Get("http://" + endpoint + "/"); err == nil {
			t.Cleanup(stop)
			return answer.Body.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	return fmt.Errorf("no answer from %s: %s", endpoint, out.String())
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// buildGateway returns the server's program. One process builds it while others wait.
func buildGateway() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(root, ".cache", "bin")
	program := filepath.Join(bin, "versitygw")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(program+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	cmd := exec.Command("go", "build", "-C", filepath.Join(root, "cmd", "check", "tools"), "-o", program+".new", gateway)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, os.Rename(program+".new", program)
}

// moduleRoot finds the folder with this module's go.mod above the working folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module eakte\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("go.mod of eakte isn't above the working folder")
		}
		dir = parent
	}
}
