package archive

import (
	"slices"
	"time"
)

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
	// Through is the Akte through which it was recorded: who a seal on that shuts out isn't to know it through another. Empty
	// where nobody noted it, as before this was kept, and once that Akte is erased.
	Through AkteID `json:"through,omitempty"`
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
	// Through is the Akte through which it was recorded, as in [Particular].
	Through AkteID `json:"through,omitempty"`
}

// throughs are the Akten through which what is recorded, or was, came.
func (p Particular) throughs() []AkteID {
	out := []AkteID{p.Through}
	for _, f := range p.Former {
		out = append(out, f.Through)
	}
	return out
}

// FromAny reports whether any text, the present one or a former, was recorded through an Akte of that kind.
func (p Particular) FromAny(kind func(AkteID) bool) bool {
	return slices.ContainsFunc(p.throughs(), kind)
}

// Without is the group as it is for somebody to whom some Akten are shut: what was recorded through those was never
// there, so that the text is the newest of the rest and the revision counts these alone. Nothing left is revision 0.
func (p Particular) Without(shut func(AkteID) bool) Particular {
	all := append([]FormerParticular{{Text: p.Text, Note: p.Note, By: p.By, At: p.Changed, Through: p.Through}}, p.Former...)
	all = slices.DeleteFunc(all[:min(len(all), int(p.Revision))], func(f FormerParticular) bool { return shut(f.Through) })
	out := Particular{Person: p.Person, Group: p.Group, Revision: int64(len(all))}
	if len(all) > 0 {
		out.Text, out.Note, out.By, out.Changed, out.Through = all[0].Text, all[0].Note, all[0].By, all[0].At, all[0].Through
		out.Former = all[1:]
	}
	return out
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
	case p.Text != "" && note == "":
		return required("/reason")
	}
	return p.Follow(FormerParticular{Text: text, Note: note, By: by, At: now.UTC()})
}

// Follow puts a text that was checked before what is there, and keeps that.
func (p *Particular) Follow(next FormerParticular) error {
	if len(p.Former) >= maxHistory {
		return &FieldError{Pointer: "/text", Code: "too_many"}
	}
	if p.Revision > 0 {
		before := FormerParticular{Text: p.Text, Note: p.Note, By: p.By, At: p.Changed, Through: p.Through}
		p.Former = append([]FormerParticular{before}, p.Former...)
	}
	p.Text, p.Note, p.By, p.Changed, p.Through = next.Text, next.Note, next.By, next.At, next.Through
	p.Revision++
	return nil
}

// Forget takes out of every text through which Akte it was recorded, where that is erased; it reports whether anything
// changed. Nothing is shown to more people for it: what a seal lies on isn't erased.
func (p *Particular) Forget(akte AkteID) (changed bool) {
	if p.Through == akte {
		p.Through, changed = "", true
	}
	for i := range p.Former {
		if p.Former[i].Through == akte {
			p.Former[i].Through, changed = "", true
		}
	}
	return changed
}
