package web

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// IncidentBody is what is said of a breach of data protection.
type IncidentBody struct {
	Title      string         `json:"title" maxLength:"600"`
	What       string         `json:"what" maxLength:"8000" doc:"What happened"`
	KnownSince time.Time      `json:"known_since" doc:"The 72 hours run from here"`
	Actor      archive.UserID `json:"actor,omitempty" doc:"Whose acts it is about; absent: everybody's"`
	From       *time.Time     `json:"from,omitempty" doc:"Acts from here on; needed unless a finding says so"`
	To         *time.Time     `json:"to,omitempty" doc:"Acts before this; absent: up to now"`
	Measures   string         `json:"measures,omitempty" maxLength:"8000"`
	Assessment string         `json:"assessment,omitempty" maxLength:"8000" doc:"What may come of it for those concerned"`
	Risk       string         `json:"risk,omitempty" enum:"unlikely,risk,high"`
	Notified   *time.Time     `json:"notified,omitempty" doc:"When the supervisory authority was told"`
	Told       *time.Time     `json:"told,omitempty" doc:"When those concerned were told"`
}

func (b IncidentBody) incident() archive.Incident {
	at := func(t *time.Time) time.Time {
		if t == nil {
			return time.Time{}
		}
		return t.UTC()
	}
	return archive.Incident{
		Title: b.Title, What: b.What, KnownSince: b.KnownSince.UTC(), Actor: b.Actor, From: at(b.From), To: at(b.To), Measures: b.Measures,
		Assessment: b.Assessment, Risk: b.Risk, Notified: at(b.Notified), Told: at(b.Told),
	}
}

// incidentHead is a breach in a list.
type incidentHead struct {
	ID archive.IncidentID `json:"id"`
	IncidentBody
	Name     string    `json:"name,omitempty"`
	State    string    `json:"state" doc:"open, proposed, closed"`
	Deadline time.Time `json:"deadline"`
	Clock    bool      `json:"clock" doc:"The 72 hours run, or are over: nobody was told"`
	Revision int64     `json:"revision"`
}

func incidentHeadOf(h acl.IncidentHead) incidentHead {
	return incidentHead{
		ID: h.ID, Name: h.Name, State: h.State, Deadline: h.Deadline().UTC(), Clock: h.Clock, Revision: h.Revision, IncidentBody: IncidentBody{
			h.Title, h.What, h.KnownSince.UTC(), h.Actor, timeOrNone(h.From), timeOrNone(h.To), h.Measures, h.Assessment, h.Risk, timeOrNone(h.Notified), timeOrNone(h.Told),
		},
	}
}

// incidentView is one with whom it affects.
type incidentView struct {
	incidentHead
	Acts     int            `json:"acts" doc:"How many entries of the trail there are"`
	Unnamed  int            `json:"unnamed,omitempty" doc:"Of these, how many name too many persons to be told one by one"`
	Hidden   int            `json:"hidden,omitempty" doc:"Persons from whom a conflict of interest keeps me"`
	Partial  bool           `json:"partial,omitempty" doc:"There are more entries than were looked through"`
	Affected []affectedView `json:"affected"`
	Steps    []incidentStep `json:"steps"`

	MayChange bool `json:"may_change"`
	MayJudge  bool `json:"may_judge"`
}

type affectedView struct {
	Person  archive.PersonID `json:"person_id"`
	Numbers []akteNumber     `json:"numbers"`
	Acts    int              `json:"acts"`
	First   time.Time        `json:"first"`
	Last    time.Time        `json:"last"`
	Kinds   []string         `json:"kinds" doc:"look, listed, taken, disclosed, changed"`
}

type incidentStep struct {
	By    archive.UserID `json:"by"`
	Name  string         `json:"name,omitempty"`
	At    time.Time      `json:"at"`
	State string         `json:"state"`
	Note  string         `json:"note,omitempty"`
}

func incidentOf(v acl.IncidentView) incidentView {
	return incidentView{
		incidentHead: incidentHeadOf(v.IncidentHead), Acts: v.Acts, Unnamed: v.Unnamed, Hidden: v.Hidden, Partial: v.Partial,
		MayChange: v.MayChange, MayJudge: v.MayJudge,
		Affected: each(v.Affected, func(a acl.Affected) affectedView {
			return affectedView{a.Person, each(a.Akten, numberOf), a.Acts, a.First.UTC(), a.Last.UTC(), a.Kinds}
		}),
		Steps: each(v.Steps, func(s acl.IncidentStepView) incidentStep {
			return incidentStep{s.By, s.Name, s.At.UTC(), s.State, s.Note}
		}),
	}
}

func (s *Server) listIncidents(ctx context.Context, desk *acl.Desk, in *struct{ Page }) (*answer[list[incidentHead]], error) {
	page, err := desk.Incidents(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[incidentHead]]{list[incidentHead]{Next: page.Next, Items: each(page.Items, incidentHeadOf)}}, nil
}

type beginIncidentBody struct {
	IncidentBody
	Finding archive.FindingID `json:"finding_id,omitempty" doc:"One that it began with: its account and span of time are taken"`
}

func (s *Server) beginIncident(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[beginIncidentBody] }) (*record[incidentView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	id, err := desk.BeginIncident(ctx, body.incident(), body.Finding)
	if err != nil {
		return nil, err
	}
	v, err := desk.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	return &record[incidentView]{ETag: etag(v.Revision), Location: "/api/v1/incidents/" + string(id), Body: incidentOf(v)}, nil
}

func (s *Server) showIncident(ctx context.Context, desk *acl.Desk, in *ByID) (*record[incidentView], error) {
	id, err := archive.ParseID[archive.IncidentID](in.ID)
	if err != nil {
		return nil, err
	}
	v, err := desk.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	return &record[incidentView]{ETag: etag(v.Revision), Body: incidentOf(v)}, nil
}

type changeIncidentBody struct {
	IncidentBody
	Revision int64  `json:"revision" doc:"The one that was read"`
	Propose  bool   `json:"propose,omitempty" doc:"All is said: a second person has the word"`
	Note     string `json:"note,omitempty" maxLength:"4000"`
}

func (s *Server) changeIncident(ctx context.Context, desk *acl.Desk, in *sending[changeIncidentBody]) (*struct{}, error) {
	id, body, err := sent[archive.IncidentID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.ChangeIncident(ctx, id, body.Revision, body.incident(), body.Propose, body.Note)
}

type judgeIncidentBody struct {
	Revision int64  `json:"revision" doc:"The one that was read"`
	Agree    bool   `json:"agree"`
	Note     string `json:"note,omitempty" maxLength:"4000" doc:"Needed where it is given back"`
}

func (s *Server) judgeIncident(ctx context.Context, desk *acl.Desk, in *sending[judgeIncidentBody]) (*struct{}, error) {
	id, body, err := sent[archive.IncidentID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.JudgeIncident(ctx, id, body.Revision, body.Agree, body.Note)
}

func (s *Server) incidentReport(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.IncidentID](c)
	if err != nil {
		return err
	}
	language := visitOf(c.Request.Context()).language
	data, err := desk.PrintIncident(c.Request.Context(), id, s.accessWords(language))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", disposition(text{"vorfall.pdf", "incident.pdf"}.in(language)))
	return send(c, "application/pdf", data)
}
