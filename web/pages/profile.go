package pages

import (
	"errors"
	"net/http"

	"eakte/archive"
	"eakte/web/ui"
)

// profileView is what the reader set and keeps.
type profileView struct {
	ui.Frame
	Form     ui.Form
	Searches []archive.SavedSearch
	Drafts   []draftLine
	User     archive.User
	// Passkeys says that there can be some, or are.
	Passkeys bool
	// Minutes are those after which the session ends without a request.
	Minutes int
	// Sessions are the reader's, the present one first.
	Sessions []SignedIn
}

func (p *Pages) showProfile(r *request) error {
	w := r.wishes
	form := ui.Form{Values: map[string][]string{"language": {w.Language}, "theme": {w.Theme}, "density": {w.Density}}}
	if w.Shortcuts {
		form.Values["shortcuts"] = []string{"on"}
	}
	return p.profile(r, http.StatusOK, form)
}

func (p *Pages) profile(r *request, status int, form ui.Form) error {
	desk := r.desk()
	kept, err := desk.Profile(r.ctx())
	if err != nil {
		return err
	}
	drafts, err := desk.Drafts(r.ctx())
	if err != nil {
		return err
	}
	view := profileView{Frame: r.frame("", r.say("profile.title")), Form: form, Searches: kept.Searches, User: r.visit.User}
	if view.Sessions, err = p.Host.SignedIn(r.ctx()); err != nil {
		return err
	}
	view.Passkeys = p.Guard.Origin != "" || len(view.User.Passkeys) > 0
	view.Minutes = int(r.session.Ends().Minutes())
	for _, d := range drafts {
		view.Drafts = append(view.Drafts, draftLineOf(d))
	}
	return r.show(status, "profile", view)
}

func (p *Pages) changeProfile(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = r.desk().SetPreferences(r.ctx(), func(w *archive.Preferences) {
		w.Language, w.Theme, w.Density = form.Value("language"), form.Value("theme"), form.Value("density")
		w.Shortcuts = form.Value("shortcuts") == "on"
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.profile(r, http.StatusUnprocessableEntity, form)
	}
	if lang := form.Value("language"); lang != "" {
		r.lang = lang
	} else {
		r.lang = r.visit.Language
	}
	return r.leaveTelling("/profile", "profile.saved")
}

func (p *Pages) dropSearch(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().DropSearch(r.ctx(), archive.SearchID(form.Value("id"))); err != nil {
		return err
	}
	return r.leaveTelling("/profile#searches", "profile.search_dropped")
}

// endSessions signs the reader out elsewhere, in one place or all.
func (p *Pages) endSessions(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := p.Host.EndSessions(r.ctx(), form.Value("id")); err != nil && !errors.Is(err, archive.ErrNotFound) { // it is over
		return err
	}
	return r.leaveTelling("/profile#account", "profile.session_ended")
}
