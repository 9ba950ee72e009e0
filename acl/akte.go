package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// RegisterView is what a reader sees of a register.
type RegisterView struct {
	Key string
	// Access is "write", "read" or, where she may only know that something is there, "exist".
	Access string
	// Count is the number of documents she may see or know of.
	Count int
}

// AkteView is an Akte as one reader may see it.
type AkteView struct {
	archive.Akte
	Person    archive.Person
	Registers []RegisterView
	Cases     []archive.Case
	// ResponsibleName is the display name of the responsible caseworker; may be empty.
	ResponsibleName string
	// Originals is how many paper originals of documents that the reader may read are in the authority's keeping;
	// Original is one of those documents.
	Originals int
	Original  archive.DocumentID
	// Stated is the purpose that counts here.
	Stated string
	// MayChange says that the reader may change the head, MayAdd that she may bring documents in.
	MayChange, MayAdd bool
	// MaySeal says that the reader may ask for a seal.
	MaySeal bool
	// Consignment tells that the paper is at a scan vendor; nil: it isn't. MayConsign says that the reader keeps
	// the paper.
	Consignment *archive.Consignment
	MayConsign  bool
	// MayGrant says that the reader may give others rights for a time here. Lent tells of what she holds here herself
	// without which she would not see the Akte; nil: she would.
	MayGrant bool
	Lent     *LentView
}

// CreateAkte opens an Akte for a person; a department of the subject must take part in it. A second one for the same person and plan unit is [ErrSecondAkte] unless DistinctBecause says why.
func (d *Desk) CreateAkte(ctx context.Context, akte archive.Akte) (AkteView, error) {
	akte.State = archive.AkteOpen
	if err := akte.Normalise(d.guard.Policies); err != nil {
		return AkteView{}, err
	}
	id, again, err := d.create(ctx, act{op: audit.OpAkteCreate}, akte, func(tx archive.Tx) (string, act, error) {
		v, ok := d.able(policies.ActAkteCreate, takingPart(akte)...)
		if !ok {
			return "", act{}, ErrDenied
		}
		if err := d.placeAkte(tx, &akte); err != nil {
			return "", act{}, err
		}
		done := act{op: audit.OpAkteCreate, object: "akte/" + string(akte.ID), verdict: v}
		done.akten, done.persons = []archive.AkteID{akte.ID}, []archive.PersonID{akte.Person}
		return string(akte.ID), done, tx.PutAkte(akte)
	})
	if err != nil {
		return AkteView{}, d.probed(ctx, act{op: audit.OpAkteCreate, object: "person/" + string(akte.Person)}, err)
	}
	if again {
		return d.Akte(ctx, archive.AkteID(id))
	}
	return d.shown(ctx, archive.AkteID(id))
}

// takingPart names the departments that take part in the Akte.
func takingPart(akte archive.Akte) (out []string) {
	for _, p := range akte.Participations() {
		out = append(out, p.Department)
	}
	return out
}

// placeAkte finds the person, looks for another Akte of hers, and gives the number.
func (d *Desk) placeAkte(tx archive.Tx, akte *archive.Akte) error {
	others, err := d.knows(tx, akte.Person)
	if isNotFound(err) {
		return unknownPerson()
	}
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.Plan == akte.Plan && akte.DistinctBecause == "" {
			return ErrSecondAkte
		}
	}
	if err := d.checkResponsible(tx, *akte); err != nil {
		return err
	}
	if err := d.heeds(nil, *akte); err != nil {
		return err
	}
	now := d.guard.Now().UTC()
	year := now.In(d.guard.Zone).Year()
	counter, err := tx.NextNumber(akte.Plan, year)
	if err != nil {
		return err
	}
	akte.ID, akte.Number = archive.NewID[archive.AkteID](), archive.FormatNumber(akte.Plan, counter, year)
	akte.Created, akte.Changed, akte.Revision = now, now, 1
	return nil
}

func unknownPerson() error { return &archive.FieldError{Pointer: "/person_id", Code: "unknown"} }

// aktenLeft are the Akten of a person but those that are being erased, which aren't there for anybody any more.
func aktenLeft(r archive.Reader, id archive.PersonID) ([]archive.Akte, error) {
	akten, err := r.AktenOf(id)
	return slices.DeleteFunc(akten, func(a archive.Akte) bool { return a.State == archive.AkteErasing }), err
}

// knows returns the Akten of a person of whom the subject may know at all: one she may see, or one that
// locate would tell her of.
func (d *Desk) knows(r archive.Reader, id archive.PersonID) ([]archive.Akte, error) {
	akten, err := aktenLeft(r, id)
	if err != nil {
		return nil, err
	}
	if err := d.keptFrom(r, id); err != nil {
		return nil, err
	}
	if _, _, err := d.meet(r, id); err == nil || !isNotFound(err) {
		return akten, err
	}
	p, err := r.Person(id)
	if err != nil {
		return nil, err
	}
	open := func(a archive.Akte) bool { return !a.Sealed.Holds(d.guard.today()) }
	if p.Protected || len(akten) > 0 && !slices.ContainsFunc(akten, open) {
		return nil, archive.ErrNotFound
	}
	return akten, nil
}

// checkResponsible asks that the responsible caseworker is an account.
func (d *Desk) checkResponsible(r archive.Reader, akte archive.Akte) error {
	if akte.Responsible == "" {
		return nil
	}
	_, err := r.User(akte.Responsible)
	if errors.Is(err, archive.ErrNotFound) {
		return &archive.FieldError{Pointer: "/responsible", Code: "unknown"}
	}
	return err
}

// shown returns an Akte the subject has just made or changed.
func (d *Desk) shown(ctx context.Context, id archive.AkteID) (view AkteView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		a, err := d.stand(r, id)
		if err != nil {
			return err
		}
		view, err = a.view(r)
		return err
	})
	return view, err
}

// Akte shows the head of an Akte, its cases, and how much lies in which register.
func (d *Desk) Akte(ctx context.Context, id archive.AkteID) (AkteView, error) {
	var view AkteView
	tried := act{op: audit.OpAkteOpen, object: "akte/" + string(id)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, err := d.enter(r, id)
		if err != nil {
			return act{}, err
		}
		if err := a.mustState(); err != nil {
			return act{}, err
		}
		if view, err = a.view(r); err != nil {
			return act{}, err
		}
		done := tried
		done.window, done.verdict = "akte", a.head()
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
	return view, err
}

// view gathers what the subject may see of the Akte.
func (a *access) view(r archive.Reader) (AkteView, error) {
	view := AkteView{Akte: a.akte}
	if !view.Sealed.Holds(a.day) {
		view.Sealed = nil // it has ended
	}
	var err error
	if view.Person, err = r.Person(a.akte.Person); err != nil {
		return AkteView{}, err
	}
	if view.Registers, err = a.registers(r); err != nil {
		return AkteView{}, err
	}
	cases, err := r.CasesOf(a.akte.ID)
	if err != nil {
		return AkteView{}, err
	}
	view.Cases = slices.DeleteFunc(cases, func(c archive.Case) bool { return !a.touches(c.Procedure) })
	if view.ResponsibleName, err = displayName(r, a.akte.Responsible); err != nil {
		return AkteView{}, err
	}
	if view.Consignment, view.MayConsign, err = a.showConsignment(r); err != nil {
		return AkteView{}, err
	}
	if view.Originals, view.Original, err = a.kept(r); err != nil {
		return AkteView{}, err
	}
	_, view.MayChange = a.changer()
	view.MayGrant, view.Lent = len(a.granters()) > 0, a.lentView()
	view.MaySeal = slices.ContainsFunc(view.Registers, func(v RegisterView) bool { return v.Access == policies.ActWrite })
	view.Stated = a.stated
	if a.akte.State == archive.AkteOpen {
		view.MayAdd = a.mayAdd("") == nil
	}
	return view, nil
}

// registers lists the registers of which the subject may know, with counts.
func (a *access) registers(r archive.Reader) ([]RegisterView, error) {
	tallies, err := r.CountDocuments(a.akte.ID)
	if err != nil {
		return nil, err
	}
	var out []RegisterView
	for _, reg := range a.desk.guard.Policies.Registers() {
		v := RegisterView{Key: reg.Key, Access: a.reach(reg.Key)}
		if v.Access == "" {
			continue
		}
		sealed := false
		for by, n := range tallies {
			switch {
			case by.Register != reg.Key:
			case by.Sealed:
				sealed = true
			case a.counts(v.Access, object{register: by.Register, classification: by.Classification, broughtBy: by.BroughtBy}):
				v.Count += n
			}
		}
		if sealed {
			n, err := a.countSealed(r, v)
			if err != nil {
				return nil, err
			}
			v.Count += n
		}
		out = append(out, v)
	}
	return out, nil
}

// counts reports whether a document counts for what the subject sees of its register.
func (a *access) counts(access string, o object) bool {
	return a.may(policies.ActRead, o).Allow || access == policies.ActExist && a.exists(o)
}

// countSealed counts those documents of a register under a seal that the subject may know of: few, and
// each with readers of its own.
func (a *access) countSealed(r archive.Reader, v RegisterView) (n int, err error) {
	for row, err := range r.Documents(a.akte.ID, v.Key, "") {
		if err != nil {
			return 0, err
		}
		if row.Value.Sealed != nil && a.counts(v.Access, objectOf(row.Value)) {
			n++
		}
	}
	return n, nil
}

// reach is the most the subject may do in the register with some document of it: "write", "read",
// "exist" or "".
func (a *access) reach(register string) string {
	for _, action := range []string{policies.ActWrite, policies.ActRead, policies.ActExist} {
		for _, c := range a.desk.guard.Policies.Classifications() {
			for _, dep := range a.bringers() {
				if a.may(action, object{register: register, classification: c.Key, broughtBy: dep}).Allow {
					return action
				}
			}
		}
	}
	return ""
}

// changer finds the pair through which the subject may change the head: one of the lead department,
// since whoever may say who takes part could give herself rights.
func (a *access) changer() (verdict, bool) {
	return a.worker(policies.ActAkteChange, a.akte.Participations()[:1])
}

// worker finds the subject's pair that has the capability, through one of the participations.
func (a *access) worker(action string, counted []archive.Participation) (verdict, bool) {
	for _, p := range a.desk.subject.Pairs {
		part := func(part archive.Participation) bool {
			return part.Department == p.Department && a.inTeam(p, part.Team) &&
				(part.Until == "" || a.day <= part.Until)
		}
		if !slices.ContainsFunc(counted, part) {
			continue
		}
		if v := a.desk.guard.capability(p, action); v.Allow {
			return verdict{v, p}, true
		}
	}
	return verdict{}, false
}

// ChangeAkte changes the head of an Akte. revision is the one the subject saw; a later one is a
// [*StaleError]. Number, person, plan unit and seal stay as they are.
func (d *Desk) ChangeAkte(ctx context.Context, id archive.AkteID, revision int64, edit func(*archive.Akte) error) (AkteView, error) {
	tried := act{op: audit.OpAkteChange, object: "akte/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, err := d.enter(tx, id)
		if err != nil {
			return act{}, err
		}
		v, ok := a.changer()
		switch {
		case !ok:
			return act{}, ErrDenied
		case a.mustState() != nil:
			return act{}, ErrPurpose
		case a.akte.Revision != revision:
			return act{}, &StaleError{a.akte.Revision}
		}
		akte := a.akte
		akte.Departments = slices.Clone(akte.Departments)
		if err := edit(&akte); err != nil {
			return act{}, err
		}
		if err := akte.Normalise(d.guard.Policies); err != nil {
			return act{}, err
		}
		if a.akte.State == archive.AkteClosed && akte.State == archive.AkteClosed {
			return act{}, ErrDenied // a closed Akte is opened again first
		}
		if err := d.checkResponsible(tx, akte); err != nil {
			return act{}, err
		}
		if err := d.heeds(a, akte); err != nil {
			return act{}, err
		}
		if akte.Closing = a.closing(akte.State); akte.Closing == nil {
			akte.Offer = nil // what was offered is another Akte by now
		}
		akte.Changed, akte.Revision = d.guard.Now().UTC(), akte.Revision+1
		done := tried
		done.verdict = v
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{akte.Person}
		done.detail = &audit.Detail{Shared: map[string]any{"before": a.akte, "after": akte}}
		return done, errors.Join(tx.PutAkte(akte), followLead(tx, akte))
	})
	if err != nil {
		return AkteView{}, err
	}
	return d.shown(ctx, id)
}
