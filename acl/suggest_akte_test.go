package acl_test

import (
	"fmt"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// enter brings in a person with an Akte.
func enter(t *testing.T, d *acl.Desk, p archive.Person) acl.AkteView {
	t.Helper()
	made := must(d.CreatePerson(t.Context(), p))(t)
	return must(d.CreateAkte(t.Context(), archive.Akte{Person: made.ID, Lead: "auslaenderbehoerde"}))(t)
}

func named(family, given, born string) archive.Person {
	return archive.Person{Names: []archive.Name{{Family: family, Given: given}}, BirthDate: archive.BirthDate{Given: born}}
}

// A paper belongs to an Akte by a number, or by a name and a date of birth together; never by one of the two.
func TestAktenOfAPaper(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	kaya := enter(t, d.clerk, named("Kaya", "Ayşe Nur", "1990-05-17"))
	imputed := enter(t, d.clerk, named("Rahimi", "Ali", "1990-01-01"))
	first, second := enter(t, d.clerk, named("Nguyen", "Van An", "1985-03-09")), enter(t, d.clerk, named("Nguyễn", "Văn Ba", "1985-03-09"))
	muller := enter(t, d.clerk, named("Müller-Şahin", "Jörg", "1971-11-30"))
	secret := named("Kaya", "Fatma", "1990-05-17")
	secret.Protected = true
	hidden := enter(t, d.clerk, secret).Person
	d.Settle()
	for _, tc := range []struct {
		name, text string
		want       string
	}{
		{"name and date of birth", "Geburtsurkunde Familienname Kaya Vornamen Ayse Nur geboren am 17.05.1990", kaya.Number + "=95"},
		{"one given name, the date not said to be of birth", "Frau Ayşe Kaya, 17.05.1990, erscheint", kaya.Number + "=75"},
		{"number", "Unser Zeichen " + first.Number + " wegen Kaya", first.Number + "=100"},
		{"name alone", "Frau Ayşe Nur Kaya erscheint", ""},
		{"date alone", "geboren am 17.05.1990", ""},
		{"another's date", "Frau Ayşe Nur Kaya, geboren am 18.05.1990", ""},
		{"a first of January", "Herr Ali Rahimi, geboren am 01.01.1990", ""},
		{"a first of January with a number", "Herr Ali Rahimi, geboren am 01.01.1990, " + imputed.Number, imputed.Number + "=100"},
		{"two of one day", "Nguyen, Van An und Nguyen, Van Ba, geb. 09.03.1985", first.Number + "=95 " + second.Number + "=95 tied"},
		{"somebody protected", "Frau Fatma Kaya, geboren am 17.05.1990", ""},
		{"half of a family name", "Herrn Jörg Müller, geb. 30.11.1971", ""},
		{"umlauts written out", "Herrn Joerg Mueller-Sahin, geb. 30.11.1971", muller.Number + "=95"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			item := d.Post(d.one, "poststelle", tc.text)
			d.Settle()
			view := must(d.two.InboxItem(ctx, item.ID))(t)
			var got []string
			for _, s := range view.Akten {
				if s.Person == hidden.ID {
					t.Error("a protected person is suggested")
				}
				got = append(got, fmt.Sprintf("%s=%d", s.Number, s.Score))
				if len(s.Why) == 0 || s.Why[0].W <= 0 {
					t.Errorf("no reason on the page: %+v", s)
				}
			}
			if len(view.Akten) > 0 && view.Akten[0].Tied {
				got = append(got, "tied")
			}
			if said := strings.Join(got, " "); said != tc.want {
				t.Errorf("suggested %q, want %q", said, tc.want)
			}
		})
	}
}

// What a suggestion tells of persons is told by the trail, and to nobody who may not locate them.
func TestAktenOfAPaperAreRecorded(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	kaya := enter(t, d.clerk, named("Kaya", "Ayşe", "1990-05-17"))
	item := d.Post(d.one, "poststelle", "Frau Ayşe Kaya, geboren am 17.05.1990")
	d.Settle()
	before := d.happened(audit.OpLocate)
	for range 2 { // one event covers a while
		must(d.two.InboxItem(ctx, item.ID))(t)
	}
	if n := d.happened(audit.OpLocate) - before; n != 1 {
		t.Errorf("%d events", n)
	}
	officer := d.Guard.For(d.User("officer", "datenschutz@datenschutz"))
	page := must(officer.Trail(ctx, archive.TrailFilter{Person: kaya.Person.ID, Op: string(audit.OpLocate)}, 10, ""))(t)
	if len(page.Items) != 1 {
		t.Errorf("%d events name the person", len(page.Items))
	}
	must(d.one.RouteItem(ctx, item.ID, "asyl"))(t)
	if v := must(d.one.InboxItem(ctx, item.ID))(t); len(v.Akten) != 0 {
		t.Error("who doesn't work the basket is told of Akten")
	}
}

// One paper received twice is found among what the reader may see.
func TestAlikeKeepsToWhatTheReaderMaySee(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	worker, stranger := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde")), w.Guard.For(w.User("mail", "registratur@poststelle"))
	letter := "Sehr geehrte Frau Kaya, zur Klärung Ihres Antrags vom 02.03.2026 laden wir Sie zu einem Termin am 04.05.2026 ein. Bitte bringen Sie Ihren Pass, " +
		"den Mietvertrag und die letzten drei Lohnabrechnungen mit. Unser Zeichen 33.11-000017/2026. Mit freundlichen Grüßen im Auftrag Lorenz"
	misread := strings.NewReplacer("Klärung", "K1ärung", "Mietvertrag", "Miefvertrag", "freundlichen", "freundIichen").Replace(letter) + " EINGEGANGEN"
	other := strings.NewReplacer("Kaya", "Nguyen", "02.03.2026", "17.09.2025", "000017", "000231", "04.05.2026", "30.11.2025").Replace(letter)
	akte, closed := w.Akte(worker, "Kaya", "auslaenderbehoerde"), w.Akte(worker, "Nguyen", "auslaenderbehoerde")
	doc := w.Add(worker, akte, archive.Document{Type: "anschreiben_behoerde", Title: "Einladung"}, letter)
	w.Add(worker, closed, archive.Document{Type: "anschreiben_behoerde"}, other)
	mine, beside := w.Post(worker, "auslaenderbehoerde", misread), w.Post(worker, "auslaenderbehoerde", letter+" Kopie")
	w.Post(worker, "auslaenderbehoerde", other+" Kopie")
	posted := w.Post(stranger, "poststelle", misread+" ")
	w.Settle()
	akten := []archive.AkteID{akte, closed}
	found := must(worker.Alike(ctx, mine.ID, akten))(t)
	if len(found) != 2 || found[0].Item != beside.ID || found[1].Document != doc.ID || found[1].Title != "Einladung" {
		t.Errorf("found %+v", found)
	}
	if found := must(worker.Alike(ctx, mine.ID, nil))(t); len(found) != 1 {
		t.Errorf("without Akten: %+v", found)
	}
	if found := must(stranger.Alike(ctx, posted.ID, akten))(t); len(found) != 0 {
		t.Errorf("the mail room learns of %+v", found)
	}
	_, err := stranger.Alike(ctx, mine.ID, akten)
	wants(t, "another basket", err, archive.ErrNotFound)
	if _, err := worker.OpenAlike(ctx, mine.ID, doc.ID, "posteingang"); err != nil {
		t.Error(err)
	}
	_, err = stranger.OpenAlike(ctx, posted.ID, doc.ID, "posteingang")
	wants(t, "a document that isn't hers", err, archive.ErrNotFound)
}
