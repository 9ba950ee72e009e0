package pages

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// editView changes the head of an Akte, and opens and closes its cases.
type editView struct {
	ui.Frame
	Form ui.Form
	Akte acl.AkteView
	Name archive.Name
	// Stale says that somebody else changed the Akte meanwhile: Akte is what she made of it.
	Stale bool
	// Loss is what she would lose by what she typed; nil: nothing.
	Loss                             *acl.LossError
	Departments, Keepers, Procedures []option
	Teams                            []option
	Registers                        []policies.Register
}

func (p *Pages) showEdit(r *request) error {
	akte, err := r.akte()
	if err != nil {
		return err
	}
	return p.askEdit(r, http.StatusOK, akte, headForm(akte, p.Policies), false)
}

// headForm holds the head of an Akte.
func headForm(akte acl.AkteView, set *policies.Set) ui.Form {
	v := map[string][]string{
		"state": {akte.State}, "lead_department": {akte.Lead}, "team": {akte.Team}, "responsible": {string(akte.Responsible)},
	}
	for _, part := range akte.Departments {
		v["departments"] = append(v["departments"], part.Department)
		v["until/"+part.Department] = []string{part.Until}
		registers := part.Registers
		if len(registers) == 0 {
			for _, reg := range set.Registers() {
				registers = append(registers, reg.Key)
			}
		}
		v["registers/"+part.Department] = registers
	}
	return ui.Form{Values: v}
}

func (p *Pages) askEdit(r *request, status int, akte acl.AkteView, form ui.Form, stale bool, more ...func(*editView)) error {
	if !akte.MayChange {
		return acl.ErrDenied
	}
	if form.Value("revision") == "" || stale {
		form.Values["revision"] = []string{strconv.FormatInt(akte.Revision, 10)} // she sees that state
	}
	view := editView{Frame: r.frame("akten", r.say("edit.title", "Number", akte.Number)), Form: form, Akte: akte, Name: akte.Person.Leading(), Stale: stale}
	same := func(t policies.Term) policies.Term { return t }
	view.Departments = byName(options(p.Policies.Departments(), same, r.lang), r.lang)
	view.Procedures = byName(options(p.Policies.Procedures(), func(x policies.Procedure) policies.Term { return x.Term }, r.lang), r.lang)
	view.Registers, view.Teams = p.Policies.Registers(), p.teamOptions(r.lang, form.Value("team"), akte.Team)
	var err error
	if view.Keepers, err = keepers(r); err != nil {
		return err
	}
	if kept := string(akte.Responsible); kept != "" && !slices.ContainsFunc(view.Keepers, func(o option) bool { return o.Key == kept }) {
		view.Keepers = append(view.Keepers, option{kept, akte.ResponsibleName})
	}
	for _, f := range more {
		f(&view)
	}
	return r.show(status, "edit", view)
}

// changeAkte changes the head. Where somebody else was first, her state is shown beside what was typed.
func (p *Pages) changeAkte(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	wanted := opened(form, p.Policies)
	_, err = r.heedful(form).ChangeAkte(r.ctx(), id, revision, func(a *archive.Akte) error {
		a.State, a.Lead, a.Team = form.Value("state"), wanted.Lead, wanted.Team
		a.Responsible, a.Departments = wanted.Responsible, wanted.Departments
		return nil
	})
	if err == nil {
		if shutOut(form) {
			return r.leaveTelling("/akten", "edit.told_lost")
		}
		return r.leaveTelling("/akten/"+string(id), "edit.told")
	}
	akte, aerr := r.desk().Akte(r.ctx(), id)
	if aerr != nil {
		return aerr
	}
	if errors.Is(err, acl.ErrStale) {
		return p.askEdit(r, http.StatusPreconditionFailed, akte, form, true)
	}
	var loss *acl.LossError
	if errors.As(err, &loss) {
		return p.askEdit(r, http.StatusConflict, akte, form, false, func(v *editView) { v.Loss = loss })
	}
	if !r.faults(&form, err) {
		return err
	}
	besideInputs(&form, wanted)
	return p.askEdit(r, http.StatusUnprocessableEntity, akte, form, false)
}

// heedful is a desk at which nobody shuts herself out of an Akte, unless she ticked that she wants to.
func (r *request) heedful(form ui.Form) *acl.Desk {
	if form.Value("loss") == "wanted" {
		return r.desk()
	}
	return r.desk().Heedful()
}

// shutOut reports whether she wanted to lose all access, and was told so.
func shutOut(form ui.Form) bool {
	return form.Value("loss") == "wanted" && form.Value("loss_all") != ""
}

// openCase opens a case.
func (p *Pages) openCase(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	_, err = r.desk().OpenCase(r.ctx(), archive.Case{Akte: id, Procedure: form.Value("procedure"), Title: strings.TrimSpace(form.Value("title"))})
	if err == nil {
		return r.leaveTelling("/akten/"+string(id)+"/edit", "edit.told_case")
	}
	akte, aerr := r.desk().Akte(r.ctx(), id)
	if aerr != nil {
		return aerr
	}
	head := headForm(akte, p.Policies)
	if !r.faults(&head, err) {
		return err
	}
	head.Values["procedure"], head.Values["title"] = form.Values["procedure"], form.Values["title"]
	return p.askEdit(r, http.StatusUnprocessableEntity, akte, head, false)
}

// closeCase closes a case of the Akte.
func (p *Pages) closeCase(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	c, err := pathID[archive.CaseID](r, "case")
	if err != nil {
		return err
	}
	if _, err := r.desk().Within(id).CloseCase(r.ctx(), c); err != nil {
		return err
	}
	return r.leaveTelling("/akten/"+string(id)+"/edit", "edit.told_closed")
}
