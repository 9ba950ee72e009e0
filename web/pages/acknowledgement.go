package pages

import (
	"net/http"
	"slices"
	"strings"

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
	// Rows can be chosen, newest first; Turn are the other pages of them.
	Rows []paperRow
	Turn turn
}

// paperRow is a document or an inbox item to choose.
type paperRow struct {
	Key, Name, Kind, Day string
	Pages                int
}

// acknowledgeRows is how many papers are chosen from at once.
const acknowledgeRows = 50

// showAcknowledgement asks which documents of an Akte a receipt names.
func (p *Pages) showAcknowledgement(r *request) error {
	return p.askAcknowledgement(r, http.StatusOK, nil)
}

func (p *Pages) askAcknowledgement(r *request, status int, typed *ui.Form) error {
	akte, err := r.akte()
	if err != nil {
		return err
	}
	name := akte.Person.Leading()
	view := acknowledgementView{
		Frame: r.frame("akten", r.say("acknowledgement.title")), About: name.Family + ", " + name.Given + " · " + akte.Number,
		Back: "/akten/" + string(akte.ID), Turn: turnOf(typed),
	}
	err = view.Turn.read(func(cursor string) (next string, err error) {
		page, err := r.desk().Documents(r.ctx(), akte.ID, acl.DocumentsQuery{ByDate: true, Limit: acknowledgeRows, Cursor: cursor})
		for _, doc := range page.Items {
			if doc.MayWrite {
				view.Rows = append(view.Rows, p.documentRow(r, doc))
			}
		}
		return page.Next, err
	})
	if err != nil {
		return err
	}
	view.Form = r.acknowledgeForm(typed, name.Given+" "+name.Family, r.Context.QueryArray("document"))
	view.Turn.keep(view.Form.Values["paper"], view.Rows)
	return r.show(status, "acknowledgement", view)
}

func (p *Pages) documentRow(r *request, doc acl.DocumentView) paperRow {
	kind := p.label("doctype", doc.Type, r.lang)
	row := paperRow{Key: string(doc.ID), Name: doc.Title, Kind: kind, Day: doc.ReceivedOn, Pages: len(doc.Current.Pages)}
	if row.Name == "" {
		row.Name, row.Kind = kind, ""
	}
	if doc.Channel != "" { // what the authority wrote itself was not received
		row.Kind = strings.TrimPrefix(row.Kind+" · "+p.label("channel", doc.Channel, r.lang), " · ")
	}
	return row
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
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	if form.Value("go") != "" {
		return p.askAcknowledgement(r, http.StatusOK, &form)
	}
	var made acl.Acknowledgement
	if documents := form.Values["paper"]; len(documents) == 0 {
		form.Faults = append(form.Faults, ui.Fault{Field: "papers", Message: r.say("acknowledgement.none")})
		return p.askAcknowledgement(r, http.StatusUnprocessableEntity, &form)
	} else if made, err = r.desk().AcknowledgeDocuments(r.ctx(), id, named[archive.DocumentID](documents), acknowledging(form)); err == nil {
		return p.Host.Print(r.Context, made)
	}
	if !refusedPapers(r, &form, err) {
		return err
	}
	return p.askAcknowledgement(r, http.StatusUnprocessableEntity, &form)
}

func acknowledging(form ui.Form) acl.Acknowledging {
	return acl.Acknowledging{Recipient: form.Value("recipient"), Language: form.Value("language")}
}

// refusedPapers brings what a receipt was refused for to the form: false where it isn't of the form.
func refusedPapers(r *request, form *ui.Form, err error) bool {
	known := r.faults(form, err)
	for i, f := range form.Faults {
		if f.Field == "documents" {
			form.Faults[i].Field = "papers"
		}
	}
	return known
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
	view := acknowledgementView{
		Frame: r.frame("inbox", r.say("acknowledgement.title")), About: p.label("department", item.Basket, r.lang), Back: r.at(id),
		Turn: turnOf(typed),
	}
	err = view.Turn.read(func(cursor string) (string, error) {
		page, err := desk.Together(r.ctx(), id, acknowledgeRows, cursor)
		for _, other := range page.Items {
			view.Rows = append(view.Rows, itemRow(r, other))
		}
		return page.Next, err
	})
	if err != nil {
		return err
	}
	var chosen []string
	for _, row := range view.Rows { // one sender, one day: they most likely go together
		chosen = append(chosen, row.Key)
	}
	view.Form = r.acknowledgeForm(typed, item.Sender, append([]string{string(id)}, chosen...)) // it may stand on a later page
	if typed != nil && view.Turn.Fresh {
		view.Form.Values["paper"] = append(slices.Clone(view.Form.Values["paper"]), chosen...)
	}
	view.Turn.keep(view.Form.Values["paper"], view.Rows)
	return r.show(status, "acknowledgement", view)
}

func itemRow(r *request, item acl.InboxView) paperRow {
	return paperRow{Key: string(item.ID), Name: itemName(r, item), Day: item.ReceivedOn, Pages: len(item.Current.Pages)}
}

// acknowledgeItem sends the receipt of the form. That it is only for items of one sender is the clerk's to see.
func (p *Pages) acknowledgeItem(r *request) error {
	_, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	if form.Value("go") != "" {
		return p.askItemAcknowledgement(r, http.StatusOK, &form)
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
	if !refusedPapers(r, &form, err) {
		return err
	}
	return p.askItemAcknowledgement(r, http.StatusUnprocessableEntity, &form)
}
