package web

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"eakte/acl/oracletest"
	"eakte/archive/audit/anchor"
)

// anchored is how others vouch for the trail of a test; the zero value: nobody was asked to.
type anchored struct{ is atomic.Pointer[anchor.State] }

// State implements acl.Anchors.
func (a *anchored) State(context.Context) (s anchor.State, err error) {
	if is := a.is.Load(); is != nil {
		s = *is
	}
	return s, nil
}

// TestTrailTellsWhoVouches shows what a witness says on the page and to programs; nobody else is told of it.
func TestTrailTellsWhoVouches(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	officer := m.pair("datenschutz", "datenschutz")
	b := m.browse(oracletest.Pair{Role: "datenschutz", Department: "datenschutz"})
	at := time.Date(2026, 11, 22, 9, 15, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		state   anchor.State
		says    []string
		silent  []string
		trouble string
	}{
		{"nobody was asked to", anchor.State{}, nil, []string{"bürgt", "Zeitstempel von", `class="trail-alarm"`}, ""},
		{"all is well", anchor.State{Witness: anchor.Standing{Name: "zeuge.example", Size: 41, Behind: 3, At: at}, Stamps: anchor.Standing{Name: "tsa.example"}},
			[]string{"Zeuge zeuge.example: bürgt für 41 Einträge", "3 sind seither dazugekommen", "Zeitstempel von tsa.example: hat noch für keinen"}, []string{"widerspricht", "Nicht erreichbar"}, ""},
		{"it is out of reach", anchor.State{Witness: anchor.Standing{Name: "zeuge.example", Size: 41, Behind: 300, At: at, Trouble: anchor.Unreachable, Since: at}},
			[]string{"Nicht erreichbar seit"}, []string{"widerspricht"}, "unreachable"},
		{"it doesn't know us", anchor.State{Witness: anchor.Standing{Name: "zeuge.example", Trouble: anchor.Refused, Since: at}},
			[]string{"passen nicht zueinander"}, []string{"widerspricht"}, "refused"},
		{"it has seen more", anchor.State{Witness: anchor.Standing{Name: "zeuge.example", Size: 41, At: at, Trouble: anchor.Contradicted, Since: at, Known: 977}},
			[]string{`class="trail-alarm" role="alert"`, "Der Zeuge zeuge.example widerspricht diesem Protokoll", "977 Einträge bestätigt", "Zeuge widerspricht"}, []string{"steht hier anders"}, "contradicted"},
		{"it has seen something else", anchor.State{Witness: anchor.Standing{Name: "zeuge.example", Size: 41, At: at, Trouble: anchor.Contradicted, Since: at}},
			[]string{`class="trail-alarm" role="alert"`, "steht hier anders"}, []string{"so viele gibt es hier nicht"}, "contradicted"},
	} {
		m.anchored.is.Store(&tt.state)
		status, body := b.open("GET", "/trail", nil)
		if status != 200 {
			t.Fatalf("%s: %d", tt.name, status)
		}
		for _, s := range tt.says {
			if !bytes.Contains(body, []byte(s)) {
				t.Errorf("%s: the page doesn't say %q", tt.name, s)
			}
		}
		for _, s := range tt.silent {
			if bytes.Contains(body, []byte(s)) {
				t.Errorf("%s: the page says %q", tt.name, s)
			}
		}
		r := m.want(200, officer, "GET", "/audit/summary", nil)
		told, _ := r.field("witness").(map[string]any)
		if trouble, _ := told["trouble"].(string); trouble != tt.trouble || (told != nil) != (tt.state.Witness.Name != "") {
			t.Errorf("%s: programs are told %s", tt.name, r.body)
		}
	}
}
