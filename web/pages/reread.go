package pages

import (
	"slices"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/read/language"
	"eakte/policies"
	"eakte/web/ui"
)

// Tongue is a language that pages may be written in.
type Tongue struct {
	policies.Term
	// Missing says that this machine can't recognise it.
	Missing bool
}

// Tongues are the languages that papers are known to come in, with what is installed beyond; Key is the
// recogniser's code.
func Tongues(installed []string) (out []Tongue) {
	codes := slices.Clone(installed)
	for _, l := range language.All() {
		if !slices.Contains(codes, l.Code) {
			codes = append(codes, l.Code)
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		t := Tongue{Missing: !slices.Contains(installed, code)}
		t.Key, t.Label = code, policies.Label{DE: ui.Tongue(code, "de"), EN: ui.Tongue(code, "en")}
		out = append(out, t)
	}
	return out
}

// tongues are those that can be chosen, by name, and the names of those that can't.
func (p *Pages) tongues(lang string) (choices []ui.UploadChoice, missing []string) {
	var all []option
	for _, t := range Tongues(p.Guard.Languages) {
		all = append(all, option{t.Key, t.Label.In(lang)})
	}
	for _, o := range byName(all, lang) {
		if slices.Contains(p.Guard.Languages, o.Key) {
			choices = append(choices, ui.UploadChoice(o))
		} else {
			missing = append(missing, o.Name)
		}
	}
	return choices, missing
}

// recognitionOf is what the viewer tells of the language that a version is recognised in, and where another
// one is ordered, if the reader may; nil where there is nothing to tell.
func (p *Pages) recognitionOf(r *request, v archive.Version, may bool, action string) *ui.Recognition {
	if !acl.Spoken(v) || v.Held() || v.State != archive.StateReady && v.State != archive.StateFailed {
		return nil
	}
	view := &ui.Recognition{Chosen: v.Language, Name: ui.Tongue(v.Language, r.lang), Anew: v.Anew}
	for _, page := range v.Pages {
		if name := ui.Tongue(page.Language, r.lang); page.Language != "" && !slices.Contains(view.Found, name) {
			view.Found = append(view.Found, name)
		}
	}
	if may {
		view.Action = action
		view.Choices, view.Missing = p.tongues(r.lang)
	}
	return view
}

// rereadItem has an inbox item recognised in the language of the form.
func (p *Pages) rereadItem(r *request) error {
	return p.act(r, "shared.recognition_told", true, func(id archive.InboxID, form ui.Form) error {
		_, err := r.desk().RereadItem(r.ctx(), id, form.Value("language"))
		return err
	})
}

// rereadDocument has a document recognised in the language of the form.
func (p *Pages) rereadDocument(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	return p.documentAct(r, func(desk *acl.Desk, doc acl.DocumentView) (ui.Notice, error) {
		_, err := desk.RereadDocument(r.ctx(), doc.ID, form.Value("language"))
		return r.done("shared.recognition_told"), err
	})
}
