package pages

import (
	"net/http"

	"eakte/acl"
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
	}
	content, err := r.desk().Within(akte.ID).Disclose(r.ctx(), o)
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
