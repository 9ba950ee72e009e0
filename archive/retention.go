package archive

import (
	"time"

	"eakte/policies"
)

// Closing says since when an Akte is closed, and how long it is kept (Aufbewahrung).
type Closing struct {
	// On is the day on which it was closed, "2026-12-31".
	On string `json:"on"`
	// Rule is the key of the rule of retention it is kept by; empty: it is kept as long as its unit of the file plan says,
	// counted from On.
	Rule string `json:"rule,omitempty"`
	// From is the day on which that happened which the rule names, such as a death; empty: it isn't known, and the term
	// doesn't run.
	From string `json:"from,omitempty"`
}

// Since is the day from which the term counts; empty: it doesn't run.
func (c Closing) Since() string {
	if c.Rule == "" {
		return c.On
	}
	return c.From
}

// Normalise brings rule and day into the form that is stored, or returns the first [*FieldError]. today is "2026-11-21".
func (c *Closing) Normalise(set *policies.Set, today string) error {
	if c.Rule == "" {
		c.From = ""
		return nil
	}
	if r, ok := set.Retention(c.Rule); !ok || r.Covers != policies.CoversAkte {
		return unknown("/rule")
	}
	if err := checkDay("/from", c.From); err != nil {
		return err
	}
	// An entry ban may end in years to come.
	now, err := time.Parse(time.DateOnly, today)
	if err != nil || c.From > now.AddDate(maxTermYears, 0, 0).Format(time.DateOnly) {
		return &FieldError{Pointer: "/from", Code: "range"}
	}
	return nil
}

// maxTermYears is how far ahead a day may lie that a term counts from, or on which a hold ends.
const maxTermYears = 50

// LegalHold keeps an Akte beyond its term, because it is still needed: a lawsuit, an inquiry (Löschsperre).
type LegalHold struct {
	Reason string `json:"reason"`
	// Until is its last day, "2026-12-31".
	Until string    `json:"until"`
	By    UserID    `json:"by"`
	At    time.Time `json:"at"`
}

// Holds reports whether the hold is in force on the day. A nil hold never is.
func (h *LegalHold) Holds(day string) bool { return h != nil && day <= h.Until }

// Normalise brings a hold into the form that is stored, or returns the first [*FieldError].
func (h *LegalHold) Normalise(today string) error {
	var err error
	if h.Reason, err = because("/reason", h.Reason); err != nil {
		return err
	}
	if h.Until == "" {
		return required("/until")
	}
	if err := checkDay("/until", h.Until); err != nil {
		return err
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil || h.Until < today || h.Until > now.AddDate(maxTermYears, 0, 0).Format(time.DateOnly) {
		return &FieldError{Pointer: "/until", Code: "range"}
	}
	return nil
}

// ClosedAkte is a closed Akte in the list of those that are kept by the same rule.
type ClosedAkte struct {
	Akte AkteID
	// Since is the day from which its term counts; empty: it doesn't run.
	Since string
}

// Offer is that of a closed Akte to the archive (Anbietung).
type Offer struct {
	// On is the day on which it was offered, "2026-12-31".
	On string `json:"on"`
	// Answer is [OfferTaken] or [OfferDeclined]; empty while there is none. Answered is its day.
	Answer   string `json:"answer,omitempty"`
	Answered string `json:"answered,omitempty"`
}

// Answers of an archive.
const (
	// OfferTaken: the Akte is worth keeping, and the archive takes it over.
	OfferTaken = "taken"
	// OfferDeclined: it isn't, and may be erased.
	OfferDeclined = "declined"
)
