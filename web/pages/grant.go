package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// grantView is the form by which a lead gives a right in an Akte for a time, and what was given there.
type grantView struct {
	ui.Frame
	acl.GrantForm
	Form ui.Form
	// Accounts are those that may hold one.
	Accounts []option
	Days     int
}

// grantsView lists rights for a time: the reader's own, and those of a department that she leads.
type grantsView struct {
	ui.Frame
	Own []acl.GrantView
	// Leads says that there is a list of a department; More continues it, and is empty at its end.
	Leads       bool
	Department  string
	Departments []option
	Given       []acl.GrantView
	More        string
}

// grantRoutes are the pages of rights for a time.
func (p *Pages) grantRoutes(signed gin.IRoutes) {
	signed.GET("/akten/:id/grants", p.handle((*Pages).showGrant))
	signed.POST("/akten/:id/grants", p.handle(again((*Pages).giveGrant)))
	signed.GET("/grants", p.handle((*Pages).listGrants))
	signed.POST("/grants/:id/end", p.handle((*Pages).endGrant))
}

func (p *Pages) showGrant(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	form := ui.Form{Values: url.Values{"level": {archive.GrantRead}, "classifications": {"normal"}}}
	return p.askGrant(r, id, http.StatusOK, form)
}

// askGrant shows the form with what was typed into it.
func (p *Pages) askGrant(r *request, id archive.AkteID, status int, form ui.Form) error {
	found, err := r.desk().Granting(r.ctx(), id)
	if err != nil {
		return err
	}
	if form.Value("until") == "" {
		form.Values["until"] = []string{found.First}
	}
	view := grantView{Frame: r.frame("akten", r.say("grant.title", "Number", found.Number)), GrantForm: found, Form: form, Days: archive.GrantDays}
	for _, h := range found.Holders {
		var names []string
		for _, d := range h.Departments {
			names = append(names, p.label("department", d, r.lang))
		}
		view.Accounts = append(view.Accounts, option{string(h.ID), h.Name + " (" + strings.Join(names, ", ") + ")"})
	}
	return r.show(status, "grant", view)
}

// giveGrant gives a right for a time.
func (p *Pages) giveGrant(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	_, err = r.desk().Grant(r.ctx(), archive.Grant{
		Akte: id, User: archive.UserID(form.Value("user_id")), Registers: form.Values["registers"],
		Classifications: form.Values["classifications"], Level: form.Value("level"), Until: form.Value("until"), Reason: form.Value("reason"),
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		for i, f := range form.Faults { // of a list, what is wrong with one of its boxes
			form.Faults[i].Field, _, _ = strings.Cut(f.Field, "/")
		}
		return p.askGrant(r, id, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/akten/"+string(id)+"/grants", "grant.told_given")
}

// listGrants shows what the reader holds, and what was given in a department that she leads.
func (p *Pages) listGrants(r *request) error {
	own, err := r.desk().OwnGrants(r.ctx())
	if err != nil {
		return err
	}
	view := grantsView{Frame: r.rightsFrame("grants", r.say("grants.title")), Own: own, Leads: r.desk().May(policies.ActGrant)}
	if !view.Leads {
		return r.show(http.StatusOK, "grants", view)
	}
	page, err := r.desk().Grants(r.ctx(), r.Query("department"), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view.Department, view.Given, view.Departments = page.Department, page.Items, p.led(r)
	if page.Next != "" {
		view.More = "/grants" + question(url.Values{"department": {page.Department}, "cursor": {page.Next}})
	}
	return r.show(http.StatusOK, "grants", view)
}

// endGrant takes a right back, and goes on where that was asked for.
func (p *Pages) endGrant(r *request) error {
	id, form, err := posted[archive.GrantID](r)
	if err != nil {
		return err
	}
	to := form.Value("to")
	if to == "" {
		to = "/grants"
	}
	err = r.desk().EndGrant(r.ctx(), id)
	if errors.Is(err, acl.ErrSettled) {
		return r.leaveTelling(local(to), "grant.told_over")
	}
	if err != nil {
		return err
	}
	return r.leaveTelling(local(to), "grant.told_ended")
}
