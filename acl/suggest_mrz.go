package acl

import (
	"time"

	"eakte/ingest/read/mrz"
)

// Fields that a machine-readable zone makes suggestions for.
const (
	SuggestFamily      = "family"
	SuggestGiven       = "given"
	SuggestBirth       = "birth_date"
	SuggestDocument    = "document_number"
	SuggestNationality = "nationality"
	SuggestExpiry      = "expiry"
)

// zone finds a machine-readable zone: its lines stand as one word each. What its check digits contradict is
// suggested as doubtful. Names are in the zone's letters; how they are written in full isn't guessed.
func (p printed) zone(now time.Time) (out []Suggestion) {
	var lines []string
	var at []int
	for i, w := range p.Words {
		if mrz.Looks(w.Text) {
			lines, at = append(lines, w.Text), append(at, i)
		}
	}
	z, found := mrz.Parse(lines, now)
	if !found {
		return nil
	}
	// data is the line with the dates, name that with the names, id that with the number.
	name, id, data := 0, 1, 1
	if z.Kind == mrz.TD1 {
		name, id, data = 2, 0, 1
	}
	for _, s := range []struct {
		field, value string
		line         int
		check        string
	}{
		{SuggestFamily, z.Family, name, ""}, {SuggestGiven, z.Given, name, ""},
		{SuggestBirth, z.Birth, data, mrz.FieldBirth}, {SuggestDocument, z.Number, id, mrz.FieldNumber},
		{SuggestNationality, z.Nationality, data, ""}, {SuggestExpiry, z.Expiry, data, mrz.FieldExpiry},
	} {
		if s.value == "" {
			continue
		}
		word := at[z.First+s.line]
		said := p.at(s.field, s.value, word, word+1)
		said.Doubt = s.check != "" && !z.Sound(s.check)
		out = append(out, said)
	}
	return out
}
