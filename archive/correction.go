package archive

import (
	"slices"
	"strings"
	"time"

	"eakte/archive/audit"
	"eakte/policies"
)

// CorrectionID names a [Correction].
type CorrectionID string

// States of a correction.
const (
	// CorrectionMade: the values are those that it says (Art. 16 GDPR).
	CorrectionMade = "made"
	// CorrectionRefused: the person asked for it, and nothing was changed; the reason says why.
	CorrectionRefused = "refused"
)

// What a correction is about.
const (
	FieldOfName          = "name"
	FieldOfBirthDate     = "birth_date"
	FieldOfSex           = "sex"
	FieldOfNationalities = "nationalities"
	FieldOfAZRNumber     = "azr_number"
)

// What became of telling a recipient (Art. 19 GDPR).
const (
	RecipientOpen             = "open"
	RecipientTold             = "told"
	RecipientImpossible       = "impossible"
	RecipientDisproportionate = "disproportionate"
)

// CorrectionGround is why a value that stood is replaced.
type CorrectionGround struct {
	Key   string
	Label policies.Label
	// Stood says that the value before was right while it stood: a name stays findable as a former one, and nobody was told
	// anything wrong. Asked says that the day on which the person asked has to be named.
	Stood, Asked bool
}

// CorrectionGrounds are all grounds there are.
func CorrectionGrounds() []CorrectionGround {
	return []CorrectionGround{
		{Key: "written", Label: policies.Label{DE: "Falsch geschrieben oder erfasst", EN: "Written down wrongly"}},
		{Key: "law", Label: policies.Label{DE: "Rechtlich geändert (Ehe, Einbürgerung, Gericht)", EN: "Changed by law (marriage, naturalisation, court)"}, Stood: true},
		{Key: "identity", Label: policies.Label{DE: "Identität neu nachgewiesen", EN: "Identity proven anew"}},
		{Key: "request", Label: policies.Label{DE: "Auf Verlangen der Person (Art. 16 DSGVO)", EN: "At the person's request (Art. 16 GDPR)"}, Asked: true},
	}
}

// CorrectionGroundOf finds a ground.
func CorrectionGroundOf(key string) (CorrectionGround, bool) {
	all := CorrectionGrounds()
	at := slices.IndexFunc(all, func(g CorrectionGround) bool { return g.Key == key })
	if at < 0 {
		return CorrectionGround{}, false
	}
	return all[at], true
}

// Correction is that values of a person were replaced, or that this was refused to her: all of it is sealed under her key but
// ID, By, At and Revision.
type Correction struct {
	ID     CorrectionID
	Person PersonID
	// State is [CorrectionMade] or [CorrectionRefused].
	State string
	// Ground is the key of one of [CorrectionGrounds]; empty where it was refused.
	Ground string
	// Reason is in somebody's own words; it may be empty unless it was refused.
	Reason string
	// AskedOn is the day on which the person asked for it; empty where nobody did.
	AskedOn string
	// Proof is the document that shows it; empty without one, or once that is erased.
	Proof DocumentID
	// Statement is what the person herself says where it was refused to her.
	Statement string
	// Values are what was replaced; none where it was refused.
	Values []CorrectedValue
	// Through is a sealed Akte through which it was made: words and proof stay with who may see that, as in [Particular].
	Through AkteID
	By      UserID
	At      time.Time
	// Recipients are those to whom data of the person went while a wrong value stood. Cut says that there was more in the
	// trail than is looked through.
	Recipients []CorrectionRecipient
	Cut        bool
	// Revision counts changes from 1.
	Revision int64
}

// CorrectedValue is what was said before and is now. A zero value says nothing: there was none, or there is none any more.
type CorrectedValue struct {
	Field    string
	Old, New PersonValue
}

// PersonValue is a name, a birth date, or the text of another field.
type PersonValue struct {
	Name      Name
	BirthDate BirthDate
	Text      string
}

const (
	// maxStatement is in runes: a person may say more than a clerk.
	maxStatement = 5000
	nameFormer   = "former"
	// CorrectionsKept is how many a person has at most.
	CorrectionsKept = 200
)

// IsZero reports whether it says nothing.
func (v PersonValue) IsZero() bool { return v == PersonValue{} }

// same reports whether both say the same; a date may be written differently.
func (v PersonValue) same(o PersonValue) bool {
	return sameName(v.Name, o.Name) && v.BirthDate.String() == o.BirthDate.String() && v.Text == o.Text
}

func sameName(a, b Name) bool {
	born := a.BirthDate.String() == b.BirthDate.String()
	a.BirthDate, b.BirthDate = BirthDate{}, BirthDate{}
	return born && a == b
}

// Replaces reports whether a name or birth date that stood is another now or gone: nobody does that without a ground.
func (v CorrectedValue) Replaces() bool {
	return (v.Field == FieldOfName || v.Field == FieldOfBirthDate) && !v.Old.IsZero()
}

// CorrectionRecipient is somebody outside to whom data of the person went, and whether she was told.
type CorrectionRecipient struct {
	At   time.Time
	Name string
	// Reason is why it went there; empty where the purpose said it.
	Reason string
	Op     audit.Op
	// Akten are those through which it went, Document the piece, empty where it was several.
	Akten    []AkteID
	Document DocumentID
	// State is [RecipientOpen] until somebody says what became of it; On is the day on which she was told, Note how, or why
	// nobody tells her.
	State, On, Note string
	By              UserID
	Said            time.Time
}

// Open reports whether somebody waits to be told.
func (c Correction) Open() bool {
	return slices.ContainsFunc(c.Recipients, func(r CorrectionRecipient) bool { return r.State == RecipientOpen })
}

// Forget takes out what names an Akte, or a document, that is erased: the proof, the Akte through which it was made, and those
// to whom only that went. It reports whether anything did. Words are shown to nobody new for it: what a seal lies on isn't erased.
func (c *Correction) Forget(akte AkteID, document DocumentID) (changed bool) {
	if document != "" && c.Proof == document {
		c.Proof, changed = "", true
	}
	if akte != "" && c.Through == akte {
		c.Through, changed = "", true
	}
	left := []CorrectionRecipient{}
	for _, r := range c.Recipients {
		lost := document != "" && r.Document == document
		if akte != "" && slices.Contains(r.Akten, akte) {
			r.Akten = slices.DeleteFunc(slices.Clone(r.Akten), func(id AkteID) bool { return id == akte })
			lost, changed = len(r.Akten) == 0, true
		}
		if !lost {
			left = append(left, r)
		}
	}
	changed = changed || len(left) != len(c.Recipients)
	c.Recipients = left
	return changed
}

// Without is the correction as it is for somebody to whom some Akten are shut: where it was made through one of those she
// learns which values changed, for she sees what they are, but neither words nor proof; a refusal never was. ok is false then.
func (c Correction) Without(shut func(AkteID) bool) (_ Correction, ok bool) {
	if c.Through == "" || !shut(c.Through) {
		return c, true
	}
	c.Reason, c.AskedOn, c.Proof, c.Statement, c.Through = "", "", "", "", ""
	return c, c.State != CorrectionRefused
}

// Normalise brings what somebody says of a correction into the form that is stored, or returns the first [*FieldError].
// today is the present day in the authority's time zone.
func (c *Correction) Normalise(today string) (err error) {
	asked := true
	if c.State == CorrectionMade {
		if c.Ground == "" {
			return required("/ground")
		}
		ground, ok := CorrectionGroundOf(c.Ground)
		if !ok {
			return unknown("/ground")
		}
		asked = ground.Asked
	}
	switch err := checkDay("/asked_on", c.AskedOn); {
	case err != nil:
		return err
	case asked && c.AskedOn == "":
		return required("/asked_on")
	case c.AskedOn > today:
		return &FieldError{Pointer: "/asked_on", Code: "future"}
	}
	if c.Reason, err = NormaliseText("/reason", c.Reason, maxNote, true); err != nil {
		return err
	}
	if c.State == CorrectionRefused && c.Reason == "" {
		return required("/reason")
	}
	c.Statement, err = NormaliseText("/statement", c.Statement, maxStatement, true)
	return err
}

// Say notes what became of telling a recipient, or returns the first [*FieldError]. today is the present day in the
// authority's time zone.
func (r *CorrectionRecipient) Say(state, on, note string, by UserID, now time.Time, today string) (err error) {
	if note, err = NormaliseText("/note", note, maxNote, true); err != nil {
		return err
	}
	if err := checkDay("/on", on); err != nil {
		return err
	}
	switch state {
	case RecipientOpen:
		on, note = "", ""
	case RecipientTold:
		switch {
		case on == "":
			return required("/on")
		case on > today:
			return &FieldError{Pointer: "/on", Code: "future"}
		case on < r.At.UTC().Format(time.DateOnly):
			return &FieldError{Pointer: "/on", Code: "before_receipt"}
		}
	case RecipientImpossible, RecipientDisproportionate:
		on = ""
	default:
		return unknown("/state")
	}
	if note == "" && state != RecipientOpen {
		return required("/note")
	}
	r.State, r.On, r.Note, r.By, r.Said = state, on, note, by, now.UTC()
	return nil
}

// Corrected lists what differs between two states of a person, names first.
func Corrected(before, after Person) (out []CorrectedValue) {
	out = correctedNames(before, after)
	for _, f := range []struct {
		field    string
		old, new PersonValue
	}{
		{FieldOfBirthDate, PersonValue{BirthDate: before.BirthDate}, PersonValue{BirthDate: after.BirthDate}},
		{FieldOfSex, PersonValue{Text: before.Sex}, PersonValue{Text: after.Sex}},
		{FieldOfNationalities, PersonValue{Text: codes(before.Nationalities)}, PersonValue{Text: codes(after.Nationalities)}},
		{FieldOfAZRNumber, PersonValue{Text: before.AZRNumber}, PersonValue{Text: after.AZRNumber}},
	} {
		if !f.old.same(f.new) {
			out = append(out, CorrectedValue{f.field, f.old, f.new})
		}
	}
	return out
}

// correctedNames pairs names that are gone with those that are new: those at the same place, then those of the same kind.
func correctedNames(before, after Person) (out []CorrectedValue) {
	gone, fresh := without(before.Names, after.Names), without(after.Names, before.Names)
	pair := func(fits func(was, is int) bool) {
		for i, was := range gone {
			for j, is := range fresh {
				if was >= 0 && is >= 0 && fits(was, is) {
					out = append(out, CorrectedValue{FieldOfName, PersonValue{Name: before.Names[was]}, PersonValue{Name: after.Names[is]}})
					gone[i], fresh[j], was = -1, -1, -1
				}
			}
		}
	}
	pair(func(was, is int) bool { return was == is })
	pair(func(was, is int) bool { return before.Names[was].Kind == after.Names[is].Kind })
	for _, was := range gone {
		if was >= 0 {
			out = append(out, CorrectedValue{Field: FieldOfName, Old: PersonValue{Name: before.Names[was]}})
		}
	}
	for _, is := range fresh {
		if is >= 0 {
			out = append(out, CorrectedValue{Field: FieldOfName, New: PersonValue{Name: after.Names[is]}})
		}
	}
	old, now := PersonValue{Name: before.Leading()}, PersonValue{Name: after.Leading()}
	if len(out) == 0 && !old.same(now) {
		out = append(out, CorrectedValue{FieldOfName, old, now})
	}
	return out
}

// without are the places of names that the others lack; a name that stands twice is looked for twice.
func without(names, others []Name) (out []int) {
	others = slices.Clone(others)
	for i, n := range names {
		at := slices.IndexFunc(others, func(o Name) bool { return sameName(n, o) })
		if at < 0 {
			out = append(out, i)
			continue
		}
		others = slices.Delete(others, at, at+1)
	}
	return out
}

// codes are country codes in one order, for they are a set.
func codes(in []string) string { return strings.Join(slices.Sorted(slices.Values(in)), " ") }

// KeepFormer adds the names that were replaced as former ones, unless the person bears them still.
func (p *Person) KeepFormer(values []CorrectedValue) {
	for _, v := range values {
		old := v.Old.Name
		if v.Field != FieldOfName || v.Old.IsZero() || slices.ContainsFunc(p.Names, func(n Name) bool {
			return n.Family == old.Family && n.Given == old.Given && n.OriginalScript == old.OriginalScript
		}) {
			continue
		}
		old.Kind = nameFormer
		p.Names = append(p.Names, old)
	}
}

// Stood is since when the values that are replaced stood, as far as former corrections tell: else since the person was entered.
func Stood(values []CorrectedValue, former []Correction, entered time.Time) time.Time {
	var since time.Time
	for _, v := range values {
		if v.Old.IsZero() {
			continue
		}
		from := entered
		for _, c := range former {
			for _, f := range c.Values {
				if f.Field == v.Field && f.New.same(v.Old) && c.At.After(from) {
					from = c.At
				}
			}
		}
		if since.IsZero() || from.Before(since) {
			since = from
		}
	}
	return since
}
