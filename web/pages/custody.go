package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// custodyPage is what is kept of the paper original of a document.
type custodyPage struct {
	ui.Frame
	Form ui.Form
	Doc  acl.DocumentView
	Akte acl.AkteView
	// Stale says that somebody else was at the original meanwhile.
	Stale bool
	// Today bounds the days that can be entered.
	Today string
}

// Path is where the document is shown.
func (v custodyPage) Path() string {
	return "/akten/" + string(v.Akte.ID) + "/documents/" + string(v.Doc.ID)
}

// showCustody shows what is kept of the original of a document, and the forms for it.
func (p *Pages) showCustody(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	return p.tellCustody(r, http.StatusOK, doc, akte, ui.Form{Values: map[string][]string{}}, false)
}

func (p *Pages) tellCustody(r *request, status int, doc acl.DocumentView, akte acl.AkteView, form ui.Form, stale bool) error {
	view := custodyPage{Frame: r.frame("akten", r.say("custody.title")), Form: form, Doc: doc, Akte: akte, Stale: stale}
	view.Today = time.Now().In(p.Guard.Zone).Format(time.DateOnly)
	if len(form.Values) == 0 {
		form.Values["thing"], form.Values["on"] = []string{doc.Title}, []string{view.Today}
		for _, o := range doc.Originals {
			if o.Stands.Held {
				form.Values["place"], form.Values["due"] = []string{o.Stands.Place}, []string{o.Stands.Due}
				form.Values["to"] = []string{fullName(akte.Person.Leading())}
			}
		}
	}
	return r.show(status, "custody", view)
}

// takeOriginal notes that the original is in the authority's keeping.
func (p *Pages) takeOriginal(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	_, err = r.desk().Within(akte.ID).TakeOriginal(r.ctx(), doc.ID, archive.CustodyAct{
		Thing: form.Value("thing"), Place: form.Value("place"), On: form.Value("on"), Due: form.Value("due"), Reason: form.Value("reason"),
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.tellCustody(r, http.StatusUnprocessableEntity, doc, akte, form, false)
	}
	return r.leaveTelling(custodyPage{Doc: doc, Akte: akte}.Path()+"/originals", "custody.told_taken")
}

// actOnOriginal places an original elsewhere, hands it back, or undoes the last act.
func (p *Pages) actOnOriginal(r *request) error {
	id, err := pathID[archive.CustodyID](r, "original")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if form.Value("hidden") != "" {
		return p.handBack(r, id, form)
	}
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(doc.Originals, func(o acl.CustodyView) bool { return o.ID == id }) {
		return archive.ErrNotFound
	}
	what := form.Value("what")
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	err = r.desk().Within(akte.ID).ActOnOriginal(r.ctx(), id, revision, archive.CustodyAct{
		What: what, On: form.Value("on"), Place: form.Value("place"), Due: form.Value("due"), To: form.Value("to"), Reason: form.Value("reason"),
	})
	switch {
	case err == nil:
		return r.leaveTelling(custodyPage{Doc: doc, Akte: akte}.Path()+"/originals", "custody.told_"+what)
	case errors.Is(err, acl.ErrStale):
		return p.tellCustody(r, http.StatusPreconditionFailed, doc, akte, form, true)
	case !r.faults(&form, err):
		return err
	}
	return p.tellCustody(r, http.StatusUnprocessableEntity, doc, akte, form, false)
}

// receiptPage is the receipt for an original that was taken or handed back, to be printed.
type receiptPage struct {
	custodyPage
	Original acl.CustodyView
	Name     archive.Name
	Today    time.Time
}

// showReceipt shows the receipt for an original.
func (p *Pages) showReceipt(r *request) error {
	id, err := pathID[archive.CustodyID](r, "original")
	if err != nil {
		return err
	}
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(doc.Originals, func(o acl.CustodyView) bool { return o.ID == id })
	if i < 0 || doc.Originals[i].Stands.Void {
		return archive.ErrNotFound
	}
	view := receiptPage{custodyPage: custodyPage{Doc: doc, Akte: akte}, Original: doc.Originals[i], Name: akte.Person.Leading(), Today: time.Now()}
	title := "custody.receipt_taken"
	if !view.Original.Stands.Held {
		title = "custody.receipt_returned"
	}
	view.Frame = r.frame("akten", r.say(title))
	view.Scripts = []string{"custody/print.js"}
	return r.show(http.StatusOK, "receipt", view)
}

// handBack notes that an original was handed back whose document the reader may not read: its form stands in the list.
func (p *Pages) handBack(r *request, id archive.CustodyID, form ui.Form) error {
	akte, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	list := "/originals" + question(filled(url.Values{"department": {form.Value("department")}}))
	err = r.desk().Within(akte).ActOnOriginal(r.ctx(), id, revision, archive.CustodyAct{What: archive.CustodyReturned, To: form.Value("to")})
	if err == nil {
		return r.leaveTelling(list, "custody.told_returned")
	}
	if errors.Is(err, acl.ErrStale) {
		return r.leaveWith(list, ui.Notice{Kind: "info", Text: r.say("originals.meanwhile")})
	}
	return err
}

// originalsPage lists the originals of a department.
type originalsPage struct {
	ui.Frame
	acl.OriginalsPage
	Overdue bool
	Type    string
	// Departments are those of the reader, Types those of which originals belong to the person.
	Departments, Types []option
	// Lists are the links to held ones, overdue ones, and those handed back.
	Lists []choice
	// More is the address of the next rows, First that of the first where these aren't.
	More, First string
}

// showOriginals lists the originals in the keeping of a department.
func (p *Pages) showOriginals(r *request) error {
	q := acl.OriginalsQuery{Department: r.Query("department"), List: r.Query("list"), Type: r.Query("type"), Overdue: r.Query("list") == "overdue", Cursor: r.Query("cursor")}
	if q.Overdue {
		q.List = archive.CustodyHeld
	}
	page, err := r.desk().Originals(r.ctx(), q)
	if err != nil {
		return err
	}
	view := originalsPage{Frame: r.paperFrame("originals", r.say("originals.title")), OriginalsPage: page, Overdue: q.Overdue, Type: q.Type}
	view.Departments = ownBaskets(p, r)
	for _, kind := range p.Policies.DocTypes() {
		if kind.ReturnOriginal || kind.Key == q.Type {
			view.Types = append(view.Types, option{kind.Key, kind.Label.In(r.lang)})
		}
	}
	view.Types = byName(view.Types, r.lang)
	shown := page.List
	if q.Overdue {
		shown = "overdue"
	}
	at := func(list, cursor string) string {
		return "/originals" + question(filled(url.Values{"department": {page.Department}, "list": {list}, "type": {q.Type}, "cursor": {cursor}}))
	}
	for _, key := range []string{archive.CustodyHeld, "overdue", archive.CustodyGone} {
		view.Lists = append(view.Lists, choice{Key: key, Path: at(key, ""), Current: key == shown})
	}
	if page.Next != "" {
		view.More = at(shown, page.Next)
	}
	if q.Cursor != "" {
		view.First = at(shown, "")
	}
	return r.show(http.StatusOK, "originals", view)
}

// filled drops what is empty.
func filled(v url.Values) url.Values {
	for name, values := range v {
		if values[0] == "" {
			delete(v, name)
		}
	}
	return v
}

// ownBaskets are the departments whose baskets the reader works, by name.
func ownBaskets(p *Pages, r *request) (out []option) {
	for _, pair := range r.visit.User.Roles {
		if p.Guard.Able(pair, policies.ActInbox) && !slices.ContainsFunc(out, func(o option) bool { return o.Key == pair.Department }) {
			out = append(out, option{pair.Department, p.label("department", pair.Department, r.lang)})
		}
	}
	return byName(out, r.lang)
}
