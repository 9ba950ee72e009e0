package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
)

// officers are the routes of who answers for data protection, beside the trail itself.
func (s *Server) officers() {
	handle(s, "GET", "/audit/persons/{id}/accesses", "Who saw a person, found her, took something out or disclosed it, by account", 0, s.listAccesses)
	s.raw("GET", "/audit/persons/{id}/accesses.csv", "The same as a table; from and to as for the list", bytesOut|again, s.accessTable)
	s.raw("GET", "/audit/persons/{id}/accesses.pdf", "The same as PDF; from and to as for the list", bytesOut|again, s.accessPaper)
	handle(s, "GET", "/audit/activity", "How many queries, disclosures and refusals there were a day, of all accounts together", 0, s.showActivity)
	handle(s, "GET", "/audit/findings", "List what a rule held for unusual in the trail, newest first", 0, s.listFindings)
	handle(s, "GET", "/audit/findings/{id}", "Show a finding with its events", 0, s.showFinding)
	handle(s, "POST", "/audit/findings/{id}/review", "Write down what came of looking into a finding", 0, s.reviewFinding)
	handle(s, "POST", "/audit/findings/{id}/judge", "Agree as a second person, which closes it, or give it back", again, s.judgeFinding)
	s.raw("GET", "/audit/proofs/{year}/{seq}", "The proof that an event is in the trail, to be checked by eakte-verify -proof", bytesOut|again, s.showProof)
	handle(s, "GET", "/incidents", "List breaches of data protection that were noted, newest first", 0, s.listIncidents)
	handle(s, "POST", "/incidents", "Note a breach", once|created, s.beginIncident)
	handle(s, "GET", "/incidents/{id}", "Show one with whom it affects, computed from the trail", 0, s.showIncident)
	handle(s, "POST", "/incidents/{id}", "Say more of it, or propose that it is closed", 0, s.changeIncident)
	handle(s, "POST", "/incidents/{id}/judge", "Agree as a second person, which closes it, or give it back", 0, s.judgeIncident)
	s.raw("GET", "/incidents/{id}/report.pdf", "Its report (Art. 33 GDPR) as PDF", bytesOut|again, s.incidentReport)
	handle(s, "GET", "/audit/holds", "How long entries of the trail are kept, and what is kept beyond its term", 0, s.showTerm)
	handle(s, "POST", "/audit/holds", "Keep entries of the trail beyond their term", 0, s.holdTrail)
	handle(s, "POST", "/audit/holds/{id}/release", "Keep them no longer", again, s.releaseTrail)
}

// accessesView is who did what with a person's data.
type accessesView struct {
	PersonID archive.PersonID `json:"person_id"`
	Numbers  []akteNumber     `json:"numbers"`
	From     *time.Time       `json:"from,omitempty"`
	To       *time.Time       `json:"to"`
	ToldFrom *time.Time       `json:"told_from,omitempty" doc:"Where there is too much to be told at once: what was before is left out; ask with to"`
	By       []accessBy       `json:"by"`
}

// accessBy is what one account did.
type accessBy struct {
	Actor       archive.UserID `json:"actor"`
	Name        string         `json:"name,omitempty"`
	Departments []string       `json:"departments"`
	First       *time.Time     `json:"first"`
	Last        *time.Time     `json:"last"`
	Kinds       []string       `json:"kinds" doc:"look, listed, taken, disclosed, changed, refused"`
	Acts        []accessView   `json:"acts"`
}

// accessView is an event with what it means for the person.
type accessView struct {
	eventView
	Kind   string `json:"kind"`
	Reason string `json:"reason,omitempty"`
}

// accessInput asks for a span of time.
type accessInput struct {
	ByID
	From string `query:"from" maxLength:"40" doc:"A time, included"`
	To   string `query:"to" maxLength:"40" doc:"A time, not included"`
}

// span reads the bounds of a span of time.
func span(low, high string) (from, to time.Time, err error) {
	if from, err = when("/from", low); err == nil {
		to, err = when("/to", high)
	}
	return from, to, err
}

func (s *Server) listAccesses(ctx context.Context, desk *acl.Desk, in *accessInput) (*answer[accessesView], error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := span(in.From, in.To)
	if err != nil {
		return nil, err
	}
	found, err := desk.Accesses(ctx, id, from, to)
	if err != nil {
		return nil, err
	}
	return &answer[accessesView]{accessesView{
		PersonID: found.Person, Numbers: each(found.Akten, numberOf), From: timeOrNone(found.From), To: timeOrNone(found.To),
		ToldFrom: timeOrNone(found.ToldFrom), By: each(found.By, func(by acl.AccessBy) accessBy {
			return accessBy{by.Actor, by.Name, by.Departments, timeOrNone(by.First), timeOrNone(by.Last), by.Kinds, each(by.Acts, func(a acl.Access) accessView {
				return accessView{eventOf(a.TrailRow), a.Kind, a.Reason}
			})}
		}),
	}}, nil
}

// accessAsked reads what a file of accesses is asked for.
func accessAsked(c *gin.Context) (id archive.PersonID, from, to time.Time, err error) {
	if id, err = pathID[archive.PersonID](c); err == nil {
		from, to, err = span(c.Query("from"), c.Query("to"))
	}
	return id, from, to, err
}

// accessTable sends who did what as a table that German Excel opens.
func (s *Server) accessTable(c *gin.Context, desk *acl.Desk) error {
	id, from, to, err := accessAsked(c)
	if err != nil {
		return err
	}
	found, err := desk.ExportAccesses(c.Request.Context(), id, from, to)
	if err != nil {
		return err
	}
	language := visitOf(c.Request.Context()).language
	w := s.accessWords(language)
	var out bytes.Buffer
	out.WriteString("\ufeff")
	table := csv.NewWriter(&out)
	table.Comma, table.UseCRLF = ';', true
	rows := [][]string{each([]text{
		{"Name", "Name"}, {"Konto", "Account"}, {"Fachbereich", "Department"}, {"Zeit", "Time"}, {"Art", "Kind"}, {"Handlung", "Act"}, {"Zweck", "Purpose"},
		{"Grund", "Reason"}, {"Empfänger", "Recipient"}, {"Aktenzeichen", "Reference number"}, {"Ergebnis", "Result"}, {"Jahr", "Year"}, {"Nr.", "No."},
	}, func(t text) string { return t.in(language) })}
	for _, by := range found.By {
		for _, act := range by.Acts {
			cells := s.cells(act.TrailRow, language)
			rows = append(rows, each([]string{
				act.Name, act.Leaf.Actor, w.Department(act.Leaf.Department), cells[2], w.Kind(act.Kind), w.Deed(act.TrailRow), w.Purpose(act.TrailRow),
				act.Reason, act.Recipient, cells[11], cells[10], cells[0], cells[1],
			}, cell))
		}
	}
	if !found.ToldFrom.IsZero() {
		rows = append(rows, []string{text{"Es gibt frühere Ereignisse; bitte enger eingrenzen.", "There are earlier events; please narrow the span."}.in(language)})
	}
	if err := table.WriteAll(rows); err != nil {
		return err
	}
	c.Header("Content-Disposition", disposition(text{"zugriffe.csv", "accesses.csv"}.in(language)))
	return send(c, "text/csv; charset=utf-8", out.Bytes())
}

// accessPaper sends who did what as PDF.
func (s *Server) accessPaper(c *gin.Context, desk *acl.Desk) error {
	id, from, to, err := accessAsked(c)
	if err != nil {
		return err
	}
	language := visitOf(c.Request.Context()).language
	data, err := desk.PrintAccesses(c.Request.Context(), id, from, to, s.accessWords(language))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", disposition(text{"zugriffe.pdf", "accesses.pdf"}.in(language)))
	return send(c, "application/pdf", data)
}

// accessWords put accesses into words.
func (s *Server) accessWords(language string) acl.AccessWords {
	return acl.AccessWords{
		Language: language,
		Deed:     func(row acl.TrailRow) string { return pages.DeedName(row).In(language) },
		Purpose: func(row acl.TrailRow) string {
			if row.Case != (acl.TrailCase{}) {
				p, _ := s.Policies.Procedure(row.Case.Procedure)
				return p.Label.In(language)
			}
			if strings.HasPrefix(row.Leaf.Purpose, "case:") {
				return text{"Vorgang", "Case"}.in(language)
			}
			return termName(s.Policies.Purpose, row.Leaf.Purpose, language)
		},
		Kind:       func(kind string) string { return pages.AccessName(kind).In(language) },
		Department: func(key string) string { return termName(s.Policies.Department, key, language) },
	}
}
