package acl

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A conflict of interest keeps an account from a person's Akten: her own, a relative's, or another's. It acts on the
// account whatever its pairs, grants or substitutes are, and comes before all of them; even locating doesn't tell of the
// person, and a search asks the engine to leave her out. Whoever works with an Akte may say so of herself, and is kept
// from it at once. A lead of one of the account's departments notes others. Administration, and anybody of herself, says
// it in words for a lead to take up, since they must not learn whether there is an Akte. It ends by two leads' word.
// Nobody has a word on her own, nor on others' with the same person, and nobody is told of her own.

// conflicted reports whether a conflict of interest keeps the subject from a person. Where that can't be read it does.
func (d *Desk) conflicted(r archive.Reader, id archive.PersonID) bool {
	return inConflict(r, d.subject.User, id)
}

// inConflict is conflicted for any account.
func inConflict(r archive.Reader, user archive.UserID, id archive.PersonID) bool {
	barred, err := r.Barred(user, id)
	return barred || err != nil
}

// keptFrom is [archive.ErrNotFound] where a conflict of interest keeps the subject from a person.
func (d *Desk) keptFrom(r archive.Reader, id archive.PersonID) error {
	if d.conflicted(r, id) {
		return archive.ErrNotFound
	}
	return nil
}

// barredAkten are the Akten of those from whom a conflict of interest keeps the subject.
func (d *Desk) barredAkten(r archive.Reader) (out []archive.AkteID, err error) {
	persons, err := r.BarredFrom(d.subject.User)
	if err != nil {
		return nil, err
	}
	for _, id := range persons {
		akten, err := r.AktenOf(id)
		if err != nil {
			return nil, err
		}
		for _, a := range akten {
			out = append(out, a.ID)
		}
	}
	return out, nil
}

// besides is what waits to be indexed anew with some Akten more.
func besides(dirty archive.Dirty, akten []archive.AkteID) archive.Dirty {
	if len(akten) == 0 {
		return dirty
	}
	all := make(map[archive.AkteID]struct{}, len(dirty.Akten)+len(akten))
	maps.Copy(all, dirty.Akten)
	for _, id := range akten {
		all[id] = struct{}{}
	}
	dirty.Akten = all
	return dirty
}

// minds finds the pair through which the subject has the word on a conflict of interest of an account with a person: that
// of a lead of one of its departments. Where nobody leads one but besides, the account itself, and who must not know of
// the person either, any lead has it. person is empty where none is named yet.
func (d *Desk) minds(r archive.Reader, users []archive.User, u archive.User, person archive.PersonID, besides archive.UserID) (verdict, bool) {
	if u.ID == d.subject.User || besides == d.subject.User || person != "" && d.conflicted(r, person) {
		return verdict{}, false
	}
	var departments []string
	for _, p := range u.Roles {
		departments = append(departments, p.Department)
	}
	if v, ok := d.able(policies.ActGrant, departments...); ok {
		return v, true
	}
	v, ok := d.able(policies.ActGrant)
	return v, ok && !slices.ContainsFunc(users, func(o archive.User) bool {
		return o.ID != u.ID && o.ID != besides && d.guard.leads(o, departments) && (person == "" || !inConflict(r, o.ID, person))
	})
}

// trailBarred reports whether the trail is narrowed to somebody from whom a conflict of interest keeps the subject.
func (d *Desk) trailBarred(r archive.Reader, f archive.TrailFilter) (bool, error) {
	if f.Akte != "" {
		akte, err := r.Akte(f.Akte)
		if err != nil {
			return false, unlessMissing(err)
		}
		if barred, err := r.Barred(d.subject.User, akte.Person); err != nil || barred {
			return barred, err
		}
	}
	return r.Barred(d.subject.User, f.Person)
}

// ofReader reports whether others looked into what the officer herself did, or said that she has a conflict of interest:
// neither is there for her.
func (a *annotator) ofReader(l audit.Leaf) (bool, error) {
	reader := a.desk.subject.User
	if l.Actor == string(reader) {
		return false, nil
	}
	switch audit.Op(l.Op) {
	case audit.OpConflictReport, audit.OpConflictDecline:
		return l.Object == "user/"+string(reader), nil
	}
	if id, of := strings.CutPrefix(l.Object, incidentObject("")); of {
		i, err := a.reader.Incident(archive.IncidentID(id))
		return err == nil && i.Actor == reader, unlessMissing(err)
	}
	id, of := strings.CutPrefix(l.Object, findingObject(""))
	if !of {
		return false, nil
	}
	f, err := a.reader.Finding(archive.FindingID(id))
	return err == nil && f.Actor == reader, unlessMissing(err)
}

// barred reports whether an event is about somebody from whom a conflict of interest keeps the officer.
func (a *annotator) barred(l audit.Leaf) (bool, error) {
	if about, err := a.ofReader(l); err != nil || about {
		return about, err
	}
	if a.from == nil {
		persons, err := a.reader.BarredFrom(a.desk.subject.User)
		if err != nil {
			return false, err
		}
		a.from = append([]archive.PersonID{}, persons...)
	}
	if len(a.from) == 0 {
		return false, nil
	}
	if l.More > 0 {
		return true, nil // whom it names stands in its detail
	}
	if slices.ContainsFunc(l.Persons, func(id string) bool { return slices.Contains(a.from, archive.PersonID(id)) }) {
		return true, nil
	}
	for _, id := range l.Akten {
		akte, err := known(a.akten, id, a.reader.Akte)
		if err != nil {
			return false, err
		}
		if slices.Contains(a.from, akte.Person) {
			return true, nil
		}
	}
	return false, nil
}

// ReportConflict notes a conflict of interest of the subject's own with the person of an Akte whose head she sees. She is
// kept from all Akten of that person at once; undoing it takes two leads.
func (d *Desk) ReportConflict(ctx context.Context, id archive.AkteID, kind, reason string) error {
	c := archive.Conflict{Kind: kind, Reason: reason}
	if err := c.Normalise(); err != nil {
		return err
	}
	tried := act{op: audit.OpConflictLay, object: "akte/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, err := d.enter(tx, id)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.akten = a.head(), []archive.AkteID{id}
		c.User, c.Person = d.subject.User, a.akte.Person
		return d.layConflict(tx, done, c)
	})
}

// layConflict stores a new conflict and tells of it.
func (d *Desk) layConflict(tx archive.Tx, done act, c archive.Conflict) (act, error) {
	c.ID, c.By, c.At = archive.NewID[archive.ConflictID](), d.subject.User, d.guard.Now().UTC()
	done.persons = []archive.PersonID{c.Person}
	done.detail = &audit.Detail{Act: map[string]any{"conflict": c.ID}, Shared: map[string]any{"user": c.User, "kind": c.Kind, "reason": c.Reason}}
	return done, tx.PutConflict(c)
}

// ConflictAsk says whom a lead keeps from whom.
type ConflictAsk struct {
	User archive.UserID
	// Number is the reference number of an Akte of the person.
	Number       string
	Kind, Reason string
	// Report is one that it takes up; empty: none.
	Report archive.ConflictReportID
}

// LayConflict notes a conflict of interest of an account, for a lead of one of its departments, with the person of an
// Akte of which she may know at least as much as locating tells. It is in force at once. [ErrSecondPerson] for an account
// of data protection, unless it takes up what somebody else reported.
func (d *Desk) LayConflict(ctx context.Context, q ConflictAsk) error {
	c := archive.Conflict{User: q.User, Kind: q.Kind, Reason: q.Reason}
	if err := c.Normalise(); err != nil {
		return err
	}
	tried := act{op: audit.OpConflictLay, object: "user/" + string(q.User)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, err := d.minding(tx, q.User, "", "")
		if isNotFound(err) {
			err = &archive.FieldError{Pointer: "/user_id", Code: "unknown"}
		}
		if err != nil {
			return act{}, err
		}
		id, err := tx.AkteByNumber(q.Number)
		if err != nil {
			return act{}, unknownUnless(err)
		}
		akte, err := tx.Akte(id)
		if err != nil {
			return act{}, unknownUnless(err)
		}
		if err := d.knowsAkte(tx, akte); err != nil {
			return act{}, unknownUnless(err)
		}
		by, err := takenUp(tx, q)
		if err != nil {
			return act{}, err
		}
		if controls, err := d.controls(tx, q.User); err != nil || controls && (by == "" || by == d.subject.User) {
			return act{}, cmp.Or(err, ErrSecondPerson)
		}
		c.Person = akte.Person
		done := tried
		done.verdict, done.object = v, "person/"+string(c.Person)
		return d.layConflict(tx, done, c)
	})
}

// takenUp removes the report that is taken up, and returns whose it is; empty: none is.
func takenUp(tx archive.Tx, q ConflictAsk) (archive.UserID, error) {
	if q.Report == "" {
		return "", nil
	}
	report, err := tx.ConflictReport(q.Report)
	if err != nil {
		return "", err
	}
	if report.User != q.User {
		return "", archive.ErrNotFound
	}
	return report.By, tx.DeleteConflictReport(q.Report)
}

// controls reports whether an account is one of data protection. Nobody alone keeps its people from looking at what is
// done with somebody's data: a conflict of theirs is reported by one and noted by another.
func (d *Desk) controls(r archive.Reader, id archive.UserID) (bool, error) {
	u, err := r.User(id)
	return slices.ContainsFunc(u.Roles, func(p archive.Pair) bool { return d.guard.able(p, policies.ActTrailRead) }), err
}

// unknownUnless turns not found into a number that leads nowhere.
func unknownUnless(err error) error {
	if isNotFound(err) {
		return &archive.FieldError{Pointer: "/number", Code: "unknown"}
	}
	return err
}

// knowsAkte is [archive.ErrNotFound] for an Akte that the subject neither sees nor could locate.
func (d *Desk) knowsAkte(r archive.Reader, akte archive.Akte) error {
	a := d.at(r, akte)
	if a.seesHead() {
		return nil
	}
	if akte.State == archive.AkteErasing {
		return archive.ErrNotFound
	}
	if _, ok := d.able(policies.ActLocate); !ok || akte.Sealed.Holds(a.day) {
		return archive.ErrNotFound
	}
	_, err := d.knows(r, akte.Person)
	return err
}

// minding is minds for an account by its ID. An account that is none of
// hers and one that isn't there are [archive.ErrNotFound] alike.
func (d *Desk) minding(r archive.Reader, id archive.UserID, person archive.PersonID, besides archive.UserID) (verdict, error) {
	if _, ok := d.able(policies.ActGrant); !ok {
		return verdict{}, ErrDenied
	}
	users, err := r.Users()
	if err != nil {
		return verdict{}, err
	}
	i := slices.IndexFunc(users, func(u archive.User) bool { return u.ID == id })
	if i < 0 {
		return verdict{}, archive.ErrNotFound
	}
	v, ok := d.minds(r, users, users[i], person, besides)
	switch {
	case ok:
		return v, nil
	case besides == d.subject.User:
		return v, ErrSecondPerson
	}
	return v, archive.ErrNotFound
}

// ReportConflictInWords says in words that an account has a conflict of interest: anybody of her own, administration of
// any. It keeps nobody from anything before a lead takes it up. user is empty for one's own.
func (d *Desk) ReportConflictInWords(ctx context.Context, c archive.ConflictReport) error {
	c.User = cmp.Or(c.User, d.subject.User)
	if err := c.Normalise(); err != nil {
		return err
	}
	tried := act{op: audit.OpConflictReport, object: "user/" + string(c.User)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActOperate)
		if !ok && c.User != d.subject.User {
			return act{}, ErrDenied
		}
		if !ok {
			v = verdict{Decision: Decision{Allow: true, Rule: "own-conflict"}}
		}
		if _, err := tx.User(c.User); isNotFound(err) {
			return act{}, &archive.FieldError{Pointer: "/user_id", Code: "unknown"}
		} else if err != nil {
			return act{}, err
		}
		c.ID, c.By, c.At = archive.NewID[archive.ConflictReportID](), d.subject.User, d.guard.Now().UTC()
		done := tried
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{"report": c.ID, "kind": c.Kind, "about": c.About, "reason": c.Reason}}
		return done, tx.PutConflictReport(c)
	})
}

// DismissConflict lets a report go that means nothing, and says why.
func (d *Desk) DismissConflict(ctx context.Context, id archive.ConflictReportID, reason string) error {
	reason, err := needed(reason)
	if err != nil {
		return err
	}
	tried := act{op: audit.OpConflictDecline}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		c, err := tx.ConflictReport(id)
		if err != nil {
			return act{}, err
		}
		done := tried
		if done.verdict, err = d.minding(tx, c.User, "", ""); err != nil {
			return act{}, err
		}
		done.object = "user/" + string(c.User)
		done.detail = &audit.Detail{Act: map[string]any{"report": id, "reason": reason}}
		return done, tx.DeleteConflictReport(id)
	})
}

// needed is a reason that has to be given.
func needed(reason string) (string, error) {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err == nil && reason == "" {
		err = &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	return reason, err
}

// EndConflict asks that a conflict of interest ends, which another lead has to grant. [archive.ErrConflict] where somebody
// asked already.
func (d *Desk) EndConflict(ctx context.Context, id archive.ConflictID, reason string) error {
	reason, err := needed(reason)
	if err != nil {
		return err
	}
	return d.onConflict(ctx, id, audit.OpConflictEndAsk, func(tx archive.Tx, c archive.Conflict, said map[string]any) (audit.Op, error) {
		if c.Ending != nil {
			return "", archive.ErrConflict
		}
		said["reason"] = reason
		c.Ending = &archive.ConflictWord{By: d.subject.User, At: d.guard.Now().UTC(), Reason: reason}
		return audit.OpConflictEndAsk, tx.PutConflict(c)
	})
}

// DecideConflict grants the end of a conflict of interest that another lead asked for, or declines it with a reason: who
// asked can't grant it, [ErrSecondPerson], but may take it back by declining.
func (d *Desk) DecideConflict(ctx context.Context, id archive.ConflictID, grant bool, reason string) error {
	if !grant {
		var err error
		if reason, err = needed(reason); err != nil {
			return err
		}
	}
	return d.onConflict(ctx, id, audit.OpConflictDecline, func(tx archive.Tx, c archive.Conflict, said map[string]any) (audit.Op, error) {
		if c.Ending == nil {
			return "", archive.ErrConflict
		}
		said["reason"], said["asked_by"] = reason, c.Ending.By
		if !grant {
			c.Ending = nil
			return audit.OpConflictDecline, tx.PutConflict(c)
		}
		if _, err := d.minding(tx, c.User, c.Person, c.Ending.By); err != nil {
			return "", err
		}
		asker, err := tx.User(c.Ending.By)
		if err != nil {
			return "", err
		}
		first := d.guard.For(Subject{User: asker.ID, Name: asker.Name, Pairs: asker.Roles, Teams: asker.Teams})
		if _, ok := first.able(policies.ActGrant); asker.Disabled || !ok {
			return "", archive.ErrConflict // it was a lead's word, and is nobody's now
		}
		if _, err := first.minding(tx, c.User, c.Person, d.subject.User); err != nil {
			return "", archive.ErrConflict
		}
		return audit.OpConflictEnd, tx.DeleteConflict(id)
	})
}

// onConflict changes a conflict, for who has a word on it.
func (d *Desk) onConflict(ctx context.Context, id archive.ConflictID, op audit.Op, change func(archive.Tx, archive.Conflict, map[string]any) (audit.Op, error)) error {
	tried := act{op: op, object: "conflict/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		c, err := tx.Conflict(id)
		if err != nil {
			return act{}, err
		}
		if c.User == d.subject.User || d.conflicted(tx, c.Person) {
			return act{}, archive.ErrNotFound // nobody is told of her own, nor of one with her own people
		}
		done := tried
		besides := archive.UserID("")
		if c.Ending != nil && c.Ending.By != d.subject.User {
			besides = c.Ending.By
		}
		if done.verdict, err = d.minding(tx, c.User, c.Person, besides); err != nil {
			return act{}, err
		}
		said := map[string]any{"user": c.User, "kind": c.Kind}
		if done.op, err = change(tx, c, said); err != nil {
			return act{}, err
		}
		done.object, done.persons = "person/"+string(c.Person), []archive.PersonID{c.Person}
		done.detail = &audit.Detail{Act: map[string]any{"conflict": id}, Shared: said}
		return done, nil
	})
}
