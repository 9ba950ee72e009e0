package archive

import (
	"slices"
	"time"
)

// Limits of what a user keeps for herself.
const (
	MaxPinned   = 50
	MaxRecent   = 20
	MaxSearches = 50
)

// SearchID names a [SavedSearch].
type SearchID string

// Preferences are how a user wants the pages to be.
type Preferences struct {
	// Language is "de", "en" or, for that of the browser, "".
	Language string `json:"language"`
	// Density is "compact" or "comfortable".
	Density string `json:"density"`
	// Theme is "light", "dark" or, for that of the machine, "".
	Theme string `json:"theme"`
	// Shortcuts says that single keys do something; not everybody can keep from pressing them.
	Shortcuts bool `json:"shortcuts"`
}

// Opened is an Akte with the time it was last opened at.
type Opened struct {
	Akte AkteID    `json:"akte_id"`
	At   time.Time `json:"at"`
}

// SavedSearch is a search that a user keeps to ask it again. Its name and words are personal.
type SavedSearch struct {
	ID      SearchID      `json:"id"`
	Name    string        `json:"name"`
	Text    string        `json:"q"`
	Filters SearchFilters `json:"filters"`
	// Sort is "relevance", "date", "-date" or "".
	Sort string `json:"sort,omitempty"`
	// Notify says that documents which come to fit are noted: see [Notice]. Seen is the outbox sequence number up
	// to which its owner has looked at them.
	Notify bool   `json:"notify,omitempty"`
	Seen   uint64 `json:"seen,omitempty"`
}

// SearchFilters narrow a search; empty ones narrow nothing.
type SearchFilters struct {
	Types           []string `json:"type,omitempty"`
	Registers       []string `json:"register,omitempty"`
	Departments     []string `json:"department,omitempty"`
	Classifications []string `json:"classification,omitempty"`
	// From and To bound the date, both included, "2026-11-21".
	From   string   `json:"date_from,omitempty"`
	To     string   `json:"date_to,omitempty"`
	Akte   AkteID   `json:"akte_id,omitempty"`
	Person PersonID `json:"person_id,omitempty"`
}

// Profile is what a user set and keeps for herself. It gives no right: an Akte named in it may have
// become none of her business.
type Profile struct {
	User UserID `json:"user"`
	Preferences
	// Pinned are Akten she keeps at hand, in the order she pinned them.
	Pinned []AkteID `json:"pinned"`
	// Recent are those she opened last, newest first, each once.
	Recent []Opened `json:"recent"`
	// Purpose is the code of the one she stated last; may be empty.
	Purpose  string        `json:"purpose,omitempty"`
	Searches []SavedSearch `json:"searches"`
}

// NewProfile is the profile of a user who has set nothing yet.
func NewProfile(user UserID) Profile {
	return Profile{User: user, Preferences: Preferences{Density: "compact", Shortcuts: true}}
}

// Check returns the first [*FieldError].
func (p Preferences) Check() error {
	switch {
	case !slices.Contains([]string{"", "de", "en"}, p.Language):
		return unknown("/language")
	case p.Density != "compact" && p.Density != "comfortable":
		return unknown("/density")
	case !slices.Contains([]string{"", "light", "dark"}, p.Theme):
		return unknown("/theme")
	}
	return nil
}

// Search returns the saved search of an ID; nil where there is none.
func (p *Profile) Search(id SearchID) *SavedSearch {
	i := slices.IndexFunc(p.Searches, func(s SavedSearch) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Searches[i]
}

// Opened puts an Akte in front of the recent ones; the oldest one may fall out.
func (p *Profile) Opened(akte AkteID, at time.Time) {
	recent := slices.DeleteFunc(slices.Clone(p.Recent), func(o Opened) bool { return o.Akte == akte })
	recent = slices.Insert(recent, 0, Opened{Akte: akte, At: at})
	p.Recent = recent[:min(len(recent), MaxRecent)]
}

// Normalise brings a search into the form that is stored, or returns the first [*FieldError]. Keys of
// types and the like are not looked up: a search outlives the policies it was made under.
func (s *SavedSearch) Normalise() (err error) {
	if s.Name, err = NormaliseText("/name", s.Name, maxName, false); err != nil {
		return err
	}
	if s.Name == "" {
		return required("/name")
	}
	if s.Text, err = NormaliseText("/q", s.Text, maxNote, false); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "relevance", "date", "-date"}, s.Sort) {
		return unknown("/sort")
	}
	return s.Filters.check()
}

// Filtered reports whether it is narrowed by more than its words.
func (s SavedSearch) Filtered() bool {
	f := s.Filters
	return len(f.Types)+len(f.Registers)+len(f.Departments)+len(f.Classifications) > 0 || f.From+f.To != "" || f.Akte != "" || f.Person != ""
}

func (f SearchFilters) check() error {
	for _, list := range []struct {
		pointer string
		keys    []string
	}{{"/filters/type", f.Types}, {"/filters/register", f.Registers}, {"/filters/department", f.Departments}, {"/filters/classification", f.Classifications}} {
		if len(list.keys) > maxParts*2 {
			return &FieldError{Pointer: list.pointer, Code: "too_many"}
		}
		for _, key := range list.keys {
			if _, err := NormaliseText(list.pointer, key, maxName, false); err != nil {
				return err
			}
		}
	}
	if err := checkDay("/filters/date_from", f.From); err != nil {
		return err
	}
	if err := checkDay("/filters/date_to", f.To); err != nil {
		return err
	}
	if _, err := ParseID[AkteID](string(f.Akte)); f.Akte != "" && err != nil {
		return unknown("/filters/akte_id")
	}
	if _, err := ParseID[PersonID](string(f.Person)); f.Person != "" && err != nil {
		return unknown("/filters/person_id")
	}
	return nil
}
