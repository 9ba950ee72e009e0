package acl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/bundle"
)

// kept brings in a made-up delivery: a file in each Akte, and one of each other kind.
func keptDelivery(t *testing.T, desk *acl.Desk, akten ...archive.AkteID) archive.DeliveryID {
	t.Helper()
	rows := []archive.DeliveryRow{
		{Row: 90, File: "fund\x00\u202e.pdf", Result: archive.DeliveryUnassigned, Tried: []string{"file_number:alone"}},
		{Row: 91, File: "grob.pdf", Result: archive.DeliveryProfile, Faults: []archive.DeliveryFault{{Code: archive.FaultDPI, Pages: []int{2, 3, 5}, Found: "150", Want: "300"}}},
		{File: "zuviel.pdf", Result: archive.DeliverySurplus, Reason: "not_in_the_index"},
	}
	for i, id := range akten {
		rows = append(rows, archive.DeliveryRow{
			Row: i + 1, File: "geheim.pdf", Number: "33.11-000001/2026", Result: archive.DeliveryTaken, Akte: id, SHA256: [32]byte{byte(i + 1)}, Size: 7,
		})
	}
	return must(desk.RecordDelivery(t.Context(), archive.Delivery{Vendor: " Scanfabrik\tSüd ", Name: "L1", Back: 1}, rows))(t)
}

func TestDeliveriesAreSeenByWhoWorksTheirBasket(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Ali", "auslaenderbehoerde")
	first := keptDelivery(t, mail, akte)
	second := keptDelivery(t, mail)
	page := must(mail.Deliveries(t.Context(), "", 1, ""))(t)
	if page.Department != "poststelle" || len(page.Items) != 1 || page.Items[0].ID != second || page.Next == "" {
		t.Fatalf("newest: %+v", page)
	}
	if page = must(mail.Deliveries(t.Context(), "poststelle", 1, page.Next))(t); len(page.Items) != 1 || page.Items[0].ID != first || page.Next != "" {
		t.Errorf("the rest: %+v", page)
	}
	if d := page.Items[0]; d.Vendor != "Scanfabrik Süd" || d.Rows != 4 || d.Counts[archive.DeliveryTaken] != 1 || d.Counts[archive.DeliverySurplus] != 1 || d.Back != 1 {
		t.Errorf("kept: %+v", d)
	}
	rows := must(mail.Delivery(t.Context(), first, acl.DeliveryQuery{}))(t)
	if len(rows.Items) != 4 || rows.Items[0].File != "fund .pdf" || rows.Items[3].Akte != akte || rows.Items[3].Hidden {
		t.Errorf("rows: %+v", rows.Items)
	}
	if rows = must(mail.Delivery(t.Context(), first, acl.DeliveryQuery{Result: archive.DeliveryProfile}))(t); len(rows.Items) != 1 || rows.Items[0].File != "grob.pdf" {
		t.Errorf("narrowed: %+v", rows.Items)
	}
	if _, err := mail.Delivery(t.Context(), first, acl.DeliveryQuery{Result: "x"}); !fault(err, "/result", "unknown") {
		t.Errorf("narrowed to nonsense: %v", err)
	}
	if got := must(clerk.Deliveries(t.Context(), "", 10, ""))(t); len(got.Items) != 0 || got.Department != "auslaenderbehoerde" {
		t.Errorf("another department's list: %+v", got)
	}
	for name, err := range map[string]error{
		"another department's": second1(clerk.Deliveries(t.Context(), "poststelle", 10, "")),
		"another's delivery":   second1(clerk.Delivery(t.Context(), first, acl.DeliveryQuery{})),
		"one that isn't there": second1(mail.Delivery(t.Context(), archive.NewID[archive.DeliveryID](), acl.DeliveryQuery{})),
	} {
		if !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	device := w.Guard.For(w.User("scanner", "dienst@poststelle"))
	if _, err := device.Deliveries(t.Context(), "", 10, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who works no basket: %v, want denied", err)
	}
	if _, err := clerk.RecordDelivery(t.Context(), archive.Delivery{Vendor: "x"}, nil); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("kept by who isn't the mail room: %v, want denied", err)
	}
	if _, err := mail.RecordDelivery(t.Context(), archive.Delivery{Vendor: "x"}, []archive.DeliveryRow{{Result: "nonsense"}}); !fault(err, "/rows/0/result", "unknown") {
		t.Errorf("an unknown result: %v", err)
	}
	if n := trailed(t, w, audit.OpDelivery); n != 2 {
		t.Errorf("%d deliveries in the trail", n)
	}
	if got := told(t, w, akte, audit.OpDeliveryOpen); len(got) == 0 {
		t.Error("the Akte's trail doesn't tell that it was shown")
	}
}

// second1 leaves the error.
func second1[T any](_ T, err error) error { return err }

// Of a file whose Akte was sealed since, nothing but its line is shown.
func TestDeliveryHidesWhatLiesUnderASeal(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	open, shut := w.Akte(clerk, "Ali", "auslaenderbehoerde"), w.Akte(clerk, "Zu", "auslaenderbehoerde")
	id := keptDelivery(t, mail, open, shut)
	seal(t, w, shut, archive.NewID[archive.UserID]())
	rows := must(mail.Delivery(t.Context(), id, acl.DeliveryQuery{Result: archive.DeliveryTaken}))(t).Items
	want := acl.DeliveryRowView{DeliveryRow: archive.DeliveryRow{Row: 2, Result: archive.DeliveryTaken}, Hidden: true}
	if len(rows) != 2 || rows[0].Hidden || rows[0].File == "" {
		t.Fatalf("rows: %+v", rows)
	}
	if got, err := json.Marshal(rows[1]); err != nil || rows[1].SHA256 != want.SHA256 || strings.Contains(string(got), "geheim") || !rows[1].Hidden || rows[1].Number != "" || rows[1].Akte != "" {
		t.Errorf("of a sealed Akte: %s, %v", got, err)
	}
	if got := told(t, w, shut, audit.OpDeliveryOpen); len(got) != 0 {
		t.Errorf("its trail tells that it was shown: %v", got)
	}
}

// A file that came into no Akte tells of the one that its number leads to all the same.
func TestDeliveryHidesWhatIsNamedUnderASeal(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	var rows []archive.DeliveryRow
	open, shut := w.Akte(clerk, "Ali", "auslaenderbehoerde"), w.Akte(clerk, "Zu", "auslaenderbehoerde")
	for i, akte := range []archive.AkteID{open, shut} {
		number := must(clerk.Akte(t.Context(), akte))(t).Number
		rows = append(rows, archive.DeliveryRow{Row: i + 1, File: "geheim.pdf", Number: number, Result: archive.DeliveryProfile})
	}
	rows = append(rows, archive.DeliveryRow{Row: 3, File: "fremd.pdf", Number: "99.99-000001/1999", Result: archive.DeliveryProfile})
	id := must(mail.RecordDelivery(t.Context(), archive.Delivery{Vendor: "Scanfabrik", Name: "L1"}, rows))(t)
	seal(t, w, shut, archive.NewID[archive.UserID]())
	got := must(mail.Delivery(t.Context(), id, acl.DeliveryQuery{}))(t).Items
	if len(got) != 3 || got[0].Hidden || got[0].File == "" || got[0].Open || got[2].Hidden || got[2].File == "" {
		t.Fatalf("rows: %+v", got)
	}
	if r := got[1]; !r.Hidden || r.File != "" || r.Number != "" {
		t.Errorf("of a sealed Akte: %+v", r)
	}
	if told(t, w, open, audit.OpDeliveryOpen) == nil || told(t, w, shut, audit.OpDeliveryOpen) != nil {
		t.Error("the trails of the Akten don't tell what was shown")
	}
}

// Of a file that was moved or sealed by itself since, or that came longer ago than the mail room looks back, the mail
// room is shown nothing but its line.
func TestDeliveryHidesDocumentsThatAreNotForTheReader(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte, other := w.Akte(clerk, "Ali", "auslaenderbehoerde"), w.Akte(clerk, "Zu", "auslaenderbehoerde")
	here := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "eins")
	moved := w.Add(clerk, other, archive.Document{Type: "arbeitsvertrag"}, "zwei")
	rows := []archive.DeliveryRow{
		{Row: 1, File: "geheim.pdf", Result: archive.DeliveryTaken, Akte: akte, ID: string(here.ID)},
		{Row: 2, File: "geheim.pdf", Result: archive.DeliveryTaken, Akte: akte, ID: string(moved.ID)},
		{Row: 3, File: "geheim.pdf", Result: archive.DeliveryTaken, Akte: akte, ID: string(archive.NewID[archive.DocumentID]())},
	}
	id := must(mail.RecordDelivery(t.Context(), archive.Delivery{Vendor: "x"}, rows))(t)
	shown := func() (out []bool) {
		for _, row := range must(mail.Delivery(t.Context(), id, acl.DeliveryQuery{}))(t).Items {
			if row.Hidden != (row.File == "") {
				t.Errorf("row %d: hidden is %t, but %q is told", row.Row, row.Hidden, row.File)
			}
			out = append(out, !row.Hidden)
		}
		return out
	}
	if got := shown(); !slices.Equal(got, []bool{true, false, false}) {
		t.Errorf("on the day: shown %v", got)
	}
	w.Time = w.Time.Add(25 * time.Hour)
	if got := shown(); !slices.Equal(got, []bool{false, false, false}) {
		t.Errorf("a day later: shown %v", got)
	}
}

// statements keeps what was to be printed.
type statements struct{ all []bundle.Statement }

func (s *statements) Print(_ context.Context, st bundle.Statement) ([]byte, error) {
	s.all = append(s.all, st)
	return []byte("%PDF"), nil
}

// A receipt says in German or English what became of each row, with its code.
func TestDeliveryReceiptSpeaksInWords(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	id := keptDelivery(t, mail)
	if _, err := mail.DeliveryReceipt(t.Context(), id, "de"); !errors.Is(err, acl.ErrNoBundles) {
		t.Errorf("where nothing is printed: %v", err)
	}
	printer := &statements{}
	cfg := w.Guard.Config
	cfg.Printer = printer
	guard := must(acl.New(cfg))(t)
	mail = guard.For(mail.Subject())
	for language, want := range map[string][]string{
		"de": {"Anders gescannt als erwartet (1)", "Seiten 2–3, 5: 150 dpi, erwartet 300 dpi (profile)", "keine Zeile des Index nennt die Datei (not_in_the_index)", "Aktenzeichen: ohne zweites Merkmal (file_number:alone)"},
		"en": {"Not scanned as expected (1)", "pages 2–3, 5: 150 dpi, expected 300 dpi (profile)", "no row of the index names the file (not_in_the_index)", "reference number: without a second key (file_number:alone)"},
	} {
		made := must(mail.DeliveryReceipt(t.Context(), id, language))(t)
		if string(made.PDF) != "%PDF" || made.Number != string(id) {
			t.Errorf("%s: %+v", language, made)
		}
		st := printer.all[len(printer.all)-1]
		var said []string
		for _, s := range st.Sections {
			said = append(said, s.Title)
			for _, row := range s.Rows {
				for _, f := range row.Facts {
					said = append(said, f.Value)
				}
			}
		}
		for _, line := range want {
			if !slices.Contains(said, line) {
				t.Errorf("%s: %q isn't among %q", language, line, said)
			}
		}
	}
	if _, err := mail.DeliveryReceipt(t.Context(), id, "de)/OpenAction(x"); !fault(err, "/language", "unknown") {
		t.Errorf("in no language: %v", err)
	}
	clerk := guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	if _, err := clerk.DeliveryReceipt(t.Context(), id, "de"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("for another department: %v", err)
	}
	if n := trailed(t, w, audit.OpAcknowledge); n != 2 {
		t.Errorf("%d receipts in the trail", n)
	}
}

// All codes that a delivery can have say something in both languages.
func TestDeliveryWords(t *testing.T) {
	t.Parallel()
	de, en := acl.WordsOfDeliveries("de"), acl.WordsOfDeliveries("en")
	for _, code := range archive.DeliveryResults() {
		if de.Result(code) == code || en.Result(code) == code || de.Result(code) == en.Result(code) {
			t.Errorf("result %s has no words", code)
		}
	}
	for _, code := range []string{
		"twice_in_the_delivery", "twice_for_different_people", "akte_not_handed_over", "not_in_the_index", "nothing_of_the_akte", "unassigned_before",
		"outside_the_folder", "not_readable_here", "not_a_file", "unknown_akte", "akte_not_open", "too_large", "no_scan", "unsupported",
		"corrupt", "truncated", "encrypted", "page_limit", "no_pages",
	} {
		if de.Reason(code) == code || en.Reason(code) == code || de.Reason(code) == en.Reason(code) {
			t.Errorf("reason %s has no words", code)
		}
	}
	for _, code := range []string{
		"file_number+name", "register_number+birth_date", "file_number:alone", "file_number:unknown", "register_number:ambiguous", "birth_date:imputed", "birth_date:no_date",
		"numbers:differ", "name+birth_date:never_enough", "file_number:register_number_differs", "register_number:no_single_akte",
	} {
		if de.Tried(code) == code || en.Tried(code) == code || de.Tried(code) == en.Tried(code) {
			t.Errorf("%s has no words", code)
		}
	}
	nameless := []acl.DeliveryRowView{{DeliveryRow: archive.DeliveryRow{Row: 1, Result: archive.DeliveryTaken}}}
	if got := acl.DeliveryStatement(archive.Delivery{}, nameless, "en").Sections[0].Rows[0].Title; got != "Name erased at the end of its term" {
		t.Errorf("a row without names: %q", got)
	}
	if got := de.Reason("something_new"); got != "something_new" {
		t.Errorf("an unknown code: %q", got)
	}
	note := en.Note("L1", acl.Delivered{Number: "33.11-1/2026", Family: "Doe"}, "1985", []string{"file_number:alone"})
	if want := "Delivery L1: assigned to no Akte.\nReference number: 33.11-1/2026\nFamily name: Doe\nDate of birth: 1985\nTried: reference number: without a second key (file_number:alone)"; note != want {
		t.Errorf("note: %q", note)
	}
}

// A delivery of many rows is kept bit by bit: it is seen once it is complete, and goes on where it stopped.
func TestDeliveryIsKeptInBatches(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	rows := make([]archive.DeliveryRow, 2*archive.DeliveryBatch+7)
	for i := range rows {
		rows[i] = archive.DeliveryRow{Row: i + 1, File: fmt.Sprint(i, ".pdf"), Result: archive.DeliverySurplus}
	}
	made := archive.Delivery{ID: archive.NewID[archive.DeliveryID](), Vendor: "Scanfabrik", Name: "L1", Department: "poststelle"}
	begun := made
	begun.By, begun.At = mail.Subject().User, w.Guard.Now().UTC()
	if err := begun.Normalise(rows); err != nil {
		t.Fatal(err)
	}
	// A server that ended after the first batch left this behind.
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		return errors.Join(tx.BeginDelivery(begun), tx.AddDeliveryRows(begun.ID, 0, rows[:archive.DeliveryBatch]))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mail.Delivery(t.Context(), made.ID, acl.DeliveryQuery{}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("before it is complete: %v", err)
	}
	if page := must(mail.Deliveries(t.Context(), "", 10, ""))(t); len(page.Items) != 0 {
		t.Errorf("listed before it is complete: %+v", page.Items)
	}
	other := made
	other.Name = "L2"
	if _, err := mail.RecordDelivery(t.Context(), other, rows); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("another one under its name: %v", err)
	}
	for _, again := range []string{"gone on with", "told again"} {
		if id := must(mail.RecordDelivery(t.Context(), made, rows))(t); id != made.ID {
			t.Errorf("%s: %s", again, id)
		}
	}
	var files []string
	for cursor := ""; ; {
		page := must(mail.Delivery(t.Context(), made.ID, acl.DeliveryQuery{Limit: 100, Cursor: cursor}))(t)
		for _, row := range page.Items {
			files = append(files, row.File)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(files) != len(rows) || files[0] != "0.pdf" || files[len(rows)-1] != fmt.Sprint(len(rows)-1, ".pdf") {
		t.Errorf("%d rows, from %v", len(files), files[:3])
	}
	if n := trailed(t, w, audit.OpDelivery); n != 1 {
		t.Errorf("%d deliveries in the trail", n)
	}
}

// Names in rows end a year after they came; what became of them stays.
func TestDeliveryLosesItsNames(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Ali", "auslaenderbehoerde")
	id := keptDelivery(t, mail, akte)
	shown := func() acl.DeliveryPage {
		t.Helper()
		return must(mail.Delivery(t.Context(), id, acl.DeliveryQuery{}))(t)
	}
	if got := shown().NamesUntil.Format(time.DateOnly); got != "2027-11-21" {
		t.Errorf("names until %s", got)
	}
	w.Time = time.Date(2027, 11, 21, 9, 0, 0, 0, time.UTC)
	w.Settle()
	if page := shown(); !page.NamesErased.IsZero() || page.Items[0].File == "" || page.Items[3].SHA256 == [32]byte{} {
		t.Errorf("an hour too early: %+v", page)
	}
	w.Time = time.Date(2027, 11, 21, 10, 1, 0, 0, time.UTC)
	w.Settle()
	page := shown()
	if !page.NamesErased.Equal(w.Time) || len(page.Items) != 4 || page.Rows != 4 || page.Vendor != "Scanfabrik Süd" || page.Name != "" {
		t.Errorf("after its term: %+v", page)
	}
	for _, row := range page.Items {
		if row.File != "" || row.Number != "" || row.SHA256 != [32]byte{} {
			t.Errorf("row %d still tells %q, %q", row.Row, row.File, row.Number)
		}
	}
	if row := page.Items[1]; row.Row != 91 || row.Result != archive.DeliveryProfile || len(row.Faults) != 1 {
		t.Errorf("what became of it: %+v", row)
	}
	if n := trailed(t, w, audit.OpErasure); n != 1 {
		t.Errorf("%d erasures in the trail", n)
	}
}

// That delivered bytes lie in another Akte than theirs is told to who may read them there, and to nobody else.
func TestDeliveredElsewhere(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	both := w.Guard.For(w.User("both", "sachbearbeitung@auslaenderbehoerde", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte, other := w.Akte(clerk, "Ali", "auslaenderbehoerde"), w.Akte(clerk, "Zu", "auslaenderbehoerde")
	lies := w.Add(clerk, other, archive.Document{Type: "arbeitsvertrag"}, "eins")
	here := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "zwei")
	sums := map[archive.DocumentID][32]byte{}
	for _, doc := range []acl.DocumentView{lies, here} {
		sums[doc.ID] = doc.Current.Original.SHA256
	}
	rows := []archive.DeliveryRow{
		{Row: 1, File: "a.pdf", Result: archive.DeliveryThere, Akte: akte, SHA256: sums[lies.ID]},
		{Row: 2, File: "b.pdf", Result: archive.DeliveryThere, Akte: akte, SHA256: sums[here.ID]},
		{Row: 3, File: "c.pdf", Result: archive.DeliveryThere, Reason: "not_in_this_akte", Akte: akte, SHA256: [32]byte{9}},
	}
	id := must(mail.RecordDelivery(t.Context(), archive.Delivery{Vendor: "x"}, rows))(t)
	for name, tt := range map[string]struct {
		desk *acl.Desk
		want *acl.DeliveredElsewhere
	}{"the mail room": {mail, nil}, "who reads both": {both, &acl.DeliveredElsewhere{Akte: other, Document: lies.ID}}} {
		got := must(tt.desk.Delivery(t.Context(), id, acl.DeliveryQuery{}))(t).Items
		if len(got) != 3 {
			t.Fatalf("%s: %+v", name, got)
		}
		for i, row := range got {
			want := tt.want
			if i != 0 {
				want = nil
			}
			if row.Hidden || row.File == "" || row.Reason != "" || !reflect.DeepEqual(row.Elsewhere, want) {
				t.Errorf("%s: row %d: %+v, elsewhere %+v", name, row.Row, row, row.Elsewhere)
			}
		}
	}
	if got := told(t, w, other, audit.OpDeliveryOpen); len(got) != 1 {
		t.Errorf("the trail of where it lies tells %v", got)
	}
	seal(t, w, other, archive.NewID[archive.UserID]())
	if row := must(both.Delivery(t.Context(), id, acl.DeliveryQuery{}))(t).Items[0]; row.Elsewhere != nil {
		t.Errorf("under a seal: %+v", row.Elsewhere)
	}
}
