package acl_test

import (
	"errors"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

func TestCustodyReceiptStatesWhatIsKept(t *testing.T) {
	t.Parallel()
	s := printing(t)
	id := must(s.clerk.TakeOriginal(t.Context(), s.pass.ID, archive.CustodyAct{Thing: "Reisepass Syrien N0123456", Place: "Tresor 2", Due: "2099-12-24"}))(t)
	akte := must(s.clerk.Akte(t.Context(), s.akte))(t)
	contains := func(language string, want ...string) {
		t.Helper()
		text := said(t, must(s.clerk.CustodyReceipt(t.Context(), id, language))(t).PDF)
		for _, w := range append(want, "Reisepass Syrien N0123456", akte.Number, akte.Person.Leading().Family) {
			if !strings.Contains(text, w) {
				t.Errorf("%q is missing:\n%s", w, text)
			}
		}
		if strings.Contains(text, "Tresor") {
			t.Error("the receipt tells where the original lies")
		}
	}
	contains("de", "Bestätigung über die Verwahrung", "24.12.2099", "trägt keine Unterschrift")
	if err := s.clerk.ActOnOriginal(t.Context(), id, 1, archive.CustodyAct{What: archive.CustodyReturned, To: "Frau Beispiel, Bevollmächtigte"}); err != nil {
		t.Fatal(err)
	}
	contains("en", "handed back", "Frau Beispiel, Bevollmächtigte")
	if got := s.issued(); len(got) != 2 {
		t.Errorf("%d receipts in the trail", len(got))
	}
	stranger := s.Guard.For(s.User("stranger", "sachbearbeitung@integration"))
	if _, err := stranger.CustodyReceipt(t.Context(), id, "de"); !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, acl.ErrDenied) {
		t.Errorf("to a stranger: %v", err)
	}
	for revision := range int64(2) {
		if err := s.clerk.ActOnOriginal(t.Context(), id, 2+revision, archive.CustodyAct{What: archive.CustodyUndone, Reason: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.clerk.CustodyReceipt(t.Context(), id, "de"); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("of what never was taken: %v", err)
	}
}
