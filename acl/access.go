package acl

import (
	"errors"
	"slices"

	"eakte/archive"
	"eakte/policies"
)

// access is what a subject may do in one Akte, as the records of one transaction and the
// rules say.
type access struct {
	desk   *Desk
	reader archive.Reader
	akte   archive.Akte
	day    string
	// loans are what the subject holds here for a time, once that was asked for: see held.
	loans []loan
	asked bool
	// absent are those for whom the subject stands in, once that was looked for: see standsIn.
	absent []standIn
	looked bool
	// parts are the Akte's participations, made when they are first asked for.
	parts []archive.Participation
	// procedure is that of the case named as purpose, if it is an open case of this Akte.
	procedure string
	// conflict says that a conflict of interest keeps the subject from the person, whatever else lets her in.
	conflict bool
	// stated is the purpose that counts here, valid or not; purpose is nil when it is valid.
	stated  string
	purpose error
}

// verdict is a decision with the pair through which access was sought.
type verdict struct {
	Decision
	pair archive.Pair
}

// object is what a decision about a document depends on beside its Akte.
type object struct {
	register, classification, broughtBy string
	sealed                              *archive.Seal
}

func objectOf(d archive.Document) object {
	return object{d.Register, d.Classification, d.BroughtBy, d.Sealed}
}

// enter returns the subject's access to an Akte of which she may see at least the head:
// [archive.ErrNotFound] else. That a purpose is missing is left to [access.mustState].
func (d *Desk) enter(r archive.Reader, id archive.AkteID) (*access, error) {
	a, err := d.stand(r, id)
	if err != nil {
		return nil, err
	}
	if !a.seesHead() {
		return nil, archive.ErrNotFound
	}
	return a, nil
}

// stand is enter without the question whether the head may be seen, for acts that have
// rules of their own, such as filing.
func (d *Desk) stand(r archive.Reader, id archive.AkteID) (*access, error) {
	if d.outside(id) {
		return nil, archive.ErrNotFound
	}
	akte, err := r.Akte(id)
	if err != nil {
		return nil, err
	}
	if akte.State == archive.AkteErasing {
		return nil, archive.ErrNotFound
	}
	a := d.at(r, akte)
	if err := a.state(r); err != nil {
		return nil, err
	}
	if d.inside != "" && !a.seesHead() {
		return nil, archive.ErrNotFound
	}
	return a, nil
}

// at is stand for an Akte that was read already, where no purpose counts.
func (d *Desk) at(r archive.Reader, akte archive.Akte) *access {
	gone := akte.State == archive.AkteErasing // nobody sees any more that it was there
	return &access{desk: d, reader: r, akte: akte, day: d.guard.today(), conflict: gone || d.conflicted(r, akte.Person)}
}

// state looks at the purpose. A case of another Akte, a closed one and none at all are the
// same: no purpose.
func (a *access) state(r archive.Reader) error {
	a.stated = a.desk.subject.purposeIn(a.akte.ID)
	id, named := caseOf(a.stated)
	if !named {
		if _, ok := a.desk.guard.Policies.Purpose(a.stated); !ok {
			a.purpose = ErrPurpose
		}
		return nil
	}
	c, err := r.Case(id)
	switch {
	case errors.Is(err, archive.ErrNotFound):
		a.purpose = ErrPurpose
	case err != nil:
		return err
	case c.Akte != a.akte.ID || c.State != "open":
		a.purpose = ErrPurpose
	default:
		a.procedure = c.Procedure
	}
	return nil
}

// mustState is ErrPurpose unless a valid purpose was stated.
func (a *access) mustState() error { return a.purpose }

// takesPart reports whether the Akte is open to the pair in the register today.
func (a *access) takesPart(p archive.Pair, register string) bool {
	if a.parts == nil {
		a.parts = a.akte.Participations()
	}
	for _, part := range a.parts {
		if part.Department == p.Department && part.Covers(register, a.day) && a.inTeam(p, part.Team) {
			return true
		}
	}
	return false
}

// inTeam reports whether an Akte kept by the team is the pair's.
func (a *access) inTeam(p archive.Pair, team string) bool {
	if team == "" || slices.Contains(a.desk.subject.Teams, team) {
		return true
	}
	pair, ok := a.desk.guard.Policies.Pair(p.Role, p.Department)
	return ok && pair.AllTeams || a.standsIn(p, team)
}

// barred reports whether a seal or a conflict of interest shuts the subject out. It comes before every right.
func (a *access) barred(s *archive.Seal) bool {
	return a.conflict || s.Bars(a.desk.subject.User, a.day)
}

// barredBy names what shuts her out.
func (a *access) barredBy() string {
	if a.conflict {
		return "conflict"
	}
	return "sealed"
}

// through returns the same access sought through one pair alone.
func (a *access) through(p archive.Pair) *access {
	one, alone := *a.desk, *a
	one.subject.Pairs = []archive.Pair{p}
	alone.desk, alone.loans, alone.asked = &one, nil, true
	return &alone
}

// seesHead reports whether there is any register of the Akte of which the subject may
// learn that something is there.
func (a *access) seesHead() bool { return a.head().Allow }

// head is seesHead with the pair through which it is so.
func (a *access) head() verdict {
	if a.barred(a.akte.Sealed) {
		return verdict{Decision: Decision{Rule: a.barredBy()}}
	}
	for _, p := range a.desk.subject.Pairs {
		for register := range a.desk.guard.headRegisters[p] {
			if a.takesPart(p, register) {
				return verdict{Decision{Allow: true, Rule: "head"}, p}
			}
		}
	}
	return a.lentHead("")
}

// may decides an action on an object of the Akte. The first pair that allows it wins, then what
// the subject holds for a time; a deny holds within its pair alone.
func (a *access) may(action string, o object) verdict {
	if a.barred(a.akte.Sealed) || a.barred(o.sealed) {
		return verdict{Decision: Decision{Rule: a.barredBy()}}
	}
	var last verdict
	for _, p := range a.desk.subject.Pairs {
		part := a.takesPart(p, o.register)
		if !part && !(action == policies.ActFile && a.desk.guard.filesAnywhere(p)) {
			continue
		}
		v := verdict{a.desk.guard.Table.Decide(a.request(action, o, p)), p}
		if v.Allow {
			return v
		}
		last = v
	}
	if v := a.lent(action, o); v.Allow {
		return v
	}
	return last
}

func (a *access) request(action string, o object, p archive.Pair) Request {
	purpose := a.stated
	if a.purpose != nil {
		purpose = ""
	} else if a.procedure != "" {
		purpose = policies.PurposeCase
	}
	return Request{
		Role: p.Role, Department: p.Department, Register: o.register, Classification: o.classification,
		Action: action, Purpose: purpose,
		MatchingCase: a.procedure != "" && a.desk.guard.Policies.CaseTouches(a.procedure, o.register),
		OwnBrought:   o.broughtBy == p.Department,
	}
}

// exists reports whether the subject may learn that documents are in the register, though
// she may not read them.
func (a *access) exists(o object) bool {
	return a.may(policies.ActExist, o).Allow
}

// document returns the verdict on an action upon a document: allowed, or the error that the
// subject gets.
func (a *access) document(action string, doc archive.Document) (verdict, error) {
	o := objectOf(doc)
	read := a.may(policies.ActRead, o)
	if !read.Allow {
		read = a.ownFiling(doc)
	}
	switch {
	case !read.Allow && a.exists(o):
		return read, ErrDenied
	case !read.Allow:
		return read, archive.ErrNotFound
	case a.mustState() != nil:
		return read, ErrPurpose
	case action == policies.ActRead:
		return read, nil
	}
	if v := a.may(action, o); !v.Allow {
		return v, ErrDenied
	} else if a.akte.State != archive.AkteOpen {
		return v, ErrDenied
	} else {
		return v, nil
	}
}

// lookBack is how long the mail room sees again what it filed.
const lookBack = 24 // hours

// ownFiling is the mail room's look back: what the subject filed herself out of a basket of
// her department, until the receiving department opened it, at most 24 hours.
func (a *access) ownFiling(doc archive.Document) verdict {
	g := a.desk.guard
	if doc.FiledBy != a.desk.subject.User || doc.FiledFrom == "" || !doc.OpenedAt.IsZero() ||
		g.Now().Sub(doc.Created).Hours() >= lookBack || a.barred(a.akte.Sealed) || a.barred(doc.Sealed) {
		return verdict{}
	}
	for _, p := range a.desk.subject.Pairs {
		if p.Department != doc.FiledFrom {
			continue
		}
		if v := g.capability(p, policies.ActReadFiled); v.Allow {
			return verdict{v, p}
		}
	}
	return verdict{}
}

// Able reports whether a pair has a capability by the rules in force.
func (g *Guard) Able(p archive.Pair, action string) bool { return g.inForce.Load().able(p, action) }

// able is Able by the guard's own rules.
func (g *Guard) able(p archive.Pair, action string) bool { return g.capability(p, action).Allow }

// capability decides an action that concerns no register.
func (g *Guard) capability(p archive.Pair, action string) Decision {
	return g.Table.Decide(Request{Role: p.Role, Department: p.Department, Action: action})
}

// filesAnywhere reports whether the pair files into Akten it takes no part in: the mail room.
func (g *Guard) filesAnywhere(p archive.Pair) bool {
	return g.capability(p, policies.ActReadFiled).Allow
}

// able returns the first of the subject's pairs that has the capability, within one of the
// departments if any are given.
func (d *Desk) able(action string, departments ...string) (verdict, bool) {
	for _, p := range d.subject.Pairs {
		if len(departments) > 0 && !slices.Contains(departments, p.Department) {
			continue
		}
		if v := d.guard.capability(p, action); v.Allow {
			return verdict{v, p}, true
		}
	}
	return verdict{}, false
}

// headRegisters finds for every pair the registers in which it may, for some purpose, learn
// that something is there: taking part in one of them shows the head of an Akte.
func headRegisters(set *policies.Set, table *Table) map[archive.Pair]map[string]bool {
	out := map[archive.Pair]map[string]bool{}
	for _, p := range set.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		out[pair] = map[string]bool{}
		for _, r := range set.Registers() {
			if table.ever(set, pair, r.Key, policies.ActRead, policies.ActExist) {
				out[pair][r.Key] = true
			}
		}
	}
	return out
}

// ever reports whether the pair may do one of the actions with anything in the register, whatever the
// purpose, case and origin.
func (t *Table) ever(set *policies.Set, p archive.Pair, register string, actions ...string) bool {
	for _, c := range set.Classifications() {
		for _, action := range actions {
			if t.sometimes(set, p, register, c.Key, action) {
				return true
			}
		}
	}
	return false
}

// sometimes is ever for one classification and action.
func (t *Table) sometimes(set *policies.Set, p archive.Pair, register, classification, action string) bool {
	q := Request{
		Role: p.Role, Department: p.Department, Register: register, Classification: classification, Action: action,
		MatchingCase: true, OwnBrought: true,
	}
	purposes := []string{"", policies.PurposeCase}
	for _, u := range set.Purposes() {
		purposes = append(purposes, u.Key)
	}
	for _, q.Purpose = range purposes {
		if t.Decide(q).Allow {
			return true
		}
	}
	return false
}
