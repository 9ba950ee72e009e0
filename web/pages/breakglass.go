package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// breakGlassView is the form by which an Akte is opened in an emergency, and the list of who answers for that.
type breakGlassView struct {
	ui.Frame
	Form ui.Form
	// May says that the reader may open one, ADay how often a day.
	May  bool
	ADay int
	// Answers says that there is a list; Lists are those to choose from.
	Answers bool
	Lists   []choice
	// Departments are those that the reader leads.
	Departments []option
	acl.BreakGlassPage
	More string
}

func (p *Pages) breakGlassRoutes(signed gin.IRoutes) {
	signed.GET("/break-glass", p.handle((*Pages).showBreakGlass))
	signed.POST("/break-glass", p.handle((*Pages).breakGlass))
	signed.POST("/break-glass/:id/review", p.handle((*Pages).reviewBreakGlass))
}

func (p *Pages) showBreakGlass(r *request) error {
	return p.askBreakGlass(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) askBreakGlass(r *request, status int, form ui.Form) error {
	desk := r.desk()
	view := breakGlassView{
		Frame: r.rightsFrame("breakglass", r.say("breakglass.title")), Form: form, May: desk.May(policies.ActBreakGlass), ADay: acl.BreakGlassADay,
	}
	officer := desk.May(policies.ActTrailRead)
	if view.Answers = officer || desk.May(policies.ActGrant); !view.Answers {
		if !view.May {
			return acl.ErrDenied
		}
		return r.show(status, "breakglass", view)
	}
	var err error
	if view.BreakGlassPage, err = desk.BreakGlasses(r.ctx(), r.Query("department"), r.Query("state"), rowsShown, r.Query("cursor")); err != nil {
		return err
	}
	if officer {
		for _, state := range []string{"", archive.ReviewFollowUp, archive.ReviewInOrder} {
			path := "/break-glass"
			if state != "" {
				path += question(url.Values{"state": {state}})
			}
			view.Lists = append(view.Lists, choice{Key: "list_" + state, Path: path, Current: state == view.State})
		}
	}
	if !officer {
		view.Departments = p.led(r)
	}
	if view.Next != "" {
		view.More = "/break-glass" + question(url.Values{"department": {view.Department}, "state": {view.State}, "cursor": {view.Next}})
	}
	return r.show(status, "breakglass", view)
}

// breakGlass opens an Akte in an emergency and leads to it.
func (p *Pages) breakGlass(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	q := acl.BreakGlassQuest{Number: form.Value("aktenzeichen"), Family: form.Value("family"), Given: form.Value("given"), Reason: form.Value("reason")}
	var opened archive.BreakGlass
	if q.BirthDate, err = archive.ParseBirthDate(form.Value("birth_date"), p.Guard.Now()); err != nil {
		err = &archive.FieldError{Pointer: "/birth_date", Code: "format"}
	} else {
		opened, err = r.desk().BreakGlass(r.ctx(), q)
	}
	if err != nil {
		if errors.Is(err, acl.ErrDenied) || !r.faults(&form, err) {
			return err
		}
		return p.askBreakGlass(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/akten/"+string(opened.Akte), "breakglass.told_open", "Clock", opened.Until.In(p.Guard.Zone).Format("15:04"))
}

// reviewBreakGlass notes what data protection found.
func (p *Pages) reviewBreakGlass(r *request) error {
	id, form, err := posted[archive.BreakGlassID](r)
	if err != nil {
		return err
	}
	err = r.desk().ReviewBreakGlass(r.ctx(), id, archive.Review{State: form.Value("state"), Note: form.Value("note")})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askBreakGlass(r, http.StatusUnprocessableEntity, ui.Form{Values: url.Values{}, Faults: form.Faults})
	}
	return r.leaveTelling("/break-glass", "breakglass.told_reviewed")
}
