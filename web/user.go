package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
)

// userView is an account as administration sees it.
type userView struct {
	ID         archive.UserID `json:"id"`
	Name       string         `json:"name"`
	Display    string         `json:"display,omitempty"`
	Roles      []archive.Pair `json:"roles"`
	Proposed   []proposalView `json:"proposed" doc:"Roles that wait for a lead and give no right yet"`
	Teams      []string       `json:"teams"`
	Disabled   bool           `json:"disabled"`
	Waits      *time.Time     `json:"waits_until,omitempty" doc:"After wrong passwords"`
	Created    time.Time      `json:"created"`
	Changed    time.Time      `json:"changed"`
	LastSignIn *time.Time     `json:"last_sign_in,omitempty" doc:"None since that is noted"`
	Revision   int64          `json:"revision"`
}

// proposalView is a role that waits.
type proposalView struct {
	archive.Pair
	By archive.UserID `json:"by"`
	At time.Time      `json:"at"`
}

func userOf(u acl.UserView) userView {
	return userView{
		ID: u.ID, Name: u.Name, Display: u.Display, Roles: each(u.Roles, func(p archive.Pair) archive.Pair { return p }),
		Proposed: each(u.Proposed, func(p archive.Proposal) proposalView { return proposalView{p.Pair, p.By, p.At.UTC()} }),
		Teams:    plain(u.Teams), Disabled: u.Disabled, Waits: timeOrNone(u.Waits), Created: u.Created.UTC(),
		Changed: u.Changed.UTC(), LastSignIn: timeOrNone(u.LastSignIn), Revision: u.Revision,
	}
}

func userRecord(u acl.UserView) *record[userView] {
	return &record[userView]{ETag: etag(u.Revision), Body: userOf(u)}
}

func (s *Server) listUsers(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[userView]], error) {
	users, err := desk.Users(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[userView]]{list[userView]{Items: each(users, userOf)}}, nil
}

func (s *Server) showUser(ctx context.Context, desk *acl.Desk, in *ByID) (*record[userView], error) {
	id, err := archive.ParseID[archive.UserID](in.ID)
	if err != nil {
		return nil, err
	}
	u, err := desk.User(ctx, id)
	if err != nil {
		return nil, err
	}
	return userRecord(u), nil
}

// newUserInput is an account to make.
type newUserInput struct {
	Body struct {
		Name     string         `json:"name" maxLength:"64" doc:"For signing in: a-z, 0-9, dot, dash, underscore"`
		Display  string         `json:"display,omitempty" maxLength:"400"`
		Roles    []archive.Pair `json:"roles,omitempty" maxItems:"100" doc:"Proposed; each waits for a lead"`
		Teams    []string       `json:"teams,omitempty" maxItems:"100"`
		Password string         `json:"password" maxLength:"1024"`
	}
}

func (s *Server) addUser(ctx context.Context, desk *acl.Desk, in *newUserInput) (*record[userView], error) {
	b := in.Body
	u, err := desk.AddUser(ctx, archive.User{Name: b.Name, Display: b.Display, Roles: b.Roles, Teams: b.Teams}, b.Password)
	if err != nil {
		return nil, err
	}
	made := userRecord(u)
	made.Location = base + "/users/" + string(u.ID)
	return made, nil
}

// userEditInput is a change of an account.
type userEditInput struct {
	ByID
	Matched
	Body struct {
		Display  *string         `json:"display,omitempty" maxLength:"400"`
		Roles    *[]archive.Pair `json:"roles,omitempty" maxItems:"100" doc:"All it shall have: what isn't named is taken, what is new waits for a lead"`
		Teams    *[]string       `json:"teams,omitempty" maxItems:"100"`
		Disabled *bool           `json:"disabled,omitempty"`
	}
}

func (s *Server) changeUser(ctx context.Context, desk *acl.Desk, in *userEditInput) (*record[userView], error) {
	id, err := archive.ParseID[archive.UserID](in.ID)
	if err != nil {
		return nil, err
	}
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	u, err := desk.ChangeUser(ctx, id, revision, acl.UserEdit(in.Body))
	if err != nil {
		return nil, err
	}
	return userRecord(u), nil
}

// passwordInput is a new password for another account.
type passwordInput struct {
	ByID
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	}
}

func (s *Server) setUserPassword(ctx context.Context, desk *acl.Desk, in *passwordInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.UserID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.SetUserPassword(ctx, id, in.Body.Password)
}

// pairView is a role in a department.
type pairView struct {
	archive.Pair
	RoleName       labelView `json:"role_name"`
	DepartmentName labelView `json:"department_name"`
	AllTeams       bool      `json:"all_teams" doc:"Sees the Akten of all teams of the department"`
}

func (s *Server) listPairs(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[pairView]], error) {
	pairs, err := desk.Pairs(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[pairView]]{list[pairView]{Items: each(pairs, s.pairOf)}}, nil
}

func (s *Server) pairOf(p policies.Pair) pairView {
	role, _ := s.Policies.Role(p.Role)
	department, _ := s.Policies.Department(p.Department)
	return pairView{
		archive.Pair{Role: p.Role, Department: p.Department}, labelView(role.Label), labelView(department.Label), p.AllTeams,
	}
}
