package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
)

// TestFindingsTellWhatWasNotRead shows the officer, on the page and to programs, that entries couldn't be looked at.
func TestFindingsTellWhatWasNotRead(t *testing.T) {
	t.Parallel()
	m := &matrix{world: newWorld(t)}
	officer := oracletest.Pair{Role: "datenschutz", Department: "datenschutz"}
	b := m.browse(officer)
	if _, body := b.open("GET", "/trail/findings", nil); strings.Contains(string(body), "findings-unread") {
		t.Error("told of nothing")
	}
	m.must(m.store.Update(t.Context(), func(tx archive.Tx) error {
		return tx.PutSetting("finding-unread", []byte(`{"entries":3,"last":{"year":2026,"seq":77},"at":"2026-11-23T10:00:00Z"}`))
	}))
	_, body := b.open("GET", "/trail/findings", nil)
	for _, want := range []string{"findings-unread", "konnten: 3", "Nummer 77 des Jahres 2026", "eakte check"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	if got := m.want(200, m.pair(officer.Role, officer.Department), "GET", "/audit/findings", nil).field("unread"); fmt.Sprint(got) != "3" {
		t.Errorf("programs are told of %v", got)
	}
}

// tornFindings is a store in which the record of one finding can't be read.
type tornFindings struct{ archive.Store }

func (s tornFindings) View(ctx context.Context, fn func(archive.Reader) error) error {
	return s.Store.View(ctx, func(r archive.Reader) error { return fn(tornReader{r}) })
}

type tornReader struct{ archive.Reader }

func (tornReader) Findings(bool, archive.Position) archive.List[archive.Finding] {
	return func(yield func(archive.Row[archive.Finding], error) bool) {
		yield(archive.Row[archive.Finding]{After: "x"}, archive.ErrDamaged)
	}
}

// TestDamagedFindingIsTold shows the officer that a finding can't be read, instead of that there is none.
func TestDamagedFindingIsTold(t *testing.T) {
	t.Parallel()
	m := &matrix{world: newWorld(t)}
	officer := oracletest.Pair{Role: "datenschutz", Department: "datenschutz"}
	b := m.browse(officer)
	m.guard.Store = tornFindings{m.store}
	status, body := b.open("GET", "/trail/findings", nil)
	if !strings.Contains(string(body), "gelesen werden können: 1") || strings.Contains(string(body), "Nichts") {
		t.Errorf("the page says %d %s", status, body)
	}
	if got := m.want(200, m.pair(officer.Role, officer.Department), "GET", "/audit/findings", nil).field("damaged"); fmt.Sprint(got) != "1" {
		t.Errorf("programs are told of %v", got)
	}
}
