package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// incidentsLooked is how many entries of the trail are looked through for whom an incident affects.
const incidentsLooked = 50_000

// IncidentHead is an incident in a list.
type IncidentHead struct {
	archive.Incident
	// Name is what the account is called that it is about; empty where it is about everybody, or the account is gone.
	Name string
	// Left is how long there is until the deadline; less than none: it is over. Only of those nobody notified that aren't
	// held for unlikely to be a risk.
	Left  time.Duration
	Clock bool
}

// IncidentsPage is a page of incidents, newest first.
type IncidentsPage struct {
	Items []IncidentHead
	Next  string
	// Accounts are those that one can be about.
	Accounts []Colleague
}

// IncidentStepView is a step with who took it.
type IncidentStepView struct {
	archive.IncidentStep
	Name string
}

// Affected is a person whose data acts of an incident were about.
type Affected struct {
	Person archive.PersonID
	// Akten are those of hers that the acts were about, as far as they may be told.
	Akten       []TrailAkte
	Acts        int
	First, Last time.Time
	// Kinds are what was done, each once: see [AccessKinds].
	Kinds []string
}

// IncidentView is an incident with whom it affects.
type IncidentView struct {
	IncidentHead
	ByName string
	Steps  []IncidentStepView
	// Affected are the persons, who was met with last first. Acts is how many entries there are in all, Unnamed of how many
	// whom they were about isn't told one by one; Hidden are persons from whom a conflict of interest keeps the reader.
	Affected              []Affected
	Acts, Unnamed, Hidden int
	// Accounts are those that it can be about.
	Accounts []Colleague
	// Partial says that there are more entries than were looked through.
	Partial bool
	// MayChange says that the reader may write in it, MayJudge that it waits for her word. Own: she proposed. Alone: nobody but
	// her may be the second person.
	MayChange, MayJudge, Own, Alone bool
}

type incidentCursor struct{ After archive.Position }

// Incidents lists incidents, newest first. Those about the reader's own acts are left out.
func (d *Desk) Incidents(ctx context.Context, limit int, cursor string) (page IncidentsPage, err error) {
	c, err := openCursor[incidentCursor](d, "incidents", cursor)
	if err != nil {
		return page, err
	}
	limit = clampLimit(limit)
	err = d.look(ctx, act{op: audit.OpIncidentList}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		page = IncidentsPage{Items: []IncidentHead{}}
		if page.Accounts, err = d.others(r); err != nil {
			return act{}, err
		}
		last := c.After
		for row, err := range r.Incidents(c.After) {
			if err != nil {
				return act{}, err
			}
			if len(page.Items) == limit {
				page.Next = sealCursor(d, "incidents", incidentCursor{last})
				break
			}
			if last = row.After; row.Value.Actor == d.subject.User {
				continue
			}
			head, err := d.incidentHead(r, row.Value)
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, head)
		}
		return act{op: audit.OpIncidentList, verdict: v, window: "incidents"}, nil
	})
	return page, err
}

// others are all accounts but the subject's own: what she did herself is for a colleague.
func (d *Desk) others(r archive.Reader) ([]Colleague, error) {
	users, err := r.Users()
	out := []Colleague{}
	for _, u := range users {
		if u.ID != d.subject.User {
			out = append(out, Colleague{u.ID, u.Called()})
		}
	}
	return out, err
}

func (d *Desk) incidentHead(r archive.Reader, i archive.Incident) (h IncidentHead, err error) {
	h.Incident = i
	h.Name, err = displayName(r, i.Actor)
	h.Left = i.Deadline().Sub(d.guard.Now())
	h.Clock = i.Notified.IsZero() && i.Risk != "unlikely" && i.State != archive.IncidentClosed
	return h, err
}

func incidentObject(id archive.IncidentID) string { return "incident/" + string(id) }

// incident reads an incident that the subject may look into; to who it is about it isn't there.
func (d *Desk) incident(r archive.Reader, id archive.IncidentID) (archive.Incident, verdict, error) {
	v, ok := d.able(policies.ActTrailRead)
	if !ok {
		return archive.Incident{}, v, ErrDenied
	}
	i, err := r.Incident(id)
	if err == nil && i.Actor == d.subject.User {
		err = archive.ErrNotFound
	}
	return i, v, err
}

// Incident tells of an incident, and by the trail whom it affects and by which acts.
func (d *Desk) Incident(ctx context.Context, id archive.IncidentID) (IncidentView, error) {
	return d.incidentView(ctx, id, act{op: audit.OpIncidentOpen, object: incidentObject(id), window: "incident"})
}

func (d *Desk) incidentView(ctx context.Context, id archive.IncidentID, tried act) (view IncidentView, err error) {
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		i, v, err := d.incident(r, id)
		if err != nil {
			return act{}, err
		}
		view = IncidentView{Steps: []IncidentStepView{}, Affected: []Affected{}}
		if view.IncidentHead, err = d.incidentHead(r, i); err != nil {
			return act{}, err
		}
		if view.Accounts, err = d.others(r); err != nil {
			return act{}, err
		}
		if view.ByName, err = displayName(r, i.By); err != nil {
			return act{}, err
		}
		for _, s := range i.Steps {
			name, err := displayName(r, s.By)
			if err != nil {
				return act{}, err
			}
			view.Steps = append(view.Steps, IncidentStepView{s, name})
		}
		if err := d.affected(r, &view); err != nil {
			return act{}, err
		}
		if view.Alone, err = d.alone(r, i.Actor); err != nil {
			return act{}, err
		}
		view.MayChange = i.State == archive.IncidentOpen
		view.Own = i.Proposer() == d.subject.User
		view.MayJudge = i.State == archive.IncidentProposed && !view.Own
		done := tried
		done.verdict = v
		return done, nil
	})
	return view, err
}

// affected computes from the trail whom acts of an incident were about. What was refused harmed nobody.
func (d *Desk) affected(r archive.Reader, view *IncidentView) error {
	f := archive.TrailFilter{
		Actor: view.Actor, From: view.From, To: view.To, Result: string(audit.Allow), People: true, Bare: true, Most: incidentsLooked,
	}
	notes, at := d.annotate(r, archive.TrailFilter{}), map[archive.PersonID]int{}
	for row, err := range r.Trail(f, "") {
		if errors.Is(err, archive.ErrUnfinished) {
			view.Partial = true
			break
		}
		if err != nil {
			return err
		}
		l := row.Value.Leaf
		if class, _ := l.Op.Class(); class == audit.Operation {
			continue
		}
		if l.More > 0 {
			view.Acts, view.Unnamed = view.Acts+1, view.Unnamed+1
			continue
		}
		met, err := d.meets(r, notes, view, at, l)
		if err != nil {
			return err
		}
		if met {
			view.Acts++
		}
	}
	slices.SortFunc(view.Affected, func(x, y Affected) int {
		return cmp.Or(y.Last.Compare(x.Last), cmp.Compare(x.Person, y.Person))
	})
	for i := range view.Affected {
		slices.SortFunc(view.Affected[i].Kinds, func(x, y string) int {
			return cmp.Compare(slices.Index(AccessKinds(), x), slices.Index(AccessKinds(), y))
		})
	}
	for i := range at {
		if at[i] < 0 {
			view.Hidden++
		}
	}
	return nil
}

// meets notes the persons that an entry is about; at says where each stands, -1 for who isn't told.
func (d *Desk) meets(r archive.Reader, notes *annotator, view *IncidentView, at map[archive.PersonID]int, l audit.Leaf) (met bool, err error) {
	akten := map[archive.PersonID][]TrailAkte{}
	for _, id := range l.Persons {
		akten[archive.PersonID(id)] = nil
	}
	for _, id := range l.Akten {
		akte, err := r.Akte(archive.AkteID(id))
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return false, err
		}
		told, err := notes.tells(akte)
		if err != nil {
			return false, err
		}
		of := akten[akte.Person]
		if told {
			of = append(of, TrailAkte{akte.ID, akte.Number})
		}
		akten[akte.Person] = of
	}
	for id, of := range akten {
		n, known := at[id]
		if !known {
			if d.conflicted(r, id) {
				n = -1
			} else {
				n = len(view.Affected)
				view.Affected = append(view.Affected, Affected{Person: id, Last: l.When()})
			}
			at[id] = n
		}
		if met = true; n < 0 {
			continue
		}
		one := &view.Affected[n]
		one.Acts, one.First = one.Acts+1, l.When()
		if kind := kindOfAccess(l, ""); !slices.Contains(one.Kinds, kind) {
			one.Kinds = append(one.Kinds, kind)
		}
		for _, a := range of {
			if !slices.Contains(one.Akten, a) {
				one.Akten = append(one.Akten, a)
			}
		}
	}
	return met, nil
}

// BeginIncident notes a breach. Of a finding, if one is named, it takes the account and the span of time where none is given.
func (d *Desk) BeginIncident(ctx context.Context, i archive.Incident, finding archive.FindingID) (archive.IncidentID, error) {
	tried := act{op: audit.OpIncidentBegin}
	body := struct {
		archive.Incident
		Finding archive.FindingID
	}{i, finding}
	made, _, err := d.create(ctx, tried, body, func(tx archive.Tx) (string, act, error) {
		i := i
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return "", act{}, ErrDenied
		}
		if finding != "" {
			f, _, err := d.finding(tx, finding)
			if err != nil {
				return "", act{}, err
			}
			i.Actor = f.Actor
			if i.From.IsZero() {
				i.From, i.To = f.First, f.Last.Add(time.Second)
			}
		}
		if err := d.scoped(tx, &i); err != nil {
			return "", act{}, err
		}
		i.ID, i.State, i.By, i.At, i.Revision = archive.NewID[archive.IncidentID](), archive.IncidentOpen, d.subject.User, d.guard.Now().UTC(), 1
		i.Steps = []archive.IncidentStep{{By: i.By, At: i.At, State: i.State}}
		done := tried
		done.verdict, done.object = v, incidentObject(i.ID)
		return string(i.ID), done, tx.PutIncident(i)
	})
	return archive.IncidentID(made), err
}

// scoped brings an incident into the form that is stored, and asks that its account is there and another one than the
// subject's.
func (d *Desk) scoped(r archive.Reader, i *archive.Incident) error {
	if err := i.Normalise(d.guard.Now()); err != nil {
		return err
	}
	if i.Actor == "" {
		return nil
	}
	_, err := r.User(i.Actor)
	if isNotFound(err) || i.Actor == d.subject.User { // one's own is for a colleague
		return &archive.FieldError{Pointer: "/actor", Code: "unknown"}
	}
	return err
}

// ChangeIncident replaces what is said of an incident; propose lets it wait for a second person, for which all has to be
// said. revision is the one that was read; another one is [*StaleError].
func (d *Desk) ChangeIncident(ctx context.Context, id archive.IncidentID, revision int64, said archive.Incident, propose bool, note string) error {
	return d.onIncident(ctx, audit.OpIncidentChange, id, revision, note, func(r archive.Reader, i *archive.Incident) error {
		if i.State != archive.IncidentOpen {
			return ErrSettled
		}
		said.ID, said.State, said.Steps, said.By, said.At, said.Revision = i.ID, i.State, i.Steps, i.By, i.At, i.Revision
		*i = said
		if err := d.scoped(r, i); err != nil || !propose {
			return err
		}
		i.State = archive.IncidentProposed
		return i.Whole()
	})
}

// JudgeIncident is the word of a second person: she closes it, or gives it back with a note. Who proposed can't:
// [ErrSecondPerson].
func (d *Desk) JudgeIncident(ctx context.Context, id archive.IncidentID, revision int64, agree bool, note string) error {
	return d.onIncident(ctx, audit.OpIncidentClose, id, revision, note, func(_ archive.Reader, i *archive.Incident) error {
		switch {
		case i.State != archive.IncidentProposed:
			return ErrSettled
		case i.Proposer() == d.subject.User:
			return ErrSecondPerson
		case agree:
			i.State = archive.IncidentClosed
			return nil
		case note == "":
			return &archive.FieldError{Pointer: "/note", Code: "required"}
		}
		i.State = archive.IncidentOpen
		return nil
	})
}

// onIncident changes an incident of the revision that was read, and adds a step where its state changes.
func (d *Desk) onIncident(ctx context.Context, op audit.Op, id archive.IncidentID, revision int64, note string,
	change func(archive.Reader, *archive.Incident) error) error {
	note, err := archive.NormaliseText("/note", note, 2000, true)
	if err != nil {
		return err
	}
	tried := act{op: op, object: incidentObject(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		i, v, err := d.incident(tx, id)
		if err != nil {
			return act{}, err
		}
		if i.Revision != revision {
			return act{}, &StaleError{i.Revision}
		}
		before := i.State
		if err := change(tx, &i); err != nil {
			return act{}, err
		}
		if before != i.State {
			if len(i.Steps) >= archive.IncidentSteps && i.State == archive.IncidentOpen {
				return act{}, &archive.FieldError{Pointer: "/note", Code: "too_many"}
			}
			i.Steps = append(slices.Clone(i.Steps), archive.IncidentStep{By: d.subject.User, At: d.guard.Now().UTC(), State: i.State, Note: note})
		}
		i.Revision++
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"state": i.State, "risk": i.Risk}}
		return done, tx.PutIncident(i)
	})
}
