package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// holdsView tells how long entries of the trail are kept, and what is kept beyond its term.
type holdsView struct {
	ui.Frame
	acl.TrailTerm
	Form ui.Form
	// RuleText is the rule by which entries end, in the reader's words.
	RuleText string
	// RuleBasis are the provisions it stands on.
	RuleBasis string
	// Years are those that may be held; Person or User is whose entries are asked for instead.
	Choices      []option
	Person, User string
}

// trailRoutes are the pages of the trail and of what is made of it.
func (p *Pages) trailRoutes(signed gin.IRoutes) {
	signed.GET("/trail", p.handle((*Pages).showTrail))
	signed.POST("/trail", p.handle((*Pages).narrowTrail))
	signed.GET("/trail/persons/:id", p.handle((*Pages).showAccesses))
	signed.GET("/trail/findings", p.handle((*Pages).listFindings))
	signed.GET("/trail/findings/:id", p.handle((*Pages).showFinding))
	signed.POST("/trail/findings/:id", p.handle((*Pages).stepFinding))
	signed.GET("/trail/proofs/:year/:seq", p.handle(again((*Pages).showProof)))
	signed.GET("/trail/activity", p.handle((*Pages).showActivity))
	p.incidentRoutes(signed)
	signed.GET("/trail/holds", p.handle((*Pages).showHolds))
	signed.POST("/trail/holds", p.handle((*Pages).holdTrail))
	signed.GET("/inspections", p.handle((*Pages).showInspections))
	signed.POST("/inspections", p.handle(again((*Pages).inspect)))
	signed.POST("/trail/holds/:id/release", p.handle(again((*Pages).releaseTrail)))
}

// trailPlaces are the places of who answers for data protection.
func trailPlaces(d *acl.Desk) (places []ui.Place) {
	if d.May(policies.ActTrailRead) {
		places = append(places, ui.Place{Key: "trail", Path: "/trail"}, ui.Place{Key: "findings", Path: "/trail/findings"}, ui.Place{Key: "incidents", Path: "/incidents"}, ui.Place{Key: "activity", Path: "/trail/activity"}, ui.Place{Key: "holds", Path: "/trail/holds"}, ui.Place{Key: "deserted", Path: "/seals/deserted"})
	}
	if d.May(policies.ActInspect) {
		places = append(places, ui.Place{Key: "inspections", Path: "/inspections"})
	}
	if d.May(policies.ActTrailRead) && d.May(policies.ActInform) {
		places = append(places, ui.Place{Key: "inquiries", Path: "/inquiries"})
	}
	return places
}

// trailFrame is the frame of one of them, with links to the others.
func (r *request) trailFrame(part, title string) ui.Frame {
	f := r.frame("trail", title)
	f.Part, f.Inside = part, trailPlaces(r.desk())
	return f
}

func (p *Pages) showHolds(r *request) error {
	q := r.Request.URL.Query()
	return p.holds(r, http.StatusOK, ui.Form{Values: url.Values{"person_id": {q.Get("person")}, "user_id": {q.Get("actor")}}})
}

// holds shows the years, the holds, and the form of another.
func (p *Pages) holds(r *request, status int, form ui.Form) error {
	term, err := r.desk().TrailTerm(r.ctx())
	if err != nil {
		return err
	}
	v := holdsView{
		Frame: r.trailFrame("holds", r.say("holds.title")), TrailTerm: term, Form: form, RuleText: term.Rule.Label.In(r.lang), RuleBasis: term.Rule.LegalBasis.In(r.lang),
		Person: form.Value("person_id"), User: form.Value("user_id"),
	}
	for _, y := range term.Years {
		if year := strconv.Itoa(y.Year); !y.Dropped {
			v.Choices = append(v.Choices, option{year, year})
		}
	}
	return r.show(status, "holds", v)
}

// holdTrail keeps entries beyond their term.
func (p *Pages) holdTrail(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	hold := acl.TrailHold{Person: archive.PersonID(form.Value("person_id")), User: archive.UserID(form.Value("user_id"))}
	if hold.Person == "" && hold.User == "" {
		hold.Year, _ = strconv.Atoi(form.Value("year")) // what is no number is no year
	}
	if _, err := r.desk().HoldTrail(r.ctx(), hold, form.Value("reason")); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.holds(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/trail/holds", "holds.told_held")
}

// releaseTrail ends a hold.
func (p *Pages) releaseTrail(r *request) error {
	id, form, err := posted[string](r)
	if err != nil {
		return err
	}
	if err := r.desk().ReleaseTrail(r.ctx(), id, form.Value("reason")); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.holds(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/trail/holds", "holds.told_released")
}
