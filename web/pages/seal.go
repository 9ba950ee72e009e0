package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// sealView shows how an Akte or a document stands about seals, and asks for one, for its change or its end.
type sealView struct {
	ui.Frame
	Form ui.Form
	// Lift is the form that asks for its end.
	Lift ui.Form
	acl.SealView
	Kinds, Grounds []string
	// Back is the page of what it is about.
	Back string
}

// sealOn is what the route is about.
func (r *request) sealOn() (archive.SealedThing, error) {
	if r.Param("doc") == "" {
		id, err := pathID[archive.AkteID](r, "id")
		return archive.SealedThing{Akte: id}, err
	}
	akte, doc, err := r.document()
	return archive.SealedThing{Akte: akte, Document: doc}, err
}

func (p *Pages) showSeal(r *request) error {
	on, err := r.sealOn()
	if err != nil {
		return err
	}
	return p.formSeal(r, http.StatusOK, on, nil, nil)
}

// formSeal shows the forms with what was typed into them; nil: as things stand.
func (p *Pages) formSeal(r *request, status int, on archive.SealedThing, typed, lift *ui.Form) error {
	seal, err := r.desk().Within(on.Akte).Seal(r.ctx(), on)
	if err != nil {
		return err
	}
	if !seal.MayAsk && seal.Seal == nil && seal.Asked == nil {
		return acl.ErrDenied
	}
	view := sealView{
		Frame: r.frame("akten", r.say("seal.title", "Number", seal.Number)), SealView: seal, Back: akteAt(on),
		Kinds: archive.SealKinds(), Grounds: archive.SealGrounds(),
	}
	view.Scripts = []string{"seal/seal.js"}
	view.Form, view.Lift = sealForm(seal.Seal, r.visit.User.ID), ui.Form{Values: url.Values{}}
	if typed != nil {
		view.Form = *typed
	}
	if lift != nil {
		view.Lift = *lift
	}
	return r.show(status, "seal", view)
}

// akteAt is the page of what a seal lies on.
func akteAt(on archive.SealedThing) string {
	if on.Document != "" {
		return "/akten/" + string(on.Akte) + "/documents/" + string(on.Document)
	}
	return "/akten/" + string(on.Akte)
}

// sealForm is filled with the seal in force; without one its maker is among the readers.
func sealForm(s *archive.Seal, me archive.UserID) ui.Form {
	if s == nil {
		return ui.Form{Values: url.Values{"kind": {archive.SealProtection}, "readers": {string(me)}}}
	}
	values := url.Values{"kind": {s.Kind}, "ground": {s.Ground}, "reason": {s.Reason}, "until": {s.Until}}
	if s.Kind == "" {
		values["kind"] = []string{archive.SealProtection}
	}
	for _, id := range s.Readers {
		values.Add("readers", string(id))
	}
	return ui.Form{Values: values}
}

// askSeal asks for what a form says.
func (p *Pages) askSeal(r *request) error {
	on, err := r.sealOn()
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	q := archive.SealRequest{What: form.Value("what"), Because: form.Value("because")}
	lifts := q.What == archive.SealLift
	if lifts {
		q.Because = form.Value("lift_because")
	} else {
		q.Seal = &archive.Seal{Kind: form.Value("kind"), Ground: form.Value("ground"), Reason: form.Value("reason"), Until: form.Value("until")}
		for _, id := range form.Values["readers"] {
			q.Seal.Readers = append(q.Seal.Readers, archive.UserID(id))
		}
	}
	_, err = r.desk().Within(on.Akte).AskSeal(r.ctx(), on, q)
	switch {
	case err == nil:
		return r.leaveTelling(akteAt(on)+"/seal", "seal.told_asked")
	case !r.faults(&form, err):
		return err
	case lifts:
		for i := range form.Faults {
			form.Faults[i].Field = "lift_because"
		}
		return p.formSeal(r, http.StatusUnprocessableEntity, on, nil, &form)
	}
	return p.formSeal(r, http.StatusUnprocessableEntity, on, &form, nil)
}

// sealsView lists for a lead what waits about seals, or those in force.
type sealsView struct {
	ui.Frame
	Form ui.Form
	// List is the one that is shown, of Lists.
	List  string
	Lists []string
	Rows  []sealRow
	Next  string
}

type sealRow struct {
	acl.SealRow
	// Path is the page of its seal.
	Path string
}

func (p *Pages) listSeals(r *request) error {
	return p.sealList(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) sealList(r *request, status int, form ui.Form) error {
	view := sealsView{Frame: r.rightsFrame("seals", r.say("seals.title")), Form: form, Lists: []string{acl.SealsWaiting, acl.SealsHeld}}
	if !r.desk().May(policies.ActGrant) {
		view.Lists = view.Lists[:1]
	}
	if view.List = r.Query("list"); !slices.Contains(view.Lists, view.List) {
		view.List = acl.SealsWaiting
	}
	page, err := r.desk().Seals(r.ctx(), view.List, rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	for _, row := range page.Items {
		view.Rows = append(view.Rows, sealRow{row, akteAt(row.SealedThing) + "/seal"})
	}
	if page.Next != "" {
		view.Next = "/seals" + question(url.Values{"list": {view.List}, "cursor": {page.Next}})
	}
	return r.show(status, "seals", view)
}

// decideSeal grants or declines what was asked, or takes it back.
func (p *Pages) decideSeal(r *request) error {
	id, form, err := posted[archive.SealRequestID](r)
	if err != nil {
		return err
	}
	back, told := "/seals", "seal.told_declined"
	switch form.Value("decision") {
	case "withdraw":
		back, told = local(form.Value("to")), "seal.told_withdrawn"
		err = r.desk().WithdrawSeal(r.ctx(), id)
	case "grant":
		told = "seal.told_granted"
		err = r.desk().DecideSeal(r.ctx(), id, true, form.Value("reason"))
	default:
		err = r.desk().DecideSeal(r.ctx(), id, false, form.Value("reason"))
	}
	if err == nil {
		return r.leaveTelling(back, told)
	}
	if errors.Is(err, acl.ErrDenied) || !r.faults(&form, err) {
		return err
	}
	field := "reason-" + string(id)
	shown := ui.Form{Values: url.Values{field: {form.Value("reason")}}}
	for _, f := range form.Faults {
		shown.Faults = append(shown.Faults, ui.Fault{Field: field, Message: f.Message, Label: r.say("seal.word")})
	}
	return p.sealList(r, http.StatusUnprocessableEntity, shown)
}
