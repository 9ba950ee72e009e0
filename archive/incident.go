package archive

import (
	"slices"
	"time"
)

// IncidentID names an [Incident].
type IncidentID string

// States of an incident.
const (
	// IncidentOpen: it is looked into.
	IncidentOpen = "open"
	// IncidentProposed: what is to be said of it is said, and a second person has the word.
	IncidentProposed = "proposed"
	// IncidentClosed: she agreed.
	IncidentClosed = "closed"
)

const (
	// IncidentClock is within which time of its becoming known a breach is to be notified (Art. 33 (1) GDPR).
	IncidentClock = 72 * time.Hour
	// IncidentSteps is after how many steps it can only be closed.
	IncidentSteps = 100
)

// IncidentRisks are how a breach is weighed: unlikely to be a risk, a risk (the authority is notified, Art. 33), or a high
// one (those concerned are told, too, Art. 34).
func IncidentRisks() []string { return []string{"unlikely", "risk", "high"} }

// Incident is a breach of the protection of personal data (Art. 33 GDPR), as far as somebody writes it down. Whom it affects
// is computed from the trail, for as long as that holds the entries.
type Incident struct {
	ID IncidentID
	// Title and What say what happened; KnownSince is when the authority came to know of it.
	Title, What string
	KnownSince  time.Time
	// Actor is whose acts it is about, empty where they are everybody's; From and To bound them, To is not included.
	Actor    UserID
	From, To time.Time
	// Measures are what was done against it, Assessment what may come of it for those concerned, and Risk one of
	// [IncidentRisks]; each may be empty until it is to be closed.
	Measures, Assessment, Risk string
	// Notified is when the supervisory authority was told, Told when those concerned were; zero: not yet, or there is no need.
	Notified, Told time.Time
	State          string
	Steps          []IncidentStep
	By             UserID
	At             time.Time
	// Revision counts changes from 1.
	Revision int64
}

// IncidentStep is something that was done about an incident.
type IncidentStep struct {
	By UserID
	At time.Time
	// State is the one it led to.
	State string
	Note  string
}

// Deadline is until when it is to be notified.
func (i Incident) Deadline() time.Time { return i.KnownSince.Add(IncidentClock) }

// Proposer is who said what is to be said of it; empty where nobody did.
func (i Incident) Proposer() UserID {
	for _, s := range slices.Backward(i.Steps) {
		if s.State == IncidentProposed {
			return s.By
		}
	}
	return ""
}

// Normalise brings what people wrote into the form that is stored, or returns the first [*FieldError].
func (i *Incident) Normalise(now time.Time) (err error) {
	for _, f := range []struct {
		at     string
		text   *string
		limit  int
		needed bool
	}{{"/title", &i.Title, maxTitle, true}, {"/what", &i.What, 2 * maxNote, true}, {"/measures", &i.Measures, 2 * maxNote, false}, {"/assessment", &i.Assessment, 2 * maxNote, false}} {
		if *f.text, err = NormaliseText(f.at, *f.text, f.limit, f.at != "/title"); err != nil {
			return err
		}
		if f.needed && *f.text == "" {
			return required(f.at)
		}
	}
	if i.Risk != "" && !slices.Contains(IncidentRisks(), i.Risk) {
		return unknown("/risk")
	}
	for _, f := range []struct {
		at     string
		moment time.Time
		needed bool
	}{{"/known_since", i.KnownSince, true}, {"/from", i.From, true}, {"/notified", i.Notified, false}, {"/told", i.Told, false}} {
		switch {
		case f.needed && f.moment.IsZero():
			return required(f.at)
		case f.moment.After(now):
			return &FieldError{Pointer: f.at, Code: "future"}
		}
	}
	if !i.To.IsZero() && !i.From.Before(i.To) {
		return &FieldError{Pointer: "/to", Code: "range"}
	}
	return nil
}

// Whole is the first [*FieldError] of what has to be said before it can be closed.
func (i Incident) Whole() error {
	switch {
	case i.Measures == "":
		return required("/measures")
	case i.Assessment == "":
		return required("/assessment")
	case i.Risk == "":
		return required("/risk")
	case i.Risk != "unlikely" && i.Notified.IsZero():
		return required("/notified")
	case i.Risk == "high" && i.Told.IsZero():
		return required("/told")
	}
	return nil
}
