package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/web/ui"
)

// problemView is the page that tells of an error.
type problemView struct {
	ui.Frame
	Icon, Detail, Advice string
	Correlation          string
	// Retry says that asking again helps; Wait is in how many seconds, where the page does so by itself.
	Retry bool
	Wait  int
	// Fields are what was posted and can be sent once more, Lost says that what was posted can't.
	Fields []heldField
	Lost   bool
	// Kept is where what was typed waits for the account whose page it was.
	Kept string
	// Target is the element that the part takes the place of.
	Target string
}

// fail answers with what an error needs: the sign-in, the question why, or a page that tells of it.
func (p *Pages) fail(r *request, err error) {
	if to := r.purposeFor(err); to != "" {
		r.Redirect(http.StatusSeeOther, to)
		return
	}
	if to := r.againFor(err); to != "" {
		p.askElsewhere(r, to, http.StatusForbidden)
		return
	}
	problem := p.Host.Explain(r.ctx(), r.lang, err)
	if problem.Kind == "sign-in-required" {
		p.askSignIn(r, r.Request.URL.RequestURI())
		return
	}
	if r.held != "" && r.showHeld(problem) == nil {
		return
	}
	view := newProblemView(r.Request, problem)
	refresh := view.Refresh
	view.Frame, view.Correlation = r.frame("", problem.Title), r.visit.Correlation
	view.Path, view.Scripts, view.Refresh = r.Request.URL.RequestURI(), view.scripts(), refresh
	switch {
	case problem.Status == http.StatusNotFound && strings.HasPrefix(r.FullPath(), "/inbox/:id"): // says the same of what never was
		view.Advice = r.say("problem.advice_inbox")
	case problem.Status == http.StatusNotFound:
		view.Advice = r.say("problem.advice_not_found")
	case problem.Status == http.StatusForbidden:
		view.Advice = r.say("problem.advice_denied")
	case errors.Is(err, ErrOtherAccount):
		view.Kept = r.hold()
	}
	if serr := p.tellProblem(r, problem, view); serr != nil {
		p.Host.Explain(r.ctx(), r.lang, serr) // logged
		http.Error(r.Writer, problem.Title, problem.Status)
	}
}

// tellProblem shows the page, or to a script that asked for a part of one, what fits there.
func (p *Pages) tellProblem(r *request, problem Problem, view problemView) error {
	if problem.Retry > 0 {
		r.Header("Retry-After", strconv.Itoa(problem.Retry))
	}
	if r.GetHeader("HX-Request") == "" {
		return r.show(problem.Status, "problem", view)
	}
	_, view.Target, _ = strings.Cut(r.GetHeader("HX-Target"), "#")
	view.Path = local(refererPath(r.Request))
	return r.part(problem.Status, "problem", "problem-part", view)
}

// newProblemView says what can be done about a problem.
func newProblemView(r *http.Request, problem Problem) problemView {
	view := problemView{Icon: "error", Detail: problem.Detail}
	view.Title, view.Path = problem.Title, r.URL.RequestURI()
	view.Retry = problem.Retry > 0 && r.Method == http.MethodGet
	switch problem.Status {
	case http.StatusNotFound:
		view.Icon = "travel_explore"
	case http.StatusForbidden, http.StatusConflict:
		view.Icon = "lock"
	case http.StatusServiceUnavailable:
		view.Icon = "timer"
		if view.Wait = problem.Retry; view.Retry {
			view.Refresh = view.Wait
		} else {
			view.again(r)
		}
	case http.StatusTooManyRequests, http.StatusInsufficientStorage:
		view.Icon = "timer"
	}
	return view
}

// again takes over what was posted while nothing could be done with it, so that it can be sent once more.
// Passwords and files aren't.
func (v *problemView) again(r *http.Request) {
	v.Lost = true
	if r.Header.Get("Sec-Fetch-Site") != "same-origin" || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return
	}
	for name := range r.PostForm {
		if strings.Contains(strings.ToLower(name), "password") {
			return
		}
	}
	v.Fields, v.Lost = fieldsOf(r.PostForm), false
}

// scripts are those of a page that waits.
func (v *problemView) scripts() []string {
	if v.Wait > 0 {
		return []string{"problem/wait.js"}
	}
	return nil
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
		to = "/sign-in?to=" + url.QueryEscape(local(refererPath(r.Request)))
	}
	p.askElsewhere(r, to, http.StatusUnauthorized)
}

// askElsewhere sends the browser to a page that asks for something first; a script has it do so, by an answer with the status.
func (p *Pages) askElsewhere(r *request, to string, status int) {
	if r.GetHeader("HX-Request") == "" {
		r.Redirect(http.StatusSeeOther, to)
		return
	}
	r.Header("HX-Redirect", to)
	r.Status(status)
	r.Writer.WriteHeaderNow()
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
