package pages

import (
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// paperPage lists papers whose scans a department approved, or that it released for destruction.
type paperPage struct {
	ui.Frame
	acl.PapersPage
	Form        ui.Form
	Departments []option
	Lists       []choice
	More, First string
	// Any says that some of those listed can be released.
	Any bool
	// Cursor is where the page begins: what is posted comes back to it.
	Cursor string
}

// showPapers lists papers.
func (p *Pages) showPapers(r *request) error {
	q := acl.PapersQuery{Department: r.Query("department"), List: r.Query("list"), Cursor: r.Query("cursor")}
	return p.listPapers(r, http.StatusOK, q, ui.Form{Values: map[string][]string{}})
}

func (p *Pages) listPapers(r *request, status int, q acl.PapersQuery, form ui.Form) error {
	page, err := r.desk().Papers(r.ctx(), q)
	if err != nil {
		return err
	}
	view := paperPage{Frame: r.paperFrame("papers", r.say("paper.title")), PapersPage: page, Form: form, Departments: ownBaskets(p, r), Cursor: q.Cursor}
	at := func(list, cursor string) string {
		return "/papers" + question(filled(url.Values{"department": {page.Department}, "list": {list}, "cursor": {cursor}}))
	}
	for _, key := range []string{acl.PapersApproved, acl.PapersReleased} {
		view.Lists = append(view.Lists, choice{Key: key, Path: at(key, ""), Current: key == page.List})
	}
	if page.Next != "" {
		view.More = at(page.List, page.Next)
	}
	if q.Cursor != "" {
		view.First = at(page.List, "")
	}
	for _, row := range page.Items {
		view.Any = view.Any || row.Due
	}
	return r.show(status, "paper", view)
}

// releasePapers releases the papers that were ticked for destruction. Nothing of them is shown by it, so the purpose
// of the mail room is enough.
func (p *Pages) releasePapers(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	var ids []archive.DocumentID
	for _, v := range form.Values["documents"] {
		id, err := archive.ParseID[archive.DocumentID](v)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := r.intake().ReleasePapers(r.ctx(), ids, form.Value("reason")); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.listPapers(r, http.StatusUnprocessableEntity, acl.PapersQuery{Department: form.Value("department"), Cursor: form.Value("cursor")}, form)
	}
	return r.leaveTelling("/papers"+question(filled(url.Values{"department": {form.Value("department")}, "cursor": {form.Value("cursor")}})), "paper.told", "N", len(ids))
}
