package archive

import (
	"fmt"
	"time"

	"eakte/policies"
)

// Limits of a version of the access rules: rules are for reading.
const (
	MaxPolicyFiles = 64
	// MaxPolicyBytes is the size of all files together.
	MaxPolicyBytes = 1 << 20
)

// States of a [Policy].
const (
	// PolicyProposed waits for the word of a second person.
	PolicyProposed = "proposed"
	// PolicyDeclined was turned down.
	PolicyDeclined = "declined"
	// PolicyActive is in force: at most one is.
	PolicyActive = "active"
	// PolicyReplaced was in force.
	PolicyReplaced = "replaced"
)

// Policy is a version of the access rules: the files of access/ as they were proposed. It never changes but for what
// became of it.
type Policy struct {
	// Number counts versions from 1.
	Number int
	State  string
	// Folder says that nobody proposed it: it is what the rules said, by the configured folder or the program itself,
	// when the first other version was proposed.
	Folder bool
	// Base is the version that was in force when it was proposed, and once it came into force the one that it
	// replaced; 0 for none.
	Base int
	// From is the older version that it goes back to; 0: none.
	From  int
	Files []policies.RuleFile
	// Reason is why it was proposed.
	Reason string
	By     UserID
	At     time.Time
	// Judged is the word of the second person; nil: nobody has said it.
	Judged *PolicyJudgement
	// Ended is when another version took its place.
	Ended    time.Time
	Revision int64
}

// PolicyJudgement is what was said to a proposed version.
type PolicyJudgement struct {
	Approved bool
	By       UserID
	At       time.Time
	// Reason is why; needed to turn it down.
	Reason string
}

// Since is when it came into force; zero: never, or before anybody wrote that down.
func (p Policy) Since() time.Time {
	if p.Judged == nil || !p.Judged.Approved {
		return time.Time{}
	}
	return p.Judged.At
}

// InForce reports whether it was in force at a time.
func (p Policy) InForce(at time.Time) bool {
	if p.State != PolicyActive && p.State != PolicyReplaced {
		return false
	}
	return !p.Since().After(at) && (p.Ended.IsZero() || at.Before(p.Ended))
}

// Normalise brings what people wrote into the form that is stored, or returns the first [*FieldError].
func (p *Policy) Normalise() (err error) {
	if p.Reason, err = NormaliseText("/reason", p.Reason, maxNote, true); err != nil {
		return err
	}
	if p.Reason == "" && !p.Folder {
		return required("/reason")
	}
	if len(p.Files) == 0 {
		return required("/file")
	}
	if len(p.Files) > MaxPolicyFiles {
		return &FieldError{Pointer: "/file", Code: "too_many", Detail: fmt.Sprintf("at most %d files", MaxPolicyFiles)}
	}
	size := 0
	for _, f := range p.Files {
		size += len(f.Data)
	}
	if size > MaxPolicyBytes {
		return &FieldError{Pointer: "/file", Code: "too_long", Detail: fmt.Sprintf("at most %d bytes", MaxPolicyBytes)}
	}
	return nil
}

// Normalise brings what was said into the form that is stored, or returns a [*FieldError].
func (j *PolicyJudgement) Normalise() (err error) {
	if j.Reason, err = NormaliseText("/reason", j.Reason, maxNote, true); err != nil {
		return err
	}
	if j.Reason == "" && !j.Approved {
		return required("/reason")
	}
	return nil
}
