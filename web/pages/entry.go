package pages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// entryDraft is the key of what was typed and not sent.
const entryDraft = "akte/new"

// maxEntryNames is how many names a form takes: as many as a person may have.
const maxEntryNames = 50

// entryView enters a person and opens her Akte.
type entryView struct {
	ui.Frame
	Form ui.Form
	// Names counts the rows of names.
	Names                                     []int
	Kinds, Sexes, Plans, Departments, Keepers []option
	Teams                                     []option
	Registers                                 []policies.Register
	// Similar are persons who might be the same; Asked says that the reader has to decide.
	Similar []similarPerson
	Asked   bool
	// Loss is what she would lose by what she typed; nil: nothing.
	Loss *acl.LossError
	// Typed is how the person is called by the form.
	Typed string
	// Draft is when what is shown was typed; zero for a fresh form.
	Draft time.Time
	// Once names this form, so that sending it twice makes one Akte.
	Once string
}

// similarPerson is somebody who might be the one in the form.
type similarPerson struct {
	acl.Located
	Called string
	// Why is the code of what her name is to the one typed; empty where that is plain to see.
	Why string
}

func (p *Pages) showEntry(r *request) error {
	desk := r.desk()
	if !opens(desk) {
		return acl.ErrDenied
	}
	form := ui.Form{Values: map[string][]string{}}
	draft, err := desk.Draft(r.ctx(), entryDraft)
	switch {
	case err == nil:
		form.Values = draft.Values
	case !errors.Is(err, archive.ErrNotFound):
		return err
	default:
		form.Values["lead_department"] = []string{departments(r.visit.User)[0]}
		form.Values["plan"] = []string{p.Policies.UsualPlanUnit().Key}
	}
	return p.askEntry(r, http.StatusOK, form, func(v *entryView) { v.Draft = draft.Changed })
}

// askEntry shows the form.
func (p *Pages) askEntry(r *request, status int, form ui.Form, more ...func(*entryView)) error {
	view := entryView{Frame: r.frame("akten", r.say("entry.title")), Form: form, Once: form.Value("once")}
	view.Scripts = []string{"shared/draft.js"}
	if view.Once == "" {
		view.Once = archive.NewID[string]()
	}
	for i := range nameRows(form) {
		view.Names = append(view.Names, i)
	}
	same := func(t policies.Term) policies.Term { return t }
	view.Kinds = options(p.Policies.NameKinds(), same, r.lang)
	view.Departments = byName(options(p.Policies.Departments(), same, r.lang), r.lang)
	view.Registers, view.Teams = p.Policies.Registers(), p.teamOptions(r.lang, form.Value("team"))
	for _, u := range p.Policies.PlanUnits() {
		if u.Akte {
			view.Plans = append(view.Plans, option{u.Key, u.Key + " " + u.Label.In(r.lang)})
		}
	}
	for _, key := range []string{"f", "m", "x"} {
		view.Sexes = append(view.Sexes, option{key, r.say("entry.sex_" + key)})
	}
	var err error
	if view.Keepers, err = keepers(r); err != nil {
		return err
	}
	for _, f := range more {
		f(&view)
	}
	return r.show(status, "entry", view)
}

// keepers are who can be responsible: the colleagues of the reader's departments.
func keepers(r *request) (out []option, err error) {
	seen := map[archive.UserID]bool{}
	for _, dep := range departments(r.visit.User) {
		found, err := r.desk().Colleagues(r.ctx(), dep)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, option{string(c.ID), c.Name})
			}
		}
	}
	return byName(out, r.lang), nil
}

// nameRows counts the rows of names that a form shows, one more where that was asked for.
func nameRows(form ui.Form) int {
	n := 1
	for i := range maxEntryNames {
		if _, ok := form.Values[fmt.Sprintf("names/%d/family", i)]; ok {
			n = i + 1
		}
	}
	if form.Value("do") == "name" {
		n++
	}
	return min(n, maxEntryNames)
}

// enter makes what the form says: first it looks whether the person is there already.
func (p *Pages) enter(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if !opens(r.desk()) {
		return acl.ErrDenied
	}
	if form.Value("do") == "name" {
		return p.askEntry(r, http.StatusOK, form)
	}
	person, akte := entered(form), opened(form, p.Policies)
	decided := form.Value("person")
	if decided == "" || form.Value("decided_for") != decidedFor(form) {
		delete(form.Values, "person")
		similar, err := similarTo(r, person)
		if err != nil && !r.faults(&form, err) {
			return err
		}
		if len(form.Faults) == 0 && len(similar) > 0 {
			return p.askEntry(r, http.StatusOK, form, func(v *entryView) {
				v.Asked, v.Similar, v.Typed = true, similar, fullName(person.Names[0])
				v.Form.Values["decided_for"] = []string{decidedFor(form)}
			})
		}
		decided = "new"
	}
	return p.makeEntry(r, form, person, akte, decided)
}

// makeEntry opens the Akte, for the person decided on or a new one.
func (p *Pages) makeEntry(r *request, form ui.Form, person archive.Person, akte archive.Akte, decided string) error {
	desk := r.heedful(form).Finishing(entryDraft)
	if once := form.Value("once"); once != "" {
		desk = desk.Once(once, "POST /akten/new "+decided)
	}
	var made acl.AkteView
	var err error
	if len(form.Faults) > 0 {
		err = archive.ErrInvalid
	} else if decided == "new" {
		made, err = desk.CreateAkteOf(r.ctx(), person, akte)
	} else {
		akte.Person = archive.PersonID(decided)
		made, err = desk.CreateAkte(r.ctx(), akte)
	}
	switch {
	case err == nil && shutOut(form):
		return r.leaveTelling("/akten", "entry.made_away", "Number", made.Number)
	case err == nil:
		return r.leaveTelling("/akten/"+string(made.ID), "entry.made", "Number", made.Number)
	}
	if errors.Is(err, acl.ErrPurpose) { // sent twice, and made by then: she has not said yet why she opens it
		return r.leave("/akten")
	}
	var loss *acl.LossError
	if errors.Is(err, acl.ErrSecondAkte) {
		form.Faults = append(form.Faults, ui.Fault{Field: "distinct_because", Message: r.say("entry.second")})
	} else if !errors.As(err, &loss) && len(form.Faults) == 0 && !r.faults(&form, err) {
		return err
	}
	besideInputs(&form, akte)
	r.callFields(&form)
	return p.askEntry(r, http.StatusUnprocessableEntity, form, func(v *entryView) {
		v.Loss = loss
		if v.Asked = form.Value("person") != ""; v.Asked {
			v.Similar, _ = similarTo(r, person) // what is wrong is said already
			v.Typed = fullName(person.Names[0])
		}
	})
}

// besideInputs brings what is wrong with a participation to the department's own input.
func besideInputs(form *ui.Form, akte archive.Akte) {
	for i, part := range akte.Departments {
		for k := range form.Faults {
			if strings.HasPrefix(form.Faults[k].Field, fmt.Sprintf("departments/%d/", i)) {
				form.Faults[k].Field = "until/" + part.Department
			}
		}
	}
}

// callFields names the inputs in which something is wrong as the form does.
func (r *request) callFields(form *ui.Form) {
	keys := map[string]string{
		"family": "entry.family", "given": "entry.given", "original_script": "entry.script", "kind": "entry.kind", "birth_date": "entry.birth_date",
		"nationalities": "entry.nationalities", "nationality": "entry.nationalities", "azr_number": "entry.azr", "plan": "entry.plan", "lead_department": "entry.lead", "team": "entry.team",
		"responsible": "entry.responsible", "distinct_because": "entry.distinct", "until": "entry.parts",
		"ground": "person.ground", "reason": "person.ground_reason", "asked_on": "person.asked_on", "proof": "person.proof",
	}
	for i := range form.Faults {
		f := &form.Faults[i]
		parts := strings.Split(f.Field, "/")
		switch parts[0] { // "nationalities/0" and "until/asyl" are named by their start, "names/0/given" by its end
		case "nationalities":
			f.Field = parts[0]
		case "names":
			parts[0] = parts[len(parts)-1]
		}
		if key, ok := keys[parts[0]]; ok {
			f.Label = r.say(key)
		}
	}
}

// entered is the person that a form describes.
func entered(form ui.Form) archive.Person {
	p := archive.Person{
		Sex: form.Value("sex"), AZRNumber: form.Value("azr_number"), BirthDate: archive.BirthDate{Given: form.Value("birth_date")},
	}
	for i := range maxEntryNames {
		at := fmt.Sprintf("names/%d/", i)
		n := archive.Name{
			Kind: form.Value(at + "kind"), Family: form.Value(at + "family"), Given: form.Value(at + "given"),
			OriginalScript: form.Value(at + "original_script"), Nationality: ui.CountryCode(form.Value(at + "nationality")),
			BirthDate: archive.BirthDate{Given: form.Value(at + "birth_date")},
		}
		if i == 0 || strings.TrimSpace(n.Family+n.Given+n.OriginalScript) != "" {
			p.Names = append(p.Names, n)
		}
	}
	p.Nationalities = nationalities(form.Value("nationalities"))
	return p
}

// opened is the Akte that a form describes.
func opened(form ui.Form, set *policies.Set) archive.Akte {
	a := archive.Akte{
		Plan: form.Value("plan"), Lead: form.Value("lead_department"), Team: strings.TrimSpace(form.Value("team")),
		Responsible: archive.UserID(form.Value("responsible")), DistinctBecause: form.Value("distinct_because"),
	}
	for _, d := range set.Departments() {
		if d.Key == a.Lead || !form.Has("departments", d.Key) {
			continue
		}
		part := archive.Participation{Department: d.Key, Until: form.Value("until/" + d.Key)}
		if of := form.Values["registers/"+d.Key]; len(of) < len(set.Registers()) {
			part.Registers = slices.Clone(of)
		}
		a.Departments = append(a.Departments, part)
	}
	return a
}

// decidedFor is what a decision was made about: changed, it has to be made again.
func decidedFor(form ui.Form) string {
	return strings.Join([]string{
		form.Value("names/0/family"), form.Value("names/0/given"), form.Value("birth_date"), form.Value("azr_number"),
	}, "|")
}

// similarTo are persons who might be the one described.
func similarTo(r *request, person archive.Person) (out []similarPerson, err error) {
	found, err := r.desk().Similar(r.ctx(), person)
	for _, l := range found {
		out = append(out, similarPerson{l, fullName(l.Name), likeness(l.Likeness.Class)})
	}
	return out, err
}
