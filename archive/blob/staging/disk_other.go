//go:build !linux

package staging

import (
	"errors"
	"os"
	"syscall"
)

// Outside Linux there is neither lock nor hint: enough to develop on, not to operate.

func startWriteback(*os.File, int64, int64) {}

func lockFile(*os.File) error { return nil }

func free(string) (int64, bool) { return 0, false }

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }
