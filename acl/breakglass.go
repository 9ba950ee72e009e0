package acl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/policies"
)

// Break-glass (Notzugriff) lets a caseworker read an Akte that her rights don't open, for an hour. What she sees is what the
// caseworkers of the department that leads the Akte see there of papers that are normal, without those that ask for a
// matching case: so never what is besonders or sicherheit, and never a register of which they know alone. Nothing that is
// sealed opens by it, not even to a named reader. She has to know whose Akte it is: by its number, or by name and day of
// birth that fit one person alone. Who leads the department and data protection are told on their next page.

const (
	breakGlassRule = "breakglass:"
	// breakGlassFor is how long it lasts.
	breakGlassFor = time.Hour
	// BreakGlassADay is how often somebody may do so in a day.
	BreakGlassADay = 3
	// plainClass is the classification of papers that aren't special in any way.
	plainClass = "normal"
	// breakGlassCounted is how many are looked at to count those that wait.
	breakGlassCounted = 200
)

// ErrBreakGlassLimit says that the subject broke the glass as often as she may in a day.
var ErrBreakGlassLimit = errors.New("break-glass: as often as allowed in a day")

// BreakGlassQuest says whose Akte is to be opened and why: its reference number, or the whole name and day of birth of
// the person.
type BreakGlassQuest struct {
	Number, Family, Given string
	BirthDate             archive.BirthDate
	Reason                string
}

// called is the name that was asked for.
func (q BreakGlassQuest) called() string { return strings.TrimSpace(q.Given + " " + q.Family) }

// check asks for enough to know one Akte by.
func (q BreakGlassQuest) check() error {
	if q.Number != "" {
		return nil
	}
	missing := ""
	switch {
	case q.called() == "":
		missing = "/aktenzeichen"
	case strings.TrimSpace(q.Family) == "":
		missing = "/family"
	case strings.TrimSpace(q.Given) == "":
		missing = "/given"
	case q.BirthDate.Precision() != "day" || q.BirthDate.Imputed():
		missing = "/birth_date"
	default:
		return nil
	}
	return &archive.FieldError{Pointer: missing, Code: "required"}
}

// brokenGlass finds what the subject opened by break-glass within the last hour as loans.
func (d *Desk) brokenGlass(r archive.Reader, akte archive.AkteID) (out []loan, err error) {
	now := d.guard.Now()
	broken, err := r.BreakGlassBy(d.subject.User, now.Add(-breakGlassFor))
	for _, b := range broken {
		if !b.Inspection && b.Holds(now) && (akte == "" || b.Akte == akte) {
			out = append(out, d.guard.emergency(b))
		}
	}
	return out, err
}

// emergency is what a break-glass access lends.
func (g *Guard) emergency(b archive.BreakGlass) loan {
	return loan{
		akte: b.Akte, pair: b.Through, rule: breakGlassRule + string(b.ID), breakGlass: b.ID, ends: b.Until, emergency: true,
		registers: g.plainRegisters(b.Through), classifications: []string{plainClass}, actions: granted(archive.GrantRead),
	}
}

// plainRegisters are those in which the pair reads papers that are normal, whether or not there is a matching case.
func (g *Guard) plainRegisters(p archive.Pair) (out []string) {
	for _, reg := range g.Policies.Registers() {
		q := Request{
			Role: p.Role, Department: p.Department, Register: reg.Key, Classification: plainClass, Action: policies.ActRead, OwnBrought: true,
		}
		reads := g.Table.Decide(q).Allow || slices.ContainsFunc(g.Policies.Purposes(), func(u policies.Term) bool {
			q.Purpose = u.Key
			return g.Table.Decide(q).Allow
		})
		if reads {
			out = append(out, reg.Key)
		}
	}
	return out
}

// caseworkers is the pair in whose place an Akte led by the department is read: the first there that may break the glass
// itself.
func (g *Guard) caseworkers(department string) (archive.Pair, bool) {
	for _, p := range g.Policies.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		if p.Department == department && g.Able(pair, policies.ActBreakGlass) {
			return pair, true
		}
	}
	return archive.Pair{}, false
}

// BreakGlass opens an Akte for an hour and to read. An Akte that isn't there, one that is sealed and one that can't be
// opened so are a [*archive.FieldError] alike, and recorded. [ErrBreakGlassLimit] after three in a day.
func (d *Desk) BreakGlass(ctx context.Context, q BreakGlassQuest) (archive.BreakGlass, error) {
	tried := act{op: audit.OpBreakGlass}
	v, ok := d.able(policies.ActBreakGlass)
	if !ok {
		return archive.BreakGlass{}, d.refused(ctx, tried, ErrDenied)
	}
	q.Number = strings.TrimSpace(q.Number)
	b := archive.BreakGlass{Reason: q.Reason}
	if err := errors.Join(q.check(), b.Normalise()); err != nil {
		return archive.BreakGlass{}, err
	}
	var named []index.PersonHit
	if q.Number == "" {
		var err error
		if named, err = d.named(ctx, q.called(), q.BirthDate, false); err != nil {
			return archive.BreakGlass{}, err
		}
	}
	id, _, err := d.create(ctx, tried, q, func(tx archive.Tx) (string, act, error) {
		if err := d.mayBreakAgain(tx); err != nil { // before it is asked what is there: else a guess past the limit would tell
			return "", act{}, err
		}
		akte, err := d.emergencyAkte(tx, q, named)
		if err != nil {
			return "", act{}, err
		}
		if b.Through, err = d.mayBreak(tx, akte); err != nil {
			return "", act{}, err
		}
		b.ID, b.Akte, b.User, b.At = archive.NewID[archive.BreakGlassID](), akte.ID, d.subject.User, d.guard.Now().UTC()
		b.Until = b.At.Add(breakGlassFor)
		done := tried.naming(akte.ID, akte.Person)
		done.object, done.verdict = "akte/"+string(akte.ID), v
		done.detail = &audit.Detail{Shared: map[string]any{"reason": b.Reason, "breakglass": b.ID, "until": b.Until, "through": b.Through}}
		return string(b.ID), done, tx.PutBreakGlass(b)
	})
	if err != nil {
		var field *archive.FieldError
		if errors.As(err, &field) || errors.Is(err, ErrBreakGlassLimit) { // a guess, perhaps
			err = d.record(ctx, tried, err)
		}
		return archive.BreakGlass{}, err
	}
	err = d.view(ctx, func(r archive.Reader) error {
		b, err = r.BreakGlass(archive.BreakGlassID(id))
		return err
	})
	return b, err
}

// noEmergency is said of an Akte that isn't there and of one that can't be opened so, alike.
func noEmergency() error { return &archive.FieldError{Pointer: "/aktenzeichen", Code: "no_emergency"} }

// emergencyAkte finds the one Akte that is meant.
func (d *Desk) emergencyAkte(r archive.Reader, q BreakGlassQuest, named []index.PersonHit) (archive.Akte, error) {
	if q.Number != "" {
		id, err := r.AkteByNumber(q.Number)
		if isNotFound(err) {
			return archive.Akte{}, noEmergency()
		}
		if err != nil {
			return archive.Akte{}, err
		}
		return r.Akte(id)
	}
	var ids []archive.PersonID
	for _, h := range named {
		ids = append(ids, h.Person)
	}
	found, err := d.locate(r, LocateQuery{Family: q.Family, Given: q.Given, BirthDate: q.BirthDate}, ids)
	if err != nil {
		return archive.Akte{}, err
	}
	found = slices.DeleteFunc(found, func(l Located) bool {
		return l.BirthDate.String() != q.BirthDate.String() || len(l.Akten) == 0
	})
	switch {
	case len(found) == 0:
		return archive.Akte{}, noEmergency()
	case len(found) > 1 || len(found[0].Akten) > 1:
		return archive.Akte{}, &archive.FieldError{Pointer: "/aktenzeichen", Code: "several"}
	}
	return r.Akte(found[0].Akten[0].ID)
}

// mayBreakAgain is [ErrBreakGlassLimit] once the subject did so as often as she may in a day.
func (d *Desk) mayBreakAgain(r archive.Reader) error {
	before, err := r.BreakGlassBy(d.subject.User, d.guard.midnight())
	before = slices.DeleteFunc(before, func(b archive.BreakGlass) bool { return b.Inspection })
	if err == nil && len(before) >= BreakGlassADay {
		next := d.guard.midnight().AddDate(0, 0, 1)
		err = &LimitError{err: ErrBreakGlassLimit, Wait: next.Sub(d.guard.Now())}
	}
	return err
}

// LimitError says that something was done as often as allowed, and how long it takes until it may be done again.
type LimitError struct {
	err  error
	Wait time.Duration
}

// Error implements error.
func (e *LimitError) Error() string { return "acl: " + e.err.Error() }

// Unwrap is which limit it is.
func (e *LimitError) Unwrap() error { return e.err }

// midnight is when the present day began.
func (g *Guard) midnight() time.Time {
	now := g.Now().In(g.Zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, g.Zone)
}

// mayBreak decides whether the subject may open the Akte so, and in whose place she reads then. That her own rights open it
// is said only where they do.
func (d *Desk) mayBreak(r archive.Reader, akte archive.Akte) (archive.Pair, error) {
	a := d.at(r, akte)
	pair, ok := d.guard.caseworkers(akte.Lead)
	if !ok || a.shut() {
		return archive.Pair{}, noEmergency()
	}
	registers := d.guard.plainRegisters(pair)
	gains := slices.ContainsFunc(registers, func(register string) bool {
		reach := a.reach(register)
		return reach != policies.ActRead && reach != policies.ActWrite
	})
	switch {
	case gains:
		return pair, nil
	case len(registers) > 0 && a.seesHead():
		return archive.Pair{}, &archive.FieldError{Pointer: "/aktenzeichen", Code: "open"}
	}
	return archive.Pair{}, noEmergency()
}

// shut reports whether nothing opens the Akte to the subject in an emergency: any seal, whoever may read under it.
func (a *access) shut() bool { return a.akte.Sealed.Holds(a.day) || a.barred(a.akte.Sealed) }
