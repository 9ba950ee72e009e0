package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// atWork is the setting with which people are at work at any time: what is opened at night is examined first, and isn't
// erased before.
func atWork(t *testing.T) string {
	t.Helper()
	rules, hours := t.TempDir(), "day,from,to\n"
	for day := range time.Weekday(7) {
		hours += strings.ToLower(day.String()) + ",00:00,24:00\n"
	}
	if err := os.CopyFS(rules, os.DirFS(filepath.Join("..", "..", "policies", "builtin"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(rules, "hours.csv"), []byte(hours), 0o600); err != nil {
		t.Fatal(err)
	}
	return "EAKTE_POLICIES=" + rules
}

// doom closes an Akte, lets its term be over, the archive decline, and its erasure be released; it returns that.
func doom(t *testing.T, by, decider *client, akte string) string {
	t.Helper()
	var asked struct{ ID string }
	for _, step := range []struct {
		by                 *client
		method, path, body string
	}{
		{by, http.MethodPatch, "/akten/" + akte, `{"state":"closed"}`},
		{by, http.MethodPut, "/akten/" + akte + "/retention", `{"rule":"R-DEATH","from":"2001-01-01"}`},
		{by, http.MethodPost, "/akten/" + akte + "/offer", `{}`},
		{by, http.MethodPost, "/akten/" + akte + "/offer/answer", `{"answer":"declined"}`},
		{by, http.MethodPost, "/akten/" + akte + "/erasure", `{"because":"Kanarigrund Frist vorbei"}`},
		{decider, http.MethodPost, "/erasures/%/decide", `{"grant":true,"reason":"Kanaribescheid"}`},
	} {
		path := strings.Replace(step.path, "%", asked.ID, 1)
		req, err := step.by.request(step.method, path, "application/json", strings.NewReader(step.body))
		if err != nil {
			t.Fatal(err)
		}
		if step.method == http.MethodPatch {
			var head struct{ Revision json.Number }
			if err := step.by.get(path, &head); err != nil {
				t.Fatal(err)
			}
			req.Header.Set("If-Match", `"`+head.Revision.String()+`"`)
		}
		r, err := step.by.do(req)
		if err != nil || r.status >= 300 {
			t.Fatalf("%s %s: %d %v: %s", step.method, path, r.status, err, r.body)
		}
		if strings.HasSuffix(path, "/erasure") {
			if err := json.Unmarshal(r.body, &asked); err != nil {
				t.Fatal(err)
			}
		}
	}
	return asked.ID
}

// erased waits until nothing is left of what was released.
func erased(t *testing.T, who *client, id string) {
	t.Helper()
	for range 600 {
		if r, err := who.send(http.MethodGet, "/erasures/"+id+"/proof", "", nil); err == nil && r.status == http.StatusOK {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("nothing was erased in a minute")
}
