package web

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// lentMatrix is an Akte kept by a team, in which no other department takes part, with documents of two departments in every
// register and classification.
func newLentMatrix(t *testing.T) *matrix {
	m := &matrix{world: newWorld(t)}
	lead := m.pair("leitung", "auslaenderbehoerde")
	m.person = m.world.person(lead, "Beispiel", "Muster")
	m.akte = m.want(201, lead, "POST", "/akten", map[string]any{
		"person_id": m.person, "plan": "33.11", "lead_department": "auslaenderbehoerde", "team": "abh-a-k",
	}, purpose).text("id")
	for _, r := range oracletest.Registers() {
		for _, c := range oracletest.Classifications() {
			for _, dep := range []string{"auslaenderbehoerde", "soziales"} {
				d := matrixDoc{register: r, classification: c, broughtBy: dep}
				m.docs = append(m.docs, m.plant(m.akte, d, fmt.Sprintf("Gemeinsam wort%04d", len(m.docs)), m.now()))
			}
		}
	}
	m.settle()
	return m
}

// TestMatrixLent follows two accounts through what they can hold in an Akte that isn't theirs, and compares all that opens,
// finds, counts and lists with the oracle: before, while it holds, and with the next request after its end.
func TestMatrixLent(t *testing.T) {
	t.Parallel()
	m := newLentMatrix(t)
	lead := m.pair("leitung", "auslaenderbehoerde")
	foreign, other := oracletest.Pair{Role: "sachbearbeitung", Department: "soziales"}, oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}
	asker, standIn := m.pair(foreign.Role, foreign.Department), m.pair(other.Role, other.Department)
	away := m.account("away", archive.Pair{Role: other.Role, Department: other.Department})
	m.mustChange("away", func(u *archive.User) { u.Teams = []string{"abh-a-k"} })
	number := m.want(200, lead, "GET", "/akten/"+m.akte, nil, purpose).text("aktenzeichen")
	until := m.now().UTC().Add(24 * time.Hour).Format(time.DateOnly)
	over := oracletest.Held{State: oracletest.Over}
	m.holds(t, "nothing", foreign, oracletest.Held{})
	m.holds(t, "nothing", other, oracletest.Held{})

	registers, classes := []string{"identitaet", "aufenthalt", "sicherheit"}, []string{"normal"}
	m.want(422, lead, "POST", "/akten/"+m.akte+"/grants", map[string]any{
		"user_id": m.users[asker], "registers": registers, "classifications": classes, "level": "write", "until": until, "reason": "Probe",
	}, purpose) // security is beyond her own rights
	registers = registers[:2]
	grant := m.want(201, lead, "POST", "/akten/"+m.akte+"/grants", map[string]any{
		"user_id": m.users[asker], "registers": registers, "classifications": classes, "level": "write", "until": until, "reason": "Probe",
	}, purpose).text("id")
	m.holds(t, "granted", foreign, oracletest.Held{
		State: oracletest.Granted, Through: oracletest.Pair{Role: "leitung", Department: "auslaenderbehoerde"}, Registers: registers, Classifications: classes, Writes: true,
	})
	m.want(204, lead, "POST", "/grants/"+grant+"/end", nil)
	m.holds(t, "grant ended", foreign, over)

	m.want(422, asker, "POST", "/break-glass", `{"aktenzeichen":"33.11-999999/1999","reason":"Probe"}`)
	m.holds(t, "guessed", foreign, over)
	m.want(201, asker, "POST", "/break-glass", fmt.Sprintf(`{"aktenzeichen":%q,"reason":"Probe"}`, number))
	m.holds(t, "break-glass", foreign, oracletest.Held{State: oracletest.BreakGlass, Through: oracletest.Caseworkers("auslaenderbehoerde")})
	m.ahead.Add(int64(time.Hour))
	m.holds(t, "break-glass over", foreign, over)

	m.want(201, lead, "POST", "/substitutes", map[string]any{"absent_id": away, "user_id": m.users[standIn], "until": until})
	m.holds(t, "substituted", other, oracletest.Held{State: oracletest.Substituted})
	m.mustChange("away", func(u *archive.User) { u.Disabled = true })
	m.holds(t, "substitute of a closed account", other, over)
	m.mustChange("away", func(u *archive.User) { u.Disabled = false })
	m.holds(t, "substituted again", other, oracletest.Held{State: oracletest.Substituted})
	m.ahead.Add(int64(48 * time.Hour))
	m.renew(standIn)
	m.holds(t, "substituted until yesterday", other, over)
}

// renew gives an account another token.
func (m *matrix) renew(name string) {
	m.t.Helper()
	token, err := m.guard.Accounts().CreateToken(context.Background(), audit.Actor{User: "system", Client: "cli"}, name, 24*time.Hour)
	m.must(err)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens[name] = token
}

// holds asks every document, search, list and head on behalf of a pair that takes no part but for what it holds.
func (m *matrix) holds(t *testing.T, state string, p oracletest.Pair, held oracletest.Held) {
	t.Helper()
	var want []string
	facets, exists := map[string]int{}, false
	for _, d := range m.docs {
		may := func(action string) bool {
			return oracletest.MayHeld(p, false, held, false, false, d.register, d.classification, action, false, d.broughtBy)
		}
		s := seen{may("read"), may("exist"), may("write"), may("disclose")}
		exists = exists || s.exist
		if s.read {
			want = append(want, d.id)
			for _, f := range []string{"register " + d.register, "department " + d.broughtBy, "type arbeitsvertrag", "classification " + d.classification, "year 2026"} {
				facets[f]++
			}
		}
		for _, asked := range []struct {
			reply
			want int
		}{
			{m.ask(p, "GET", "/documents/"+d.id, nil), reads(200)(p, s)},
			{m.ask(p, "PATCH", "/documents/"+d.id, `{"title":"Neu"}`, `If-Match: "999"`), writes(412)(p, s)},
		} {
			if asked.status != asked.want {
				t.Errorf("%s: %s/%s of %s: %v, want %d", state, d.register, d.classification, d.broughtBy, asked.reply, asked.want)
			}
		}
	}
	slices.Sort(want)
	hits, total, got := m.searchAll(t, p, purpose)
	if !slices.Equal(hits, want) || total != len(want) || !maps.Equal(got, facets) {
		t.Errorf("%s: finds %d, total %d, facets %v; want %d, %v", state, len(hits), total, got, len(want), facets)
	}
	if status := m.ask(p, "GET", "/akten/"+m.akte, nil).status; status != choose(exists, 200, 404) {
		t.Errorf("%s: the Akte: %d", state, status)
	}
	if exists {
		if listed := m.listAll(t, p, purpose); !slices.Equal(listed, want) {
			t.Errorf("%s: lists %d documents, want %d", state, len(listed), len(want))
		}
	}
	if found := strings.Contains(string(m.ask(p, "POST", "/search", `{"q":"Beispiel"}`).body), m.person); found != exists {
		t.Errorf("%s: the person is found: %t", state, found)
	}
}
