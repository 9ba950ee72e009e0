package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"eakte/acl"
	"eakte/web/ui"
)

// codeView asks for the code after the password.
type codeView struct {
	ui.Frame
	Form ui.Form
	// To is where to go on.
	To string
	// Codes says that the account has some; Passkeys is what passkeys are made for, empty: there are none.
	Codes    bool
	Passkeys string
}

func (p *Pages) showCode(r *request) error {
	to := local(r.Query("to"))
	if r.session != nil {
		return r.leave(to)
	}
	codes, ok := p.Host.Halfway(r.Context)
	if !ok {
		return r.leave(signInPath("/sign-in", to))
	}
	return r.show(http.StatusOK, "code", p.codeView(r, to, codes))
}

func (p *Pages) codeView(r *request, to string, codes bool) codeView {
	view := codeView{Frame: r.frame("", r.say("code.title")), To: to, Codes: codes, Passkeys: p.Guard.Origin}
	view.Scripts = []string{passkeyScript}
	return view
}

// sendCode opens the session. Whoever took too long begins with her password again.
func (p *Pages) sendCode(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	to := local(form.Value("to"))
	codes, ok := p.Host.Halfway(r.Context)
	if !ok {
		return r.leave(signInPath("/sign-in", to))
	}
	if err = p.Host.SignInCode(r.Context, form.Value("code")); err == nil {
		return r.leave(to)
	}
	delete(form.Values, "code")
	view := p.codeView(r, to, codes)
	view.Form = form
	if !r.faults(&view.Form, err) {
		return err
	}
	return r.show(http.StatusUnprocessableEntity, "code", view)
}

// signInPath is a page of the sign-in that leads on to a path.
func signInPath(page, to string) string {
	if to == "/" {
		return page
	}
	return page + "?to=" + url.QueryEscape(to)
}

// factorView is the reader's second factor, or how she gets one.
type factorView struct {
	ui.Frame
	Form   ui.Form
	Factor acl.FactorView
	// Withheld says that a role of hers gives no right before she has one.
	Withheld bool
	// Elsewhere is where her account is kept, if it isn't here.
	Elsewhere *Elsewhere
	// Secret is one that she can take: as text in groups of four, and as what an app reads.
	Secret, Spaced, Address string
	// Recovery are codes that were made just now, and are shown this once.
	Recovery []string
}

// codesBeside asks who has passkeys and no codes to prove who she is before she sets up codes beside them.
func codesBeside(fn func(*Pages, *request) error) func(*Pages, *request) error {
	return func(p *Pages, r *request) error {
		factor, err := r.desk().Factor(r.ctx())
		if err != nil {
			return err
		}
		if factor.Passkeys > 0 && factor.Since.IsZero() {
			return again(fn)(p, r)
		}
		return fn(p, r)
	}
}

func (p *Pages) showFactor(r *request) error {
	return p.factor(r, http.StatusOK, factorView{Secret: acl.NewFactorSecret()})
}

// factor fills in and shows the page.
func (p *Pages) factor(r *request, status int, view factorView) (err error) {
	view.Frame = r.frame("", r.say("factor.title"))
	if view.Factor, err = r.desk().Factor(r.ctx()); err != nil {
		return err
	}
	view.Withheld = r.visit.Withheld && view.Factor.Since.IsZero()
	if view.Factor.Claimed {
		view.Elsewhere = p.Host.Elsewhere(r.ctx())
	}
	if !view.Factor.Since.IsZero() || view.Factor.Claimed {
		view.Secret = ""
	} else if view.Secret != "" {
		if view.Address, err = acl.FactorAddress(p.Authority, r.visit.User.Name, view.Secret); err != nil {
			return err
		}
		view.Spaced = spaced(view.Secret)
	}
	return r.show(status, "factor", view)
}

// spaced puts what is to be typed into groups of four.
func spaced(secret string) string {
	var out strings.Builder
	for i, c := range secret {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(c)
	}
	return out.String()
}

// setFactor takes the factor into use and shows its recovery codes on the page that answers, this once. The session gets
// another id, and all others of hers are over: they were opened without it.
func (p *Pages) setFactor(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	secret := form.Value("secret")
	recovery, err := r.desk().SetFactor(r.ctx(), secret, form.Value("password"), form.Value("code"))
	if errors.Is(err, acl.ErrUnconfirmed) {
		return p.showFactor(r)
	}
	if err != nil {
		return p.factorFault(r, form, err)
	}
	if err := p.Host.Renew(r.Context); err != nil {
		return err
	}
	return p.factor(r, http.StatusOK, factorView{Recovery: recovery})
}

// dropFactor takes it away.
func (p *Pages) dropFactor(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().DropFactor(r.ctx(), form.Value("password"), form.Value("code")); err != nil {
		return p.factorFault(r, form, err)
	}
	if err := p.Host.Renew(r.Context); err != nil {
		return err
	}
	return r.leaveTelling("/profile/factor", "factor.removed")
}

// factorFault shows the page again with what was wrong. What was typed is typed anew; the secret stays, for the app has
// it already.
func (p *Pages) factorFault(r *request, form ui.Form, err error) error {
	secret := form.Value("secret")
	if _, aerr := acl.FactorAddress(p.Authority, r.visit.User.Name, secret); aerr != nil {
		secret = acl.NewFactorSecret()
	}
	form.Values = nil
	if !r.faults(&form, err) {
		return err
	}
	return p.factor(r, http.StatusUnprocessableEntity, factorView{Form: form, Secret: secret})
}
