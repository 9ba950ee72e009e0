package pages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// personView shows a person, changes what is recorded of her, or asks why she is looked at.
type personView struct {
	ui.Frame
	Form   ui.Form
	Person acl.PersonView
	// Part is "show", "edit" or "purpose".
	Part string
	// Stale says that somebody else changed the person meanwhile: Person is what she made of her.
	Stale bool
	// Called is the name under which she is filed, Purpose why she is looked at.
	Called archive.Name
	// Others are her names but Called.
	Others  []archive.Name
	Purpose string
	// To is where to go on once she said why.
	To   string
	lang string
	// Names counts the rows of names in the form.
	Names                                               []int
	Kinds, Sexes, Plans, Departments, Keepers, Purposes []option
	Grounds, Proofs                                     []option
	Teams                                               []option
}

// Path is where the person is shown.
func (v personView) Path() string { return "/persons/" + string(v.Person.ID) }

// Nationalities are those that are stored, as the form writes them.
func (v personView) Nationalities() string { return countries(v.Person.Nationalities, v.lang) }

// Born is the birth date that is stored, as the form writes it.
func (v personView) Born() string { return spelt(v.Person.BirthDate) }

// viewed is the key of the person looked at last for a purpose of her own: her id, a space, its code.
const viewed = "person"

// personDesk is the reader's for a person. She says why on a page of the person's own only where no
// purpose holds in one of the person's Akten: then it counts for this one person, until the next one or
// the end of the session. A case can't be named there, so nothing need be told of her before.
func (r *request) personDesk(id archive.PersonID) *acl.Desk {
	if last, purpose, _ := strings.Cut(r.session.Get(viewed), " "); last == string(id) {
		return r.deskFor(purpose)
	}
	return r.desk()
}

// personOf finds the person of the route.
func (p *Pages) personOf(r *request) (acl.PersonView, error) {
	id, err := pathID[archive.PersonID](r, "id")
	if err != nil {
		return acl.PersonView{}, err
	}
	return r.personDesk(id).Person(r.ctx(), id)
}

func (p *Pages) showPerson(r *request) error {
	person, err := p.personOf(r)
	if err != nil {
		return err
	}
	return p.renderPerson(r, http.StatusOK, person, ui.Form{Values: map[string][]string{}})
}

// renderPerson shows the person, with the form that opens an Akte for her.
func (p *Pages) renderPerson(r *request, status int, person acl.PersonView, form ui.Form) error {
	view := p.personFrame(r, "show", person, form)
	view.Purpose = p.label("purpose", person.Stated, r.lang)
	if strings.HasPrefix(person.Stated, "case:") {
		view.Purpose = r.say("person.for_case")
	}
	for i, n := range person.Names {
		if n != view.Called || slices.Index(person.Names, n) != i {
			view.Others = append(view.Others, n)
		}
	}
	if !r.desk().May(policies.ActAkteCreate) {
		return r.show(status, "person", view)
	}
	for _, u := range p.Policies.PlanUnits() {
		if u.Akte && !slices.ContainsFunc(person.Akten, func(a archive.Akte) bool { return a.Plan == u.Key }) {
			view.Plans = append(view.Plans, option{u.Key, u.Key + " " + u.Label.In(r.lang)})
		}
	}
	view.Departments = byName(options(p.Policies.Departments(), func(t policies.Term) policies.Term { return t }, r.lang), r.lang)
	view.Teams = p.teamOptions(r.lang, form.Value("team"))
	if form.Value("lead_department") == "" {
		form.Values["lead_department"] = departments(r.visit.User)[:1]
	}
	var err error
	if view.Keepers, err = keepers(r); err != nil {
		return err
	}
	return r.show(status, "person", view)
}

func (p *Pages) personFrame(r *request, part string, person acl.PersonView, form ui.Form) personView {
	view := personView{Frame: r.frame("akten", r.say("person.title_"+part)), Form: form, Person: person, Part: part, lang: r.lang}
	view.Called = person.Leading()
	return view
}

// openAkteOf opens an Akte for the person.
func (p *Pages) openAkteOf(r *request) error {
	person, err := p.personOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	akte := opened(form, p.Policies)
	akte.Person = person.ID
	made, err := r.personDesk(person.ID).CreateAkte(r.ctx(), akte)
	switch {
	case err == nil:
		return r.leaveTelling("/akten/"+string(made.ID), "entry.made", "Number", made.Number)
	case errors.Is(err, acl.ErrSecondAkte): // one that she may not see
		form.Faults = append(form.Faults, ui.Fault{Field: "distinct_because", Message: r.say("entry.second")})
	case !r.faults(&form, err):
		return err
	}
	r.callFields(&form)
	return p.renderPerson(r, http.StatusUnprocessableEntity, person, form)
}

func (p *Pages) showPersonForm(r *request) error {
	person, err := p.personOf(r)
	if err != nil {
		return err
	}
	return p.askPerson(r, http.StatusOK, person, personForm(person.Person, r.lang), false)
}

// personForm holds what is recorded of a person.
func personForm(person archive.Person, lang string) ui.Form {
	v := map[string][]string{
		"birth_date": {spelt(person.BirthDate)}, "sex": {person.Sex}, "azr_number": {person.AZRNumber},
		"nationalities": {countries(person.Nationalities, lang)},
	}
	if person.Protected {
		v["protected"] = []string{"yes"}
	}
	for i, n := range person.Names {
		nameInputs(v, i, n, lang)
	}
	return ui.Form{Values: v}
}

func nameInputs(values map[string][]string, i int, n archive.Name, lang string) {
	at := fmt.Sprintf("names/%d/", i)
	values[at+"kind"], values[at+"family"], values[at+"given"] = []string{n.Kind}, []string{n.Family}, []string{n.Given}
	values[at+"original_script"] = []string{n.OriginalScript}
	values[at+"birth_date"], values[at+"nationality"] = []string{spelt(n.BirthDate)}, []string{ui.Country(n.Nationality, lang)}
}

func (p *Pages) askPerson(r *request, status int, person acl.PersonView, form ui.Form, stale bool) error {
	if !person.MayChange {
		return acl.ErrDenied
	}
	view := p.personFrame(r, "edit", person, form)
	view.Stale = stale
	if stale || form.Value("revision") == "" {
		form.Values["revision"] = []string{strconv.FormatInt(person.Revision, 10)}
	}
	for i := range nameRows(form) {
		view.Names = append(view.Names, i)
	}
	view.Kinds = options(p.Policies.NameKinds(), func(t policies.Term) policies.Term { return t }, r.lang)
	for _, key := range []string{"f", "m", "x"} {
		view.Sexes = append(view.Sexes, option{key, r.say("entry.sex_" + key)})
	}
	for _, g := range archive.CorrectionGrounds() {
		view.Grounds = append(view.Grounds, option{g.Key, g.Label.In(r.lang)})
	}
	var err error
	if view.Proofs, err = p.proofs(r, person.ID); err != nil {
		return err
	}
	return r.show(status, "person", view)
}

// changePerson changes what is recorded. Where somebody else was first, her state is shown beside what
// was typed.
func (p *Pages) changePerson(r *request) error {
	person, err := p.personOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if form.Value("do") == "name" {
		return p.askPerson(r, http.StatusOK, person, form, false)
	}
	wanted := typedPerson(&form, r.lang)
	revision, _ := strconv.ParseInt(form.Value("revision"), 10, 64) // 0 is stale
	_, err = r.personDesk(person.ID).ChangePerson(r.ctx(), person.ID, revision, typedWhy(form), func(x *archive.Person) error {
		putPerson(x, wanted, p.Guard.Now())
		if person.MayProtect { // else there is no box to tick
			x.Protected = form.Value("protected") != ""
		}
		return nil
	})
	switch {
	case err == nil:
		return r.leaveTelling("/persons/"+string(person.ID), "person.told")
	case errors.Is(err, acl.ErrStale):
		return p.askPerson(r, http.StatusPreconditionFailed, person, form, true)
	case !r.faults(&form, err):
		return err
	}
	r.callFields(&form)
	return p.askPerson(r, http.StatusUnprocessableEntity, person, form, false)
}

// typedWhy is the ground of a correction that the form names.
func typedWhy(form ui.Form) acl.Correcting {
	return acl.Correcting{Ground: form.Value("ground"), Reason: form.Value("reason"), AskedOn: form.Value("asked_on"), Proof: archive.DocumentID(form.Value("proof"))}
}

// typedPerson is the person that the form describes. Names left empty are taken away, and the rows of the
// form with them, so that what is wrong with a name stands beside it.
func typedPerson(form *ui.Form, lang string) archive.Person {
	person := entered(*form)
	if first := person.Names[0]; len(person.Names) > 1 && strings.TrimSpace(first.Family+first.Given+first.OriginalScript) == "" {
		person.Names = person.Names[1:]
	}
	for i := range maxEntryNames {
		for _, input := range []string{"kind", "family", "given", "original_script", "birth_date", "nationality"} {
			delete(form.Values, fmt.Sprintf("names/%d/%s", i, input))
		}
		if i < len(person.Names) {
			nameInputs(form.Values, i, person.Names[i], lang)
		}
	}
	person.Names = slices.Clone(person.Names) // they are changed where they are stored
	return person
}

// showPersonPurposes asks why a person is looked at. It tells nothing of her, not even that she exists.
func (p *Pages) showPersonPurposes(r *request) error {
	return p.askPersonPurpose(r, http.StatusOK, ui.Form{Values: map[string][]string{"purpose": {r.session.Get(lastPurpose)}, "to": {r.Query("to")}}})
}

func (p *Pages) askPersonPurpose(r *request, status int, form ui.Form) error {
	id, err := pathID[archive.PersonID](r, "id")
	if err != nil {
		return err
	}
	view := p.personFrame(r, "purpose", acl.PersonView{Person: archive.Person{ID: id}}, form)
	view.To = form.Value("to")
	view.Purposes = options(p.Policies.Purposes(), func(t policies.Term) policies.Term { return t }, r.lang)
	return r.show(status, "person", view)
}

// statePersonPurpose keeps a purpose for the person, if she may be looked at for it.
func (p *Pages) statePersonPurpose(r *request) error {
	id, form, err := posted[archive.PersonID](r)
	if err != nil {
		return err
	}
	purpose := form.Value("purpose")
	if _, known := p.Policies.Purpose(purpose); !known {
		purpose = "" // a case is one of an Akte
	}
	if _, err := r.deskFor(purpose).Person(r.ctx(), id); err != nil || purpose == "" {
		if err == nil {
			err = acl.ErrPurpose
		}
		if !r.faults(&form, err) {
			return err
		}
		return p.askPersonPurpose(r, http.StatusUnprocessableEntity, form)
	}
	if err := r.session.Put(viewed, string(id)+" "+purpose); err != nil {
		return err
	}
	if err := r.session.Put(lastPurpose, purpose); err != nil {
		return err
	}
	if to := local(form.Value("to")); to != "/" {
		return r.leave(to)
	}
	return r.leave("/persons/" + string(id))
}
