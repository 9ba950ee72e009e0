package web

import (
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
)

// inboxPages are the rows of the inbox in the matrix of pages.
func (m *matrix) inboxPages(p oracletest.Pair) map[string]pageRoute {
	inbox := able(p, "inbox")
	item := m.spare[p.Department][0] // another's claim may be on it
	if !worked(p.Department) {
		item = m.items["poststelle"][0]
	}
	works := choose(inbox, 303, 404)
	return map[string]pageRoute{
		"GET /inbox":                      {path: "/inbox", want: choose(inbox, 200, 403)},
		"GET /inbox/:id":                  {path: "/inbox/" + item, want: choose(inbox, 200, 404)},
		"GET /inbox/:id/acknowledgement":  {path: "/inbox/" + item + "/acknowledgement", want: choose(inbox, 200, 404)},
		"POST /inbox/:id/acknowledgement": {path: "/inbox/" + item + "/acknowledgement", form: url.Values{"paper": {item}, "recipient": {"Frau Beispiel"}, "language": {"en"}}, want: choose(inbox, 200, 404)},
		"GET /inbox/queue":                {path: "/inbox/queue", want: choose(inbox, 200, 403)},
		"POST /inbox/:id/duplicate":       {path: "/inbox/" + item + "/duplicate", form: url.Values{}, want: 404},
		"POST /inbox/:id/receipt":         {path: "/inbox/" + item + "/receipt", form: url.Values{}, want: choose(inbox, 422, 404)},
		"POST /inbox/:id/locate":          {path: "/inbox/" + item + "/locate", form: url.Values{"q_birth": {"gestern"}}, want: choose(inbox, 422, 404)},
		"POST /inbox/:id/file":            {path: "/inbox/" + item + "/file", form: url.Values{}, want: choose(inbox, 422, 404)},
		"POST /inbox/:id/unfile":          {path: "/inbox/" + item + "/unfile", form: url.Values{}, want: works},
		"POST /inbox/:id/aside":           {path: "/inbox/" + item + "/aside", form: url.Values{"until": {"bald"}}, want: 303},
		"POST /inbox/:id/take-up":         {path: "/inbox/" + item + "/take-up", form: url.Values{}, want: works},
		"POST /inbox/:id/take-over":       {path: "/inbox/" + item + "/take-over", form: url.Values{}, want: works},
		"POST /inbox/:id/route":           {path: "/inbox/" + item + "/route", form: url.Values{"department": {"nirgends"}}, want: 303},
		"POST /inbox/:id/retry":           {path: "/inbox/" + item + "/retry", form: url.Values{}, want: works},
		"POST /inbox/:id/arrange":         {path: "/inbox/" + item + "/arrange", form: url.Values{"part_1": {"1"}}, want: works},
		"POST /inbox/:id/unlock":          {path: "/inbox/" + item + "/unlock", form: url.Values{"password": {"x"}}, want: works},
		"POST /inbox/:id/recognise":       {path: "/inbox/" + item + "/recognise", form: url.Values{"language": {""}}, want: works},
		"POST /inbox/:id/undo-arrange":    {path: "/inbox/" + item + "/undo-arrange", form: url.Values{}, want: works},
		"POST /inbox/:id/quarantine":      {path: "/inbox/" + item + "/quarantine", form: url.Values{"word": {"ask"}, "reason": {"x"}}, want: works},
	}
}

// inboxHouse is two colleagues of the mail room at their browsers, with an Akte to file into.
func inboxHouse(t *testing.T) (one, two *browser, m *matrix) {
	m = &matrix{world: newWorld(t)}
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	m.akte = m.world.akte(clerk, "Beispiel", "auslaenderbehoerde")
	mail := oracletest.Pair{Role: "registratur", Department: "poststelle"}
	return m.browse(mail), m.browse(oracletest.Pair{Role: "registratur", Department: "asyl"}), m
}

// drop puts a file into the mail room's basket and lets the machine read it.
func (m *matrix) drop(text string) string {
	m.t.Helper()
	id := m.want(201, m.pair("registratur", "poststelle"), "POST", "/inbox", newForm().file("scan.pdf", "%PDF-1.7\n"+text)).text("id")
	m.settle()
	return id
}

func (b *browser) shows(what, path string, wanted ...string) string {
	b.t.Helper()
	status, body := b.open("GET", path, nil)
	if status != 200 {
		b.t.Fatalf("%s: %d", what, status)
	}
	for _, w := range wanted {
		if !strings.Contains(string(body), w) {
			b.t.Errorf("%s doesn't show %q", what, w)
		}
	}
	return string(body)
}

func (b *browser) sends(want int, path string, form url.Values) string {
	b.t.Helper()
	status, body := b.open("POST", path, form)
	if status != want {
		b.t.Fatalf("POST %s: %d, want %d", path, status, want)
	}
	return string(body)
}

func TestInboxPageFilesAndTakesBack(t *testing.T) {
	mail, stranger, m := inboxHouse(t)
	first, second := m.drop("Geburtsurkunde vom 01.02.2024"), m.drop("zweiter")
	page := mail.shows("item", "/inbox/"+first, "scan.pdf", `data-value="2024-02-01"`, `data-value="geburtsurkunde"`, `name="next" value="`+second)
	if strings.Contains(page, `value="2024-02-01"`+` autocomplete`) {
		t.Error("a suggestion was entered by itself")
	}
	if status, _ := stranger.open("GET", "/inbox/"+first, nil); status != 404 {
		t.Errorf("a stranger sees the item: %d", status)
	}
	// What is wrong is said beside the field, and what was typed stays.
	wrong := mail.sends(422, "/inbox/"+first+"/file", url.Values{"akte_id": {m.akte}, "akte_" + m.akte: {"Beispiel"}, "type": {"unfug"}, "sender": {"Standesamt"}})
	if !strings.Contains(wrong, `value="Standesamt"`) || !strings.Contains(wrong, `id="type-fault"`) || !strings.Contains(wrong, `value="`+m.akte+`" checked`) {
		t.Error("after a mistake the form lost what was typed, or doesn't say what is wrong")
	}
	found := mail.sends(200, "/inbox/"+first+"/locate", url.Values{"q_family": {"Beispiel"}, "sender": {"Standesamt"}})
	if !strings.Contains(found, `name="akte_id" value="`+m.akte) || !strings.Contains(found, `value="Standesamt"`) {
		t.Error("the Akte isn't offered, or what was typed is lost")
	}
	m.want(200, m.pair("registratur", "poststelle"), "PUT", "/me/drafts/inbox/"+first, `{"values":{"title":["noch nicht fertig"]}}`)
	mail.shows("item with a draft", "/inbox/"+first, "noch nicht fertig")
	mail.sends(303, "/inbox/"+first+"/file", url.Values{"akte_id": {m.akte}, "type": {"geburtsurkunde"}, "next": {second}, "sticky": {"on"}, "sender": {"Standesamt"}})
	next := mail.shows("next item", "/inbox/"+second, "/inbox/"+first+"/unfile", `value="Standesamt"`, `value="`+m.akte+`" checked`)
	if strings.Contains(next, `href="/inbox/`+first+`"`) {
		t.Error("what was filed is still in the queue")
	}
	mail.sends(303, "/inbox/"+first+"/unfile", url.Values{})
	mail.shows("item again", "/inbox/"+first, "zurückgenommen", `data-value="geburtsurkunde"`)
}

func TestInboxPageShowsWhoHasIt(t *testing.T) {
	mail, _, m := inboxHouse(t)
	item := m.drop("Brief")
	mail.shows("item", "/inbox/"+item)
	m.account("zweite", archive.Pair{Role: "registratur", Department: "poststelle"})
	m.want(409, "zweite", "POST", "/inbox/"+item+"/claim", map[string]any{})
	m.want(200, "zweite", "POST", "/inbox/"+item+"/claim", map[string]any{"take_over": true})
	mail.shows("taken over", "/inbox/"+item, "bei zweite", "/take-over", "disabled")
	mail.sends(303, "/inbox/"+item+"/aside", url.Values{"note": {"später"}})
	mail.shows("refused", "/inbox/"+item, "notice--danger")
	mail.sends(303, "/inbox/"+item+"/take-over", url.Values{})
	mail.sends(303, "/inbox/"+item+"/aside", url.Values{"note": {"Anlage fehlt"}, "until": {"2026-12-01"}})
	mail.shows("set aside", "/inbox?shelf=aside", "Anlage fehlt", "01.12.2026")
	mail.sends(303, "/inbox/"+item+"/take-up", url.Values{})
}

func TestInboxPageArrangesPages(t *testing.T) {
	mail, _, m := inboxHouse(t)
	item := m.drop("eins\fzwei\fdrei")
	mail.shows("item", "/inbox/"+item, `name="part_3"`)
	mail.sends(303, "/inbox/"+item+"/arrange", url.Values{
		"place_1": {"2"}, "part_1": {"1"}, "place_2": {"1"}, "part_2": {"1"}, "part_3": {"2"}, "turn_3": {"90"},
	})
	mail.shows("meanwhile", "/inbox/"+item, "data-busy")
	m.settle()
	mail.shows("source", "/inbox/"+item, "/undo-arrange", "2 neue Eingänge")
	page := mail.shows("queue", "/inbox", "scan.pdf")
	if n := strings.Count(page, `class="queue-item"`); n != 2 {
		t.Errorf("%d items in the queue, want 2", n)
	}
	mail.sends(303, "/inbox/"+item+"/undo-arrange", url.Values{})
	mail.shows("as it was", "/inbox/"+item, `name="part_3"`)
}

func TestInboxPageCorrectsTheReceipt(t *testing.T) {
	mail, _, m := inboxHouse(t)
	item := m.drop("Brief")
	page := mail.shows("item", "/inbox/"+item, `name="rc_sender"`)
	revision := page[strings.Index(page, `name="revision" value="`)+len(`name="revision" value="`):]
	revision = revision[:strings.Index(revision, `"`)]
	said := url.Values{"revision": {revision}, "rc_sender": {"Standesamt"}, "rc_received_on": {"gestern"}}
	wrong := mail.sends(422, "/inbox/"+item+"/receipt", said)
	if !strings.Contains(wrong, `id="rc_received_on-fault"`) || !strings.Contains(wrong, `value="Standesamt"`) {
		t.Error("a mistake isn't said beside its field, or what was typed is lost")
	}
	said.Set("rc_received_on", "2024-02-01")
	m.want(200, m.pair("registratur", "poststelle"), "PUT", "/me/drafts/inbox/"+item, `{"values":{"title":["Brief"],"sender":[""]}}`)
	mail.sends(303, "/inbox/"+item+"/receipt", said)
	mail.shows("corrected", "/inbox/"+item, `id="sender" name="sender" type="text" value="Standesamt"`, `id="rc_received_on" name="rc_received_on" type="date" value="2024-02-01"`)
	// The page was older than what is stored: both are shown, and nothing is overwritten.
	said.Set("rc_sender", "Gericht")
	stale := mail.sends(412, "/inbox/"+item+"/receipt", said)
	if !strings.Contains(stale, `<dd dir="auto">Standesamt</dd>`) || !strings.Contains(stale, `name="rc_sender" type="text" value="Gericht"`) {
		t.Error("a conflict doesn't show both states")
	}
	mail.shows("not overwritten", "/inbox/"+item, `name="rc_sender" type="text" value="Standesamt"`)
}

func TestInboxPageTakesSinglePagesOver(t *testing.T) {
	mail, _, m := inboxHouse(t)
	item, other := m.drop("eins"), m.drop("a\fb\fc")
	mail.shows("item", "/inbox/"+item, `value="`+other+`" data-pages="3"`)
	mail.sends(303, "/inbox/"+item+"/arrange", url.Values{"part_1": {"1"}, "append": {other}, "append_pages": {"2, 9"}})
	mail.shows("refused", "/inbox/"+item, "notice--danger")
	mail.sends(303, "/inbox/"+item+"/arrange", url.Values{"part_1": {"1"}, "append": {other}, "append_pages": {"3"}})
	m.settle()
	page := mail.shows("queue", "/inbox/queue", "2 Seiten", `data-watch="basket/poststelle"`)
	if strings.Contains(page, "<html") {
		t.Error("the queue alone is a whole page")
	}
}

func TestInboxPageShowsTheDuplicateBesideIt(t *testing.T) {
	mail, _, m := inboxHouse(t)
	clerkPair := oracletest.Pair{Role: "registratur", Department: "auslaenderbehoerde"}
	clerk := m.browse(clerkPair)
	first := m.drop("Brief")
	mail.sends(303, "/inbox/"+first+"/file", url.Values{"akte_id": {m.akte}, "type": {"geburtsurkunde"}})
	id := m.want(201, m.pair("registratur", "auslaenderbehoerde"), "POST", "/inbox", newForm().file("scan.pdf", "%PDF-1.7\nBrief")).text("id")
	m.settle()
	page := clerk.shows("item", "/inbox/"+id, "/duplicate")
	if strings.Contains(page, `id="twin"`) {
		t.Error("the document was opened without being asked for")
	}
	clerk.sends(303, "/inbox/"+id+"/duplicate", url.Values{})
	clerk.shows("side by side", "/inbox/"+id+"?compare=1", `class="viewers"`, `id="twin"`)
	// The mail room files, but may not read what lies in an Akte.
	m.want(200, m.pair("registratur", "auslaenderbehoerde"), "POST", "/inbox/"+id+"/route", map[string]any{"department": "poststelle"})
	if page := mail.shows("routed", "/inbox/"+id+"?compare=1"); strings.Contains(page, "/duplicate") || strings.Contains(page, "twin") {
		t.Error("the mail room learns of a document it may not read")
	}
}

// A paper received twice is told of and shown beside the item; whose it is stands there to be ticked, unticked.
func TestInboxPageOffersAkteAndSamePaper(t *testing.T) {
	_, _, m := inboxHouse(t)
	pair := oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}
	clerk := m.browse(pair)
	number := m.want(200, m.pair(pair.Role, pair.Department), "GET", "/akten/"+m.akte, nil, purpose).text("aktenzeichen")
	letter := "Zu Ihrem Zeichen " + number + " vom 03.03.2025 reichen wir die Meldebescheinigung der Stadt Musterstadt nach und bitten um Nachricht bis zum Monatsende."
	drop := func(text string) string {
		return m.want(201, m.pair(pair.Role, pair.Department), "POST", "/inbox", newForm().file("scan.pdf", "%PDF-1.7\n"+text)).text("id")
	}
	first := drop(letter)
	m.settle()
	clerk.sends(303, "/inbox/"+first+"/file", url.Values{"akte_id": {m.akte}, "type": {"meldebescheinigung"}})
	id, other := drop(letter+" EINGEGANGEN"), drop(letter+" Kopie")
	m.settle()
	page := clerk.shows("item", "/inbox/"+id, `name="akte_id" value="`+m.akte+`" data-accept="akte_id"`, `<q dir="auto">`+number, `name="beside" value="`+other+`"`)
	if strings.Contains(page, `value="`+m.akte+`" checked`) {
		t.Error("the Akte was ticked by itself")
	}
	clerk.sends(303, "/inbox/"+id+"/duplicate", url.Values{"beside": {other}})
	clerk.shows("side by side", "/inbox/"+id+"?compare=1&beside="+other, `id="twin"`)
	_, after, _ := strings.Cut(page, `name="beside" value="`)
	document, _, _ := strings.Cut(after, `"`)
	if document == other {
		_, after, _ = strings.Cut(after, `name="beside" value="`)
		document, _, _ = strings.Cut(after, `"`)
	}
	clerk.sends(303, "/inbox/"+id+"/duplicate", url.Values{"beside": {document}})
	clerk.shows("document beside", "/inbox/"+id+"?compare=1&beside="+document, `id="twin"`)
	clerk.sends(404, "/inbox/"+id+"/duplicate", url.Values{"beside": {archive.NewID[string]()}})
}
