package pages

import (
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// controlPurpose is the purpose of an inspection.
const controlPurpose = "datenschutz"

// inspectionsView is the form by which data protection opens an Akte, and the list of what it opened.
type inspectionsView struct {
	ui.Frame
	Form ui.Form
	acl.BreakGlassPage
	// Own is who reads.
	Own  archive.UserID
	More string
}

func (p *Pages) showInspections(r *request) error {
	return p.askInspection(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) askInspection(r *request, status int, form ui.Form) error {
	if !r.desk().May(policies.ActInspect) {
		return acl.ErrDenied
	}
	view := inspectionsView{Frame: r.trailFrame("inspections", r.say("inspections.title")), Form: form, Own: r.desk().Subject().User}
	var err error
	if view.BreakGlassPage, err = r.desk().BreakGlasses(r.ctx(), "", archive.ReviewNone, rowsShown, r.Query("cursor")); err != nil {
		return err
	}
	if view.Next != "" {
		view.More = "/inspections" + question(url.Values{"cursor": {view.Next}})
	}
	return r.show(status, "inspections", view)
}

// inspect opens an Akte and leads to it. What it is opened for was said.
func (p *Pages) inspect(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	opened, err := r.desk().Inspect(r.ctx(), form.Value("aktenzeichen"), form.Value("reason"))
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askInspection(r, http.StatusUnprocessableEntity, form)
	}
	if _, known := p.Policies.Purpose(controlPurpose); known {
		if err := r.session.State(opened.Akte, controlPurpose); err != nil {
			return err
		}
	}
	return r.leaveTelling("/akten/"+string(opened.Akte), "inspections.told_open", "Clock", opened.Until.In(p.Guard.Zone).Format("15:04"))
}
