package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

func (p *Pages) incidentRoutes(signed gin.IRoutes) {
	signed.GET("/incidents", p.handle((*Pages).listIncidents))
	signed.POST("/incidents", p.handle((*Pages).beginIncident))
	signed.GET("/incidents/:id", p.handle((*Pages).showIncident))
	signed.POST("/incidents/:id", p.handle((*Pages).changeIncident))
	signed.POST("/incidents/:id/judge", p.handle((*Pages).judgeIncident))
}

// incidentsView lists incidents, and begins one.
type incidentsView struct {
	ui.Frame
	Form  ui.Form
	Items []incidentHead
	More  string
	Users []option
	// Finding is what the new one begins with; empty: nothing.
	Finding string
}

// incidentHead is an incident in words.
type incidentHead struct {
	acl.IncidentHead
	StateName, Whose string
	// Clock72 is how much of the 72 hours is left, in words; Over says that they are over.
	Clock72 string
	Over    bool
}

func (r *request) incidentHead(h acl.IncidentHead) incidentHead {
	out := incidentHead{IncidentHead: h, StateName: r.say("incidents.state_" + h.State), Whose: h.Name, Over: h.Left < 0}
	switch {
	case h.Actor == "":
		out.Whose = r.say("incidents.everybody")
	case h.Name == "":
		out.Whose = r.say("findings.gone")
	}
	switch hours := int(h.Left.Abs() / time.Hour); {
	case !h.Clock:
	case out.Over:
		out.Clock72 = r.say("incidents.over", "N", hours)
	default:
		out.Clock72 = r.say("incidents.left", "N", hours)
	}
	return out
}

// momentForm is how browsers write a time without its zone.
const momentForm = "2006-01-02T15:04"

func (p *Pages) listIncidents(r *request) error {
	form := ui.Form{Values: url.Values{"finding": {r.Query("finding")}}}
	return p.incidents(r, http.StatusOK, form)
}

func (p *Pages) incidents(r *request, status int, form ui.Form) error {
	page, err := r.desk().Incidents(r.ctx(), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	v := incidentsView{Frame: r.trailFrame("incidents", r.say("incidents.title")), Form: form, Finding: form.Value("finding")}
	v.Users = r.accountsOf(page.Accounts)
	for _, h := range page.Items {
		v.Items = append(v.Items, r.incidentHead(h))
	}
	if page.Next != "" {
		v.More = "/incidents" + question(url.Values{"cursor": {page.Next}})
	}
	return r.show(status, "incidents", v)
}

// accountsOf are accounts to choose among.
func (r *request) accountsOf(all []acl.Colleague) (out []option) {
	for _, u := range all {
		out = append(out, option{string(u.ID), u.Name})
	}
	return byName(out, r.lang)
}

// incidentOf reads what a form says of an incident.
func (p *Pages) incidentOf(form ui.Form) (i archive.Incident, err error) {
	i = archive.Incident{
		Title: form.Value("title"), What: form.Value("what"), Actor: archive.UserID(form.Value("actor")), Measures: form.Value("measures"),
		Assessment: form.Value("assessment"), Risk: form.Value("risk"),
	}
	for name, at := range map[string]*time.Time{"known_since": &i.KnownSince, "from": &i.From, "to": &i.To, "notified": &i.Notified, "told": &i.Told} {
		if form.Value(name) == "" {
			continue
		}
		t, err := time.ParseInLocation(momentForm, form.Value(name), p.Guard.Zone)
		if err != nil {
			return i, &archive.FieldError{Pointer: "/" + name, Code: "format"}
		}
		*at = t.UTC()
	}
	return i, nil
}

func (p *Pages) beginIncident(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	var id archive.IncidentID
	i, err := p.incidentOf(form)
	if err == nil {
		id, err = r.desk().BeginIncident(r.ctx(), i, archive.FindingID(form.Value("finding")))
	}
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.incidents(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/incidents/"+string(id), "incident.told_begun")
}

// incidentPage is one incident and what the reader may do about it.
type incidentPage struct {
	ui.Frame
	incidentHead
	View     acl.IncidentView
	Form     ui.Form
	Rows     []affectedRow
	Steps    []incidentStep
	Users    []option
	Risks    []option
	RiskName string
	PDF      string
	// More is how many persons aren't listed here; the report and JSON have all. Again is where the reader proves first that
	// it is she who gives the report out; empty: she did of late.
	More  int
	Again string
}

// affectedRow is a person in words.
type affectedRow struct {
	acl.Affected
	KindNames string
	// Trail leads to the acts.
	Trail string
}

type incidentStep struct {
	acl.IncidentStepView
	StateName string
}

// affectedShown is how many persons a page lists.
const affectedShown = 200

func (p *Pages) showIncident(r *request) error {
	id, err := pathID[archive.IncidentID](r, "id")
	if err != nil {
		return err
	}
	return p.incident(r, id, http.StatusOK, nil)
}

// incident shows an incident; form is what was typed, nil: as it stands.
func (p *Pages) incident(r *request, id archive.IncidentID, status int, form *ui.Form) error {
	view, err := r.desk().Incident(r.ctx(), id)
	if err != nil {
		return err
	}
	v := incidentPage{
		Frame: r.trailFrame("incidents", view.Title), incidentHead: r.incidentHead(view.IncidentHead), View: view,
		PDF: "/api/v1/incidents/" + string(id) + "/report.pdf", More: max(0, len(view.Affected)-affectedShown),
	}
	if v.Form = p.incidentForm(view.Incident); form != nil {
		v.Form = *form
	}
	for _, risk := range archive.IncidentRisks() {
		v.Risks = append(v.Risks, option{risk, r.say("incident.risk_" + risk)})
	}
	if view.Risk != "" {
		v.RiskName = r.say("incident.risk_" + view.Risk)
	}
	v.Users = r.accountsOf(view.Accounts)
	for _, a := range view.Affected[:len(view.Affected)-v.More] {
		row := affectedRow{Affected: a, Trail: trailPath(url.Values{"person": {string(a.Person)}, "actor": {string(view.Actor)}})}
		var kinds []string
		for _, k := range a.Kinds {
			kinds = append(kinds, AccessName(k).In(r.lang))
		}
		row.KindNames = strings.Join(kinds, ", ")
		v.Rows = append(v.Rows, row)
	}
	for _, s := range view.Steps {
		v.Steps = append(v.Steps, incidentStep{s, r.say("incidents.state_" + s.State)})
	}
	if !r.session.Proven() {
		v.Again = signInPath("/sign-in/again", "/incidents/"+string(id))
	}
	return r.show(status, "incident", v)
}

// incidentForm is filled with what is said of an incident.
func (p *Pages) incidentForm(i archive.Incident) ui.Form {
	at := func(t time.Time) []string {
		if t.IsZero() {
			return nil
		}
		return []string{t.In(p.Guard.Zone).Format(momentForm)}
	}
	return ui.Form{Values: url.Values{
		"title": {i.Title}, "what": {i.What}, "actor": {string(i.Actor)}, "measures": {i.Measures}, "assessment": {i.Assessment}, "risk": {i.Risk},
		"known_since": at(i.KnownSince), "from": at(i.From), "to": at(i.To), "notified": at(i.Notified), "told": at(i.Told),
	}}
}

func (p *Pages) changeIncident(r *request) error {
	id, form, err := posted[archive.IncidentID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	propose, told := form.Value("word") == "propose", "incident.told_saved"
	if propose {
		told = "incident.told_proposed"
	}
	i, err := p.incidentOf(form)
	if err == nil {
		err = r.desk().ChangeIncident(r.ctx(), id, revision, i, propose, form.Value("note"))
	}
	return p.incidentDone(r, id, form, told, err)
}

func (p *Pages) judgeIncident(r *request) error {
	id, form, err := posted[archive.IncidentID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	agree, told := form.Value("word") == "agree", "incident.told_returned"
	if agree {
		told = "incident.told_closed"
	}
	return p.incidentDone(r, id, form, told, r.desk().JudgeIncident(r.ctx(), id, revision, agree, form.Value("note")))
}

// incidentDone leads back to the incident, or shows what was wrong.
func (p *Pages) incidentDone(r *request, id archive.IncidentID, form ui.Form, told string, err error) error {
	if err == nil {
		return r.leaveTelling("/incidents/"+string(id), told)
	}
	if !r.faults(&form, err) {
		return err
	}
	return p.incident(r, id, http.StatusUnprocessableEntity, &form)
}
