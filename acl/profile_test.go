package acl_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// events counts those of a kind in the trail.
func events(t *testing.T, w *acltest.World, f archive.TrailFilter) (n int) {
	t.Helper()
	err := w.Store.View(t.Context(), func(r archive.Reader) error {
		for _, err := range r.Trail(f, "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hide ends the part a department takes in an Akte.
func hide(t *testing.T, lead *acl.Desk, id archive.AkteID) {
	t.Helper()
	a, err := lead.Akte(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lead.ChangeAkte(t.Context(), id, a.Revision, func(a *archive.Akte) error { a.Departments = nil; return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestPreferencesAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@asyl"))
	before := events(t, w, archive.TrailFilter{})
	if p, err := clerk.Preferences(t.Context()); err != nil || p != (archive.Preferences{Density: "compact", Shortcuts: true}) {
		t.Errorf("at first: %+v, %v", p, err)
	}
	want := archive.Preferences{Language: "en", Density: "comfortable", Theme: "dark"}
	if err := clerk.SetPreferences(t.Context(), func(p *archive.Preferences) { *p = want }); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []func(*archive.Preferences){
		func(p *archive.Preferences) { p.Language = "fr" }, func(p *archive.Preferences) { p.Density = "" }, func(p *archive.Preferences) { p.Theme = "pink" },
	} {
		if err := clerk.SetPreferences(t.Context(), bad); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("a value that there isn't: %v", err)
		}
	}
	if p, err := clerk.Preferences(t.Context()); err != nil || p != want {
		t.Errorf("set: %+v, %v", p, err)
	}
	if p, err := other.Preferences(t.Context()); err != nil || p.Language != "" {
		t.Errorf("somebody else's: %+v, %v", p, err)
	}
	if n := events(t, w, archive.TrailFilter{}) - before; n != 0 {
		t.Errorf("%d events for one's own settings", n)
	}
}

func TestPinnedAktenShowOnlyWhileTheirHeadMayBeSeen(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	shared := archive.Participation{Department: "asyl"}
	kept, lost, foreign := w.Akte(lead, "Bleibt", "auslaenderbehoerde", shared), w.Akte(lead, "Geht", "auslaenderbehoerde", shared), w.Akte(lead, "Fremd", "auslaenderbehoerde")
	for _, id := range []archive.AkteID{lost, kept, kept} {
		if err := errors.Join(clerk.Pin(t.Context(), id), clerk.NoteOpened(t.Context(), id)); err != nil {
			t.Fatal(err)
		}
	}
	refused := archive.TrailFilter{Op: string(audit.OpAccessRefused)}
	before := events(t, w, refused)
	for name, id := range map[string]archive.AkteID{"foreign": foreign, "none": archive.NewID[archive.AkteID]()} {
		if err := clerk.Pin(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("pinning an Akte that is %s: %v, want not found", name, err)
		}
		if err := clerk.NoteOpened(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("noting an Akte that is %s: %v, want not found", name, err)
		}
	}
	if n := events(t, w, refused) - before; n != 2 {
		t.Errorf("%d refusals are recorded, want 2", n)
	}
	show := func(want ...archive.AkteID) {
		t.Helper()
		p, err := clerk.Profile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var recent []archive.AkteID
		for _, o := range p.Recent {
			recent = append([]archive.AkteID{o.Akte}, recent...)
		}
		if !slices.Equal(p.Pinned, want) || !slices.Equal(recent, want) {
			t.Errorf("pinned %v, recent %v, want %v", p.Pinned, recent, want)
		}
		day, err := clerk.Day(t.Context())
		if err != nil || len(day.Pinned) != len(want) || len(day.Recent) != len(want) {
			t.Errorf("the day shows %d and %d heads, %v, want %d", len(day.Pinned), len(day.Recent), err, len(want))
		}
	}
	show(lost, kept)
	hide(t, lead, lost)
	show(kept)
	if err := errors.Join(clerk.Unpin(t.Context(), kept), clerk.Unpin(t.Context(), kept), clerk.Unpin(t.Context(), foreign)); err != nil {
		t.Error(err)
	}
	if p, err := clerk.Profile(t.Context()); err != nil || len(p.Pinned) != 0 {
		t.Errorf("pinned after all were let go: %v, %v", p.Pinned, err)
	}
}

func TestPinsAndRecentAktenHaveAnEnd(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	var akten []archive.AkteID
	for i := range archive.MaxPinned + 2 {
		id := w.Akte(lead, fmt.Sprintf("Nr%c%c", 'a'+i/26, 'a'+i%26), "auslaenderbehoerde", archive.Participation{Department: "asyl"})
		akten = append(akten, id)
		err := clerk.Pin(t.Context(), id)
		if full := i >= archive.MaxPinned; full != errors.Is(err, archive.ErrInvalid) || !full && err != nil {
			t.Fatalf("pin %d: %v", i+1, err)
		}
		if err := clerk.NoteOpened(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	last := akten[len(akten)-1]
	p, err := clerk.Profile(t.Context())
	if err != nil || len(p.Recent) != archive.MaxRecent || p.Recent[0].Akte != last || p.Purpose != "bearbeitung" {
		t.Errorf("%d recent, purpose %q, %v", len(p.Recent), p.Purpose, err)
	}
	hide(t, lead, akten[0])
	if err := clerk.Pin(t.Context(), last); err != nil {
		t.Errorf("one that was lost makes no room: %v", err)
	}
}

func TestSearchesAreKeptUnderOneNameEach(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	first, err := clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: " Pässe ", Text: "pass", Filters: archive.SearchFilters{From: "2026-01-01"}})
	if err != nil || first.Name != "Pässe" || first.ID == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	for name, tt := range map[string]struct {
		search archive.SavedSearch
		want   error
	}{
		"same name":  {archive.SavedSearch{Name: "Pässe", Text: "x"}, archive.ErrConflict},
		"no name":    {archive.SavedSearch{Text: "x"}, archive.ErrInvalid},
		"bad day":    {archive.SavedSearch{Name: "x", Filters: archive.SearchFilters{To: "gestern"}}, archive.ErrInvalid},
		"bad order":  {archive.SavedSearch{Name: "x", Sort: "up"}, archive.ErrInvalid},
		"bad akte":   {archive.SavedSearch{Name: "x", Filters: archive.SearchFilters{Akte: "x"}}, archive.ErrInvalid},
		"bad person": {archive.SavedSearch{Name: "x", Filters: archive.SearchFilters{Person: "x"}}, archive.ErrInvalid},
	} {
		if _, err := clerk.SaveSearch(t.Context(), tt.search); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	for i := range archive.MaxSearches {
		_, err := clerk.SaveSearch(t.Context(), archive.SavedSearch{Name: fmt.Sprint(i)})
		if full := i == archive.MaxSearches-1; full != errors.Is(err, archive.ErrInvalid) {
			t.Errorf("search %d: %v", i+2, err)
		}
	}
	if err := clerk.DropSearch(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
	if err := clerk.DropSearch(t.Context(), first.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("dropping it twice: %v", err)
	}
	if p, err := clerk.Profile(t.Context()); err != nil || len(p.Searches) != archive.MaxSearches-1 {
		t.Errorf("%d searches are left, %v", len(p.Searches), err)
	}
}

func TestDraftsEndWithTheActTheyWereFor(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@asyl"))
	typed := map[string][]string{"family": {"Öz"}}
	if _, err := clerk.SaveDraft(t.Context(), "person", typed); err != nil {
		t.Fatal(err)
	}
	has := func(desk *acl.Desk, want bool) {
		t.Helper()
		d, err := desk.Draft(t.Context(), "person")
		if want && (err != nil || d.Values["family"][0] != "Öz") || !want && !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("draft %+v, %v; want one: %t", d, err, want)
		}
	}
	has(clerk, true)
	has(other, false)
	if _, err := clerk.Finishing("person").CreatePerson(t.Context(), archive.Person{}); !errors.Is(err, archive.ErrInvalid) {
		t.Fatal(err)
	}
	has(clerk, true)
	if _, err := clerk.Finishing("person").CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Öz"}}}); err != nil {
		t.Fatal(err)
	}
	has(clerk, false)
	for i := range archive.MaxDrafts + 1 {
		_, err := clerk.SaveDraft(t.Context(), "person/"+string(archive.NewID[archive.PersonID]()), typed)
		if full := i == archive.MaxDrafts; full != errors.Is(err, archive.ErrInvalid) {
			t.Errorf("draft %d: %v", i+1, err)
		}
	}
	list, err := clerk.Drafts(t.Context())
	if err != nil || len(list) != archive.MaxDrafts {
		t.Fatalf("%d drafts, %v", len(list), err)
	}
	if _, err := clerk.SaveDraft(t.Context(), list[0].Key, typed); err != nil {
		t.Errorf("saving one of a full list again: %v", err)
	}
	if err := clerk.DropDraft(t.Context(), list[0].Key); err != nil {
		t.Error(err)
	}
	if _, err := clerk.SaveDraft(t.Context(), "person", typed); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestColleaguesAreThoseOfOnesDepartments(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.User("clerk", "sachbearbeitung@asyl")
	w.User("boss", "leitung@asyl")
	w.User("machine", "dienst@asyl")
	w.User("elsewhere", "sachbearbeitung@soziales")
	w.User("gone", "sachbearbeitung@asyl")
	if err := w.Guard.Accounts().SetDisabled(t.Context(), audit.System(), "gone", true); err != nil {
		t.Fatal(err)
	}
	got, err := w.Guard.For(clerk).Colleagues(t.Context(), "asyl")
	var names []string
	for _, c := range got {
		names = append(names, c.Name)
	}
	if want := []string{"boss", "clerk"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("colleagues %v, %v, want %v", names, err, want)
	}
	for _, dep := range []string{"soziales", "", "nirgends"} {
		if _, err := w.Guard.For(clerk).Colleagues(t.Context(), dep); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("colleagues in %q: %v, want denied", dep, err)
		}
	}
}

func TestDayShowsWhatWaits(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "registratur@auslaenderbehoerde"))
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@auslaenderbehoerde"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	operator := w.Guard.For(w.User("operator", "administration@it"))
	akte := w.Akte(worker, "Öztürk", "auslaenderbehoerde")
	failed := w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag"}, "FAIL broken")
	w.Add(worker, akte, archive.Document{Type: "arbeitsvertrag"}, "gut")
	w.Post(mail, "auslaenderbehoerde", "FAIL broken")
	w.Post(mail, "auslaenderbehoerde", "lesbar")
	w.Settle()
	if _, err := worker.SaveDraft(t.Context(), "person", nil); err != nil {
		t.Fatal(err)
	}
	day := func(d *acl.Desk) acl.Day {
		t.Helper()
		out, err := d.Day(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := day(worker); len(got.Unread) != 1 || got.Unread[0].Document != failed.ID || got.Unread[0].Reason != "broken" ||
		got.Unread[0].Akte.Name.Family != "Öztürk" || len(got.Drafts) != 1 || got.Trail != nil || got.Jobs != nil {
		t.Errorf("worker's day: %+v", got)
	}
	if got := day(other); len(got.Unread) != 0 || len(got.Drafts) != 0 {
		t.Errorf("a colleague's day: %+v", got)
	}
	if got := day(mail); len(got.Unread) != 1 || got.Unread[0].Inbox == "" || len(got.Baskets) != 1 || got.Baskets[0].Waiting != 0 {
		t.Errorf("the mail room's day: %+v", got)
	}
	got := day(clerk)
	if len(got.Baskets) != 1 || got.Baskets[0].Waiting != 2 || got.Baskets[0].Unread != 1 || got.Baskets[0].Oldest.IsZero() {
		t.Errorf("the basket: %+v", got.Baskets)
	}
	if got := day(operator); got.Jobs == nil || got.Jobs.Failed != 2 || got.Jobs.Waiting != 0 || got.Trail != nil || len(got.Baskets) != 0 {
		t.Errorf("the operator's day: %+v", got)
	}
	asksForAnother(t, w, other)
	if got := day(officer).Trail; got == nil || got.Refusals != 1 || got.Partial || got.Size < 10 {
		t.Errorf("the officer's day: %+v", got)
	}
	if _, err := officer.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := day(officer).Trail; got.Signed != got.Size || got.SignedTo.IsZero() || !got.Whole {
		t.Errorf("signed just now: %+v", got)
	}
	w.Time = w.Time.Add(25 * time.Hour)
	if got := day(officer).Trail; got.Refusals != 0 {
		t.Errorf("a day later: %+v", got)
	}
}

// asksForAnother has one request refused.
func asksForAnother(t *testing.T, w *acltest.World, d *acl.Desk) {
	t.Helper()
	stranger := w.Akte(w.Guard.For(w.User("far", "sachbearbeitung@soziales")), "Fremd", "soziales")
	if _, err := d.Akte(t.Context(), stranger); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("an Akte of others: %v", err)
	}
}

func TestDayRecordsTheHeadsItShowsOnce(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(clerk, "Öztürk", "asyl")
	if err := clerk.Pin(t.Context(), akte); err != nil {
		t.Fatal(err)
	}
	listed := archive.TrailFilter{Op: string(audit.OpAkteList), Akte: akte}
	for range 3 {
		if _, err := clerk.Day(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := events(t, w, listed); n != 1 {
		t.Errorf("%d events for three looks within minutes, want 1", n)
	}
	w.Time = w.Time.Add(16 * time.Minute)
	if _, err := clerk.Day(t.Context()); err != nil || events(t, w, listed) != 2 {
		t.Errorf("%d events after a while, %v, want 2", events(t, w, listed), err)
	}
}

func TestDayForgetsPapersInAktenThatWereLost(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Geht", "auslaenderbehoerde", archive.Participation{Department: "asyl", Registers: []string{"asyl", "identitaet"}})
	other := w.Akte(lead, "Bleibt", "auslaenderbehoerde", archive.Participation{Department: "asyl", Registers: []string{"asyl", "identitaet"}})
	doc := w.Add(clerk, akte, archive.Document{Type: "reisepass", Register: "identitaet"}, "FAIL broken")
	w.Add(clerk, other, archive.Document{Type: "reisepass", Register: "identitaet"}, "FAIL broken")
	w.Settle()
	unread := func(want int) {
		t.Helper()
		if day, err := clerk.Day(t.Context()); err != nil || len(day.Unread) != want {
			t.Errorf("%d unread papers, %v, want %d", len(day.Unread), err, want)
		}
	}
	unread(2)
	hide(t, lead, akte)
	unread(1)
	// In an Akte she takes part in, a register she doesn't is none of her business.
	if _, err := lead.MoveDocument(t.Context(), doc.ID, 1, acl.Move{Akte: other, Register: "wohnen", Reason: "falsch"}); err != nil {
		t.Fatal(err)
	}
	unread(1)
}
