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
	"eakte/archive/audit/anchor"
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

	Name      string       `json:"name,omitempty" doc:"What the actor is called"`
	Class     string       `json:"class,omitempty" doc:"collection, change, query, disclosure, combination, erasure, operation"`
	Numbers   []akteNumber `json:"numbers" doc:"Reference numbers of the Akten that are still there"`
	Case      *statedCase  `json:"case,omitempty" doc:"The case stated as purpose"`
	RuleText  *labelView   `json:"rule_text,omitempty"`
	Tried     string       `json:"tried,omitempty" doc:"What was refused"`
	Recipient string       `json:"recipient,omitempty"`
	Address   string       `json:"address,omitempty"`
	Marks     []acl.Mark   `json:"marks" doc:"refused, repeated, own_case, hours, namesake: reasons to look at it, not results"`
}

// akteNumber is an Akte by its reference number.
type akteNumber struct {
	AkteID archive.AkteID `json:"akte_id"`
	Number string         `json:"aktenzeichen"`
}

// statedCase is a case by its procedure and the number of its Akte.
type statedCase struct {
	Procedure string `json:"procedure"`
	Number    string `json:"aktenzeichen"`
}

// labelView is a text in both languages.
type labelView struct {
	DE string `json:"de"`
	EN string `json:"en"`
}

// detailView is a part of what is personal about an event.
type detailView struct {
	Kind   string          `json:"kind" doc:"act: of the act; shared: of all it speaks of; own: of one of them; named: only names them"`
	Erased bool            `json:"erased,omitempty"`
	Text   json.RawMessage `json:"text,omitempty"`
}

func eventOf(e acl.TrailRow) eventView {
	l := e.Leaf
	class, _ := l.Op.Class()
	v := eventView{
		Year: e.Year, Seq: l.Seq, Time: l.Time, Actor: l.Actor, Role: l.Role, Department: l.Department, Client: l.Client,
		Op: string(l.Op), Object: l.Object, Akten: l.Akten, Persons: l.Persons, Register: l.Register,
		Classification: l.Classification, Result: string(l.Result), Rule: l.Rule, Policy: l.Policy, Purpose: l.Purpose,
		Correlation: l.Correlation, Commitment: l.Commitment, Details: each(e.Parts, detailOf),
		Name: e.Name, Class: string(class), Recipient: e.Recipient, Address: e.Address, Marks: e.Marks,
		Tried:   string(e.Tried),
		Numbers: each(e.Akten, numberOf),
	}
	if e.Case != (acl.TrailCase{}) {
		v.Case = &statedCase{e.Case.Procedure, e.Case.Number}
	}
	if e.Rule.DE != "" {
		v.RuleText = &labelView{e.Rule.DE, e.Rule.EN}
	}
	if l.More > 0 {
		if v.Akten, v.Persons = namedIn(e.Parts); len(v.Akten)+len(v.Persons) == 0 {
			v.More = l.More
		}
	}
	return v
}

func numberOf(a acl.TrailAkte) akteNumber { return akteNumber{a.ID, a.Number} }

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

// EventsFilter narrows the trail. It is exported to be seen inside other inputs.
type EventsFilter struct {
	Akte   string `query:"akte" maxLength:"100"`
	Person string `query:"person" maxLength:"100"`
	Actor  string `query:"actor" maxLength:"100"`
	Op     string `query:"op" maxLength:"60"`
	Class  string `query:"class" maxLength:"60" doc:"collection, change, query, disclosure, combination, erasure, operation"`
	Result string `query:"result" enum:"allow,deny,error"`
	People bool   `query:"people" doc:"Leave out what the system did by itself"`
	From   string `query:"from" maxLength:"40" doc:"A time, included"`
	To     string `query:"to" maxLength:"40" doc:"A time, not included"`
}

// eventsInput asks for a page of the trail.
type eventsInput struct {
	Page
	EventsFilter
}

func (in *EventsFilter) filter() (f archive.TrailFilter, err error) {
	f = archive.TrailFilter{
		Akte: archive.AkteID(in.Akte), Person: archive.PersonID(in.Person), Actor: archive.UserID(in.Actor),
		Op: in.Op, Class: in.Class, Result: in.Result, People: in.People,
	}
	if f.Class != "" && !audit.Class(f.Class).Known() {
		return f, &archive.FieldError{Pointer: "/class", Code: "unknown"}
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

// eventsView is a page of the trail.
type eventsView struct {
	list[eventView]
	SearchedTo *time.Time `json:"searched_to,omitempty" doc:"Where many events were looked at and the page is not full: up to this time; next_cursor goes on"`
}

func (s *Server) listEvents(ctx context.Context, desk *acl.Desk, in *eventsInput) (*answer[eventsView], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	found, err := desk.Trail(ctx, f, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[eventsView]{eventsView{list[eventView]{Next: found.Next, Items: each(found.Items, eventOf)}, timeOrNone(found.SearchedTo)}}, nil
}

// timeOrNone is a time in UTC; nil for none.
func timeOrNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// subjectsInput asks whose events to list.
type subjectsInput struct {
	Body struct {
		Q         string `json:"q" maxLength:"200" doc:"A reference number, an AZR number, the name of a person or of an account"`
		BirthDate string `json:"birth_date,omitempty" maxLength:"10"`
	}
}

// subjectsView is whose events can be listed.
type subjectsView struct {
	Persons []subjectView   `json:"persons"`
	Users   []colleagueView `json:"users"`
}

// subjectView is a person without her name.
type subjectView struct {
	PersonID archive.PersonID `json:"person_id"`
	Akten    []akteNumber     `json:"akten"`
}

// colleagueView is an account.
type colleagueView struct {
	ID          archive.UserID `json:"id"`
	Name        string         `json:"name"`
	Display     string         `json:"display,omitempty"`
	Departments []string       `json:"departments"`
}

func (s *Server) findSubjects(ctx context.Context, desk *acl.Desk, in *subjectsInput) (*answer[subjectsView], error) {
	born, err := s.birthDate("/birth_date", in.Body.BirthDate)
	if err != nil {
		return nil, err
	}
	found, err := desk.TrailSubjects(ctx, in.Body.Q, born)
	if err != nil {
		return nil, err
	}
	return &answer[subjectsView]{subjectsView{
		Persons: each(found.Persons, func(p acl.TrailSubject) subjectView { return subjectView{p.Person, each(p.Akten, numberOf)} }),
		Users:   each(found.Users, func(u acl.TrailUser) colleagueView { return colleagueView(u) }),
	}}, nil
}

// summaryView is how the trail stands.
type summaryView struct {
	Acts        int        `json:"acts" doc:"Of people, today"`
	Refusals    int        `json:"refusals"`
	Marked      int        `json:"marked"`
	CountedFrom *time.Time `json:"counted_from,omitempty" doc:"Where so much happened today that what was before is not counted"`
	Sources     int        `json:"arranged_sources" doc:"Inbox items whose pages were put together anew and whose bytes are still kept"`
	Size        int64      `json:"size" doc:"Events in this year's log"`
	Signed      int64      `json:"signed" doc:"How many of them the last checkpoint covers"`
	SignedTo    *time.Time `json:"signed_to,omitempty" doc:"When the last of those was"`
	Whole       bool       `json:"whole" doc:"No gap up to the present size, as far as a quick look tells"`

	Witness *standingView `json:"witness,omitempty" doc:"Who cosigns checkpoints; absent where nobody was asked to"`
	Stamps  *standingView `json:"timestamps,omitempty" doc:"Who timestamps them; absent where nobody was asked to"`
}

// standingView is how somebody vouches for the trail.
type standingView struct {
	Name    string     `json:"name"`
	Size    int64      `json:"size" doc:"Events in this year's log for which it vouched last"`
	Behind  int64      `json:"behind" doc:"Events since"`
	At      *time.Time `json:"at,omitempty" doc:"When it vouched last"`
	Trouble string     `json:"trouble,omitempty" enum:"unreachable,refused,contradicted" doc:"What keeps it from vouching; contradicted: it has cosigned what is not in the log"`
	Since   *time.Time `json:"since,omitempty"`
	Known   int64      `json:"known,omitempty" doc:"Where it contradicts: how many events it has cosigned, more than there are"`
}

func standingOf(s anchor.Standing) *standingView {
	if s.Name == "" {
		return nil
	}
	return &standingView{s.Name, s.Size, s.Behind, timeOrNone(s.At), string(s.Trouble), timeOrNone(s.Since), s.Known}
}

func (s *Server) summariseEvents(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[summaryView], error) {
	t, err := desk.TrailSummary(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[summaryView]{summaryView{
		Acts: t.Acts, Refusals: t.Refusals, Marked: t.Marked, CountedFrom: timeOrNone(t.CountedFrom),
		Sources: t.Sources, Size: t.Size, Signed: t.Signed, SignedTo: timeOrNone(t.SignedTo), Whole: t.Whole,
		Witness: standingOf(t.Anchored.Witness), Stamps: standingOf(t.Anchored.Stamps),
	}}, nil
}

// checkpoint sends a signed note on the trail's present state.
func (s *Server) checkpoint(c *gin.Context, desk *acl.Desk) error {
	note, err := desk.Checkpoint(c.Request.Context())
	if err != nil {
		return err
	}
	return send(c, "text/plain; charset=utf-8", note)
}
