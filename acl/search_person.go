package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"eakte/archive"
	"eakte/index"
	"eakte/index/name"
)

// By what a person was found.
const (
	FoundByNumber = "aktenzeichen"
	FoundByAZR    = "azr_number"
	FoundByName   = "name"
	FoundByDate   = "birth_date"
)

// FoundPerson is a person found, with those of her Akten that the reader may see.
type FoundPerson struct {
	Person archive.Person
	// Akte is the one that was asked for by its number, else the first of Akten; it is zero where there
	// is none.
	Akte  archive.Akte
	Akten []archive.Akte
	Score float64
	// By is one of the FoundBy constants.
	By string
	// Matched is the name that fits what was typed best, the leading one where several do alike. It is the
	// leading one too where no name fits.
	Matched archive.Name
	Marks   NameMarks
	// Likeness says how that name differs from what was typed. It is zero where no name was typed, or only the
	// beginning of one.
	Likeness name.Likeness
}

// NameMarks are the words of [FoundPerson.Matched] that fit the query, in bytes of its parts.
type NameMarks struct{ Family, Given, Original []index.Span }

// Limits of what is found of persons.
const (
	personsFound = 10
	// personsWeighed is how many are compared by their whole names, of which the index knows words alone.
	personsWeighed = 30
	numbersTried   = 8
	// exact is the score of who was found by a number: above all others.
	exact = 1000
)

// findPersons finds the persons that the words name: first whoever has what was typed as a number, her
// own or that of an Akte of which the subject may see the head.
func (d *Desk) findPersons(ctx context.Context, q index.Query, rights index.Rights) ([]FoundPerson, error) {
	out := []FoundPerson{}
	if strings.TrimSpace(q.Text) == "" || q.Akte != "" || q.Documents != nil {
		return out, nil
	}
	hits, err := d.guard.Index.Persons(ctx, index.PersonQuery{Text: q.Text, Rights: rights, Without: q.Without, Alike: true, Limit: personsWeighed})
	if err != nil && !errors.Is(err, index.ErrAway) { // away: numbers are found nevertheless
		return nil, err
	}
	names, err := d.guard.Index.NameMatcher(q.Text)
	if err != nil {
		return nil, err
	}
	err = d.view(ctx, func(r archive.Reader) (err error) {
		if out, err = d.byNumbers(r, q.Text); err != nil {
			return err
		}
		for _, h := range hits {
			if slices.ContainsFunc(out, func(f FoundPerson) bool { return f.Person.ID == h.Person }) {
				continue
			}
			p, _, err := d.meet(r, h.Person)
			if errors.Is(err, archive.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, foundPerson(p, FoundByDate, h.Score))
		}
		return nil
	})
	typed := name.Read(index.PersonText(q.Text))
	for i := range out {
		out[i].name(names)
		out[i].compare(typed)
	}
	sortAlike(out)
	return out[:min(len(out), personsFound)], err
}

// fitting is the score from which on a person has the words that were typed: who is only alike has less.
const fitting = 1

// sortAlike puts those who are only alike in the order of their whole names, behind all others.
func sortAlike(ps []FoundPerson) {
	slices.SortStableFunc(ps, func(a, b FoundPerson) int {
		if a.Score >= fitting || b.Score >= fitting {
			return cmp.Compare(min(b.Score, fitting), min(a.Score, fitting))
		}
		return cmp.Compare(b.Likeness.Score, a.Likeness.Score)
	})
}

// compare says how the names of a person differ from what was typed. Of who is only alike it shows the name
// that is so most.
func (f *FoundPerson) compare(typed name.Name) {
	if f.By == FoundByNumber || f.By == FoundByAZR {
		return
	}
	names := []archive.Name{f.Matched}
	if f.Score < fitting {
		names = append(names, f.Person.Names...)
	}
	for i, n := range names {
		for _, text := range []string{n.Given + " " + n.Family, n.OriginalScript} {
			if l := typed.Compare(name.Read(text)); l.Score > f.Likeness.Score {
				if f.Likeness, f.Matched = l, n; i > 0 {
					f.Marks = NameMarks{} // no word of it was typed
				}
			}
		}
	}
}

func foundPerson(p PersonView, by string, score float64) FoundPerson {
	f := FoundPerson{Person: p.Person, Akten: p.Akten, Score: score, By: by}
	if len(p.Akten) > 0 {
		f.Akte = p.Akten[0]
	}
	return f
}

// name picks the name that fits best.
func (f *FoundPerson) name(m index.NameMatcher) {
	f.Matched = f.Person.Leading()
	best := 0
	for _, n := range append([]archive.Name{f.Matched}, f.Person.Names...) {
		family, a := m.Name(n.Family)
		given, b := m.Name(n.Given)
		original, c := m.Name(n.OriginalScript)
		if fit := a + b + c; fit > best {
			best, f.Matched, f.Marks = fit, n, NameMarks{family, given, original}
		}
	}
	if best > 0 && f.By == FoundByDate {
		f.By = FoundByName
	}
}

// byNumbers finds who has the text, or a word of it, as the number of an Akte or in the central register.
func (d *Desk) byNumbers(r archive.Reader, text string) ([]FoundPerson, error) {
	out := []FoundPerson{}
	for _, number := range d.numbers(text) {
		found, err := d.byNumber(r, number)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			same := func(o FoundPerson) bool { return o.Person.ID == f.Person.ID && o.Akte.ID == f.Akte.ID }
			if !slices.ContainsFunc(out, same) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func (d *Desk) byNumber(r archive.Reader, number string) (out []FoundPerson, err error) {
	id, err := r.AkteByNumber(number)
	if err == nil {
		akte, err := r.Akte(id)
		if err != nil {
			return nil, err
		}
		if d.at(r, akte).seesHead() {
			p, _, err := d.meet(r, akte.Person)
			if err != nil {
				return nil, err
			}
			f := foundPerson(p, FoundByNumber, exact)
			f.Akte = akte
			out = append(out, f)
		}
	} else if !isNotFound(err) {
		return nil, err
	}
	persons, err := r.PersonsByNumber(number)
	if err != nil {
		return nil, err
	}
	for _, id := range persons {
		p, _, err := d.meet(r, id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, foundPerson(p, FoundByAZR, exact))
	}
	return out, nil
}

// numbers are the texts to look up as numbers: the whole text, as it is and with the separators of
// reference numbers that were left out, and each of its words that has a digit.
func (d *Desk) numbers(text string) []string {
	out := []string{text}
	for _, p := range d.guard.Policies.PlanUnits() {
		if n, ok := archive.ReadNumber(p.Key, text); ok {
			out = append(out, n)
		}
	}
	if fields := strings.Fields(index.PersonText(text)); len(fields) > 1 {
		for _, f := range fields {
			if strings.ContainsFunc(f, unicode.IsDigit) {
				out = append(out, f)
			}
		}
	}
	return out[:min(len(out), numbersTried)]
}
