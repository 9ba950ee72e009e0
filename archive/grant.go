package archive

import (
	"fmt"
	"slices"
	"time"

	"eakte/policies"
)

// GrantID names a [Grant].
type GrantID string

// What a grant lets its holder do.
const (
	// GrantRead lets her know that documents are there, find and read them.
	GrantRead = "read"
	// GrantWrite lets her also add and change them, where who gave it may.
	GrantWrite = "write"
)

// GrantDays is for how many days from today on a grant may last.
const GrantDays = 30

// Grant lets somebody do in one Akte, for a time, what the pair of who gave it may do there, or less.
type Grant struct {
	ID   GrantID `json:"id"`
	Akte AkteID  `json:"akte_id"`
	// User is who holds it.
	User UserID `json:"user_id"`
	// Through is the pair of who gave it. It goes on bounding the grant: by its rules as they are, and by the registers in
	// which its department takes part.
	Through Pair `json:"through"`
	// Registers and Classifications narrow it further; neither is empty.
	Registers       []string `json:"registers"`
	Classifications []string `json:"classifications"`
	// Level is [GrantRead] or [GrantWrite].
	Level string `json:"level"`
	// Until is its last day, "2026-12-31" in the authority's time zone.
	Until  string    `json:"until"`
	Reason string    `json:"reason"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
	// EndedBy took it back at EndedAt; both are zero where nobody did.
	EndedBy UserID    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
}

// Holds reports whether it is in force on the day.
func (g Grant) Holds(day string) bool { return g.EndedAt.IsZero() && day <= g.Until }

// Normalise brings it into the form that is stored, or returns the first [*FieldError]. today is the first day on which
// it is in force. Whether it stays within the rights of who gives it is for others to say.
func (g *Grant) Normalise(set *policies.Set, today string) (err error) {
	if g.Level != GrantRead && g.Level != GrantWrite {
		return unknown("/level")
	}
	if err := keysOf("/registers", g.Registers, func(key string) bool { _, ok := set.Register(key); return ok }); err != nil {
		return err
	}
	if err := keysOf("/classifications", g.Classifications, func(key string) bool { _, ok := set.Classification(key); return ok }); err != nil {
		return err
	}
	if g.Until == "" {
		return required("/until")
	}
	if err := checkDay("/until", g.Until); err != nil {
		return err
	}
	first, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return fmt.Errorf("archive: grant: today: %w", err)
	}
	if last := first.AddDate(0, 0, GrantDays).Format(time.DateOnly); g.Until < today || g.Until > last {
		return &FieldError{Pointer: "/until", Code: "range", Detail: fmt.Sprintf("from today on, %d days at most", GrantDays)}
	}
	g.Reason, err = neededReason(g.Reason)
	return err
}

// keysOf checks that there is a list of known keys, each once.
func keysOf(pointer string, keys []string, known func(string) bool) error {
	if len(keys) == 0 {
		return required(pointer)
	}
	for i, key := range keys {
		at := fmt.Sprintf("%s/%d", pointer, i)
		if !known(key) {
			return unknown(at)
		}
		if slices.Contains(keys[:i], key) {
			return &FieldError{Pointer: at, Code: "duplicate"}
		}
	}
	return nil
}

// neededReason is a reason as it is stored.
func neededReason(reason string) (string, error) {
	reason, err := NormaliseText("/reason", reason, maxNote, true)
	if err == nil && reason == "" {
		err = required("/reason")
	}
	return reason, err
}
