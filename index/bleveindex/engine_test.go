package bleveindex

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"eakte/index"
)

// A handle that is dead inside is replaced by a living one as soon as a write finds out.
func TestDeadHandleIsReplaced(t *testing.T) {
	x, err := Open(Config{Dir: filepath.Join(t.TempDir(), "index"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.engine.Close(); err != nil {
		t.Fatal(err)
	}
	b := index.Batch{Persons: []index.Person{{ID: "p", Names: []string{"Ali"}, Rights: []string{"a"}}}, Seq: 7}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if err := x.Apply(ctx, b); err == nil {
		t.Fatal("a dead handle took a batch")
	}
	if err := x.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	if n, err := x.Seq(context.Background()); err != nil || n != 7 {
		t.Errorf("seq %d, %v", n, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}
