package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"eakte/acl"
	"eakte/web/ui"
)

// problemView is the page that tells of an error.
type problemView struct {
	ui.Frame
	Icon, Detail, Advice string
	Correlation          string
	Retry                bool
}

// fail answers with what an error needs: the sign-in, the question why, or a page that tells of it.
func (p *Pages) fail(r *request, err error) {
	path := r.Request.URL.RequestURI()
	if to := r.purposeFor(err); to != "" {
		r.Redirect(http.StatusSeeOther, to)
		return
	}
	problem := p.Host.Explain(r.ctx(), r.lang, err)
	if problem.Kind == "sign-in-required" {
		p.askSignIn(r, path)
		return
	}
	if r.held != "" && r.showHeld(problem) == nil {
		return
	}
	view := problemView{Frame: r.frame("", problem.Title), Icon: "error", Detail: problem.Detail, Correlation: r.visit.Correlation}
	view.Retry = problem.Retry && r.Request.Method == http.MethodGet
	view.Path = path
	switch problem.Status {
	case http.StatusNotFound:
		view.Icon, view.Advice = "travel_explore", r.say("problem.advice_not_found")
		if strings.HasPrefix(r.FullPath(), "/inbox/:id") { // says the same of what never was
			view.Advice = r.say("problem.advice_inbox")
		}
	case http.StatusForbidden:
		view.Icon, view.Advice = "lock", r.say("problem.advice_denied")
	case http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusInsufficientStorage:
		view.Icon = "timer"
	}
	if serr := r.show(problem.Status, "problem", view); serr != nil {
		p.Host.Explain(r.ctx(), r.lang, serr) // logged
		http.Error(r.Writer, problem.Title, problem.Status)
	}
}

// purposeFor is where the purpose is asked for that an error misses, and then back again; "" where none is
// asked for.
func (r *request) purposeFor(err error) string {
	if r.session == nil || !errors.Is(err, acl.ErrPurpose) {
		return ""
	}
	for _, place := range []string{"/akten/", "/persons/"} {
		id, perr := pathID[string](r, "id")
		if !strings.HasPrefix(r.FullPath(), place+":id") || perr != nil {
			continue
		}
		to := r.Request.URL.RequestURI()
		if r.Request.Method != http.MethodGet {
			if to = r.hold(); to == "" {
				to = place + id
			}
		}
		return place + id + "/purpose?to=" + url.QueryEscape(to)
	}
	return ""
}

// askSignIn sends who must sign in there, and back afterwards: to what she typed, if she had sent something.
func (p *Pages) askSignIn(r *request, path string) {
	to := "/sign-in"
	if r.Request.Method == http.MethodPost {
		path = r.hold()
	}
	if (r.Request.Method == http.MethodGet || r.Request.Method == http.MethodPost) && path != "/" && path != "" {
		to += "?to=" + url.QueryEscape(path)
	}
	if r.GetHeader("HX-Request") != "" {
		r.Header("HX-Redirect", "/sign-in?to="+url.QueryEscape(local(refererPath(r.Request))))
		r.Status(http.StatusUnauthorized)
		r.Writer.WriteHeaderNow()
		return
	}
	r.Redirect(http.StatusSeeOther, to)
}

// refererPath is the page that a script's request came from, as htmx tells it.
func refererPath(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return "/"
	}
	return u.RequestURI()
}

// faults puts what an error says of the input into the form; false where it says nothing of it.
func (r *request) faults(form *ui.Form, err error) bool {
	if errors.Is(err, acl.ErrUnconfirmed) {
		return true // the form is shown, and above it why
	}
	problem := r.pages.Host.Explain(r.ctx(), r.lang, err)
	switch {
	case len(problem.Faults) > 0:
		form.Faults = append(form.Faults, problem.Faults...)
	case problem.Status == http.StatusUnprocessableEntity || problem.Status == http.StatusConflict ||
		problem.Status == http.StatusRequestEntityTooLarge || problem.Status == http.StatusUnsupportedMediaType ||
		problem.Status == http.StatusUnauthorized || problem.Status == http.StatusTooManyRequests:
		form.Faults = append(form.Faults, ui.Fault{Message: problem.Detail})
	default:
		return false
	}
	return true
}
