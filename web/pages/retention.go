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
	if what := form.Value("what"); what == "hold" || what == "end" {
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
	Next  string
}

type dueRow struct {
	acl.RetentionRow
	Says termText
}

func (p *Pages) listRetention(r *request) error {
	view := dueView{Frame: r.frame("retention", r.say("due.title")), Lists: acl.RetentionLists()}
	if view.List = r.Query("list"); !slices.Contains(view.Lists, view.List) {
		view.List = acl.RetentionDue
	}
	page, err := r.desk().DueAkten(r.ctx(), view.List, rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	for _, row := range page.Items {
		view.Rows = append(view.Rows, dueRow{row, r.termSays(row.Term)})
	}
	if page.Next != "" {
		view.Next = "/retention" + question(url.Values{"list": {view.List}, "cursor": {page.Next}})
	}
	return r.show(http.StatusOK, "due", view)
}
