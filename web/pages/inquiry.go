package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

func (p *Pages) inquiryRoutes(signed gin.IRoutes) {
	signed.GET("/inquiries", p.handle((*Pages).listInquiries))
	signed.POST("/inquiries", p.handle((*Pages).beginInquiry))
	signed.GET("/inquiries/:id", p.handle((*Pages).showInquiry))
	signed.POST("/inquiries/:id", p.handle((*Pages).wordOnInquiry))
	signed.POST("/inquiries/:id/pieces", p.handle((*Pages).decideInquiry))
	signed.POST("/inquiries/:id/release", p.handle(again((*Pages).releaseInquiry)))
	signed.POST("/inquiries/:id/take", p.handle(again((*Pages).takeInquiry)))
}

// inquiryFrame is the frame of a page about what persons asked: beside the trail for the officer, beside rights for a lead.
func (r *request) inquiryFrame(title string) ui.Frame {
	if r.desk().May(policies.ActTrailRead) {
		return r.trailFrame("inquiries", title)
	}
	return r.rightsFrame("inquiries", title)
}

// inquiriesView lists them, and begins one.
type inquiriesView struct {
	ui.Frame
	Form      ui.Form
	All       bool
	Items     []inquiryHead
	More      string
	Kinds     []option
	Languages []option
}

// inquiryHead is one in words.
type inquiryHead struct {
	acl.InquiryHead
	KindName, StateName, Numbers string
	// Left is how many days there are for an answer; less than none: it is late.
	Left int
}

func (r *request) inquiryHead(h acl.InquiryHead) inquiryHead {
	out := inquiryHead{InquiryHead: h, KindName: r.say("inquiries.kind_" + h.Kind), StateName: r.say("inquiries.state_" + h.State), Numbers: strings.Join(h.Numbers, ", ")}
	due, err := time.Parse(time.DateOnly, h.Due)
	today, err2 := time.Parse(time.DateOnly, r.pages.Guard.Now().In(r.pages.Guard.Zone).Format(time.DateOnly))
	if err == nil && err2 == nil {
		out.Left = int(due.Sub(today) / (24 * time.Hour))
	}
	return out
}

// Waits reports whether the time for an answer runs.
func (h inquiryHead) Waits() bool {
	return h.State == archive.InquiryReview || h.State == archive.InquiryProposed
}

func (p *Pages) listInquiries(r *request) error {
	form := ui.Form{Values: url.Values{"kind": {archive.InquiryAccess}, "language": {"de"}, "number": {""}}}
	return p.inquiries(r, http.StatusOK, form)
}

func (p *Pages) inquiries(r *request, status int, form ui.Form) error {
	all := r.Query("all") != ""
	page, err := r.desk().Inquiries(r.ctx(), all, rowsShown, r.Query("cursor"))
	if err != nil {
		return err
	}
	v := inquiriesView{Frame: r.inquiryFrame(r.say("inquiries.title")), Form: form, All: all, Languages: []option{{"de", r.say("inquiries.german")}, {"en", r.say("inquiries.english")}}}
	for _, kind := range []string{archive.InquiryAccess, archive.InquiryPortability} {
		v.Kinds = append(v.Kinds, option{kind, r.say("inquiries.kind_" + kind)})
	}
	for _, h := range page.Items {
		v.Items = append(v.Items, r.inquiryHead(h))
	}
	if page.Next != "" {
		q := url.Values{"cursor": {page.Next}}
		if all {
			q.Set("all", "1")
		}
		v.More = "/inquiries" + question(q)
	}
	return r.show(status, "inquiries", v)
}

func (p *Pages) beginInquiry(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	id, err := r.desk().BeginInquiry(r.ctx(), acl.InquiryAsk{
		Number: form.Value("number"), Kind: form.Value("kind"), ReceivedOn: form.Value("received_on"), Identity: form.Value("identity"), Language: form.Value("language"),
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.inquiries(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/inquiries/"+string(id), "inquiry.told_begun")
}

// inquiryPage is one with its pieces.
type inquiryPage struct {
	ui.Frame
	inquiryHead
	View  acl.InquiryView
	Rows  []inquiryRow
	Steps []inquiryStep
	Form  ui.Form
	// All says that pieces without a mark are listed, too; Before and After lead to other parts of the list.
	All           bool
	Before, After string
	// Again is where the reader proves first that it is she; empty: she did of late.
	Again string
}

// inquiryRow is a piece in words.
type inquiryRow struct {
	acl.InquiryRow
	Why []string
	// Title is what a group of fields is called; empty for a document.
	Title string
	// Give and Withhold say what is chosen in the form, Reason what stands there.
	Give, Withhold bool
	ReasonText     string
	// Path opens its file.
	Path string
}

type inquiryStep struct {
	acl.InquiryStep
	StateName string
}

func (p *Pages) showInquiry(r *request) error {
	id, err := pathID[archive.InquiryID](r, "id")
	if err != nil {
		return err
	}
	return p.inquiry(r, id, http.StatusOK, ui.Form{Values: url.Values{}})
}

// inquiry shows an inquiry with what was typed.
func (p *Pages) inquiry(r *request, id archive.InquiryID, status int, form ui.Form) error {
	all, at := r.Query("all") != "", r.Query("from")
	if form.Value("from") != "" {
		all, at = form.Value("all") != "", form.Value("from")
	}
	from, err := strconv.Atoi(at)
	if err != nil {
		from = 0
	}
	view, err := r.desk().Inquiry(r.ctx(), id, all, from)
	if err != nil {
		return err
	}
	head := r.inquiryHead(view.InquiryHead)
	v := inquiryPage{Frame: r.inquiryFrame(r.say("inquiry.title", "Name", head.Name.Family)), inquiryHead: head, View: view, Form: form, All: all}
	v.Scripts = []string{"inquiry/inquiry.js"}
	for _, row := range view.Rows {
		v.Rows = append(v.Rows, r.inquiryRow(id, row, form))
	}
	for _, s := range view.Steps {
		v.Steps = append(v.Steps, inquiryStep{s, r.say("inquiries.state_" + s.State)})
	}
	at = "/inquiries/" + string(id)
	if view.From > 0 {
		v.Before = at + inquiryPart(all, max(view.From-acl.InquiryRows, 0))
	}
	if view.Next > 0 {
		v.After = at + inquiryPart(all, view.Next)
	}
	if !r.session.Proven() {
		v.Again = signInPath("/sign-in/again", at)
	}
	return r.show(status, "inquiry", v)
}

// inquiryPart asks for a part of the pieces.
func inquiryPart(all bool, from int) string {
	q := url.Values{}
	if all {
		q.Set("all", "1")
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	return question(q)
}

func (r *request) inquiryRow(id archive.InquiryID, row acl.InquiryRow, form ui.Form) inquiryRow {
	out := inquiryRow{InquiryRow: row, ReasonText: row.Reason, Title: row.GroupName.In(r.lang), Path: "/api/v1/inquiries/" + string(id) + "/documents/" + string(row.Document)}
	decision := row.Decision
	if key := row.Key(); form.Values["reason/"+key] != nil {
		decision, out.ReasonText = form.Value("decision/"+key), form.Value("reason/"+key)
	}
	out.Give, out.Withhold = decision == archive.InquiryGive, decision == archive.InquiryWithhold
	for _, f := range row.Flags {
		out.Why = append(out.Why, r.say("inquiry.flag_"+f))
	}
	return out
}

// decideInquiry decides about the pieces of the form: those whose decision or reason is another one than before.
func (p *Pages) decideInquiry(r *request) error {
	id, form, err := posted[archive.InquiryID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	var decisions []acl.InquiryDecision
	for _, key := range form.Values["piece"] {
		one := acl.InquiryDecision{Piece: key, Decision: form.Value("decision/" + key), Reason: form.Value("reason/" + key)}
		if one.Reason == "" && one.Decision != "" {
			one.Reason = form.Value("reason")
		}
		if one.Decision != form.Value("was/"+key) || one.Reason != form.Value("because/"+key) {
			decisions = append(decisions, one)
		}
	}
	if err := r.desk().DecideInquiry(r.ctx(), id, revision, decisions, form.Value("hidden")); err != nil {
		return p.inquiryFault(r, id, form, err)
	}
	return r.leaveTelling("/inquiries/"+string(id)+inquiryBack(form), "inquiry.told_decided")
}

// inquiryBack leads back to the part of the list where the form was.
func inquiryBack(form ui.Form) string {
	from, err := strconv.Atoi(form.Value("from"))
	if err != nil {
		from = 0
	}
	return inquiryPart(form.Value("all") != "", from)
}

// inquiryFault shows the page with what was wrong.
func (p *Pages) inquiryFault(r *request, id archive.InquiryID, form ui.Form, err error) error {
	if !r.faults(&form, err) {
		return err
	}
	for i, f := range form.Faults {
		switch f.Field {
		case "decisions":
			form.Faults[i] = ui.Fault{Message: r.say("inquiry.undecided")}
		case "":
		case "told_on", "reasons":
			form.Faults[i].Label = r.say("inquiry." + f.Field)
		default:
			form.Faults[i].Label = r.say("inquiry.note")
			if strings.HasPrefix(f.Field, "reason") {
				form.Faults[i].Label = r.say("inquiry.reason")
			}
		}
	}
	return p.inquiry(r, id, http.StatusUnprocessableEntity, form)
}

// wordOnInquiry proposes, gives back, prolongs or ends an inquiry.
func (p *Pages) wordOnInquiry(r *request) error {
	id, form, err := posted[archive.InquiryID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	var told string
	switch form.Value("word") {
	case "return":
		told, err = "inquiry.told_returned", r.desk().ReturnInquiry(r.ctx(), id, revision, form.Value("note"))
	case "prolong":
		told, err = "inquiry.told_prolonged", r.desk().ProlongInquiry(r.ctx(), id, revision, form.Value("told_on"), form.Value("reasons"))
	case "close":
		told, err = "inquiry.told_closed", r.desk().CloseInquiry(r.ctx(), id, revision, form.Value("note"))
	default:
		var state string
		state, err = r.desk().ProposeInquiry(r.ctx(), id, revision, form.Value("note"))
		told = inquiryTold(state, archive.InquiryProposed, "inquiry.told_proposed")
	}
	if err != nil {
		return p.inquiryFault(r, id, form, err)
	}
	return r.leaveTelling("/inquiries/"+string(id), told)
}

// inquiryTold says that a word led where it was to, or that something changed meanwhile.
func inquiryTold(state, wanted, told string) string {
	if state != wanted {
		return "inquiry.told_changed"
	}
	return told
}

func (p *Pages) releaseInquiry(r *request) error {
	id, form, err := posted[archive.InquiryID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	state, err := r.desk().ReleaseInquiry(r.ctx(), id, revision, form.Value("note"))
	if err != nil {
		return p.inquiryFault(r, id, form, err)
	}
	return r.leaveTelling("/inquiries/"+string(id), inquiryTold(state, archive.InquiryReleased, "inquiry.told_released"))
}

// takeInquiry sends the package.
func (p *Pages) takeInquiry(r *request) error {
	id, form, err := posted[archive.InquiryID](r)
	if err != nil {
		return err
	}
	f, err := r.desk().TakeInquiry(r.ctx(), id, form.Value("recipient"), form.Value("purpose"))
	if err != nil {
		return p.inquiryFault(r, id, form, err)
	}
	return p.Host.Deliver(r.Context, f)
}
