package acl_test

import (
	"errors"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
)

// scan drops what passes for a PDF with pages of text, already read.
func (d *desks) scan(pages ...string) acl.InboxView {
	d.T.Helper()
	u, err := d.one.Receive(d.T.Context(), "scan.pdf", strings.NewReader("%PDF-1.7\n"+strings.Join(pages, "\f")))
	if err != nil {
		d.T.Fatal(err)
	}
	view, err := d.one.AddInboxItem(d.T.Context(), archive.InboxItem{Basket: "poststelle", Sender: "Jobcenter", Note: "dringend"}, u)
	if err := errors.Join(err, u.Close()); err != nil {
		d.T.Fatal(err)
	}
	d.Settle()
	return view
}

// basket is what the mail room finds, as text.
func (d *desks) basket() (texts []string, items []acl.InboxView) {
	d.T.Helper()
	page, err := d.two.Inbox(d.T.Context(), "", 0, "")
	if err != nil {
		d.T.Fatal(err)
	}
	for _, i := range page.Items {
		text, err := d.two.Text(d.T.Context(), acl.Holder{Inbox: i.ID})
		if err != nil {
			text = []byte(i.State)
		}
		texts = append(texts, strings.ReplaceAll(strings.ReplaceAll(string(text), "\f", "|"), "%PDF-1.7 ", ""))
	}
	return texts, page.Items
}

func leaves(item archive.InboxID, pages ...int) (out []acl.Leaf) {
	for _, p := range pages {
		out = append(out, acl.Leaf{Item: item, Page: p})
	}
	return out
}

func TestArrange(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	first, second := d.scan("eins", "zwei", "drei"), d.scan("vier")
	turned := leaves(first.ID, 3, 1)
	turned[0].Turn = 90
	view := must(d.one.ArrangeItem(ctx, first.ID, acl.Arrangement{Outputs: [][]acl.Leaf{
		append(turned, leaves(second.ID, 1)...), leaves(first.ID, 2),
	}}))(t)
	if view.State != "arranging" || view.Arrange.State != archive.JobWaiting {
		t.Errorf("asked for: %s, job %+v", view.State, view.Arrange)
	}
	for _, id := range []archive.InboxID{first.ID, second.ID} {
		_, err := d.one.FileItem(ctx, id, d.filing())
		wants(t, "filing meanwhile", err, acl.ErrArranging)
	}
	d.Settle()
	texts, items := d.basket()
	if strings.Join(texts, ";") != "drei turned90|eins|vier;zwei" {
		t.Fatalf("basket after arranging: %q", texts)
	}
	officer, admin := d.Guard.For(d.User("officer", "datenschutz@datenschutz")), d.Guard.For(d.User("admin", "administration@it"))
	kept := func(want int) {
		t.Helper()
		if sum, system := must(officer.TrailSummary(ctx))(t), must(admin.System(ctx))(t); sum.Sources != want || system.Sources != want {
			t.Errorf("the officer sees %d sources kept, who operates the system %d, want %d", sum.Sources, system.Sources, want)
		}
	}
	kept(2)
	made := items[0]
	if made.Sender != "Jobcenter" || made.Note != "dringend" || len(made.From) != 2 || made.Current.Kind != "application/pdf" ||
		made.Current.ReceivedBy != d.one.Subject().User || made.Current.Name != "scan.pdf" {
		t.Errorf("made: %+v, %+v", made.InboxItem, made.Current)
	}
	source := must(d.two.InboxItem(ctx, second.ID))(t)
	if source.State != "arranged" || len(source.Arranged) != 2 {
		t.Errorf("source: %s into %v", source.State, source.Arranged)
	}
	_, err := d.one.FileItem(ctx, first.ID, d.filing())
	wants(t, "filing a source", err, acl.ErrArranged)
	_, err = d.clerk.UndoArrange(ctx, made.ID)
	wants(t, "a stranger takes it back", err, archive.ErrNotFound)

	back := must(d.two.UndoArrange(ctx, items[1].ID))(t)
	if back.ID != first.ID || back.State != archive.StateReady {
		t.Errorf("taken back: %s, %s", back.ID, back.State)
	}
	kept(0)
	if texts, _ := d.basket(); strings.Join(texts, ";") != "eins|zwei|drei;vier" {
		t.Errorf("basket as it was: %q", texts)
	}
	_, err = d.two.InboxItem(ctx, made.ID)
	wants(t, "what vanished", err, archive.ErrNotFound)
	if d.happened(audit.OpArrange) != 1 || d.happened(audit.OpArrangeUndo) != 1 {
		t.Error("the trail lacks an act")
	}
	d.sound()
}

// sound checks that no object is missing or nobody's.
func (d *desks) sound() {
	d.T.Helper()
	for _, p := range d.problems() {
		d.T.Error(p)
	}
	if _, _, err := d.Contents.Check(d.T.Context(), true, func(p archive.Problem) { d.T.Error(p) }); err != nil {
		d.T.Error(err)
	}
	if err := d.Store.View(d.T.Context(), func(r archive.Reader) error {
		intents, err := r.Intents()
		if len(intents) > 0 {
			d.T.Errorf("%d objects are still announced", len(intents))
		}
		return err
	}); err != nil {
		d.T.Error(err)
	}
}

func TestArrangedPartsGoTheirWays(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.scan("Kaya", "Demir")
	must(d.one.ArrangeItem(ctx, item.ID, acl.Arrangement{Outputs: [][]acl.Leaf{leaves(item.ID, 1), leaves(item.ID, 2)}}))(t)
	d.Settle()
	if text := must(d.two.Text(ctx, acl.Holder{Inbox: item.ID}))(t); !strings.Contains(string(text), "Demir") {
		t.Errorf("the source can't be compared: %q", text)
	}
	_, parts := d.basket()
	doc := must(d.one.FileItem(ctx, parts[0].ID, d.filing()))(t)[0]
	_, err := d.one.UndoArrange(ctx, item.ID)
	wants(t, "taken back once a part was filed", err, acl.ErrSettled)
	_, err = d.one.UndoArrange(ctx, parts[1].ID)
	wants(t, "taken back by the other part", err, acl.ErrSettled)
	_, err = d.two.Text(ctx, acl.Holder{Inbox: item.ID})
	wants(t, "the source of what was filed", err, archive.ErrNotFound)
	c := must(d.clerk.Original(ctx, acl.Holder{Document: doc.ID}))(t)
	defer c.Close()
	if c.Size != int64(len("%PDF-1.7\nKaya")) {
		t.Errorf("the part has %d bytes, want those of its page alone", c.Size)
	}
	d.sound()
}

func TestArrangeFails(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.scan("eins", "UNBOUND")
	plan := acl.Arrangement{Outputs: [][]acl.Leaf{leaves(item.ID, 1), leaves(item.ID, 2)}}
	must(d.one.ArrangeItem(ctx, item.ID, plan))(t)
	d.Settle()
	seen := must(d.one.InboxItem(ctx, item.ID))(t)
	if seen.State != archive.StateReady || seen.Arrange.State != archive.JobFailed || seen.Arrange.Reason != "unbound" {
		t.Fatalf("failed: %s, %+v", seen.State, seen.Arrange)
	}
	again := must(d.one.Retry(ctx, seen.Arrange.ID))(t)
	if v := must(d.one.InboxItem(ctx, item.ID))(t); again.ID == seen.Arrange.ID || v.Arrange.ID != again.ID || v.State != "arranging" {
		t.Errorf("tried again: %+v, %s", v.Arrange, v.State)
	}
	d.Settle()
	if v := must(d.one.UndoArrange(ctx, item.ID))(t); v.Arrange.ID != "" || v.State != archive.StateReady {
		t.Errorf("dismissed: %+v", v.Arrange)
	}
	must(d.one.FileItem(ctx, item.ID, d.filing()))(t)
	d.sound()
}

func TestArrangeRefuses(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item, text := d.scan("eins", "zwei"), d.Post(d.one, "poststelle", "Text")
	broken := d.Post(d.one, "poststelle", "FAIL encrypted")
	fresh := d.Post(d.two, "asyl", "anderswo")
	d.Settle()
	late := d.Post(d.one, "poststelle", "noch nicht gelesen")
	turned := leaves(item.ID, 1, 2)
	turned[1].Turn = 45
	for name, tt := range map[string]struct {
		outputs [][]acl.Leaf
		want    error
	}{
		"nothing":              {nil, archive.ErrInvalid},
		"an output of no page": {[][]acl.Leaf{{}}, archive.ErrInvalid},
		"as it is":             {[][]acl.Leaf{leaves(item.ID, 1, 2)}, archive.ErrInvalid},
		"a crooked turn":       {[][]acl.Leaf{turned}, archive.ErrInvalid},
		"no such page":         {[][]acl.Leaf{leaves(item.ID, 3)}, archive.ErrInvalid},
		"others only":          {[][]acl.Leaf{leaves(text.ID, 1)}, archive.ErrInvalid},
		"plain text":           {[][]acl.Leaf{append(leaves(item.ID, 1), leaves(text.ID, 1)...)}, archive.ErrInvalid},
		"what can't be read":   {[][]acl.Leaf{append(leaves(item.ID, 1), leaves(broken.ID, 1)...)}, acl.ErrUnreadable},
		"what isn't read yet":  {[][]acl.Leaf{append(leaves(item.ID, 1), leaves(late.ID, 1)...)}, archive.ErrNotReady},
		"another basket":       {[][]acl.Leaf{append(leaves(item.ID, 1), leaves(fresh.ID, 1)...)}, acl.ErrDenied},
		"what isn't there":     {[][]acl.Leaf{append(leaves(item.ID, 1), leaves(archive.NewID[archive.InboxID](), 1)...)}, archive.ErrNotFound},
	} {
		_, err := d.two.ArrangeItem(ctx, item.ID, acl.Arrangement{Outputs: tt.outputs})
		wants(t, name, err, tt.want)
	}
}

// TestSourcesEnd lets what was taken apart go: its parts are filed for a month, or erased.
func TestSourcesEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(d *desks, doc archive.DocumentID)
	}{
		{"a month after the last part was filed", func(d *desks, _ archive.DocumentID) {
			d.Time = d.Time.AddDate(0, 0, 20)
			d.Settle()
			if d.kept() != 1 {
				t.Error("erased after twenty days")
			}
			d.Time = d.Time.AddDate(0, 0, 12)
		}},
		{"at once when all its parts are erased", func(d *desks, id archive.DocumentID) {
			if err := d.Store.View(d.T.Context(), func(r archive.Reader) error {
				doc, err := r.Document(id)
				return errors.Join(err, d.Keys.Destroy(d.T.Context(), "akte/"+string(doc.Akte)))
			}); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, ctx := openDesks(t), t.Context()
			item := d.scan("Kaya", "Demir")
			must(d.one.ArrangeItem(ctx, item.ID, acl.Arrangement{Outputs: [][]acl.Leaf{leaves(item.ID, 1), leaves(item.ID, 2)}}))(t)
			d.Settle()
			_, parts := d.basket()
			doc := must(d.one.FileItem(ctx, parts[0].ID, d.filing()))(t)[0]
			d.Time = d.Time.AddDate(0, 3, 0)
			d.Settle()
			if d.kept() != 1 {
				t.Fatal("erased while a part waits in the basket")
			}
			must(d.one.FileItem(ctx, parts[1].ID, d.filing()))(t)
			tt.end(d, doc.ID)
			d.Settle()
			_, err := d.one.InboxItem(ctx, item.ID)
			wants(t, "the source", err, archive.ErrNotFound)
			_, err = d.Store.ContentKey(ctx, item.Version)
			wants(t, "its key", err, archive.ErrNotFound)
			for _, o := range item.Current.Objects() {
				if held, err := d.has(o.Ref); held || err != nil {
					t.Errorf("an object is still named: %v", err)
				}
			}
			if d.kept() != 0 || d.happened(audit.OpErasure) != 1 {
				t.Errorf("%d kept, %d erasures in the trail", d.kept(), d.happened(audit.OpErasure))
			}
			if doc, err := d.one.Baskets(ctx); err != nil || doc[0].Unfiled != 0 {
				t.Errorf("the basket: %+v, %v", doc, err)
			}
		})
	}
}

// kept is how many of the mail room's items were taken apart and are still there.
func (d *desks) kept() int {
	d.T.Helper()
	baskets, err := d.two.Baskets(d.T.Context())
	if err != nil {
		d.T.Fatal(err)
	}
	return baskets[0].Arranged
}

func (d *desks) has(ref blob.Ref) (held bool, err error) {
	err = d.Store.View(d.T.Context(), func(r archive.Reader) (err error) {
		held, err = r.HasObject(ref)
		return err
	})
	return held, err
}
