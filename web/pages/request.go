package pages

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// formBytes is the most that a form without files may hold.
const formBytes = 1 << 20

// policy is what a page may load: what comes from here, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// request is a request while it is served.
type request struct {
	*gin.Context
	pages   *Pages
	visit   Visit
	lang    string
	session Session
	// held names the form that is shown once more, as typed; nothing is carried out.
	held string
	// wishes are how she wants pages to be.
	wishes archive.Preferences
	// of and again are what its form says: to whom it was shown, and which held one it is.
	of, again string
}

func (p *Pages) request(c *gin.Context) *request {
	ctx := c.Request.Context()
	visit := p.Host.Visit(ctx)
	r := &request{Context: c, pages: p, visit: visit, lang: visit.Language, session: p.Host.Session(ctx), held: visit.Held}
	r.wishes = archive.NewProfile("").Preferences
	if r.session == nil {
		return r
	}
	if r.held != "" {
		r.session = still{r.session}
	}
	wishes, err := r.desk().Preferences(ctx)
	if err != nil {
		p.Host.Explain(ctx, r.lang, err) // logged; a page as others have it is better than none
		return r
	}
	if r.wishes = wishes; wishes.Language != "" {
		r.lang = wishes.Language
	}
	return r
}

// ctx is the context of the request's work.
func (r *request) ctx() context.Context { return r.Request.Context() }

// ours reports whether a page of ours led here: a link in a message or on another site is no act of hers.
func (r *request) ours() bool {
	return r.GetHeader("Sec-Fetch-Site") == "same-origin" && r.held == ""
}

// desk is the reader's, with the purposes she stated for single Akten.
func (r *request) desk() *acl.Desk { return r.pages.Host.Desk(r.ctx(), "") }

// deskFor is the reader's, for one purpose.
func (r *request) deskFor(purpose string) *acl.Desk { return r.pages.Host.Desk(r.ctx(), purpose) }

// say returns a sentence in the reader's language.
func (r *request) say(key string, args ...any) string { return r.pages.ui.Say(r.lang, key, args...) }

// pathID reads an id of the route. What is no id names nothing.
func pathID[T ~string](r *request, name string) (T, error) {
	id, err := archive.ParseID[T](r.Param(name))
	if err != nil {
		return "", archive.ErrNotFound
	}
	return id, nil
}

// form reads what was posted. What is no form, and one with too many fields, is [archive.ErrInvalid].
func (r *request) form() (ui.Form, error) {
	r.Request.Body = http.MaxBytesReader(r.Writer, r.Request.Body, formBytes)
	if err := r.Request.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) || r.ctx().Err() != nil {
			return ui.Form{}, err
		}
		return ui.Form{}, archive.ErrInvalid
	}
	return ui.Form{Values: r.Request.PostForm}, nil
}

// posted reads what the route names, and what was posted about it.
func posted[T ~string](r *request) (id T, form ui.Form, err error) {
	if id, err = pathID[T](r, "id"); err == nil {
		form, err = r.form()
	}
	return id, form, err
}

// frame is what the layout needs.
func (r *request) frame(place, title string) ui.Frame {
	f := ui.Frame{Title: title, Place: place, Authority: r.pages.Authority, Path: r.Request.URL.Path}
	f.Theme, f.Density, f.Shortcuts = r.wishes.Theme, r.wishes.Density, r.wishes.Shortcuts
	if r.session == nil {
		return f
	}
	u := r.visit.User
	f.Who = &ui.Who{Name: u.Display, Departments: departments(u)}
	if f.Who.Name == "" {
		f.Who.Name = u.Name
	}
	f.SessionEnds, f.SessionMark = int(r.session.Ends().Seconds()), r.session.Mark()
	f.Rail = rail(r.ctx(), r.desk())
	f.Notice = r.takeNotice()
	if r.held != "" {
		f.Notice = &ui.Notice{Kind: "warning", Text: r.say("shared.held")}
	}
	return f
}

func departments(u archive.User) (out []string) {
	seen := map[string]bool{}
	for _, p := range u.Roles {
		if !seen[p.Department] {
			seen[p.Department] = true
			out = append(out, p.Department)
		}
	}
	return out
}

// rail are the places that the reader may use.
func rail(ctx context.Context, d *acl.Desk) []ui.Place {
	places := []ui.Place{{Key: "day", Path: "/", Icon: "home"}}
	add := func(may bool, p ui.Place) {
		if may {
			places = append(places, p)
		}
	}
	if d.May(policies.ActInbox) {
		places = append(places, ui.Place{Key: "inbox", Path: "/inbox", Icon: "inbox", Count: waiting(ctx, d)})
	}
	add(d.Reads(), ui.Place{Key: "search", Path: "/search", Icon: "search"})
	add(d.Reads(), ui.Place{Key: "akten", Path: "/akten", Icon: "folder_open"})
	if inside := paperPlaces(d); len(inside) > 0 {
		places = append(places, ui.Place{Key: "paper", Path: inside[0].Path, Icon: "shelves"})
	}
	if inside := rightsPlaces(d); len(inside) > 0 {
		places = append(places, ui.Place{Key: "rights", Path: inside[0].Path, Icon: "key", Count: leadWaiting(ctx, d)})
	}
	add(d.ListsRetention(), ui.Place{Key: "retention", Path: "/retention", Icon: "timer"})
	if d.May(policies.ActTrailRead) {
		places = append(places, ui.Place{Key: "trail", Path: "/trail", Icon: "shield_person", Count: officerWaiting(ctx, d)})
	}
	add(d.SeesRules(), ui.Place{Key: "policies", Path: "/rules", Icon: "gavel"})
	add(d.May(policies.ActOperate), ui.Place{Key: "operations", Path: "/operations", Icon: "settings"})
	return places
}

// paperPlaces are the lists of paper and scans that the reader may use: who changes no papers has those of deliveries
// at most.
func paperPlaces(d *acl.Desk) (places []ui.Place) {
	if len(d.Judging()) > 0 {
		places = append(places, ui.Place{Key: "approvals", Path: "/approvals"})
		if d.May(policies.ActInbox) {
			places = append(places, ui.Place{Key: "originals", Path: "/originals"}, ui.Place{Key: "papers", Path: "/papers"}, ui.Place{Key: "consignments", Path: "/consignments"})
		}
	}
	if len(d.Bringing()) > 0 {
		places = append(places, ui.Place{Key: "deliveries", Path: "/deliveries"})
	}
	return places
}

// leadWaiting counts what waits for the reader's word about seals and conflicts of interest. Where it can't be counted,
// nothing is said: the lists themselves will tell.
func leadWaiting(ctx context.Context, d *acl.Desk) int {
	seals, err := d.CountSeals(ctx)
	if err != nil {
		return 0
	}
	conflicts, err := d.CountConflicts(ctx)
	if err != nil {
		return 0
	}
	if d.May(policies.ActTrailRead) {
		return seals + conflicts
	}
	return seals + conflicts + inquiriesWaiting(ctx, d)
}

// officerWaiting counts the requests of persons that wait for data protection, and the seals whose readers have left.
func officerWaiting(ctx context.Context, d *acl.Desk) int {
	n, err := d.CountDeserted(ctx)
	if err != nil {
		n = 0
	}
	return n + inquiriesWaiting(ctx, d)
}

// inquiriesWaiting counts the requests of persons that wait for the reader; where it can't be counted, nothing is said.
func inquiriesWaiting(ctx context.Context, d *acl.Desk) int {
	n, err := d.CountInquiries(ctx)
	if err != nil {
		return 0
	}
	return n
}

// waiting counts what lies unfiled, and was not set aside, in the baskets that the reader works. Where it can't be counted, nothing
// is said: the inbox itself will tell.
func waiting(ctx context.Context, d *acl.Desk) (n int) {
	baskets, err := d.Baskets(ctx)
	if err != nil {
		return 0
	}
	for _, b := range baskets {
		n += b.Unfiled - b.Aside
	}
	return n
}

// show answers with a page.
func (r *request) show(status int, page string, view any) error {
	return r.send(status, page, "layout", view)
}

// part answers with one block of a page, for a script that asked for no more.
func (r *request) part(status int, page, block string, view any) error {
	return r.send(status, page, block, view)
}

func (r *request) send(status int, page, block string, view any) error {
	body, err := r.pages.ui.Part(page, block, r.lang, view)
	if err != nil {
		return err
	}
	body = r.stamped(body)
	if r.held != "" {
		status = http.StatusOK // what was asked for is the form, and here it is
	}
	answer(r.Writer, status, r.lang, body)
	return nil
}

// answer sends a page.
func answer(w http.ResponseWriter, status int, lang string, body []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Add("Vary", "HX-Request")
	h.Set("Content-Language", lang)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone hears nothing
}

// leave sends the browser on after a change. There is none where a form is only shown once more.
func (r *request) leave(path string) error {
	if r.held != "" {
		return acl.ErrUnconfirmed
	}
	r.Redirect(http.StatusSeeOther, path)
	return nil
}

// local keeps a path that came with the request if it leads to a page of ours: "/" else. Browsers take \ for /
// and pass over control characters: "/\t/host" is another site to them.
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) ||
		strings.ContainsFunc(path, unicode.IsControl) {
		return "/"
	}
	return path
}

const noticeKey = "notice"

// tell keeps a notice for the next page.
func (r *request) tell(n ui.Notice) error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return r.session.Put(noticeKey, string(data))
}

// leaveTelling sends the browser on to a page that says what was done.
func (r *request) leaveTelling(path, key string, args ...any) error {
	return r.leaveWith(path, r.done(key, args...))
}

// done is a notice that something was done.
func (r *request) done(key string, args ...any) ui.Notice {
	return ui.Notice{Kind: "success", Text: r.say(key, args...)}
}

// leaveWith sends the browser on to a page that says something first.
func (r *request) leaveWith(path string, n ui.Notice) error {
	if err := r.tell(n); err != nil {
		return err
	}
	return r.leave(path)
}

// takeNotice returns the notice kept for this page and forgets it.
func (r *request) takeNotice() *ui.Notice {
	kept := r.session.Get(noticeKey)
	if kept == "" || r.Request.Method != http.MethodGet {
		return nil
	}
	var n ui.Notice
	if err := json.Unmarshal([]byte(kept), &n); err != nil {
		return nil
	}
	if err := r.session.Put(noticeKey, ""); err != nil {
		return nil // said again on the next page
	}
	return &n
}
