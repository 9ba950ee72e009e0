package acl

import (
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/ingest/bundle"
)

// InquiryCorrection is what was corrected of a person, or refused to be.
type InquiryCorrection struct {
	At time.Time `json:"at"`
	// State is "made" or "refused", Ground why it was made.
	State     string                `json:"state"`
	Ground    InquiryTerm           `json:"ground,omitzero"`
	Reason    string                `json:"reason,omitempty"`
	AskedOn   string                `json:"asked_on,omitempty"`
	Statement string                `json:"statement,omitempty"`
	Values    []InquiryCorrected    `json:"values,omitempty"`
	Told      []InquiryRecipientEnd `json:"recipients,omitempty"`
}

// InquiryCorrected is a value before and after; empty where there was none.
type InquiryCorrected struct {
	Field InquiryTerm `json:"field"`
	Old   string      `json:"old,omitempty"`
	New   string      `json:"new,omitempty"`
}

// InquiryRecipientEnd is a recipient of a wrong value, and what became of telling it (Art. 19 GDPR).
type InquiryRecipientEnd struct {
	Name  string      `json:"name"`
	At    time.Time   `json:"at"`
	State InquiryTerm `json:"state"`
	On    string      `json:"on,omitempty"`
}

// corrections reads what was corrected of the person. Words of a sealed Akte of which nothing is handed out are withheld, and
// so are recipients of documents that are.
func (p *packing) corrections(r archive.Reader, akten []archive.Akte) error {
	shut := func(id archive.AkteID) bool {
		i := slices.IndexFunc(akten, func(a archive.Akte) bool { return a.ID == id })
		return i >= 0 && p.withheld(akten[i])
	}
	all, err := r.Corrections(p.q.Person)
	for _, c := range all {
		c, whole := c.Without(shut)
		if !whole {
			p.data.Withheld++
			continue
		}
		one := InquiryCorrection{At: c.At.UTC(), State: c.State, Reason: c.Reason, AskedOn: c.AskedOn, Statement: c.Statement}
		if g, ok := archive.CorrectionGroundOf(c.Ground); ok {
			one.Ground = p.named(g.Key, g.Label)
		}
		for _, v := range c.Values {
			one.Values = append(one.Values, InquiryCorrected{InquiryTerm{v.Field, p.correctedField(v.Field)}, p.valued(v.Field, v.Old), p.valued(v.Field, v.New)})
		}
		for _, to := range c.Recipients {
			if to.Document != "" && !p.gives(to.Document) {
				p.data.Withheld++ // as among the recipients
				continue
			}
			one.Told = append(one.Told, InquiryRecipientEnd{to.Name, to.At, InquiryTerm{to.State, p.recipientState(to.State)}, to.On})
		}
		p.data.Corrections = append(p.data.Corrections, one)
	}
	return err
}

// withheld reports whether an Akte is sealed and nothing of it is handed out.
func (p *packing) withheld(a archive.Akte) bool {
	return a.Sealed.Holds(p.guard.today()) && !slices.ContainsFunc(p.q.Items, func(i archive.InquiryItem) bool { return i.Akte == a.ID && i.Given() })
}

// valued is a value in words; empty where nothing was said.
func (p *packing) valued(field string, v archive.PersonValue) string {
	if field == archive.FieldOfSex {
		return p.sex(v.Text)
	}
	out := []string{joinName(v.Name), v.Name.OriginalScript, p.day(v.Name.BirthDate.String()), v.Name.Nationality, p.day(v.BirthDate.String()), v.Text}
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), " · ")
}

func (p *packing) correctedField(field string) string {
	return map[string]string{
		archive.FieldOfName: p.say("Name", "Name"), archive.FieldOfBirthDate: p.say("Geburtsdatum", "Date of birth"), archive.FieldOfSex: p.say("Geschlecht", "Sex"),
		archive.FieldOfNationalities: p.say("Staatsangehörigkeiten", "Nationalities"), archive.FieldOfAZRNumber: p.say("AZR-Nummer", "AZR number"),
	}[field]
}

func (p *packing) recipientState(state string) string {
	return map[string]string{
		archive.RecipientOpen: p.say("noch nicht benachrichtigt", "not told yet"), archive.RecipientTold: p.say("benachrichtigt", "told"),
		archive.RecipientImpossible:       p.say("Mitteilung nicht möglich", "could not be told"),
		archive.RecipientDisproportionate: p.say("Mitteilung unverhältnismäßig", "telling would be disproportionate"),
	}[state]
}

// corrected is what was corrected, on paper.
func (p *packing) corrected() bundle.Section {
	s := bundle.Section{Title: p.say("Berichtigungen", "Corrections")}
	for _, c := range p.data.Corrections {
		title := c.Ground.Name
		if c.State == archive.CorrectionRefused {
			title = p.say("Berichtigung abgelehnt", "Correction refused")
		}
		facts := []bundle.Line{{Label: p.say("Am", "On"), Value: p.moment(c.At)}, {Label: p.say("Verlangt am", "Asked for on"), Value: p.day(c.AskedOn)}}
		for _, v := range c.Values {
			facts = append(facts, bundle.Line{Label: v.Field.Name + p.say(" vorher", " before"), Value: v.Old}, bundle.Line{Label: v.Field.Name + p.say(" jetzt", " now"), Value: v.New})
		}
		facts = append(facts, bundle.Line{Label: p.say("Grund", "Reason"), Value: c.Reason}, bundle.Line{Label: p.say("Ihre Gegendarstellung", "Your statement"), Value: c.Statement})
		for _, to := range c.Told {
			facts = append(facts, bundle.Line{Label: p.say("Empfänger", "Recipient"), Value: strings.TrimSpace(to.Name + ": " + to.State.Name + " " + p.day(to.On))})
		}
		s.Rows = append(s.Rows, bundle.Row{Title: title, Facts: filledLines(facts)})
	}
	return p.filled(s, p.say("Es wurde nichts mit einem Grund berichtigt.", "Nothing was corrected on a ground."))
}
