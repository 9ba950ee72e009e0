package acl

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/index"
	"eakte/policies"
)

// loan is a right in one Akte that the subject holds for a time, beside what her own pairs give her: she may do there
// what a pair that isn't hers may, or less. It is decided by that pair's rules as they are, where that pair's department
// takes part, whichever team keeps the Akte. It lends no capability.
type loan struct {
	akte archive.AkteID
	pair archive.Pair
	// rule names it in the trail, "grant:ID".
	rule string
	// grant and until, or breakGlass and ends, are what a reader is told of it.
	grant      archive.GrantID
	until      string
	breakGlass archive.BreakGlassID
	ends       time.Time
	// emergency says that no seal opens to it, though she be a named reader, and that no case counts.
	emergency bool
	// inspects says that it is data protection's inspection, which no other pair's rules bound, and by which nothing is found.
	inspects bool
	// registers and classifications are all it reaches; actions are those on registers that it lets her do.
	registers, classifications, actions []string
}

// reaches reports whether the loan speaks of the action on the object at all.
func (l loan) reaches(action string, o object) bool {
	return slices.Contains(l.actions, action) && slices.Contains(l.registers, o.register) &&
		slices.Contains(l.classifications, o.classification)
}

// loansOf finds what the subject holds in an Akte now; in all of them where none is named. Who reads no Akten by a pair
// of her own holds nothing, but for who inspects them.
func (d *Desk) loansOf(r archive.Reader, akte archive.AkteID) ([]loan, error) {
	if r == nil {
		return nil, nil
	}
	held, err := d.inspections(r, akte)
	if err != nil || !d.guard.reads(d.subject.Pairs) {
		return held, err
	}
	grants, err := d.grantsHeld(r, akte)
	if err != nil {
		return nil, err
	}
	broken, err := d.brokenGlass(r, akte)
	return slices.Concat(grants, broken, held), err
}

// held is what the subject holds in the Akte; nothing where that can't be found out, or where a seal shuts her out: that is
// asked before any loan is. She who seeks access through one of her pairs alone holds nothing.
func (a *access) held() []loan {
	if !a.asked {
		a.asked = true
		if a.barred(a.akte.Sealed) {
			return nil
		}
		if loans, err := a.desk.loansOf(a.reader, a.akte.ID); err == nil {
			a.loans = loans
		}
	}
	return a.loans
}

// opens reports whether the loan reaches the register today: its pair's department takes part, for any of its teams. Who
// inspects is of none that does.
func (a *access) opens(l loan, register string) bool {
	return !(l.emergency && a.akte.Sealed.Holds(a.day)) && (l.inspects || a.open(l.pair, register))
}

// open reports whether the pair's department takes part in the register today.
func (a *access) open(p archive.Pair, register string) bool {
	return slices.ContainsFunc(a.akte.Participations(), func(part archive.Participation) bool {
		return part.Department == p.Department && part.Covers(register, a.day)
	})
}

// lent decides an action by what the subject holds for a time.
func (a *access) lent(action string, o object) verdict {
	if a.barred(o.sealed) {
		return verdict{}
	}
	for _, l := range a.held() {
		if !l.reaches(action, o) || !a.opens(l, o.register) || l.emergency && o.sealed.Holds(a.day) {
			continue
		}
		if l.inspects || a.desk.guard.Table.Decide(a.requestBy(l, action, o)).Allow {
			return verdict{Decision{Allow: true, Rule: l.rule}, l.pair}
		}
	}
	return verdict{}
}

// requestBy is request by a loan.
func (a *access) requestBy(l loan, action string, o object) Request {
	q := a.request(action, o, l.pair)
	q.MatchingCase = q.MatchingCase && !l.emergency
	return q
}

// lentHead is by what the subject may learn that something is in the register though none of her pairs lets her; in any
// register where none is named.
func (a *access) lentHead(register string) verdict {
	for _, l := range a.held() {
		for _, key := range l.registers {
			heads := l.inspects || a.desk.guard.headRegisters[l.pair][key]
			if (register == "" || register == key) && heads && a.opens(l, key) {
				return verdict{Decision{Allow: true, Rule: l.rule}, l.pair}
			}
		}
	}
	return verdict{}
}

// knows reports whether there is a purpose for which the subject might learn that something is in the register.
func (a *access) knows(register string) bool {
	return slices.ContainsFunc(a.desk.subject.Pairs, func(p archive.Pair) bool {
		return a.desk.guard.headRegisters[p][register] && a.takesPart(p, register)
	}) || a.lentHead(register).Allow
}

// addsLent decides whether the subject may put a paper into a register by what she holds. It counts as brought by the
// department in whose place she acts.
func (a *access) addsLent(register, classification string) verdict {
	for _, l := range a.held() {
		o := object{register: register, classification: classification, broughtBy: l.pair.Department}
		if v := a.lent(policies.ActWrite, o); v.Allow {
			return v
		}
	}
	return verdict{}
}

// bringers are the departments whose papers the subject might see because they are theirs, and none.
func (a *access) bringers() []string {
	out := append(a.desk.subject.departments(), "")
	for _, l := range a.held() {
		out = append(out, l.pair.Department)
	}
	return out
}

// findsLent adds to what the subject finds what she holds in single Akten, each for the purpose that counts there.
func (d *Desk) findsLent(r archive.Reader, rights *index.Rights) error {
	loans, err := d.loansOf(r, "")
	if err != nil || len(loans) == 0 {
		return err
	}
	made := map[string][]string{} // alike loans in many Akten share one list
	for _, l := range loans {
		if l.inspects {
			continue
		}
		a := &access{desk: d, reader: r, akte: archive.Akte{ID: l.akte}, day: d.guard.today()}
		if err := a.state(r); err != nil {
			return err
		}
		key := l.key(a)
		if made[key] == nil {
			made[key] = a.loanTokens(l)
		}
		if own := rights.Within[l.akte]; own != nil {
			rights.Within[l.akte] = slices.Concat(own, made[key])
		} else {
			rights.Within[l.akte] = made[key]
		}
	}
	return nil
}

// loanTokens are those by which a loan's documents are found for the purpose of the access.
func (a *access) loanTokens(l loan) (out []string) {
	g := a.desk.guard
	for _, register := range l.registers {
		for _, class := range l.classifications {
			o := object{register: register, classification: class, broughtBy: l.pair.Department}
			ask := a.requestBy(l, policies.ActRead, o)
			if !l.reaches(policies.ActRead, o) || !g.Table.Decide(ask).Allow {
				continue
			}
			ask.OwnBrought = false
			grant := index.Grant{
				Department: l.pair.Department, AllTeams: true, Register: register, Classification: class,
				OwnOnly: !g.Table.Decide(ask).Allow,
			}
			out = append(out, grant.Tokens(l.reader(a.desk))...)
		}
	}
	return out
}

// reader is who is named by tokens that open what is sealed to its named readers: nobody in an emergency.
func (l loan) reader(d *Desk) archive.UserID {
	if l.emergency {
		return ""
	}
	return d.subject.User
}

// key is the same for loans that give the same tokens for a purpose.
func (l loan) key(a *access) string {
	parts := []string{fmt.Sprint(l.emergency), l.pair.Role, l.pair.Department, a.request("", object{}, l.pair).Purpose, a.procedure}
	for _, list := range [][]string{l.registers, l.classifications, l.actions} {
		parts = append(append(parts, "|"), list...)
	}
	return strings.Join(parts, "\x00")
}

// findsLentPersons adds to what the subject finds the persons of the Akten in which she holds something. Whether that
// reaches anything is decided with every hit.
func (d *Desk) findsLentPersons(r archive.Reader, rights *index.Rights) error {
	loans, err := d.loansOf(r, "")
	if err != nil || len(loans) == 0 {
		return err
	}
	rights.Within = map[archive.AkteID][]string{}
	for _, l := range loans {
		if l.inspects {
			continue
		}
		rights.Within[l.akte] = append(rights.Within[l.akte], index.Lent(l.reader(d))...)
	}
	return nil
}

// loansIn names what the subject held for a time without which she would not have found some hits.
func loansIn(hits []Hit) (out []string) {
	for _, h := range hits {
		if lentRule(h.rule) && !slices.Contains(out, h.rule) {
			out = append(out, h.rule)
		}
	}
	return out
}

// lentRule reports whether a rule's ID names something that is held for a time.
func lentRule(id string) bool {
	return strings.HasPrefix(id, grantRule) || strings.HasPrefix(id, breakGlassRule) || strings.HasPrefix(id, inspectionRule)
}

// LentView tells a reader what she holds in an Akte for a time.
type LentView struct {
	// Grant is there where it is a grant, with its last day in Until. Writes says that she may write by it.
	Grant  archive.GrantID
	Writes bool
	Until  string
	// BreakGlass is there where it is a break-glass access, which ends at Ends, or an inspection.
	BreakGlass archive.BreakGlassID
	Ends       time.Time
	Inspection bool
}

func (l loan) view() LentView {
	return LentView{l.grant, slices.Contains(l.actions, policies.ActWrite), l.until, l.breakGlass, l.ends, l.inspects}
}

// lentView is what opens the Akte to the subject; nil where one of her own pairs does.
func (a *access) lentView() *LentView {
	head := a.head()
	for _, l := range a.held() {
		if l.rule == head.Rule {
			view := l.view()
			return &view
		}
	}
	return nil
}

// LentAkte is an Akte in which somebody holds something for a time.
type LentAkte struct {
	AkteHead
	LentView
}

// dayLent is how many Akten a day shows that are open to the subject for a time.
const dayLent = 20

// lentAkten finds the Akten in which the subject holds something, those of the newest loans first.
func (d *Desk) lentAkten(r archive.Reader) (out []LentAkte, err error) {
	loans, err := d.loansOf(r, "")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(loans, func(a, b loan) int { return strings.Compare(b.rule, a.rule) })
	for _, l := range loans {
		if len(out) == dayLent {
			break
		}
		if slices.ContainsFunc(out, func(o LentAkte) bool { return o.ID == l.akte }) {
			continue
		}
		heads, err := d.headsOf(r, l.akte)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			out = append(out, LentAkte{h, l.view()})
		}
	}
	return out, nil
}
