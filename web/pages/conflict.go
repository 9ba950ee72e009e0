package pages

import (
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// conflictPage reports a conflict of interest: with the person of an Akte, or in words.
type conflictPage struct {
	ui.Frame
	Form ui.Form
	// Akte is what the reader has before her; nil: in words.
	Akte  *acl.AkteView
	Kinds []option
	// Accounts are those to choose among, for who operates; else nil.
	Accounts []option
}

func (r *request) conflictKinds() (out []option) {
	for _, k := range archive.ConflictKinds() {
		out = append(out, option{k, r.say("conflict.kind_" + k)})
	}
	return out
}

func (p *Pages) showConflict(r *request) error {
	return p.formConflict(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) formConflict(r *request, status int, form ui.Form) error {
	akte, err := r.akte()
	if err != nil {
		return err
	}
	return r.show(status, "conflict", conflictPage{
		Frame: r.frame("akten", r.say("conflict.title")), Form: form, Akte: &akte, Kinds: r.conflictKinds(),
	})
}

// reportConflict keeps the reader from the person of an Akte.
func (p *Pages) reportConflict(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	if err := r.desk().ReportConflict(r.ctx(), id, form.Value("kind"), form.Value("reason")); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.formConflict(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/", "conflict.told_own")
}

func (p *Pages) showConflictWords(r *request) error {
	form := ui.Form{Values: url.Values{}}
	if id, err := archive.ParseID[archive.UserID](r.Query("user")); err == nil {
		form.Values["user"] = []string{string(id)}
	}
	return p.formConflictWords(r, http.StatusOK, form)
}

func (p *Pages) formConflictWords(r *request, status int, form ui.Form) error {
	view := conflictPage{Frame: r.frame("", r.say("conflict.title")), Form: form, Kinds: r.conflictKinds()}
	if r.desk().May(policies.ActOperate) {
		users, err := r.desk().Users(r.ctx())
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.ID != r.visit.User.ID {
				view.Accounts = append(view.Accounts, option{string(u.ID), u.Called()})
			}
		}
		view.Accounts = byName(view.Accounts, r.lang)
	}
	return r.show(status, "conflict", view)
}

// sayConflict reports one in words.
func (p *Pages) sayConflict(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = r.desk().ReportConflictInWords(r.ctx(), archive.ConflictReport{
		User: archive.UserID(form.Value("user")), About: form.Value("about"), Kind: form.Value("kind"), Reason: form.Value("reason"),
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.formConflictWords(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/", "conflict.told_words")
}

// conflictsView lists for a lead whom conflicts of interest keep from whom.
type conflictsView struct {
	ui.Frame
	Form ui.Form
	acl.ConflictsPage
	Kinds, Users []option
	More         string
}

func (p *Pages) listConflicts(r *request) error {
	return p.conflictList(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

func (p *Pages) conflictList(r *request, status int, form ui.Form) error {
	page, err := r.desk().Conflicts(r.ctx(), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view := conflictsView{Frame: r.rightsFrame("conflicts", r.say("conflicts.title")), Form: form, ConflictsPage: page, Kinds: r.conflictKinds()}
	for _, u := range page.Accounts {
		view.Users = append(view.Users, option{string(u.ID), u.Name})
	}
	if page.Next != "" {
		view.More = "/conflicts" + question(url.Values{"cursor": {page.Next}})
	}
	return r.show(status, "conflicts", view)
}

// layConflict keeps an account from a person.
func (p *Pages) layConflict(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	err = r.desk().LayConflict(r.ctx(), acl.ConflictAsk{
		User: archive.UserID(form.Value("user_id")), Number: form.Value("number"), Kind: form.Value("kind"), Reason: form.Value("reason"),
		Report: archive.ConflictReportID(form.Value("report")),
	})
	return p.wordOnConflict(r, form, "conflicts.told_laid", err)
}

// decideConflict asks that one ends, grants that, or declines it.
func (p *Pages) decideConflict(r *request) error {
	id, form, err := posted[archive.ConflictID](r)
	if err != nil {
		return err
	}
	told := "conflicts.told_declined"
	switch form.Value("decision") {
	case "end":
		told, err = "conflicts.told_asked", r.desk().EndConflict(r.ctx(), id, form.Value("reason"))
	case "grant":
		told, err = "conflicts.told_ended", r.desk().DecideConflict(r.ctx(), id, true, form.Value("reason"))
	default:
		err = r.desk().DecideConflict(r.ctx(), id, false, form.Value("reason"))
	}
	return p.wordOnConflict(r, ui.Form{Values: url.Values{}}, told, err)
}

// dismissConflict lets a report go.
func (p *Pages) dismissConflict(r *request) error {
	id, form, err := posted[archive.ConflictReportID](r)
	if err != nil {
		return err
	}
	return p.wordOnConflict(r, ui.Form{Values: url.Values{}}, "conflicts.told_dismissed", r.desk().DismissConflict(r.ctx(), id, form.Value("reason")))
}

// wordOnConflict answers to a word. Faults of a row's form, which comes without values, stand above the page: its fields
// aren't those of the page's own form.
func (p *Pages) wordOnConflict(r *request, form ui.Form, told string, err error) error {
	if err == nil {
		return r.leaveTelling("/conflicts", told)
	}
	if !r.faults(&form, err) {
		return err
	}
	if len(form.Values) == 0 {
		for i := range form.Faults {
			form.Faults[i].Field = ""
		}
	}
	return p.conflictList(r, http.StatusUnprocessableEntity, form)
}
