package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// desks are two colleagues of the mail room and a caseworker with an Akte.
type desks struct {
	*acltest.World
	one, two, clerk *acl.Desk
	akte            archive.AkteID
}

func openDesks(t *testing.T) *desks {
	w := acltest.Open(t)
	d := &desks{
		World: w,
		one:   w.Guard.For(w.User("one", "registratur@poststelle")),
		two:   w.Guard.For(w.User("two", "registratur@poststelle")),
		clerk: w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde")),
	}
	d.akte = w.Akte(d.clerk, "Kaya", "auslaenderbehoerde")
	return d
}

// must returns what a desk answered.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// happened counts events of an operation.
func (d *desks) happened(op audit.Op) (n int) {
	d.T.Helper()
	officer := d.Guard.For(d.User("officer"+archive.NewID[string](), "datenschutz@datenschutz"))
	page, err := officer.Trail(d.T.Context(), archive.TrailFilter{Op: string(op)}, 200, "")
	if err != nil {
		d.T.Fatal(err)
	}
	return len(page.Items)
}

func (d *desks) filing() acl.Filing {
	return acl.Filing{Akten: []archive.AkteID{d.akte}, Doc: archive.Document{Type: "arbeitsvertrag"}}
}

func TestClaim(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.Post(d.one, "poststelle", "Brief")
	seen := must(d.one.ClaimItem(ctx, item.ID, false))(t)
	if c := seen.Claim; !c.Mine || c.Name != "one" || !c.Until.Equal(d.Time.Add(15*time.Minute).UTC()) || seen.Revision != item.Revision {
		t.Errorf("claimed: %+v, revision %d", c, seen.Revision)
	}
	other := must(d.two.InboxItem(ctx, item.ID))(t)
	if c := other.Claim; c.Mine || c.Name != "one" {
		t.Errorf("the colleague sees %+v", c)
	}
	_, err := d.two.ClaimItem(ctx, item.ID, false)
	wants(t, "a second claim", err, acl.ErrClaimed)
	_, err = d.two.FileItem(ctx, item.ID, d.filing())
	wants(t, "filing what a colleague has", err, acl.ErrClaimed)
	_, err = d.two.RouteItem(ctx, item.ID, "asyl")
	wants(t, "routing what a colleague has", err, acl.ErrClaimed)
	wants(t, "releasing a colleague's claim", d.two.ReleaseItem(ctx, item.ID), nil)
	if v := must(d.two.InboxItem(ctx, item.ID))(t); v.Claim.Name != "one" {
		t.Error("a colleague gave the claim up")
	}
	_, err = d.clerk.ClaimItem(ctx, item.ID, true)
	wants(t, "a stranger's claim", err, archive.ErrNotFound)
	if n := d.happened(audit.OpInboxTakeover); n != 0 {
		t.Errorf("%d take-overs before any", n)
	}
	if v := must(d.two.ClaimItem(ctx, item.ID, true))(t); !v.Claim.Mine {
		t.Error("the take-over didn't take")
	}
	if n := d.happened(audit.OpInboxTakeover); n != 1 {
		t.Errorf("%d take-overs, want 1", n)
	}
	d.Time = d.Time.Add(15 * time.Minute)
	if v := must(d.one.InboxItem(ctx, item.ID))(t); v.Claim.User != "" {
		t.Errorf("claim after its time: %+v", v.Claim)
	}
	must(d.one.ClaimItem(ctx, item.ID, false))(t)
	wants(t, "release", d.one.ReleaseItem(ctx, item.ID), nil)
	must(d.two.FileItem(ctx, item.ID, d.filing()))(t)
	_, err = d.one.ClaimItem(ctx, item.ID, false)
	wants(t, "claim of what is filed", err, acl.ErrFiled)
}

func TestSetAside(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	first, second := d.Post(d.one, "poststelle", "eins"), d.Post(d.one, "poststelle", "zwei")
	must(d.one.ClaimItem(ctx, first.ID, false))(t)
	view := must(d.one.SetAside(ctx, first.ID, archive.Aside{Until: "2026-12-01", Note: "Anlage fehlt"}))(t)
	if view.Aside == nil || view.Aside.Note != "Anlage fehlt" || view.Aside.By != d.one.Subject().User || view.Claim.User != "" {
		t.Errorf("set aside: %+v, claim %+v", view.Aside, view.Claim)
	}
	for shelf, want := range map[string][]archive.InboxID{
		"": {first.ID, second.ID}, acl.ShelfOpen: {second.ID}, archive.ShelfAside: {first.ID}, archive.ShelfFailed: nil,
	} {
		page := must(d.two.Shelf(ctx, "", shelf, 0, ""))(t)
		var got []archive.InboxID
		for _, i := range page.Items {
			got = append(got, i.ID)
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("shelf %q: %v, want %v", shelf, got, want)
		}
	}
	if v := must(d.two.TakeUp(ctx, first.ID))(t); v.Aside != nil {
		t.Error("taken up and still aside")
	}
	must(d.two.SetAside(ctx, first.ID, archive.Aside{Note: "nur für die Poststelle"}))(t)
	must(d.two.RouteItem(ctx, first.ID, "asyl"))(t)
	asyl := d.Guard.For(d.User("asyl", "registratur@asyl"))
	if v := must(asyl.InboxItem(ctx, first.ID))(t); v.Aside != nil {
		t.Errorf("the next department reads %q", v.Aside.Note)
	}
	_, err := d.one.SetAside(ctx, second.ID, archive.Aside{Until: "bald"})
	wants(t, "a day that is none", err, archive.ErrInvalid)
}

func TestBaskets(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	both := d.Guard.For(d.User("both", "registratur@poststelle", "registratur@asyl", "registratur@poststelle"))
	d.Post(d.one, "poststelle", "FAIL corrupt")
	item := d.Post(d.one, "poststelle", "lesbar")
	d.Post(d.one, "asyl", "lesbar")
	d.Settle()
	must(d.one.SetAside(ctx, item.ID, archive.Aside{}))(t)
	got := must(both.Baskets(ctx))(t)
	want := []acl.BasketView{
		{Department: "poststelle", BasketCount: archive.BasketCount{Unfiled: 2, Aside: 1, Failed: 1}},
		{Department: "asyl", BasketCount: archive.BasketCount{Unfiled: 1}},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("baskets: %+v, want %+v", got, want)
	}
	officer := d.Guard.For(d.User("dsb", "datenschutz@datenschutz"))
	_, err := officer.Baskets(ctx)
	wants(t, "who works no basket", err, acl.ErrDenied)
}

func TestChangeItem(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.Post(d.one, "poststelle", "Brief")
	edit := func(i *archive.InboxItem) error {
		i.ReceivedOn, i.Sender, i.Note, i.Basket = "2026-11-20", "Standesamt", "lag im Kasten", "asyl"
		return nil
	}
	view := must(d.one.ChangeItem(ctx, item.ID, item.Revision, edit))(t)
	if view.Sender != "Standesamt" || view.ReceivedOn != "2026-11-20" || view.Note != "lag im Kasten" || view.Basket != "poststelle" || view.Revision != 2 {
		t.Errorf("changed: %+v", view.InboxItem)
	}
	_, err := d.two.ChangeItem(ctx, item.ID, item.Revision, edit)
	wants(t, "a stale change", err, acl.ErrStale)
	_, err = d.two.ChangeItem(ctx, item.ID, 2, func(i *archive.InboxItem) error { i.Channel = "brieftaube"; return nil })
	wants(t, "an unknown channel", err, archive.ErrInvalid)
	_, err = d.clerk.ChangeItem(ctx, item.ID, 2, edit)
	wants(t, "a stranger's change", err, archive.ErrNotFound)
	if d.happened(audit.OpInboxChange) != 1 {
		t.Error("the change isn't in the trail once")
	}
}
