package pages

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// policiesView are the versions of the access rules, and the form of another one.
type policiesView struct {
	ui.Frame
	Tab  string
	Form ui.Form
	acl.PolicyList
	// Problems are what is wrong with the files that were sent.
	Problems []policies.Problem
}

// policyPage is one version.
type policyPage struct {
	ui.Frame
	Tab  string
	Form ui.Form
	acl.PolicyView
	Rules       []ruleRow
	Gone, Added []testRow
	// MayExplain and MayRestore say what the reader can do.
	MayExplain, MayRestore bool
}

// ruleRow is a rule that differs, in words; Before or After is empty where it isn't there.
type ruleRow struct{ ID, Before, After, NoteBefore, NoteAfter, Place string }

// testRow is an access test in words.
type testRow struct {
	policies.AccessTest
	Who, What string
}

func (p *Pages) showPolicies(r *request) error { return p.policies(r, http.StatusOK, ui.Form{}, nil) }

func (p *Pages) policies(r *request, status int, form ui.Form, wrong []policies.Problem) error {
	list, err := r.desk().Policies(r.ctx())
	if err != nil {
		return err
	}
	return r.show(status, "policies", policiesView{
		Frame: r.frame("policies", r.say("policies.title")), Tab: "versions", Form: form, PolicyList: list, Problems: wrong,
	})
}

// proposePolicy takes files of access rules and a reason.
func (p *Pages) proposePolicy(r *request) error {
	form, parts, err := r.policyParts()
	var made acl.PolicyView
	if err == nil {
		made, err = r.desk().ProposePolicy(r.ctx(), acl.PolicyProposal{Parts: parts, Reason: form.Value("reason")})
	}
	var wrong *policies.LoadError
	switch {
	case err == nil:
		return r.leaveTelling(policyPath(made.Number), "policies.proposed")
	case errors.As(err, &wrong):
		return p.policies(r, http.StatusUnprocessableEntity, form, wrong.Problems)
	case r.faults(&form, err):
		return p.policies(r, http.StatusUnprocessableEntity, form, nil)
	}
	return err
}

func policyPath(number int) string { return fmt.Sprintf("/rules/%d", number) }

// policyParts reads a form with small files into memory.
func (r *request) policyParts() (ui.Form, []acl.PolicyPart, error) {
	if kind, _, _ := mime.ParseMediaType(r.GetHeader("Content-Type")); r.held != "" || kind != "multipart/form-data" { // its files were not kept
		form, err := r.form()
		if r.held != "" {
			err = errors.Join(err, acl.ErrUnconfirmed)
		}
		return form, nil, err
	}
	form := ui.Form{Values: url.Values{}}
	r.Request.Body = http.MaxBytesReader(r.Writer, r.Request.Body, acl.MaxPolicyZip+formBytes)
	parts, err := r.Request.MultipartReader()
	if err != nil {
		return form, nil, archive.ErrInvalid
	}
	var files []acl.PolicyPart
	for range archive.MaxPolicyFiles + 20 {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return form, files, nil
		}
		if err != nil {
			return form, nil, err
		}
		if part.FormName() != "file" {
			if err := errors.Join(readField(form, part), r.stamps(form.Values)); err != nil {
				return form, nil, err
			}
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return form, nil, err
		}
		if _, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition")); params["filename"] != "" {
			files = append(files, acl.PolicyPart{Name: params["filename"], Data: data})
		}
	}
	return form, nil, &archive.FieldError{Pointer: "/file", Code: "too_many"}
}

func (r *request) policyNumber() (int, error) {
	n, err := strconv.Atoi(r.Param("number"))
	if err != nil {
		return 0, archive.ErrNotFound
	}
	return n, nil
}

func (p *Pages) showPolicy(r *request) error { return p.policy(r, http.StatusOK, ui.Form{}) }

func (p *Pages) policy(r *request, status int, form ui.Form) error {
	n, err := r.policyNumber()
	if err != nil {
		return err
	}
	desk := r.desk()
	found, err := desk.Policy(r.ctx(), n)
	if err != nil {
		return err
	}
	v := policyPage{
		Frame: r.frame("policies", r.say("policy.title", "Number", n)), Tab: "versions", Form: form, PolicyView: found,
		MayExplain: desk.May(policies.ActRulesRead), MayRestore: desk.May(policies.ActRulesPropose) && found.State == archive.PolicyReplaced,
	}
	for _, c := range found.Changes.Rules {
		v.Rules = append(v.Rules, r.ruleRow(found, c))
	}
	v.Gone, v.Added = r.testRows(found.Changes.Gone), r.testRows(found.Changes.Added)
	return r.show(status, "policy", v)
}

func (r *request) ruleRow(v acl.PolicyView, c policies.RuleChange) ruleRow {
	row := ruleRow{ID: c.ID()}
	if c.Before != nil {
		row.Before, row.NoteBefore = v.Before.Describe(*c.Before).In(r.lang), c.Before.Note
		row.Place = fmt.Sprintf("%s:%d", c.Before.File, c.Before.Line)
	}
	if c.After != nil {
		row.After, row.NoteAfter = v.After.Describe(*c.After).In(r.lang), c.After.Note
		row.Place = fmt.Sprintf("%s:%d", c.After.File, c.After.Line)
	}
	return row
}

func (r *request) testRows(tests []policies.AccessTest) (out []testRow) {
	p := r.pages
	for _, t := range tests {
		row := testRow{AccessTest: t, Who: p.label("role", t.Role, r.lang) + " · " + p.label("department", t.Department, r.lang)}
		row.What = p.label("action", t.Action, r.lang)
		if t.Register != "" {
			row.What += ": " + p.label("register", t.Register, r.lang) + ", " + p.label("classification", t.Classification, r.lang)
		}
		if words := r.when([]acl.Circumstance{{Own: t.OwnBrought, Case: t.MatchingCase}}); t.OwnBrought || t.MatchingCase {
			row.What += " (" + words + ")"
		}
		out = append(out, row)
	}
	return out
}

// judgePolicy says yes or no to a version.
func (p *Pages) judgePolicy(r *request) error {
	n, err := r.policyNumber()
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	seen, err := strconv.Atoi(form.Value("seen"))
	if err != nil {
		return archive.ErrInvalid
	}
	approve := form.Value("decision") == "approve"
	err = r.desk().JudgePolicy(r.ctx(), n, seen, approve, form.Value("reason"))
	var wrong *policies.LoadError
	switch {
	case err == nil && approve:
		return r.leaveTelling("/rules", "policy.approved", "Number", n)
	case err == nil:
		return r.leaveTelling("/rules", "policy.declined", "Number", n)
	case errors.Is(err, acl.ErrStale):
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("policy.stale")})
		return p.policy(r, http.StatusPreconditionFailed, form)
	case errors.As(err, &wrong):
		return p.policies(r, http.StatusUnprocessableEntity, ui.Form{}, wrong.Problems)
	case r.faults(&form, err):
		return p.policy(r, http.StatusUnprocessableEntity, form)
	}
	return err
}

// restorePolicy proposes to go back to a version.
func (p *Pages) restorePolicy(r *request) error {
	n, err := r.policyNumber()
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	made, err := r.desk().ProposePolicy(r.ctx(), acl.PolicyProposal{From: n, Reason: form.Value("reason")})
	var wrong *policies.LoadError
	switch {
	case err == nil:
		return r.leaveTelling(policyPath(made.Number), "policies.proposed")
	case errors.As(err, &wrong):
		return p.policies(r, http.StatusUnprocessableEntity, ui.Form{}, wrong.Problems)
	case r.faults(&form, err):
		return p.policy(r, http.StatusUnprocessableEntity, form)
	}
	return err
}
