package acl_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
)

func TestDisclosureNamesTheRecipient(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	who := w.User("clerk", "sachbearbeitung@auslaenderbehoerde")
	clerk := w.Guard.For(who)
	records := w.Guard.For(w.User("records", "registratur@auslaenderbehoerde"))
	embassy := w.Guard.For(w.User("embassy", "rueckkehr@rueckkehr"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(clerk, "Beispiel", "auslaenderbehoerde", archive.Participation{Department: "rueckkehr"})
	contract := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Vertrag")
	flight := w.Add(embassy, akte, archive.Document{Type: "passersatzantrag"}, "Flug")
	w.Settle()
	court := acl.Disclosure{Document: contract.ID, Recipient: "  Verwaltungsgericht Musterstadt ", Reason: "Klage"}
	for _, tt := range []struct {
		name string
		desk *acl.Desk
		with func(*acl.Disclosure)
		want error
	}{
		{"by records staff", records, func(*acl.Disclosure) {}, acl.ErrDenied},
		{"of a register that she only reads", clerk, func(o *acl.Disclosure) { o.Document = flight.ID }, acl.ErrDenied},
		{"to nobody", clerk, func(o *acl.Disclosure) { o.Recipient = " " }, archive.ErrInvalid},
		{"of no version", clerk, func(o *acl.Disclosure) { o.Version = 2 }, archive.ErrNotFound},
		{"by a stranger", w.Guard.For(w.User("stranger", "sachbearbeitung@soziales")), func(*acl.Disclosure) {}, archive.ErrNotFound},
		{"who only looks", clerk.Unconfirmed(), func(*acl.Disclosure) {}, acl.ErrUnconfirmed},
	} {
		o := court
		tt.with(&o)
		if _, err := tt.desk.Disclose(t.Context(), o); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	of := archive.TrailFilter{Op: string(audit.OpDocumentDisclose)}
	if page, err := officer.Trail(t.Context(), of, 10, ""); err != nil || len(page.Items) != 0 {
		t.Fatalf("%d disclosures are recorded that did not happen, %v", len(page.Items), err)
	}
	for range 2 { // each is another one, however soon
		f, err := clerk.Disclose(t.Context(), court)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil || string(text) != "Vertrag" {
			t.Errorf("handed out %q, %v", text, err)
		}
	}
	page, err := officer.Trail(t.Context(), of, 10, "")
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d disclosures are recorded, %v", len(page.Items), err)
	}
	row := page.Items[0]
	said := ""
	for _, p := range row.Parts {
		said += string(p.Text)
	}
	if row.Recipient != "Verwaltungsgericht Musterstadt" || row.Leaf.Actor != string(who.User) || row.Leaf.Purpose != "bearbeitung" ||
		row.Leaf.Rule != "sachbearbeitung@auslaenderbehoerde/disclose" || !strings.Contains(said, "Klage") {
		t.Errorf("recorded: to %q, %+v, %s", row.Recipient, row.Leaf, said)
	}
	for _, d := range []struct {
		desk *acl.Desk
		id   archive.DocumentID
		want bool
	}{{records, contract.ID, false}, {clerk, contract.ID, true}, {clerk, flight.ID, false}, {embassy, flight.ID, true}} {
		if view, err := d.desk.Document(t.Context(), d.id); err != nil || view.MayDisclose != d.want {
			t.Errorf("may disclose: %t, %v; want %t", view.MayDisclose, err, d.want)
		}
	}
}

func TestCopiesAreDisclosedInTheFormThatIsAskedFor(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	d.Guard.Renderer = press{}
	doc := d.Add(d.clerk, d.akte, archive.Document{Type: "arbeitsvertrag", Title: "Vertrag"}, "eins").ID
	court := acl.Disclosure{Document: doc, Recipient: "Verwaltungsgericht", Form: acl.FormSearchable}
	before := d.happened(audit.OpDocumentDisclose)
	_, err := d.clerk.DiscloseCopy(ctx, court, "de")
	wants(t, "before it is read", err, archive.ErrNotReady)
	d.Settle()
	archival := court
	archival.Form = acl.FormArchival
	_, err = d.clerk.DiscloseCopy(ctx, archival, "de")
	wants(t, "a text for the archive", err, acl.ErrNotArchival)
	archival.Form = acl.FormOriginal
	_, err = d.clerk.DiscloseCopy(ctx, archival, "de")
	wants(t, "no copy", err, archive.ErrInvalid)
	_, err = d.one.DiscloseCopy(ctx, court, "de")
	wants(t, "a stranger", err, archive.ErrNotFound)
	if n := d.happened(audit.OpDocumentDisclose) - before; n != 0 {
		t.Errorf("%d disclosures are recorded that did not happen", n)
	}
	d.Guard.Renderer = press{ingest.ErrNotArchival}
	_, err = d.clerk.DiscloseCopy(ctx, court, "de")
	wants(t, "a press that fails", err, acl.ErrNotArchival)
	if n := d.happened(audit.OpDocumentDisclose) - before; n != 0 {
		t.Errorf("%d disclosures are recorded of what could not be made", n)
	}
	d.Guard.Renderer = press{}
	for range 2 {
		r := must(d.clerk.DiscloseCopy(ctx, court, "de"))(t)
		made, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(made) != "paper.txt Arbeitsvertrag / Erklärung zum Beschäftigungsverhältnis de" || r.Name != "paper-searchable.pdf" {
			t.Errorf("handed out %q as %q, %v", made, r.Name, err)
		}
	}
	if n := d.happened(audit.OpDocumentDisclose) - before; n != 2 {
		t.Errorf("%d disclosures are recorded, want each", n)
	}
}
