package archive

import (
	"slices"
	"time"
)

// ConflictID names a [Conflict].
type ConflictID string

// Conflict is a conflict of interest (Befangenheit): a person whose Akten a user must never open, whatever rights she
// has. It is in force as long as it is stored.
type Conflict struct {
	ID     ConflictID `json:"id"`
	User   UserID     `json:"user_id"`
	Person PersonID   `json:"person_id"`
	// Kind is one of [ConflictKinds].
	Kind   string    `json:"kind"`
	Reason string    `json:"reason"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
	// Ending is who asked that it ends, which takes a second person; nil: nobody did.
	Ending *ConflictWord `json:"ending,omitempty"`
}

// ConflictWord is what somebody said about a conflict.
type ConflictWord struct {
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// ConflictKinds returns what a conflict can be: the user's own file, that of a relative, or another reason.
func ConflictKinds() []string { return []string{"own", "relative", "other"} }

// Normalise brings a conflict into the form that is stored, or returns the first [*FieldError].
func (c *Conflict) Normalise() (err error) {
	if !slices.Contains(ConflictKinds(), c.Kind) {
		return unknown("/kind")
	}
	c.Reason, err = because("/reason", c.Reason)
	return err
}

// ConflictReportID names a [ConflictReport].
type ConflictReportID string

// ConflictReport says in words that an account has a conflict of interest, by somebody who can't or must not know
// whether there is an Akte. It shuts nobody out: a lead finds out what it means.
type ConflictReport struct {
	ID   ConflictReportID `json:"id"`
	User UserID           `json:"user_id"`
	// About is whom it is about: a reference number, or a name and what else is known.
	About  string    `json:"about"`
	Kind   string    `json:"kind"`
	Reason string    `json:"reason"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
}

// Normalise brings a report into the form that is stored, or returns the first [*FieldError].
func (c *ConflictReport) Normalise() (err error) {
	if c.About, err = NormaliseText("/about", c.About, maxTitle, false); err != nil {
		return err
	}
	if c.About == "" {
		return required("/about")
	}
	if !slices.Contains(ConflictKinds(), c.Kind) {
		return unknown("/kind")
	}
	c.Reason, err = because("/reason", c.Reason)
	return err
}
