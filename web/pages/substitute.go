package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// substitutesView tells for whom the reader stands in and who for her, and lets a lead say who does for whom.
type substitutesView struct {
	ui.Frame
	Form           ui.Form
	Standing, Away []acl.SubstituteView
	// Leads says that there is a form and a list of a department; More continues it, and is empty at its end.
	Leads       bool
	Staff       []option
	Department  string
	Departments []option
	Items       []acl.SubstituteView
	More        string
	Days        int
}

func (p *Pages) substituteRoutes(signed gin.IRoutes) {
	signed.GET("/substitutes", p.handle((*Pages).showSubstitutes))
	signed.POST("/substitutes", p.handle(again((*Pages).nameSubstitute)))
	signed.POST("/substitutes/:id/end", p.handle((*Pages).endSubstitute))
}

func (p *Pages) showSubstitutes(r *request) error {
	return p.tellSubstitutes(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) tellSubstitutes(r *request, status int, form ui.Form) error {
	desk := r.desk()
	view := substitutesView{
		Frame: r.rightsFrame("substitutes", r.say("substitutes.title")), Form: form, Leads: desk.May(policies.ActGrant), Days: archive.SubstituteDays,
	}
	var err error
	if view.Standing, view.Away, err = desk.OwnSubstitutes(r.ctx()); err != nil {
		return err
	}
	if !view.Leads {
		return r.show(status, "substitutes", view)
	}
	staff, err := desk.Staff(r.ctx())
	if err != nil {
		return err
	}
	for _, c := range staff {
		view.Staff = append(view.Staff, option{string(c.ID), c.Name})
	}
	page, err := desk.Substitutes(r.ctx(), cmp.Or(form.Value("department"), r.Query("department")), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view.Department, view.Items, view.Departments = page.Department, page.Items, p.led(r)
	if page.Next != "" {
		view.More = "/substitutes" + question(url.Values{"department": {page.Department}, "cursor": {page.Next}})
	}
	return r.show(status, "substitutes", view)
}

// led are the departments that the reader leads.
func (p *Pages) led(r *request) (out []option) {
	for _, pair := range r.desk().Subject().Pairs {
		if p.Guard.Able(pair, policies.ActGrant) {
			out = append(out, option{pair.Department, p.label("department", pair.Department, r.lang)})
		}
	}
	return out
}

// nameSubstitute lets somebody stand in.
func (p *Pages) nameSubstitute(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	_, err = r.desk().NameSubstitute(r.ctx(), archive.Substitute{
		Absent: archive.UserID(form.Value("absent_id")), User: archive.UserID(form.Value("user_id")), Department: form.Value("department"), From: form.Value("from"), Until: form.Value("until"),
	})
	if err != nil {
		if errors.Is(err, acl.ErrDenied) || !r.faults(&form, err) {
			return err
		}
		return p.tellSubstitutes(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/substitutes", "substitutes.told_named")
}

// endSubstitute ends it before its time.
func (p *Pages) endSubstitute(r *request) error {
	id, err := pathID[archive.SubstituteID](r, "id")
	if err != nil {
		return err
	}
	if err := r.desk().EndSubstitute(r.ctx(), id); err != nil && !errors.Is(err, acl.ErrSettled) {
		return err
	}
	return r.leaveTelling("/substitutes", "substitutes.told_ended")
}
