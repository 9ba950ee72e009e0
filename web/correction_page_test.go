package web

import (
	"net/url"
	"testing"
)

// TestCorrectionsOnPages corrects a name with a proof, refuses a date, and says what became of telling the registry office.
func TestCorrectionsOnPages(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "auslaenderbehoerde")
	clerk := "sachbearbeitung.auslaenderbehoerde"
	akte := b.world.akte(clerk, "Sahin", "auslaenderbehoerde")
	id := b.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	person := "/persons/" + id
	doc := b.want(201, clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"reisepass","title":"Pass von 2020"}`).file("a.txt", "Pass"), purpose).text("id")
	b.settle()
	b.want(200, clerk, "POST", "/documents/"+doc+"/disclose", `{"recipient":"Standesamt Musterstadt","reason":"Ehe"}`, purpose)
	b.posts(303, person+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	b.sees(person, "Berichtigungen und frühere Angaben", `href="`+person+`/corrections"`)
	b.sees(person+"/corrections", "Bisher wurde nichts berichtigt", "Ablehnung vermerken")
	b.sees(person+"/edit", "Pass von 2020", `value="`+doc+`"`, "Rechtlich geändert")

	form := url.Values{
		"revision": {"1"}, "names/0/family": {"Shahin"}, "names/0/given": {"Muster"}, "names/0/kind": {"official"}, "birth_date": {"17.05.1990"},
		"ground": {"request"}, "reason": {"nach Pass"}, "proof": {doc},
	}
	b.holds("the day is missing", b.posts(422, person+"/edit", form), `href="#asked_on"`, `value="Shahin"`, `<option value="request" selected`, ">nach Pass</textarea>", `value="`+doc+`" selected`)
	form.Set("asked_on", "2026-01-05")
	b.posts(303, person+"/edit", form)
	b.sees(person+"/corrections", "Sahin, Muster", "Shahin, Muster", "Auf Verlangen der Person", "nach Pass", "05.01.2026", "Pass von 2020",
		`href="/akten/`+akte+`/documents/`+doc+`"`, "Standesamt Musterstadt", "zu benachrichtigen")
	b.sees("/corrections", "Shahin", "Standesamt Musterstadt", person+"/corrections#c-")

	correction := b.want(200, clerk, "GET", person+"/corrections", nil, purpose).text("items/0/id")
	at := "told/" + correction + "/0/"
	said := url.Values{"place": {"0"}, "revision": {"1"}, at + "state": {"told"}, at + "on": {"2026-01-05"}, at + "note": {"Brief"}}
	b.holds("told before it went there", b.posts(422, person+"/corrections/"+correction, said), `%2f0%2fon">`, "<details open>", ">Brief</textarea>")
	said.Set(at+"state", "impossible")
	said.Set("revision", "9")
	b.holds("somebody was first", b.posts(412, person+"/corrections/"+correction, said), "Jemand anderes hat inzwischen", ">Brief</textarea>")
	said.Set("revision", "1")
	b.posts(303, person+"/corrections/"+correction, said)
	b.sees(person+"/corrections", "nicht möglich", "Brief", "Der Stand der Mitteilung ist gespeichert.")
	b.sees("/corrections", "Niemand wartet auf eine Mitteilung", "!Shahin")

	b.holds("refused for no reason", b.posts(422, person+"/corrections", url.Values{"asked_on": {"2026-01-05"}, "statement": {"Ich bin jünger."}}), `href="#reason"`, ">Ich bin jünger.</textarea>")
	b.posts(303, person+"/corrections", url.Values{"asked_on": {"2026-01-05"}, "statement": {"Ich bin jünger."}, "reason": {"Geburtsurkunde"}})
	b.sees(person+"/corrections", "Berichtigung abgelehnt", "Ich bin jünger.", "Geburtsurkunde", "Die Ablehnung ist gespeichert.")
}
