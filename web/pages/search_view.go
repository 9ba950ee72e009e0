package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/index"
	"eakte/index/name"
	"eakte/policies"
	"eakte/web/ui"
)

// searchView is the search page.
type searchView struct {
	ui.Frame
	Search keptSearch
	// Asked says that there is an answer, Gone that the address names a search that isn't kept.
	Asked, Gone bool
	Faults      []ui.Fault
	Found       acl.Found
	Groups      []facetGroup
	Chips       []chip
	Bars        []bar
	Persons     []personRow
	Hits        []hitRow
	// First and Last number the hits shown; Next leads to more, empty behind the last.
	First, Last int
	Next        string
	// Understood is what was looked for, where that isn't plain from what was typed; Also what was looked for
	// beside it.
	Understood, Also string
	Mistakes         []mistakeRow
	Ignored          string
	Saved            []acl.KeptSearch
	Preview          *previewView
}

// facetGroup is a facet as checkboxes: the values chosen and the most frequent ones, then the others.
type facetGroup struct {
	Name, Kind   string
	Values, More []facetValue
}

type facetValue struct {
	Key    string
	Count  int
	Chosen bool
}

// chip is a filter that can be taken away. Kind is that of a label, or "from", "to", "akte", "person".
type chip struct{ Drop, Kind, Key string }

// bar is a span of days with how many hits it has. First and Last are years or months; the rest is where
// the bar stands in a drawing of [barHeight].
type bar struct {
	First, Last string
	From, To    string
	Count       int
	Y, Height   int
}

type personRow struct {
	acl.FoundPerson
	Family, Given, Original []piece
	// Why is the code of what the name found is to the one typed; empty where that is plain to see.
	Why string
}

// hitRow is a document found.
type hitRow struct {
	acl.Hit
	Title    []piece
	Snippets []snippetRow
	Pages    []pageLink
	More     int
	// Open leads to the preview within the page, Part is the preview alone.
	Open, Part string
	Chosen     bool
}

type snippetRow struct {
	Page   int
	Pieces []piece
}

type pageLink struct {
	Page, Count int
	Open, Part  string
}

// piece is a part of a text that is marked or not.
type piece struct {
	Text   string
	Marked bool
}

func pieces(text string, marks []index.Span) (out []piece) {
	at := 0
	for _, m := range marks {
		if m.Start > at {
			out = append(out, piece{Text: text[at:m.Start]})
		}
		out = append(out, piece{text[m.Start:m.End], true})
		at = m.End
	}
	if at < len(text) {
		out = append(out, piece{Text: text[at:]})
	}
	return out
}

func newSearchView(r *request, s keptSearch) *searchView {
	v := &searchView{Frame: r.frame("search", r.say("search.title")), Search: s}
	v.Scripts = []string{"shared/viewer.js", "search/search.js"}
	f := s.Filters
	for _, g := range []struct {
		name, kind string
		keys       []string
	}{{"type", "doctype", f.Types}, {"register", "register", f.Registers}, {"department", "department", f.Departments}, {"classification", "classification", f.Classifications}} {
		for _, key := range g.keys {
			v.Chips = append(v.Chips, chip{g.name + ":" + key, g.kind, key})
		}
	}
	for _, c := range []chip{{"date", "from", f.From}, {"date", "to", f.To}, {"akte", "akte", string(f.Akte)}, {"person", "person", string(f.Person)}} {
		if c.Key != "" && !(c.Kind == "to" && f.From != "") { // one chip for both days
			v.Chips = append(v.Chips, c)
		}
	}
	if s.New != nil {
		v.Chips = append(v.Chips, chip{"new", "new", "new"})
	}
	return v
}

// Narrowed says that filters are set.
func (v *searchView) Narrowed() bool { return len(v.Chips) > 0 }

// fill shows an answer.
func (v *searchView) fill(r *request, s keptSearch, f acl.Found) {
	v.Found = f
	v.First, _ = strconv.Atoi(r.Query("n"))
	v.First = max(v.First, 0) + 1
	v.Last = v.First + len(f.Hits) - 1
	if f.Next != "" && v.Last < f.Total {
		v.Next = "/search?s=" + s.ID + "&n=" + strconv.Itoa(v.Last) + "&after=" + url.QueryEscape(f.Next)
	}
	v.Ignored = quoted(f.Ignored, r.lang)
	v.explain(r, f)
	v.Bars = bars(f.Timeline)
	v.Groups = groups(f.Facets, s.Filters)
	v.Persons = personRows(f.Persons)
	for _, h := range f.Hits {
		v.Hits = append(v.Hits, rowOf(s.ID, h))
	}
}

func personRows(found []acl.FoundPerson) (out []personRow) {
	for _, p := range found {
		n := p.Matched
		out = append(out, personRow{
			p, pieces(n.Family, p.Marks.Family), pieces(n.Given, p.Marks.Given), pieces(n.OriginalScript, p.Marks.Original), likeness(p.Likeness.Class),
		})
	}
	return out
}

// likeness is the code of a likeness that the reader should know of.
func likeness(c name.Class) string {
	if c <= name.Order {
		return ""
	}
	return c.String()
}

// quoted lists words in the quotation marks of a language.
func quoted(words []string, lang string) string {
	open, shut := "„", "“"
	if lang == "en" {
		open, shut = "“", "”"
	}
	var out []string
	for _, w := range words {
		out = append(out, open+w+shut)
	}
	return strings.Join(out, ", ")
}

// How much of a hit is shown.
const (
	pagesLinked   = 5
	snippetsShown = 2
)

func rowOf(search string, h acl.Hit) hitRow {
	first := 0
	if len(h.Pages) > 0 {
		first = h.Pages[0]
	}
	row := hitRow{Hit: h, Title: pieces(h.Document.Title, h.TitleMarks)}
	path := func(base string, page int) string { return hitPath(base, search, h.Document.ID, h.Akte.ID, page) }
	row.Open, row.Part = path("/search", first), path("/search/preview", first)
	for i, n := range h.Pages[:min(len(h.Pages), pagesLinked)] {
		row.Pages = append(row.Pages, pageLink{n, h.Counts[i], path("/search", n), path("/search/preview", n)})
	}
	row.More = len(h.Pages) + h.MorePages - len(row.Pages)
	for _, s := range h.Snippets[:min(len(h.Snippets), snippetsShown)] {
		row.Snippets = append(row.Snippets, snippetRow{s.Page, pieces(s.Text, s.Marks)})
	}
	return row
}

// hitPath is the address of a hit beside its list, or alone.
func hitPath(base, search string, id archive.DocumentID, akte archive.AkteID, page int) string {
	out := base + "?s=" + url.QueryEscape(search) + "&d=" + string(id) + "&a=" + string(akte)
	if page > 0 {
		out += "&page=" + strconv.Itoa(page)
	}
	return out
}

// choose marks the hit that the preview shows.
func (v *searchView) choose(id archive.DocumentID) {
	for i := range v.Hits {
		v.Hits[i].Chosen = v.Hits[i].Document.ID == id
	}
}

// facetsInSight is how many values of a facet are in sight beside those chosen.
const facetsInSight = 5

func groups(facets map[string][]index.Count, f archive.SearchFilters) (out []facetGroup) {
	for _, g := range []struct {
		name, kind string
		chosen     []string
	}{{"type", "doctype", f.Types}, {"register", "register", f.Registers}, {"department", "department", f.Departments}, {"classification", "classification", f.Classifications}} {
		group := facetGroup{Name: g.name, Kind: g.kind}
		for _, c := range facets[g.name] {
			v := facetValue{c.Key, c.Count, slices.Contains(g.chosen, c.Key)}
			if v.Chosen || len(group.Values) < facetsInSight {
				group.Values = append(group.Values, v)
			} else {
				group.More = append(group.More, v)
			}
		}
		if len(group.Values) > 1 || len(g.chosen) > 0 {
			out = append(out, group)
		}
	}
	return out
}

// Sizes of the drawing of a timeline.
const (
	barHeight = 40
	barsShown = 9
)

// bars draws a timeline in few bars, each of the same number of months or years; none where a single
// one would be all.
func bars(timeline []index.Count) []bar {
	if len(timeline) < 2 {
		return nil
	}
	months := len(timeline[0].Key) == len("2026-11")
	steps := []int{1, 2, 5, 10, 20, 50, 100, 500, 1000, 10000}
	if months {
		steps = []int{1, 3, 6, 12}
	}
	first, last := periodOf(timeline[0].Key), periodOf(timeline[len(timeline)-1].Key)
	step := steps[slices.IndexFunc(steps, func(s int) bool { return last/s-first/s < barsShown || s == steps[len(steps)-1] })]
	out := make([]bar, last/step-first/step+1)
	most := 0
	for i := range out {
		out[i] = newBar((first/step+i)*step, step, months)
	}
	for _, c := range timeline {
		b := &out[periodOf(c.Key)/step-first/step]
		b.Count += c.Count
		most = max(most, b.Count)
	}
	for i := range out {
		if n := out[i].Count; n > 0 {
			out[i].Height = max(2, n*barHeight/most)
		}
		out[i].Y = barHeight - out[i].Height
	}
	return out
}

// periodOf numbers a year, or a month from January of the year 0.
func periodOf(key string) int {
	year, _ := strconv.Atoi(key[:4])
	if len(key) == 4 {
		return year
	}
	month, _ := strconv.Atoi(key[5:])
	return year*12 + month - 1
}

func newBar(first, length int, months bool) bar {
	last := first + length - 1
	if !months {
		return bar{First: fmt.Sprintf("%04d", first), Last: fmt.Sprintf("%04d", last), From: fmt.Sprintf("%04d-01-01", first), To: fmt.Sprintf("%04d-12-31", last)}
	}
	from := time.Date(first/12, time.Month(first%12+1), 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(last/12, time.Month(last%12+2), 0, 0, 0, 0, 0, time.UTC)
	return bar{First: from.Format("2006-01"), Last: to.Format("2006-01"), From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
}

// previewView is a document beside the list: at the hit, or the question why its Akte is opened.
type previewView struct {
	Search   string
	Document archive.DocumentID
	Akte     archive.AkteID
	// Back is the list alone, Here the list with this preview.
	Back, Here string
	// Gone says that the document can't be shown (any more).
	Gone     bool
	Approach *acl.Approach
	Purposes []option
	Form     ui.Form
	Viewer   *ui.Viewer
	// InAkte is the document in its Akte, Alike the list of those that resemble it; empty while it isn't read.
	InAkte, Alike string
}

func (v *previewView) askWhy(r *request, a acl.Approach) {
	v.Approach = &a
	v.Purposes = options(r.pages.Policies.Purposes(), func(t policies.Term) policies.Term { return t }, r.lang)
	v.Form.Values = map[string][]string{"purpose": {r.session.Get(lastPurpose)}}
	if len(a.Cases) > 0 && v.Form.Value("purpose") == "" {
		v.Form.Values = map[string][]string{"purpose": {"case:" + string(a.Cases[0].ID)}}
	}
}

func (v *previewView) show(p *Pages, r *request, doc acl.DocumentView, text string, page int) {
	title := doc.Title
	if title == "" {
		title = p.label("doctype", doc.Type, r.lang)
	}
	view := documentViewer(doc.ID, title, doc.State, doc.Current)
	view.ID, view.Query, view.Open = "preview-viewer", text, page
	view.Refresh, view.Close = hitPath("/search/preview", v.Search, v.Document, v.Akte, page), v.Back
	v.Viewer = &view
	v.InAkte = "/akten/" + string(v.Akte) + "/documents/" + string(doc.ID) + "?hit=" + v.Search
	if len(doc.Current.Pages) > 0 {
		v.Alike = "/akten/" + string(v.Akte) + "/documents/" + string(doc.ID) + "/alike"
	}
	if page > 0 {
		v.InAkte += "#page=" + strconv.Itoa(page)
	}
}
