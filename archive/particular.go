package archive

import "time"

// Particular is what is recorded of a person in one group of fields (see policies.FieldGroup) that only some may read. It
// is no part of [Person], so that nothing that shows or records a person shows it.
type Particular struct {
	Person PersonID `json:"person_id"`
	// Group is the key of the group.
	Group string `json:"group"`
	// Text is what is known; empty: it was taken away.
	Text string `json:"text"`
	// Note says why it was changed last, By who did, and Changed when, in UTC.
	Note    string    `json:"note,omitempty"`
	By      UserID    `json:"by"`
	Changed time.Time `json:"changed"`
	// Former are the texts before, newest first; all of them, so that there are at most 200 changes.
	Former []FormerParticular `json:"former,omitempty"`
	// Revision counts changes from 1; a change must name the one it saw, 0 where there was none.
	Revision int64 `json:"revision"`
}

// FormerParticular is a text that was corrected: what it said, and who said so when and why.
type FormerParticular struct {
	Text string    `json:"text"`
	Note string    `json:"note,omitempty"`
	By   UserID    `json:"by"`
	At   time.Time `json:"at"`
}

// Change replaces the text, keeps the one before, and returns the first [*FieldError]. Whoever replaces something says why.
func (p *Particular) Change(text, note string, by UserID, now time.Time) (err error) {
	if text, err = NormaliseText("/text", text, maxNote, true); err != nil {
		return err
	}
	if note, err = NormaliseText("/reason", note, maxNote, true); err != nil {
		return err
	}
	switch {
	case p.Revision == 0 && text == "":
		return required("/text")
	case p.Revision > 0 && text == p.Text:
		return &FieldError{Pointer: "/text", Code: "unchanged"}
	case len(p.Former) >= maxHistory:
		return &FieldError{Pointer: "/text", Code: "too_many"}
	case p.Text != "" && note == "":
		return required("/reason")
	}
	if p.Revision > 0 {
		before := FormerParticular{Text: p.Text, Note: p.Note, By: p.By, At: p.Changed}
		p.Former = append([]FormerParticular{before}, p.Former...)
	}
	p.Text, p.Note, p.By, p.Changed = text, note, by, now.UTC()
	p.Revision++
	return nil
}
