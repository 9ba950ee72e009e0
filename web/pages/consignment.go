package pages

import (
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// consignmentView tells where the paper of an Akte is, and changes it.
type consignmentView struct {
	ui.Frame
	Form ui.Form
	Akte acl.AkteView
	Name archive.Name
}

// consignmentsView lists the Akten of a department whose paper is at a vendor.
type consignmentsView struct {
	ui.Frame
	Department  string
	Departments []option
	Rows        []acl.ConsignmentRow
	Next        string
}

func (p *Pages) showConsignment(r *request) error {
	return p.askConsignment(r, http.StatusOK, nil)
}

// askConsignment shows the form with what was typed into it; nil: as things stand.
func (p *Pages) askConsignment(r *request, status int, typed *ui.Form) error {
	akte, err := r.akte()
	if err != nil {
		return err
	}
	if !akte.MayConsign {
		return acl.ErrDenied
	}
	form := ui.Form{Values: url.Values{}}
	if typed != nil {
		form = *typed
	} else if c := akte.Consignment; c != nil && c.Rush != nil {
		form.Values["wanted"], form.Values["reason"] = []string{c.Rush.Wanted}, []string{c.Rush.Reason}
	}
	return r.show(status, "consignment", consignmentView{
		Frame: r.frame("akten", r.say("consignment.title", "Number", akte.Number)), Form: form, Akte: akte, Name: akte.Person.Leading(),
	})
}

// consign notes that the paper went to a vendor.
func (p *Pages) consign(r *request) error {
	return p.consigning(r, "consignment.told_begun", func(id archive.AkteID, form ui.Form) error {
		return r.desk().Consign(r.ctx(), id, archive.Consignment{
			Vendor: form.Value("vendor"), Since: form.Value("since"), Expected: form.Value("expected"),
		})
	})
}

// hasten orders it back before its turn.
func (p *Pages) hasten(r *request) error {
	return p.consigning(r, "consignment.told_rush", func(id archive.AkteID, form ui.Form) error {
		return r.desk().Hasten(r.ctx(), id, archive.Rush{Reason: form.Value("reason"), Wanted: form.Value("wanted")})
	})
}

// takeBack notes that it is back.
func (p *Pages) takeBack(r *request) error {
	return p.consigning(r, "consignment.told_back", func(id archive.AkteID, _ ui.Form) error {
		return r.desk().TakeBack(r.ctx(), id)
	})
}

func (p *Pages) consigning(r *request, told string, act func(archive.AkteID, ui.Form) error) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	if err := act(id, form); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askConsignment(r, http.StatusUnprocessableEntity, &form)
	}
	return r.leaveTelling("/akten/"+string(id), told)
}

// listConsignments shows what of a department is at vendors; without one, that of the reader's first basket.
func (p *Pages) listConsignments(r *request) error {
	baskets, err := r.desk().Baskets(r.ctx())
	if err != nil {
		return err
	}
	view := consignmentsView{Frame: r.paperFrame("consignments", r.say("consignment.list_title")), Department: r.Query("department")}
	for _, b := range baskets {
		view.Departments = append(view.Departments, option{b.Department, p.label("department", b.Department, r.lang)})
	}
	if view.Department == "" {
		view.Department = baskets[0].Department
	}
	page, err := r.desk().Consignments(r.ctx(), view.Department, rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view.Rows = page.Items
	if page.Next != "" {
		view.Next = "/consignments" + question(url.Values{"department": {view.Department}, "cursor": {page.Next}})
	}
	return r.show(http.StatusOK, "consignments", view)
}
