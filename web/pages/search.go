package pages

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/index"
	"eakte/index/query"
	"eakte/web/ui"
)

// Limits of searches.
const (
	hitsShown    = 25
	searchesKept = 20
	searchesKey  = "searches"
	// searchBytes is the most that one kept takes: the session is read with every request.
	searchBytes = 16 << 10
)

// keptSearch is a search that the session keeps, because its words must not stand in an address.
type keptSearch struct {
	ID      string                `json:"i"`
	Text    string                `json:"q"`
	Sort    string                `json:"o,omitempty"`
	Filters archive.SearchFilters `json:"f"`
	// New narrows it to new hits of a saved search.
	New *acl.NewHits `json:"n,omitempty"`
}

func (s keptSearch) query() index.Query {
	f := s.Filters
	return index.Query{
		Text: s.Text, Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: f.Akte, Person: f.Person, Sort: s.Sort, Limit: hitsShown,
	}
}

// path is where the search is shown.
func (s keptSearch) path() string { return "/search?s=" + s.ID }

// keptSearches are those of the session, oldest first. What can't be read is none.
func (r *request) keptSearches() (out []keptSearch) {
	if json.Unmarshal([]byte(r.session.Get(searchesKey)), &out) != nil {
		return nil
	}
	return out
}

// keepSearch keeps a search as the newest one and gives it an ID.
func (r *request) keepSearch(s keptSearch) (keptSearch, error) {
	all := slices.DeleteFunc(r.keptSearches(), func(o keptSearch) bool {
		same := o
		same.ID = ""
		if reflect.DeepEqual(same, s) {
			s.ID = o.ID
			return true
		}
		return false
	})
	if s.ID == "" {
		s.ID = strings.ToLower(rand.Text()[:8])
	}
	all = append(all, s)
	data, err := json.Marshal(all[max(0, len(all)-searchesKept):])
	if err != nil {
		return s, err
	}
	return s, r.session.Put(searchesKey, string(data))
}

// kept finds the search that the address names.
func (r *request) kept(id string) (keptSearch, bool) {
	for _, s := range r.keptSearches() {
		if s.ID == id {
			return s, true
		}
	}
	return keptSearch{}, false
}

// searchOf reads a posted search, with what the button that was pressed changes in it.
func searchOf(form url.Values) keptSearch {
	list := func(name string) (out []string) {
		for _, v := range form[name] {
			if v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	s := keptSearch{Text: query.Enough(strings.TrimSpace(form.Get("q"))), Sort: form.Get("sort"), Filters: archive.SearchFilters{
		Types: list("type"), Registers: list("register"), Departments: list("department"), Classifications: list("classification"),
		From: form.Get("date_from"), To: form.Get("date_to"),
		Akte: archive.AkteID(form.Get("akte_id")), Person: archive.PersonID(form.Get("person_id")),
	}}
	if s.Sort != "date" && s.Sort != "-date" {
		s.Sort = ""
	}
	s.New = newHits(form.Get("new"))
	if form.Has("respelled") {
		s.Text = query.Enough(form.Get("respelled"))
	}
	if form.Has("clear") {
		s.Filters, s.New = archive.SearchFilters{}, nil
	}
	if from, to, ok := strings.Cut(form.Get("span"), "/"); ok {
		s.Filters.From, s.Filters.To = from, to
	}
	s.drop(form.Get("drop"))
	return s
}

// Fresh writes which new hits a search is narrowed to; "" for none.
func (s keptSearch) Fresh() string {
	if s.New == nil {
		return ""
	}
	return fmt.Sprintf("%s/%d/%d", s.New.Search, s.New.After, s.New.UpTo)
}

// newHits reads what [keptSearch.Fresh] wrote; nil where it is anything else.
func newHits(text string) *acl.NewHits {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return nil
	}
	id, err := archive.ParseID[archive.SearchID](parts[0])
	after, aerr := strconv.ParseUint(parts[1], 10, 64)
	upTo, uerr := strconv.ParseUint(parts[2], 10, 64)
	if err != nil || aerr != nil || uerr != nil {
		return nil
	}
	return &acl.NewHits{Search: id, After: after, UpTo: upTo}
}

// drop takes a filter away: "type:KEY" and the like, "date", "akte", "person".
func (s *keptSearch) drop(what string) {
	f := &s.Filters
	kind, key, _ := strings.Cut(what, ":")
	without := func(in []string) []string {
		return slices.DeleteFunc(in, func(v string) bool { return v == key })
	}
	switch kind {
	case "type":
		f.Types = without(f.Types)
	case "register":
		f.Registers = without(f.Registers)
	case "department":
		f.Departments = without(f.Departments)
	case "classification":
		f.Classifications = without(f.Classifications)
	case "date":
		f.From, f.To = "", ""
	case "new":
		s.New = nil
	case "akte":
		f.Akte = ""
	case "person":
		f.Person = ""
	}
}

// check finds days that are none, and what is too much to keep.
func (s keptSearch) check() error {
	if data, err := json.Marshal(s); err != nil || len(data) > searchBytes {
		return &index.QueryError{Code: "too_long"}
	}
	for name, day := range map[string]string{"/date_from": s.Filters.From, "/date_to": s.Filters.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return &archive.FieldError{Pointer: name, Code: "format"}
		}
	}
	return nil
}

// search keeps what was asked for and sends the browser to the answer.
func (p *Pages) search(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	s := searchOf(form.Values)
	if id := form.Value("saved"); id != "" {
		if s, err = r.saved(archive.SearchID(id), form.Value("fresh") != ""); err != nil {
			return err
		}
	}
	if err := s.check(); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.showFound(r, http.StatusUnprocessableEntity, s, false, form.Faults)
	}
	if s, err = r.keepSearch(s); err != nil {
		return err
	}
	return r.leave(s.path())
}

// saved reads a search of the reader's profile; fresh is for its new hits, which count as seen then.
func (r *request) saved(id archive.SearchID, fresh bool) (keptSearch, error) {
	if fresh {
		s, hits, err := r.desk().SeeNew(r.ctx(), id, 0)
		return keptSearch{Text: s.Text, Sort: s.Sort, Filters: s.Filters, New: &hits}, err
	}
	profile, err := r.desk().Profile(r.ctx())
	if err != nil {
		return keptSearch{}, err
	}
	s := profile.Search(id)
	if s == nil {
		return keptSearch{}, archive.ErrNotFound
	}
	return keptSearch{Text: s.Text, Sort: s.Sort, Filters: s.Filters}, nil
}

// find asks for what a search is narrowed to.
func (r *request) find(s keptSearch, cursor string) (acl.Found, error) {
	if s.New != nil {
		return r.desk().SearchNew(r.ctx(), *s.New, s.query(), cursor)
	}
	return r.desk().Search(r.ctx(), s.query(), cursor)
}

func (p *Pages) showSearch(r *request) error {
	s, ok := r.kept(r.Query("s"))
	return p.showFound(r, http.StatusOK, s, ok, nil)
}

// showFound asks, if the search is one that can be asked, and shows the answer.
func (p *Pages) showFound(r *request, status int, s keptSearch, ask bool, faults []ui.Fault) error {
	view := newSearchView(r, s)
	view.Faults, view.Asked = faults, ask
	view.Gone = !ask && r.Query("s") != ""
	if ask {
		found, err := r.find(s, r.Query("after"))
		form := ui.Form{}
		switch {
		case err == nil:
			view.fill(r, s, found)
		case r.faults(&form, err):
			view.Faults, view.Asked, status = form.Faults, false, http.StatusUnprocessableEntity
		default:
			return err
		}
	}
	var err error
	if view.Saved, err = r.desk().Searches(r.ctx()); err != nil {
		return err
	}
	if id := r.Query("d"); id != "" && view.Asked {
		if view.Preview, _, err = p.preview(r, s); err != nil {
			return err
		}
		view.choose(archive.DocumentID(id))
	}
	return r.show(status, "search", view)
}

// showPreview answers with the preview alone.
func (p *Pages) showPreview(r *request) error {
	s, ok := r.kept(r.Query("s"))
	if !ok {
		return archive.ErrNotFound
	}
	preview, status, err := p.preview(r, s)
	if err != nil {
		return err
	}
	return r.part(status, "search", "preview", preview)
}

// preview shows the document that the address names at the words searched for, or asks why its Akte is
// opened.
func (p *Pages) preview(r *request, s keptSearch) (*previewView, int, error) {
	id, err := archive.ParseID[archive.DocumentID](r.Query("d"))
	akte, aerr := archive.ParseID[archive.AkteID](r.Query("a"))
	if err != nil || aerr != nil {
		return nil, 0, archive.ErrNotFound
	}
	page, _ := strconv.Atoi(r.Query("page"))
	v := &previewView{Search: s.ID, Document: id, Akte: akte, Back: s.path(), Here: hitPath("/search", s.ID, id, akte, page)}
	doc, err := r.desk().Document(r.ctx(), id)
	switch {
	case errors.Is(err, acl.ErrPurpose):
		approach, err := r.desk().Approach(r.ctx(), akte)
		if err != nil {
			return nil, 0, err
		}
		v.askWhy(r, approach)
		return v, http.StatusOK, nil
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, acl.ErrDenied):
		v.Gone = true
		return v, http.StatusNotFound, nil
	case err != nil:
		return nil, 0, err
	}
	v.show(p, r, doc, s.Text, page)
	return v, http.StatusOK, nil
}

// saveSearch keeps the search in the reader's profile under a name.
func (p *Pages) saveSearch(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	s, ok := r.kept(form.Value("s"))
	if !ok {
		return archive.ErrNotFound
	}
	_, err = r.desk().SaveSearch(r.ctx(), archive.SavedSearch{Name: form.Value("name"), Text: s.Text, Sort: s.Sort, Filters: s.Filters, Notify: form.Value("notify") != ""})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.showFound(r, http.StatusUnprocessableEntity, s, true, form.Faults)
	}
	return r.leaveTelling(s.path(), "search.saved_told")
}

// forgetSearch takes a search out of the reader's profile.
func (p *Pages) forgetSearch(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().DropSearch(r.ctx(), archive.SearchID(form.Value("saved"))); err != nil {
		return err
	}
	to := "/search"
	if s, ok := r.kept(form.Value("s")); ok {
		to = s.path()
	}
	return r.leaveTelling(to, "search.forgotten_told")
}

// notifySearch has the new hits of a saved search counted, or not.
func (p *Pages) notifySearch(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	notify := form.Value("notify") != ""
	if _, err := r.desk().NotifySearch(r.ctx(), archive.SearchID(form.Value("saved")), notify); err != nil {
		return err
	}
	to, told := "/search", "search.quiet_told"
	if s, ok := r.kept(form.Value("s")); ok {
		to = s.path()
	}
	if notify {
		told = "search.notify_told"
	}
	return r.leaveTelling(to, told)
}

// personsTyped lists persons while a name is being typed, for the script that asks with every few letters.
func (p *Pages) personsTyped(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	found, err := r.desk().PersonsTyped(r.ctx(), form.Value("q"))
	if err != nil && !errors.As(err, new(*index.QueryError)) {
		return err
	}
	return r.part(http.StatusOK, "search", "search-typed", personRows(found))
}
