package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"eakte/acl"
	"eakte/archive"
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
	if r.session != nil && errors.Is(err, acl.ErrPurpose) && strings.HasPrefix(r.FullPath(), "/akten/:id") {
		if id, perr := pathID[archive.AkteID](r, "id"); perr == nil {
			to := path
			if r.Request.Method != http.MethodGet {
				to = "/akten/" + string(id)
			}
			r.Redirect(http.StatusSeeOther, "/akten/"+string(id)+"/purpose?to="+url.QueryEscape(to))
			return
		}
	}
	if r.session != nil && errors.Is(err, acl.ErrPurpose) && strings.HasPrefix(r.FullPath(), "/persons/:id") {
		if id, perr := pathID[archive.PersonID](r, "id"); perr == nil {
			r.Redirect(http.StatusSeeOther, "/persons/"+string(id)+"/purpose")
			return
		}
	}
	problem := p.Host.Explain(r.ctx(), r.lang, err)
	if problem.Kind == "sign-in-required" {
		p.askSignIn(r, path)
		return
	}
	view := problemView{Frame: r.frame("", problem.Title), Icon: "error", Detail: problem.Detail, Correlation: r.visit.Correlation}
	view.Retry = problem.Retry && r.Request.Method == http.MethodGet
	view.Path = path
	switch problem.Status {
	case http.StatusNotFound:
		view.Icon, view.Advice = "travel_explore", r.say("problem.advice_not_found")
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

// askSignIn sends who must sign in there, and back afterwards.
func (p *Pages) askSignIn(r *request, path string) {
	to := "/sign-in"
	if r.Request.Method == http.MethodGet && path != "/" {
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
