package web

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"eakte/acl"
	"eakte/archive"
)

// participation is a department that takes part: an object, or the plain key for all registers
// without an end.
type participation struct{ archive.Participation }

// participationBody is the object form.
type participationBody struct {
	Department string   `json:"department" maxLength:"100"`
	Team       string   `json:"team,omitempty" maxLength:"100"`
	Registers  []string `json:"registers,omitempty" maxItems:"50"`
	Until      string   `json:"until,omitempty" maxLength:"20"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *participation) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, &p.Department)
	}
	return json.Unmarshal(data, &p.Participation)
}

// Schema describes both forms.
func (participation) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString, Description: "The key of a department"},
		r.Schema(typeOf[participationBody](), true, ""),
	}}
}

func participations(in []participation) []archive.Participation {
	var out []archive.Participation
	for _, p := range in {
		out = append(out, p.Participation)
	}
	return out
}

type akteBody struct {
	Person          string          `json:"person_id" maxLength:"100"`
	Plan            string          `json:"plan,omitempty" maxLength:"40" doc:"Unit of the file plan; the usual one if not given"`
	Lead            string          `json:"lead_department" maxLength:"100"`
	Team            string          `json:"team,omitempty" maxLength:"100"`
	Responsible     string          `json:"responsible,omitempty" maxLength:"100" doc:"An account's id"`
	Departments     []participation `json:"departments,omitempty" maxItems:"50"`
	DistinctBecause string          `json:"distinct_because,omitempty" maxLength:"4000"`
}

type akteEdit struct {
	Lead            edit[string]          `json:"lead_department,omitempty"`
	Team            edit[string]          `json:"team,omitempty"`
	Responsible     edit[string]          `json:"responsible,omitempty"`
	Departments     edit[[]participation] `json:"departments,omitempty"`
	State           edit[string]          `json:"state,omitempty"`
	DistinctBecause edit[string]          `json:"distinct_because,omitempty"`
}

// personRef is a person in a few words.
type personRef struct {
	ID        archive.PersonID `json:"id"`
	Name      archive.Name     `json:"name"`
	BirthDate string           `json:"birth_date"`
}

// AkteHead is what is told of an Akte in lists and alone.
type AkteHead struct {
	ID          archive.AkteID          `json:"id"`
	Number      string                  `json:"aktenzeichen"`
	PersonID    archive.PersonID        `json:"person_id"`
	Person      personRef               `json:"person"`
	Plan        string                  `json:"plan"`
	Lead        string                  `json:"lead_department"`
	Team        string                  `json:"team,omitempty"`
	Responsible archive.UserID          `json:"responsible,omitempty"`
	Departments []archive.Participation `json:"departments"`
	State       string                  `json:"state"`
	SealedUntil string                  `json:"sealed_until,omitempty"`
	Created     time.Time               `json:"created"`
	Changed     time.Time               `json:"changed"`
	Revision    int64                   `json:"revision"`
}

type registerView struct {
	Key    string `json:"key"`
	Access string `json:"access" doc:"write, read, or exist: something is there, no access"`
	Count  int    `json:"count"`
}

type akteView struct {
	AkteHead
	Registers       []registerView `json:"registers"`
	Cases           []caseView     `json:"cases"`
	DistinctBecause string         `json:"distinct_because,omitempty"`
	MayChange       bool           `json:"may_change"`
	Consignment     *Consignment   `json:"consignment,omitempty" doc:"The paper is at a scan vendor"`
	Lent            *lentView      `json:"lent,omitempty" doc:"What I hold for a time, without which I would not see the Akte"`
	Originals       int            `json:"originals_held,omitempty" doc:"Paper originals in the authority's keeping, of documents that I may read"`
}

func akteHeadOf(a archive.Akte, p personRef) AkteHead {
	h := AkteHead{
		ID: a.ID, Number: a.Number, PersonID: a.Person, Person: p, Plan: a.Plan, Lead: a.Lead, Team: a.Team,
		Responsible: a.Responsible, State: a.State,
		Departments: each(a.Departments, func(p archive.Participation) archive.Participation { return p }),
		Created:     a.Created.UTC(), Changed: a.Changed.UTC(), Revision: a.Revision,
	}
	if a.Sealed != nil {
		h.SealedUntil = a.Sealed.Until
	}
	return h
}

func akteOf(v acl.AkteView) *record[akteView] {
	person := personRef{v.Person.ID, v.Person.Leading(), v.Person.BirthDate.Given}
	return &record[akteView]{ETag: etag(v.Revision), Body: akteView{
		AkteHead:        akteHeadOf(v.Akte, person),
		Registers:       each(v.Registers, func(r acl.RegisterView) registerView { return registerView(r) }),
		Cases:           each(v.Cases, caseOf),
		DistinctBecause: v.DistinctBecause, MayChange: v.MayChange, Consignment: consignmentOf(v.Consignment),
		Originals: v.Originals, Lent: lentOf(v.Lent),
	}}
}

func (s *Server) createAkte(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[akteBody] }) (*record[akteView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	person, err := archive.ParseID[archive.PersonID](body.Person)
	if err != nil {
		return nil, &archive.FieldError{Pointer: "/person_id", Code: "unknown"}
	}
	view, err := desk.CreateAkte(ctx, archive.Akte{
		Person: person, Plan: body.Plan, Lead: body.Lead, Team: body.Team, Responsible: archive.UserID(body.Responsible),
		Departments: participations(body.Departments), DistinctBecause: body.DistinctBecause,
	})
	if err != nil {
		return nil, err
	}
	out := akteOf(view)
	out.Location = base + "/akten/" + string(view.ID)
	return out, nil
}

func (s *Server) listAkten(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Person     string `query:"person" maxLength:"100" doc:"Those of one person"`
	Department string `query:"department" maxLength:"100" doc:"Those in which the department takes part"`
}) (*answer[list[AkteHead]], error) {
	q := acl.AktenQuery{Department: in.Department, Limit: in.Limit, Cursor: in.Cursor}
	if in.Person != "" {
		id, err := archive.ParseID[archive.PersonID](in.Person)
		if err != nil { // a malformed id names nobody
			return &answer[list[AkteHead]]{list[AkteHead]{Items: []AkteHead{}}}, nil
		}
		q.Person = id
	}
	found, err := desk.Akten(ctx, q)
	if err != nil {
		return nil, err
	}
	return &answer[list[AkteHead]]{list[AkteHead]{Next: found.Next, Items: each(found.Items, func(h acl.AkteHead) AkteHead {
		return akteHeadOf(h.Akte, personRef{h.Akte.Person, h.Name, h.BirthDate.Given})
	})}}, nil
}

func (s *Server) showAkte(ctx context.Context, desk *acl.Desk, in *ByID) (*record[akteView], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Akte(ctx, id)
	if err != nil {
		return nil, err
	}
	return akteOf(view), nil
}

func (s *Server) changeAkte(ctx context.Context, desk *acl.Desk, in *change[akteEdit]) (*record[akteView], error) {
	id, revision, body, err := conditional[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	view, err := desk.ChangeAkte(ctx, id, revision, func(a *archive.Akte) error {
		body.Lead.into(&a.Lead)
		body.Team.into(&a.Team)
		if body.Responsible.set {
			a.Responsible = archive.UserID(body.Responsible.value)
		}
		if body.Departments.set {
			a.Departments = participations(body.Departments.value)
		}
		body.State.into(&a.State)
		body.DistinctBecause.into(&a.DistinctBecause)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return akteOf(view), nil
}
