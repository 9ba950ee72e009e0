package pages

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// heldView shows what was posted and not carried out, for forms that can't show it themselves.
type heldView struct {
	ui.Frame
	Detail string
	// Fields are sent again as they were.
	Fields []heldField
	// Typed are those that mean something to who typed them.
	Typed []string
}

type heldField struct{ Name, Value string }

// heldBytes is the most that is read of a form to hold it.
const heldBytes = 2 * archive.MaxDraft

// hold keeps what a form was posted with, until its sender is signed in again or has said why. It returns
// the path under which the same form is shown with it, or "" where nothing was kept.
func (r *request) hold() string {
	if r.held != "" {
		return "/held/" + r.held
	}
	if r.Request.Method != http.MethodPost || !strings.Contains(r.GetHeader("Accept"), "text/html") || r.GetHeader("HX-Request") != "" {
		return ""
	}
	return r.holdFor(r.Request.URL.RequestURI())
}

// holdFor is hold for the form that is posted to path.
func (r *request) holdFor(path string) string {
	typed := r.typed()
	if r.of != "" {
		typed.Set(FieldOf, r.of)
	}
	id, err := r.pages.Host.Hold(r.Context, path, typed)
	if err != nil {
		r.pages.Host.Explain(r.ctx(), r.lang, err) // logged
	}
	if err != nil || id == "" {
		return ""
	}
	return "/held/" + id
}

// typed reads the fields of a form. Files and passwords are none of them.
func (r *request) typed() url.Values {
	kind, _, _ := mime.ParseMediaType(r.GetHeader("Content-Type"))
	out := url.Values{}
	if kind == "multipart/form-data" {
		form := ui.Form{Values: out}
		parts, err := r.Request.MultipartReader()
		for n := 0; err == nil && n < maxFiles; n++ {
			part, perr := parts.NextRawPart()
			if perr != nil || part.FileName() != "" || part.FormName() == "file" || readField(form, part) != nil {
				break // fields stand before files
			}
		}
	} else {
		r.Request.Body = http.MaxBytesReader(r.Writer, r.Request.Body, heldBytes)
		if r.Request.ParseForm() == nil {
			for name, values := range r.Request.PostForm {
				out[name] = slices.Clone(values)
			}
		}
	}
	for name := range out {
		if strings.Contains(strings.ToLower(name), "password") {
			delete(out, name)
		}
	}
	return out
}

// resume shows the form that was posted, with what was typed. It is sent by who reads it, not by us.
func (p *Pages) resume(r *request) error {
	if err := p.Host.Resume(r.Context, r.Param("id")); err != nil {
		return r.leaveWith("/", ui.Notice{Kind: "warning", Text: r.say("held.gone")})
	}
	return nil
}

// holdTyped keeps what stands in a form of a page whose session ended, before the page clears itself.
func (p *Pages) holdTyped(r *request) error {
	to := r.holdFor(local(r.Query("at")))
	data, err := json.Marshal(map[string]string{"to": to})
	if err != nil {
		return err
	}
	r.Data(http.StatusOK, "application/json", data)
	return nil
}

// sessionState tells a page when its session ends, and whose it is, without letting it live on.
func (p *Pages) sessionState(r *request) error {
	state := map[string]any{"ends": 0, "mark": ""}
	if r.session != nil {
		state["ends"], state["mark"] = max(1, int(r.session.Ends().Seconds())), r.session.Mark()
	}
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	r.Data(http.StatusOK, "application/json", data)
	return nil
}

// showHeld shows what was held where its form doesn't: it can be sent again as it is.
func (r *request) showHeld(problem Problem) error {
	view := heldView{Frame: r.frame("", r.say("held.title")), Detail: problem.Detail}
	form, err := r.form()
	if err != nil {
		return err
	}
	view.Path = r.Request.URL.RequestURI()
	view.Fields = fieldsOf(form.Values)
	for _, f := range view.Fields {
		if tells(f.Value) {
			view.Typed = append(view.Typed, f.Value)
		}
	}
	return r.show(http.StatusOK, "held", view)
}

// fieldsOf lists what a form holds, by name.
func fieldsOf(values url.Values) (out []heldField) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			out = append(out, heldField{name, value})
		}
	}
	return out
}

// tells reports whether a value of a form means something to a person: ids and numbers don't.
func tells(value string) bool {
	value = strings.TrimSpace(value)
	if _, err := archive.ParseID[string](value); err == nil || len([]rune(value)) < 3 {
		return false
	}
	return strings.ContainsFunc(value, func(c rune) bool { return c == ' ' || c == '.' || c > 127 || c >= 'A' && c <= 'Z' })
}

// still is a session in which nothing is kept: what was held is shown, not carried out.
type still struct{ Session }

// Put implements Session.
func (still) Put(string, string) error { return acl.ErrUnconfirmed }

// State implements Session.
func (still) State(archive.AkteID, string) error { return acl.ErrUnconfirmed }
