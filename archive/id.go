package archive

import (
	"fmt"

	"github.com/google/uuid"
)

// IDs are UUIDv7 made by us: random, sortable by the time they were made, and free of
// any meaning. A value of one of these types names one thing for ever; the empty
// value names nothing.
type (
	// PersonID names a [Person].
	PersonID string
	// AkteID names an [Akte].
	AkteID string
	// CaseID names a [Case].
	CaseID string
	// DocumentID names a [Document].
	DocumentID string
	// VersionID names a [Version].
	VersionID string
	// InboxID names an [InboxItem].
	InboxID string
	// JobID names a [Job].
	JobID string
	// UserID names a [User].
	UserID string
)

// NewID returns a fresh ID of type T.
func NewID[T ~string]() T {
	return T(uuid.Must(uuid.NewV7()).String())
}

// ParseID reads an ID in its canonical form (36 characters, lower case). The error is
// [ErrNotFound]: a malformed ID names nothing, and the answer must not differ from
// that for a well-formed one that names nothing.
func ParseID[T ~string](s string) (T, error) {
	u, err := uuid.Parse(s)
	if err != nil || u.String() != s {
		return "", fmt.Errorf("archive: id: %w", ErrNotFound)
	}
	return T(s), nil
}
