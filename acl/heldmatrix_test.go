package acl_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// keeping is the team that keeps the Akte where the matrix is about teams.
const keeping = "abh-a-k"

// heldState is something that somebody holds, how it is recorded, and what the oracle makes of it.
type heldState struct {
	name string
	held oracletest.Held
	// team says that a team keeps the Akte.
	team  bool
	grant func(*archive.Grant)
	glass func(*archive.BreakGlass)
	stand func(*archive.Substitute, *archive.User)
}

// heldStates are all that somebody can hold in an Akte that a department leads.
func heldStates(now time.Time, lead string) []heldState {
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	chief, caseworkers := oracletest.Pair{Role: "leitung", Department: lead}, oracletest.Caseworkers(lead)
	some := []string{"identitaet", "asyl", "gesundheit", "leistungen", "schriftwechsel"}
	over := oracletest.Held{State: oracletest.Over}
	stands := oracletest.Held{State: oracletest.Substituted}
	return []heldState{
		{name: "nothing"},
		{name: "nothing, of another team", team: true},
		{
			name:  "granted to read some",
			held:  oracletest.Held{State: oracletest.Granted, Through: chief, Registers: some, Classifications: []string{"normal", "besonders"}},
			grant: func(g *archive.Grant) { g.Registers, g.Classifications = some, []string{"normal", "besonders"} },
		},
		{
			name:  "granted to write all",
			held:  oracletest.Held{State: oracletest.Granted, Through: chief, Registers: oracletest.Registers(), Classifications: oracletest.Classifications(), Writes: true},
			team:  true,
			grant: func(g *archive.Grant) { g.Level, g.Until = archive.GrantWrite, day(0) },
		},
		{name: "grant expired", held: over, grant: func(g *archive.Grant) { g.Level, g.Until = archive.GrantWrite, day(-1) }},
		{name: "grant taken back", held: over, grant: func(g *archive.Grant) { g.EndedBy, g.EndedAt = g.User, now }},
		{
			name: "break-glass", held: oracletest.Held{State: oracletest.BreakGlass, Through: caseworkers}, team: true,
			glass: func(b *archive.BreakGlass) { b.At = now.Add(-time.Hour + time.Second) },
		},
		{
			name: "inspection", held: oracletest.Held{State: oracletest.Inspected}, team: true,
			glass: func(b *archive.BreakGlass) { b.Inspection, b.At = true, now.Add(-time.Hour+time.Second) },
		},
		{name: "inspection over", held: over, team: true, glass: func(b *archive.BreakGlass) { b.Inspection, b.At = true, now.Add(-time.Hour) }},
		{name: "break-glass over", held: over, team: true, glass: func(b *archive.BreakGlass) { b.At = now.Add(-time.Hour) }},
		{name: "substituted", held: stands, team: true, stand: func(s *archive.Substitute, _ *archive.User) { s.From, s.Until = day(-3), day(0) }},
		{name: "substituted until yesterday", held: over, team: true, stand: func(s *archive.Substitute, _ *archive.User) { s.From, s.Until = day(-3), day(-1) }},
		{name: "substituted from tomorrow", held: over, team: true, stand: func(s *archive.Substitute, _ *archive.User) { s.From = day(1) }},
		{name: "substitute ended", held: over, team: true, stand: func(s *archive.Substitute, _ *archive.User) { s.EndedBy, s.EndedAt = s.By, now }},
		{name: "substitute of a closed account", held: over, team: true, stand: func(_ *archive.Substitute, absent *archive.User) { absent.Disabled = true }},
		{name: "substitute of who lost her roles", held: over, team: true, stand: func(_ *archive.Substitute, absent *archive.User) {
			absent.Roles = []archive.Pair{{Role: "dienst", Department: lead}}
		}},
		{name: "substitute of who changed her team", held: over, team: true, stand: func(_ *archive.Substitute, absent *archive.User) { absent.Teams = []string{"abh-l-z"} }},
	}
}

// record stores what the state says that somebody holds in the Akte, past those who would give it.
func (h heldState) record(tx archive.Tx, now time.Time, akte archive.Akte, who archive.User) error {
	through := func(p oracletest.Pair) archive.Pair { return archive.Pair{Role: p.Role, Department: p.Department} }
	switch {
	case h.grant != nil:
		g := archive.Grant{
			ID: archive.NewID[archive.GrantID](), Akte: akte.ID, User: who.ID, Through: archive.Pair{Role: "leitung", Department: akte.Lead},
			Registers: oracletest.Registers(), Classifications: oracletest.Classifications(), Level: archive.GrantRead,
			Until: now.AddDate(0, 0, 1).Format(time.DateOnly), Reason: "Probe", By: who.ID, At: now,
		}
		h.grant(&g)
		if g.EndedAt.IsZero() {
			return tx.PutGrant(g)
		}
		given := g
		given.EndedBy, given.EndedAt = "", time.Time{}
		return errors.Join(tx.PutGrant(given), tx.PutGrant(g))
	case h.glass != nil:
		b := archive.BreakGlass{
			ID: archive.NewID[archive.BreakGlassID](), Akte: akte.ID, User: who.ID, Through: through(oracletest.Caseworkers(akte.Lead)), Reason: "Probe",
		}
		h.glass(&b)
		b.Until = b.At.Add(time.Hour)
		return tx.PutBreakGlass(b)
	case h.stand != nil:
		absent := archive.User{ID: archive.NewID[archive.UserID](), Name: "away." + who.Name, Created: now, Revision: 1, Roles: who.Roles, Teams: []string{keeping}}
		s := archive.Substitute{
			ID: archive.NewID[archive.SubstituteID](), Absent: absent.ID, User: who.ID, Department: who.Roles[0].Department, Pairs: who.Roles,
			From: now.Format(time.DateOnly), Until: now.AddDate(0, 0, 10).Format(time.DateOnly), By: who.ID, At: now,
		}
		h.stand(&s, &absent)
		if err := tx.PutUser(absent); err != nil {
			return err
		}
		if s.EndedAt.IsZero() {
			return tx.PutSubstitute(s)
		}
		named := s
		named.EndedBy, named.EndedAt = "", time.Time{}
		return errors.Join(tx.PutSubstitute(named), tx.PutSubstitute(s))
	}
	return nil
}

// proceduresThatTouch are "" and as few procedures as touch every register that any does.
func proceduresThatTouch(w *acltest.World) []string {
	out, touched := []string{""}, map[string]bool{}
	for _, p := range w.Policies.Procedures() {
		if slices.ContainsFunc(p.Registers, func(r string) bool { return !touched[r] }) {
			out = append(out, p.Key)
			for _, r := range p.Registers {
				touched[r] = true
			}
		}
	}
	return out
}

// holders are accounts of which each has one pair and holds what the state says: of every pair that reads Akten, and of
// some that don't.
func holders(t *testing.T, w *acltest.World, state heldState, akte archive.Akte) (out []acl.Subject) {
	t.Helper()
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		out = nil
		for _, p := range oracletest.Pairs() {
			if !oracletest.Reads(p) && p.Role == "dienst" && p.Department != "it" {
				continue
			}
			u := archive.User{
				ID: archive.NewID[archive.UserID](), Name: fmt.Sprint(state.name, akte.Lead, p), Created: w.Time, Revision: 1,
				Roles: []archive.Pair{{Role: p.Role, Department: p.Department}},
			}
			if err := errors.Join(tx.PutUser(u), state.record(tx, w.Time, akte, u)); err != nil {
				return err
			}
			out = append(out, acl.Subject{User: u.ID, Name: u.Name, Pairs: u.Roles})
		}
		return tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpUserAdd, Object: "user/" + string(out[0].User), Result: audit.Allow})
	})
	if err != nil {
		t.Fatalf("%s: %v", state.name, err)
	}
	return out
}

// heldSeal is a seal on the Akte or on the document, and what the oracle makes of both.
type heldSeal struct {
	akte, document *archive.Seal
	shut, sealed   bool
}

func heldSeals(w *acltest.World, who acl.Subject) []heldSeal {
	open := &archive.Seal{Until: "2999-01-01", Readers: []archive.UserID{who.User}}
	closed, past := &archive.Seal{Until: "2999-01-01"}, &archive.Seal{Until: w.Time.AddDate(0, 0, -1).Format(time.DateOnly)}
	return []heldSeal{
		{}, {akte: past, document: past}, {akte: open, sealed: true}, {document: open, sealed: true},
		{akte: closed, shut: true, sealed: true}, {document: closed, shut: true, sealed: true}, {akte: open, document: closed, shut: true, sealed: true},
	}
}

// TestHeldIsTheMatrix asks the door on behalf of every pair and everything that somebody can hold, in Akten of several
// departments, and compares with the oracle; then again under seals on the Akte and on the document, for a named reader and
// for who is none.
func TestHeldIsTheMatrix(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	m := &heldMatrix{World: w, t: t, procedures: proceduresThatTouch(w), allowed: map[string]int{}}
	for _, lead := range []string{"auslaenderbehoerde", "gesundheit"} {
		keeper := oracletest.Caseworkers(lead)
		desk := w.Guard.For(w.User("keeper."+lead, keeper.Role+"@"+keeper.Department))
		akte := must(desk.Akte(t.Context(), w.Akte(desk, "Held", lead)))(t).Akte
		for _, state := range heldStates(w.Time, lead) {
			for _, who := range holders(t, w, state, akte) {
				m.ask(state, akte, who)
			}
		}
	}
	for _, more := range [][2]string{
		{"granted to read some", "grant expired"}, {"break-glass", "break-glass over"}, {"inspection", "inspection over"}, {"substituted", "substituted until yesterday"},
	} {
		if m.allowed[more[0]] <= m.allowed[more[1]] {
			t.Errorf("%s allows %d, %s %d", more[0], m.allowed[more[0]], more[1], m.allowed[more[1]])
		}
	}
	t.Logf("%d cells; allowed by state: %v", m.cells, m.allowed)
}

// heldMatrix compares the door with the oracle.
type heldMatrix struct {
	*acltest.World
	t            *testing.T
	procedures   []string
	cells, wrong int
	allowed      map[string]int
}

// ask compares all cells of somebody: all actions without a seal, under seals reading and writing, for cases reading alone.
func (m *heldMatrix) ask(state heldState, akte archive.Akte, who acl.Subject) {
	m.t.Helper()
	if state.team {
		akte.Team = keeping
	}
	if err := m.Store.View(m.t.Context(), func(r archive.Reader) error {
		for i, seal := range heldSeals(m.World, who) {
			akte.Sealed = seal.akte
			for j, procedure := range m.procedures {
				actions := []string{"read"}
				switch {
				case i == 0 && j == 0:
					actions = []string{"exist", "read", "write", "file", "disclose"}
				case j == 0:
					actions = append(actions, "write")
				case i > 0:
					continue
				}
				decide := acl.Deciding(m.Guard.For(who), r, akte, procedure)
				m.compare(state, akte, who, seal, procedure, actions, decide)
			}
		}
		return nil
	}); err != nil {
		m.t.Fatal(err)
	}
}

func (m *heldMatrix) compare(state heldState, akte archive.Akte, who acl.Subject, seal heldSeal, procedure string, actions []string,
	decide func(action, register, class, broughtBy string, sealed *archive.Seal) bool) {
	m.t.Helper()
	p, held := oracletest.Pair{Role: who.Pairs[0].Role, Department: who.Pairs[0].Department}, state.held
	part := p.Department == akte.Lead && (!state.team || oracletest.AllTeams(p))
	if held.State == oracletest.Substituted && p.Department != akte.Lead {
		held = oracletest.Held{State: oracletest.Over} // her own department takes no part
	}
	brought := []string{p.Department, akte.Lead}
	if p.Department == akte.Lead {
		brought[1] = "integration"
	}
	for _, register := range oracletest.Registers() {
		matching := procedure != "" && m.Policies.CaseTouches(procedure, register)
		for _, class := range oracletest.Classifications() {
			for _, action := range actions {
				for _, by := range brought {
					want := oracletest.MayHeld(p, part, held, seal.shut, seal.sealed, register, class, action, matching, by)
					got := decide(action, register, class, by, seal.document)
					if m.cells++; got {
						m.allowed[state.name]++
					}
					if got == want {
						continue
					}
					if m.wrong++; m.wrong > 20 {
						m.t.Fatal("and more")
					}
					m.t.Errorf("%s, %v in an Akte of %s, seals %t %t: %s %s/%s brought by %s, case %t: %t, want %t",
						state.name, p, akte.Lead, seal.akte != nil, seal.document != nil, action, register, class, by, matching, got, want)
				}
			}
		}
	}
}
