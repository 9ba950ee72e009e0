package acl

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
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

// outside reports whether an Akte wasn't in the area of who looked: she did so by a right that was given to her for a time,
// or works on Akten that are given to her, and was neither responsible then nor of the team that kept it. Nobody gets out of
// it by what she makes of the Akte afterwards.
func (o *lookout) outside(l audit.Leaf) (bool, error) {
	if strings.HasPrefix(l.Rule, grantRule) {
		return true, nil
	}
	akte, err := known(o.notes.akten, l.Akten[0], o.reader.Akte)
	if err != nil || l.Role != clerkRole || akte.ID == "" {
		return false, err
	}
	akte, sure, err := o.akteAt(akte, l)
	switch {
	case err != nil || sure && akte.Responsible == archive.UserID(l.Actor):
		return false, err
	case !sure:
		return true, nil
	}
	if akte.Team == "" {
		return akte.Responsible != "", nil // where nobody is named, it is everybody's of the department
	}
	u, err := known(o.notes.users, l.Actor, o.reader.User)
	return !slices.Contains(u.Teams, akte.Team), err
}

// akteAt is an Akte with who was responsible for it, and the team that kept it, when an entry was made: as the first change
// after it found them. sure is false where that can't be read any more.
func (o *lookout) akteAt(akte archive.Akte, l audit.Leaf) (then archive.Akte, sure bool, err error) {
	f := archive.TrailFilter{Akte: akte.ID, Op: string(audit.OpAkteChange), Result: string(audit.Allow), From: l.When(), Most: unusualLooked}
	then, sure = akte, true
	for row, err := range o.reader.Trail(f, "") { // the newest first
		if errors.Is(err, archive.ErrUnfinished) {
			return akte, false, nil
		}
		if err != nil {
			return akte, false, err
		}
		if c := row.Value.Leaf; c.Log != l.Log || c.Seq > l.Seq {
			then, sure = foundBy(row.Value, akte)
		}
	}
	return then, sure, nil
}

// foundBy is an Akte with what a change of it found.
func foundBy(change archive.TrailEntry, akte archive.Akte) (archive.Akte, bool) {
	for _, part := range change.Parts {
		var said struct {
			Before *struct {
				Team        string         `json:"team"`
				Responsible archive.UserID `json:"responsible"`
			} `json:"before"`
		}
		if json.Unmarshal(part.Text, &said) == nil && said.Before != nil {
			akte.Team, akte.Responsible = said.Before.Team, said.Before.Responsible
			return akte, true
		}
	}
	return akte, false
}
