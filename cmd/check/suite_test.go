package main

import (
	"strings"
	"testing"
	"time"
)

func shell(name, script string, beside bool) suite {
	return suite{name: name, budget: 20 * time.Second, args: []string{"sh", "-c", script}, beside: beside}
}

// TestSuitesBesideEachOther has two suites that end only if both run at the same time, and one that comes after.
func TestSuitesBesideEachOther(t *testing.T) {
	t.Chdir(t.TempDir())
	err := runSuites(t.Context(), []suite{
		shell("asks", "mkfifo there back; echo question >there; read answer <back", false),
		shell("answers", "while ! test -p back; do sleep 0.01; done; read question <there; echo answer >back", true),
		shell("after", "test -p there && echo done >after", false),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSuitesGoOn has every failed suite named, and those after it run.
func TestSuitesGoOn(t *testing.T) {
	t.Chdir(t.TempDir())
	err := runSuites(t.Context(), []suite{
		shell("first", "exit 3", false), shell("second", "exit 4", true), shell("third", "echo >there", false), shell("fourth", "test -e there", false),
	})
	if err == nil || !strings.HasSuffix(err.Error(), ": first, second") {
		t.Fatalf("got %v, want the first and the second named", err)
	}
}
