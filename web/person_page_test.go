package web

import (
	"bytes"
	"net/url"
	"testing"
)

// TestAPersonWithoutAnAkte asks why, changes her, meets a colleague's change, and opens her Akte.
func TestAPersonWithoutAnAkte(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	clerk := "sachbearbeitung.asyl"
	made := b.want(201, clerk, "POST", "/persons", `{"names":[{"family":"Beispiel","kind":"official"},{"family":"Bayspil","kind":"alias","birth_date":"1989","nationality":"AFG"}],"birth_date":"00.05.1990"}`, purpose)
	person := "/persons/" + made.text("id")
	for _, path := range []string{person, person + "/edit"} {
		if status, _ := b.open("GET", path, nil); status != 303 {
			t.Errorf("%s without a purpose: %d", path, status)
		}
	}
	b.sees(person+"/purpose", "Wozu sehen Sie diese Person an?", "!Beispiel")
	b.posts(422, person+"/purpose", url.Values{"purpose": {"case:" + nowhere}})
	b.posts(303, person+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	b.sees(person, "Beispiel", "05.1990", "nur Monat und Jahr bekannt", "Bayspil", "Afghanistan", "nur das Jahr bekannt", "noch keine Akte")
	b.sees(person+"/edit", `value="00.05.1990"`, `name="names/1/birth_date"`, `name="protected"`)

	form := url.Values{
		"revision": {"1"}, "names/0/kind": {"official"}, "names/2/family": {"Bayspil"}, "names/2/kind": {"alias"}, "names/2/nationality": {"afg"},
		"names/3/family": {"Neuname"}, "names/3/kind": {"official"}, "birth_date": {"1990"}, "protected": {"yes"},
		"ground": {"written"},
	}
	bad := url.Values{"revision": {"1"}, "names/0/family": {"Beispiel"}, "names/3/family": {"Bayspil"}, "names/3/nationality": {"Land"}}
	b.holds("a fault beside its name", b.posts(422, person+"/edit", bad), `href="#names%2f1%2fnationality"`, `value="LAND"`)
	b.posts(303, person+"/edit", form)
	b.sees(person, "Neuname", "!Beispiel", "Auskunftssperre", "Die Angaben zur Person wurden geändert.")
	late := url.Values{"revision": {"1"}, "names/0/family": {"Spätname"}, "birth_date": {"1991"}}
	b.holds("a conflict", b.posts(412, person+"/edit", late), "Neuname", "Spätname", "Gespeichert ist:", `name="revision" value="2"`)

	b.posts(422, person+"/akten", url.Values{"plan": {"nonsense"}, "lead_department": {"asyl"}})
	akte := url.Values{"plan": {"33.11"}, "lead_department": {"asyl"}}
	b.posts(303, person+"/akten", akte)
	b.holds("a second Akte", b.posts(422, person+"/akten", akte), `href="#distinct_because"`)
	b.sees(person, "33.11", "/akten/", "!noch keine Akte", `!value="33.11"`)
	if got := b.want(200, clerk, "GET", person, nil, purpose); got.text("names/0/nationality") != "AFG" || got.field("protected") != true {
		t.Errorf("person: %v", got)
	}
}

// TestPersonIsShownAsPeopleWriteHer edits a person without a change: what was delivered stays as it was, and
// countries are read by name and by code.
func TestPersonIsShownAsPeopleWriteHer(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	clerk := "sachbearbeitung.asyl"
	person := b.want(201, clerk, "POST", "/persons", `{"names":[{"family":"Beispiel","kind":"official"}],"birth_date":"1990-05-17","nationalities":["SYR"]}`, purpose).text("id")
	b.posts(303, "/persons/"+person+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	b.sees("/persons/"+person+"/edit", `name="birth_date" type="text" value="17.05.1990"`, `value="Syrien"`)
	form := url.Values{"revision": {"1"}, "names/0/family": {"Beispiel"}, "names/0/kind": {"official"}, "birth_date": {"17.05.1990"}, "nationalities": {"Syrien, afg, Land Nirgendwo"}}
	if status, _ := b.open("POST", "/persons/"+person+"/edit", form); status != 422 {
		t.Errorf("no country: %d", status)
	}
	form.Set("nationalities", "Syrien, afg, vereinigtes königreich; UKR XXA")
	if status, page := b.open("POST", "/persons/"+person+"/edit", form); status != 303 {
		t.Fatalf("%d %s", status, page)
	}
	now := b.want(200, clerk, "GET", "/persons/"+person, nil, purpose)
	if now.text("birth_date") != "1990-05-17" || now.text("nationalities/2") != "GBR" || now.text("nationalities/4") != "XXA" {
		t.Errorf("%s", now.body)
	}
	form.Set("revision", "2")
	form.Set("birth_date", "18.05.1990")
	if status, page := b.open("POST", "/persons/"+person+"/edit", form); status != 422 || !bytes.Contains(page, []byte(`href="#ground"`)) {
		t.Errorf("without a ground: %d %s", status, page)
	}
	form.Set("ground", "written")
	b.open("POST", "/persons/"+person+"/edit", form)
	if now := b.want(200, clerk, "GET", "/persons/"+person, nil, purpose); now.text("birth_date") != "18.05.1990" {
		t.Errorf("changed: %s", now.body)
	}
}
