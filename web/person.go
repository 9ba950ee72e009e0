package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"eakte/acl"
	"eakte/archive"
)

type nameBody struct {
	Kind           string `json:"kind,omitempty" maxLength:"40" doc:"official, birth, former, alias, spelling"`
	Family         string `json:"family,omitempty" maxLength:"400"`
	Given          string `json:"given,omitempty" maxLength:"400"`
	OriginalScript string `json:"original_script,omitempty" maxLength:"400"`
	BirthDate      string `json:"birth_date,omitempty" maxLength:"20"`
	Nationality    string `json:"nationality,omitempty" maxLength:"10"`
}

type personBody struct {
	Names         []nameBody `json:"names" maxItems:"50"`
	BirthDate     string     `json:"birth_date,omitempty" maxLength:"20" doc:"1990, 1990-05, 1990-05-17 or 00.00.1990"`
	Sex           string     `json:"sex,omitempty" maxLength:"10" doc:"f, m, x or empty"`
	Nationalities []string   `json:"nationalities,omitempty" maxItems:"50"`
	AZRNumber     string     `json:"azr_number,omitempty" maxLength:"60"`
	Protected     bool       `json:"protected,omitempty" doc:"Hidden from locate: ban on disclosure"`
}

type personEdit struct {
	Names         edit[[]nameBody] `json:"names,omitempty"`
	BirthDate     edit[string]     `json:"birth_date,omitempty"`
	Sex           edit[string]     `json:"sex,omitempty"`
	Nationalities edit[[]string]   `json:"nationalities,omitempty"`
	AZRNumber     edit[string]     `json:"azr_number,omitempty"`
	Protected     edit[bool]       `json:"protected,omitempty"`
	Ground        string           `json:"ground,omitempty" maxLength:"40" doc:"Why values are replaced: written, law, identity, request. Where a name or the birth date that stood is replaced or taken away it is written unless you say otherwise; with it, what was said before is kept in the corrections of the person"`
	Reason        string           `json:"reason,omitempty" maxLength:"2000" doc:"In your own words"`
	AskedOn       string           `json:"asked_on,omitempty" maxLength:"10" doc:"The day on which the person asked for it; needed with the ground request"`
	Proof         string           `json:"proof,omitempty" maxLength:"40" doc:"The id of a document of one of her Akten that shows it"`
}

// why is the ground of an edit. Programs that say none correct what was written down wrongly: what stood leaves the search, and
// whoever was told is to be told again, which costs work and hides nothing.
func (e personEdit) why() acl.Correcting {
	return acl.Correcting{Ground: e.Ground, Reason: e.Reason, AskedOn: e.AskedOn, Proof: archive.DocumentID(e.Proof), Otherwise: "written"}
}

type personView struct {
	ID            archive.PersonID `json:"id"`
	Names         []archive.Name   `json:"names"`
	BirthDate     string           `json:"birth_date"`
	Precision     string           `json:"birth_date_precision"`
	Sex           string           `json:"sex"`
	Nationalities []string         `json:"nationalities"`
	AZRNumber     string           `json:"azr_number,omitempty"`
	Protected     bool             `json:"protected"`
	EnteredBy     string           `json:"entered_by"`
	Akten         []akteRef        `json:"akten"`
	Particulars   []particularView `json:"particulars" doc:"Groups of fields of which I may know"`
	Created       time.Time        `json:"created"`
	Changed       time.Time        `json:"changed"`
	Revision      int64            `json:"revision"`
}

// akteRef is an Akte in a few words.
type akteRef struct {
	ID     archive.AkteID `json:"id"`
	Number string         `json:"aktenzeichen"`
	Plan   string         `json:"plan"`
	State  string         `json:"state"`
	Lead   string         `json:"lead_department"`
}

func akteRefOf(a archive.Akte) akteRef { return akteRef{a.ID, a.Number, a.Plan, a.State, a.Lead} }

func personOf(p acl.PersonView) *record[personView] {
	return &record[personView]{ETag: etag(p.Revision), Body: personView{
		ID: p.ID, Names: each(p.Names, func(n archive.Name) archive.Name { return n }),
		BirthDate: p.BirthDate.Given, Precision: p.BirthDate.Precision(), Sex: p.Sex,
		Nationalities: plain(p.Nationalities), AZRNumber: p.AZRNumber, Protected: p.Protected,
		EnteredBy: p.EnteredBy, Akten: each(p.Akten, akteRefOf), Particulars: each(p.Particulars, particularOf),
		Created: p.Created.UTC(), Changed: p.Changed.UTC(), Revision: p.Revision,
	}}
}

// birthDate reads a date of birth and says where it stands if it is none.
func (s *Server) birthDate(pointer, given string) (archive.BirthDate, error) {
	b, err := archive.ParseBirthDate(given, s.Guard.Now())
	var f *archive.FieldError
	if errors.As(err, &f) {
		return b, &archive.FieldError{Pointer: pointer, Code: f.Code, Detail: f.Detail}
	}
	return b, err
}

func (s *Server) names(in []nameBody) ([]archive.Name, error) {
	var out []archive.Name
	for i, n := range in {
		born, err := s.birthDate(fmt.Sprintf("/names/%d/birth_date", i), n.BirthDate)
		if err != nil {
			return nil, err
		}
		out = append(out, archive.Name{
			Kind: n.Kind, Family: n.Family, Given: n.Given, OriginalScript: n.OriginalScript,
			BirthDate: born, Nationality: n.Nationality,
		})
	}
	return out, nil
}

func (s *Server) createPerson(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[personBody] }) (*record[personView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	p := archive.Person{
		Sex: body.Sex, Nationalities: body.Nationalities, AZRNumber: body.AZRNumber, Protected: body.Protected,
	}
	if p.Names, err = s.names(body.Names); err != nil {
		return nil, err
	}
	if p.BirthDate, err = s.birthDate("/birth_date", body.BirthDate); err != nil {
		return nil, err
	}
	if p, err = desk.CreatePerson(ctx, p); err != nil {
		return nil, err
	}
	out := personOf(acl.PersonView{Person: p})
	out.Location = base + "/persons/" + string(p.ID)
	return out, nil
}

func (s *Server) showPerson(ctx context.Context, desk *acl.Desk, in *ByID) (*record[personView], error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	return personOf(view), nil
}

func (s *Server) changePerson(ctx context.Context, desk *acl.Desk, in *change[personEdit]) (*record[personView], error) {
	id, revision, body, err := conditional[archive.PersonID](s, in)
	if err != nil {
		return nil, err
	}
	if _, err := desk.ChangePerson(ctx, id, revision, body.why(), func(p *archive.Person) error { return s.editPerson(body, p) }); err != nil {
		return nil, err
	}
	view, err := desk.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	return personOf(view), nil
}

func (s *Server) editPerson(e personEdit, p *archive.Person) (err error) {
	if e.Names.set {
		if p.Names, err = s.names(e.Names.value); err != nil {
			return err
		}
	}
	if e.BirthDate.set {
		if p.BirthDate, err = s.birthDate("/birth_date", e.BirthDate.value); err != nil {
			return err
		}
	}
	e.Sex.into(&p.Sex)
	e.Nationalities.into(&p.Nationalities)
	e.AZRNumber.into(&p.AZRNumber)
	e.Protected.into(&p.Protected)
	return nil
}

type locateBody struct {
	Family    string `json:"family,omitempty" maxLength:"400"`
	Given     string `json:"given,omitempty" maxLength:"400"`
	BirthDate string `json:"birth_date,omitempty" maxLength:"20"`
	Number    string `json:"number,omitempty" maxLength:"60" doc:"A reference number or a register number"`
}

type locatedView struct {
	Person    archive.PersonID  `json:"person_id"`
	Name      archive.Name      `json:"name"`
	BirthDate string            `json:"birth_date"`
	Akten     []locatedAkteView `json:"akten"`
	Likeness  string            `json:"likeness,omitempty" enum:"same,order,umlaut,romanisation,sounds_alike,typing_error,related,initial,part_missing" doc:"How her name differs from the one asked for; left out where a number or no whole name was"`
}

type locatedAkteView struct {
	ID         archive.AkteID `json:"id"`
	Number     string         `json:"aktenzeichen"`
	Department string         `json:"department"`
	Team       string         `json:"team,omitempty"`
}

func (s *Server) locatePersons(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[locateBody] }) (*answer[list[locatedView]], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	q := acl.LocateQuery{Family: body.Family, Given: body.Given, Number: body.Number}
	if q.BirthDate, err = s.birthDate("/birth_date", body.BirthDate); err != nil {
		return nil, err
	}
	found, err := desk.Locate(ctx, q)
	if err != nil {
		return nil, err
	}
	return &answer[list[locatedView]]{list[locatedView]{Items: each(found, locatedOf)}}, nil
}

func locatedOf(l acl.Located) locatedView {
	return locatedView{l.Person, l.Name, l.BirthDate.Given, each(l.Akten, func(a acl.LocatedAkte) locatedAkteView {
		return locatedAkteView(a)
	}), l.Likeness.Class.String()}
}
