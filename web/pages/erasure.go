package pages

import (
	"errors"
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// eraseView proposes to erase a single document before its Akte.
type eraseView struct {
	ui.Frame
	Form  ui.Form
	Doc   acl.DocumentView
	Rules []option
	Back  string
}

func (p *Pages) showErase(r *request) error {
	return p.formErase(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) formErase(r *request, status int, form ui.Form) error {
	akte, id, err := r.document()
	if err != nil {
		return err
	}
	desk := r.desk().Within(akte)
	doc, err := desk.Document(r.ctx(), id)
	if err != nil {
		return err
	}
	if !doc.MayWrite {
		return acl.ErrDenied
	}
	view := eraseView{Frame: r.frame("akten", r.say("erase.title")), Form: form, Doc: doc, Back: akteAt(archive.SealedThing{Akte: akte, Document: id})}
	for _, rule := range desk.DocumentRules() {
		view.Rules = append(view.Rules, option{rule.Key, rule.Label.In(r.lang)})
	}
	return r.show(status, "erase", view)
}

// askErase proposes it.
func (p *Pages) askErase(r *request) error {
	akte, id, err := r.document()
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	on := archive.SealedThing{Akte: akte, Document: id}
	_, err = r.desk().Within(akte).AskErasure(r.ctx(), on, form.Value("rule"), form.Value("because"))
	if err == nil {
		return r.leaveTelling(akteAt(on), "retention.told_erase")
	}
	if !r.faults(&form, err) {
		return err
	}
	return p.formErase(r, http.StatusUnprocessableEntity, form)
}

// decideErasure releases or declines what was proposed, or takes it back.
func (p *Pages) decideErasure(r *request) error {
	id, form, err := posted[archive.ErasureID](r)
	if err != nil {
		return err
	}
	told := "due.told_declined"
	switch form.Value("decision") {
	case "withdraw":
		told = "due.told_withdrawn"
		err = r.desk().WithdrawErasure(r.ctx(), id)
	case "release":
		told = "due.told_released"
		err = r.desk().DecideErasure(r.ctx(), id, true, form.Value("reason"))
	default:
		err = r.desk().DecideErasure(r.ctx(), id, false, form.Value("reason"))
	}
	if err == nil {
		return r.leaveTelling("/retention?list="+listAsked, told)
	}
	if errors.Is(err, acl.ErrDenied) || !r.faults(&form, err) {
		return err
	}
	field := "reason-" + string(id)
	shown := ui.Form{Values: url.Values{field: {form.Value("reason")}}}
	for _, f := range form.Faults {
		shown.Faults = append(shown.Faults, ui.Fault{Field: field, Message: f.Message, Label: r.say("seal.word")})
	}
	return p.retentionList(r, http.StatusUnprocessableEntity, listAsked, shown)
}

// findProofs shows the proof of a reference number, which stands in no address.
func (p *Pages) findProofs(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	return p.retentionList(r, http.StatusOK, listProofs, form)
}

// erasedView is the proof of an erasure.
type erasedView struct {
	ui.Frame
	acl.ErasureProof
	Says termText
}

func (p *Pages) showErased(r *request) error {
	id, err := pathID[archive.ErasureID](r, "id")
	if err != nil {
		return err
	}
	proof, err := r.desk().ErasureProof(r.ctx(), id)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, "erased", erasedView{r.frame("retention", r.say("erased.title")), proof, r.termSays(proof.Term)})
}
