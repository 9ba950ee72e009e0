package pages

import (
	"net/http"
	"slices"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// acknowledgementView chooses what a receipt names, and for whom it is.
type acknowledgementView struct {
	ui.Frame
	Form ui.Form
	// About says whose papers they are, or from which basket; Back is where one came from.
	About, Back string
	// Rows can be chosen. More says that there are further ones, which can't be chosen here.
	Rows []paperRow
	More bool
}

// paperRow is a document or an inbox item to choose.
type paperRow struct {
	Key, Name, Kind, Day string
	Pages                int
}

// acknowledgeRows is how many papers can be chosen.
const acknowledgeRows = 200

// showAcknowledgement asks which documents of an Akte a receipt names.
func (p *Pages) showAcknowledgement(r *request) error {
	return p.askAcknowledgement(r, http.StatusOK, nil)
}

func (p *Pages) askAcknowledgement(r *request, status int, typed *ui.Form) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	akte, err := r.desk().Akte(r.ctx(), id)
	if err != nil {
		return err
	}
	page, err := r.desk().Documents(r.ctx(), id, acl.DocumentsQuery{ByDate: true, Limit: acknowledgeRows})
	if err != nil {
		return err
	}
	name := akte.Person.Leading()
	view := acknowledgementView{
		Frame: r.frame("akten", r.say("acknowledgement.title")), About: name.Family + ", " + name.Given + " · " + akte.Number,
		Back: "/akten/" + string(id), More: page.Next != "",
	}
	for _, doc := range page.Items {
		if !doc.MayWrite {
			continue
		}
		kind := p.label("doctype", doc.Type, r.lang)
		row := paperRow{Key: string(doc.ID), Name: doc.Title, Kind: kind, Day: doc.ReceivedOn, Pages: len(doc.Current.Pages)}
		if row.Name == "" {
			row.Name = kind
		}
		if doc.Channel != "" { // what the authority wrote itself was not received
			row.Kind += " · " + p.label("channel", doc.Channel, r.lang)
		}
		view.Rows = append(view.Rows, row)
	}
	person := name.Given + " " + name.Family
	view.Form = r.acknowledgeForm(typed, person, r.Context.QueryArray("document"))
	return r.show(status, "acknowledgement", view)
}

// acknowledgeForm begins with who is most likely meant.
func (r *request) acknowledgeForm(typed *ui.Form, recipient string, chosen []string) ui.Form {
	if typed != nil {
		return *typed
	}
	return ui.Form{Values: map[string][]string{"recipient": {recipient}, "language": {r.lang}, "paper": chosen}}
}

// acknowledge sends the receipt of the form, or says what is wrong with the form.
func (p *Pages) acknowledge(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	var made acl.Acknowledgement
	if documents := form.Values["paper"]; len(documents) == 0 {
		form.Faults = append(form.Faults, ui.Fault{Field: "papers", Message: r.say("acknowledgement.none")})
		return p.askAcknowledgement(r, http.StatusUnprocessableEntity, &form)
	} else if made, err = r.desk().AcknowledgeDocuments(r.ctx(), id, named[archive.DocumentID](documents), acknowledging(form)); err == nil {
		return p.Host.Print(r.Context, made)
	}
	if !r.faults(&form, err) {
		return err
	}
	return p.askAcknowledgement(r, http.StatusUnprocessableEntity, &form)
}

func acknowledging(form ui.Form) acl.Acknowledging {
	return acl.Acknowledging{Recipient: form.Value("recipient"), Language: form.Value("language")}
}

func named[T ~string](keys []string) (out []T) {
	for _, key := range keys {
		out = append(out, T(key))
	}
	return out
}

// showItemAcknowledgement asks which items a receipt names: one, and what its sender brought with it.
func (p *Pages) showItemAcknowledgement(r *request) error {
	return p.askItemAcknowledgement(r, http.StatusOK, nil)
}

func (p *Pages) askItemAcknowledgement(r *request, status int, typed *ui.Form) error {
	id, err := pathID[archive.InboxID](r, "id")
	if err != nil {
		return err
	}
	desk := r.intake()
	item, err := desk.InboxItem(r.ctx(), id)
	if err != nil {
		return err
	}
	if item.State == "filed" || item.State == "arranged" || !item.MayWork {
		return r.leaveWith("/inbox", ui.Notice{Kind: "info", Text: p.whereabouts(r, item)})
	}
	page, err := desk.Shelf(r.ctx(), item.Basket, "", acknowledgeRows, "")
	if err != nil {
		return err
	}
	view := acknowledgementView{
		Frame: r.frame("inbox", r.say("acknowledgement.title")), About: p.label("department", item.Basket, r.lang), Back: r.at(id),
		Rows: []paperRow{itemRow(r, item)},
	}
	chosen := []string{string(id)}
	for _, other := range page.Items {
		if other.ID == id || !together(item.InboxItem, other.InboxItem) {
			continue
		}
		view.Rows = append(view.Rows, itemRow(r, other))
		chosen = append(chosen, string(other.ID))
	}
	view.Form = r.acknowledgeForm(typed, item.Sender, chosen)
	return r.show(status, "acknowledgement", view)
}

// together reports whether two items are what one sender brought on one day.
func together(a, b archive.InboxItem) bool {
	return b.Waits() && a.Sender != "" && a.Sender == b.Sender && a.ReceivedOn == b.ReceivedOn
}

func itemRow(r *request, item acl.InboxView) paperRow {
	return paperRow{Key: string(item.ID), Name: itemName(r, item), Day: item.ReceivedOn, Pages: len(item.Current.Pages)}
}

// acknowledgeItem sends the receipt of the form. That it is only for items of one sender is the clerk's to see.
func (p *Pages) acknowledgeItem(r *request) error {
	_, form, err := r.itemForm()
	if err != nil {
		return err
	}
	items := slices.Clone(form.Values["paper"])
	if len(items) == 0 {
		form.Faults = append(form.Faults, ui.Fault{Field: "papers", Message: r.say("acknowledgement.none")})
		return p.askItemAcknowledgement(r, http.StatusUnprocessableEntity, &form)
	}
	made, err := r.intake().AcknowledgeItems(r.ctx(), named[archive.InboxID](items), acknowledging(form))
	if err == nil {
		return p.Host.Print(r.Context, made)
	}
	if !r.faults(&form, err) {
		return err
	}
	return p.askItemAcknowledgement(r, http.StatusUnprocessableEntity, &form)
}
