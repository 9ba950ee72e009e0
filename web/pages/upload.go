package pages

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// Limits of a form with files.
const (
	// maxFiles is how many one form may carry.
	maxFiles = 100
	// fieldBytes is the most that one of its other fields may hold.
	fieldBytes = 8 << 10
)

// uploadView is the page on which files are added to an Akte or to a document.
type uploadView struct {
	ui.Frame
	Akte   archive.AkteID
	Head   acl.AkteHead
	Doc    archive.DocumentID
	Name   string
	Number int
	Upload ui.Upload
}

// inboxUpload is the block with which files come into a basket.
func (p *Pages) inboxUpload(r *request, department string) ui.Upload {
	if own := departments(r.visit.User); department == "" && len(own) > 0 {
		department = own[0] // a paper in the wrong basket is a paper lost for a day
	}
	up := ui.Upload{Action: "/inbox/upload", Target: "inbox", Limit: p.Guard.UploadLimit, Wide: true, Channels: p.channels(r)}
	up.Form = ui.Form{Values: url.Values{"up_department": {department}}}
	up.Languages, up.Missing = p.tongues(r.lang)
	for _, o := range byName(p.baskets(r), r.lang) {
		up.Departments = append(up.Departments, ui.UploadChoice(o))
	}
	return up
}

// baskets are those that the reader may drop into: who works one, into all; else that of her own.
func (p *Pages) baskets(r *request) (out []option) {
	anywhere := r.desk().May(policies.ActInbox)
	own := departments(r.visit.User)
	for _, d := range p.Policies.Departments() {
		worked := slices.ContainsFunc(p.Policies.Pairs(), func(pair policies.Pair) bool {
			return pair.Department == d.Key && p.Guard.Able(archive.Pair{Role: pair.Role, Department: d.Key}, policies.ActInbox)
		})
		if worked && (anywhere || slices.Contains(own, d.Key)) {
			out = append(out, option{d.Key, d.Label.In(r.lang)})
		}
	}
	return out
}

func (p *Pages) channels(r *request) (out []ui.UploadChoice) {
	for _, o := range options(p.Policies.Channels(), func(t policies.Term) policies.Term { return t }, r.lang) {
		out = append(out, ui.UploadChoice(o))
	}
	return out
}

func (p *Pages) showDrop(r *request) error {
	return p.askDrop(r, http.StatusOK, nil)
}

// askDrop shows the form with which files come into a basket, on a page of its own.
func (p *Pages) askDrop(r *request, status int, form *ui.Form) error {
	if err := r.desk().MayReceive(r.ctx(), ""); err != nil {
		return err
	}
	view := uploadView{Frame: r.frame("inbox", r.say("upload.inbox_title")), Upload: p.inboxUpload(r, "")}
	view.Scripts = []string{"upload/upload.js"}
	if form != nil {
		view.Upload.Form = *form
	}
	return r.show(status, "upload", view)
}

// dropFiles takes files into a basket from a form without scripts.
func (p *Pages) dropFiles(r *request) error {
	desk := r.desk()
	if err := desk.MayReceive(r.ctx(), ""); err != nil {
		return err
	}
	n := 0
	form, err := r.files(desk, func(form ui.Form, file *acl.Upload) error {
		if err := file.In(form.Value("up_language")); err != nil {
			return err
		}
		_, err := desk.AddInboxItem(r.ctx(), archive.InboxItem{
			Basket: form.Value("up_department"), ReceivedOn: form.Value("up_received_on"),
			Channel: form.Value("up_channel"), Sender: form.Value("up_sender"),
		}, file)
		if err == nil {
			n++
		}
		return err
	})
	if err != nil {
		return p.again(r, form, n, err, func(form ui.Form) error { return p.askDrop(r, http.StatusUnprocessableEntity, &form) })
	}
	return p.taken(r, n, "/inbox")
}

// taken says how many files were taken, on the next page.
func (p *Pages) taken(r *request, n int, to string) error {
	return r.leaveTelling(to, "upload.taken", "N", n)
}

// again asks for the form once more, where its input was at fault. Those before the file that was
// refused are taken, and that is said.
func (p *Pages) again(r *request, form ui.Form, n int, err error, ask func(ui.Form) error) error {
	if !r.faults(&form, err) {
		return err
	}
	for i, f := range form.Faults { // the form's names differ from those of the interface
		if r.FullPath() == "/inbox/upload" && f.Field != "" && f.Field != "file" {
			form.Faults[i].Field = "up_" + f.Field
		}
	}
	if n > 0 {
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("upload.before", "N", n)})
	}
	return ask(form)
}

func (p *Pages) showAddDocument(r *request) error {
	return p.askAdd(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

// askAdd shows the form with which files come into an Akte.
func (p *Pages) askAdd(r *request, status int, form ui.Form) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	akte, err := r.desk().Reception(r.ctx(), id)
	if err != nil {
		return err
	}
	view := uploadView{Frame: r.frame("akten", r.say("upload.add_title")), Akte: id, Head: akte.AkteHead}
	view.Scripts = []string{"upload/upload.js"}
	view.Upload = ui.Upload{
		Action: "/akten/" + string(id) + "/add", Target: "akte", ID: string(id), Limit: p.Guard.UploadLimit, Form: form,
		Wide: true, Channels: p.channels(r),
	}
	up := &view.Upload
	up.Languages, up.Missing = p.tongues(r.lang)
	for _, o := range byName(options(p.Policies.DocTypes(), func(t policies.DocType) policies.Term { return t.Term }, r.lang), r.lang) {
		up.Types = append(up.Types, ui.UploadChoice(o))
	}
	for _, o := range options(p.Policies.Registers(), func(t policies.Register) policies.Term { return t.Term }, r.lang) {
		up.Registers = append(up.Registers, ui.UploadChoice(o))
	}
	for _, o := range options(p.Policies.Classifications(), func(t policies.Term) policies.Term { return t }, r.lang) {
		up.Classifications = append(up.Classifications, ui.UploadChoice(o))
	}
	for _, c := range akte.Cases {
		up.Cases = append(up.Cases, ui.UploadChoice{Key: string(c.ID), Name: p.label("procedure", c.Procedure, r.lang)})
	}
	return r.show(status, "upload", view)
}

// addDocuments takes files into an Akte from a form without scripts.
func (p *Pages) addDocuments(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	desk := r.desk()
	if _, err := desk.Reception(r.ctx(), id); err != nil {
		return err
	}
	n := 0
	form, err := r.files(desk, func(form ui.Form, file *acl.Upload) error {
		if err := file.In(form.Value("language")); err != nil {
			return err
		}
		_, err := desk.AddDocument(r.ctx(), id, archive.Document{
			Type: form.Value("type"), Register: form.Value("register"), Title: form.Value("title"), Date: form.Value("date"),
			ReceivedOn: form.Value("received_on"), Channel: form.Value("channel"), Sender: form.Value("sender"),
			Classification: form.Value("classification"), Case: archive.CaseID(form.Value("case_id")),
		}, file)
		if err == nil {
			n++
		}
		return err
	})
	if err != nil {
		return p.again(r, form, n, err, func(form ui.Form) error { return p.askAdd(r, http.StatusUnprocessableEntity, form) })
	}
	return p.taken(r, n, "/akten/"+string(id))
}

func (p *Pages) showAddVersion(r *request) error {
	return p.askVersion(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

// askVersion shows the form with which a document gets a new version.
func (p *Pages) askVersion(r *request, status int, form ui.Form) error {
	akte, doc, err := r.document()
	if err != nil {
		return err
	}
	desk := r.desk().Within(akte)
	if err := desk.MayReceiveVersion(r.ctx(), doc); err != nil {
		return err
	}
	shown, err := desk.Document(r.ctx(), doc)
	if err != nil {
		return err
	}
	view := uploadView{Frame: r.frame("akten", r.say("upload.version_title")), Akte: akte, Doc: doc, Name: shown.Title, Number: len(shown.Versions) + 1}
	if view.Name == "" {
		view.Name = p.label("doctype", shown.Type, r.lang)
	}
	view.Scripts = []string{"upload/upload.js"}
	view.Upload = ui.Upload{
		Action: "/akten/" + string(akte) + "/documents/" + string(doc) + "/version", Target: "document", ID: string(doc),
		Limit: p.Guard.UploadLimit, Form: form, Wide: true,
	}
	view.Upload.Languages, view.Upload.Missing = p.tongues(r.lang)
	return r.show(status, "upload", view)
}

// document reads the ids of an Akte and a document from the route.
func (r *request) document() (archive.AkteID, archive.DocumentID, error) {
	akte, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return "", "", err
	}
	doc, err := pathID[archive.DocumentID](r, "doc")
	return akte, doc, err
}

// addVersion takes a new version from a form without scripts.
func (p *Pages) addVersion(r *request) error {
	akte, doc, err := r.document()
	if err != nil {
		return err
	}
	desk := r.desk().Within(akte)
	if err := desk.MayReceiveVersion(r.ctx(), doc); err != nil {
		return err
	}
	form, err := r.files(desk, func(form ui.Form, file *acl.Upload) error {
		if err := file.In(form.Value("language")); err != nil {
			return err
		}
		_, err := desk.AddVersion(r.ctx(), doc, file)
		return err
	})
	if err != nil {
		return p.again(r, form, 0, err, func(form ui.Form) error { return p.askVersion(r, http.StatusUnprocessableEntity, form) })
	}
	return r.leaveTelling("/akten/"+string(akte)+"/documents/"+string(doc), "upload.version_taken")
}

// files reads a form with files. The other fields stand before them, as browsers send what stands
// before them on the page, so that each file can be taken as it comes.
func (r *request) files(desk *acl.Desk, take func(ui.Form, *acl.Upload) error) (ui.Form, error) {
	if r.held != "" { // its files were not kept
		form, err := r.form()
		return form, errors.Join(err, acl.ErrUnconfirmed)
	}
	form := ui.Form{Values: url.Values{}}
	parts, err := r.Request.MultipartReader()
	if err != nil {
		return form, &archive.FieldError{Pointer: "/file", Code: "required"}
	}
	n := 0
	for range maxFiles + 20 {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return form, &acl.RefusedError{Code: "truncated"}
		}
		if part.FormName() != "file" {
			if err := readField(form, part); err != nil {
				return form, err
			}
			if err := r.stamps(form.Values); err != nil { // first of all fields
				return form, err
			}
			continue
		}
		taken, err := r.file(desk, form, part, take)
		if err != nil {
			return form, err
		}
		n += taken
	}
	if n == 0 {
		return form, &archive.FieldError{Pointer: "/file", Code: "required"}
	}
	return form, nil
}

// readField keeps a field that is no file.
func readField(form ui.Form, part *multipart.Part) error {
	data, err := io.ReadAll(io.LimitReader(part, fieldBytes+1))
	switch {
	case err != nil:
		return &acl.RefusedError{Code: "truncated"}
	case len(data) > fieldBytes || !utf8.Valid(data):
		return &archive.FieldError{Pointer: "/" + part.FormName(), Code: "too_long"}
	}
	form.Values[part.FormName()] = append(form.Values[part.FormName()], string(data))
	return nil
}

// file takes one file. A field in which none was chosen comes as one without name and bytes: that is
// none.
func (r *request) file(desk *acl.Desk, form ui.Form, part *multipart.Part, take func(ui.Form, *acl.Upload) error) (n int, err error) {
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name := params["filename"]
	upload, err := desk.Receive(r.ctx(), name, part)
	var refused *acl.RefusedError
	if name == "" && errors.As(err, &refused) && refused.Code == "empty" {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	err = take(form, upload)
	return 1, errors.Join(err, upload.Close())
}
