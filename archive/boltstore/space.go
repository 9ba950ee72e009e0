package boltstore

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"eakte/archive"
)

// DefaultReserve is what [Config.Reserve] is when it is zero, in bytes.
const DefaultReserve = 128 << 20

// low reports whether the disk has less room than the trail's reserve. What can't be asked isn't low:
// the disk itself will say so.
func (s *Store) low() bool {
	if s.reserve < 0 {
		return false
	}
	var st unix.Statfs_t
	if err := unix.Statfs(s.dir, &st); err != nil {
		return false
	}
	return int64(st.Bavail)*st.Bsize < s.reserve
}

// full turns the error of a disk without room into [archive.ErrFull], that of one that may only be read into
// [archive.ErrClosed].
func full(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("boltstore: %w: %w", archive.ErrClosed, err)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("boltstore: %w: %w", archive.ErrFull, err)
	}
	return err
}
