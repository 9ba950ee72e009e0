package pages

import (
	"net/http"
	"net/url"
	"slices"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// retentionView shows how long an Akte is kept, and changes that.
type retentionView struct {
	ui.Frame
	// Form is that of the term, HoldForm that of a hold, EndForm that of its end.
	Form, HoldForm, EndForm ui.Form
	// EraseForm proposes the erasure.
	EraseForm ui.Form
	acl.RetentionView
	Says termText
	// Rules are those it may be kept by.
	Rules []option
}

// termText is a term in words.
type termText struct {
	// Rule is what it is kept by, Basis the provisions that stands on; Basis may be empty.
	Rule, Basis string
	// Unsure says that the authority has to confirm the rule.
	Unsure bool
	// Since is the day it counts from, Ends its last; both are empty where it doesn't run.
	Since, Ends string
}

// termSays puts a term into the reader's words.
func (r *request) termSays(t acl.Term) termText {
	out := termText{Since: t.Since, Ends: t.Ends}
	if t.Rule.Key == "" {
		out.Rule = r.say("retention.by_plan", "Unit", t.Unit.Key, "Name", t.Unit.Label.In(r.lang), "N", t.Unit.Years)
		return out
	}
	out.Rule, out.Basis, out.Unsure = t.Rule.Label.In(r.lang), t.Rule.LegalBasis.In(r.lang), !t.Rule.Verified
	if out.Rule == "" {
		out.Rule = r.say("retention.rule_gone", "Rule", t.Rule.Key)
	}
	return out
}

func (p *Pages) showRetention(r *request) error {
	id, err := pathID[archive.AkteID](r, "id")
	if err != nil {
		return err
	}
	return p.retention(r, http.StatusOK, id, func(*retentionView) {})
}

// retention shows the page; typed puts what was typed into its forms.
func (p *Pages) retention(r *request, status int, id archive.AkteID, typed func(*retentionView)) error {
	desk := r.desk()
	kept, err := desk.Retention(r.ctx(), id)
	if err != nil {
		return err
	}
	view := retentionView{
		Frame: r.frame("akten", r.say("retention.title", "Number", kept.Number)), RetentionView: kept, Says: r.termSays(kept.Term),
		Form: ui.Form{Values: url.Values{}}, HoldForm: ui.Form{Values: url.Values{}}, EndForm: ui.Form{Values: url.Values{}},
		EraseForm: ui.Form{Values: url.Values{}},
	}
	if c := kept.Closing; c != nil {
		view.Form.Values = url.Values{"rule": {c.Rule}, "from": {c.From}}
	}
	if h := kept.Hold; h != nil {
		view.HoldForm.Values = url.Values{"hold_reason": {h.Reason}, "hold_until": {h.Until}}
	}
	for _, rule := range desk.RuleChoices() {
		view.Rules = append(view.Rules, option{rule.Key, rule.Label.In(r.lang)})
	}
	typed(&view)
	return r.show(status, "retention", view)
}

// keepAkte changes how long an Akte is kept.
func (p *Pages) keepAkte(r *request) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	told, put := "retention.told_term", func(v *retentionView, f ui.Form) { v.Form = f }
	switch form.Value("what") {
	case "hold":
		told, put = "retention.told_hold", func(v *retentionView, f ui.Form) { v.HoldForm = f }
		err = r.desk().HoldAkte(r.ctx(), id, archive.LegalHold{Reason: form.Value("hold_reason"), Until: form.Value("hold_until")})
	case "end":
		told, put = "retention.told_end", func(v *retentionView, f ui.Form) { v.EndForm = f }
		err = r.desk().EndHold(r.ctx(), id, form.Value("end_reason"))
	case "offer":
		told = "retention.told_offer"
		err = r.desk().OfferAkte(r.ctx(), id)
	case "erase":
		told, put = "retention.told_erase", func(v *retentionView, f ui.Form) { v.EraseForm = f }
		_, err = r.desk().AskErasure(r.ctx(), archive.SealedThing{Akte: id}, "", form.Value("erase_because"))
	case "answer":
		told = "retention.told_answer"
		err = r.desk().AnswerOffer(r.ctx(), id, form.Value("answer"))
	default:
		err = r.desk().SetTerm(r.ctx(), id, form.Value("rule"), form.Value("from"))
	}
	if err == nil {
		return r.leaveTelling("/akten/"+string(id)+"/retention", told)
	}
	if !r.faults(&form, err) {
		return err
	}
	if what := form.Value("what"); what == "hold" || what == "end" || what == "erase" {
		for i, f := range form.Faults {
			if f.Field != "" {
				form.Faults[i].Field = what + "_" + f.Field
			}
		}
	}
	return p.retention(r, http.StatusUnprocessableEntity, id, func(v *retentionView) { put(v, form) })
}

// dueView lists Akten by their terms.
type dueView struct {
	ui.Frame
	// List is the one that is shown, of Lists.
	List  string
	Lists []string
	Rows  []dueRow
	// Asked are proposals, with the form of the word on them; Proofs what was erased, found by a number where one was asked for;
	// Waiting what the storage doesn't let go.
	Asked           []askedRow
	Proofs, Waiting []proofRow
	Form            ui.Form
	Next            string
}

type askedRow struct {
	acl.ErasureView
	Says termText
}

type proofRow struct {
	acl.ErasureProof
	Says termText
}

// Lists of erasures beside those of Akten by their terms.
const (
	listAsked  = "asked"
	listProofs = "done"
)

type dueRow struct {
	acl.RetentionRow
	Says termText
}

func (p *Pages) listRetention(r *request) error {
	return p.retentionList(r, http.StatusOK, r.Query("list"), ui.Form{Values: url.Values{}})
}

// retentionList shows one of the lists; form is what was typed.
func (p *Pages) retentionList(r *request, status int, list string, form ui.Form) error {
	view := dueView{Frame: r.frame("retention", r.say("due.title")), Lists: append(acl.RetentionLists(), listAsked), Form: form}
	if r.desk().Proves() {
		view.Lists = append(view.Lists, listProofs)
	}
	if view.List = list; !slices.Contains(view.Lists, view.List) {
		view.List = acl.RetentionDue
	}
	fill := p.fillDue
	switch view.List {
	case listAsked:
		fill = p.fillAsked
	case listProofs:
		fill = p.fillProofs
	}
	next, err := fill(r, &view)
	if err != nil {
		return err
	}
	if next != "" {
		view.Next = "/retention" + question(url.Values{"list": {view.List}, "cursor": {next}})
	}
	return r.show(status, "due", view)
}

func (p *Pages) fillDue(r *request, view *dueView) (next string, err error) {
	page, err := r.desk().DueAkten(r.ctx(), view.List, rowsShown, r.Query("cursor"))
	for _, row := range page.Items {
		view.Rows = append(view.Rows, dueRow{row, r.termSays(row.Term)})
	}
	return page.Next, err
}

func (p *Pages) fillAsked(r *request, view *dueView) (next string, err error) {
	page, err := r.desk().AskedErasures(r.ctx(), rowsShown, r.Query("cursor"))
	for _, row := range page.Items {
		view.Asked = append(view.Asked, askedRow{row, r.termSays(row.Term)})
	}
	return page.Next, err
}

func (p *Pages) fillProofs(r *request, view *dueView) (next string, err error) {
	page, err := r.desk().ErasureProofs(r.ctx(), view.Form.Value("number"), rowsShown, r.Query("cursor"))
	for _, row := range page.Items {
		view.Proofs = append(view.Proofs, proofRow{row, r.termSays(row.Term)})
	}
	for _, row := range page.Waiting {
		view.Waiting = append(view.Waiting, proofRow{row, r.termSays(row.Term)})
	}
	return page.Next, err
}
