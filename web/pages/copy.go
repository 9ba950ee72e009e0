package pages

import (
	"errors"
	"net/http"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// copyView makes a searchable or an archival PDF of a document for one's own work, and says why there is none.
type copyView struct {
	ui.Frame
	Doc  acl.DocumentView
	Akte acl.AkteView
	// Copy is the form: [acl.FormSearchable] or [acl.FormArchival].
	Copy string
	// Why is the key of what keeps it from being made, "" where it can be tried: "held", "waits", "unreadable",
	// "no_scan", "no_engine", "refused".
	Why string
	// Checker is the program that checks archival files; empty: none does.
	Checker string
}

// Path is where the document is shown.
func (v copyView) Path() string {
	return "/akten/" + string(v.Akte.ID) + "/documents/" + string(v.Doc.ID)
}

// Again says that trying once more helps.
func (v copyView) Again() bool { return v.Why == "" || v.Why == "waits" }

// copyOf finds the document and the form of the route.
func (p *Pages) copyOf(r *request) (copyView, error) {
	form := r.Param("form")
	if form != acl.FormSearchable && form != acl.FormArchival {
		return copyView{}, archive.ErrNotFound
	}
	doc, akte, err := p.documentOf(r)
	view := copyView{Frame: r.frame("akten", r.say("copy.title_"+form)), Doc: doc, Akte: akte, Copy: form, Checker: r.desk().ArchivalChecker()}
	view.Scripts = []string{"copy/copy.js"}
	return view, err
}

// showCopy offers to make the PDF, or says what keeps it from being made as far as that is known now.
func (p *Pages) showCopy(r *request) error {
	view, err := p.copyOf(r)
	if err != nil {
		return err
	}
	view.Why = hindrance(view.Doc, view.Copy)
	return r.show(http.StatusOK, "copy", view)
}

// hindrance is what keeps a form of a document from being made, as it stands.
func hindrance(doc acl.DocumentView, form string) string {
	switch v := doc.Current; {
	case doc.Quarantine.Held:
		return "held"
	case v.State == archive.StateReceived || v.State == archive.StateProcessing:
		return "waits"
	case v.State != archive.StateReady:
		return "unreadable"
	case form == acl.FormArchival && !v.Scanned():
		return "no_scan"
	}
	return ""
}

// makeCopy sends the PDF, or the page that says in words why there is none.
func (p *Pages) makeCopy(r *request) error {
	view, err := p.copyOf(r)
	if err != nil {
		return err
	}
	desk, h := r.desk().Within(view.Akte.ID), acl.Holder{Document: view.Doc.ID}
	press := desk.Searchable
	if view.Copy == acl.FormArchival {
		press = desk.Archival
	}
	made, err := press(r.ctx(), h, r.lang)
	if err == nil {
		return p.Host.Hand(r.Context, made)
	}
	if view.Why = refused(err, view.Doc, view.Copy); view.Why == "" {
		return err
	}
	return r.show(http.StatusConflict, "copy", view)
}

// refused is the key of what kept a form of a document from being made; "" for another error.
func refused(err error, doc acl.DocumentView, form string) string {
	if errors.Is(err, acl.ErrNotArchival) && hindrance(doc, form) != "" {
		return hindrance(doc, form)
	}
	for _, known := range []struct {
		err error
		why string
	}{
		{acl.ErrQuarantined, "held"}, {archive.ErrNotReady, "waits"}, {acl.ErrUnreadable, "unreadable"},
		{acl.ErrNotArchival, "refused"}, {acl.ErrNoBundles, "no_engine"},
	} {
		if errors.Is(err, known.err) {
			return known.why
		}
	}
	return ""
}
