package pages

import (
	"encoding/json"
	"errors"
	"net/http"

	"eakte/acl"
	"eakte/web/ui"
)

// passkeyScript asks browsers for passkeys.
const passkeyScript = "shared/passkey.js"

// passkeysView are the reader's passkeys.
type passkeysView struct {
	ui.Frame
	Form     ui.Form
	Passkeys []acl.PasskeyView
	// Origin is what they are made for; empty: none are made here.
	Origin string
	// Claimed says that her account is kept elsewhere.
	Claimed bool
}

func (p *Pages) showPasskeys(r *request) error {
	return p.passkeys(r, http.StatusOK, ui.Form{})
}

func (p *Pages) passkeys(r *request, status int, form ui.Form) (err error) {
	view := passkeysView{Frame: r.frame("", r.say("passkeys.title")), Form: form, Origin: p.Guard.Origin, Claimed: r.visit.User.Identity != nil}
	view.Scripts = []string{passkeyScript}
	if view.Passkeys, err = r.desk().Passkeys(r.ctx()); err != nil {
		return err
	}
	return r.show(status, "passkeys", view)
}

// options answers a script with what it hands to the browser.
func (r *request) options(options json.RawMessage, err error) error {
	if err != nil {
		return err
	}
	r.Header("Cache-Control", "no-store")
	r.Data(http.StatusOK, "application/json", options)
	return nil
}

func (p *Pages) askPasskey(r *request) error { return r.options(p.Host.AskPasskey(r.Context)) }

func (p *Pages) askNewPasskey(r *request) error {
	return r.options(p.Host.AskNewPasskey(r.Context, p.Authority))
}

// signInPasskey opens a session by what the browser signed.
func (p *Pages) signInPasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	to := local(form.Value("to"))
	if r.session != nil {
		return r.leave(to)
	}
	if err = p.Host.SignInPasskey(r.Context, form.Value("answer")); err == nil {
		return r.leave(to)
	}
	view := p.signInView(r, to)
	if !r.passkeyFault(&view.Form, err) {
		return err
	}
	return r.show(http.StatusUnprocessableEntity, "signin", view)
}

// provePasskey proves once more by it who is signed in.
func (p *Pages) provePasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	to := local(form.Value("to"))
	if err = p.Host.ProvePasskey(r.Context, form.Value("answer")); err == nil {
		return r.leave(to)
	}
	form.Values = nil
	if !r.passkeyFault(&form, err) {
		return err
	}
	return p.askAgain(r, http.StatusUnprocessableEntity, againView{Form: form, To: to})
}

// passkeyFault says that a passkey wasn't believed, whatever was wrong with it; false where it is another error.
func (r *request) passkeyFault(form *ui.Form, err error) bool {
	if errors.Is(err, acl.ErrSignIn) {
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("passkeys.refused")})
		return true
	}
	return r.faults(form, err)
}

func (p *Pages) addPasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := p.Host.AddPasskey(r.Context, form.Value("name"), form.Value("answer")); err != nil {
		return p.passkeyRefused(r, form, err)
	}
	return r.leaveTelling("/profile/passkeys", "passkeys.added")
}

func (p *Pages) renamePasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().RenamePasskey(r.ctx(), form.Value("ref"), form.Value("called")); err != nil {
		delete(form.Values, "name")
		return p.passkeyRefused(r, form, err)
	}
	return r.leaveTelling("/profile/passkeys", "passkeys.renamed")
}

func (p *Pages) dropPasskey(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().DropPasskey(r.ctx(), form.Value("ref")); err != nil {
		return p.passkeyRefused(r, form, err)
	}
	if err := p.Host.Renew(r.Context); err != nil {
		return err
	}
	return r.leaveTelling("/profile/passkeys", "passkeys.removed")
}

// passkeyRefused shows the page again with what was wrong.
func (p *Pages) passkeyRefused(r *request, form ui.Form, err error) error {
	if !r.faults(&form, err) {
		return err
	}
	delete(form.Values, "answer")
	return p.passkeys(r, http.StatusUnprocessableEntity, form)
}
