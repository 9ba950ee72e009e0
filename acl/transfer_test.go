package acl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// told lists the operations that an Akte's trail tells of, oldest first, as far as they are among those given.
func told(t *testing.T, w *acltest.World, akte archive.AkteID, among ...audit.Op) (out []audit.Op) {
	t.Helper()
	officer := w.Guard.For(w.User("dsb"+string(archive.NewID[archive.UserID]()), "datenschutz@datenschutz"))
	for _, row := range must(officer.Trail(t.Context(), archive.TrailFilter{Akte: akte}, 200, ""))(t).Items {
		for _, op := range among {
			if row.Leaf.Op == op {
				out = append([]audit.Op{op}, out...)
			}
		}
	}
	return out
}

func TestTransferNoteTellsHowItWasScanned(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	desk := w.Guard.For(worker)
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	scan := w.Add(desk, akte, archive.Document{Type: "geburtsurkunde"}, "SCAN 300 colour eins", "SCAN 300 bw zwei", "SCAN 150 colour drei")
	letter := w.Add(desk, akte, archive.Document{Type: "vollmacht"}, "nie auf Papier")
	if must(desk.Document(t.Context(), scan.ID))(t).Transfer() != nil {
		t.Error("a note before the scan was read")
	}
	w.Settle()
	if got := must(desk.Document(t.Context(), letter.ID))(t); got.Transfer() != nil {
		t.Errorf("a note of what is no scan: %+v", got.Transfer())
	}
	got := must(desk.Document(t.Context(), scan.ID))(t).Transfer()
	if got == nil || got.By != worker.User || got.Device != "Test 1" || got.Pages != 3 || got.State != acl.TransferOpen || !got.Unapproved() {
		t.Fatalf("note: %+v", got)
	}
	want := []archive.TransferSetting{{First: 1, Last: 1, DPI: 300, Colour: "colour"}, {First: 2, Last: 2, DPI: 300, Colour: "bw"}, {First: 3, Last: 3, DPI: 150, Colour: "colour"}}
	if diff := cmp.Diff(want, got.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]archive.Anomaly{{Code: acl.FaultColour, Pages: []int{2}}, {Code: acl.FaultDPI, Pages: []int{3}}}, got.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if listed := must(desk.Documents(t.Context(), akte, acl.DocumentsQuery{Register: "familie"}))(t).Items[0].Transfer(); listed == nil || !listed.Unapproved() {
		t.Errorf("in the list: %+v", listed)
	}
}

func TestSecondPersonApproves(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	second := w.User("second", "sachbearbeitung@auslaenderbehoerde")
	desk := w.Guard.For(second)
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(scanner, akte, archive.Document{Type: "reisepass"}, "SCAN 300 colour").ID
	if _, err := desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("before it was read: %v", err)
	}
	w.Settle()
	if _, err := scanner.Judge(t.Context(), doc, 1, archive.QualityApproved, ""); !errors.Is(err, acl.ErrOwnScan) || !errors.Is(err, acl.ErrDenied) {
		t.Errorf("her own scan: %v", err)
	}
	if v := must(scanner.Document(t.Context(), doc))(t).Transfer(); v.MayApprove || !v.Own || !v.MayReturn {
		t.Errorf("to who scanned it: %+v", v)
	}
	if _, err := desk.Judge(t.Context(), doc, 1, archive.QualityReturned, " "); !fault(err, "/reason", "required") {
		t.Errorf("sent back without a reason: %v", err)
	}
	if v := must(desk.Judge(t.Context(), doc, 1, archive.QualityReturned, "Seite 2 fehlt"))(t).Transfer(); v.State != acl.TransferReturned || !v.Unapproved() {
		t.Errorf("sent back: %+v", v)
	}
	got := must(desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t)
	if v := got.Transfer(); v.State != acl.TransferApproved || v.Unapproved() || len(v.Words) != 2 || v.Words[0].Reason != "Seite 2 fehlt" || v.Words[1].Department != "auslaenderbehoerde" {
		t.Errorf("approved: %+v", v)
	}
	if got.People[second.User] == "" {
		t.Error("who approved has no name")
	}
	if _, err := desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("approved twice: %v", err)
	}
	ops := told(t, w, akte, audit.OpScanApprove, audit.OpScanReturn, audit.OpAccessRefused)
	if diff := cmp.Diff([]audit.Op{audit.OpAccessRefused, audit.OpScanReturn, audit.OpScanApprove}, ops); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
	rescanned := must(desk.Receive(t.Context(), "scan.txt", strings.NewReader("SCAN 400 colour")))(t)
	must(desk.AddVersion(t.Context(), doc, rescanned))(t)
	w.Settle()
	views := must(desk.Document(t.Context(), doc))(t)
	if v := views.Transfer(); len(views.Transfers) != 2 || v.Number != 2 || v.State != acl.TransferOpen || !v.Own {
		t.Errorf("another version: %+v", v)
	}
}

func TestTypesWithoutApprovalNeedNoSecondPerson(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(desk, akte, archive.Document{Type: "mietvertrag"}, "SCAN 200 bw").ID
	w.Settle()
	if v := must(desk.Document(t.Context(), doc))(t).Transfer(); v.Unapproved() || !v.MayApprove || len(v.Faults) > 0 {
		t.Errorf("before: %+v", v)
	}
	if v := must(desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t).Transfer(); v.State != acl.TransferApproved {
		t.Errorf("after: %+v", v)
	}
}

func TestStrangersJudgeNothing(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	doc := w.Add(desk, akte, archive.Document{Type: "arbeitsvertrag"}, "SCAN 200 bw").ID
	permit := w.Add(desk, akte, archive.Document{Type: "bescheid_abh"}, "SCAN 200 bw").ID
	w.Settle()
	reader := w.Guard.For(w.User("reader", "sachbearbeitung@asyl"))
	if _, err := reader.Judge(t.Context(), permit, 1, archive.QualityReturned, "x"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who may only read: %v", err)
	}
	if _, err := reader.Judge(t.Context(), doc, 1, archive.QualityReturned, "x"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("who may not know: %v", err)
	}
}

func TestApprovalOfHerOwnScanCountsForNothing(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "sachbearbeitung@auslaenderbehoerde"))
	second := w.Guard.For(w.User("second", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(second, "Ali", "auslaenderbehoerde")
	doc := w.Add(scanner, akte, archive.Document{Type: "mietvertrag"}, "SCAN 300 colour").ID
	w.Settle()
	judged := must(scanner.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t)
	if judged.Transfer().State != acl.TransferApproved {
		t.Fatalf("where nobody else is asked for: %+v", judged.Transfer())
	}
	got := must(scanner.ChangeDocument(t.Context(), doc, judged.Revision, func(d *archive.Document) error { d.Type = "geburtsurkunde"; return nil }))(t)
	if v := got.Transfer(); v.State != acl.TransferOpen || !v.Unapproved() {
		t.Errorf("with a type that asks for a second person: %+v", v)
	}
	if v := must(second.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t).Transfer(); v.State != acl.TransferApproved {
		t.Errorf("by a second person: %+v", v)
	}
}

func TestScanIsJudgedByWhatWasLookedAt(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	desk := w.Guard.For(w.User("second", "sachbearbeitung@auslaenderbehoerde"))
	doc := w.Add(scanner, w.Akte(desk, "Ali", "auslaenderbehoerde"), archive.Document{Type: "mietvertrag"}, "SCAN 300 colour").ID
	must(desk.AddVersion(t.Context(), doc, must(desk.Receive(t.Context(), "scan.txt", strings.NewReader("SCAN 400 colour")))(t)))(t)
	w.Settle()
	var stale *acl.StaleError
	if _, err := desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""); !errors.As(err, &stale) {
		t.Errorf("of the version before: %v", err)
	}
	if v := must(desk.Judge(t.Context(), doc, 2, archive.QualityApproved, ""))(t).Transfer(); v.State != acl.TransferApproved || v.Number != 2 {
		t.Errorf("of the newest: %+v", v)
	}
}

func TestPaperOfSeveralAktenIsJudgedInEach(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde", "unterbringung@unterbringung"))
	here := w.Guard.For(w.User("here", "sachbearbeitung@auslaenderbehoerde"))
	there := w.Guard.For(w.User("there", "unterbringung@unterbringung"))
	one, two := w.Akte(clerk, "Ali", "auslaenderbehoerde"), w.Akte(clerk, "Ali", "unterbringung")
	item := w.Post(clerk, "auslaenderbehoerde", "SCAN 300 colour")
	w.Settle()
	docs := must(clerk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{one, two}, Doc: archive.Document{Type: "mietvertrag"}}))(t)
	of := map[archive.AkteID]archive.DocumentID{docs[0].Akte: docs[0].ID, docs[1].Akte: docs[1].ID}
	must(here.Judge(t.Context(), of[one], 1, archive.QualityApproved, "Ali war selbst da"))(t)
	if v := must(there.Document(t.Context(), of[two]))(t).Transfer(); v.State != acl.TransferOpen || len(v.Words) != 0 {
		t.Errorf("the other Akte tells what was said in the first: %+v", v)
	}
	w.Time = w.Time.AddDate(1, 0, 0)
	if err := clerk.ReleasePapers(t.Context(), []archive.DocumentID{of[one]}, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("released before the other Akte said anything: %v", err)
	}
	must(there.Judge(t.Context(), of[two], 1, archive.QualityApproved, ""))(t)
	w.Time = w.Time.AddDate(1, 0, 0)
	if err := here.ReleasePapers(t.Context(), []archive.DocumentID{of[one]}, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("released by who can't see the other Akte: %v", err)
	}
	if err := clerk.ReleasePapers(t.Context(), []archive.DocumentID{of[one]}, ""); err != nil {
		t.Fatal(err)
	}
	if v := must(there.Document(t.Context(), of[two]))(t).Transfer(); v.State != acl.TransferReleased || len(v.Words) != 1 {
		t.Errorf("the paper is one: %+v", v)
	}
	if got := told(t, w, two, audit.OpPaperRelease); len(got) != 1 {
		t.Errorf("trail of the other Akte: %v", got)
	}
}

// Neither who scanned a paper nor who filed it approves it where a second person is asked for; whoever else may change
// the document does.
func TestWhoApproves(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scans := w.Guard.For(w.User("scans", "sachbearbeitung@auslaenderbehoerde"))
	files := w.Guard.For(w.User("files", "sachbearbeitung@auslaenderbehoerde"))
	third := w.Guard.For(w.User("third", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(third, "Ali", "auslaenderbehoerde")
	item := w.Post(scans, "auslaenderbehoerde", "SCAN 300 colour")
	w.Settle()
	doc := must(files.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "reisepass"}}))(t)[0].ID
	for _, tc := range []struct {
		name string
		desk *acl.Desk
		want error
		may  bool
	}{
		{"who scanned it", scans, acl.ErrOwnScan, false}, {"who filed it", files, acl.ErrOwnScan, false},
		{"a third person", third, nil, true},
	} {
		view := must(tc.desk.Document(t.Context(), doc))(t).Transfer()
		if view.MayApprove != tc.may {
			t.Errorf("%s is told that she may: %v", tc.name, view.MayApprove)
		}
		if _, err := tc.desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	if v := must(third.Document(t.Context(), doc))(t).Transfer(); v.State != acl.TransferApproved || len(v.Words) != 1 {
		t.Errorf("in the end: %+v", v)
	}
}

// An approval is of one version: the next one waits for its own. A second person's stands when the type changes, and
// the paper isn't released before it does for the new version.
func TestApprovalIsOfAVersion(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	desk := w.Guard.For(w.User("second", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(scanner, akte, archive.Document{Type: "mietvertrag"}, "SCAN 300 colour").ID
	w.Settle()
	judged := must(desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t)
	changed := must(desk.ChangeDocument(t.Context(), doc, judged.Revision, func(d *archive.Document) error { d.Type = "heiratsurkunde"; return nil }))(t)
	if v := changed.Transfer(); v.State != acl.TransferApproved || v.Unapproved() {
		t.Errorf("a second person's, after the type changed: %+v", v)
	}
	must(scanner.AddVersion(t.Context(), doc, must(scanner.Receive(t.Context(), "scan.txt", strings.NewReader("SCAN 400 colour")))(t)))(t)
	w.Settle()
	view := must(desk.Document(t.Context(), doc))(t)
	if v := view.Transfer(); v.Number != 2 || v.State != acl.TransferOpen || !v.Unapproved() || len(v.Words) != 0 {
		t.Errorf("the next version: %+v", v)
	}
	if v := view.Transfers[0]; v.Number != 1 || v.State != acl.TransferApproved || v.MayReturn {
		t.Errorf("the version before: %+v", v)
	}
	w.Time = w.Time.AddDate(1, 0, 0)
	if err := desk.ReleasePapers(t.Context(), []archive.DocumentID{doc}, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("released by the approval of the version before: %v", err)
	}
}
