package web

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
)

// policyRowView is a version of the access rules in the list.
type policyRowView struct {
	Number int    `json:"number"`
	State  string `json:"state" doc:"proposed, declined, active (in force), replaced"`
	Folder bool   `json:"folder,omitempty" doc:"Nobody proposed it: the rules of the folder or of the program, kept when the first other version was proposed"`
	Base   int    `json:"base,omitempty" doc:"The version it was compared with"`
	From   int    `json:"from,omitempty" doc:"The older version it goes back to"`
	Reason string `json:"reason,omitempty"`

	By     archive.UserID    `json:"by,omitempty"`
	ByName string            `json:"by_name,omitempty"`
	At     time.Time         `json:"at"`
	Judged *policyJudgedView `json:"judged,omitempty" doc:"The word of the second person"`
	Since  *time.Time        `json:"since,omitempty" doc:"When it came into force"`
	Ended  *time.Time        `json:"ended,omitempty"`
}

type policyJudgedView struct {
	Approved bool           `json:"approved"`
	By       archive.UserID `json:"by"`
	ByName   string         `json:"by_name,omitempty"`
	At       time.Time      `json:"at"`
	Reason   string         `json:"reason,omitempty"`
}

func policyRowOf(p acl.PolicyRow) policyRowView {
	v := policyRowView{
		Number: p.Number, State: p.State, Folder: p.Folder, Base: p.Base, From: p.From, Reason: p.Reason, By: p.By,
		ByName: p.ByName, At: p.At.UTC(), Since: timeOrNone(p.Since()), Ended: timeOrNone(p.Ended),
	}
	if j := p.Judged; j != nil {
		v.Judged = &policyJudgedView{j.Approved, j.By, p.JudgedByName, j.At.UTC(), j.Reason}
	}
	return v
}

// policiesView is how the access rules stand.
type policiesView struct {
	Items   []policyRowView `json:"items"`
	InForce int             `json:"in_force" doc:"0 where nobody ever proposed others than those of the folder or of the program"`
	Hash    string          `json:"hash" doc:"Names the policies in force in the trail"`
}

// policyView is a version with what it changes.
type policyView struct {
	policyRowView
	Changes    []ruleChangeView   `json:"changes" doc:"Rules that differ from those of the base; a proposed version's base is the one in force"`
	TestsGone  []accessTestView   `json:"tests_gone"`
	TestsAdded []accessTestView   `json:"tests_added"`
	Files      []string           `json:"files" doc:"Files whose bytes differ"`
	Tests      int                `json:"tests" doc:"How many access tests it has, all of which pass"`
	Broken     []rulesProblemView `json:"broken" doc:"Tests of the rules in force that it would fail"`
	Seen       int                `json:"in_force" doc:"To be sent as seen when it is judged"`
	Own        bool               `json:"own" doc:"I proposed it"`
	MayApprove bool               `json:"may_approve"`
	MayDecline bool               `json:"may_decline"`
}

// ruleChangeView is a rule that is new, gone, or says something else.
type ruleChangeView struct {
	ID     string    `json:"id"`
	Before *ruleView `json:"before,omitempty"`
	After  *ruleView `json:"after,omitempty"`
}

// ruleView is an access rule.
type ruleView struct {
	Deny            bool      `json:"deny,omitempty"`
	Role            string    `json:"role"`
	Departments     []string  `json:"departments"`
	Registers       []string  `json:"registers"`
	Classifications []string  `json:"classifications"`
	Actions         []string  `json:"actions"`
	Purposes        []string  `json:"purposes" doc:"Empty: any and none"`
	MatchingCase    bool      `json:"matching_case_only,omitempty"`
	OwnBrought      bool      `json:"brought_by_own_department_only,omitempty"`
	Note            string    `json:"note,omitempty"`
	File            string    `json:"file"`
	Line            int       `json:"line"`
	Text            labelView `json:"text"`
}

func ruleOf(set *policies.Set, r *policies.Rule) *ruleView {
	if r == nil {
		return nil
	}
	return &ruleView{
		r.Deny, r.Role, plain(r.Departments), plain(r.Registers), plain(r.Classifications), plain(r.Actions), plain(r.Purposes),
		r.MatchingCase, r.OwnBrought, r.Note, r.File, r.Line, labelView(set.Describe(*r)),
	}
}

// accessTestView is a line of access/tests.csv.
type accessTestView struct {
	archive.Pair
	Register       string `json:"register,omitempty"`
	Classification string `json:"classification,omitempty"`
	Action         string `json:"action"`
	Purpose        string `json:"purpose,omitempty"`
	MatchingCase   bool   `json:"matching_case,omitempty"`
	OwnBrought     bool   `json:"brought_by_own_department,omitempty"`
	Allowed        bool   `json:"allowed"`
	Note           string `json:"note,omitempty"`
	Line           int    `json:"line"`
}

func accessTestOf(t policies.AccessTest) accessTestView {
	return accessTestView{
		archive.Pair{Role: t.Role, Department: t.Department}, t.Register, t.Classification, t.Action, t.Purpose, t.MatchingCase,
		t.OwnBrought, t.Allowed, t.Note, t.Line,
	}
}

// rulesProblemView is what is wrong with rules.
type rulesProblemView struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
}

func policyOf(p acl.PolicyView) policyView {
	return policyView{
		policyRowView: policyRowOf(p.PolicyRow),
		Changes: each(p.Changes.Rules, func(c policies.RuleChange) ruleChangeView {
			return ruleChangeView{c.ID(), ruleOf(p.Before, c.Before), ruleOf(p.After, c.After)}
		}),
		TestsGone: each(p.Changes.Gone, accessTestOf), TestsAdded: each(p.Changes.Added, accessTestOf),
		Files: plain(p.Changes.Files), Tests: p.Tests,
		Broken: each(p.Broken, func(b policies.Problem) rulesProblemView { return rulesProblemView(b) }),
		Seen:   p.Seen, Own: p.Own, MayApprove: p.MayApprove, MayDecline: p.MayDecline,
	}
}

// rulesRefused is the problem of access rules that have faults; each is told by file, line and reason, in English, as
// whoever sent the files reads them.
func rulesRefused(e *policies.LoadError) problem {
	p := problem{kind: "rules-refused"}
	for i, fault := range e.Problems {
		if i == 100 {
			break
		}
		pointer := ""
		if fault.File != "" {
			pointer = "/" + fault.File
		}
		if fault.Line > 0 {
			pointer += ":" + strconv.Itoa(fault.Line)
		}
		p.fields = append(p.fields, Field{Pointer: pointer, Code: "rule", Message: fault.Reason})
	}
	return p
}

// PolicyNumber is the input of a route that names a version.
type PolicyNumber struct {
	Number int `path:"number" minimum:"1"`
}

// rules are the routes to the access rules.
func (s *Server) rules() {
	handle(s, "GET", "/policies", "List the versions of the access rules, newest first", 0, s.listPolicies)
	s.proposals()
	handle(s, "GET", "/policies/{number}", "Show a version of the access rules and what it changes", 0, s.showPolicy)
	handle(s, "GET", "/policies/{number}/simulation", "Who gains and loses what by a version, counted over the Akten there are", 0, s.simulatePolicy)
	s.raw("GET", "/policies/{number}/rules.zip", "The files of a version, to be changed and proposed again", bytesOut, s.downloadPolicy)
	handle(s, "POST", "/policies/{number}/judge", "Let a proposed version come into force, or turn it down", again, s.judgePolicy)
	handle(s, "POST", "/policies/{number}/restore", "Propose to go back to an older version", created, s.restorePolicy)
	handle(s, "GET", "/policies/processing", "The record of processing activities, as the rules in force and the configuration say it", 0, s.showProcessing)
	handle(s, "POST", "/policies/explain", "What somebody may do in an Akte, and why", 0, s.explain)
}

func (s *Server) listPolicies(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[policiesView], error) {
	found, err := desk.Policies(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[policiesView]{policiesView{each(found.Items, policyRowOf), found.InForce, found.Hash}}, nil
}

func (s *Server) showPolicy(ctx context.Context, desk *acl.Desk, in *PolicyNumber) (*answer[policyView], error) {
	p, err := desk.Policy(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &answer[policyView]{policyOf(p)}, nil
}

// proposalMeta is said of a proposed version.
type proposalMeta struct {
	Reason string `json:"reason" maxLength:"4000"`
}

// proposals is the route by which a version comes in.
func (s *Server) proposals() {
	op := s.operation("POST", "/policies", "Propose other access rules: single files of access/ or the policy folder as a ZIP", 0)
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
		Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file", "meta"},
			Properties: map[string]*huma.Schema{
				"file": {Type: huma.TypeArray, Items: binary()}, "meta": s.registry().Schema(typeOf[proposalMeta](), true, ""),
			},
		},
		Encoding: map[string]*huma.Encoding{"meta": {ContentType: "application/json"}},
	}}}
	op.Responses["201"] = &huma.Response{Description: "Proposed", Content: map[string]*huma.MediaType{
		"application/json": {Schema: s.registry().Schema(typeOf[policyView](), true, "")},
	}}
	s.document(&op, s.proposePolicy)
}

func (s *Server) proposePolicy(c *gin.Context, desk *acl.Desk) error {
	boundary, err := boundaryOf(c.GetHeader("Content-Type"))
	if err != nil {
		return err
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, acl.MaxPolicyZip+wrapping)
	p, err := s.readProposal(multipart.NewReader(c.Request.Body, boundary))
	if err != nil {
		return err
	}
	made, err := desk.ProposePolicy(c.Request.Context(), p)
	if err != nil {
		return err
	}
	c.Header("Location", fmt.Sprintf("%s/policies/%d", base, made.Number))
	c.JSON(http.StatusCreated, policyOf(made))
	return nil
}

// readProposal reads the parts of a proposal, each into memory: they are small.
func (s *Server) readProposal(parts *multipart.Reader) (p acl.PolicyProposal, err error) {
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			return p, nil
		case err != nil:
			return p, broken(err)
		case n > archive.MaxPolicyFiles:
			return p, errParts
		}
		switch field, file := named(part); field {
		case "file":
			data, err := io.ReadAll(part)
			if err != nil {
				return p, broken(err)
			}
			p.Parts = append(p.Parts, acl.PolicyPart{Name: file, Data: data})
		case "meta":
			meta, err := readMeta[proposalMeta](s, part)
			if err != nil {
				return p, err
			}
			p.Reason = meta.Reason
		default:
			return p, fieldsError{{Pointer: "", Code: "unknown_part"}}
		}
	}
}

func (s *Server) downloadPolicy(c *gin.Context, desk *acl.Desk) error {
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil {
		return archive.ErrNotFound
	}
	p, err := desk.Policy(c.Request.Context(), n)
	if err != nil {
		return err
	}
	data, err := acl.ZipPolicy(p.Policy)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", disposition(fmt.Sprintf("zugriffsregeln-%d.zip", n)))
	c.Header("Content-Security-Policy", sandboxed)
	c.Data(http.StatusOK, "application/zip", data)
	return nil
}

// judgePolicyBody is the word of the second person.
type judgePolicyBody struct {
	Approve bool   `json:"approve"`
	Seen    int    `json:"seen,omitempty" doc:"The version in force that it was compared with; 412 where it is another one by now"`
	Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Needed to turn it down"`
}

type judgePolicyInput struct {
	PolicyNumber
	Body strict[judgePolicyBody]
}

func (s *Server) judgePolicy(ctx context.Context, desk *acl.Desk, in *judgePolicyInput) (*struct{}, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.JudgePolicy(ctx, in.Number, body.Seen, body.Approve, body.Reason)
}

type restorePolicyInput struct {
	PolicyNumber
	Body strict[proposalMeta]
}

func (s *Server) restorePolicy(ctx context.Context, desk *acl.Desk, in *restorePolicyInput) (*answer[policyView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	made, err := desk.ProposePolicy(ctx, acl.PolicyProposal{From: in.Number, Reason: body.Reason})
	if err != nil {
		return nil, err
	}
	return &answer[policyView]{policyOf(made)}, nil
}
