package archive

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"eakte/policies"
)

// Longest texts in runes.
const (
	maxName  = 200
	maxTitle = 300
	maxNote  = 2000
	maxNames = 50
	maxParts = 50
)

var (
	nationality = regexp.MustCompile(`^[A-Z]{3}$`)
	teamKey     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	azrNumber   = regexp.MustCompile(`^[0-9]{6,20}$`)
)

// NormaliseText returns s in NFC without surrounding blanks. It refuses control characters other
// than the line breaks that lines allows, characters that turn the direction of text, and more
// than limit runes.
func NormaliseText(pointer, s string, limit int, lines bool) (string, error) {
	if !utf8.ValidString(s) {
		return "", &FieldError{Pointer: pointer, Code: "characters", Detail: "the text is not valid UTF-8"}
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	for _, r := range s {
		if lines && (r == '\n' || r == '\r' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return "", &FieldError{Pointer: pointer, Code: "characters", Detail: fmt.Sprintf("U+%04X is not allowed here", r)}
		}
	}
	if utf8.RuneCountInString(s) > limit {
		return "", &FieldError{Pointer: pointer, Code: "too_long", Detail: fmt.Sprintf("at most %d characters", limit)}
	}
	return s, nil
}

// checkDay accepts "" and a day of the calendar, "2026-11-21".
func checkDay(pointer, s string) error {
	if s == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return &FieldError{Pointer: pointer, Code: "format", Detail: `use "2026-11-21"`}
	}
	return nil
}

func unknown(pointer string) error { return &FieldError{Pointer: pointer, Code: "unknown"} }

func required(pointer string) error { return &FieldError{Pointer: pointer, Code: "required"} }

// Normalise brings a person into the form that is stored, or returns the first [*FieldError]. It
// knows nothing of what is stored already.
func (p *Person) Normalise(set *policies.Set, now time.Time) error {
	if len(p.Names) == 0 {
		return required("/names")
	}
	if len(p.Names) > maxNames {
		return &FieldError{Pointer: "/names", Code: "too_many"}
	}
	for i := range p.Names {
		if err := p.Names[i].normalise(set, fmt.Sprintf("/names/%d", i), now); err != nil {
			return err
		}
	}
	var err error
	if p.BirthDate, err = ParseBirthDate(p.BirthDate.Given, now); err != nil {
		return at(err, "/birth_date")
	}
	if !slices.Contains([]string{"", "f", "m", "x"}, p.Sex) {
		return unknown("/sex")
	}
	if len(p.Nationalities) > maxParts {
		return &FieldError{Pointer: "/nationalities", Code: "too_many"}
	}
	for i, n := range p.Nationalities {
		if !nationality.MatchString(n) {
			return &FieldError{Pointer: fmt.Sprintf("/nationalities/%d", i), Code: "format", Detail: "use three capital letters (ISO 3166-1)"}
		}
	}
	p.AZRNumber = strings.NewReplacer(" ", "", "-", "", ".", "", "/", "").Replace(p.AZRNumber)
	if p.AZRNumber != "" && !azrNumber.MatchString(p.AZRNumber) {
		return &FieldError{Pointer: "/azr_number", Code: "format", Detail: "use 6 to 20 digits"}
	}
	return nil
}

// at gives a FieldError the pointer of the field it arose in.
func at(err error, pointer string) error {
	var f *FieldError
	if errors.As(err, &f) {
		return &FieldError{Pointer: pointer + f.Pointer, Code: f.Code, Detail: f.Detail}
	}
	return err
}

func (n *Name) normalise(set *policies.Set, pointer string, now time.Time) error {
	if n.Kind == "" {
		n.Kind = "official"
	}
	if _, ok := set.NameKind(n.Kind); !ok {
		return unknown(pointer + "/kind")
	}
	var err error
	if n.Family, err = NormaliseName(n.Family); err != nil {
		return at(err, pointer+"/family")
	}
	if n.Given, err = NormaliseName(n.Given); err != nil {
		return at(err, pointer+"/given")
	}
	if n.Family == "" && n.Given == "" {
		return required(pointer + "/family")
	}
	if n.OriginalScript, err = NormaliseText(pointer+"/original_script", n.OriginalScript, maxName, false); err != nil {
		return err
	}
	if n.Nationality != "" && !nationality.MatchString(n.Nationality) {
		return &FieldError{Pointer: pointer + "/nationality", Code: "format"}
	}
	n.BirthDate, err = ParseBirthDate(n.BirthDate.Given, now)
	return at(err, pointer+"/birth_date")
}

// Normalise brings an Akte into the form that is stored, or returns the first [*FieldError].
func (a *Akte) Normalise(set *policies.Set) error {
	if a.Plan == "" {
		a.Plan = set.UsualPlanUnit().Key
	}
	if u, ok := set.PlanUnit(a.Plan); !ok || !u.Akte {
		return unknown("/plan")
	}
	if a.Lead == "" {
		return required("/lead_department")
	}
	if _, ok := set.Department(a.Lead); !ok {
		return unknown("/lead_department")
	}
	if a.Team != "" && !teamKey.MatchString(a.Team) {
		return &FieldError{Pointer: "/team", Code: "format"}
	}
	if a.State != AkteOpen && a.State != AkteClosed {
		return unknown("/state")
	}
	if len(a.Departments) > maxParts {
		return &FieldError{Pointer: "/departments", Code: "too_many"}
	}
	for i, p := range a.Departments {
		if err := p.check(set, fmt.Sprintf("/departments/%d", i)); err != nil {
			return err
		}
	}
	var err error
	a.DistinctBecause, err = NormaliseText("/distinct_because", a.DistinctBecause, maxNote, true)
	return err
}

func (p Participation) check(set *policies.Set, pointer string) error {
	if _, ok := set.Department(p.Department); !ok {
		return unknown(pointer + "/department")
	}
	if p.Team != "" && !teamKey.MatchString(p.Team) {
		return &FieldError{Pointer: pointer + "/team", Code: "format"}
	}
	for i, r := range p.Registers {
		if _, ok := set.Register(r); !ok {
			return unknown(fmt.Sprintf("%s/registers/%d", pointer, i))
		}
	}
	return checkDay(pointer+"/until", p.Until)
}

// Normalise brings a case into the form that is stored, or returns the first [*FieldError].
func (c *Case) Normalise(set *policies.Set) error {
	if _, ok := set.Procedure(c.Procedure); !ok {
		return unknown("/procedure")
	}
	var err error
	c.Title, err = NormaliseText("/title", c.Title, maxTitle, false)
	return err
}

// Normalise brings a document's data into the form that is stored, or returns the first
// [*FieldError]. Register and classification default to those of the type, the title to the
// type's German name.
func (d *Document) Normalise(set *policies.Set) error {
	if d.Type == "" {
		return required("/type")
	}
	t, ok := set.DocType(d.Type)
	if !ok {
		return unknown("/type")
	}
	if d.Register == "" {
		d.Register = t.Register
	}
	if _, ok := set.Register(d.Register); !ok {
		return unknown("/register")
	}
	if d.Classification == "" {
		d.Classification = t.Classification
	}
	if _, ok := set.Classification(d.Classification); !ok {
		return unknown("/classification")
	}
	var err error
	if d.Title, err = NormaliseText("/title", d.Title, maxTitle, false); err != nil {
		return err
	}
	if d.Title == "" {
		d.Title = t.Label.DE
	}
	if err := checkDay("/date", d.Date); err != nil {
		return err
	}
	d.Sender, err = normaliseReceipt(set, d.ReceivedOn, d.Channel, d.Sender)
	return err
}

// Normalise brings an inbox item into the form that is stored, or returns the first [*FieldError].
func (i *InboxItem) Normalise(set *policies.Set) error {
	if _, ok := set.Department(i.Basket); !ok {
		return unknown("/department")
	}
	var err error
	if i.Note, err = NormaliseText("/note", i.Note, maxNote, true); err != nil {
		return err
	}
	i.Sender, err = normaliseReceipt(set, i.ReceivedOn, i.Channel, i.Sender)
	return err
}

// Normalise brings what is said of an item set aside into the form that is stored, or returns the
// first [*FieldError].
func (a *Aside) Normalise() error {
	if err := checkDay("/until", a.Until); err != nil {
		return err
	}
	var err error
	a.Note, err = NormaliseText("/note", a.Note, maxNote, true)
	return err
}

// normaliseReceipt checks how something came in and returns the sender as stored.
func normaliseReceipt(set *policies.Set, day, channel, sender string) (string, error) {
	if err := checkDay("/received_on", day); err != nil {
		return "", err
	}
	if _, ok := set.Channel(channel); channel != "" && !ok {
		return "", unknown("/channel")
	}
	return NormaliseText("/sender", sender, maxTitle, false)
}
