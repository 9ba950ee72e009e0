package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/web/ui"
)

// discloseDocument hands the document of the form to a recipient: as a file, which is the answer, or on
// paper, which the viewer prints.
func (p *Pages) discloseDocument(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	o := acl.Disclosure{
		Document: doc.ID, Recipient: form.Value("recipient"), Reason: form.Value("reason"), Printed: form.Value("how") == "paper",
		Form: form.Value("form"),
	}
	desk := r.desk().Within(akte.ID)
	if !o.Printed && o.Form != "" && o.Form != acl.FormOriginal {
		made, err := desk.DiscloseCopy(r.ctx(), o, r.lang)
		if err == nil {
			return p.Host.Hand(r.Context, made)
		}
		if why := refused(err, doc, o.Form); why != "" {
			form.Faults = append(form.Faults, ui.Fault{Field: "form", Message: r.say("copy.why_" + why)})
		} else if !r.faults(&form, err) {
			return err
		}
		return p.askDocument(r, http.StatusUnprocessableEntity, "disclose", doc, akte, form, false)
	}
	content, err := desk.Disclose(r.ctx(), o)
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.askDocument(r, http.StatusUnprocessableEntity, "disclose", doc, akte, form, false)
	}
	if !o.Printed {
		return p.Host.Send(r.Context, content)
	}
	if err := content.Close(); err != nil {
		return err
	}
	return r.leaveTelling(documentView{Doc: doc, Akte: akte}.Path()+"#print", "document.told_disclose")
}
