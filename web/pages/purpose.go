package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// purposeView asks why an Akte is opened.
type purposeView struct {
	ui.Frame
	Form     ui.Form
	Akte     acl.Approach
	Purposes []option
	To       string
}

// lastPurpose is the key of what was stated last, the same again being likely.
const lastPurpose = "purpose"

func (p *Pages) showPurposes(r *request) error {
	return p.askPurpose(r, http.StatusOK, ui.Form{Values: map[string][]string{"purpose": {r.session.Get(lastPurpose)}}}, r.Query("to"))
}

func (p *Pages) askPurpose(r *request, status int, form ui.Form, to string) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	akte, err := r.desk().Approach(r.ctx(), id)
	if err != nil {
		return err
	}
	view := purposeView{Frame: r.frame("akten", r.say("purpose.title")), Form: form, Akte: akte, To: to}
	view.Purposes = options(p.Policies.Purposes(), func(t policies.Term) policies.Term { return t }, r.lang)
	if len(akte.Cases) > 0 && view.Form.Value("purpose") == "" {
		view.Form.Values = map[string][]string{"purpose": {"case:" + string(akte.Cases[0].ID)}}
	}
	return r.show(status, "purpose", view)
}

// statePurpose binds a purpose to the Akte for this session, if it fits.
func (p *Pages) statePurpose(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	purpose, to := form.Value("purpose"), form.Value("to")
	if _, err := r.deskFor(purpose).Akte(r.ctx(), id); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askPurpose(r, http.StatusUnprocessableEntity, form, to)
	}
	if err := r.session.State(id, purpose); err != nil {
		return err
	}
	if _, code := p.Policies.Purpose(purpose); code {
		if err := r.session.Put(lastPurpose, purpose); err != nil {
			return err
		}
	}
	if to = local(to); to == "/" {
		to = "/akten/" + string(id)
	}
	return r.leave(to)
}
