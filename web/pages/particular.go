package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// particularView is the form of a group of fields of a person.
type particularView struct {
	ui.Frame
	Form   ui.Form
	Called archive.Name
	acl.ParticularView
	Name string
	// Stale says that somebody else changed it meanwhile.
	Stale bool
}

// particularOf finds the person and the group of the route, for who may change it.
func (p *Pages) particularOf(r *request) (acl.PersonView, acl.ParticularView, error) {
	person, err := p.personOf(r)
	if err != nil {
		return person, acl.ParticularView{}, err
	}
	at := slices.IndexFunc(person.Particulars, func(v acl.ParticularView) bool { return v.Group.Key == r.Param("group") })
	switch {
	case at < 0:
		return person, acl.ParticularView{}, archive.ErrNotFound
	case person.Particulars[at].Access != policies.ActWrite:
		return person, acl.ParticularView{}, acl.ErrDenied
	}
	return person, person.Particulars[at], nil
}

func (p *Pages) showParticular(r *request) error {
	person, group, err := p.particularOf(r)
	if err != nil {
		return err
	}
	return p.askParticular(r, http.StatusOK, person, group, ui.Form{Values: url.Values{"text": {group.Text}}}, false)
}

func (p *Pages) askParticular(r *request, status int, person acl.PersonView, group acl.ParticularView, form ui.Form, stale bool) error {
	view := particularView{Frame: r.frame("akten", group.Group.Label.In(r.lang)), Form: form, Called: person.Leading(), ParticularView: group, Stale: stale}
	view.Name = group.Group.Label.In(r.lang)
	if stale || form.Value("revision") == "" {
		form.Values["revision"] = []string{strconv.FormatInt(group.Revision, 10)}
	}
	return r.show(status, "particular", view)
}

// changeParticular changes what is recorded. Where somebody else was first, her text is shown beside what was typed.
func (p *Pages) changeParticular(r *request) error {
	person, group, err := p.particularOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // what can't be read is stale, unless there is nothing
	err = r.personDesk(person.ID).ChangeParticular(r.ctx(), person.ID, group.Group.Key, revision, form.Value("text"), form.Value("reason"))
	switch {
	case err == nil:
		return r.leaveTelling("/persons/"+string(person.ID), "particular.told")
	case errors.Is(err, acl.ErrStale):
		return p.askParticular(r, http.StatusPreconditionFailed, person, group, form, true)
	case !r.faults(&form, err):
		return err
	}
	return p.askParticular(r, http.StatusUnprocessableEntity, person, group, form, false)
}
