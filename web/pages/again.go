package pages

import (
	"errors"
	"net/http"

	"eakte/acl"
	"eakte/web/ui"
)

// ErrAgain says that the session has to prove once more who it belongs to, before what was asked for is done.
var ErrAgain = errors.New("to be proven again")

// again makes a route ask whether the session proved of late who it belongs to.
func again(fn func(*Pages, *request) error) func(*Pages, *request) error {
	return func(p *Pages, r *request) error {
		if !r.session.Proven() {
			return ErrAgain
		}
		return fn(p, r)
	}
}

// againView asks for password and code once more.
type againView struct {
	ui.Frame
	Form ui.Form
	To   string
	// Code says that one is asked for, Password that a password is; Passkeys is what passkeys are made for, empty: she has none.
	Code, Password bool
	Passkeys       string
	// Elsewhere is where she proves it, instead of here; nil: here. Why says why that came to nothing.
	Elsewhere *Elsewhere
	Why       string
}

// againFor is where it is asked for, and then back again: to what was typed, if something was sent.
func (r *request) againFor(err error) string {
	if r.session == nil || !errors.Is(err, ErrAgain) {
		return ""
	}
	to := r.Request.URL.RequestURI()
	switch {
	case r.GetHeader("HX-Request") != "":
		to = local(refererPath(r.Request))
	case r.Request.Method != http.MethodGet:
		to = r.hold()
	}
	return signInPath("/sign-in/again", local(to))
}

func (p *Pages) showAgain(r *request) error {
	return p.askAgain(r, http.StatusOK, againView{To: local(r.Query("to"))})
}

func (p *Pages) askAgain(r *request, status int, view againView) error {
	factor, err := r.desk().Factor(r.ctx())
	if err != nil {
		return err
	}
	view.Frame, view.Code = r.frame("", r.say("again.title")), !factor.Since.IsZero()
	view.Password = view.Code || factor.Passkeys == 0
	if factor.Passkeys > 0 {
		view.Passkeys, view.Scripts = p.Guard.Origin, []string{passkeyScript}
	}
	if factor.Claimed {
		if view.Elsewhere = p.Host.Elsewhere(r.ctx()); view.Elsewhere == nil {
			view.Elsewhere = &Elsewhere{Name: r.say("again.nowhere"), Away: true}
		}
		view.Why = r.whySaid(view.Elsewhere)
	}
	return r.show(status, "again", view)
}

// sendAgain proves it, and goes on.
func (p *Pages) sendAgain(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	to := local(form.Value("to"))
	if err = p.Host.Prove(r.Context, form.Value("password"), form.Value("code")); err == nil {
		return r.leave(to)
	}
	form.Values = nil
	if errors.Is(err, acl.ErrSignIn) {
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("again.wrong")})
	} else if !r.faults(&form, err) {
		return err
	}
	return p.askAgain(r, http.StatusUnprocessableEntity, againView{Form: form, To: to})
}
