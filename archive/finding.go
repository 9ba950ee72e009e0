package archive

import (
	"slices"
	"time"
)

// FindingID names a [Finding].
type FindingID string

// What a finding is at.
const (
	// FindingOpen: nobody has looked into it.
	FindingOpen = "open"
	// FindingReview: somebody looks into it.
	FindingReview = "review"
	// FindingProposed: an outcome was written down and waits for a second person.
	FindingProposed = "proposed"
	// FindingClosed: a second person agreed.
	FindingClosed = "closed"
)

// Outcomes of a review.
const (
	// FindingLawful: there was a reason, which the note names.
	FindingLawful = "lawful"
	// FindingMistake: it was a mistake that harmed nobody.
	FindingMistake = "mistake"
	// FindingBreach: there was no right to it; what follows is decided elsewhere.
	FindingBreach = "breach"
)

// Bounds of a finding.
const (
	// FindingPlaces is how many entries of the trail it names; of more it knows the number.
	FindingPlaces = 50
	// FindingSteps is after how many steps of a review it can only be closed.
	FindingSteps = 50
)

// TrailPlace is the place of an entry of the trail.
type TrailPlace struct {
	Year int   `json:"year"`
	Seq  int64 `json:"seq"`
}

// Finding is something in the trail that an explainable rule holds for unusual, and what came of looking into it. It is
// no verdict: many have a good reason. It ends with the entries it is about, which are kept until it is closed.
type Finding struct {
	ID FindingID
	// Rule is what struck. Same names the matter: what belongs to it later joins it while it is not closed.
	Rule, Same string
	// Actor is whose acts it is about.
	Actor UserID
	// Places are the entries, oldest first, all of one year; Count is how many there are in all, First and Last when.
	Places      []TrailPlace
	Count       int
	First, Last time.Time
	// Figure is what the rule counted, such as different Akten; 0 where it counts nothing.
	Figure int
	State  string
	Steps  []FindingStep
	// Revision counts changes from 1.
	Revision int64
}

// FindingStep is what somebody did about a finding.
type FindingStep struct {
	By UserID
	At time.Time
	// State is the one it led to, Outcome what was proposed; empty where nothing was.
	State, Outcome string
	Note           string
}

// Year is the year whose entries it is about.
func (f Finding) Year() int {
	if len(f.Places) == 0 {
		return 0
	}
	return f.Places[0].Year
}

// Proposal is the step that proposed the present outcome; the zero one where none is.
func (f Finding) Proposal() FindingStep {
	if f.State != FindingProposed && f.State != FindingClosed {
		return FindingStep{}
	}
	for _, s := range slices.Backward(f.Steps) {
		if s.State == FindingProposed {
			return s
		}
	}
	return FindingStep{}
}

// FindingOutcomes are the outcomes a review may have, in order.
func FindingOutcomes() []string { return []string{FindingLawful, FindingMistake, FindingBreach} }

// Normalise brings a step into the form that is stored, or returns the first [*FieldError].
func (s *FindingStep) Normalise() (err error) {
	if s.Outcome != "" && !slices.Contains(FindingOutcomes(), s.Outcome) {
		return unknown("/outcome")
	}
	if s.State == FindingProposed && s.Outcome == "" {
		return required("/outcome")
	}
	if s.Note, err = NormaliseText("/note", s.Note, maxNote, true); err == nil && s.Note == "" {
		err = required("/note")
	}
	return err
}

// TrailTally counts what happened on a day, of all together and never of one account.
type TrailTally struct {
	// Day is one in the authority's time zone, "2026-11-22".
	Day string
	// Queries, Disclosures and Refusals are acts of people: looks at content and searches, what left the system, and what
	// was refused.
	Queries, Disclosures, Refusals int64
}
