package acl

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
)

// drawn reports whether a look at an Akte outside somebody's area is one that data protection is to see: it is drawn by the
// entry itself, which nobody can foresee and everybody who has the trail can draw again.
func (o *lookout) drawn(l audit.Leaf) (bool, error) {
	if o.guard.SampleOneIn <= 0 || len(l.Akten) != 1 {
		return false, nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "sample %s %d %s %s", l.Log, l.Seq, l.Time, l.Correlation))
	if binary.BigEndian.Uint64(sum[:8])%uint64(o.guard.SampleOneIn) != 0 {
		return false, nil
	}
	return o.outside(l)
}

// outside reports whether an Akte isn't in the area of who looked: she did so by a right that was given to her for a time,
// or works on Akten that are given to her, and is neither responsible nor of the team that keeps it.
func (o *lookout) outside(l audit.Leaf) (bool, error) {
	if strings.HasPrefix(l.Rule, grantRule) {
		return true, nil
	}
	akte, err := known(o.notes.akten, l.Akten[0], o.reader.Akte)
	if err != nil || l.Role != clerkRole || akte.ID == "" || akte.Responsible == archive.UserID(l.Actor) {
		return false, err
	}
	if akte.Team == "" {
		return akte.Responsible != "", nil // where nobody is named, it is everybody's of the department
	}
	u, err := known(o.notes.users, l.Actor, o.reader.User)
	return !slices.Contains(u.Teams, akte.Team), err
}
