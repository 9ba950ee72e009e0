package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/intake"
	"eakte/policies"
)

// queueView is how the machine's work stands.
type queueView struct {
	Count   map[string]int       `json:"count" doc:"By state; of failed jobs those alone that nobody tried again"`
	Oldest  map[string]time.Time `json:"oldest" doc:"When the oldest waiting, running and failed job was made"`
	Reasons map[string]int       `json:"reasons" doc:"Failed jobs by reason"`
	Running []jobView            `json:"running"`
	Failed  []jobView            `json:"failed" doc:"Newest first"`
	Partial bool                 `json:"partial,omitempty" doc:"So many failed that old ones were not looked at"`
}

func (s *Server) showQueue(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[queueView], error) {
	q, err := desk.Queue(ctx)
	if err != nil {
		return nil, err
	}
	for _, state := range []string{archive.JobWaiting, archive.JobRunning, archive.JobDone, archive.JobFailed} {
		q.Count[state] += 0 // each state is named
	}
	return &answer[queueView]{queueView{
		Count: q.Count, Oldest: q.Oldest, Reasons: q.Reasons, Running: each(q.Running, jobOf), Failed: each(q.Failed, jobOf), Partial: q.Partial,
	}}, nil
}

// systemView is how the installation stands.
type systemView struct {
	Now       time.Time   `json:"now"`
	Version   string      `json:"version,omitempty"`
	Revision  string      `json:"revision,omitempty"`
	Started   *time.Time  `json:"started,omitempty"`
	Store     *engineView `json:"store,omitempty"`
	Objects   *engineView `json:"objects,omitempty"`
	Index     *engineView `json:"index,omitempty"`
	Documents int         `json:"documents" doc:"In the index"`
	Persons   int         `json:"persons" doc:"In the index"`
	Behind    bool        `json:"behind" doc:"The index hasn't all there is: it is being made anew or can't be written"`
	Rebuilt   int         `json:"rebuilt,omitempty" doc:"Of how many Akten the index has everything again, while it is made anew"`
	Akten     int         `json:"akten,omitempty" doc:"Of how many"`
	Lag       uint64      `json:"lag" doc:"Changes the index has not taken up yet"`
	Tools     []toolView  `json:"tools"`
	Scanner   string      `json:"scanner,omitempty" doc:"The search for malware: off, ready, down"`
	Sandbox   string      `json:"sandbox,omitempty" doc:"What keeps papers from being read; empty: nothing"`
	Languages string      `json:"languages,omitempty"`
	Others    []toolView  `json:"other_languages" doc:"Recognised where a page is found to be in them, by package"`
	Ways      []wayView   `json:"ways" doc:"By which papers come in beside pages and this interface"`
	Policies  rulesView   `json:"policies"`
	Types     typesView   `json:"types" doc:"How well types of papers are named in the inbox"`
	Users     int         `json:"users" doc:"Open accounts"`
	Sources   int         `json:"arranged_sources" doc:"Inbox items whose pages were put together anew and whose bytes are still kept"`
	Events    int64       `json:"events" doc:"In this year's trail"`
}

// typesView is how well types of papers are named, in figures alone.
type typesView struct {
	On         bool `json:"on" doc:"What was learned from filings is heard; it is while it does better than the rules"`
	Learned    int  `json:"learned" doc:"Papers learned from"`
	Words      int  `json:"words" doc:"Known by keyed hashes"`
	Telling    int  `json:"telling" doc:"Words that speak for a type: they stood on papers of it in several Akten"`
	Judged     int  `json:"judged" doc:"Of so many of the last filings, guessed at before they were learned, are the figures below"`
	RulesFirst int  `json:"rules_first" doc:"The rules named the type first"`
	RulesThree int  `json:"rules_three" doc:"Among the first three"`
	BothFirst  int  `json:"both_first" doc:"The rules with what was learned named it first"`
	BothThree  int  `json:"both_three" doc:"Among the first three"`
}

// engineView is an engine.
type engineView struct {
	Kind  string `json:"kind"`
	Bytes *int64 `json:"bytes,omitempty"`
	Free  *int64 `json:"free,omitempty"`
}

// wayView is a folder or mailbox that papers come in by.
type wayView struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind" enum:"folder,mailbox"`
	Looked  *time.Time `json:"looked,omitempty" doc:"When it was last looked at to the end"`
	Waiting int        `json:"waiting"`
	Taken   int        `json:"taken" doc:"Since the start"`
	Last    *time.Time `json:"last,omitempty" doc:"When a paper was last taken"`
	Failed  int        `json:"failed" doc:"What was refused and lies there still"`
	Problem string     `json:"problem,omitempty" doc:"unreadable, move, account, full, connect, signin or trying"`
}

func wayOf(w intake.State) wayView {
	return wayView{w.Name, w.Kind, timeOrNone(w.Looked), w.Waiting, w.Taken, timeOrNone(w.Last), w.Failed, w.Problem}
}

// toolView is a program that papers are read with.
type toolView struct {
	Name    string `json:"name"`
	Present bool   `json:"present"`
}

// rulesView are the policies in force.
type rulesView struct {
	Hash        string `json:"hash"`
	Rules       int    `json:"rules"`
	Pairs       int    `json:"pairs"`
	Departments int    `json:"departments"`
	Registers   int    `json:"registers"`
	DocTypes    int    `json:"doctypes"`
	Procedures  int    `json:"procedures"`
}

func rulesOf(hash string, c policies.Counts) rulesView {
	return rulesView{hash, c.Rules, c.Pairs, c.Departments, c.Registers, c.DocTypes, c.Procedures}
}

func engineOf(e acl.EngineFacts) *engineView {
	return &engineView{e.Kind, bytesOrNone(e.Bytes), bytesOrNone(e.Free)}
}

// bytesOrNone is nil for what isn't known.
func bytesOrNone(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

func (s *Server) showSystem(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[systemView], error) {
	y, err := desk.System(ctx)
	if err != nil {
		return nil, err
	}
	v := systemView{
		Now: y.Now, Behind: y.Behind, Rebuilt: y.Rebuilt, Akten: y.Akten, Lag: y.Lag, Tools: []toolView{}, Others: []toolView{}, Ways: []wayView{}, Policies: rulesOf(y.Hash, y.Rules), Users: y.Users, Events: y.Events,
		Sources: y.Sources, Types: typesView(y.Types),
	}
	if y.Known {
		v.Version, v.Revision, v.Started, v.Languages = y.Version, y.Revision, timeOrNone(y.Started), y.Languages
		v.Sandbox, v.Scanner = y.Sandbox, y.Scanner
		v.Ways = each(y.Ways, wayOf)
		v.Store, v.Objects, v.Index = engineOf(y.Store), engineOf(y.Objects), engineOf(y.Index)
		v.Documents, v.Persons, v.Tools = y.Documents, y.Persons, each(y.Tools, func(t acl.Tool) toolView { return toolView(t) })
		v.Others = each(y.Others, func(t acl.Tool) toolView { return toolView(t) })
	}
	return &answer[systemView]{v}, nil
}
