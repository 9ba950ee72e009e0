package searchtest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// acts are what happens between searches, the frequent ones several times.
var acts = []struct {
	name string
	do   func(*world)
}{
	{"person", (*world).enterPerson},
	{"akte", (*world).openAkte},
	{"paper", (*world).addPaper}, {"paper", (*world).addPaper}, {"paper", (*world).addPaper},
	{"change a paper", (*world).changePaper},
	{"move", (*world).movePaper}, {"move", (*world).movePaper},
	{"classify", (*world).classifyPaper}, {"classify", (*world).classifyPaper},
	{"version", (*world).addVersion},
	{"departments", (*world).changeAkte}, {"departments", (*world).changeAkte}, {"departments", (*world).changeAkte},
	{"seal an Akte", (*world).sealAkte},
	{"seal a paper", (*world).sealPaper},
	{"conflict", (*world).changeConflict},
	{"case", (*world).openCase},
	{"close a case", (*world).closeCase},
	{"file", (*world).filePaper},
	{"withdraw", (*world).unfile},
	{"rename", (*world).renamePerson},
	{"recognise", (*world).readAll},
	{"index", (*world).indexAll}, {"index", (*world).indexAll}, {"index", (*world).indexAll},
	{"rebuild", (*world).rebuild},
	{"days", (*world).passDays},
	{"reader", (*world).changeReader},
	{"keep", (*world).keep}, {"keep", (*world).keep},
}

// act does something that may happen.
func (w *world) act() {
	a, _ := pick(w, "act", acts)
	w.note("act: %s", a.name)
	w.tally.Acts++
	a.do(w)
}

// refusals are what an act may be answered without harm: it isn't the rights to act that are tried here.
func (w *world) refused(err error) bool {
	var field *archive.FieldError
	switch {
	case err == nil:
		return false
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, acl.ErrDenied), errors.Is(err, acl.ErrSettled), errors.Is(err, acl.ErrSecondAkte),
		errors.Is(err, archive.ErrConflict), errors.As(err, &field):
		w.note("  refused: %v", err)
		return true
	}
	w.t.Fatal(err)
	return true
}

// pick draws one of a list; false where there is none.
func pick[T any](w *world, name string, of []T) (drawn T, ok bool) {
	if len(of) == 0 {
		return drawn, false
	}
	return one(w.t, name, of), true
}

// chance is true n times of a hundred.
func (w *world) chance(n int, of string) bool { return upTo(w.t, of, 100) < n }

var (
	families = []string{"Okafor", "Nguyen", "Yılmaz", "Yilmaz", "Al-Hassan", "Hassan", "Zelenko", "Öztürk", "Oeztuerk", "Weiß"}
	givens   = []string{"Anna", "Chidi", "Minh", "Юрій", "Fatma", "Ali", "Łukasz"}
	births   = []string{"", "1990-05-17", "1990-05", "1990", "1984-01-01"}
	offices  = strings.Fields("auslaenderbehoerde asyl unterbringung soziales gesundheit integration rueckkehr")
	busy     = append(strings.Fields("auslaenderbehoerde auslaenderbehoerde asyl asyl soziales"), offices...)
	kinds    = strings.Fields("reisepass geburtsurkunde bamf_bescheid aerztliches_attest fuehrungszeugnis mietvertrag vollmacht sonstiges")
	dates    = []string{"", "2026-11-20", "2026-11-20", "2026-10-01", "2025-02-28", "2024-12-31", "2019-06-15"}
)

// readerPairs are those of most readers, and the mail room's, who finds nothing.
var readerPairs = strings.Fields(`sachbearbeitung@auslaenderbehoerde leitung@auslaenderbehoerde registratur@auslaenderbehoerde sicherheit@auslaenderbehoerde
	sachbearbeitung@asyl leitung@asyl registratur@asyl sachbearbeitung@soziales leitung@soziales sozialdienst@soziales sachbearbeitung@integration
	unterbringung@unterbringung gesundheit@gesundheit leitung@gesundheit rueckkehr@rueckkehr registratur@poststelle`)

func (w *world) enterPerson() {
	office := one(w.t, "entered by", offices)
	p := archive.Person{Names: []archive.Name{{Family: one(w.t, "family", families), Given: one(w.t, "given", givens)}}}
	if w.chance(20, "alias") {
		p.Names = append(p.Names, archive.Name{Kind: "alias", Family: one(w.t, "alias", families), OriginalScript: "حسن"})
	}
	var err error
	if p.BirthDate, err = archive.ParseBirthDate(one(w.t, "born", births), w.Time); err != nil {
		w.t.Fatal(err)
	}
	p.Protected = w.chance(15, "protected")
	if w.chance(20, "number") {
		p.AZRNumber = "2604170012" + one(w.t, "azr", []string{"34", "35"})
	}
	made, err := w.guard.For(w.only(office)).CreatePerson(w.ctx, p)
	if w.refused(err) {
		return
	}
	w.persons = append(w.persons, &person{Person: made, unindexed: true})
}

// only is the boss with her pairs in one department, those of casework first.
func (w *world) only(office string) acl.Subject {
	s := w.boss
	s.Pairs = slices.DeleteFunc(slices.Clone(s.Pairs), func(p archive.Pair) bool { return p.Department != office })
	return s
}

func (w *world) openAkte() {
	p, ok := pick(w, "person", w.persons)
	if !ok {
		return
	}
	a := archive.Akte{Person: p.ID, Lead: one(w.t, "lead", busy), Departments: w.drawParts()}
	if len(p.akten) > 0 {
		a.DistinctBecause = "zweite"
	}
	if a.Lead == "auslaenderbehoerde" && w.chance(40, "team") {
		a.Team = one(w.t, "team", teams)
	}
	made, err := w.desk().CreateAkte(w.ctx, a)
	if w.refused(err) {
		return
	}
	known := &akte{Akte: made.Akte, person: p}
	known.setEnds()
	p.akten, p.unindexed = append(p.akten, known), true
	w.akten = append(w.akten, known)
}

// drawParts are the departments that take part beside the lead.
func (w *world) drawParts() (out []archive.Participation) {
	for range between(w.t, "departments", 1, 3) {
		p := archive.Participation{Department: one(w.t, "department", busy)}
		if w.chance(40, "some registers") {
			p.Registers = some(w.t, "registers", 1, 5, oracletest.Registers())
		}
		if w.chance(30, "until") {
			p.Until = w.drawDay()
		}
		if p.Department == "auslaenderbehoerde" && w.chance(40, "team") {
			p.Team = one(w.t, "team", teams)
		}
		out = append(out, p)
	}
	return out
}

// drawDay is a day not long from now.
func (w *world) drawDay() string {
	return w.Time.AddDate(0, 0, one(w.t, "in days", []int{0, 1, 5, 400})).Format(time.DateOnly)
}

func (a *akte) setEnds() {
	a.ends = nil
	for _, p := range a.Departments {
		if p.Until != "" {
			a.ends = append(a.ends, p.Until)
		}
	}
	if a.Sealed != nil {
		a.ends = append(a.ends, a.Sealed.Until)
	}
}

// changeAkte lets departments join and leave, hands the lead or a team over, closes or opens.
func (w *world) changeAkte() {
	a, ok := pick(w, "akte", w.akten)
	if !ok {
		return
	}
	what := one(w.t, "what", []string{"departments", "departments", "lead", "team", "state", "nothing"})
	lead, parts := one(w.t, "lead", busy), w.drawParts()
	before := a.Akte
	made, err := w.desk().ChangeAkte(w.ctx, a.ID, a.Revision, func(e *archive.Akte) error {
		switch what {
		case "departments":
			e.Departments = parts
		case "lead":
			e.Lead, e.Team = lead, ""
		case "team":
			if e.Lead == "auslaenderbehoerde" {
				e.Team = teams[(slices.Index(teams, e.Team)+1)%len(teams)]
			}
		case "state":
			if e.State = archive.AkteClosed; before.State == archive.AkteClosed {
				e.State = archive.AkteOpen
			}
		}
		return nil
	})
	if w.refused(err) {
		return
	}
	w.took(a, made.Akte)
}

// took notes what has become of an Akte.
func (w *world) took(a *akte, now archive.Akte) {
	was := a.Akte
	a.Akte = now
	a.setEnds()
	w.changed(a, differ(was, now))
	a.person.unindexed = true
}

func differ(a, b archive.Akte) bool {
	return a.Lead != b.Lead || a.Team != b.Team || a.State != b.State || !sameSeals(a.Sealed, b.Sealed) ||
		!slices.EqualFunc(a.Departments, b.Departments, func(p, q archive.Participation) bool {
			return p.Department == q.Department && p.Team == q.Team && p.Until == q.Until && slices.Equal(p.Registers, q.Registers)
		})
}

func sameSeals(a, b *archive.Seal) bool {
	return a == b || a != nil && b != nil && a.Until == b.Until && slices.Equal(a.Readers, b.Readers)
}

// drawSeal is a seal with some readers, or none at all.
func (w *world) drawSeal() *archive.Seal {
	if w.chance(35, "lift") {
		return nil
	}
	s := &archive.Seal{Reason: "Schutz", Until: w.drawDay(), By: w.boss.User}
	for _, r := range w.readers {
		if w.chance(30, "named") {
			s.Readers = append(s.Readers, r.User)
		}
	}
	if w.chance(80, "boss named") {
		s.Readers = append(s.Readers, w.boss.User)
	}
	return s
}

// store changes records past the Desk, which has no act for seals.
func (w *world) store(object string, fn func(archive.Tx) error) {
	err := w.Store.Update(w.ctx, func(tx archive.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpAkteChange, Object: object, Result: audit.Allow})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sealAkte() {
	a, ok := pick(w, "akte", w.akten)
	if !ok {
		return
	}
	s := w.drawSeal()
	var now archive.Akte
	w.store("akte/"+string(a.ID), func(tx archive.Tx) (err error) {
		if now, err = tx.Akte(a.ID); err != nil {
			return err
		}
		now.Sealed, now.Revision = s, now.Revision+1
		return tx.PutAkte(now)
	})
	w.took(a, now)
}

// changeConflict keeps a reader from a person, or no longer.
func (w *world) changeConflict() {
	r, ok := pick(w, "reader", w.readers)
	p, known := pick(w, "person", w.persons)
	if !ok || !known {
		return
	}
	if id := r.barred[p]; id != "" {
		w.store("person/"+string(p.ID), func(tx archive.Tx) error { return tx.DeleteConflict(id) })
		delete(r.barred, p)
		return
	}
	c := archive.Conflict{ID: archive.NewID[archive.ConflictID](), User: r.User, Person: p.ID, Kind: "other", Reason: "x", At: w.Time}
	w.store("person/"+string(p.ID), func(tx archive.Tx) error { return tx.PutConflict(c) })
	if r.barred == nil {
		r.barred = map[*person]archive.ConflictID{}
	}
	r.barred[p] = c.ID
}

// procedures touch registers that some see for a case alone.
var procedures = strings.Fields("asylverfahren ae_humanitaer duldung_krankheit passersatzbeschaffung aufenthaltsbeendigung ae_verlaengerung_allgemein")

func (w *world) openCase() {
	a, ok := pick(w, "akte", w.akten)
	if !ok {
		return
	}
	procedure := one(w.t, "procedure", procedures)
	made, err := w.desk().OpenCase(w.ctx, archive.Case{Akte: a.ID, Procedure: procedure, Title: "Fall"})
	if w.refused(err) {
		return
	}
	k := &kase{Case: made, akte: a}
	a.cases = append(a.cases, k)
	if r, ok := pick(w, "whose", w.readers); ok {
		w.state(r, k)
	}
}

// state names a case as a reader's purpose: for everything, or for its Akte.
func (w *world) state(r *reader, k *kase) {
	r.kase, r.Purpose, r.Purposes = k, "case:"+string(k.ID), nil
	switch between(w.t, "how stated", 0, 3) {
	case 0:
		r.Purpose, r.Purposes = "", map[archive.AkteID]string{k.akte.ID: "case:" + string(k.ID)}
	case 1: // for another Akte it is none
		if other, ok := pick(w, "other akte", w.akten); ok && other != k.akte {
			r.kase, r.Purpose, r.Purposes = nil, "", map[archive.AkteID]string{other.ID: "case:" + string(k.ID)}
		}
	}
}

func (w *world) closeCase() {
	var open []*kase
	for _, a := range w.akten {
		for _, k := range a.cases {
			if k.State == "open" {
				open = append(open, k)
			}
		}
	}
	k, ok := pick(w, "case", open)
	if !ok {
		return
	}
	made, err := w.desk().CloseCase(w.ctx, k.ID)
	if w.refused(err) {
		return
	}
	k.Case = made
}

func (w *world) renamePerson() {
	p, ok := pick(w, "person", w.persons)
	if !ok {
		return
	}
	family := one(w.t, "family", families)
	if family == p.Names[0].Family {
		return
	}
	why := acl.Correcting{Ground: one(w.t, "ground", []string{"written", "law"})}
	made, err := w.desk().ChangePerson(w.ctx, p.ID, p.Revision, why, func(e *archive.Person) error {
		e.Names[0].Family = family
		return nil
	})
	if w.refused(err) {
		return
	}
	p.Person, p.unindexed = made, true
}

// rebuild makes the index anew.
func (w *world) rebuild() {
	w.arrive(true)
	if err := w.Indexer.Rebuild(w.ctx, nil); err != nil {
		w.t.Fatal(err)
	}
	w.indexed(true)
}

func (w *world) passDays() {
	w.Time = w.Time.AddDate(0, 0, one(w.t, "days", []int{0, 1, 6, 60}))
	w.note("  it is %s", w.today())
}

// changeReader gives somebody other roles, teams or purposes.
func (w *world) changeReader() {
	r, ok := pick(w, "reader", w.readers)
	if !ok {
		return
	}
	w.drawRights(r)
}

func (w *world) drawRights(r *reader) {
	r.Pairs, r.Teams, r.kase, r.Purpose, r.Purposes = nil, nil, nil, "bearbeitung", nil
	for _, name := range some(w.t, "pairs", 1, 3, readerPairs) {
		role, department, _ := strings.Cut(name, "@")
		r.Pairs = append(r.Pairs, archive.Pair{Role: role, Department: department})
	}
	if w.chance(50, "team") {
		r.Teams = []string{one(w.t, "team", teams)}
	}
	if w.chance(20, "no purpose") {
		r.Purpose = one(w.t, "purpose", []string{"", "unsinn", "case:unsinn"})
	}
	w.account(r)
	w.note("  %s is %v of %v", r.Name, r.Pairs, r.Teams)
}
