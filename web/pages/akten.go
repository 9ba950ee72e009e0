package pages

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/collate"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// aktenView lists Akten.
type aktenView struct {
	ui.Frame
	Rows   []akteRow
	Scopes []choice
	States []choice
	Orders []choice
	Query  aktenQuery
	// Next continues the list; First leads back to its start, where this isn't it.
	Next, First string
	// Unordered says that there are too many for the order asked for.
	Unordered bool
	// Departments and Teams are those of the reader, where there are several.
	Departments, Teams []option
	Opens              bool
}

// akteRow is an Akte in a line.
type akteRow struct {
	acl.AkteHead
	Person string
	Pinned bool
}

// choice is a link of several, one of which is current.
type choice struct {
	Key, Path string
	Current   bool
}

// aktenQuery is what stands in the address of a list: keys and codes alone.
type aktenQuery struct{ Scope, Department, Team, State, Order, Cursor string }

// Here is the address of the page that is shown.
func (q aktenQuery) Here() string { return q.path() }

func (q aktenQuery) path() string {
	values := url.Values{}
	for name, value := range map[string]string{
		"scope": q.Scope, "department": q.Department, "team": q.Team, "state": q.State, "order": q.Order, "cursor": q.Cursor,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/akten"
	}
	return "/akten?" + values.Encode()
}

// aktenQueryOf reads an address. What it doesn't know is what is usual.
func aktenQueryOf(r *request) aktenQuery {
	one := func(name string, known ...string) string {
		if v := r.Query(name); slices.Contains(known, v) {
			return v
		}
		return known[0]
	}
	return aktenQuery{
		Scope: one("scope", "all", "mine", "pinned"), State: one("state", "open", "closed", "any"),
		Order: one("order", "name", "newest"), Department: r.Query("department"), Team: r.Query("team"), Cursor: r.Query("cursor"),
	}
}

func (p *Pages) listAkten(r *request) error {
	desk, q := r.desk(), aktenQueryOf(r)
	view := aktenView{Frame: r.frame("akten", r.say("akten.title")), Query: q, Opens: opens(desk)}
	view.Departments, view.Teams = ownDepartments(p, r), ownTeams(p, r)
	kept, err := desk.Profile(r.ctx())
	if err != nil {
		return err
	}
	page, err := p.findAkten(r, desk, q)
	if err != nil {
		return err
	}
	for _, h := range page.Items {
		view.Rows = append(view.Rows, akteRow{h, fullName(h.Name), slices.Contains(kept.Pinned, h.ID)})
	}
	view.choices(q)
	view.Unordered = page.Unordered
	if page.Next != "" {
		next := q
		next.Cursor = page.Next
		view.Next = next.path()
	}
	if q.Cursor != "" {
		q.Cursor = ""
		view.First = q.path()
	}
	return r.show(http.StatusOK, "akten", view)
}

// findAkten asks for the page that an address means.
func (p *Pages) findAkten(r *request, desk *acl.Desk, q aktenQuery) (acl.AktenPage, error) {
	if q.Scope == "pinned" {
		items, err := desk.PinnedAkten(r.ctx())
		return acl.AktenPage{Items: items}, err
	}
	ask := acl.AktenQuery{Department: q.Department, Team: q.Team, Cursor: q.Cursor}
	if q.Scope == "mine" {
		ask.Responsible = desk.Subject().User
	}
	if q.State != "any" {
		ask.State = q.State
	}
	if q.Order == "name" {
		ask.Order = byPerson(r.lang)
	}
	return desk.Akten(r.ctx(), ask)
}

// byPerson compares heads as a telephone book does: DIN 5007, variant 2. What a name sorts by is worked out once.
func byPerson(lang string) func(a, b acl.AkteHead) int {
	type sorted struct{ family, given []byte }
	c, buf, known := collator(lang), collate.Buffer{}, map[archive.AkteID]sorted{}
	key := func(name string) []byte {
		defer buf.Reset()
		return slices.Clone(c.KeyFromString(&buf, name))
	}
	of := func(h acl.AkteHead) sorted {
		s, ok := known[h.ID]
		if !ok {
			s = sorted{key(h.Name.Family), key(h.Name.Given)}
			known[h.ID] = s
		}
		return s
	}
	return func(a, b acl.AkteHead) int {
		x, y := of(a), of(b)
		return cmp.Or(bytes.Compare(x.family, y.family), bytes.Compare(x.given, y.given), cmp.Compare(a.Number, b.Number))
	}
}

// choices are the links that change one thing of the list each.
func (v *aktenView) choices(q aktenQuery) {
	q.Cursor = ""
	link := func(now string, keys []string, with func(string) aktenQuery) (out []choice) {
		for _, key := range keys {
			out = append(out, choice{Key: key, Path: with(key).path(), Current: key == now})
		}
		return out
	}
	v.Scopes = link(q.Scope, []string{"all", "mine", "pinned"}, func(k string) aktenQuery { n := q; n.Scope = k; return n })
	v.States = link(q.State, []string{"open", "closed", "any"}, func(k string) aktenQuery { n := q; n.State = k; return n })
	v.Orders = link(q.Order, []string{"name", "newest"}, func(k string) aktenQuery { n := q; n.Order = k; return n })
}

// ownDepartments are those of the reader, by name.
func ownDepartments(p *Pages, r *request) (out []option) {
	for _, d := range departments(r.visit.User) {
		out = append(out, option{d, p.label("department", d, r.lang)})
	}
	return byName(out, r.lang)
}

func ownTeams(p *Pages, r *request) (out []option) {
	for _, team := range r.desk().Teams(r.ctx()) {
		out = append(out, option{team, p.label("team", team, r.lang)})
	}
	return byName(out, r.lang)
}

// fullName writes a name as lists do, family name first.
func fullName(n archive.Name) string {
	return strings.Trim(n.Family+", "+n.Given, ", ")
}

func (p *Pages) pinAkte(r *request) error { return p.changePin(r, (*acl.Desk).Pin) }

func (p *Pages) unpinAkte(r *request) error { return p.changePin(r, (*acl.Desk).Unpin) }

func (p *Pages) changePin(r *request, change func(*acl.Desk, context.Context, archive.AkteID) error) error {
	id, form, err := posted[archive.AkteID](r)
	if err != nil {
		return err
	}
	if err := change(r.desk(), r.ctx(), id); err != nil {
		if !r.faults(&form, err) {
			return err
		}
		full := ui.Notice{Kind: "warning", Text: r.say("akten.pins_full", "N", archive.MaxPinned)}
		return r.leaveWith(local(form.Value("to")), full)
	}
	return r.leave(local(form.Value("to")))
}
