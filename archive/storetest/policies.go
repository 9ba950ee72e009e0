package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

func testPolicies(b *bench) {
	at := b.Clock.Now()
	made := func(n int, state string) archive.Policy {
		return archive.Policy{
			Number: n, State: state, Reason: "Anlass der Fassung", By: b.clerk, At: at, Revision: 1,
			Files: []policies.RuleFile{{Name: "access/leitung.csv", Data: []byte("geheime Regel")}},
		}
	}
	b.view(func(r archive.Reader) error {
		if _, err := r.PolicyInForce(); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("in force before there is any: %v, want not found", err)
		}
		return nil
	})
	first, second := made(1, archive.PolicyActive), made(2, archive.PolicyProposed)
	first.Folder, second.Base, second.From = true, 1, 1
	if err := b.house(func(tx archive.Tx) error { return tx.PutPolicy(first) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a version without an event: %v", err)
	}
	put := func(p archive.Policy) error {
		return b.try(audit.OpPolicyPropose, func(tx archive.Tx) error { return tx.PutPolicy(p) })
	}
	for _, p := range []archive.Policy{first, second} {
		if err := put(p); err != nil {
			b.t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		p    archive.Policy
		want error
	}{
		"a number left out": {made(4, archive.PolicyProposed), archive.ErrConflict},
		"no number":         {made(0, archive.PolicyProposed), archive.ErrConflict},
		"a stale revision":  {second, archive.ErrConflict},
		"other files": {func() archive.Policy {
			p := second
			p.Revision, p.Files = 2, []policies.RuleFile{{Name: "access/leitung.csv", Data: []byte("andere")}}
			return p
		}(), archive.ErrInvalid},
		"a second one in force": {func() archive.Policy {
			p := second
			p.Revision, p.State = 2, archive.PolicyActive
			return p
		}(), archive.ErrInvalid},
	} {
		if err := put(tt.p); !errors.Is(err, tt.want) {
			b.t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	first.State, first.Revision, first.Ended = archive.PolicyReplaced, 2, at.Add(time.Hour)
	second.State, second.Revision = archive.PolicyActive, 2
	second.Judged = &archive.PolicyJudgement{Approved: true, By: archive.NewID[archive.UserID](), At: at.Add(time.Hour), Reason: "geprüft"}
	b.must(audit.OpPolicySwitch, func(tx archive.Tx) error { return errors.Join(tx.PutPolicy(first), tx.PutPolicy(second)) })
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.PolicyInForce()
		same(b, "in force", got, err, second)
		var listed []archive.Policy
		for row, err := range r.Policies("") {
			if err != nil {
				return err
			}
			listed = append(listed, row.Value)
		}
		same(b, "newest first", listed, nil, []archive.Policy{second, first})
		if _, err := r.Policy(3); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("one that isn't there: %v, want not found", err)
		}
		return nil
	})
}
