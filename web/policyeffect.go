package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// circumstanceView is under what something is allowed; an empty one: always.
type circumstanceView struct {
	Own      bool     `json:"brought_by_own_department_only,omitempty"`
	Case     bool     `json:"matching_case_only,omitempty"`
	Purposes []string `json:"purposes,omitempty" doc:"For these alone, an empty one being none; any if not given"`
}

func circumstanceOf(c acl.Circumstance) circumstanceView { return circumstanceView(c) }

// simulationView is what a version would change.
type simulationView struct {
	Gained    int             `json:"gained" doc:"Pairs of role and department by register, classification and action, in which something is allowed that wasn't"`
	Lost      int             `json:"lost"`
	Akten     int             `json:"akten" doc:"Akten with documents that are concerned, sealed ones apart"`
	Documents int             `json:"documents"`
	Users     int             `json:"users" doc:"Open accounts with a pair that is concerned"`
	Looked    int             `json:"akten_looked_at"`
	Partly    bool            `json:"partly,omitempty" doc:"There are more Akten than were looked at"`
	Rows      []simulationRow `json:"rows"`
	More      int             `json:"more_rows,omitempty"`
}

// simulationRow is what a pair gains or loses.
type simulationRow struct {
	archive.Pair
	Register       string             `json:"register,omitempty" doc:"Empty for a capability"`
	Classification string             `json:"classification,omitempty"`
	Action         string             `json:"action"`
	Gained         bool               `json:"gained"`
	Lost           bool               `json:"lost"`
	Before         []circumstanceView `json:"before" doc:"When it is allowed; none: never"`
	After          []circumstanceView `json:"after"`
	Users          int                `json:"users"`
	Akten          int                `json:"akten"`
	Documents      int                `json:"documents"`
	Samples        []string           `json:"samples" doc:"Reference numbers of such Akten that I may see"`
}

func (s *Server) simulatePolicy(ctx context.Context, desk *acl.Desk, in *PolicyNumber) (*answer[simulationView], error) {
	sim, err := desk.SimulatePolicy(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &answer[simulationView]{simulationView{
		sim.Gained, sim.Lost, sim.Akten, sim.Documents, sim.Users, sim.Looked, sim.Partly,
		each(sim.Rows, func(r acl.SimulationRow) simulationRow {
			return simulationRow{
				r.Pair, r.Register, r.Classification, r.Action, r.Gained, r.Lost, each(r.Before, circumstanceOf),
				each(r.After, circumstanceOf), r.Users, r.Akten, r.Documents, plain(r.Samples),
			}
		}), sim.More,
	}}, nil
}

// questionBody asks what somebody may do. It comes as a body: names stand in no address.
type questionBody struct {
	User           string `json:"user" maxLength:"64" doc:"A sign-in name"`
	Akte           string `json:"akte" maxLength:"100" doc:"Its reference number"`
	Register       string `json:"register,omitempty" maxLength:"100"`
	Classification string `json:"classification,omitempty" maxLength:"100"`
	Action         string `json:"action" enum:"exist,read,write,file,disclose"`
	Purpose        string `json:"purpose,omitempty" maxLength:"100" doc:"A code or case:ID; any if not given"`
	Procedure      string `json:"procedure,omitempty" maxLength:"100" doc:"As if a case of this procedure were open and stated"`
	At             string `json:"at,omitempty" maxLength:"20" doc:"A day, 2026-12-24, or a time on one, 2026-12-24T21:30; now if not given"`
}

type questionInput struct {
	Body strict[questionBody]
}

// answerView says what somebody may do in an Akte.
type answerView struct {
	User     archive.UserID    `json:"user_id"`
	Name     string            `json:"name"`
	Roles    []archive.Pair    `json:"roles"`
	Akte     string            `json:"aktenzeichen"`
	Day      string            `json:"day"`
	Version  int               `json:"version" doc:"Of the access rules; 0: those of the folder or the program"`
	Hash     string            `json:"hash"`
	SeesHead bool              `json:"sees_akte" doc:"She may know of the Akte at all"`
	Notes    []string          `json:"notes" doc:"disabled, hours (people aren't at work then: marked in the trail, forbids nothing), past (who took part then isn't known)"`
	Rows     []explanationView `json:"items"`
}

// explanationView is what the rules say to a register and classification.
type explanationView struct {
	Register       string             `json:"register"`
	Classification string             `json:"classification"`
	OwnOnly        bool               `json:"brought_by_own_department_only,omitempty"`
	CaseOnly       bool               `json:"matching_case_only,omitempty"`
	Allowed        bool               `json:"allowed"`
	Rule           string             `json:"rule,omitempty" doc:"Decides; none: no rule speaks of it"`
	Note           string             `json:"note,omitempty" doc:"Stands beside the rule"`
	When           []circumstanceView `json:"when" doc:"Under which circumstances it is allowed, whatever purpose was named; none: under none"`
	Text           labelView          `json:"text" doc:"What the rule says"`
	File           string             `json:"file,omitempty"`
	Line           int                `json:"line,omitempty"`
	Through        *archive.Pair      `json:"through,omitempty" doc:"The pair it is allowed to"`
	Obstacles      []obstacleView     `json:"obstacles" doc:"What stands in the way"`
}

type obstacleView struct {
	Code   string        `json:"code" doc:"sealed, conflict, no_pair, no_part, part_register, part_ended, team, no_rule, denied, purpose, case, closed"`
	Pair   *archive.Pair `json:"pair,omitempty"`
	Detail string        `json:"detail,omitempty" doc:"The last day, the team or the rule"`
}

func pairOrNone(p archive.Pair) *archive.Pair {
	if p == (archive.Pair{}) {
		return nil
	}
	return &p
}

// Explained are the rows of an answer as the API writes them, for the command line.
func Explained(a acl.Answer) any { return answerOf(a).Rows }

func answerOf(a acl.Answer) answerView {
	return answerView{
		a.User.ID, a.User.Name, each(a.User.Roles, func(p archive.Pair) archive.Pair { return p }), a.Number, a.Day, a.Version, a.Hash,
		a.SeesHead, plain(a.Notes), each(a.Rows, func(e acl.Explanation) explanationView {
			return explanationView{
				e.Register, e.Classification, e.OwnOnly, e.Allowed && e.CaseOnly(), e.Allowed, e.Rule, e.Note, each(e.When, circumstanceOf), labelView(e.Text),
				e.File, e.Line, pairOrNone(e.Through), each(e.Obstacles, func(o acl.Obstacle) obstacleView {
					return obstacleView{o.Code, pairOrNone(o.Pair), o.Detail}
				}),
			}
		}),
	}
}

func (s *Server) explain(ctx context.Context, desk *acl.Desk, in *questionInput) (*answer[answerView], error) {
	b, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	found, err := desk.Explain(ctx, acl.Question(b))
	if err != nil {
		return nil, err
	}
	return &answer[answerView]{answerOf(found)}, nil
}
