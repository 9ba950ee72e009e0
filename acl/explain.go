package acl

import (
	"context"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Question asks what somebody may do in an Akte, and by which rule.
type Question struct {
	// User is a sign-in name.
	User string
	// Akte is a reference number; for an operator on the machine its ID, too.
	Akte string
	// Register and Classification narrow the answer; empty: all.
	Register, Classification string
	// Action is one of [policies.RegisterActions].
	Action string
	// Purpose is a code or "case:ID"; empty: whatever it takes.
	Purpose string
	// Procedure is a kind of case, as if one that is open were stated; empty: none. It takes the place of Purpose.
	Procedure string
	// At is a day, "2026-12-24", or a time on one, "2026-12-24T21:30", by the authority's clock; empty: now. Rules of the
	// past are those that were in force then; who took part is what is recorded today.
	At string
}

// Obstacles and notes of an [Answer].
const (
	// ObstacleSealed: a seal lies on the Akte, and she is none of its readers.
	ObstacleSealed = "sealed"
	// ObstacleConflict: a conflict of interest keeps the account from the person.
	ObstacleConflict = "conflict"
	// ObstacleNoPair: the account has no role.
	ObstacleNoPair = "no_pair"
	// ObstacleNoPart: the pair's department takes no part.
	ObstacleNoPart = "no_part"
	// ObstacleRegister: it takes part in other registers.
	ObstacleRegister = "part_register"
	// ObstacleEnded: its part has ended; the detail is the last day.
	ObstacleEnded = "part_ended"
	// ObstacleTeam: the Akte is kept by another team; the detail is that team.
	ObstacleTeam = "team"
	// ObstacleNoRule: no rule allows it the pair.
	ObstacleNoRule = "no_rule"
	// ObstacleDenied: a rule denies it; the detail is the rule.
	ObstacleDenied = "denied"
	// ObstaclePurpose: not for the purpose that was named; see [Explanation.When].
	ObstaclePurpose = "purpose"
	// ObstacleCase: the case is closed, or of another Akte.
	ObstacleCase = "case"
	// ObstacleClosed: the Akte is closed: it is only read.
	ObstacleClosed = "closed"
	// NoteDisabled: the account is closed.
	NoteDisabled = "disabled"
	// NoteHours: people aren't at work then. It forbids nothing; the trail marks it.
	NoteHours = "hours"
	// NotePast: who took part then isn't known; the answer goes by what is recorded today.
	NotePast = "past"
)

// Obstacle is what stands in the way.
type Obstacle struct {
	Code string
	// Pair is the one it stands in the way of; zero: of all.
	Pair   archive.Pair
	Detail string
}

// Answer is that to a [Question].
type Answer struct {
	User   archive.User
	Akte   archive.AkteID
	Number string
	// Day is the one it is about.
	Day string
	// Version is that of the access rules, 0 where they are those of the folder, and Hash names the policies.
	Version int
	Hash    string
	// SeesHead says that she knows of the Akte at all, Notes what holds whatever the register.
	SeesHead bool
	Notes    []string
	Rows     []Explanation
}

// Explanation says whether somebody may do something with documents of a register and classification.
type Explanation struct {
	Register, Classification string
	Allowed                  bool
	// OwnOnly says that it is allowed only with what a department of hers brought in.
	OwnOnly bool
	// When is under which circumstances it is allowed, whatever purpose was named; none: under none.
	When []Circumstance
	// Rule decides; empty: no rule speaks of it. Text says what it says, Note what stands beside it, File and Line where.
	Rule string
	Text policies.Label
	Note string
	File string
	Line int
	// Through is the pair that it is allowed to.
	Through archive.Pair
	// Obstacles are what stands in the way where it isn't allowed.
	Obstacles []Obstacle
}

// CaseOnly reports whether each of the circumstances takes a matching case.
func (e Explanation) CaseOnly() bool {
	return len(e.When) > 0 && !slices.ContainsFunc(e.When, func(c Circumstance) bool { return !c.Case })
}

// Explain answers an officer's question. She chooses an Akte by its number alone and learns nothing of it but what the
// question is about; one that is sealed and not hers to read, or of whose person a conflict of interest keeps her, is
// [archive.ErrNotFound], as if there were none. It is recorded with the Akte.
func (d *Desk) Explain(ctx context.Context, q Question) (Answer, error) {
	tried := act{op: audit.OpPolicyExplain}
	v, ok := d.able(policies.ActRulesRead)
	if !ok {
		return Answer{}, d.refused(ctx, tried, ErrDenied)
	}
	var out Answer
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		id, err := r.AkteByNumber(strings.TrimSpace(q.Akte))
		if err != nil {
			return act{}, err
		}
		akte, err := r.Akte(id)
		if err != nil {
			return act{}, err
		}
		if akte.Sealed.Bars(d.subject.User, d.guard.today()) || d.conflicted(r, akte.Person) {
			return act{}, archive.ErrNotFound
		}
		if out, err = d.guard.answer(r, akte, q); err != nil {
			return act{}, err
		}
		done := tried
		done.object, done.verdict, done.register = "akte/"+string(id), v, q.Register
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{akte.Person}
		done.detail = &audit.Detail{Act: map[string]any{"user": out.User.ID, "action": q.Action, "day": out.Day, "address": d.subject.Address}}
		return done, nil
	})
	return out, err
}

// Explain answers an operator on the machine, who has the data folder in her hands anyway. It opens nothing.
func (g *Guard) Explain(ctx context.Context, q Question) (Answer, error) {
	var out Answer
	err := g.Store.View(ctx, func(r archive.Reader) error {
		id, err := r.AkteByNumber(q.Akte)
		if isNotFound(err) {
			id, err = archive.ParseID[archive.AkteID](q.Akte)
		}
		if err != nil {
			return err
		}
		akte, err := r.Akte(id)
		if err != nil {
			return err
		}
		if _, err := r.UserByName(q.User); err != nil {
			return err
		}
		out, err = g.inForce.Load().answer(r, akte, q)
		return err
	})
	return out, err
}

// answer decides as the door does, for a day and a purpose that may be others than those of the moment.
func (g *Guard) answer(r archive.Reader, akte archive.Akte, q Question) (out Answer, err error) {
	day, at, err := g.moment(q.At)
	if err != nil {
		return out, err
	}
	if err := q.check(g.Policies); err != nil {
		return out, err
	}
	user, err := r.UserByName(strings.TrimSpace(q.User))
	if isNotFound(err) {
		err = &archive.FieldError{Pointer: "/user", Code: "unknown"}
	}
	if err != nil {
		return out, err
	}
	out = Answer{User: user, Akte: akte.ID, Number: akte.Number, Day: day}
	out.Notes = g.notes(user, day, at, q.At)
	if g, out.Version, err = g.ruledAt(r, at); err != nil {
		return out, err
	}
	out.Hash = g.Policies.Hash()
	then := *g // to which it is that day: parts and grants end
	then.Now = func() time.Time { return at }
	desk := &Desk{guard: &then, subject: Subject{User: user.ID, Name: user.Name, Pairs: user.Roles, Teams: user.Teams, Purpose: q.Purpose}}
	a, err := desk.stand(r, akte.ID)
	if err != nil {
		return out, err
	}
	if q.Procedure != "" {
		a.stated, a.procedure, a.purpose = policies.PurposeCase, q.Procedure, nil
	}
	out.SeesHead = a.seesHead()
	for _, register := range g.Policies.Registers() {
		for _, class := range g.Policies.Classifications() {
			if (q.Register == "" || q.Register == register.Key) && (q.Classification == "" || q.Classification == class.Key) {
				out.Rows = append(out.Rows, a.explain(q, register.Key, class.Key))
			}
		}
	}
	return out, nil
}

// check refuses what the policies don't know.
func (q Question) check(set *policies.Set) error {
	unknown := func(pointer string) error { return &archive.FieldError{Pointer: pointer, Code: "unknown"} }
	if _, ok := set.Register(q.Register); q.Register != "" && !ok {
		return unknown("/register")
	}
	if _, ok := set.Classification(q.Classification); q.Classification != "" && !ok {
		return unknown("/classification")
	}
	if !slices.Contains(policies.RegisterActions(), q.Action) {
		return unknown("/action")
	}
	if _, ok := set.Procedure(q.Procedure); q.Procedure != "" && !ok {
		return unknown("/procedure")
	}
	if q.Purpose == "" || isCasePurpose(q.Purpose) {
		return nil
	}
	if _, ok := set.Purpose(q.Purpose); !ok {
		return unknown("/purpose")
	}
	return nil
}

// moment reads a day, or a time on one; a day alone is meant from its beginning on, today now.
func (g *Guard) moment(given string) (day string, at time.Time, err error) {
	now := g.Now().In(g.Zone)
	if given == "" {
		return now.Format(time.DateOnly), now, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04"} {
		if at, err = time.ParseInLocation(layout, given, g.Zone); err == nil {
			day = at.Format(time.DateOnly)
			if given == now.Format(time.DateOnly) {
				at = now
			}
			return day, at, nil
		}
	}
	return "", at, &archive.FieldError{Pointer: "/at", Code: "format", Detail: `use "2026-12-24" or "2026-12-24T21:30"`}
}

// ruledAt returns a guard that goes by the rules that were in force at a time, and their number: for times to come by
// those in force now.
func (g *Guard) ruledAt(r archive.Reader, at time.Time) (*Guard, int, error) {
	present := 0
	if p, err := r.PolicyInForce(); err == nil {
		present = p.Number
		if p.InForce(at) || at.After(g.Now()) {
			return g, present, nil
		}
	} else if !isNotFound(err) {
		return nil, 0, err
	}
	for row, err := range r.Policies("") {
		if err != nil {
			return nil, 0, err
		}
		if !row.Value.InForce(at) {
			continue
		}
		made, err := g.ruling(row.Value)
		if err != nil {
			return nil, 0, err
		}
		return under(withRules(g.Config, made), g.shared), row.Value.Number, nil
	}
	return g, present, nil
}

// notes tell what is to know beside the rules.
func (g *Guard) notes(u archive.User, day string, at time.Time, given string) (out []string) {
	if u.Disabled {
		out = append(out, NoteDisabled)
	}
	if given != "" && day < g.today() {
		out = append(out, NotePast)
	}
	if works := g.Policies.AtWork(at); !works && strings.Contains(given, "T") || !works && given == "" {
		out = append(out, NoteHours)
	}
	return out
}

// explain decides one cell, and looks for the weakest circumstances under which the action is allowed.
func (a *access) explain(q Question, register, class string) Explanation {
	e := Explanation{Register: register, Classification: class}
	var said Decision
	e.When = weakest(a.desk.guard.Policies, func(purpose string, matching, own bool) bool {
		v := a.probe(q.Action, register, class, purpose, matching, own)
		if said.Rule == "" || v.Allow && !said.Allow {
			said, e.Through = v.Decision, v.pair
		}
		return v.Allow
	})
	if q.Purpose == "" && q.Procedure == "" {
		e.Allowed = len(e.When) > 0
		e.OwnOnly = e.Allowed && !slices.ContainsFunc(e.When, func(c Circumstance) bool { return !c.Own })
	} else if a.purpose == nil {
		e.OwnOnly = true
		for _, own := range []bool{true, false} {
			if v := a.says(q.Action, register, class, own); v.Allow {
				e.Allowed, e.OwnOnly, said, e.Through = true, own, v.Decision, v.pair
			} else if !e.Allowed && v.Rule != "" {
				said = v.Decision
			}
		}
		e.OwnOnly = e.OwnOnly && e.Allowed
	}
	if e.Allowed && a.akte.State != archive.AkteOpen && q.Action != policies.ActRead && q.Action != policies.ActExist {
		e.Allowed, e.Obstacles = false, []Obstacle{{Code: ObstacleClosed}}
	}
	e.Rule = said.Rule
	e.Text = inWords(a.desk.guard.Policies, said.Rule)
	if rule, ok := a.desk.guard.Policies.Rule(said.Rule); ok {
		e.Note, e.File, e.Line = rule.Note, rule.File, rule.Line
	}
	if !e.Allowed {
		e.Through = archive.Pair{}
		e.Obstacles = append(e.Obstacles, a.obstacles(q, e)...)
	}
	return e
}

// probe is what the door says under other circumstances than those of the moment.
func (a *access) probe(action, register, class, purpose string, matching, own bool) verdict {
	other := *a
	other.stated, other.purpose, other.procedure = purpose, nil, ""
	if matching {
		set := a.desk.guard.Policies
		for _, p := range set.Procedures() {
			if set.CaseTouches(p.Key, register) {
				other.procedure = p.Key
				break
			}
		}
		if other.procedure == "" {
			return verdict{}
		}
	}
	return other.says(action, register, class, own)
}

// says is what the door says of a document that a department of hers brought in, or another one.
func (a *access) says(action, register, class string, own bool) (v verdict) {
	if !own {
		return a.may(action, object{register: register, classification: class})
	}
	for _, department := range a.bringers() {
		said := a.may(action, object{register: register, classification: class, broughtBy: department})
		if said.Allow {
			return said
		}
		if v.Rule == "" {
			v = said
		}
	}
	return v
}

// obstacles says what stands in the way of each of the subject's pairs.
func (a *access) obstacles(q Question, e Explanation) (out []Obstacle) {
	if a.conflict {
		return []Obstacle{{Code: ObstacleConflict}}
	}
	if a.barred(a.akte.Sealed) {
		return []Obstacle{{Code: ObstacleSealed, Detail: a.akte.Sealed.Until}}
	}
	if a.purpose != nil && (q.Purpose != "" || q.Procedure != "") {
		return []Obstacle{{Code: ObstacleCase}}
	}
	if len(e.When) > 0 {
		if len(e.Obstacles) == 0 {
			out = append(out, Obstacle{Code: ObstaclePurpose})
		}
		return out
	}
	if len(a.desk.subject.Pairs) == 0 {
		return []Obstacle{{Code: ObstacleNoPair}}
	}
	for _, p := range a.desk.subject.Pairs {
		found, part := a.partless(p, e.Register)
		if part || q.Action == policies.ActFile && a.desk.guard.filesAnywhere(p) {
			found = Obstacle{Code: ObstacleNoRule}
			if rule, denied := a.denies(p, q.Action, e); denied {
				found.Code, found.Detail = ObstacleDenied, rule
			}
		}
		found.Pair = p
		out = append(out, found)
	}
	return out
}

// partless says why a pair takes no part in a register; true where it does.
func (a *access) partless(p archive.Pair, register string) (Obstacle, bool) {
	why := Obstacle{Code: ObstacleNoPart}
	for _, part := range a.akte.Participations() {
		switch {
		case part.Department != p.Department:
		case part.Covers(register, a.day) && a.inTeam(p, part.Team):
			return Obstacle{}, true
		case part.Covers(register, a.day):
			why = Obstacle{Code: ObstacleTeam, Detail: part.Team}
		case part.Until != "" && part.Until < a.day && part.Covers(register, part.Until):
			why = Obstacle{Code: ObstacleEnded, Detail: part.Until}
		case why.Code == ObstacleNoPart:
			why = Obstacle{Code: ObstacleRegister}
		}
	}
	return why, false
}

// denies finds a rule that denies the pair what another one may allow it.
func (a *access) denies(p archive.Pair, action string, e Explanation) (rule string, ok bool) {
	for _, r := range a.desk.guard.Policies.Rules() {
		if r.Deny && r.Role == p.Role && slices.Contains(r.Departments, p.Department) && slices.Contains(r.Actions, action) &&
			slices.Contains(r.Registers, e.Register) && slices.Contains(r.Classifications, e.Classification) {
			return r.ID, true
		}
	}
	return "", false
}
