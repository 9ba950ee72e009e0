package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

// canary is what all planted words begin with; nothing else does.
const canary = "zqvanari"

// planting plants words, each once.
type planting struct {
	t     *testing.T
	by    *client
	words int
	ids   []string // of what was made
}

// word is a new one.
func (p *planting) word() string {
	p.words++
	return fmt.Sprintf("Zqvanari%c%ctok", 'a'+p.words/26, 'a'+p.words%26)
}

// do sends JSON, with a planted word for each %, and reads the answer.
func (p *planting) do(method, path, body string, out any) {
	p.t.Helper()
	for strings.Contains(body, "%") {
		body = strings.Replace(body, "%", p.word(), 1)
	}
	r, err := p.by.send(method, path, "application/json", strings.NewReader(body))
	if err != nil || r.status >= 300 || out != nil && json.Unmarshal(r.body, out) != nil {
		p.t.Fatalf("%s %s: %d %v: %s", method, path, r.status, err, r.body)
	}
	if made, ok := out.(*struct{ ID string }); ok {
		p.ids = append(p.ids, made.ID)
	}
}

// send brings a text in and waits until it is read.
func (p *planting) send(path, name, meta, text string) (id string) {
	p.t.Helper()
	r, err := p.by.upload(path, name, meta, strings.NewReader(text))
	var made struct{ ID, State string }
	if err != nil || r.status != http.StatusCreated || json.Unmarshal(r.body, &made) != nil {
		p.t.Fatalf("%s: %d %v: %s", path, r.status, err, r.body)
	}
	at := "/documents/"
	if path == "/inbox" {
		at = "/inbox/"
	}
	for range 600 {
		if err := p.by.get(at+made.ID, &made); err != nil {
			p.t.Fatal(err)
		}
		if made.State == "ready" {
			p.ids = append(p.ids, made.ID)
			return made.ID
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.t.Fatalf("%s is %s", name, made.State)
	return ""
}

// akte plants an Akte with words wherever somebody may type some, and uses them.
func (p *planting) akte() (akte string) {
	t := p.t
	var person, made, c struct{ ID string }
	p.do("POST", "/persons", `{"names":[{"family":"%","given":"%"},{"family":"%","given":"%","kind":"alias"},{"family":"%","kind":"birth"}]}`, &person)
	p.do("POST", "/akten", `{"person_id":"`+person.ID+`","lead_department":"auslaenderbehoerde","distinct_because":"%"}`, &made)
	akte = "/akten/" + made.ID
	p.do("POST", akte+"/cases", `{"procedure":"niederlassungserlaubnis","title":"%"}`, &c)
	p.do("POST", "/cases/"+c.ID+"/close", `{}`, nil)
	meta := func(more string) string {
		out := `{"type":"reisepass"` + more + `}`
		for strings.Contains(out, "%") {
			out = strings.Replace(out, "%", p.word(), 1)
		}
		return out
	}
	var docs []string
	for range 3 {
		docs = append(docs, p.send(akte+"/documents", p.word()+".txt", meta(`,"title":"%","sender":"%"`), "Ein Brief mit "+p.word()+" und "+p.word()+"."))
	}
	item := p.send("/inbox", p.word()+".txt", `{"sender":"`+p.word()+`"}`, "Aus dem Postkorb "+p.word())
	p.do("POST", "/inbox/"+item+"/file", `{"akte_id":"`+made.ID+`","type":"arbeitsvertrag","title":"%"}`, nil)
	p.do("POST", akte+"/hold", `{"reason":"%","until":"`+time.Now().AddDate(0, 1, 0).Format(time.DateOnly)+`"}`, nil)
	p.do("POST", akte+"/hold/end", `{"reason":"%"}`, nil)
	p.do("POST", akte+"/consignment", `{"vendor":"%"}`, nil)
	p.do("DELETE", akte+"/consignment", "", nil)
	p.do("POST", akte+"/acknowledgement", `{"documents":["`+docs[1]+`"],"recipient":"%"}`, nil)
	p.do("PUT", "/me/drafts/akte/"+made.ID+"/upload", `{"values":{"title":["%"]}}`, nil)
	p.do("POST", "/me/searches", `{"name":"Zqvanariabtok, Zqvanariactok","q":"Zqvanariactok Zqvanariabtok","notify":true}`, nil)
	for n := range p.words {
		p.do("POST", "/search", fmt.Sprintf(`{"q":"Zqvanari%c%ctok"}`, 'a'+(n+1)/26, 'a'+(n+1)%26), nil)
	}
	if p.words < 20 {
		t.Fatalf("%d words planted", p.words)
	}
	return made.ID
}

// flown counts the files below folders in which a planted word stands, and names them.
func flown(t *testing.T, folders ...string) (found []string) {
	t.Helper()
	for _, dir := range folders {
		if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			if strings.Contains(strings.ToLower(d.Name()), canary) {
				found = append(found, path)
			}
			data, err := os.ReadFile(path)
			if bytes.Contains(bytes.ToLower(data), []byte(canary)) {
				found = append(found, path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// allSeen makes sure that whoever opens the folder before anything is erased finds every planted word, and some of them
// in each place where they lie: else that nothing is found later shows nothing.
func (p *planting) allSeen(found *ransacked) {
	p.t.Helper()
	seen := map[string]bool{}
	for _, words := range found.words {
		for _, w := range words {
			seen[w] = true
		}
	}
	if len(seen) < p.words {
		p.t.Errorf("%d of %d planted words are found before", len(seen), p.words)
	}
	for _, place := range []string{"person", "akte", "case", "document", "version", "inbox", "profile", "draft", "trail/detail", "object", "index"} {
		if len(found.words[place]) == 0 {
			p.t.Errorf("no planted word is found in %s", place)
		}
	}
}

// nothingLeft opens what a server keeps with the keys that are left, tries those that are gone, and complains about whatever of an
// Akte either finds besides what ARCHITECTURE 81 names.
func nothingLeft(t *testing.T, at kept, had *keysHeld, ids []string) {
	t.Helper()
	have := keysOf(t, at.data)
	if have.owners[audit.AkteKey(ids[1])] != (seal.Key{}) || have.owners[audit.PersonKey(ids[0])] != (seal.Key{}) {
		t.Error("the keys of the Akte and of the person are there")
	}
	ransack(t, at, have, nil, nil) // for the keys of contents
	left := ransack(t, at, have, had.without(have), ids)
	t.Logf("after: %d opened, ids %v, sealed under keys that are gone: %v, under none at hand: %v", left.opened, left.ids, left.shut, left.dark)
	for place, words := range left.words {
		t.Errorf("%s: the keys that are left open %v", place, words)
	}
	for _, l := range []struct {
		what  string
		found map[string]int
		may   []string
	}{
		{"sealed under a key that is gone", left.shut, []string{"trail/detail"}},
		{"sealed under a key that nobody has", left.dark, nil},
		{"naming what is gone", left.ids, []string{"trail/leaf", "trail/detail", "trail-akte", "trail-person", "akte-number", "erasure"}},
	} {
		for place, n := range l.found {
			if !slices.Contains(l.may, place) {
				t.Errorf("%s: %d are left %s", place, n, l.what)
			}
		}
	}
}

// TestCanary plants words in an Akte, uses them, kills the server as soon as the erasure is released, and finds not one of
// them in any file when the next start has gone on with it: in files, and in a bucket that keeps every version.
func TestCanary(t *testing.T) {
	t.Parallel()
	needTools(t)
	for _, c := range []struct {
		name string
		at   func(*testing.T) kept
	}{
		{"files", func(t *testing.T) kept { return kept{data: t.TempDir()} }},
		{"bucket", keptInBucket},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			eraseAkte(t, c.at(t))
		})
	}
}

// eraseAkte makes two Akten, erases one of them across a crash, and looks for what is left of it and of the other.
func eraseAkte(t *testing.T, at kept) {
	env := append(at.env(), atWork(t))
	s := startBuilt(t, at.data, env...)
	clerk, lead := s.client("eins", "sachbearbeitung", "auslaenderbehoerde"), s.client("leitung", "leitung", "auslaenderbehoerde")
	p := &planting{t: t, by: clerk}
	stays := &planting{t: t, by: clerk}
	var person, other struct{ ID string }
	stays.do("POST", "/persons", `{"names":[{"family":"Bleibt","given":"Hier"}]}`, &person)
	stays.do("POST", "/akten", `{"person_id":"`+person.ID+`","lead_department":"auslaenderbehoerde"}`, &other)
	kept := stays.send("/akten/"+other.ID+"/documents", "bleibt.txt", `{"type":"reisepass"}`, "Ein Brief, der bleibt.")
	akte := p.akte()
	s.end()
	then := at.copied(t)
	had := keysOf(t, then.data)
	whole := ransack(t, then, had, nil, p.ids)
	t.Logf("before: %d opened, words %v, ids %v, dark %v", whole.opened, whole.words, whole.ids, whole.dark)
	p.allSeen(whole)
	start := func() {
		s = startBuilt(t, at.data, env...)
		clerk.server, lead.server = s, s
	}
	start()
	id := doom(t, clerk, lead, akte)
	if err := s.kill(); err != nil {
		t.Fatal(err)
	}
	start()
	erased(t, lead, id)
	s.end()
	again := at.copied(t)
	if bad := flown(t, append(at.folders(), again.folders()...)...); len(bad) > 0 {
		t.Errorf("planted words stand in %v", bad)
	}
	at.noVersions(t)
	nothingLeft(t, again, had, p.ids)
	start()
	var found struct{ Total int }
	for n := range p.words {
		if err := clerk.post("/search", map[string]any{"q": fmt.Sprintf("Zqvanari%c%ctok", 'a'+(n+1)/26, 'a'+(n+1)%26)}, &found); err != nil || found.Total != 0 {
			t.Errorf("word %d is found: %v", n+1, err)
		}
	}
	if r, err := clerk.send("GET", "/documents/"+kept+"/text", "", nil); err != nil || !strings.Contains(string(r.body), "der bleibt") {
		t.Errorf("another Akte: %d %v", r.status, err)
	}
	s.end()
	export := filepath.Join(t.TempDir(), "trail")
	for _, args := range [][]string{{"check", "--read-data"}, {"audit", "export", export}, {"audit", "verify", export}} {
		if _, err := s.tool("", args...); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}
