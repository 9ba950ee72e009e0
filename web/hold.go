package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// holdView is a hold on the trail.
type holdView struct {
	ID     string           `json:"id"`
	Year   int              `json:"year,omitempty"`
	Person archive.PersonID `json:"person_id,omitempty"`
	User   archive.UserID   `json:"user_id,omitempty"`
	By     archive.UserID   `json:"by"`
	At     time.Time        `json:"at"`

	ByName  string       `json:"by_name,omitempty"`
	Of      string       `json:"of,omitempty" doc:"What the account is called whose entries are held"`
	Numbers []akteNumber `json:"numbers" doc:"Reference numbers of the person's Akten"`
}

func holdOf(h acl.TrailHold) holdView {
	return holdView{ID: h.ID, Year: h.Year, Person: h.Person, User: h.User, By: h.By, At: h.At, Numbers: []akteNumber{}}
}

// trailTermView is how long entries of the trail are kept.
type trailTermView struct {
	Rule   labelView   `json:"rule" doc:"By which entries end"`
	Years  []trailYear `json:"years"`
	Holds  []holdView  `json:"holds"`
	Source string      `json:"basis,omitempty"`
}

// trailYear is what there is of a year.
type trailYear struct {
	Year    int        `json:"year"`
	Entries int64      `json:"entries"`
	Dropped bool       `json:"dropped" doc:"They reached the end of their term; the final checkpoint stays"`
	Held    bool       `json:"held" doc:"They are kept beyond their term"`
	Due     *time.Time `json:"due,omitempty" doc:"When their term is over"`
}

// holdInput says what to keep beyond its term.
type holdInput struct {
	Body struct {
		Year   int              `json:"year,omitempty" doc:"All entries of a year"`
		Person archive.PersonID `json:"person_id,omitempty" maxLength:"100" doc:"Years with an entry about a person"`
		User   archive.UserID   `json:"user_id,omitempty" maxLength:"100" doc:"Years with an entry of a user"`
		Reason string           `json:"reason" maxLength:"2000"`
	}
}

// releaseInput ends a hold.
type releaseInput struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}

func (s *Server) showTerm(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[trailTermView], error) {
	term, err := desk.TrailTerm(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[trailTermView]{trailTermView{
		Rule: labelView{term.Rule.Label.DE, term.Rule.Label.EN}, Source: term.Rule.LegalBasis.DE,
		Years: each(term.Years, func(y acl.TrailYear) trailYear {
			return trailYear{y.Year, y.Entries, y.Dropped, y.Held, timeOrNone(y.Due)}
		}),
		Holds: each(term.Holds, func(h acl.TrailHoldView) holdView {
			v := holdOf(h.TrailHold)
			v.ByName, v.Of, v.Numbers = h.ByName, h.Of, each(h.Akten, numberOf)
			return v
		}),
	}}, nil
}

func (s *Server) holdTrail(ctx context.Context, desk *acl.Desk, in *holdInput) (*answer[holdView], error) {
	h, err := desk.HoldTrail(ctx, acl.TrailHold{Year: in.Body.Year, Person: in.Body.Person, User: in.Body.User}, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &answer[holdView]{holdOf(h)}, nil
}

func (s *Server) releaseTrail(ctx context.Context, desk *acl.Desk, in *releaseInput) (*struct{}, error) {
	return nil, desk.ReleaseTrail(ctx, in.ID, in.Body.Reason)
}
