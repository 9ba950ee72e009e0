package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
)

func TestMasterIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	keys := make([]seal.Key, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = keyring.MasterFromFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] || k.IsZero() {
			t.Error("those who come at the same time get different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 || info.Size() != 65 {
		t.Errorf("file: %v, %v; want mode 0600 and 65 bytes", info, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files, want the key's alone", len(left))
	}
}

func TestMasterIsRefused(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	for _, c := range []struct {
		name, content string
		mode          os.FileMode
		want          string // "" if it is taken
	}{
		{"as made", good + "\n", 0o600, ""},
		{"read only, no line break", good, 0o400, ""},
		{"group may read", good, 0o640, "mode"},
		{"all may read", good, 0o644, "mode"},
		{"executable", good, 0o700, "mode"},
		{"empty", "", 0o600, "0 bytes long"},
		{"too short", good[1:], 0o600, "63 bytes long"},
		{"too long", good + "00", 0o600, "66 bytes long"},
		{"raw bytes", good[:32], 0o600, "32 bytes long"},
		{"two line breaks", good + "\n\n", 0o600, "66 bytes long"},
		{"no hexadecimal", strings.Repeat("x", 64), 0o600, "hexadecimal"},
		{"all zeros", strings.Repeat("0", 64), 0o600, "all zeros"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "master.key")
			if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			key, err := keyring.MasterFromFile(path)
			if c.want == "" {
				if err != nil || key.IsZero() {
					t.Errorf("%v, want a key", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !key.IsZero() {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "0123456789abcdef") {
				t.Error("the error tells the key")
			}
			if after, _ := os.ReadFile(path); string(after) != c.content {
				t.Error("the file changed")
			}
		})
	}
	if _, err := keyring.MasterFromFile(t.TempDir()); err == nil {
		t.Error("a folder is taken")
	}
	if _, err := keyring.MasterFromFile(filepath.Join(t.TempDir(), "none", "master.key")); err == nil {
		t.Error("a missing folder is taken")
	}
}
