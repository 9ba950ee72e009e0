package pages

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// documentView changes what is recorded of a document, where it lies, or how it is classified.
type documentView struct {
	ui.Frame
	Form ui.Form
	Doc  acl.DocumentView
	Akte acl.AkteView
	// Part is which form is shown: "edit", "move", "classify" or "disclose".
	Part string
	// Checker is the program that checks archival files; empty: none does.
	Checker string
	// Stale says that somebody else changed the document meanwhile: Doc is what she made of it.
	Stale                                      bool
	Types, Registers, Channels, Classes, Cases []option
}

// Path is where the document is shown.
func (v documentView) Path() string {
	return "/akten/" + string(v.Akte.ID) + "/documents/" + string(v.Doc.ID)
}

// documentForms are the forms of a document: how each is filled.
func documentForm(part string, d acl.DocumentView) ui.Form {
	switch part {
	case "move":
		return ui.Form{Values: map[string][]string{"register": {d.Register}}}
	case "classify":
		return ui.Form{Values: map[string][]string{"classification": {d.Classification}}}
	case "disclose":
		return ui.Form{Values: map[string][]string{}}
	}
	return ui.Form{Values: map[string][]string{
		"type": {d.Type}, "title": {d.Title}, "date": {d.Date}, "received_on": {d.ReceivedOn}, "channel": {d.Channel},
		"sender": {d.Sender}, "case_id": {string(d.Case)},
	}}
}

// showDocumentForm shows one of a document's forms.
func (p *Pages) showDocumentForm(part string) func(*Pages, *request) error {
	return func(_ *Pages, r *request) error {
		doc, akte, err := p.documentOf(r)
		if err != nil {
			return err
		}
		return p.askDocument(r, http.StatusOK, part, doc, akte, documentForm(part, doc), false)
	}
}

// documentOf finds the document of the route in the Akte of the route.
func (p *Pages) documentOf(r *request) (doc acl.DocumentView, akte acl.AkteView, err error) {
	in, id, err := r.document()
	if err != nil {
		return doc, akte, err
	}
	desk := r.desk().Within(in)
	if doc, err = desk.Document(r.ctx(), id); err != nil {
		return doc, akte, err
	}
	akte, err = desk.Akte(r.ctx(), in)
	return doc, akte, err
}

func (p *Pages) askDocument(r *request, status int, part string, doc acl.DocumentView, akte acl.AkteView, form ui.Form, stale bool) error {
	if !doc.MayWrite && part != "disclose" { // a copy for her own desk takes no other right than to read
		return acl.ErrDenied
	}
	if form.Value("revision") == "" || stale {
		form.Values["revision"] = []string{strconv.FormatInt(doc.Revision, 10)} // she sees that state
	}
	view := documentView{Frame: r.frame("akten", r.say("document.title_"+part)), Form: form, Doc: doc, Akte: akte, Part: part, Stale: stale, Checker: r.desk().ArchivalChecker()}
	same := func(t policies.Term) policies.Term { return t }
	view.Types = byName(options(p.Policies.DocTypes(), func(t policies.DocType) policies.Term { return t.Term }, r.lang), r.lang)
	view.Registers = options(p.Policies.Registers(), func(t policies.Register) policies.Term { return t.Term }, r.lang)
	view.Channels = options(p.Policies.Channels(), same, r.lang)
	view.Classes = options(p.Policies.Classifications(), same, r.lang)
	for _, c := range akte.Cases {
		view.Cases = append(view.Cases, option{string(c.ID), p.label("procedure", c.Procedure, r.lang)})
	}
	return r.show(status, "document", view)
}

// sendDocumentForm carries out one of a document's forms. What was typed comes back where it can't.
func (p *Pages) sendDocumentForm(part string) func(*Pages, *request) error {
	return func(_ *Pages, r *request) error {
		doc, akte, err := p.documentOf(r)
		if err != nil {
			return err
		}
		form, err := r.form()
		if err != nil {
			return err
		}
		changed, err := p.changeDocument(r, part, doc, form)
		switch {
		case err == nil:
			path := documentView{Doc: changed, Akte: acl.AkteView{Akte: archive.Akte{ID: changed.Akte}}}.Path()
			return r.leaveTelling(path, "document.told_"+part)
		case errors.Is(err, acl.ErrStale):
			return p.askDocument(r, http.StatusPreconditionFailed, part, doc, akte, form, true)
		case !r.faults(&form, err):
			return err
		}
		return p.askDocument(r, http.StatusUnprocessableEntity, part, doc, akte, form, false)
	}
}

func (p *Pages) changeDocument(r *request, part string, doc acl.DocumentView, form ui.Form) (acl.DocumentView, error) {
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	desk := r.desk()
	switch part {
	case "move":
		move := acl.Move{Register: form.Value("register"), Reason: form.Value("reason")}
		if number := strings.TrimSpace(form.Value("akte")); number != "" {
			id, err := desk.AkteByNumber(r.ctx(), number)
			if err != nil {
				return doc, err
			}
			move.Akte = id
		}
		return desk.MoveDocument(r.ctx(), doc.ID, revision, move)
	case "classify":
		return desk.ClassifyDocument(r.ctx(), doc.ID, revision, form.Value("classification"), form.Value("reason"))
	}
	return desk.ChangeDocument(r.ctx(), doc.ID, revision, func(d *archive.Document) error {
		d.Type, d.Title, d.Date, d.ReceivedOn = form.Value("type"), form.Value("title"), form.Value("date"), form.Value("received_on")
		d.Channel, d.Sender, d.Case = form.Value("channel"), form.Value("sender"), archive.CaseID(form.Value("case_id"))
		return nil
	})
}
