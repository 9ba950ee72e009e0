package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// leads posts a form and returns where the browser is sent.
func (b *browser) leads(path string, form url.Values) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.url+path, strings.NewReader(form.Encode()))
	b.must(err)
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	client := *b.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	b.must(err)
	b.must(res.Body.Close())
	return res.Header.Get("Location")
}

// TestTrailPageKeepsNamesOutOfAddresses narrows the trail by the name of a person and of an account.
func TestTrailPageKeepsNamesOutOfAddresses(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	m.named(clerk, "Karla Kern")
	m.akte = m.world.akte(clerk, "Beispielname", "auslaenderbehoerde")
	head := m.want(200, clerk, "GET", "/akten/"+m.akte, nil, purpose)
	m.settle()
	b := m.browse(oracletest.Pair{Role: "datenschutz", Department: "datenschutz"})
	to := b.leads("/trail", url.Values{"subject": {"Beispielname"}, "user": {"Kern"}, "deed": {"op:akte.open"}})
	q, err := url.Parse(to)
	m.must(err)
	if v := q.Query(); v.Get("person") != head.text("person_id") || v.Get("actor") != string(m.users[clerk]) || v.Get("op") != "akte.open" || len(v) != 3 {
		t.Errorf("sent to %s", to)
	}
	status, body := b.open("GET", to, nil)
	if status != 200 || !bytes.Contains(body, []byte(head.text("aktenzeichen"))) || !bytes.Contains(body, []byte("Karla Kern")) {
		t.Errorf("the list: %d", status)
	}
	if bytes.Contains(body, []byte("Beispielname")) {
		t.Error("the page names a person")
	}
	if status, body = b.open("POST", "/trail", url.Values{"subject": {"Niemandsname"}}); status != 422 || !bytes.Contains(body, []byte(`value="Niemandsname"`)) {
		t.Errorf("nobody of that name: %d, and the form must keep it", status)
	}
}

// TestTokenIsShownOnce makes a token on the page of a technical account.
func TestTokenIsShownOnce(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	m.pair("dienst", "poststelle")
	b := m.browse(oracletest.Pair{Role: "administration", Department: "it"})
	path := "/operations/users/" + string(m.users["dienst.poststelle"])
	status, body := b.open("POST", path+"/tokens", url.Values{"days": {"30"}})
	if status != 200 || !bytes.Contains(body, []byte("eak_")) {
		t.Fatalf("made: %d", status)
	}
	if _, body = b.open("GET", path, nil); bytes.Contains(body, []byte("eak_")) {
		t.Error("the token is shown again")
	}
}
