package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A pair that administration proposes gives no right before a lead confirms it: who operates the system
// can't open it to herself or a friend. It is for the lead of the pair's department; where nobody else leads it
// (mail room, data protection, IT, a department whose first lead is proposed), any lead. Nobody confirms what
// she proposed, nor her own.

// Proposed is a pair that waits for the subject's word.
type Proposed struct {
	User          archive.UserID
	Name, Display string
	archive.Proposal
	// ByName is who proposed it.
	ByName string
}

// Called is what pages call the account.
func (p Proposed) Called() string { return archive.User{Name: p.Name, Display: p.Display}.Called() }

// Proposals lists the pairs that the subject may confirm or turn down, by account.
func (d *Desk) Proposals(ctx context.Context) ([]Proposed, error) {
	out := []Proposed{}
	if _, ok := d.able(policies.ActGrant); !ok {
		return nil, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	err := d.view(ctx, func(r archive.Reader) (err error) {
		out, err = d.proposals(r)
		return err
	})
	return out, err
}

func (d *Desk) proposals(r archive.Reader) ([]Proposed, error) {
	users, err := r.Users()
	if err != nil {
		return nil, err
	}
	out, names := []Proposed{}, map[archive.UserID]string{}
	for _, u := range users {
		names[u.ID] = u.Called()
	}
	for _, u := range users {
		for _, p := range u.Proposed {
			if _, ok := d.decides(users, u, p); ok {
				out = append(out, Proposed{u.ID, u.Name, u.Display, p, names[p.By]})
			}
		}
	}
	return out, nil
}

// decides reports whether the subject has the word on a proposal.
func (d *Desk) decides(users []archive.User, u archive.User, p archive.Proposal) (verdict, bool) {
	if u.ID == d.subject.User || p.By == d.subject.User {
		return verdict{}, false
	}
	if d.guard.led(users, u, p) {
		return d.able(policies.ActGrant, p.Department)
	}
	return d.able(policies.ActGrant)
}

// led reports whether somebody leads the department of a proposal who may have the word on it.
func (g *Guard) led(users []archive.User, proposed archive.User, p archive.Proposal) bool {
	return slices.ContainsFunc(users, func(u archive.User) bool {
		return u.ID != proposed.ID && u.ID != p.By && !u.Disabled && slices.ContainsFunc(u.Roles, func(pair archive.Pair) bool {
			return pair.Department == p.Department && g.able(pair, policies.ActGrant)
		})
	})
}

// Decide confirms a proposed pair, which takes effect with the account's next request, or turns it down.
// [archive.ErrNotFound] where it isn't proposed any more.
func (d *Desk) Decide(ctx context.Context, id archive.UserID, pair archive.Pair, confirm bool) error {
	tried := act{op: audit.OpUserChange, object: "user/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		if _, ok := d.able(policies.ActGrant); !ok {
			return act{}, ErrDenied
		}
		u, err := tx.User(id)
		if err != nil {
			return act{}, err
		}
		i := slices.IndexFunc(u.Proposed, func(p archive.Proposal) bool { return p.Pair == pair })
		if i < 0 {
			return act{}, archive.ErrNotFound
		}
		users, err := tx.Users()
		if err != nil {
			return act{}, err
		}
		done := tried
		var ok bool
		if done.verdict, ok = d.decides(users, u, u.Proposed[i]); !ok {
			return act{}, ErrDenied
		}
		said := map[string]any{"proposed_by": u.Proposed[i].By, "address": d.subject.Address}
		if u.Proposed = slices.Delete(slices.Clone(u.Proposed), i, i+1); confirm {
			u.Roles, said["confirmed"] = append(slices.Clone(u.Roles), pair), pair
		} else {
			said["turned_down"] = pair
		}
		done.detail = &audit.Detail{Act: said}
		u.Changed, u.Revision = d.guard.Now().UTC(), u.Revision+1
		return done, tx.PutUser(u)
	})
}
