package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// akteView is an Akte: its head, its registers, the documents of one or all of them, and one that is
// open.
type akteView struct {
	ui.Frame
	Akte    acl.AkteView
	Name    archive.Name
	Others  []archive.Name
	Purpose string
	Pinned  bool
	// Prints says that she may print a separator sheet for it.
	Prints bool
	// Acknowledges says that she may issue receipts for documents of the list.
	Acknowledges bool
	// Open are the open cases.
	Open      []archive.Case
	Registers []registerRow
	Total     int
	// Register is the one shown; "" shows all. Order is "date" or "register".
	Register, Order string
	Documents       []acl.DocumentView
	// More is the address of the next rows; empty: there are none.
	More string
	// Query goes behind the address of a document, so that its list stays.
	Query  string
	Doc    *openDocument
	Beside *ui.Viewer
}

// registerRow is a register in the list of an Akte's registers.
type registerRow struct {
	Key, Icon     string
	Count         int
	Locked, Shown bool
}

// openDocument is the document beside the list.
type openDocument struct {
	acl.DocumentView
	Viewer  ui.Viewer
	History []archive.DocumentChange
	Version int
	Hanging hanging
}

// registerIcons are the symbols of the registers of the built-in policies.
func registerIcon(key string) string {
	icon, ok := map[string]string{
		"identitaet": "badge", "aufenthalt": "id_card", "asyl": "gavel", "familie": "family_restroom", "beschaeftigung": "work",
		"bildung": "school", "wohnen": "home_work", "gesundheit": "medical_services", "sicherheit": "security",
		"rueckkehr": "flight", "leistungen": "payments", "schriftwechsel": "mail", "ungeordnet": "folder",
	}[key]
	if !ok {
		return "folder"
	}
	return icon
}

// showAkte shows an Akte, with a document open where the route names one.
func (p *Pages) showAkte(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	q := acl.AkteQuery{Documents: acl.DocumentsQuery{
		Register: r.Query("register"), ByDate: r.Query("order") != "register", Limit: rowsShown, Cursor: r.Query("cursor"),
	}}
	if r.Param("doc") != "" {
		if q.Document, err = pathID[archive.DocumentID](r, "doc"); err != nil {
			return err
		}
		if beside := r.Query("beside"); beside != "" {
			if q.Beside, err = archive.ParseID[archive.DocumentID](beside); err != nil {
				return archive.ErrNotFound
			}
		}
	}
	page, err := r.desk().OpenAkte(r.ctx(), id, q)
	if err != nil {
		return err
	}
	view := p.akteOf(r, page.AkteView)
	view.Pinned = page.Pinned
	p.fillDocuments(r, page.Documents, &view)
	if page.Document != nil {
		if err := p.openDocument(r, *page.Document, &view); err != nil {
			return err
		}
	}
	if page.Beside != nil {
		openBeside(*page.Beside, &view)
	}
	return r.show(http.StatusOK, "akte", view)
}

// akte is that of the route.
func (r *request) akte() (acl.AkteView, error) {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return acl.AkteView{}, err
	}
	return r.desk().Akte(r.ctx(), id)
}

// akteOf is the head of the page.
func (p *Pages) akteOf(r *request, akte acl.AkteView) akteView {
	view := akteView{Prints: r.desk().May(policies.ActInbox), Akte: akte, Name: akte.Person.Leading(), Register: r.Query("register"), Order: r.Query("order")}
	view.Frame = r.frame("akten", r.say("akte.title", "Name", view.Name.Family, "Number", akte.Number))
	view.Scripts = []string{"akte/akte.js", "shared/viewer.js"}
	if view.Order != "register" {
		view.Order = "date"
	}
	for _, n := range akte.Person.Names {
		if n != view.Name {
			view.Others = append(view.Others, n)
		}
	}
	view.Purpose = p.purposeName(r, akte)
	for _, c := range akte.Cases {
		if c.State == "open" {
			view.Open = append(view.Open, c)
		}
	}
	for _, reg := range akte.Registers {
		row := registerRow{Key: reg.Key, Icon: registerIcon(reg.Key), Count: reg.Count, Shown: reg.Key == view.Register}
		row.Locked = reg.Access == policies.ActExist
		if !row.Locked {
			view.Total += reg.Count
		}
		view.Registers = append(view.Registers, row)
	}
	return view
}

// purposeName says why the Akte is open.
func (p *Pages) purposeName(r *request, akte acl.AkteView) string {
	id, named := strings.CutPrefix(akte.Stated, "case:")
	if !named {
		return p.label("purpose", akte.Stated, r.lang)
	}
	for _, c := range akte.Cases {
		if string(c.ID) == id {
			return p.label("procedure", c.Procedure, r.lang)
		}
	}
	return akte.Stated
}

// rowsShown is how many documents a page of the list has.
const rowsShown = 100

// fillDocuments is the list, and how it goes on.
func (p *Pages) fillDocuments(r *request, page acl.DocumentsPage, view *akteView) {
	view.Documents = page.Items
	view.Acknowledges = slices.ContainsFunc(page.Items, func(d acl.DocumentView) bool { return d.MayWrite })
	kept := url.Values{}
	for _, name := range []string{"register", "order", "cursor"} {
		if value := r.Query(name); value != "" {
			kept.Set(name, value)
		}
	}
	view.Query = question(kept)
	if page.Next != "" {
		kept.Set("cursor", page.Next)
		view.More = "/akten/" + string(view.Akte.ID) + question(kept)
	}
}

// question is the part of an address behind its path.
func question(v url.Values) string {
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// openDocument fills in the document of the route.
func (p *Pages) openDocument(r *request, doc acl.DocumentView, view *akteView) (err error) {
	open := &openDocument{DocumentView: doc, Viewer: documentViewer(doc.ID, doc.Title, doc.State, doc.Current), Version: len(doc.All)}
	open.History = slices.Clone(doc.History)
	slices.Reverse(open.History)
	path := "/akten/" + string(doc.Akte) + "/documents/" + string(doc.ID)
	open.Viewer.Refresh = path + view.Query
	open.Viewer.Quarantine = quarantineOf(doc.Quarantine, path+"/quarantine")
	open.Viewer.Recognition = p.recognitionOf(r, doc.Current, doc.MayWrite, path+"/recognise")
	if doc.MayWrite && doc.Current.Job != "" {
		open.Viewer.Retry = path + "/retry"
	}
	if doc.MayWrite && doc.Current.State == archive.StatePassword {
		open.Viewer.Unlock = path + "/unlock"
	}
	open.Viewer.Hand = path + "/disclose"
	if s, ok := r.kept(r.Query("hit")); ok { // she came from a search
		open.Viewer.Query = s.Text
	}
	open.Hanging, err = r.hang(doc.ID)
	view.Doc = open
	return err
}

// openBeside puts a second document of the Akte beside the first.
func openBeside(doc acl.DocumentView, view *akteView) {
	second := documentViewer(doc.ID, doc.Title, doc.State, doc.Current)
	second.ID = "beside"
	second.Close = "/akten/" + string(view.Akte.ID) + "/documents/" + string(view.Doc.ID) + view.Query
	view.Beside = &second
}

// retryDocument reads a document again that couldn't be read.
func (p *Pages) retryDocument(r *request) error {
	return p.documentAct(r, func(desk *acl.Desk, doc acl.DocumentView) (ui.Notice, error) {
		_, err := desk.Retry(r.ctx(), doc.Current.Job)
		return r.done("akte.told_retry"), err
	})
}

// unlockDocument opens a document with the password that came with it.
func (p *Pages) unlockDocument(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	return p.documentAct(r, func(desk *acl.Desk, doc acl.DocumentView) (ui.Notice, error) {
		_, err := desk.UnlockDocument(r.ctx(), doc.ID, form.Value("password"))
		if wrong := new(archive.FieldError); errors.As(err, &wrong) && r.faults(&form, err) {
			return ui.Notice{Kind: "danger", Text: form.Faults[len(form.Faults)-1].Message}, nil
		}
		return r.done("shared.viewer_unlocked"), err
	})
}

// checkDocument notes that the reader compared a document's record with the paper.
func (p *Pages) checkDocument(r *request) error {
	return p.documentAct(r, func(desk *acl.Desk, doc acl.DocumentView) (ui.Notice, error) {
		_, err := desk.CheckDocument(r.ctx(), doc.ID, doc.Revision)
		return r.done("akte.told_checked"), err
	})
}

// documentAct does something with the document of the route, and goes back to it with what act has to say.
func (p *Pages) documentAct(r *request, act func(*acl.Desk, acl.DocumentView) (ui.Notice, error)) error {
	akte, id, err := r.document()
	if err != nil {
		return err
	}
	desk := r.desk().Within(akte)
	doc, err := desk.Document(r.ctx(), id)
	if err != nil {
		return err
	}
	notice, err := act(desk, doc)
	if err != nil {
		return err
	}
	return r.leaveWith("/akten/"+string(doc.Akte)+"/documents/"+string(doc.ID), notice)
}
