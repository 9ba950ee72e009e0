package pages

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// accessesView tells who saw a person, found her, took something out or disclosed it.
type accessesView struct {
	ui.Frame
	acl.Accesses
	Form    ui.Form
	Numbers string
	People  []accessRow
	// CSV and PDF are the same as a file, Trail all of it in the order of time.
	CSV, PDF, JSON, Trail string
	// Again is where the reader proves first that it is she who gives it out; empty: she did of late.
	Again string
}

// accessRow is an account with what it did, in words.
type accessRow struct {
	acl.AccessBy
	Kinds string
	Acts  []accessAct
	// Left is how many acts aren't shown here; the files have all.
	Left  int
	Trail string
}

// accessAct is an act in words.
type accessAct struct {
	trailRow
	Kind, Reason string
}

// accessesShown is how many acts of an account a page shows.
const accessesShown = 50

func (p *Pages) showAccesses(r *request) error {
	id, err := pathID[archive.PersonID](r, "id")
	if err != nil {
		return err
	}
	asked := r.Request.URL.Query()
	form := ui.Form{Values: url.Values{"from": {asked.Get("from")}, "to": {asked.Get("to")}}}
	status := http.StatusOK
	f, err := p.trailFilter(form.Values)
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		f, status = archive.TrailFilter{}, http.StatusUnprocessableEntity
	}
	found, err := r.desk().Accesses(r.ctx(), id, f.From, f.To)
	if err != nil {
		return err
	}
	v := accessesView{Frame: r.trailFrame("trail", r.say("accesses.title")), Accesses: found, Form: form, Trail: trailPath(url.Values{"person": {string(id)}})}
	var numbers []string
	for _, a := range found.Akten {
		numbers = append(numbers, a.Number)
	}
	v.Numbers = strings.Join(numbers, ", ")
	for _, by := range found.By {
		v.People = append(v.People, p.accessRow(r, id, by))
	}
	path, q := "/api/v1/audit/persons/"+string(id)+"/accesses", url.Values{}
	for key, at := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !at.IsZero() {
			q.Set(key, at.UTC().Format(time.RFC3339))
		}
	}
	v.CSV, v.PDF, v.JSON = path+".csv"+question(q), path+".pdf"+question(q), path+question(q)
	if !r.session.Proven() {
		v.Again = signInPath("/sign-in/again", r.Request.URL.Path+question(asked))
	}
	return r.show(status, "accesses", v)
}

// accessRow puts what an account did into words.
func (p *Pages) accessRow(r *request, person archive.PersonID, by acl.AccessBy) accessRow {
	row := accessRow{AccessBy: by, Left: max(0, len(by.Acts)-accessesShown), Trail: trailPath(url.Values{"person": {string(person)}, "actor": {string(by.Actor)}})}
	var kinds []string
	for _, k := range by.Kinds {
		kinds = append(kinds, AccessName(k).In(r.lang))
	}
	row.Kinds = strings.Join(kinds, ", ")
	for _, a := range by.Acts[:len(by.Acts)-row.Left] {
		row.Acts = append(row.Acts, accessAct{p.trailRow(r, a.TrailRow), AccessName(a.Kind).In(r.lang), a.Reason})
	}
	return row
}
