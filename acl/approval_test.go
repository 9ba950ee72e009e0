package acl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// waiting lists the documents that wait for a reader's approval.
func waiting(t *testing.T, desk *acl.Desk, q acl.ApprovalsQuery) (ids []archive.DocumentID) {
	t.Helper()
	for _, row := range must(desk.Approvals(t.Context(), q))(t).Items {
		ids = append(ids, row.ID)
	}
	return ids
}

// same compares two lists of documents.
func same(t *testing.T, what string, got []archive.DocumentID, want ...archive.DocumentID) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWaitingScansAreListedForWhoMayJudgeThem(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scannerUser := w.User("scanner", "registratur@auslaenderbehoerde")
	scanner := w.Guard.For(scannerUser)
	second := w.Guard.For(w.User("second", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(second, "Ali", "auslaenderbehoerde", archive.Participation{Department: "asyl", Registers: []string{"familie"}})
	add := func(by *acl.Desk, kind string) archive.DocumentID {
		id := w.Add(by, akte, archive.Document{Type: kind}, "SCAN 150 colour").ID
		w.Settle()
		w.Time = w.Time.Add(time.Minute)
		return id
	}
	pass, birth, own := add(scanner, "reisepass"), add(scanner, "geburtsurkunde"), add(second, "verpflichtungserklaerung")
	add(scanner, "mietvertrag") // its type asks for no approval
	same(t, "to the caseworker, her own among them", waiting(t, second, acl.ApprovalsQuery{}), pass, birth, own)
	same(t, "without her own", waiting(t, second, acl.ApprovalsQuery{Others: true}), pass, birth)
	asyl := w.Guard.For(w.User("asyl", "sachbearbeitung@asyl"))
	same(t, "to who takes part in one register", waiting(t, asyl, acl.ApprovalsQuery{}), birth)
	health := w.Guard.For(w.User("health", "gesundheit@gesundheit"))
	same(t, "to who takes no part", waiting(t, health, acl.ApprovalsQuery{}))
	rows := must(second.Approvals(t.Context(), acl.ApprovalsQuery{}))(t).Items
	if r := rows[0]; r.By != scannerUser.Name && r.By == "" || r.Name.Family != "Ali" || r.Number == "" || r.Note.Own || !r.Note.MayApprove || len(r.Note.Faults) != 1 || r.Since.IsZero() {
		t.Errorf("row: %+v", r)
	}
	if r := rows[2]; !r.Note.Own || r.Note.MayApprove {
		t.Errorf("her own: %+v", r)
	}
	first := must(second.Approvals(t.Context(), acl.ApprovalsQuery{Limit: 1}))(t)
	same(t, "the next page", waiting(t, second, acl.ApprovalsQuery{Limit: 1, Cursor: first.Next}), birth)
	same(t, "behind a row", waiting(t, second, acl.ApprovalsQuery{Others: true, Cursor: rows[1].At}))
	if _, err := asyl.Approvals(t.Context(), acl.ApprovalsQuery{Cursor: first.Next}); err == nil {
		t.Error("a cursor of somebody else's is taken")
	}
	must(second.Judge(t.Context(), pass, 1, archive.QualityApproved, ""))(t)
	must(second.Judge(t.Context(), birth, 1, archive.QualityReturned, "unscharf"))(t)
	same(t, "judged", waiting(t, second, acl.ApprovalsQuery{}), own)
	same(t, "judged, to another department", waiting(t, asyl, acl.ApprovalsQuery{}))
	must(scanner.AddVersion(t.Context(), birth, must(scanner.Receive(t.Context(), "scan.txt", strings.NewReader("SCAN 400 colour")))(t)))(t)
	w.Settle()
	same(t, "scanned anew", waiting(t, asyl, acl.ApprovalsQuery{}), birth)
	if got := told(t, w, akte, audit.OpApprovalList); len(got) == 0 {
		t.Error("the trail of the Akte tells of no look at the list")
	}
}

func TestWaitingScansFollowRights(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	asyl := w.Guard.For(w.User("asyl", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Ali", "auslaenderbehoerde")
	pass := w.Add(scanner, akte, archive.Document{Type: "reisepass"}, "SCAN 300 colour").ID
	w.Settle()
	change := func(fn func(*archive.Akte)) {
		t.Helper()
		view := must(lead.Akte(t.Context(), akte))(t)
		must(lead.ChangeAkte(t.Context(), akte, view.Revision, func(a *archive.Akte) error { fn(a); return nil }))(t)
	}
	same(t, "before it takes part", waiting(t, asyl, acl.ApprovalsQuery{}))
	change(func(a *archive.Akte) { a.Departments = []archive.Participation{{Department: "asyl"}} })
	same(t, "once it takes part", waiting(t, asyl, acl.ApprovalsQuery{}), pass)
	change(func(a *archive.Akte) { a.Departments = nil })
	same(t, "afterwards", waiting(t, asyl, acl.ApprovalsQuery{}))
	change(func(a *archive.Akte) { a.State = archive.AkteClosed })
	same(t, "in a closed Akte nothing can be approved", waiting(t, lead, acl.ApprovalsQuery{}))
	for name, tt := range map[string]struct {
		pair, department string
		want             error
	}{
		"the mail room":        {"registratur@poststelle", "", acl.ErrDenied},
		"data protection":      {"datenschutz@datenschutz", "", acl.ErrDenied},
		"another's department": {"sachbearbeitung@asyl", "auslaenderbehoerde", archive.ErrNotFound},
	} {
		desk := w.Guard.For(w.User("u"+strings.ReplaceAll(name, " ", ""), tt.pair))
		if _, err := desk.Approvals(t.Context(), acl.ApprovalsQuery{Department: tt.department}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestWhatWasFiledWaitsUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	second := w.Guard.For(w.User("second", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Ali", "auslaenderbehoerde")
	item := w.Post(clerk, "auslaenderbehoerde", "SCAN 300 colour")
	w.Settle()
	same(t, "in the basket", waiting(t, second, acl.ApprovalsQuery{}))
	docs := must(clerk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "reisepass"}}))(t)
	same(t, "filed", waiting(t, second, acl.ApprovalsQuery{}), docs[0].ID)
	day, hers := must(second.Day(t.Context()))(t), must(clerk.Day(t.Context()))(t)
	if len(day.Approvals) != 1 || day.Approvals[0].Waiting != 1 || day.Approvals[0].Own != 0 || day.Approvals[0].More || day.Approvals[0].Oldest.IsZero() {
		t.Errorf("the day of who may approve: %+v", day.Approvals)
	}
	if len(hers.Approvals) != 1 || hers.Approvals[0].Waiting != 0 || hers.Approvals[0].Own != 1 {
		t.Errorf("the day of who filed it: %+v", hers.Approvals)
	}
	must(clerk.Unfile(t.Context(), item.ID))(t)
	same(t, "taken back", waiting(t, second, acl.ApprovalsQuery{}))
	if n := must(second.CountApprovals(t.Context(), "auslaenderbehoerde"))(t); n.Waiting+n.Own != 0 {
		t.Errorf("count: %+v", n)
	}
}
