package pages

import (
	"net/http"
	"net/url"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// desertedView lists for data protection the seals whose readers have left.
type desertedView struct {
	ui.Frame
	Items []desertedRow
	// More continues the list.
	More string
}

type desertedRow struct {
	acl.DesertedSeal
	// Path is the page on which readers are asked for.
	Path string
}

// namingView asks for readers of one of them.
type namingView struct {
	ui.Frame
	Form ui.Form
	acl.DesertedView
	// At is where the form goes.
	At string
}

// desertedOn is the seal that the query names; false where it names none.
func (r *request) desertedOn() (on archive.SealedThing, named bool, err error) {
	if r.Query("akte") == "" {
		return on, false, nil
	}
	if on.Akte, err = archive.ParseID[archive.AkteID](r.Query("akte")); err == nil && r.Query("document") != "" {
		on.Document, err = archive.ParseID[archive.DocumentID](r.Query("document"))
	}
	return on, true, err
}

// desertedAt is the page of a deserted seal.
func desertedAt(on archive.SealedThing) string {
	values := url.Values{"akte": {string(on.Akte)}}
	if on.Document != "" {
		values.Set("document", string(on.Document))
	}
	return "/seals/deserted" + question(values)
}

// showDeserted shows the seal that the query names, or all.
func (p *Pages) showDeserted(r *request) error {
	on, named, err := r.desertedOn()
	if err != nil {
		return err
	}
	if named {
		return p.formNaming(r, http.StatusOK, on, ui.Form{Values: url.Values{}})
	}
	page, err := r.desk().DesertedSeals(r.ctx(), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view := desertedView{Frame: r.trailFrame("deserted", r.say("deserted.title"))}
	for _, row := range page.Items {
		view.Items = append(view.Items, desertedRow{row, desertedAt(row.SealedThing)})
	}
	if page.Next != "" {
		view.More = "/seals/deserted" + question(url.Values{"cursor": {page.Next}})
	}
	return r.show(http.StatusOK, "deserted", view)
}

func (p *Pages) formNaming(r *request, status int, on archive.SealedThing, form ui.Form) error {
	seal, err := r.desk().DesertedSeal(r.ctx(), on)
	if err != nil {
		return err
	}
	view := namingView{
		Frame: r.trailFrame("deserted", r.say("naming.title", "Number", seal.Number)), Form: form, DesertedView: seal, At: desertedAt(on),
	}
	view.Scripts = []string{"seal/seal.js"}
	return r.show(status, "naming", view)
}

// nameReaders asks for the readers that a form names.
func (p *Pages) nameReaders(r *request) error {
	on, named, err := r.desertedOn()
	if err != nil {
		return err
	}
	if !named {
		return archive.ErrNotFound
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	var readers []archive.UserID
	for _, id := range form.Values["readers"] {
		readers = append(readers, archive.UserID(id))
	}
	if _, err = r.desk().NameReaders(r.ctx(), on, readers, form.Value("because")); err == nil {
		return r.leaveTelling(desertedAt(on), "naming.told")
	}
	if !r.faults(&form, err) {
		return err
	}
	return p.formNaming(r, http.StatusUnprocessableEntity, on, form)
}
