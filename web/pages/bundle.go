package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// bundleView chooses what of an Akte goes into one PDF, or shows how far that is.
type bundleView struct {
	ui.Frame
	Form ui.Form
	Akte acl.AkteView
	Name archive.Name
	// Groups are the documents to choose from, by register.
	Groups []bundleGroup
	// More says that there are documents beyond those listed, which go in only with all.
	More bool
	// Job is the one that makes it; nil while it is chosen.
	Job *archive.Job
	// Again leads to where the session is proven, without which the PDF isn't given out.
	Again string
}

// bundleGroup is a register's documents.
type bundleGroup struct {
	Register  string
	Documents []acl.DocumentView
}

// bundleRows is how many documents can be chosen one by one.
const bundleRows = 200

func (p *Pages) showBundle(r *request) error {
	return p.askBundle(r, http.StatusOK, ui.Form{Values: map[string][]string{"what": {"all"}}})
}

func (p *Pages) askBundle(r *request, status int, form ui.Form) error {
	view, err := p.bundleOf(r)
	if err != nil {
		return err
	}
	view.Form = form
	page, err := r.desk().Documents(r.ctx(), view.Akte.ID, acl.DocumentsQuery{Limit: bundleRows})
	if err != nil {
		return err
	}
	view.More = page.Next != ""
	for _, doc := range page.Items {
		if n := len(view.Groups); n == 0 || view.Groups[n-1].Register != doc.Register {
			view.Groups = append(view.Groups, bundleGroup{Register: doc.Register})
		}
		last := &view.Groups[len(view.Groups)-1]
		last.Documents = append(last.Documents, doc)
	}
	return r.show(status, "bundle", view)
}

func (p *Pages) bundleOf(r *request) (view bundleView, err error) {
	if view.Akte, err = r.akte(); err != nil {
		return view, err
	}
	view.Name = view.Akte.Person.Leading()
	view.Frame = r.frame("akten", r.say("bundle.title", "Number", view.Akte.Number))
	view.Scripts = []string{"bundle/bundle.js"}
	return view, nil
}

// orderBundle has the PDF made and leads to where its progress is shown.
func (p *Pages) orderBundle(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	q := acl.BundleRequest{Recipient: form.Value("recipient"), Reason: form.Value("reason"), Language: r.lang}
	if form.Value("what") == "some" {
		for _, doc := range form.Values["document"] {
			q.Documents = append(q.Documents, archive.DocumentID(doc))
		}
		if len(q.Documents) == 0 {
			form.Faults = append(form.Faults, ui.Fault{Field: "some", Message: r.say("bundle.none")})
			return p.askBundle(r, http.StatusUnprocessableEntity, form)
		}
	}
	job, err := r.desk().OrderBundle(r.ctx(), id, q)
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askBundle(r, http.StatusUnprocessableEntity, form)
	}
	return r.leave("/akten/" + string(id) + "/bundle/" + string(job.ID))
}

// showBundleJob shows how far the PDF is.
func (p *Pages) showBundleJob(r *request) error {
	job, err := pathID[archive.JobID](r, "job")
	if err != nil {
		return err
	}
	view, err := p.bundleOf(r)
	if err != nil {
		return err
	}
	found, err := r.desk().Within(view.Akte.ID).Job(r.ctx(), job)
	if err != nil {
		return err
	}
	view.Job = &found
	if !r.session.Proven() {
		view.Again = signInPath("/sign-in/again", r.Request.URL.Path)
	}
	return r.show(http.StatusOK, "bundle", view)
}

// cancelBundle stops it.
func (p *Pages) cancelBundle(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	job, err := pathID[archive.JobID](r, "job")
	if err != nil {
		return err
	}
	if err := r.desk().Within(id).CancelJob(r.ctx(), job); err != nil {
		return err
	}
	return r.leaveTelling("/akten/"+string(id), "bundle.told_cancelled")
}
