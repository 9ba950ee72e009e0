package pages

import (
	"bytes"
	"errors"
	"html"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"eakte/archive"
)

// Fields that every form of a page carries beside its own.
const (
	// FieldOf is to whom the page was shown: a form acts for nobody else.
	FieldOf = "page_of"
	// FieldHeld names the held form that is sent again.
	FieldHeld = "page_held"
)

// ErrOtherAccount says that a form was shown to one account and sent by another.
var ErrOtherAccount = errors.New("form of another account's page")

// stamped puts those fields into the forms of a page that are posted. It looks for the tags themselves, so
// that no template can forget them: "<" stands in a page for nothing else.
func (r *request) stamped(page []byte) []byte {
	if r.session == nil {
		return page
	}
	fields := hidden(FieldOf, r.session.Form())
	if id := r.held + r.again; id != "" {
		fields += hidden(FieldHeld, id)
	}
	var out bytes.Buffer
	out.Grow(len(page) + 1024)
	for {
		before, rest, found := bytes.Cut(page, []byte("<form "))
		out.Write(before)
		if !found {
			return out.Bytes()
		}
		end := bytes.IndexByte(rest, '>') + 1
		out.WriteString("<form ")
		out.Write(rest[:end])
		if bytes.Contains(rest[:end], []byte(`method="post"`)) {
			out.WriteString(fields)
		}
		page = rest[end:]
	}
}

func hidden(name, value string) string {
	return `<input type="hidden" name="` + name + `" value="` + html.EscapeString(value) + `">`
}

// owned reads, before anything is done, whether what was posted comes from a page that was shown to who
// sends it. What names nobody comes from no page: a script of ours sends it.
func (r *request) owned() error {
	if r.Request.Method != http.MethodPost || r.session == nil || slices.Contains([]string{"/held", "/sign-out", "/sign-in"}, r.FullPath()) {
		return nil // one only keeps what was typed, the others do nobody's work
	}
	if kind, _, _ := mime.ParseMediaType(r.GetHeader("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return nil // files are read as they come, and their fields with them
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	return r.stamps(form.Values)
}

// stamps takes the fields of the page out of a form's own.
func (r *request) stamps(form url.Values) error {
	if id, err := archive.ParseID[string](form.Get(FieldHeld)); err == nil && r.held == "" {
		r.again = id
	}
	if form.Has(FieldOf) {
		r.of = form.Get(FieldOf)
	}
	delete(form, FieldHeld)
	delete(form, FieldOf)
	if r.of != "" && r.held == "" && !r.session.Shown(r.of) {
		return ErrOtherAccount
	}
	return nil
}

// release forgets the held form that was carried out now.
func (r *request) release() {
	if r.again == "" || r.Writer.Status() != http.StatusSeeOther {
		return
	}
	if err := r.pages.Host.Release(r.Context, r.again); err != nil {
		r.pages.Host.Explain(r.ctx(), r.lang, err) // logged; it ends by itself
	}
}
