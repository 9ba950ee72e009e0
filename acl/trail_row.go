package acl

import (
	"encoding/json"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailRow is an event as the officer reads it. She learns reference numbers, as the rules have it, and no
// name of a person: whose Akte it is stays in the Akte.
type TrailRow struct {
	archive.TrailEntry
	// Name is what the actor is called; empty where she is no account, or none any more.
	Name string
	// Akten are those it speaks of, as far as they are still there.
	Akten []TrailAkte
	// Case is the procedure that was stated as purpose, and the Akte it belongs to; zero for a code.
	Case TrailCase
	// Rule says in words what the deciding rule says; empty where it is no written rule, or one of former
	// policies.
	Rule policies.Label
	// Tried is what was refused; empty for other events.
	Tried audit.Op
	// Recipient and Address are what was recorded of them and can still be read.
	Recipient, Address string
	// Barred says that it is about somebody of whom the reader must not know: she learns what was done and by whom.
	Barred bool
	// Marks tell why somebody should look at it; they are no verdict.
	Marks []Mark
}

// TrailAkte is an Akte by its reference number.
type TrailAkte struct {
	ID     archive.AkteID
	Number string
}

// TrailCase is a case by its procedure and the number of its Akte.
type TrailCase struct {
	Procedure, Number string
}

// annotator adds to events what is recorded elsewhere, each thing read once.
type annotator struct {
	desk   *Desk
	reader archive.Reader
	// filter is what the events were narrowed to
	filter  archive.TrailFilter
	users   map[string]archive.User
	akten   map[string]archive.Akte
	persons map[string]archive.Person
	cases   map[string]archive.Case
	openers map[string]string
	refused map[string]refusals
	// sets are the policies that events were decided by, by their hash.
	sets map[string]*policies.Set
	// from are the persons from whom a conflict of interest keeps the officer; nil: not looked up yet.
	from []archive.PersonID
}

func (d *Desk) annotate(r archive.Reader, f archive.TrailFilter) *annotator {
	return &annotator{
		desk: d, reader: r, filter: f, users: map[string]archive.User{}, akten: map[string]archive.Akte{},
		persons: map[string]archive.Person{}, cases: map[string]archive.Case{},
		openers: map[string]string{}, refused: map[string]refusals{}, sets: map[string]*policies.Set{},
	}
}

// trailRows makes rows of events that stand together in a list.
func (d *Desk) trailRows(r archive.Reader, f archive.TrailFilter, entries []archive.TrailEntry) ([]TrailRow, error) {
	a := d.annotate(r, f)
	if err := a.gather(entries); err != nil {
		return nil, err
	}
	rows := make([]TrailRow, 0, len(entries))
	for _, e := range entries {
		row, err := a.row(e)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// known looks something up once; what isn't there is its zero value.
func known[T any, ID ~string](seen map[string]T, id string, find func(ID) (T, error)) (T, error) {
	if v, ok := seen[id]; ok {
		return v, nil
	}
	v, err := find(ID(id))
	if err != nil {
		if err = unlessMissing(err); err != nil {
			return v, err
		}
		var none T
		v = none
	}
	seen[id] = v
	return v, nil
}

func (a *annotator) row(e archive.TrailEntry) (TrailRow, error) {
	row := TrailRow{TrailEntry: e, Akten: []TrailAkte{}, Marks: []Mark{}}
	u, err := known(a.users, e.Leaf.Actor, a.reader.User)
	if err != nil {
		return row, err
	}
	row.Name = u.Called()
	if barred, err := a.barred(e.Leaf); err != nil {
		return row, err
	} else if barred { // of whom she must not know, she learns what was done and by whom, and nothing else
		row.Barred = true
		l := &row.Leaf
		l.Akten, l.Persons, l.Object, l.Register, l.Classification, l.Purpose, row.Parts = nil, nil, "", "", "", "", nil
		return row, nil
	}
	for _, id := range e.Leaf.Akten {
		akte, err := known(a.akten, id, a.reader.Akte)
		if err != nil {
			return row, err
		}
		told, err := a.tells(akte)
		if err != nil {
			return row, err
		}
		if told {
			row.Akten = append(row.Akten, TrailAkte{akte.ID, akte.Number})
		}
	}
	if row.Case, err = a.caseOf(e.Leaf); err != nil {
		return row, err
	}
	set, err := a.setOf(e.Leaf)
	if err != nil {
		return row, err
	}
	row.Rule = inWords(set, e.Leaf.Rule)
	for _, p := range e.Parts {
		var said struct {
			Recipient, Address string
			Op                 audit.Op
		}
		if len(p.Text) == 0 || json.Unmarshal(p.Text, &said) != nil {
			continue
		}
		row.Recipient, row.Address = row.Recipient+said.Recipient, row.Address+said.Address
		if e.Leaf.Op == audit.OpAccessRefused && p.Kind == audit.PartAct {
			row.Tried = said.Op
		}
	}
	row.Marks, err = a.marks(e.Leaf)
	return row, err
}

// inWords says what a rule says; those that are no line of the policies are the guard's own.
func inWords(set *policies.Set, id string) policies.Label {
	switch id {
	case "head":
		return policies.Label{DE: "Der eigene Fachbereich ist an der Akte beteiligt und sieht ihren Kopf", EN: "Her department takes part in the file and sees its head"}
	case "sealed":
		return policies.Label{DE: "Ein Sperrvermerk gilt; nur die benannten Personen lesen", EN: "It is sealed; the named readers alone read it"}
	case "conflict":
		return policies.Label{DE: "Ein Interessenkonflikt schließt dieses Konto von der Person aus", EN: "A conflict of interest keeps this account from the person"}
	case "search":
		return policies.Label{DE: "Wer liest, darf suchen; gefunden wird nur, was der eigene Fachbereich lesen darf", EN: "Who reads may search; only what her department may read is found"}
	case "person-of-akte":
		return policies.Label{DE: "Der eigene Fachbereich ist an einer Akte dieser Person beteiligt", EN: "Her department takes part in a file of this person"}
	case "own-job":
		return policies.Label{DE: "Den Auftrag hat sie selbst gegeben", EN: "It is a job that she ordered herself"}
	}
	if strings.HasPrefix(id, grantRule) {
		return policies.Label{DE: "Eine Leitung hat ihr in dieser Akte ein Recht auf Zeit gegeben", EN: "A lead gave her a right for a time in this file"}
	}
	if strings.HasPrefix(id, breakGlassRule) {
		return policies.Label{DE: "Notzugriff: eine Stunde lang lesen, gemeldet und von der Datenschutzstelle geprüft", EN: "Break-glass: reading for an hour, told at once and reviewed by data protection"}
	}
	if strings.HasPrefix(id, inspectionRule) {
		return policies.Label{DE: "Kontrolle durch die Datenschutzstelle: eine Akte, eine Stunde lang, nur lesen", EN: "Inspection by data protection: one file, for an hour, to read"}
	}
	rule, ok := set.Rule(id)
	if !ok {
		return policies.Label{}
	}
	return set.Describe(rule)
}

// setOf finds the policies that an event was decided by: a rule of the same name may say something else today. What no
// version has is put into words by the rules in force.
func (a *annotator) setOf(l audit.Leaf) (*policies.Set, error) {
	present := a.desk.guard.Policies
	if l.Policy == "" || l.Rule == "" || l.Policy == present.Hash() {
		return present, nil
	}
	if set, ok := a.sets[l.Policy]; ok {
		return set, nil
	}
	a.sets[l.Policy] = present
	for row, err := range a.reader.Policies("") {
		if err != nil {
			return nil, err
		}
		if row.Value.State == archive.PolicyDeclined || row.Value.State == archive.PolicyProposed {
			continue
		}
		if set, err := present.Revise(row.Value.Files); err == nil && set.Hash() == l.Policy {
			a.sets[l.Policy] = set
			break
		}
	}
	return a.sets[l.Policy], nil
}

// caseOf finds the case that was stated as purpose.
func (a *annotator) caseOf(l audit.Leaf) (TrailCase, error) {
	id, ok := caseOf(l.Purpose)
	if !ok {
		return TrailCase{}, nil
	}
	c, err := known(a.cases, string(id), a.reader.Case)
	if err != nil || c.ID == "" {
		return TrailCase{}, err
	}
	akte, err := known(a.akten, string(c.Akte), a.reader.Akte)
	if err != nil {
		return TrailCase{}, err
	}
	told, err := a.tells(akte)
	if err != nil || !told {
		return TrailCase{Procedure: c.Procedure}, err
	}
	return TrailCase{c.Procedure, akte.Number}, nil
}

// tells reports whether an Akte's number may stand beside an event. A list of one person's events is had
// by her name; who is protected against disclosure, and what is sealed, is found by the Akte's own number
// alone, so such a list must not give the number away.
func (a *annotator) tells(akte archive.Akte) (bool, error) {
	if akte.ID == "" || a.filter.Person == "" || a.filter.Akte == akte.ID {
		return akte.ID != "", nil
	}
	if akte.Sealed.Holds(a.desk.guard.today()) {
		return false, nil
	}
	p, err := known(a.persons, string(akte.Person), a.reader.Person)
	return !p.Protected, err
}
