package pages

import (
	"errors"
	"net/http"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// simulationView is what a version would change for whom.
type simulationView struct {
	ui.Frame
	Tab        string
	Number     int
	MayExplain bool
	acl.Simulation
	Lines []simulationLine
}

// simulationLine is a row in words.
type simulationLine struct {
	acl.SimulationRow
	What, Was, Is string
}

func (p *Pages) showSimulation(r *request) error {
	n, err := r.policyNumber()
	if err != nil {
		return err
	}
	desk := r.desk()
	found, err := desk.SimulatePolicy(r.ctx(), n)
	if err != nil {
		return err
	}
	v := simulationView{
		Frame: r.frame("policies", r.say("simulation.title", "Number", n)), Tab: "versions", Number: n,
		MayExplain: desk.May(policies.ActRulesRead), Simulation: found,
	}
	for _, row := range found.Rows {
		v.Lines = append(v.Lines, simulationLine{
			SimulationRow: row, What: p.label("action", row.Action, r.lang), Was: r.when(row.Before), Is: r.when(row.After),
		})
	}
	return r.show(http.StatusOK, "simulation", v)
}

// when says under which circumstances something is allowed.
func (r *request) when(ways []acl.Circumstance) string {
	if len(ways) == 0 {
		return r.say("explain.never")
	}
	var out []string
	for _, c := range ways {
		var asks []string
		if c.Own {
			asks = append(asks, r.say("explain.own"))
		}
		if c.Case {
			asks = append(asks, r.say("explain.case"))
		}
		if len(c.Purposes) > 0 {
			asks = append(asks, r.say("explain.purposes", "Purposes", r.purposeNames(c.Purposes)))
		}
		if len(asks) == 0 {
			return r.say("explain.always")
		}
		out = append(out, strings.Join(asks, ", "))
	}
	return strings.Join(out, " "+r.say("explain.or")+" ")
}

func (r *request) purposeNames(keys []string) string {
	var out []string
	for _, key := range keys {
		switch key {
		case "":
			out = append(out, r.say("explain.no_purpose"))
		case policies.PurposeCase:
			out = append(out, r.say("explain.any_case"))
		default:
			out = append(out, r.pages.label("purpose", key, r.lang))
		}
	}
	return strings.Join(out, ", ")
}

// explainView asks who may do what, and says why.
type explainView struct {
	ui.Frame
	Tab        string
	MayExplain bool
	Form       ui.Form

	Users, Actions, Registers, Classifications, Purposes, Procedures []option
	// Answer is nil where nothing was asked.
	Answer *acl.Answer
	Notes  []string
	Lines  []explainLine
	// Missing says that there is no such Akte, or none that she may ask about.
	Missing bool
}

// explainLine is what the rules say to a register and classification, in words.
type explainLine struct {
	acl.Explanation
	When, Text string
	Obstacles  []string
}

func (p *Pages) showExplain(r *request) error {
	return p.askExplain(r, http.StatusOK, ui.Form{Values: map[string][]string{"action": {policies.ActRead}}}, nil)
}

func (p *Pages) askExplain(r *request, status int, form ui.Form, found *acl.Answer) error {
	users, err := r.desk().Users(r.ctx())
	if err != nil {
		return err
	}
	if !r.desk().May(policies.ActRulesRead) {
		return acl.ErrDenied
	}
	v := explainView{
		Frame: r.frame("policies", r.say("explain.title")), Tab: "explain", MayExplain: true, Form: form, Answer: found,
		Missing:         status == http.StatusNotFound,
		Registers:       options(p.Policies.Registers(), func(t policies.Register) policies.Term { return t.Term }, r.lang),
		Classifications: options(p.Policies.Classifications(), func(t policies.Term) policies.Term { return t }, r.lang),
		Purposes:        options(p.Policies.Purposes(), func(t policies.Term) policies.Term { return t }, r.lang),
		Procedures:      options(p.Policies.Procedures(), func(t policies.Procedure) policies.Term { return t.Term }, r.lang),
	}
	for _, u := range users {
		v.Users = append(v.Users, option{u.Name, u.Called()})
	}
	for _, action := range policies.RegisterActions() {
		v.Actions = append(v.Actions, option{action, p.label("action", action, r.lang)})
	}
	if found != nil {
		for _, note := range found.Notes {
			v.Notes = append(v.Notes, r.say("explain.note_"+note))
		}
		for _, row := range found.Rows {
			v.Lines = append(v.Lines, r.explainLine(row))
		}
	}
	return r.show(status, "explain", v)
}

func (r *request) explainLine(e acl.Explanation) explainLine {
	line := explainLine{Explanation: e, When: r.when(e.When), Text: e.Text.In(r.lang)}
	for _, o := range e.Obstacles {
		detail := o.Detail
		if o.Code == acl.ObstacleTeam {
			detail = r.pages.label("team", o.Detail, r.lang)
		}
		words := r.say("explain.obstacle_"+o.Code, "Detail", detail)
		if o.Pair != (archive.Pair{}) {
			words = r.pages.label("role", o.Pair.Role, r.lang) + " · " + r.pages.label("department", o.Pair.Department, r.lang) + ": " + words
		}
		line.Obstacles = append(line.Obstacles, words)
	}
	return line
}

// explain answers the form's question on the page itself: names stand in no address.
func (p *Pages) explain(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	found, err := r.desk().Explain(r.ctx(), acl.Question{
		User: form.Value("user"), Akte: form.Value("akte"), Register: form.Value("register"), Classification: form.Value("classification"),
		Action: form.Value("action"), Purpose: form.Value("purpose"), Procedure: form.Value("procedure"), At: form.Value("at"),
	})
	switch {
	case err == nil:
		return p.askExplain(r, http.StatusOK, form, &found)
	case errors.Is(err, archive.ErrNotFound):
		return p.askExplain(r, http.StatusNotFound, form, nil)
	case !errors.Is(err, acl.ErrDenied) && r.faults(&form, err):
		return p.askExplain(r, http.StatusUnprocessableEntity, form, nil)
	}
	return err
}
