package fsblob_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/fsblob"
)

func open(t testing.TB, root string) *fsblob.Store {
	t.Helper()
	s, err := fsblob.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	blobtest.Test(t, func(t *testing.T) (blob.Store, func() blob.Store) {
		root := filepath.Join(t.TempDir(), "objects")
		return open(t, root), func() blob.Store { return open(t, root) }
	})
}

// files returns every file below root that isn't a lock.
func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && e.Name() != "lock" {
			rel, _ := filepath.Rel(root, path)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFilesOnDisk(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	defer s.Close()
	ref := blobtest.Put(t, s, []byte("content"))
	staged := blobtest.Stage(t, s, blob.NewRef(), blobtest.Random(300<<10))
	if err := staged.Abort(); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(string(ref[:2]), string(ref))
	if got := files(t, root); len(got) != 1 || got[0] != want {
		t.Errorf("files %q, want %q alone", got, want)
	}
	info, err := os.Stat(filepath.Join(root, want))
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := s.Delete(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if got := files(t, root); len(got) != 0 {
		t.Errorf("files %q after delete", got)
	}
}

func TestOpenRemovesItsLeftoversOnly(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	blobtest.Stage(t, s, blob.NewRef(), blobtest.Random(300<<10))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join("staging", "notes.part")
	if err := os.WriteFile(filepath.Join(root, foreign), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := files(t, root); len(got) != 2 {
		t.Fatalf("files %q before, want a leftover and a foreign one", got)
	}
	s = open(t, root)
	defer s.Close()
	if got := files(t, root); len(got) != 1 || got[0] != foreign {
		t.Errorf("files %q after, want %q alone", got, foreign)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	staged := blobtest.Stage(t, s, blob.NewRef(), []byte("on its way"))
	if _, err := fsblob.Open(root); !errors.Is(err, blob.ErrLocked) {
		t.Errorf("second open: %v, want ErrLocked", err)
	}
	if err := staged.Commit(t.Context()); err != nil {
		t.Errorf("commit after a refused open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, root)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFailedCommitLeavesNothing puts a file in the place of the target folder, so that the rename fails.
func TestFailedCommitLeavesNothing(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	defer s.Close()
	ref := blob.NewRef()
	folder := filepath.Join(root, string(ref[:2]))
	fails := func(ref blob.Ref, how string) {
		staged := blobtest.Stage(t, s, ref, []byte("content"))
		if err := staged.Commit(t.Context()); err == nil {
			t.Errorf("commit %s succeeds", how)
		}
		if err := staged.Abort(); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails(ref, "with a file in the way")
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	staged := blobtest.Stage(t, s, ref, []byte("content"))
	if err := staged.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	fails(ref, "into a folder that was taken away")
	if got := files(t, root); len(got) != 0 {
		t.Errorf("files %q remain", got)
	}
	if err := s.List(t.Context(), func(blob.Ref, blob.Info) error { return nil }); err == nil {
		t.Error("a list passes over a folder that was taken away")
	}
}
