package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// findingsView lists what a rule held for unusual.
type findingsView struct {
	ui.Frame
	All   bool
	Items []findingRow
	// More continues the list; empty at its end.
	More string
	// Unread is what wasn't looked at as a whole.
	Unread acl.Unread
	// Damaged counts findings that belong on this page and can't be read.
	Damaged int
}

// findingRow is a finding in words.
type findingRow struct {
	acl.FindingView
	RuleName, Why, StateName string
}

// findingPage is one finding and what the reader may do about it.
type findingPage struct {
	ui.Frame
	findingRow
	Form   ui.Form
	Rows   []trailRow
	Traces []findingTrace
	// Outcomes are those a review may have, Proposal the one that waits for a second person.
	Outcomes []option
	Proposal string
	// Left is how many entries belong to it that aren't listed.
	Left int
}

// findingTrace is a step in words.
type findingTrace struct {
	acl.FindingStepView
	StateName, OutcomeName string
}

func findingRowOf(r *request, f acl.FindingView) findingRow {
	return findingRow{f, FindingName(f.Rule).In(r.lang), FindingWhy(f.Finding).In(r.lang), findingState(f.State).In(r.lang)}
}

func (p *Pages) listFindings(r *request) error {
	all := r.Query("all") != ""
	page, err := r.desk().Findings(r.ctx(), all, 50, r.Query("cursor"))
	if err != nil {
		return err
	}
	v := findingsView{Frame: r.trailFrame("findings", r.say("findings.title")), All: all, Unread: page.Unread, Damaged: page.Damaged}
	for _, f := range page.Items {
		v.Items = append(v.Items, findingRowOf(r, f))
	}
	if page.Next != "" {
		q := url.Values{"cursor": {page.Next}}
		if all {
			q.Set("all", "1")
		}
		v.More = "/trail/findings" + question(q)
	}
	return r.show(http.StatusOK, "findings", v)
}

func (p *Pages) showFinding(r *request) error {
	id, err := pathID[archive.FindingID](r, "id")
	if err != nil {
		return err
	}
	return p.finding(r, id, http.StatusOK, ui.Form{Values: url.Values{}})
}

// finding shows a finding with what was typed about it.
func (p *Pages) finding(r *request, id archive.FindingID, status int, form ui.Form) error {
	f, err := r.desk().Finding(r.ctx(), id)
	if err != nil {
		return err
	}
	row := findingRowOf(r, f)
	v := findingPage{
		Frame: r.trailFrame("findings", row.RuleName), findingRow: row, Form: form, Left: f.Count - len(f.Events) - f.Damaged,
		Proposal: findingOutcome(f.Proposal().Outcome).In(r.lang),
	}
	for _, e := range f.Events {
		v.Rows = append(v.Rows, p.trailRow(r, e))
	}
	for _, s := range f.Steps {
		v.Traces = append(v.Traces, findingTrace{s, findingState(s.State).In(r.lang), findingOutcome(s.Outcome).In(r.lang)})
	}
	for _, o := range archive.FindingOutcomes() {
		v.Outcomes = append(v.Outcomes, option{o, findingOutcome(o).In(r.lang)})
	}
	return r.show(status, "finding", v)
}

// stepFinding writes down what came of looking into a finding, or gives the word of a second person.
func (p *Pages) stepFinding(r *request) error {
	id, form, err := posted[archive.FindingID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	told := "finding.told_noted"
	switch form.Value("word") {
	case "agree", "return":
		if !r.session.Proven() {
			return ErrAgain
		}
		err = r.desk().JudgeFinding(r.ctx(), id, revision, form.Value("word") == "agree", form.Value("note"))
		if told = "finding.told_returned"; form.Value("word") == "agree" {
			told = "finding.told_closed"
		}
	default:
		err = r.desk().ReviewFinding(r.ctx(), id, revision, form.Value("outcome"), form.Value("note"))
	}
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.finding(r, id, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/trail/findings/"+string(id), told)
}
