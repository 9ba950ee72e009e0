package web

import (
	"context"

	"eakte/acl"
	"eakte/policies"
	"eakte/web/pages"
)

// termView is an entry of a list that the authority's policies hold. Fields beyond key and labels
// are there where the list has them.
type termView struct {
	Key            string   `json:"key"`
	DE             string   `json:"de"`
	EN             string   `json:"en"`
	Letter         string   `json:"letter,omitempty"`
	Department     string   `json:"department,omitempty"`
	Register       string   `json:"register,omitempty"`
	Classification string   `json:"classification,omitempty"`
	MayContain     []string `json:"may_contain,omitempty"`
	HasExpiry      bool     `json:"has_expiry,omitempty"`
	ReturnOriginal bool     `json:"return_original,omitempty"`
	Retention      string   `json:"retention,omitempty"`
	Approval       bool     `json:"approval,omitempty" doc:"A scan is to be approved by a second person"`
	ScanColour     string   `json:"scan_colour,omitempty" doc:"The least a scan should show: bw, gray, colour"`
	ScanDPI        int      `json:"scan_dpi,omitempty" doc:"The least dots per inch of a scan"`
	Parent         string   `json:"parent,omitempty"`
	Akte           bool     `json:"akte,omitempty"`
	Usual          bool     `json:"usual,omitempty"`
	LegalBasis     string   `json:"legal_basis,omitempty"`
	Registers      []string `json:"registers,omitempty"`
	Missing        bool     `json:"missing,omitempty" doc:"Of a language: this machine can't recognise it"`
}

type termsOutput = answer[list[termView]]

// termList is a route that serves a list of the policies.
type termList struct {
	name, summary string
	show          func(context.Context, *acl.Desk, *struct{}) (*termsOutput, error)
}

// lists are the lists that forms need.
func (s *Server) lists() []termList {
	p := s.Policies
	return []termList{
		{"purposes", "Purposes", fixed(p.Purposes(), termOf)},
		{"departments", "Departments", fixed(p.Departments(), termOf)},
		{"teams", "Teams that have names, with their departments", fixed(p.Teams(), teamOf)},
		{"classifications", "Classifications", fixed(p.Classifications(), termOf)},
		{"channels", "Ways by which papers arrive", fixed(p.Channels(), termOf)},
		{"registers", "Registers of an Akte", fixed(p.Registers(), registerOf)},
		{"doctypes", "Types of documents", fixed(p.DocTypes(), docTypeOf)},
		{"plan", "Units of the file plan", fixed(p.PlanUnits(), planUnitOf)},
		{"procedures", "Kinds of cases", fixed(p.Procedures(), procedureOf)},
		{"languages", "Languages of recognition", fixed(pages.Tongues(s.Guard.Languages), tongueOf)},
	}
}

// fixed serves a list that doesn't change while the server runs.
func fixed[T any](in []T, f func(T) termView) func(context.Context, *acl.Desk, *struct{}) (*termsOutput, error) {
	out := &termsOutput{list[termView]{Items: each(in, f)}}
	return func(context.Context, *acl.Desk, *struct{}) (*termsOutput, error) { return out, nil }
}

func tongueOf(t pages.Tongue) termView {
	v := termOf(t.Term)
	v.Missing = t.Missing
	return v
}

func termOf(t policies.Term) termView {
	return termView{Key: t.Key, DE: t.Label.DE, EN: t.Label.EN}
}

func teamOf(t policies.Team) termView {
	v := termOf(t.Term)
	v.Department = t.Department
	return v
}

func registerOf(r policies.Register) termView {
	v := termOf(r.Term)
	v.Letter = r.Letter
	return v
}

func docTypeOf(d policies.DocType) termView {
	v := termOf(d.Term)
	v.Register, v.Classification, v.MayContain = d.Register, d.Classification, d.MayContain
	v.HasExpiry, v.ReturnOriginal, v.Retention = d.HasExpiry, d.ReturnOriginal, d.Retention
	v.Approval, v.ScanColour, v.ScanDPI = d.Approval, d.ScanColour, d.ScanDPI
	return v
}

func planUnitOf(u policies.PlanUnit) termView {
	v := termOf(u.Term)
	v.Parent, v.Akte, v.Usual = u.Parent, u.Akte, u.Usual
	return v
}

func procedureOf(p policies.Procedure) termView {
	v := termOf(p.Term)
	v.LegalBasis, v.Registers = p.LegalBasis, p.Registers
	return v
}
