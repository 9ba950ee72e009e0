package pages

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/web/ui"
)

// trailView is the trail and what it is narrowed to.
type trailView struct {
	ui.Frame
	Form    ui.Form
	Summary acl.TrailSummary
	Rows    []trailRow
	// SearchedTo is not zero where many events were looked at before the page was full.
	SearchedTo time.Time
	// Older is where older events are; empty: nowhere. Export are the events as a file.
	Older string
	// Accesses is where the events of the person narrowed to are put together by account.
	Accesses string
	// Hold is where entries of the person or account narrowed to are kept beyond their term; empty: of neither.
	Hold                  string
	ExportCSV, ExportJSON string
	// Again is where the reader proves first that it is she who gives the list out; empty: she did of late.
	Again string
	// Spans narrow to the last days, with all else as it is.
	Chips, Spans          []trailChip
	Classes, Ops, Results []option
	// Kept are the ids that the form carries on, Deed the act or class chosen.
	Kept []option
	Deed string
	// Found are those to choose among where a name fits several.
	Found []trailChip
}

// trailChip is something narrowed to, and where it is let go; or a choice and where it leads.
type trailChip struct{ Label, Path string }

// trailRow is an event with its details spelt out.
type trailRow struct {
	acl.TrailRow
	When    time.Time
	Deed    string
	Purpose string
	// RuleText is the deciding rule in the reader's words.
	RuleText string
	Details  []trailDetail
}

// trailDetail is a part of what was recorded.
type trailDetail struct {
	Erased bool
	Lines  []trailLine
}

type trailLine struct{ Key, Value string }

// trailKeys are the ids and codes that a filter keeps in the address; names never stand there.
func trailKeys() []string {
	return []string{"akte", "person", "actor", "class", "op", "result", "from", "to", "system"}
}

// kept are those of the keys that have a value.
func kept(values url.Values) url.Values {
	out := url.Values{}
	for _, key := range trailKeys() {
		if v := values.Get(key); v != "" {
			out.Set(key, v)
		}
	}
	return out
}

func trailPath(q url.Values) string {
	if len(q) == 0 {
		return "/trail"
	}
	return "/trail?" + q.Encode()
}

// filter reads the filter of an address. Days are the authority's; the last one is included.
func (p *Pages) trailFilter(q url.Values) (f archive.TrailFilter, err error) {
	f = archive.TrailFilter{
		Akte: archive.AkteID(q.Get("akte")), Person: archive.PersonID(q.Get("person")), Actor: archive.UserID(q.Get("actor")),
		Op: q.Get("op"), Class: q.Get("class"), Result: q.Get("result"),
		People: q.Get("system") == "" && q.Get("actor") == "",
	}
	day := func(name string) (time.Time, error) {
		if q.Get(name) == "" {
			return time.Time{}, nil
		}
		t, err := time.ParseInLocation(time.DateOnly, q.Get(name), p.Guard.Zone)
		if err != nil {
			return t, &archive.FieldError{Pointer: "/" + name, Code: "format"}
		}
		return t, nil
	}
	if f.From, err = day("from"); err != nil {
		return f, err
	}
	if f.To, err = day("to"); err == nil && !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	return f, err
}

func (p *Pages) showTrail(r *request) error {
	q := kept(r.Request.URL.Query())
	return p.trail(r, http.StatusOK, q, r.Query("cursor"), ui.Form{Values: q}, nil)
}

// trail shows a page of the trail.
func (p *Pages) trail(r *request, status int, q url.Values, cursor string, form ui.Form, found []trailChip) error {
	f, err := p.trailFilter(q)
	if err != nil {
		f = archive.TrailFilter{}
		if !r.faults(&form, err) {
			return err
		}
		q, status = url.Values{}, http.StatusUnprocessableEntity
	}
	page, of, summary, err := r.desk().TrailOverview(r.ctx(), f, 50, cursor)
	if err != nil {
		return err
	}
	v := trailView{
		Frame: r.trailFrame("trail", r.say("trail.title")), Form: form, Summary: summary, SearchedTo: page.SearchedTo, Found: found,
		Chips: r.trailChips(q, of), Spans: r.trailSpans(q), ExportCSV: p.exportPath("csv", f), ExportJSON: p.exportPath("json", f),
	}
	if !r.session.Proven() {
		v.Again = signInPath("/sign-in/again", trailPath(q))
	}
	for _, key := range []string{"akte", "person", "actor"} {
		if q.Get(key) != "" {
			v.Kept = append(v.Kept, option{key, q.Get(key)})
		}
	}
	if id := q.Get("person"); id != "" {
		v.Accesses = "/trail/persons/" + url.PathEscape(id)
	}
	for _, key := range []string{"person", "actor"} {
		if id := q.Get(key); id != "" && v.Hold == "" {
			v.Hold = "/trail/holds" + question(url.Values{key: {id}})
		}
	}
	if v.Deed = "op:" + q.Get("op"); v.Deed == "op:" {
		v.Deed = "class:" + q.Get("class")
	}
	for _, row := range page.Items {
		v.Rows = append(v.Rows, p.trailRow(r, row))
	}
	if page.Next != "" {
		next := maps.Clone(q)
		next.Set("cursor", page.Next)
		v.Older = trailPath(next)
	}
	for _, c := range []audit.Class{audit.Query, audit.Disclosure, audit.Collection, audit.Change, audit.Combination, audit.Erasure, audit.Operation} {
		v.Classes = append(v.Classes, option{"class:" + string(c), ClassName(c).In(r.lang)})
	}
	for op, name := range opNames() {
		v.Ops = append(v.Ops, option{"op:" + string(op), name.In(r.lang)})
	}
	byName(v.Ops, r.lang)
	for _, result := range []audit.Result{audit.Allow, audit.Deny, audit.Failed} {
		v.Results = append(v.Results, option{string(result), ResultName(result).In(r.lang)})
	}
	return r.show(status, "trail", v)
}

// exportPath is where the same events are had as a file.
func (p *Pages) exportPath(kind string, f archive.TrailFilter) string {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("akte", string(f.Akte))
	set("person", string(f.Person))
	set("actor", string(f.Actor))
	set("op", f.Op)
	set("class", f.Class)
	set("result", f.Result)
	if f.People {
		set("people", "true")
	}
	if !f.From.IsZero() {
		set("from", f.From.UTC().Format(time.RFC3339))
	}
	if !f.To.IsZero() {
		set("to", f.To.UTC().Format(time.RFC3339))
	}
	path := "/api/v1/audit/events." + kind
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// trailSpans are the same list for today, the last week and the last month.
func (r *request) trailSpans(q url.Values) (spans []trailChip) {
	today := r.pages.Guard.Now().In(r.pages.Guard.Zone)
	for _, days := range []int{1, 7, 30} {
		last := maps.Clone(q)
		last.Set("from", today.AddDate(0, 0, 1-days).Format(time.DateOnly))
		last.Del("to")
		spans = append(spans, trailChip{r.say("trail.last_days", "N", days), trailPath(last)})
	}
	return spans
}

// trailChips say what the list is narrowed to, each with the list without it.
func (r *request) trailChips(q url.Values, of acl.TrailOf) (chips []trailChip) {
	add := func(label string, keys ...string) {
		rest := maps.Clone(q)
		for _, key := range keys {
			rest.Del(key)
		}
		chips = append(chips, trailChip{label, trailPath(rest)})
	}
	numbers := make([]string, 0, len(of.Akten))
	for _, a := range of.Akten {
		numbers = append(numbers, a.Number)
	}
	label := r.pages.label
	for _, key := range trailKeys() {
		value := q.Get(key)
		if value == "" {
			continue
		}
		switch key {
		case "akte":
			add(r.say("trail.chip_akte", "Number", strings.Join(numbers, ", ")), key)
		case "person":
			add(r.say("trail.chip_person", "Number", cmp.Or(strings.Join(numbers, ", "), "–")), key)
		case "actor":
			add(r.say("trail.chip_actor", "Name", cmp.Or(of.Actor.Called(), "–")), key)
		case "system":
			add(r.say("trail.chip_system"), key)
		case "from":
			add(r.say("trail.chip_from", "Day", day(value, r.lang)), key)
		case "to":
			add(r.say("trail.chip_to", "Day", day(value, r.lang)), key)
		default:
			add(label(key, value, r.lang), key)
		}
	}
	return chips
}

// day writes a day of an address as people read it.
func day(value, lang string) string {
	t, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return value
	}
	if lang == "en" {
		return t.Format("2 Jan 2006")
	}
	return t.Format("02.01.2006")
}

func (p *Pages) trailRow(r *request, row acl.TrailRow) trailRow {
	out := trailRow{TrailRow: row, When: row.Leaf.When(), Deed: DeedName(row).In(r.lang), RuleText: row.Rule.In(r.lang)}
	if out.Purpose = p.label("purpose", row.Leaf.Purpose, r.lang); row.Case.Procedure != "" {
		out.Purpose = p.label("procedure", row.Case.Procedure, r.lang)
	} else if strings.HasPrefix(row.Leaf.Purpose, "case:") {
		out.Purpose = r.say("trail.case_gone")
	}
	for _, part := range row.Parts {
		d := trailDetail{Erased: part.Erased}
		var said map[string]any
		if json.Unmarshal(part.Text, &said) == nil {
			for _, key := range slices.Sorted(maps.Keys(said)) {
				d.Lines = append(d.Lines, trailLine{key, plainly(said[key])})
			}
		}
		if d.Erased || len(d.Lines) > 0 {
			out.Details = append(out.Details, d)
		}
	}
	return out
}

// plainly writes a recorded value: a text as it is, all else as JSON.
func plainly(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// narrowTrail reads the filter's form, finds whom it names, and goes to the list.
func (p *Pages) narrowTrail(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	q := kept(form.Values)
	for _, key := range []string{"class", "op"} {
		if value, ok := strings.CutPrefix(form.Value("deed"), key+":"); ok {
			q.Set(key, value)
		}
	}
	born, err := archive.ParseBirthDate(form.Value("birth_date"), p.Guard.Now())
	if err != nil {
		form.Faults = append(form.Faults, ui.Fault{Field: "birth_date", Message: r.say("trail.bad_date")})
		return p.trail(r, http.StatusUnprocessableEntity, q, "", form, nil)
	}
	var found []trailChip
	if name := form.Value("subject"); name != "" {
		subjects, err := r.desk().TrailSubjects(r.ctx(), name, born)
		if err != nil {
			return err
		}
		if found = p.chooseSubject(q, subjects.Persons); len(found) == 0 {
			form.Faults = append(form.Faults, ui.Fault{Field: "subject", Message: r.say("trail.nobody")})
		}
	}
	if name := form.Value("user"); name != "" && len(form.Faults) == 0 && len(found) < 2 {
		users, err := r.desk().TrailUsers(r.ctx(), name)
		if err != nil {
			return err
		}
		if found = p.chooseUser(r, q, users); len(found) == 0 {
			form.Faults = append(form.Faults, ui.Fault{Field: "user", Message: r.say("trail.no_user")})
		}
	}
	if len(form.Faults) > 0 || len(found) > 1 {
		return p.trail(r, http.StatusUnprocessableEntity, q, "", form, found)
	}
	return r.leave(trailPath(q))
}

// chooseSubject sets the one found in q, or returns several to choose among.
func (p *Pages) chooseSubject(q url.Values, found []acl.TrailSubject) (choice []trailChip) {
	for _, s := range found {
		one := maps.Clone(q)
		one.Del("akte")
		one.Set("person", string(s.Person))
		numbers := make([]string, 0, len(s.Akten))
		for _, a := range s.Akten {
			numbers = append(numbers, a.Number)
		}
		choice = append(choice, trailChip{cmp.Or(strings.Join(numbers, ", "), "–"), trailPath(one)})
	}
	if len(found) == 1 {
		q.Del("akte")
		q.Set("person", string(found[0].Person))
	}
	return choice
}

// chooseUser is chooseSubject for accounts.
func (p *Pages) chooseUser(r *request, q url.Values, found []acl.TrailUser) (choice []trailChip) {
	for _, u := range found {
		one := maps.Clone(q)
		one.Set("actor", string(u.ID))
		departments := make([]string, 0, len(u.Departments))
		for _, d := range u.Departments {
			departments = append(departments, p.label("department", d, r.lang))
		}
		choice = append(choice, trailChip{u.Called() + " (" + strings.Join(departments, ", ") + ")", trailPath(one)})
	}
	if len(found) == 1 {
		q.Set("actor", string(found[0].ID))
	}
	return choice
}
