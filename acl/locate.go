package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/index/name"
	"eakte/policies"
)

// LocateQuery names a person to find: by name, birth date, number or any of them.
type LocateQuery struct {
	Family    string
	Given     string
	BirthDate archive.BirthDate
	// Number is a reference number or a register number.
	Number string
	// alike are persons whose names are only like the one asked for.
	alike map[archive.PersonID]bool
}

// Located is the little that filing needs to know of a person.
type Located struct {
	Person    archive.PersonID
	Name      archive.Name
	BirthDate archive.BirthDate
	Akten     []LocatedAkte
	// Likeness says how the name of hers that is most like the one asked for differs from it; zero where a number
	// was asked for, or only the beginning of a name.
	Likeness name.Likeness
}

// LocatedAkte is the little that filing needs to know of an Akte.
type LocatedAkte struct {
	ID         archive.AkteID
	Number     string
	Department string
	Team       string
}

// located is how many persons an answer has at most, alikeLetters how much of a name is typed before who is only alike
// is told of.
const (
	located      = 10
	alikeLetters = 4
)

// Locate finds persons for who files papers or enters persons, whatever Akten she may see. It answers
// at most ten, and leaves out who is protected against disclosure. Whose name was asked for comes first. Behind them
// come those whose name is very likely another way to write it; who only sounds like it, or may be mistyped, is told
// where the whole date of birth agrees, since filing turns on it and the answer tells of anybody.
func (d *Desk) Locate(ctx context.Context, q LocateQuery) ([]Located, error) {
	out := []Located{}
	tried := act{op: audit.OpLocate}
	v, ok := d.able(policies.ActLocate)
	if !ok {
		return nil, d.refused(ctx, tried, ErrDenied)
	}
	called := strings.TrimSpace(q.Given + " " + q.Family)
	if called == "" && q.Number == "" {
		return nil, &archive.FieldError{Pointer: "/family", Code: "required", Detail: "give a name or a number"}
	}
	var named []index.PersonHit
	if called != "" {
		var err error
		if named, err = d.named(ctx, called, q.BirthDate, utf8.RuneCountInString(called) >= alikeLetters); err != nil {
			return nil, err
		}
		q.alike = onlyAlike(named)
	}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		candidates, err := d.candidates(tx, q, named)
		if err != nil {
			return act{}, err
		}
		if out, err = d.locate(tx, q, candidates); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		for _, l := range out {
			done.persons = append(done.persons, l.Person)
		}
		done.detail = &audit.Detail{
			Act: map[string]any{"hits": len(out)},
			Shared: map[string]any{
				"family": q.Family, "given": q.Given, "birth_date": q.BirthDate, "number": q.Number,
			},
		}
		return done, nil
	})
	return out, err
}

// Similar finds persons who might be the one described, by register number first, then by leading name and
// date of birth; each once. Who may not locate persons finds none, and so does a date of birth that is
// none: that is said when the person is entered.
func (d *Desk) Similar(ctx context.Context, p archive.Person) (out []Located, err error) {
	born, err := archive.ParseBirthDate(p.BirthDate.Given, d.guard.Now())
	if err != nil {
		return nil, nil
	}
	asks := []LocateQuery{{Number: strings.TrimSpace(p.AZRNumber)}}
	if len(p.Names) > 0 {
		asks = append(asks, LocateQuery{Family: p.Names[0].Family, Given: p.Names[0].Given, BirthDate: born})
	}
	for _, q := range asks {
		if strings.TrimSpace(q.Number+q.Family+q.Given) == "" {
			continue
		}
		found, err := d.Locate(ctx, q)
		if errors.Is(err, ErrDenied) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			if !slices.ContainsFunc(out, func(o Located) bool { return o.Person == l.Person }) {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// namesakes is how many of the same name are looked at.
const namesakes = 100

// named finds persons by name: first those whose recorded date of birth agrees, then all, since an alias
// may have a date of its own. With alike those whose names are only like it come behind all of them.
func (d *Desk) named(ctx context.Context, text string, born archive.BirthDate, alike bool) (_ []index.PersonHit, err error) {
	ctx, done, err := d.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done(&err)
	q := index.PersonQuery{Text: text, Locate: true, Alike: alike, Limit: namesakes}
	all, err := d.guard.Index.Persons(ctx, q)
	if err != nil || born.IsZero() {
		return all, err
	}
	q.Text += " " + born.String()
	sure, err := d.guard.Index.Persons(ctx, q)
	out := append(sure, all...)
	slices.SortStableFunc(out, func(a, b index.PersonHit) int { return cmp.Compare(min(b.Score, fitting), min(a.Score, fitting)) })
	return out, err
}

// onlyAlike are those who were found by a name that is only like the one asked for.
func onlyAlike(hits []index.PersonHit) map[archive.PersonID]bool {
	out := map[archive.PersonID]bool{}
	for _, h := range hits {
		if _, known := out[h.Person]; !known { // whom the text fits comes first
			out[h.Person] = h.Score < fitting
		}
	}
	return out
}

// likeness compares a person's names with the one asked for. Where that is a family or given name alone, so is what
// it is compared with.
func (q LocateQuery) likeness(p archive.Person) (best name.Likeness) {
	asked := name.Read(q.Given + " " + q.Family)
	for _, n := range p.Names {
		texts := []string{n.Given + " " + n.Family, n.OriginalScript}
		if strings.TrimSpace(q.Given) == "" {
			texts = append(texts, n.Family)
		} else if strings.TrimSpace(q.Family) == "" {
			texts = append(texts, n.Given)
		}
		for _, text := range texts {
			if l := asked.Compare(name.Read(text)); l.Score > best.Score {
				best = l
			}
		}
	}
	return best
}

// tells reports whether a person may be told of by a name that is only like the one asked for.
func (q LocateQuery) tells(p archive.Person, l name.Likeness) bool {
	if l.Sure() {
		return true
	}
	b := q.BirthDate
	agrees := b.Precision() == "day" && !b.Imputed() && (p.BirthDate.String() == b.String() ||
		slices.ContainsFunc(p.Names, func(n archive.Name) bool { return n.BirthDate.String() == b.String() }))
	return agrees && l.Class != name.None
}

// born reports whether a person can have the date of birth, under one of her names.
func born(p archive.Person, date archive.BirthDate) bool {
	if date.Compatible(p.BirthDate) {
		return true
	}
	return slices.ContainsFunc(p.Names, func(n archive.Name) bool {
		return !n.BirthDate.IsZero() && date.Compatible(n.BirthDate)
	})
}

// candidates are those the number names, else those the name names.
func (d *Desk) candidates(r archive.Reader, q LocateQuery, named []index.PersonHit) ([]archive.PersonID, error) {
	if q.Number == "" {
		var out []archive.PersonID
		for _, h := range named {
			out = append(out, h.Person)
		}
		return out, nil
	}
	out, err := r.PersonsByNumber(q.Number)
	if err != nil {
		return nil, err
	}
	id, err := r.AkteByNumber(q.Number)
	if err == nil {
		akte, err := r.Akte(id)
		if err != nil || akte.Sealed.Holds(d.guard.today()) {
			return out, err
		}
		return append(out, akte.Person), nil
	}
	if isNotFound(err) {
		err = nil
	}
	return out, err
}

// locate reads the little that may be told of the candidates that fit.
func (d *Desk) locate(r archive.Reader, q LocateQuery, ids []archive.PersonID) ([]Located, error) {
	out, seen := []Located{}, map[archive.PersonID]bool{}
	for _, id := range ids {
		if seen[id] || len(out) == located {
			continue
		}
		seen[id] = true
		p, err := r.Person(id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.conflicted(r, id) || p.Protected || !born(p, q.BirthDate) {
			continue
		}
		akten, err := aktenLeft(r, id)
		if err != nil {
			return nil, err
		}
		likeness := q.likeness(p)
		if q.alike[id] && !q.tells(p, likeness) {
			continue
		}
		l := Located{Person: id, Name: p.Leading(), BirthDate: p.BirthDate, Akten: []LocatedAkte{}, Likeness: likeness}
		for _, a := range akten {
			if a.Sealed.Holds(d.guard.today()) {
				continue
			}
			l.Akten = append(l.Akten, LocatedAkte{a.ID, a.Number, a.Lead, a.Team})
		}
		if len(akten) > 0 && len(l.Akten) == 0 {
			continue // all of them sealed
		}
		out = append(out, l)
	}
	return out, nil
}
