package web

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestChangesNameARevision tries every route that changes a record with every kind of If-Match.
func TestChangesNameARevision(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	person := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	for _, tt := range []struct{ path, body string }{
		{"/documents/" + doc, `{"title":"Neu"}`}, {"/akten/" + akte, `{"departments":["soziales"]}`}, {"/persons/" + person, `{"sex":"x"}`},
	} {
		isProblem(t, w.call(clerk, "PATCH", tt.path, tt.body, purpose), 428, "revision-required", german)
		for _, tag := range []string{`"2"`, `"0"`, `"01"`, `1`, `W/"1"`, `*`, `"1", "2"`, `"x"`, `"-1"`, `"1`} {
			isProblem(t, w.call(clerk, "PATCH", tt.path, tt.body, purpose, "If-Match: "+tag), 412, "stale", german)
		}
		before := w.want(200, clerk, "GET", tt.path, nil, purpose)
		if before.header.Get("ETag") != `"1"` || before.field("revision") != 1.0 {
			t.Errorf("%s: a refused change changed it: %v", tt.path, before)
		}
		after := w.want(200, clerk, "PATCH", tt.path, tt.body, purpose, `If-Match: "1"`)
		if after.header.Get("ETag") != `"2"` {
			t.Errorf("%s: %v", tt.path, after)
		}
		w.want(412, clerk, "PATCH", tt.path, tt.body, purpose, `If-Match: "1"`)
	}
}

// TestPatchChangesWhatItNames looks at absent, null and empty fields.
func TestPatchChangesWhatItNames(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	p := w.want(201, clerk, "POST", "/persons", `{"names":[{"family":"Muster","given":"Ali","original_script":"علي"}],"birth_date":"00.05.1990","sex":"m","nationalities":["SYR"],"azr_number":"12 34-5678"}`)
	if p.text("birth_date") != "00.05.1990" || p.text("birth_date_precision") != "month" || p.text("azr_number") != "12345678" || p.text("names/0/kind") != "official" {
		t.Errorf("created: %v", p)
	}
	if p.header.Get("Location") != base+"/persons/"+p.text("id") || p.header.Get("ETag") != `"1"` {
		t.Errorf("headers: %v", p.header)
	}
	if bad := w.want(422, clerk, "PATCH", "/persons/"+p.text("id"), `{"birth_date":"1991","ground":"whim"}`, `If-Match: "1"`); bad.text("errors/0/pointer") != "/ground" || bad.text("errors/0/code") != "unknown" {
		t.Errorf("with a ground that is none: %v", bad)
	}
	p = w.want(200, clerk, "PATCH", "/persons/"+p.text("id"), `{"sex":null,"azr_number":"","birth_date":"1991"}`, `If-Match: "1"`)
	if p.text("sex") != "" || p.text("azr_number") != "" || p.text("birth_date") != "1991" || p.text("names/0/original_script") != "علي" || p.text("nationalities/0") != "SYR" {
		t.Errorf("changed: %v", p)
	}
	p = w.want(200, clerk, "PATCH", "/persons/"+p.text("id"), `{"nationalities":null}`, `If-Match: "2"`)
	if list, ok := p.field("nationalities").([]any); !ok || len(list) != 0 {
		t.Errorf("cleared: %v", p)
	}
	kept := w.want(200, clerk, "GET", "/persons/"+p.text("id")+"/corrections", nil)
	if kept.text("items/0/ground") != "written" || kept.field("items/1") != nil {
		t.Errorf("corrected without a ground, and changed: %v", kept)
	}
}

func TestAkten(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	person := w.person(clerk, "Beispiel", "Eva")
	body := map[string]any{"person_id": person, "plan": "33.11", "lead_department": "auslaenderbehoerde", "departments": []any{
		"soziales", map[string]any{"department": "asyl", "registers": []string{"identitaet"}, "until": "2030-12-31"},
	}}
	akte := w.want(201, clerk, "POST", "/akten", body)
	if akte.header.Get("Location") != base+"/akten/"+akte.text("id") || !strings.HasPrefix(akte.text("aktenzeichen"), "33.11-") || akte.text("state") != "open" {
		t.Errorf("created: %v", akte)
	}
	if akte.text("departments/0/department") != "soziales" || akte.text("departments/1/registers/0") != "identitaet" || akte.text("departments/1/until") != "2030-12-31" {
		t.Errorf("departments: %v", akte)
	}
	isProblem(t, w.call(clerk, "POST", "/akten", body), 409, "second-akte", german)
	body["distinct_because"] = "other task"
	w.want(201, clerk, "POST", "/akten", body)
	list := w.want(200, clerk, "GET", "/akten?limit=1&department=auslaenderbehoerde", nil)
	if len(list.field("items").([]any)) != 1 || list.text("next_cursor") == "" {
		t.Fatalf("first page: %v", list)
	}
	second := w.want(200, clerk, "GET", "/akten?limit=1&department=auslaenderbehoerde&cursor="+list.text("next_cursor"), nil)
	if second.text("items/0/id") != akte.text("id") || second.text("next_cursor") != "" {
		t.Errorf("second page: %v", second)
	}
	if of := w.want(200, clerk, "GET", "/akten?person="+person, nil); len(of.field("items").([]any)) != 2 {
		t.Errorf("of the person: %v", of)
	}
	opened := w.want(201, clerk, "POST", "/akten/"+akte.text("id")+"/cases", `{"procedure":"niederlassungserlaubnis","title":"NE"}`, purpose)
	cases := w.want(200, clerk, "GET", "/akten/"+akte.text("id")+"/cases", nil, "Eakte-Purpose: case:"+opened.text("id"))
	if cases.text("items/0/id") != opened.text("id") {
		t.Errorf("cases: %v", cases)
	}
	found := w.want(200, clerk, "POST", "/persons/locate", `{"family":"nobody such"}`)
	if string(found.body) != "{\"items\":[],\"next_cursor\":\"\"}\n" {
		t.Errorf("nobody: %s", found.body)
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	for path, want := range map[string]string{
		"/purposes": "antrag", "/departments": "auslaenderbehoerde", "/registers": "identitaet", "/doctypes": "", "/procedures": "",
		"/plan": "", "/teams": `"department":"auslaenderbehoerde"`, "/channels": "", "/classifications": "normal",
	} {
		r := w.want(200, clerk, "GET", path, nil)
		if r.text("items/0/key") == "" || r.text("items/0/de") == "" || r.text("items/0/en") == "" || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %.200s", path, r.body)
		}
	}
}

// TestOnce sends creating requests again with the same key.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	clerk, other := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("sachbearbeitung", "asyl")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	const key = "Idempotency-Key: 7f9c"
	body := `{"names":[{"family":"Einmalig"}]}`
	first := w.want(201, clerk, "POST", "/persons", body, key)
	if second := w.want(201, clerk, "POST", "/persons", body, key); second.text("id") != first.text("id") {
		t.Errorf("made twice: %v", second)
	}
	isProblem(t, w.call(clerk, "POST", "/persons", `{"names":[{"family":"Anders"}]}`, key), 422, "key-used-before", german)
	isProblem(t, w.call(clerk, "POST", "/akten/"+akte+"/cases", `{"procedure":"niederlassungserlaubnis"}`, key, purpose), 422, "key-used-before", german)
	if theirs := w.want(201, other, "POST", "/persons", body, key); theirs.text("id") == first.text("id") {
		t.Error("another account's key was hers")
	}
	upload := func(text string) reply {
		return w.call(clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"arbeitsvertrag"}`).file("a.txt", text), purpose, "Idempotency-Key: up")
	}
	doc := upload("Text")
	if again := upload("Text"); again.status != 201 || again.text("id") != doc.text("id") {
		t.Errorf("uploaded twice: %v", again)
	}
	isProblem(t, upload("Other"), 422, "key-used-before", german)
	if list := w.want(200, clerk, "GET", "/akten/"+akte+"/documents", nil, purpose); len(list.field("items").([]any)) != 1 {
		t.Errorf("documents: %v", list)
	}
}

// TestTwoFileAtOnce lets many clerks file the same item.
func TestTwoFileAtOnce(t *testing.T) {
	w := newWorld(t)
	post := w.pair("registratur", "poststelle")
	clerk, second := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("registratur", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	for round := range 5 {
		item := w.want(201, post, "POST", "/inbox", newForm().file("a.txt", fmt.Sprint("Text ", round)).meta(`{"department":"auslaenderbehoerde"}`)).text("id")
		var mu sync.Mutex
		var got []int
		var wait sync.WaitGroup
		for _, who := range []string{clerk, second} {
			wait.Go(func() {
				r := w.call(who, "POST", "/inbox/"+item+"/file", map[string]any{"akte_id": akte, "type": "arbeitsvertrag"}, purpose)
				mu.Lock()
				defer mu.Unlock()
				got = append(got, r.status)
				if r.status == 409 {
					isProblem(t, r, 409, "already-filed", german)
				}
			})
		}
		wait.Wait()
		if slices.Sort(got); !slices.Equal(got, []int{200, 409}) {
			t.Errorf("round %d: %v", round, got)
		}
	}
	list := w.want(200, clerk, "GET", "/akten/"+akte+"/documents", nil, purpose)
	if n := len(list.field("items").([]any)); n != 5 {
		t.Errorf("%d documents of 5 items", n)
	}
}

func TestInbox(t *testing.T) {
	w := newWorld(t)
	post, clerk, other := w.pair("registratur", "poststelle"), w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("sachbearbeitung", "asyl")
	a, b := w.akte(clerk, "Eins", "auslaenderbehoerde"), w.akte(clerk, "Zwei", "auslaenderbehoerde")
	item := w.want(201, post, "POST", "/inbox", newForm().file("a.txt", "Familie").meta(`{"sender":"Amt"}`))
	if item.text("department") != "poststelle" || item.text("sender") != "Amt" {
		t.Errorf("own basket: %v", item)
	}
	id := item.text("id")
	w.want(404, clerk, "GET", "/inbox/"+id, nil)
	routed := w.want(200, post, "POST", "/inbox/"+id+"/route", `{"department":"asyl"}`)
	if routed.text("department") != "asyl" {
		t.Errorf("routed: %v", routed)
	}
	w.want(200, other, "POST", "/inbox/"+id+"/route", `{"department":"auslaenderbehoerde"}`)
	w.settle()
	if text := w.want(200, clerk, "GET", "/inbox/"+id+"/text", nil); string(text.body) != "Familie" {
		t.Errorf("text: %q", text.body)
	}
	w.want(200, clerk, "GET", "/inbox/"+id+"/pages/1/image", nil)
	w.want(200, clerk, "GET", "/inbox/"+id+"/pages/1/words", nil)
	if original := w.want(200, clerk, "GET", "/inbox/"+id+"/original", nil); string(original.body) != "Familie" {
		t.Errorf("original: %q", original.body)
	}
	job := w.want(200, clerk, "GET", "/jobs/"+item.text("job_id"), nil)
	if job.text("state") != "done" {
		t.Errorf("job: %v", job)
	}
	isProblem(t, w.call(clerk, "POST", "/jobs/"+item.text("job_id")+"/retry", nil), 409, "conflict", german)
	filed := w.want(200, clerk, "POST", "/inbox/"+id+"/file", map[string]any{"akte_ids": []string{a, b}, "type": "arbeitsvertrag", "sender": "Anderes Amt"}, purpose)
	if len(filed.field("items").([]any)) != 2 || filed.text("items/0/sender") != "Anderes Amt" || filed.text("items/1/state") != "ready" {
		t.Errorf("filed: %v", filed)
	}
	isProblem(t, w.call(clerk, "POST", "/inbox/"+id+"/file", map[string]any{"akte_id": a, "akte_ids": []string{b}, "type": "arbeitsvertrag"}, purpose), 422, "invalid", german)
}

func TestVersionsAndMoves(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Eins")
	isProblem(t, w.call(clerk, "GET", "/documents/"+doc+"/text", nil, purpose), 409, "not-ready", german)
	two := w.want(201, clerk, "POST", "/documents/"+doc+"/versions", newForm().file("b.txt", "Zwei"), purpose)
	if two.field("version_count") != 2.0 || two.text("versions/0/name") != "brief.txt" || two.text("versions/1/name") != "b.txt" || two.header.Get("ETag") != `"2"` {
		t.Errorf("version: %v", two)
	}
	w.settle()
	for query, want := range map[string]string{"": "Zwei", "?version=1": "Eins", "?version=2": "Zwei"} {
		if r := w.want(200, clerk, "GET", "/documents/"+doc+"/text"+query, nil, purpose); string(r.body) != want {
			t.Errorf("%q: %q", query, r.body)
		}
		if r := w.want(200, clerk, "GET", "/documents/"+doc+"/original"+query, nil, purpose); string(r.body) != want {
			t.Errorf("%q: %q", query, r.body)
		}
	}
	w.want(404, clerk, "GET", "/documents/"+doc+"/text?version=3", nil, purpose)
	w.want(404, clerk, "GET", "/documents/"+doc+"/pages/2/image", nil, purpose)
	isProblem(t, w.call(clerk, "POST", "/documents/"+doc+"/move", `{"register":"bildung","reason":"x"}`, purpose), 428, "revision-required", german)
	isProblem(t, w.call(clerk, "POST", "/documents/"+doc+"/move", `{"register":"bildung","reason":"x"}`, purpose, `If-Match: "1"`), 412, "stale", german)
	moved := w.want(200, clerk, "POST", "/documents/"+doc+"/move", `{"register":"bildung","reason":"belongs there"}`, purpose, `If-Match: "2"`)
	if moved.text("register") != "bildung" || moved.header.Get("ETag") != `"3"` {
		t.Errorf("moved: %v", moved)
	}
	other := w.akte(clerk, "Anderes", "auslaenderbehoerde")
	if r := w.want(200, clerk, "POST", "/documents/"+doc+"/move", `{"akte_id":"`+other+`","reason":"wrong Akte"}`, purpose, `If-Match: "3"`); r.text("akte_id") != other {
		t.Errorf("moved: %v", r)
	}
	w.want(404, clerk, "POST", "/documents/"+doc+"/move", `{"akte_id":"nothing","reason":"x"}`, purpose, `If-Match: "4"`)
	w.want(422, clerk, "POST", "/documents/"+doc+"/move", `{"register":"bildung"}`, purpose, `If-Match: "4"`)
}

func TestRanges(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	whole := strings.Repeat("0123456789", 20000)
	doc := w.document(clerk, akte, "arbeitsvertrag", whole)
	path := "/documents/" + doc + "/original"
	get := w.want(200, clerk, "GET", path, nil, purpose)
	tag := get.header.Get("ETag")
	if string(get.body) != whole || len(tag) != 66 || get.header.Get("Content-Type") != "text/plain" || get.header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("whole: %v", get.header)
	}
	head := w.want(200, clerk, "HEAD", path, nil, purpose)
	if head.header.Get("Content-Length") != fmt.Sprint(len(whole)) || len(head.body) != 0 || head.header.Get("ETag") != tag {
		t.Errorf("head: %v", head.header)
	}
	for _, tt := range []struct {
		headers []string
		status  int
		body    string
	}{
		{[]string{"Range: bytes=0-4"}, 206, "01234"},
		{[]string{"Range: bytes=199998-"}, 206, "89"},
		{[]string{"Range: bytes=-3"}, 206, "789"},
		{[]string{"Range: bytes=131071-131073"}, 206, whole[131071:131074]},
		{[]string{"Range: bytes=0-4", "If-Range: " + tag}, 206, "01234"},
		{[]string{"Range: bytes=0-4", `If-Range: "x"`}, 200, whole},
		{[]string{"If-None-Match: " + tag}, 304, ""},
	} {
		r := w.call(clerk, "GET", path, nil, append(tt.headers, purpose)...)
		if r.status != tt.status || string(r.body) != tt.body {
			t.Errorf("%v: %d, %d bytes", tt.headers, r.status, len(r.body))
		}
	}
	for _, bad := range []string{"bytes=200000-", "bytes=5-4", "bytes=x", "pages=1-2"} {
		isProblem(t, w.call(clerk, "GET", path, nil, purpose, "Range: "+bad), 416, "range", german)
	}
}
