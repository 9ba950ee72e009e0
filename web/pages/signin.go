package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"eakte/acl"
	"eakte/web/ui"
)

// signInView is the sign-in.
type signInView struct {
	ui.Frame
	Form ui.Form
	// To is where to go on.
	To string
	// Ended says that a session was there before.
	Ended bool
	// Kept says that what was typed waits behind it.
	Kept bool
	// Elsewhere is where else one can sign in; nil: nowhere. Why says why that came to nothing, Out that who signed out is
	// signed in there still.
	Elsewhere *Elsewhere
	Why       string
	Out       bool
	// Passkeys is what passkeys are made for; empty: there are none.
	Passkeys string
}

// signInView is the page, with what the address says.
func (p *Pages) signInView(r *request, to string) signInView {
	view := signInView{Frame: r.frame("", r.say("signin.title")), To: to, Elsewhere: p.Host.Elsewhere(r.ctx()), Passkeys: p.Guard.Origin}
	view.Scripts = []string{passkeyScript}
	view.Kept, view.Why = strings.HasPrefix(to, "/held/"), r.whySaid(view.Elsewhere)
	view.Out = view.Elsewhere != nil && r.Query("out") != "" && p.Host.EndElsewhere(r.Context) != ""
	return view
}

func (p *Pages) showSignIn(r *request) error {
	if r.session != nil {
		return r.leave(local(r.Query("to")))
	}
	view := p.signInView(r, local(r.Query("to")))
	view.Ended = r.Query("to") != "" && view.Why == ""
	return r.show(http.StatusOK, "signin", view)
}

// signIn opens a session. The form of one that failed keeps the name.
func (p *Pages) signIn(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	to := local(form.Value("to"))
	err = p.Host.SignIn(r.Context, form.Value("name"), form.Value("password"))
	if err == nil {
		return r.leave(to)
	}
	if errors.Is(err, acl.ErrCodeRequired) {
		return r.leave(signInPath("/sign-in/code", to))
	}
	delete(form.Values, "password")
	view := p.signInView(r, to)
	view.Form = form
	if !r.faults(&view.Form, err) {
		return err
	}
	return r.show(http.StatusUnprocessableEntity, "signin", view)
}

// signOut ends the session, and asks for the next one if there is something to go on with.
func (p *Pages) signOut(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := p.Host.SignOut(r.Context); err != nil {
		return err
	}
	if r.visit.User.Identity != nil && local(form.Value("to")) == "/" {
		return r.leave("/sign-in?out=1")
	}
	if to := local(form.Value("to")); to != "/" {
		return r.leave("/sign-in?to=" + url.QueryEscape(to))
	}
	return r.leave("/sign-in")
}

// staySignedIn does nothing: that a request came lets the session live on.
func (p *Pages) staySignedIn(r *request) error {
	r.Status(http.StatusNoContent)
	r.Writer.WriteHeaderNow()
	return nil
}
