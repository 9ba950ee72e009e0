package acl_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	sealed "eakte/archive/blob/seal"
	"eakte/policies"
)

// disclosing is a guard of the world under rules that let the foreigners' office disclose from one register.
func disclosing(t *testing.T, w *acltest.World) *acl.Guard {
	t.Helper()
	folder := fstest.MapFS{}
	if err := copyFolder(folder, "../policies/builtin"); err != nil {
		t.Fatal(err)
	}
	const file = "access/sachbearbeitung.csv"
	folder[file].Data = append(folder[file].Data, "x/disclose,allow,sachbearbeitung,auslaenderbehoerde,beschaeftigung,normal,exist read disclose,*,any,any,\n"...)
	set, err := policies.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	table, err := acl.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	g, err := acl.New(acl.Config{
		Store: w.Store, Objects: w.Objects, Contents: w.Contents, Index: w.Index, Trail: w.Store,
		Policies: set, Table: table, CursorKey: sealed.NewKey(), Now: w.Guard.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func copyFolder(into fstest.MapFS, dir string) error {
	for _, at := range []string{"", "access/"} {
		entries, err := os.ReadDir(dir + "/" + at)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			data, err := os.ReadFile(dir + "/" + at + e.Name())
			if err != nil {
				return err
			}
			into[at+e.Name()] = &fstest.MapFile{Data: data}
		}
	}
	return nil
}

func TestDisclosureNamesTheRecipient(t *testing.T) {
	w := acltest.Open(t)
	atTen(w)
	who := w.User("clerk", "sachbearbeitung@auslaenderbehoerde")
	built := w.Guard.For(who)
	clerk := disclosing(t, w).For(who)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(built, "Beispiel", "auslaenderbehoerde")
	contract := w.Add(built, akte, archive.Document{Type: "arbeitsvertrag"}, "Vertrag")
	pass := w.Add(built, akte, archive.Document{Type: "reisepass"}, "Pass")
	w.Settle()
	court := acl.Disclosure{Document: contract.ID, Recipient: "  Verwaltungsgericht Musterstadt ", Reason: "Klage"}
	for _, tt := range []struct {
		name string
		desk *acl.Desk
		with func(*acl.Disclosure)
		want error
	}{
		{"by the built-in rules", built, func(*acl.Disclosure) {}, acl.ErrDenied},
		{"of another register", clerk, func(o *acl.Disclosure) { o.Document = pass.ID }, acl.ErrDenied},
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
		row.Leaf.Rule != "x/disclose" || !strings.Contains(said, "Klage") {
		t.Errorf("recorded: to %q, %+v, %s", row.Recipient, row.Leaf, said)
	}
	for _, d := range []struct {
		desk *acl.Desk
		id   archive.DocumentID
		want bool
	}{{built, contract.ID, false}, {clerk, contract.ID, true}, {clerk, pass.ID, false}} {
		if view, err := d.desk.Document(t.Context(), d.id); err != nil || view.MayDisclose != d.want {
			t.Errorf("may disclose: %t, %v; want %t", view.MayDisclose, err, d.want)
		}
	}
}
