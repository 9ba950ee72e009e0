package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// stream is an open stream of events.
type stream struct {
	t    testing.TB
	res  *http.Response
	read *bufio.Reader
	stop context.CancelFunc
}

// openStream follows what is watched; headers are "Name: value".
func (w *world) openStream(who string, watches []string, headers ...string) *stream {
	w.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	w.t.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+base+"/events?"+url.Values{"watch": watches}.Encode(), nil)
	w.must(err)
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := w.http.Do(req)
	w.must(err)
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return &stream{w.t, res, bufio.NewReader(res.Body), stop}
}

// next returns the next event, or "" for a sign of life. The error is that of an ended stream.
func (s *stream) next() (acl.Status, error) {
	var status acl.Status
	for {
		line, err := s.read.ReadString('\n')
		if err != nil {
			return status, err
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			err = json.Unmarshal([]byte(data), &status)
			return status, err
		}
		if strings.HasPrefix(line, ":") {
			return status, nil
		}
	}
}

// all returns what the stream says first, up to its first sign of life.
func (s *stream) all() map[acl.Watch]acl.Status {
	s.t.Helper()
	out := map[acl.Watch]acl.Status{}
	for {
		status, err := s.next()
		if err != nil {
			s.t.Fatal(err)
		}
		if status.Watch == "" {
			return out
		}
		out[status.Watch] = status
	}
}

// await reads until something has a state.
func (s *stream) await(watch, state string) acl.Status {
	s.t.Helper()
	for {
		status, err := s.next()
		if err != nil {
			s.t.Fatalf("waiting for %s to be %s: %v", watch, state, err)
		}
		if string(status.Watch) == watch && status.State == state {
			return status
		}
	}
}

// awaitEnd reads to the end of the stream.
func (s *stream) awaitEnd() {
	s.t.Helper()
	for {
		if _, err := s.next(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			s.t.Fatalf("the stream did not end well: %v", err)
		}
	}
}

func TestEventsTellChanges(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	item := w.want(201, clerk, "POST", "/inbox", newForm().meta(`{"sender":"Erika"}`).file("Geheim.txt", "Text"))
	id, job, basket := "inbox/"+item.text("id"), "job/"+item.text("job_id"), "basket/auslaenderbehoerde"
	s := w.openStream(clerk, []string{id, job, basket, "document/" + doc}, purpose)
	if h := s.res.Header; s.res.StatusCode != 200 || h.Get("Content-Type") != "text/event-stream" || h.Get("X-Accel-Buffering") != "no" || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", s.res.StatusCode, h)
	}
	first := s.all()
	if len(first) != 4 || first[acl.Watch(id)].State != "received" || first[acl.Watch(job)].State != "waiting" || *first[acl.Watch(basket)].Count != 1 {
		t.Fatalf("first: %v", first)
	}
	w.settle()
	s.await(id, "ready")
	w.want(201, clerk, "POST", "/inbox", newForm().file("b.txt", "Neu"))
	if got := s.await(basket, "open"); *got.Count != 2 {
		t.Errorf("basket: %d", *got.Count)
	}
	w.want(200, clerk, "POST", "/"+id+"/file", map[string]any{"akte_id": akte, "type": "arbeitsvertrag"}, purpose)
	s.await(id, "filed")
	if n := len(w.events("access.refused")); n != 0 {
		t.Errorf("%d refusals recorded", n)
	}
}

func TestEventsSayNothingOfWhatIsForeign(t *testing.T) {
	w := newWorld(t)
	clerk, other := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("gesundheit", "gesundheit")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	item := w.want(201, clerk, "POST", "/inbox", newForm().file("a.txt", "Text"))
	watches := []string{
		"document/" + doc, "inbox/" + item.text("id"), "job/" + item.text("job_id"), "basket/auslaenderbehoerde",
		"document/" + nowhere, "inbox/" + nowhere, "job/" + nowhere, "basket/nirgends",
	}
	s := w.openStream(other, append(watches, "basket/gesundheit"), purpose)
	if first := s.all(); len(first) != 1 || *first["basket/gesundheit"].Count != 0 {
		t.Errorf("first: %v", first)
	}
	if n := len(w.events("access.refused")); n != len(watches) {
		t.Errorf("%d refusals recorded, want %d", n, len(watches))
	}
	w.settle() // all that is foreign changes, and then something that is hers
	w.want(201, other, "POST", "/inbox", newForm().file("a.txt", "Text"))
	if status, err := s.next(); err != nil || status.Watch != "basket/gesundheit" {
		t.Errorf("%v, %v", status, err)
	}
	if n := len(w.events("access.refused")); n != len(watches) {
		t.Errorf("%d refusals recorded after a change, want %d", n, len(watches))
	}
	// Without a purpose an Akte says nothing.
	if first := w.openStream(clerk, watches).all(); len(first) != 3 {
		t.Errorf("without a purpose: %v", first)
	}
}

// TestEventsAskRightsAgain takes a right away while the stream is open.
func TestEventsAskRightsAgain(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("registratur", "poststelle")
	s := w.openStream(clerk, []string{"basket/poststelle", "basket/auslaenderbehoerde"})
	if first := s.all(); len(first) != 1 {
		t.Fatalf("first: %v", first)
	}
	w.mustChange(clerk, func(u *archive.User) {
		u.Roles = []archive.Pair{{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}}
	})
	if status, err := s.next(); err != nil || status.Watch != "basket/auslaenderbehoerde" {
		t.Errorf("%v, %v", status, err)
	}
	w.mustChange(clerk, func(u *archive.User) { u.Disabled = true })
	s.awaitEnd()
}

func TestEventsEndWithTheSession(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	sign := func() string {
		_, c := w.signIn("eva", password)
		return with(c)
	}
	cookie := sign()
	s := w.openStream("", []string{"basket/auslaenderbehoerde"}, cookie)
	s.all()
	w.want(204, "", "DELETE", "/session", nil, cookie)
	s.awaitEnd()
	// A stream keeps no session alive: after half an hour without anything else it ends.
	cookie = sign()
	s = w.openStream("", []string{"basket/auslaenderbehoerde"}, cookie)
	s.all()
	w.ahead.Add(int64(20 * time.Minute))
	w.openStream("", []string{"basket/auslaenderbehoerde"}, cookie).all()
	w.ahead.Add(int64(10 * time.Minute))
	w.account("somebody") // a commit
	s.awaitEnd()
	if r := w.call("", "GET", "/events?watch=basket/auslaenderbehoerde", nil, cookie); r.status != 401 {
		t.Errorf("afterwards: %v", r)
	}
}

func TestEventsAreBounded(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("registratur", "poststelle")
	for _, tt := range []struct{ query, code string }{
		{"", "required"}, {"?watch=akte/" + nowhere, "format"}, {"?watch=inbox/x", "format"}, {"?watch=basket/", "format"},
		{"?" + strings.Repeat("watch=basket/poststelle&", 101), "too_many"},
	} {
		r := w.call(clerk, "GET", "/events"+tt.query, nil)
		if isProblem(t, r, 422, "invalid", german); r.text("errors/0/code") != tt.code {
			t.Errorf("%.30s: %v", tt.query, r)
		}
	}
	if first := w.openStream(clerk, slices.Repeat([]string{"basket/poststelle"}, maxWatches)).all(); len(first) != 1 {
		t.Errorf("the same thing often: %v", first)
	}
	var open []*stream
	for len(open) < streamsEach-1 {
		s := w.openStream(clerk, []string{"basket/poststelle"})
		s.all()
		open = append(open, s)
	}
	isProblem(t, w.call(clerk, "GET", "/events?watch=basket/poststelle", nil), 503, "busy", german)
	w.openStream(w.pair("gesundheit", "gesundheit"), []string{"basket/gesundheit"}).all()
	open[0].stop()
	for {
		s := w.openStream(clerk, []string{"basket/poststelle"})
		if s.res.StatusCode == 200 {
			s.all()
			return
		}
	}
}

// TestStoppingEndsStreams stops a server at which somebody follows events.
func TestStoppingEndsStreams(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("registratur", "poststelle")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, l) }()
	w.url = "http://" + l.Addr().String()
	s := w.openStream(clerk, []string{"basket/poststelle"})
	s.all()
	cancel()
	s.awaitEnd()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestEventsFollowTheMatrix compares what every pair is told with the oracle.
func TestEventsFollowTheMatrix(t *testing.T) {
	m := newMatrix(t)
	for _, p := range oracletest.Pairs() {
		who := m.pair(p.Role, p.Department)
		want := map[acl.Watch]bool{}
		var watches []string
		for i, d := range m.docs {
			if i%7 == len(p.Role)%7 && len(watches) < maxWatches-20 {
				watches = append(watches, "document/"+d.id, "job/"+d.job)
				may := m.sees(p, d, "").read
				want[acl.Watch("document/"+d.id)] = may
				want[acl.Watch("job/"+d.job)] = may || able(p, "operate")
			}
		}
		for dep, item := range m.items {
			works := able(p, "inbox") && dep == p.Department
			for watch, may := range map[string]bool{"inbox/" + item[0]: works, "basket/" + dep: works, "job/" + item[1]: works || able(p, "operate")} {
				watches = append(watches, watch)
				want[acl.Watch(watch)] = may
			}
		}
		for len(watches) > 0 {
			n := min(len(watches), maxWatches)
			s := m.openStream(who, watches[:n], purpose)
			got := s.all()
			s.stop()
			for _, w := range watches[:n] {
				if _, told := got[acl.Watch(w)]; told != want[acl.Watch(w)] {
					t.Errorf("%s@%s is told of %s: %v, want %v", p.Role, p.Department, w, told, want[acl.Watch(w)])
				}
			}
			watches = watches[n:]
		}
	}
}

// mustChange changes an account past all rights.
func (w *world) mustChange(name string, change func(*archive.User)) {
	w.t.Helper()
	w.must(w.store.Update(w.t.Context(), func(tx archive.Tx) error {
		u, err := tx.UserByName(name)
		if err != nil {
			return err
		}
		change(&u)
		u.Revision++
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: w.now(), Actor: audit.Actor{User: "system", Client: "cli"}, Op: audit.OpUserChange, Object: "user/" + string(u.ID), Result: audit.Allow,
		})
	}))
}
