package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// grantView is a right that somebody holds in one Akte for a time.
type grantView struct {
	ID              archive.GrantID `json:"id"`
	Akte            AkteHead        `json:"akte"`
	User            archive.UserID  `json:"user_id"`
	UserName        string          `json:"user_name,omitempty"`
	Registers       []string        `json:"registers"`
	Classifications []string        `json:"classifications"`
	Level           string          `json:"level" enum:"read,write"`
	Until           string          `json:"until" doc:"Its last day"`
	Reason          string          `json:"reason"`
	Department      string          `json:"department" doc:"In whose name it was given: it reaches as far as that takes part in the Akte"`
	By              archive.UserID  `json:"by"`
	ByName          string          `json:"by_name,omitempty"`
	ByGone          bool            `json:"by_gone,omitempty" doc:"Who gave it leads the department no more"`
	At              time.Time       `json:"at"`
	State           string          `json:"state" enum:"active,asleep,over,ended" doc:"asleep: it reaches nothing as things are"`
	EndedBy         string          `json:"ended_by_name,omitempty"`
	EndedAt         *time.Time      `json:"ended_at,omitempty"`
}

func grantOf(g acl.GrantView) grantView {
	v := grantView{
		ID: g.ID, Akte: AkteHead{ID: g.Akte}, User: g.User, UserName: g.Holder, Registers: g.Registers, Classifications: g.Classifications,
		Level: g.Level, Until: g.Until, Reason: g.Reason, Department: g.Through.Department, By: g.By, ByName: g.Giver, ByGone: g.GiverGone,
		At: g.At.UTC(), State: g.State, EndedBy: g.Ender, EndedAt: timeOrNone(g.EndedAt),
	}
	if g.Head.ID != "" {
		v.Akte = akteHeadOf(g.Head.Akte, personRef{g.Head.Akte.Person, g.Head.Name, g.Head.BirthDate.Given})
	}
	return v
}

// grantBody is what a lead gives.
type grantBody struct {
	User            string   `json:"user_id" maxLength:"100"`
	Registers       []string `json:"registers" maxItems:"50"`
	Classifications []string `json:"classifications" maxItems:"20"`
	Level           string   `json:"level" maxLength:"20" doc:"read or write; write is read where I may only read"`
	Until           string   `json:"until" maxLength:"10" doc:"Its last day, at most 30 days from today"`
	Reason          string   `json:"reason" maxLength:"2000"`
}

func (b grantBody) grant(akte archive.AkteID) archive.Grant {
	return archive.Grant{
		Akte: akte, User: archive.UserID(b.User), Registers: b.Registers, Classifications: b.Classifications, Level: b.Level,
		Until: b.Until, Reason: b.Reason,
	}
}

// lentView is what I hold in an Akte for a time.
type lentView struct {
	Grant      archive.GrantID      `json:"grant_id,omitempty"`
	Writes     bool                 `json:"writes"`
	Until      string               `json:"until,omitempty" doc:"The last day of a grant"`
	BreakGlass archive.BreakGlassID `json:"break_glass_id,omitempty"`
	Ends       *time.Time           `json:"ends_at,omitempty" doc:"When a break-glass access or an inspection ends"`
	Inspection bool                 `json:"inspection,omitempty"`
}

func lentOf(l *acl.LentView) *lentView {
	if l == nil {
		return nil
	}
	return &lentView{l.Grant, l.Writes, l.Until, l.BreakGlass, timeOrNone(l.Ends), l.Inspection}
}

// grants are the routes to rights for a time.
func (s *Server) grants() {
	handle(s, "GET", "/akten/{id}/grants", "Rights for a time that were given in an Akte, newest first, for who may give them", purposed, s.listGrantsIn)
	handle(s, "POST", "/akten/{id}/grants", "Give a colleague rights of mine in an Akte for at most 30 days", purposed|once|created|again, s.giveGrant)
	handle(s, "GET", "/grants", "Rights for a time given in the name of a department, newest first, for who leads it", 0, s.listGrants)
	handle(s, "POST", "/grants/{id}/end", "Take a right back", 0, s.endGrant)
	handle(s, "GET", "/me/grants", "Rights for a time that I hold now", 0, s.listOwnGrants)
}

func (s *Server) listGrantsIn(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[grantView]], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	form, err := desk.Granting(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[grantView]]{list[grantView]{Items: each(form.Given, grantOf)}}, nil
}

func (s *Server) giveGrant(ctx context.Context, desk *acl.Desk, in *sending[grantBody]) (*answer[grantView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	view, err := desk.Grant(ctx, body.grant(id))
	if err != nil {
		return nil, err
	}
	return &answer[grantView]{grantOf(view)}, nil
}

func (s *Server) listGrants(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"One that I lead; the first if not given"`
}) (*answer[list[grantView]], error) {
	page, err := desk.Grants(ctx, in.Department, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[grantView]]{list[grantView]{Next: page.Next, Items: each(page.Items, grantOf)}}, nil
}

func (s *Server) endGrant(ctx context.Context, desk *acl.Desk, in *ByID) (*struct{}, error) {
	id, err := archive.ParseID[archive.GrantID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.EndGrant(ctx, id)
}

func (s *Server) listOwnGrants(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[grantView]], error) {
	found, err := desk.OwnGrants(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[grantView]]{list[grantView]{Items: each(found, grantOf)}}, nil
}
