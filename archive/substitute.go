package archive

import (
	"fmt"
	"time"
)

// SubstituteID names a [Substitute].
type SubstituteID string

// SubstituteDays is for how many days from its first one on somebody may stand in.
const SubstituteDays = 180

// Substitute says that somebody stands in for a colleague (Vertretung): through the pairs that both have she sees the
// Akten of the colleague's teams, too.
type Substitute struct {
	ID SubstituteID `json:"id"`
	// Absent is who is away, User who stands in.
	Absent UserID `json:"absent_id"`
	User   UserID `json:"user_id"`
	// Department is where she does, Pairs the absent one's pairs there, all of which she had herself when it was said.
	Department string `json:"department"`
	Pairs      []Pair `json:"pairs"`
	// From and Until are its first and last day, "2026-12-31" in the authority's time zone.
	From  string    `json:"from"`
	Until string    `json:"until"`
	By    UserID    `json:"by"`
	At    time.Time `json:"at"`
	// EndedBy ended it at EndedAt before its time; both are zero where nobody did.
	EndedBy UserID    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
}

// Holds reports whether it is in force on the day.
func (s Substitute) Holds(day string) bool {
	return s.EndedAt.IsZero() && s.From <= day && day <= s.Until
}

// Normalise brings it into the form that is stored, or returns the first [*FieldError]. It starts today where no day is
// named.
func (s *Substitute) Normalise(today string) error {
	if s.From == "" {
		s.From = today
	}
	if s.Until == "" {
		return required("/until")
	}
	for _, day := range []struct{ pointer, value string }{{"/from", s.From}, {"/until", s.Until}} {
		if err := checkDay(day.pointer, day.value); err != nil {
			return err
		}
	}
	first, err := time.Parse(time.DateOnly, s.From)
	if err != nil {
		return fmt.Errorf("archive: substitute: %w", err)
	}
	if s.From < today {
		return &FieldError{Pointer: "/from", Code: "range", Detail: "not in the past"}
	}
	if s.Until < s.From || s.Until > first.AddDate(0, 0, SubstituteDays).Format(time.DateOnly) {
		return &FieldError{Pointer: "/until", Code: "range", Detail: fmt.Sprintf("%d days at most", SubstituteDays)}
	}
	return nil
}
