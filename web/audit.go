package web

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// eventView is an event of the trail.
type eventView struct {
	Year           int          `json:"year"`
	Seq            int64        `json:"seq"`
	Time           string       `json:"time"`
	Actor          string       `json:"actor"`
	Role           string       `json:"role,omitempty"`
	Department     string       `json:"department,omitempty"`
	Client         string       `json:"client,omitempty"`
	Op             string       `json:"op"`
	Object         string       `json:"object,omitempty"`
	Akten          []string     `json:"akten,omitempty"`
	Persons        []string     `json:"persons,omitempty"`
	More           int          `json:"more,omitempty" doc:"How many Akten and persons it speaks of, where there is nothing left to name them"`
	Register       string       `json:"register,omitempty"`
	Classification string       `json:"classification,omitempty"`
	Result         string       `json:"result"`
	Rule           string       `json:"rule,omitempty"`
	Policy         string       `json:"policy,omitempty"`
	Purpose        string       `json:"purpose,omitempty"`
	Correlation    string       `json:"correlation,omitempty"`
	Commitment     string       `json:"commitment,omitempty" doc:"SHA-256 that binds the details"`
	Details        []detailView `json:"details,omitempty"`
}

// detailView is a part of what is personal about an event.
type detailView struct {
	Kind   string          `json:"kind" doc:"act: of the act; shared: of all it speaks of; own: of one of them; named: only names them"`
	Erased bool            `json:"erased,omitempty"`
	Text   json.RawMessage `json:"text,omitempty"`
}

func eventOf(e archive.TrailEntry) eventView {
	l := e.Leaf
	v := eventView{
		Year: e.Year, Seq: l.Seq, Time: l.Time, Actor: l.Actor, Role: l.Role, Department: l.Department, Client: l.Client,
		Op: string(l.Op), Object: l.Object, Akten: l.Akten, Persons: l.Persons, Register: l.Register,
		Classification: l.Classification, Result: string(l.Result), Rule: l.Rule, Policy: l.Policy, Purpose: l.Purpose,
		Correlation: l.Correlation, Commitment: l.Commitment, Details: each(e.Parts, detailOf),
	}
	if l.More > 0 {
		if v.Akten, v.Persons = namedIn(e.Parts); len(v.Akten)+len(v.Persons) == 0 {
			v.More = l.More
		}
	}
	return v
}

// namedIn are the Akten and persons of an event that speaks of too many for its leaf: what speaks of
// all of them names them by the keys that it needs, readable or not.
func namedIn(parts []audit.Part) (akten, persons []string) {
	for _, p := range parts {
		if p.Kind != audit.PartNamed && p.Kind != audit.PartShared {
			continue
		}
		for _, key := range p.Keys {
			if id, ok := strings.CutPrefix(key, audit.AkteKey("")); ok {
				akten = append(akten, id)
			} else if id, ok := strings.CutPrefix(key, audit.PersonKey("")); ok {
				persons = append(persons, id)
			}
		}
		return akten, persons
	}
	return nil, nil
}

func detailOf(p audit.Part) detailView {
	v := detailView{Kind: p.Kind, Erased: p.Erased}
	if json.Valid(p.Text) {
		v.Text = p.Text
	}
	return v
}

// eventsInput narrows the trail.
type eventsInput struct {
	Page
	Akte   string `query:"akte" maxLength:"100"`
	Person string `query:"person" maxLength:"100"`
	Actor  string `query:"actor" maxLength:"100"`
	Op     string `query:"op" maxLength:"60"`
	Result string `query:"result" enum:"allow,deny,error"`
	From   string `query:"from" maxLength:"40" doc:"A time, included"`
	To     string `query:"to" maxLength:"40" doc:"A time, not included"`
}

func (in *eventsInput) filter() (f archive.TrailFilter, err error) {
	f = archive.TrailFilter{
		Akte: archive.AkteID(in.Akte), Person: archive.PersonID(in.Person), Actor: archive.UserID(in.Actor),
		Op: in.Op, Result: in.Result,
	}
	if f.From, err = when("/from", in.From); err != nil {
		return f, err
	}
	f.To, err = when("/to", in.To)
	return f, err
}

// when reads a time of a query.
func when(pointer, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, &archive.FieldError{Pointer: pointer, Code: "format"}
}

func (s *Server) listEvents(ctx context.Context, desk *acl.Desk, in *eventsInput) (*answer[list[eventView]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	found, err := desk.Trail(ctx, f, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[eventView]]{list[eventView]{Next: found.Next, Items: each(found.Items, eventOf)}}, nil
}

// checkpoint sends a signed note on the trail's present state.
func (s *Server) checkpoint(c *gin.Context, desk *acl.Desk) error {
	note, err := desk.Checkpoint(c.Request.Context())
	if err != nil {
		return err
	}
	return send(c, "text/plain; charset=utf-8", note)
}
