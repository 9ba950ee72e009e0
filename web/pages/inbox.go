package pages

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/sniff"
	"eakte/policies"
	"eakte/web/ui"
)

// inboxRoutes are the places of the inbox.
func (p *Pages) inboxRoutes(signed gin.IRoutes) {
	signed.GET("/inbox", p.handle((*Pages).showInbox))
	signed.GET("/inbox/queue", p.handle((*Pages).followQueue))
	signed.GET("/inbox/:id", p.handle((*Pages).showInboxItem))
	signed.GET("/inbox/:id/acknowledgement", p.handle((*Pages).showItemAcknowledgement))
	signed.POST("/inbox/:id/acknowledgement", p.handle((*Pages).acknowledgeItem))
	for name, act := range map[string]func(*Pages, *request) error{
		"locate": (*Pages).locateAkte, "file": (*Pages).fileItem, "unfile": (*Pages).unfileItem, "aside": (*Pages).asideItem,
		"take-up": (*Pages).takeUpItem, "take-over": (*Pages).takeOverItem, "route": (*Pages).routeItem, "retry": (*Pages).retryItem, "unlock": (*Pages).unlockItem,
		"quarantine": (*Pages).quarantineItem, "recognise": (*Pages).rereadItem,
		"arrange": (*Pages).arrangePages, "undo-arrange": (*Pages).undoArrange,
		"receipt": (*Pages).correctReceipt, "duplicate": (*Pages).compareDuplicate,
	} {
		signed.POST("/inbox/:id/"+name, p.handle(act))
	}
}

// queueLength is how many items of a basket stand in the queue at once.
const queueLength = 50

// inboxPage is the queue of a basket, with one item open for filing.
type inboxPage struct {
	ui.Frame
	Form       ui.Form
	Baskets    []acl.BasketView
	Department string
	Shelf      string
	Count      acl.BasketView
	Queue      []acl.InboxView
	Cursor     string // of the part of the queue that is shown
	Next       string
	Open       archive.InboxID // the item beside the queue; may be empty
	Filed      acl.FiledPage
	Upload     ui.Upload
	Approvals  *acl.ApprovalCount // of the department; nil for who judges no scans in it
	Brings     bool               // she may see what scan vendors delivered

	Item      *acl.InboxView
	After     archive.InboxID
	Viewer    ui.Viewer
	Leaves    []leafRow
	Mergeable []mergeable
	Sheets    int   // separator sheets among its pages
	Foreign   []int // pages with a barcode that is none of ours
	Others    []option
	Busy      bool // somebody else, or the machine, is at it

	Types, Registers, Classes, Channels []option
	Homes                               []home
	Found                               []acl.Located
	Asked                               bool
	Chosen                              []option
	Suggested                           map[string][]acl.Suggestion
	Proposed                            []acl.AkteSuggestion // Akten that are not chosen yet
	Alike                               []acl.AlikeView
	Draft                               bool
	Duplicate                           archive.DocumentID
	Twin                                *ui.Viewer // the document with the same bytes, beside the item
	TwinAt                              string
	Receipt                             ui.Form
	Stale                               bool // somebody changed the receipt while it was typed
	MayEnter                            bool
	Left                                []left // files in the item that became no papers
}

// mergeable is another item whose pages can be taken over; its name says how many it has.
type mergeable struct {
	Key, Name string
	Pages     int
}

// shown is what an item's page keeps of the request before: what was typed, and what was found.
type shown struct {
	form    *ui.Form // nil takes the draft, or what is known
	found   []acl.Located
	asked   bool
	receipt *ui.Form
	stale   bool
}

// home is where documents of a type go unless the clerk says otherwise.
type home struct{ Type, Register, Classification string }

// leafRow is a page as the form for arranging pages has it.
type leafRow struct{ Number, Turn, Part int }

// leafRows are the pages as the form for arranging begins: all in one part, or in those that separator sheets
// make of them, without the sheets.
func leafRows(pages []archive.PageFacts) (rows []leafRow, sheets int) {
	heaps := archive.Heaps(pages)
	for i, p := range pages {
		row := leafRow{Number: i + 1, Part: 1}
		if p.Separator() != nil {
			sheets++
		}
		if heaps != nil {
			row.Part = 1 + slices.IndexFunc(heaps, func(h archive.Heap) bool { return slices.Contains(h.Pages, i+1) })
		}
		rows = append(rows, row)
	}
	return rows, sheets
}

// shelfOf reads which part of a basket is shown.
func shelfOf(s string) string {
	if slices.Contains([]string{archive.ShelfAside, archive.ShelfFailed, "all"}, s) {
		return s
	}
	return acl.ShelfOpen
}

func (p *Pages) showInbox(r *request) error {
	view, err := p.queue(r, r.Query("department"), shelfOf(r.Query("shelf")), r.Query("cursor"))
	if err != nil {
		return err
	}
	p.dress(r, &view)
	return r.show(http.StatusOK, "inbox", view)
}

// followQueue shows the queue alone, for a page that follows it.
func (p *Pages) followQueue(r *request) error {
	view, err := p.queue(r, r.Query("department"), shelfOf(r.Query("shelf")), r.Query("cursor"))
	if err != nil {
		return err
	}
	if open, err := archive.ParseID[archive.InboxID](r.Query("open")); err == nil {
		view.Open = open
	}
	return r.part(http.StatusOK, "inbox", "inbox-live", view)
}

// dress adds what a whole page has, and the queue alone hasn't.
func (p *Pages) dress(r *request, view *inboxPage) {
	view.Frame, view.Brings = r.frame("inbox", r.say("inbox.title")), len(r.desk().Bringing()) > 0
	view.Scripts = []string{"shared/viewer.js", "shared/live.js", "shared/draft.js", "upload/upload.js", "inbox/inbox.js"}
	view.Upload = p.inboxUpload(r, view.Department)
	view.Approvals = approvalsIn(r, view.Department)
}

// intake is the desk at which papers are looked at to be filed.
func (r *request) intake() *acl.Desk { return r.deskFor(forIntake) }

// forIntake is the purpose of who looks at a paper to file it.
const forIntake = "posteingang"

// queue gathers the left side: the baskets, what lies in one, what was filed today.
func (p *Pages) queue(r *request, department, shelf, cursor string) (inboxPage, error) {
	desk := r.intake()
	view := inboxPage{Department: department, Shelf: shelf, Cursor: cursor}
	var err error
	if view.Baskets, err = desk.Baskets(r.ctx()); err != nil {
		return view, err
	}
	if department == "" {
		view.Department = view.Baskets[0].Department
	}
	asked := shelf
	if shelf == "all" {
		asked = ""
	}
	page, err := desk.Shelf(r.ctx(), view.Department, asked, queueLength, cursor)
	if err != nil {
		return view, err
	}
	view.Queue, view.Next = page.Items, page.Next
	for _, b := range view.Baskets {
		if b.Department == view.Department {
			view.Count = b
		}
	}
	view.Filed, err = desk.FiledToday(r.ctx())
	return view, err
}

func (p *Pages) showInboxItem(r *request) error {
	return p.openItem(r, http.StatusOK, shown{})
}

// openItem shows an item with its form.
func (p *Pages) openItem(r *request, status int, kept shown) error {
	id, err := pathID[archive.InboxID](r, "id")
	if err != nil {
		return err
	}
	desk := r.intake()
	item, err := desk.InboxItem(r.ctx(), id)
	if err != nil {
		return err
	}
	if item.State == "filed" || !item.MayWork {
		return r.leaveWith("/inbox", ui.Notice{Kind: "info", Text: p.whereabouts(r, item)})
	}
	if r.ours() {
		claimed, err := desk.ClaimItem(r.ctx(), id, false)
		switch {
		case err == nil:
			item.Claim, item.Revision = claimed.Claim, claimed.Revision
		case !errors.Is(err, archive.ErrConflict):
			return err
		}
	}
	view, err := p.queue(r, item.Basket, shelfOf(r.Query("shelf")), r.Query("cursor"))
	if err != nil {
		return err
	}
	p.dress(r, &view)
	view.Item, view.Open, view.Found, view.Asked, view.Stale = &item, id, kept.found, kept.asked, kept.stale
	view.Busy = item.State == "arranging" || item.State == "arranged" || item.Claim.User != "" && !item.Claim.Mine
	view.Viewer = inboxViewer(id, itemName(r, item), item.State, item.Current)
	view.Viewer.Refresh = "/inbox/" + string(id)
	view.Viewer.Quarantine = quarantineOf(item.Quarantine, "/inbox/"+string(id)+"/quarantine")
	view.Viewer.Recognition = p.recognitionOf(r, item.Current, !view.Busy, "/inbox/"+string(id)+"/recognise"+r.shelf())
	if item.Current.State == archive.StateFailed {
		view.Viewer.Retry = "/inbox/" + string(id) + "/retry" + r.shelf()
		if !view.Busy {
			view.Viewer.RetryWith = "filing"
		}
	}
	if item.Current.State == archive.StatePassword && !view.Busy {
		view.Viewer.Unlock = "/inbox/" + string(id) + "/unlock" + r.shelf()
	}
	p.fill(r, &view, kept.form)
	view.Receipt = receiptForm(item, kept.receipt)
	if view.Alike, err = p.alike(r, view); err != nil {
		return err
	}
	if err := p.compare(r, &view); err != nil {
		return err
	}
	return r.show(status, "inbox", view)
}

// whereabouts says where an item went that isn't the reader's to work on any more, as far as she may know.
func (p *Pages) whereabouts(r *request, item acl.InboxView) string {
	switch f := item.Filing; {
	case item.State != "filed":
		return r.say("inbox.went_away", "Department", p.label("department", item.Basket, r.lang))
	case f == nil:
		return r.say("inbox.went_filed")
	default:
		return r.say("inbox.went_filed_by", "Name", f.By, "Numbers", strings.Join(f.Numbers, ", "))
	}
}

// itemName is what an item is called: its file, or what it is.
func itemName(r *request, item acl.InboxView) string {
	if item.Current.Name != "" {
		return item.Current.Name
	}
	return r.say("inbox.nameless")
}

// fill adds what the form and the tools of an item need.
func (p *Pages) fill(r *request, view *inboxPage, given *ui.Form) {
	item := view.Item
	view.After = after(withoutEnclosed(view.Queue, *item), item.ID)
	view.Left = r.leftOver(item.Enclosures)
	if !sniff.Kind(item.Current.Kind).Container() { // else there is nothing to arrange
		view.Leaves, view.Sheets = leafRows(item.Current.Pages)
	}
	for i, page := range item.Current.Pages {
		if len(page.Foreign()) > 0 {
			view.Foreign = append(view.Foreign, i+1)
		}
	}
	for _, o := range view.Queue {
		if o.ID != item.ID && o.State == archive.StateReady {
			n := len(o.Current.Pages)
			view.Mergeable = append(view.Mergeable, mergeable{string(o.ID), itemName(r, o) + " (" + r.say("inbox.page_count", "N", n) + ")", n})
		}
	}
	set := p.Policies
	same := func(t policies.Term) policies.Term { return t }
	view.Types = byName(options(set.DocTypes(), func(t policies.DocType) policies.Term { return t.Term }, r.lang), r.lang)
	view.Registers = options(set.Registers(), func(t policies.Register) policies.Term { return t.Term }, r.lang)
	view.Classes, view.Channels = options(set.Classifications(), same, r.lang), options(set.Channels(), same, r.lang)
	for _, d := range byName(options(set.Departments(), same, r.lang), r.lang) {
		if d.Key != item.Basket && p.worked(d.Key) {
			view.Others = append(view.Others, d)
		}
	}
	for _, t := range set.DocTypes() {
		view.Homes = append(view.Homes, home{t.Key, t.Register, t.Classification})
	}
	view.Suggested = map[string][]acl.Suggestion{}
	for _, s := range item.Suggestions {
		view.Suggested[s.Field] = append(view.Suggested[s.Field], s)
	}
	view.Duplicate = item.DuplicateOf
	view.MayEnter = r.desk().May(policies.ActPersonWrite)
	if given != nil {
		view.Form = *given
	} else {
		view.Form, view.Draft = p.known(r, *item)
	}
	for _, key := range view.Form.Values["akte_id"] {
		view.Chosen = append(view.Chosen, option{key, view.Form.Value("akte_" + key)})
	}
	for _, s := range item.Akten {
		if !view.Form.Has("akte_id", string(s.ID)) {
			view.Proposed = append(view.Proposed, s)
		}
	}
}

// worked says whether anybody works the basket of a department.
func (p *Pages) worked(department string) bool {
	return slices.ContainsFunc(p.Policies.Pairs(), func(pair policies.Pair) bool {
		return pair.Department == department && p.Guard.Able(archive.Pair{Role: pair.Role, Department: department}, policies.ActInbox)
	})
}

// after is the item to go on with: the next of the queue, else the one before.
func after(queue []acl.InboxView, id archive.InboxID) archive.InboxID {
	at := slices.IndexFunc(queue, func(i acl.InboxView) bool { return i.ID == id })
	switch {
	case at >= 0 && at+1 < len(queue):
		return queue[at+1].ID
	case at > 0:
		return queue[at-1].ID
	case at < 0 && len(queue) > 0:
		return queue[0].ID
	}
	return ""
}

// stickyKey is where a session keeps what goes over from one item to the next.
const stickyKey = "inbox.sticky"

// sticky are the fields that go over.
func sticky() []string { return []string{"received_on", "channel", "sender", "akte_id"} }

// known is what the form begins with: what was typed before, else what is known of the receipt, else what
// the clerk takes over from the item before.
func (p *Pages) known(r *request, item acl.InboxView) (ui.Form, bool) {
	if draft, err := r.desk().Draft(r.ctx(), "inbox/"+string(item.ID)); err == nil {
		return ui.Form{Values: draft.Values}, true
	}
	values := url.Values{}
	if kept := r.session.Get(stickyKey); kept != "" && json.Unmarshal([]byte(kept), &values) != nil {
		values = url.Values{}
	}
	for name, value := range map[string]string{"received_on": item.ReceivedOn, "channel": item.Channel, "sender": item.Sender} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if kind := sniff.Kind(item.Current.Kind); values.Get("channel") == "" && (kind == sniff.Email || kind == sniff.Outlook) {
		values.Set("channel", "email") // a channel that the authority may lack: then none is marked
	}
	form := ui.Form{Values: values}
	knownEnclosures(form, item)
	return form, false
}

// keepSticky keeps what goes over to the next item, or forgets it.
func (r *request) keepSticky(form ui.Form) error {
	if form.Value("sticky") == "" {
		return r.session.Put(stickyKey, "")
	}
	kept := url.Values{"sticky": {"on"}}
	for _, name := range sticky() {
		if v := form.Values[name]; len(v) > 0 {
			kept[name] = v
		}
		for _, id := range form.Values["akte_id"] {
			kept["akte_"+id] = form.Values["akte_"+id]
		}
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return r.session.Put(stickyKey, string(data))
}

// arrangement reads the form that arranges pages: for every page its document (0: leave it out), its
// place and its turn.
func arrangement(form ui.Form, id archive.InboxID) acl.Arrangement {
	type placed struct {
		leaf  acl.Leaf
		part  int
		place int
	}
	var all []placed
	for _, n := range pagesNamed(form) {
		number := func(name string, usual int) int {
			v, err := strconv.Atoi(form.Value(name + strconv.Itoa(n)))
			if err != nil {
				return usual
			}
			return v
		}
		l := placed{acl.Leaf{Item: id, Page: n, Turn: number("turn_", 0)}, number("part_", 1), number("place_", n)}
		if l.part > 0 {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Or(a.part-b.part, a.place-b.place) })
	var out acl.Arrangement
	part := 0
	for _, l := range all {
		if l.part != part {
			part, out.Outputs = l.part, append(out.Outputs, nil)
		}
		last := len(out.Outputs) - 1
		out.Outputs[last] = append(out.Outputs[last], l.leaf)
	}
	return out
}

// pagesNamed are the pages that the form says anything of, in their order.
func pagesNamed(form ui.Form) (out []int) {
	for key := range form.Values {
		name, number, _ := strings.Cut(key, "_")
		n, err := strconv.Atoi(number)
		if err == nil && n > 0 && slices.Contains([]string{"part", "place", "turn"}, name) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
