package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/policies"
)

// processingView is the record of processing activities.
type processingView struct {
	At          time.Time         `json:"at"`
	Version     int               `json:"version" doc:"Of the access rules; 0 where nobody ever proposed another one"`
	Hash        string            `json:"hash"`
	Purposes    []string          `json:"purposes"`
	Departments []string          `json:"departments"`
	Channels    []string          `json:"channels"`
	Registers   []registerUseView `json:"registers"`
	Retentions  []string          `json:"retentions" doc:"Keys of rules of retention"`
	Measures    []measureView     `json:"measures"`
}

type registerUseView struct {
	Register string             `json:"register"`
	Types    []string           `json:"types"`
	Uses     []registerUserView `json:"uses"`
}

// registerUserView is what a pair may do with papers of a register in one classification.
type registerUserView struct {
	Role           string             `json:"role"`
	Department     string             `json:"department"`
	Classification string             `json:"classification"`
	Read           []circumstanceView `json:"read" doc:"Under which circumstances; none: never"`
	Write          []circumstanceView `json:"write"`
	Disclose       []circumstanceView `json:"disclose"`
}

type measureView struct {
	Key   string `json:"key"`
	Taken bool   `json:"taken"`
	N     int64  `json:"n,omitempty"`
	Name  string `json:"name,omitempty"`
}

func (s *Server) showProcessing(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[processingView], error) {
	p, err := desk.Processing(ctx)
	if err != nil {
		return nil, err
	}
	key := func(t policies.Term) string { return t.Key }
	return &answer[processingView]{processingView{
		At: p.At.UTC(), Version: p.Version, Hash: p.Hash, Purposes: each(p.Purposes, key), Departments: each(p.Departments, key),
		Channels: each(p.Channels, key), Registers: each(p.Registers, registerUseOf),
		Retentions: each(p.Retentions, func(r policies.Retention) string { return r.Key }),
		Measures:   each(p.Measures, func(m acl.Measure) measureView { return measureView(m) }),
	}}, nil
}

func registerUseOf(u acl.RegisterUse) registerUseView {
	return registerUseView{
		Register: u.Key, Types: each(u.Types, func(t policies.DocType) string { return t.Key }),
		Uses: each(u.Uses, func(w acl.RegisterUser) registerUserView {
			return registerUserView{
				w.Pair.Role, w.Pair.Department, w.Classification,
				each(w.Reads, circumstanceOf), each(w.Writes, circumstanceOf), each(w.Discloses, circumstanceOf),
			}
		}),
	}
}
