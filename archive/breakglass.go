package archive

import "time"

// BreakGlassID names a [BreakGlass].
type BreakGlassID string

// What an officer finds of a [BreakGlass].
const (
	// ReviewInOrder: there was a need.
	ReviewInOrder = "in_order"
	// ReviewFollowUp: it is to be followed up.
	ReviewFollowUp = "follow_up"
	// ReviewNone: it is an inspection, which nobody reviews.
	ReviewNone = "inspection"
)

// BreakGlass is a Notzugriff: a caseworker opened, for an hour and to read, an Akte that her rights don't open; or an
// inspection (Kontrolle): data protection did.
type BreakGlass struct {
	ID   BreakGlassID `json:"id"`
	Akte AkteID       `json:"akte_id"`
	User UserID       `json:"user_id"`
	// Through is the pair in whose place she read: that of the caseworkers of the department that led the Akte then.
	Through Pair      `json:"through"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	// Until is when it ends by itself.
	Until time.Time `json:"until"`
	// Inspection says that it is one.
	Inspection bool `json:"inspection,omitempty"`
	// Review is what data protection found; nil: it waits.
	Review *Review `json:"review,omitempty"`
}

// Review is the word of data protection on a [BreakGlass].
type Review struct {
	// State is [ReviewInOrder] or [ReviewFollowUp].
	State string    `json:"state"`
	Note  string    `json:"note"`
	By    UserID    `json:"by"`
	At    time.Time `json:"at"`
}

// Holds reports whether it is in force at a moment.
func (b BreakGlass) Holds(now time.Time) bool { return !now.Before(b.At) && now.Before(b.Until) }

// ReviewState is that of the review, "" while it waits.
func (b BreakGlass) ReviewState() string {
	if b.Inspection {
		return ReviewNone
	}
	if b.Review == nil {
		return ""
	}
	return b.Review.State
}

// Normalise brings the reason into the form that is stored, or returns a [*FieldError].
func (b *BreakGlass) Normalise() (err error) {
	b.Reason, err = neededReason(b.Reason)
	return err
}

// Normalise brings it into the form that is stored, or returns the first [*FieldError].
func (r *Review) Normalise() (err error) {
	if r.State != ReviewInOrder && r.State != ReviewFollowUp {
		return unknown("/state")
	}
	if r.Note, err = NormaliseText("/note", r.Note, maxNote, true); err != nil {
		return err
	}
	if r.Note == "" && r.State == ReviewFollowUp {
		return required("/note")
	}
	return nil
}
