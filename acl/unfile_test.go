package acl_test

import (
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

func TestUnfile(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	second := d.Akte(d.clerk, "Demir", "auslaenderbehoerde")
	item := d.Post(d.one, "poststelle", "Kündigungsfrist vier Wochen")
	d.Settle()
	f := d.filing()
	f.Akten = append(f.Akten, second)
	filed := must(d.one.FileItem(ctx, item.ID, f))(t)
	d.Settle()
	found := func() int {
		t.Helper()
		return int(must(d.clerk.Search(ctx, index.Query{Text: "kündigungsfrist"}, ""))(t).Total)
	}
	if n := found(); n != 2 {
		t.Fatalf("%d documents are found after filing", n)
	}
	today := must(d.one.FiledToday(ctx))(t)
	if today.Count != 1 || !today.Items[0].Undo || len(today.Items[0].Documents) != 2 || today.Items[0].Name != "scan.txt" {
		t.Errorf("filed today: %+v", today)
	}
	if p := must(d.two.FiledToday(ctx))(t); p.Count != 0 {
		t.Errorf("a colleague filed %d", p.Count)
	}
	_, err := d.two.Unfile(ctx, item.ID)
	wants(t, "a colleague takes it back", err, acl.ErrDenied)
	_, err = d.clerk.Unfile(ctx, item.ID)
	wants(t, "who doesn't work the basket", err, archive.ErrNotFound)

	back := must(d.one.Unfile(ctx, item.ID))(t)
	if back.State != archive.StateReady || len(back.Filed) != 0 || back.Current.Inbox != item.ID {
		t.Errorf("back: %+v", back.InboxItem)
	}
	if n := found(); n != 0 {
		t.Errorf("%d documents are found before the index heard of it", n)
	}
	d.Settle()
	if n := found(); n != 0 {
		t.Errorf("%d documents are found afterwards", n)
	}
	for _, doc := range filed {
		_, err := d.clerk.Document(ctx, doc.ID)
		wants(t, "a document taken back", err, archive.ErrNotFound)
	}
	if text := must(d.two.Text(ctx, acl.Holder{Inbox: item.ID}))(t); string(text) != "Kündigungsfrist vier Wochen" {
		t.Errorf("text back in the basket: %q", text)
	}
	if d.happened(audit.OpUnfile) != 1 {
		t.Error("it isn't in the trail once")
	}
	_, err = d.one.Unfile(ctx, item.ID)
	wants(t, "twice", err, acl.ErrSettled)
	must(d.one.FileItem(ctx, item.ID, d.filing()))(t)
	if problems := d.problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

// problems is what the store's own check finds.
func (d *desks) problems() (out []string) {
	d.T.Helper()
	if err := d.Store.Check(d.T.Context(), func(p string) { out = append(out, p) }); err != nil {
		d.T.Fatal(err)
	}
	return out
}

func TestUnfileComesTooLate(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(*testing.T, *desks, acl.DocumentView){
		"half an hour": func(_ *testing.T, d *desks, _ acl.DocumentView) { d.Time = d.Time.Add(30 * time.Minute) },
		"opened":       func(t *testing.T, d *desks, doc acl.DocumentView) { must(d.clerk.Document(t.Context(), doc.ID))(t) },
		"changed": func(t *testing.T, d *desks, doc acl.DocumentView) { // by who knows its revision from a list
			must(d.clerk.CheckDocument(t.Context(), doc.ID, doc.Revision))(t)
		},
		"closed": func(t *testing.T, d *desks, _ acl.DocumentView) {
			a := must(d.clerk.Akte(t.Context(), d.akte))(t)
			must(d.clerk.ChangeAkte(t.Context(), d.akte, a.Revision, func(a *archive.Akte) error { a.State = archive.AkteClosed; return nil }))(t)
		},
		// Of a seal she is a reader herself: it takes two to take a paper out of it.
		"Akte sealed": func(t *testing.T, d *desks, _ acl.DocumentView) {
			d.put(t, func(tx archive.Tx) error {
				a, err := tx.Akte(d.akte)
				if err != nil {
					return err
				}
				a.Sealed, a.Revision = d.seal(), a.Revision+1
				return tx.PutAkte(a)
			})
		},
		"document sealed": func(t *testing.T, d *desks, doc acl.DocumentView) {
			d.put(t, func(tx archive.Tx) error {
				sealed, err := tx.Document(doc.ID)
				if err != nil {
					return err
				}
				sealed.Sealed, sealed.Revision = d.seal(), sealed.Revision+1
				return tx.PutDocument(sealed)
			})
		},
		"conflict": func(t *testing.T, d *desks, _ acl.DocumentView) { inConflict(t, d.World, d.one.Subject().User, d.akte) },
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := openDesks(t), t.Context()
			item := d.Post(d.one, "poststelle", "Brief")
			doc := must(d.one.FileItem(ctx, item.ID, d.filing()))(t)[0]
			happens(t, d, doc)
			_, err := d.one.Unfile(ctx, item.ID)
			wants(t, name, err, acl.ErrSettled)
			page := must(d.one.FiledToday(ctx))(t)
			if page.Count == 1 && page.Items[0].Undo {
				t.Error("it is still offered")
			}
			if (name == "opened" || name == "conflict") && len(page.Items[0].Documents) != 0 {
				t.Error("the mail room still sees what it must not know of any more")
			}
		})
	}
}

// seal is one that names who filed among its readers.
func (d *desks) seal() *archive.Seal {
	return &archive.Seal{
		Kind: archive.SealProtection, Reason: "Bedrohung", Until: "2099-01-01", By: d.clerk.Subject().User,
		Readers: []archive.UserID{d.one.Subject().User, d.clerk.Subject().User},
	}
}

// put stores something past all rights.
func (d *desks) put(t *testing.T, fn func(archive.Tx) error) {
	t.Helper()
	store(t, d.World, fn)
}

func TestFiledTodayForgetsYesterday(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.Post(d.one, "poststelle", "Brief")
	must(d.one.FileItem(ctx, item.ID, d.filing()))(t)
	d.Time = d.Time.Add(24 * time.Hour)
	if p := must(d.one.FiledToday(ctx))(t); p.Count != 0 || p.Items == nil {
		t.Errorf("yesterday's filing is among today's: %+v", p)
	}
}
