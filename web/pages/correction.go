package pages

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

func (p *Pages) correctionRoutes(signed gin.IRoutes) {
	signed.GET("/persons/:id/corrections", p.handle((*Pages).showCorrections))
	signed.POST("/persons/:id/corrections", p.handle((*Pages).refuseCorrection))
	signed.POST("/persons/:id/corrections/:correction", p.handle((*Pages).tellRecipient))
	signed.GET("/corrections", p.handle((*Pages).listRecipientsToTell))
}

// correctionsView is what was corrected of a person, and refuses her something.
type correctionsView struct {
	ui.Frame
	Form ui.Form
	acl.CorrectionsView
	Called archive.Name
	Rows   []correctionRow
	Proofs []option
	States []option
}

// correctionRow is a correction in words.
type correctionRow struct {
	acl.CorrectionView
	GroundName, ProofName, ProofPath string
	Said                             []correctedRow
	To                               []toldRow
}

type correctedRow struct{ Field, Kind, Old, New string }

// toldRow is a recipient with the form that says what became of telling it; At is where its fields begin.
type toldRow struct {
	acl.CorrectionTold
	At, StateName, Files string
	// Wrong says that what was typed into its form can't be taken.
	Wrong bool
}

func (r *request) correctionRow(v acl.CorrectionView) correctionRow {
	out := correctionRow{CorrectionView: v}
	if g, ok := archive.CorrectionGroundOf(v.Ground); ok {
		out.GroundName = g.Label.In(r.lang)
	}
	for _, c := range v.Values {
		row := correctedRow{Field: r.say("corrections.field_" + c.Field), Old: r.valueText(c.Field, c.Old), New: r.valueText(c.Field, c.New)}
		kind := c.Old.Name.Kind
		if kind == "" {
			kind = c.New.Name.Kind
		}
		if c.Field == archive.FieldOfName {
			row.Kind = r.pages.label("namekind", kind, r.lang)
		}
		if now := c.New.Name.Kind; now != "" && now != kind {
			row.New += " (" + r.pages.label("namekind", now, r.lang) + ")"
		}
		out.Said = append(out.Said, row)
	}
	if v.Proof != "" {
		out.ProofName, out.ProofPath = v.ProofTitle, "/akten/"+string(v.ProofAkte)+"/documents/"+string(v.Proof)
		if out.ProofName == "" {
			out.ProofName = r.pages.label("doctype", v.ProofType, r.lang)
		}
	}
	for _, t := range v.Told {
		out.To = append(out.To, toldRow{
			CorrectionTold: t, At: fmt.Sprintf("told/%s/%d/", v.ID, t.Place), StateName: r.say("corrections.state_" + t.State), Files: strings.Join(t.Numbers, ", "),
		})
	}
	return out
}

// valueText is a value in words; empty where nothing was said.
func (r *request) valueText(field string, v archive.PersonValue) string {
	switch field {
	case archive.FieldOfName:
		return r.nameText(v.Name)
	case archive.FieldOfBirthDate:
		return spelt(v.BirthDate)
	case archive.FieldOfSex:
		if v.Text != "" {
			return r.say("entry.sex_" + v.Text)
		}
	case archive.FieldOfNationalities:
		return countries(strings.Fields(v.Text), r.lang)
	}
	return v.Text
}

// nameText is a name with what goes with it.
func (r *request) nameText(n archive.Name) string {
	var parts []string
	for _, part := range []string{n.Family, n.Given} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	out := strings.Join(parts, ", ")
	if n.OriginalScript != "" {
		out += " " + n.OriginalScript
	}
	if !n.BirthDate.IsZero() {
		out += " * " + spelt(n.BirthDate)
	}
	if n.Nationality != "" {
		out += " " + ui.Country(n.Nationality, r.lang)
	}
	return out
}

func (p *Pages) showCorrections(r *request) error {
	return p.renderCorrections(r, http.StatusOK, ui.Form{Values: url.Values{}})
}

// renderCorrections shows them with what was typed into one of the forms.
func (p *Pages) renderCorrections(r *request, status int, form ui.Form) error {
	id, err := pathID[archive.PersonID](r, "id")
	if err != nil {
		return err
	}
	found, err := r.personDesk(id).Corrections(r.ctx(), id)
	if err != nil {
		return err
	}
	view := correctionsView{Frame: r.frame("akten", r.say("corrections.title")), Form: form, CorrectionsView: found, Called: found.Leading()}
	for _, c := range found.Items {
		row := r.correctionRow(c)
		for i, t := range row.To {
			at := t.At
			if form.Value(at+"state") == "" {
				form.Values[at+"state"], form.Values[at+"on"], form.Values[at+"note"] = []string{t.State}, []string{t.On}, []string{t.Note}
			}
			for _, f := range form.Faults {
				row.To[i].Wrong = row.To[i].Wrong || strings.HasPrefix(f.Field, at)
			}
		}
		view.Rows = append(view.Rows, row)
	}
	for _, key := range []string{archive.RecipientOpen, archive.RecipientTold, archive.RecipientImpossible, archive.RecipientDisproportionate} {
		view.States = append(view.States, option{key, r.say("corrections.state_" + key)})
	}
	if found.MayChange {
		if view.Proofs, err = p.proofs(r, id); err != nil {
			return err
		}
	}
	return r.show(status, "corrections", view)
}

// proofs are the documents that may show what is right of a person.
func (p *Pages) proofs(r *request, id archive.PersonID) (out []option, err error) {
	found, err := r.personDesk(id).Proofs(r.ctx(), id)
	for _, d := range found {
		name := d.Title
		if name == "" {
			name = p.label("doctype", d.Type, r.lang)
		}
		if day := d.Date; day != "" {
			name += ", " + ui.Date(r.lang, day)
		}
		out = append(out, option{string(d.ID), name + " · " + d.Number})
	}
	return out, err
}

// refuseCorrection notes that a correction is refused.
func (p *Pages) refuseCorrection(r *request) error {
	id, form, err := posted[archive.PersonID](r)
	if err != nil {
		return err
	}
	_, err = r.personDesk(id).RefuseCorrection(r.ctx(), id, acl.RefusedCorrection{
		AskedOn: form.Value("asked_on"), Reason: form.Value("reason"), Statement: form.Value("statement"), Proof: archive.DocumentID(form.Value("proof")),
	})
	if err == nil {
		return r.leaveTelling("/persons/"+string(id)+"/corrections", "corrections.told_refused")
	}
	if !r.faults(&form, err) {
		return err
	}
	for i := range form.Faults {
		if f := &form.Faults[i]; f.Field != "" {
			f.Label = r.say("corrections." + f.Field)
		}
	}
	return p.renderCorrections(r, http.StatusUnprocessableEntity, form)
}

// tellRecipient notes what became of telling a recipient. Where somebody else was first, her word is shown.
func (p *Pages) tellRecipient(r *request) error {
	id, form, err := posted[archive.PersonID](r)
	if err != nil {
		return err
	}
	correction, err := pathID[archive.CorrectionID](r, "correction")
	if err != nil {
		return err
	}
	place, err := strconv.Atoi(form.Value("place"))
	if err != nil {
		return archive.ErrNotFound
	}
	at := fmt.Sprintf("told/%s/%d/", correction, place)
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	err = r.personDesk(id).TellRecipient(r.ctx(), id, correction, place, acl.RecipientWord{
		State: form.Value(at + "state"), On: form.Value(at + "on"), Note: form.Value(at + "note"), Revision: revision,
	})
	switch {
	case err == nil:
		return r.leaveTelling("/persons/"+string(id)+"/corrections", "corrections.told_said")
	case errors.Is(err, acl.ErrStale):
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("corrections.stale")})
		return p.renderCorrections(r, http.StatusPreconditionFailed, form)
	case !r.faults(&form, err):
		return err
	}
	for i := range form.Faults {
		if f := &form.Faults[i]; f.Field != "" {
			f.Label, f.Field = r.say("corrections."+f.Field), at+f.Field
		}
	}
	return p.renderCorrections(r, http.StatusUnprocessableEntity, form)
}

// recipientsView lists who waits to be told.
type recipientsView struct {
	ui.Frame
	Items []recipientsRow
	More  string
}

type recipientsRow struct {
	correctionRow
	Name archive.Name
}

// listRecipientsToTell lists the corrections of which recipients wait to be told.
func (p *Pages) listRecipientsToTell(r *request) error {
	page, err := r.desk().RecipientsToTell(r.ctx(), rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	view := recipientsView{Frame: r.rightsFrame("corrections", r.say("recipients.title"))}
	for _, one := range page.Items {
		view.Items = append(view.Items, recipientsRow{r.correctionRow(one.CorrectionView), one.Name})
	}
	if page.Next != "" {
		view.More = "/corrections" + question(url.Values{"cursor": {page.Next}})
	}
	return r.show(http.StatusOK, "recipients", view)
}
