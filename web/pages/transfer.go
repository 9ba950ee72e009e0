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

// transferPage are the transfer notes of a document's versions, to be read, printed and judged.
type transferPage struct {
	ui.Frame
	Form ui.Form
	Doc  acl.DocumentView
	Akte acl.AkteView
	// Kind is the document's type, whose profile scans are compared with.
	Kind policies.DocType
	// Notes are newest first.
	Notes []transferNote
	// Department and Waiting say from which place in the list of waiting scans one came; empty: from elsewhere.
	Department, Waiting string
	// Pages are those of the newest version: who judges a scan looks at it.
	Pages []ui.ViewerPage
}

// Path is where the document is shown.
func (v transferPage) Path() string {
	return "/akten/" + string(v.Akte.ID) + "/documents/" + string(v.Doc.ID)
}

// Next leads to the next scan that waits behind this one.
func (v transferPage) Next() string { return approvalsAt("/approvals/next", v.Department, v.Waiting) }

// List is the list of waiting scans one came from.
func (v transferPage) List() string { return approvalsAt("/approvals", v.Department, "") }

// transferNote is a note in words.
type transferNote struct {
	acl.TransferView
	// Newest says that it is that of the newest version.
	Newest bool
	// SHA256 is that of the received bytes, in groups of eight digits.
	SHA256             string
	Settings           []settingLine
	Anomalies, Lacking []anomalyLine
}

// settingLine is how pages were scanned; Pages, of which there are N, is empty where that goes for all.
type settingLine struct {
	archive.TransferSetting
	Pages string
	N     int
}

// anomalyLine is something conspicuous in words, with the N pages it concerns.
type anomalyLine struct {
	Text, Pages string
	N           int
}

// showTransfer shows the transfer notes of a document.
func (p *Pages) showTransfer(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	return p.tellTransfer(r, http.StatusOK, doc, akte, ui.Form{Values: map[string][]string{"department": {r.Query("department")}, "waiting": {r.Query("waiting")}}})
}

func (p *Pages) tellTransfer(r *request, status int, doc acl.DocumentView, akte acl.AkteView, form ui.Form) error {
	view := transferPage{Frame: r.frame("akten", r.say("transfer.title")), Form: form, Doc: doc, Akte: akte}
	view.Department, view.Waiting = form.Value("department"), form.Value("waiting")
	view.Kind, _ = p.Policies.DocType(doc.Type)
	view.Scripts = []string{"custody/print.js"}
	view.Pages = documentViewer(doc.ID, doc.Title, doc.State, doc.Current).Pages
	for _, t := range slices.Backward(doc.Transfers) {
		view.Notes = append(view.Notes, r.transferNote(doc, t))
	}
	return r.show(status, "transfer", view)
}

func (r *request) transferNote(doc acl.DocumentView, t acl.TransferView) transferNote {
	note := transferNote{TransferView: t, Newest: t.Number == len(doc.All), SHA256: grouped(doc.All[t.Number-1].Original.SHA256)}
	for _, s := range t.Settings {
		line := settingLine{TransferSetting: s, N: s.Last - s.First + 1}
		if len(t.Settings) > 1 {
			line.Pages = span(s.First, s.Last)
		}
		note.Settings = append(note.Settings, line)
	}
	note.Anomalies, note.Lacking = r.anomalies(t.Anomalies), r.anomalies(t.Faults)
	return note
}

// anomalies are what was conspicuous, in words.
func (r *request) anomalies(all []archive.Anomaly) (out []anomalyLine) {
	for _, a := range all {
		out = append(out, anomalyLine{r.anomaly(a.Code), archive.PageRanges(a.Pages, "–"), len(a.Pages)})
	}
	return out
}

// anomaly says in words what was conspicuous.
func (r *request) anomaly(code string) string {
	switch code {
	case "garbage_text", "too_large", "unreadable", "uncertain", "time_limit", "language_missing", "not_attempted",
		"blank", "wordless", "turned", "photograph", "estimated", "no_scan", "repaired", acl.FaultColour, acl.FaultDPI:
		return r.say("transfer.anomaly_" + code)
	}
	return r.say("transfer.anomaly_other")
}

// span is pages from one to another, "3" or "3–5".
func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d–%d", first, last)
}

// grouped writes a hash in groups that an eye can compare.
func grouped(sum [32]byte) string {
	var groups []string
	for i := 0; i < len(sum); i += 4 {
		groups = append(groups, fmt.Sprintf("%x", sum[i:i+4]))
	}
	return strings.Join(groups, " ")
}

// judgeScan approves the newest scan of a document or sends it back.
func (p *Pages) judgeScan(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	word := form.Value("word")
	seen, _ := strconv.Atoi(form.Value("version")) // without one nothing was seen
	from := transferPage{Doc: doc, Akte: akte, Department: form.Value("department"), Waiting: form.Value("waiting")}
	if _, err = r.desk().Within(akte.ID).Judge(r.ctx(), doc.ID, seen, word, form.Value("reason")); err != nil {
		if from.Waiting != "" && errors.Is(err, archive.ErrConflict) && !errors.Is(err, acl.ErrStale) {
			return r.leaveWith(from.Next(), ui.Notice{Kind: "info", Text: r.say("approvals.meanwhile")})
		}
		if errors.Is(err, acl.ErrStale) { // what she saw isn't the newest: it is shown, with what she typed
			form.Faults = append(form.Faults, ui.Fault{Message: r.say("transfer.stale")})
			return p.tellTransfer(r, http.StatusPreconditionFailed, doc, akte, form)
		}
		if !r.faults(&form, err) {
			return err
		}
		return p.tellTransfer(r, http.StatusUnprocessableEntity, doc, akte, form)
	}
	told := "transfer.told_returned"
	if word == archive.QualityApproved {
		told = "transfer.told_approved"
	}
	if from.Waiting != "" {
		return r.leaveTelling(from.Next(), told)
	}
	return r.leaveTelling(from.Path(), told)
}
