package archive

import "time"

// Name is one spelling under which a person is known. An alias may carry a birth date
// and nationality of its own, for an alias is a whole identity (AufenthV § 64).
type Name struct {
	// Kind is "official", "birth", "former", "alias" or "spelling".
	Kind string `json:"kind"`
	// Family and Given are in NFC and pass DIN 91379 data type A; one of them may be
	// empty, for not everybody has both.
	Family string `json:"family"`
	Given  string `json:"given"`
	// OriginalScript is the name as its owner writes it, in any script; may be empty.
	OriginalScript string `json:"original_script,omitempty"`
	// BirthDate is the date that goes with this alias, where it differs.
	BirthDate BirthDate `json:"birth_date,omitzero"`
	// Nationality is the ISO 3166-1 alpha-3 code that goes with this alias, where it differs.
	Nationality string `json:"nationality,omitempty"`
}

// Person is a human being the authority deals with. Everything but ID, EnteredBy, Revision
// and the times is personal and sealed at rest under the person's own key.
type Person struct {
	ID PersonID `json:"id"`
	// Names holds at least one; the first official one leads.
	Names     []Name    `json:"names"`
	BirthDate BirthDate `json:"birth_date,omitzero"`
	// Sex is "f", "m", "x" (diverse) or "" (unknown), as in ISO/IEC 5218 terms of the register.
	Sex string `json:"sex,omitempty"`
	// Nationalities are ISO 3166-1 alpha-3 codes, or "XXA" (stateless), "XXX" (unknown).
	Nationalities []string `json:"nationalities,omitempty"`
	// AZRNumber is the number in the central register of foreigners, digits only; found
	// through a keyed hash.
	AZRNumber string `json:"azr_number,omitempty"`
	// EnteredBy is the department that entered the person and sees her while she has no Akte.
	EnteredBy string `json:"entered_by"`
	// Protected hides the person from [eakte/acl.Desk] locate (ban on disclosure, § 51 BMG).
	Protected bool `json:"protected,omitempty"`
	// Created and Changed are UTC.
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
	// Revision counts edits from 1; an edit must name the one it saw.
	Revision int64 `json:"revision"`
}

// Leading returns the name under which the person is filed: the first official one, else
// the first of all.
func (p Person) Leading() Name {
	for _, n := range p.Names {
		if n.Kind == "official" {
			return n
		}
	}
	if len(p.Names) == 0 {
		return Name{}
	}
	return p.Names[0]
}
