package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// JudgePolicy lets a proposed version come into force, for everybody's next request, or turns it down. seen is the
// version in force that it was compared with: [ErrStale] where that is another one by now. Who proposed a version can
// take it back, and can't approve it: [ErrSecondPerson].
func (d *Desk) JudgePolicy(ctx context.Context, number, seen int, approve bool, reason string) error {
	tried := act{op: audit.OpPolicyDecline, object: policyObject(number)}
	if approve {
		tried.op = audit.OpPolicySwitch
	}
	if !d.SeesRules() {
		return d.refused(ctx, tried, ErrDenied)
	}
	word := archive.PolicyJudgement{Approved: approve, By: d.subject.User, At: d.guard.Now().UTC(), Reason: reason}
	if err := word.Normalise(); err != nil {
		return err
	}
	if approve {
		return d.enforce(ctx, tried, number, seen, word)
	}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		p, v, err := d.judged(tx, number, word)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"reason": word.Reason, "address": d.subject.Address}}
		p.State, p.Judged, p.Revision = archive.PolicyDeclined, &word, p.Revision+1
		return done, tx.PutPolicy(p)
	})
}

// judged reads a version that the subject has a word on.
func (d *Desk) judged(r archive.Reader, number int, word archive.PolicyJudgement) (archive.Policy, verdict, error) {
	p, err := r.Policy(number)
	if err != nil {
		return p, verdict{}, err
	}
	v, ok := d.able(policies.ActRulesApprove)
	if !ok && !word.Approved {
		if v, ok = d.able(policies.ActRulesRead); !ok && p.By == word.By {
			v, ok = d.able(policies.ActRulesPropose)
		}
	}
	switch {
	case !ok:
		return p, v, ErrDenied
	case p.State != archive.PolicyProposed:
		return p, v, ErrSettled
	case word.Approved && p.By == word.By:
		return p, v, ErrSecondPerson
	}
	return p, v, nil
}

// enforce lets a version come into force. Versions do so one after the other, records before memory: a server that is
// killed between goes by the records when it starts.
func (d *Desk) enforce(ctx context.Context, tried act, number, seen int, word archive.PolicyJudgement) error {
	g := d.guard
	g.switching.Lock()
	defer g.switching.Unlock()
	var p archive.Policy
	err := d.view(ctx, func(r archive.Reader) (err error) {
		p, _, err = d.judged(r, number, word)
		return err
	})
	if err != nil {
		return d.refused(ctx, tried, err)
	}
	made, err := g.compile(p.Files) // once more: the lists, too, are those of today
	if err != nil {
		return err
	}
	if err := d.disinterested(ctx, p, made); err != nil {
		return d.refused(ctx, tried, err)
	}
	next := under(withRules(g.Config, made), g.shared)
	ctx = context.WithoutCancel(ctx) // what is stored must be in memory, too
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		p, v, err := d.judged(tx, number, word)
		if err != nil {
			return act{}, err
		}
		active, err := tx.PolicyInForce()
		if err != nil {
			return act{}, err
		}
		if active.Number != seen {
			return act{}, ErrStale
		}
		active.State, active.Ended, active.Revision = archive.PolicyReplaced, word.At, active.Revision+1
		p.State, p.Base, p.Judged, p.Revision = archive.PolicyActive, seen, &word, p.Revision+1
		revoked, err := next.revokeGained(tx, g)
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{
			"replaced": seen, "rules": made.set.Hash(), "reason": word.Reason, "tokens_revoked": revoked, "address": d.subject.Address,
		}}
		return done, errors.Join(err, tx.PutPolicy(active), tx.PutPolicy(p))
	})
	if err == nil {
		g.inForce.Store(next)
	}
	return err
}

// disinterested is [ErrSecondPerson] where a version gives the subject rights, and somebody could approve it to whom it
// gives none: nobody widens her own rights while another can look at it.
func (d *Desk) disinterested(ctx context.Context, p archive.Policy, made ruling) error {
	var gaining []archive.Pair
	for _, row := range differences(d.guard.Policies, made.set, d.guard.Table, made.table) {
		if row.Gained {
			gaining = append(gaining, row.Pair)
		}
	}
	gains := func(pairs []archive.Pair) bool {
		return slices.ContainsFunc(pairs, func(pair archive.Pair) bool { return slices.Contains(gaining, pair) })
	}
	if !gains(d.subject.Pairs) {
		return nil
	}
	return d.view(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		other := func(u archive.User) bool {
			approves := func(pair archive.Pair) bool { return d.guard.able(pair, policies.ActRulesApprove) }
			return !u.Disabled && u.ID != d.subject.User && u.ID != p.By && slices.ContainsFunc(u.Roles, approves) && !gains(u.Roles)
		}
		if slices.ContainsFunc(users, other) {
			return ErrSecondPerson
		}
		return nil
	})
}

func withRules(cfg Config, made ruling) Config {
	cfg.Policies, cfg.Table = made.set, made.table
	return cfg
}

// revokeGained makes the tokens of accounts worthless that were technical by the rules before and may do more by these:
// administration, which proposes rules, knows their tokens. What it may know as their password goes, too.
func (g *Guard) revokeGained(tx archive.Tx, before *Guard) (revoked int, err error) {
	users, err := tx.Users()
	if err != nil {
		return 0, err
	}
	for _, u := range users {
		if !before.technical(u) || g.technical(u) {
			continue
		}
		n, err := revokeTokens(tx, u.ID)
		if err != nil {
			return revoked, err
		}
		revoked += n
		if u.Password != "" { // its sessions end with it
			u.Password, u.Changed, u.Revision = "", g.Now().UTC(), u.Revision+1
			if err := tx.PutUser(u); err != nil {
				return revoked, err
			}
		}
	}
	return revoked, nil
}
