package acl

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Limits of what an account holds.
const (
	maxPairs   = 20
	maxTeams   = 50
	maxDisplay = 100
)

// UserView is an account as administration sees it: without what proves who somebody is.
type UserView struct {
	ID            archive.UserID
	Name, Display string
	Roles         []archive.Pair
	// Proposed wait for a lead: they give no right yet.
	Proposed []archive.Proposal
	Teams    []string
	Disabled bool
	// Waits is until when it may not sign in after wrong passwords; zero: it may.
	Waits            time.Time
	Created, Changed time.Time
	Revision         int64
	// Factor is since when the account has a second factor, or the oldest passkey of one without; zero: it has none.
	Factor time.Time
	// LastSignIn is zero where nobody has signed in since that is noted.
	LastSignIn time.Time
	// Tokens are those of the account where one alone is shown to who operates the system.
	Tokens []TokenView
	// Claimed says that it is an account of a provider, which gives it its roles.
	Claimed bool
	// Technical says that it can do nothing but drop papers into a basket, so that it may have tokens.
	Technical bool
}

// Called is what pages call it.
func (v UserView) Called() string { return archive.User{Name: v.Name, Display: v.Display}.Called() }

// UserEdit is a change of an account; nil fields stay as they are.
type UserEdit struct {
	Display *string
	// Roles are all pairs the account shall have. What it has and isn't named is taken at once; what is new is
	// proposed and gives no right before a lead confirms it.
	Roles    *[]archive.Pair
	Teams    *[]string
	Disabled *bool
}

func (d *Desk) userView(u archive.User) UserView {
	v := UserView{
		ID: u.ID, Name: u.Name, Display: u.Display, Roles: u.Roles, Proposed: u.Proposed, Teams: u.Teams,
		Disabled: u.Disabled, Created: u.Created, Changed: u.Changed, Revision: u.Revision,
		Technical: d.guard.technical(u), LastSignIn: u.SignedIn, Claimed: u.Identity != nil,
	}
	switch {
	case u.Factor != nil:
		v.Factor = u.Factor.Since
	case len(u.Passkeys) > 0:
		v.Factor = u.Passkeys[0].Since
	}
	if d.guard.Now().Before(u.LockedUntil) {
		v.Waits = u.LockedUntil
	}
	return v
}

// Users lists all accounts by name, for who operates the system and for who may see who has which pair.
func (d *Desk) Users(ctx context.Context) ([]UserView, error) {
	out := []UserView{}
	if !d.operates(policies.ActRulesRead) {
		return nil, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	err := d.view(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		out = out[:0]
		for _, u := range users {
			out = append(out, d.userView(u))
		}
		return nil
	})
	return out, err
}

// operates reports whether the subject operates the system or has one of the other capabilities.
func (d *Desk) operates(or ...string) bool {
	return slices.ContainsFunc(append([]string{policies.ActOperate}, or...), func(action string) bool {
		_, ok := d.able(action)
		return ok
	})
}

// User shows one account.
func (d *Desk) User(ctx context.Context, id archive.UserID) (UserView, error) {
	var out UserView
	err := d.view(ctx, func(r archive.Reader) error {
		if !d.operates(policies.ActRulesRead) {
			return ErrDenied
		}
		u, err := r.User(id)
		if err != nil {
			return err
		}
		if out = d.userView(u); !d.operates() {
			return nil
		}
		tokens, err := r.Tokens(id)
		for _, t := range tokens {
			out.Tokens = append(out.Tokens, tokenView(t))
		}
		return err
	})
	return out, d.refused(ctx, act{op: audit.OpAccessRefused, object: "user/" + string(id)}, err)
}

// AddUser makes an account with a first password. All its pairs are proposed: until a lead confirms one,
// it may sign in and do nothing. Errors are those of [Accounts.Add].
func (d *Desk) AddUser(ctx context.Context, u archive.User, password string) (UserView, error) {
	tried := act{op: audit.OpUserAdd}
	v, ok := d.able(policies.ActOperate)
	if !ok {
		return UserView{}, d.refused(ctx, tried, ErrDenied)
	}
	if err := d.guard.checkUser(u); err != nil {
		return UserView{}, err
	}
	if err := checkPassword(password, u); err != nil {
		return UserView{}, err
	}
	hash, err := d.guard.accounts.hash(ctx, password)
	if err != nil {
		return UserView{}, err
	}
	now := d.guard.Now().UTC()
	u.ID, u.Password, u.Created, u.Changed, u.Revision = archive.NewID[archive.UserID](), hash, now, now, 1
	u.Proposed, u.Roles = d.propose(u.Roles, nil), nil
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		if _, err := tx.UserByName(u.Name); err == nil {
			return act{}, archive.ErrConflict
		} else if !isNotFound(err) {
			return act{}, err
		}
		done := act{op: audit.OpUserAdd, object: "user/" + string(u.ID), verdict: v}
		done.detail = &audit.Detail{Act: map[string]any{"proposed": pairsOf(u.Proposed), "address": d.subject.Address}}
		return done, tx.PutUser(u)
	})
	if err != nil {
		return UserView{}, err
	}
	return d.User(ctx, u.ID)
}

// errClaimed says that something of an account is its provider's affair.
func errClaimed(pointer string) error {
	return &archive.FieldError{Pointer: pointer, Code: "claimed", Detail: "the provider of sign-ins decides this"}
}

// propose makes proposals of the subject's, keeping those that were there.
func (d *Desk) propose(pairs []archive.Pair, kept []archive.Proposal) []archive.Proposal {
	var out []archive.Proposal
	for _, p := range pairs {
		if i := slices.IndexFunc(kept, func(k archive.Proposal) bool { return k.Pair == p }); i >= 0 {
			out = append(out, kept[i])
			continue
		}
		out = append(out, archive.Proposal{Pair: p, By: d.subject.User, At: d.guard.Now().UTC()})
	}
	return out
}

func pairsOf(proposals []archive.Proposal) []archive.Pair {
	out := make([]archive.Pair, 0, len(proposals))
	for _, p := range proposals {
		out = append(out, p.Pair)
	}
	return out
}

// checkUser checks what is said of an account.
func (g *Guard) checkUser(u archive.User) error {
	if !loginName.MatchString(u.Name) {
		return &archive.FieldError{Pointer: "/name", Code: "format", Detail: "use a-z, 0-9, dot, dash, underscore"}
	}
	if err := checkLine("/display", u.Display, maxDisplay); err != nil {
		return err
	}
	if len(u.Roles) > maxPairs {
		return &archive.FieldError{Pointer: "/roles", Code: "too_many"}
	}
	for i, p := range u.Roles {
		at := fmt.Sprintf("/roles/%d", i)
		if _, ok := g.Policies.Pair(p.Role, p.Department); !ok {
			return &archive.FieldError{Pointer: at, Code: "unknown", Detail: "this role does not exist in this department"}
		}
		if slices.Contains(u.Roles[:i], p) {
			return &archive.FieldError{Pointer: at, Code: "duplicate"}
		}
	}
	if len(u.Teams) > maxTeams {
		return &archive.FieldError{Pointer: "/teams", Code: "too_many"}
	}
	for i, team := range u.Teams {
		at := fmt.Sprintf("/teams/%d", i)
		if strings.TrimSpace(team) == "" {
			return &archive.FieldError{Pointer: at, Code: "required"}
		}
		if err := checkLine(at, team, maxDisplay); err != nil {
			return err
		}
	}
	return nil
}

// checkLine asks that a text is one line of so many characters at most.
func checkLine(pointer, s string, most int) error {
	if len([]rune(s)) > most {
		return &archive.FieldError{Pointer: pointer, Code: "too_long"}
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }) {
		return &archive.FieldError{Pointer: pointer, Code: "characters"}
	}
	return nil
}

// ChangeUser changes an account. revision is the one that was seen: [*StaleError] if it is another by now.
// Nobody changes her own.
func (d *Desk) ChangeUser(ctx context.Context, id archive.UserID, revision int64, edit UserEdit) (UserView, error) {
	tried := act{op: audit.OpUserChange, object: "user/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		u, v, err := d.other(tx, id)
		if err != nil {
			return act{}, err
		}
		if u.Revision != revision {
			return act{}, &StaleError{u.Revision}
		}
		if u.Identity != nil && (edit.Roles != nil || edit.Teams != nil) {
			return act{}, errClaimed("/roles")
		}
		if edit.Display != nil && *edit.Display != u.Display {
			switch {
			case u.Identity != nil:
				return act{}, errClaimed("/display")
			case len(u.Former) >= archive.FormerNames:
				return act{}, &archive.FieldError{Pointer: "/display", Code: "too_many"}
			}
		}
		done := tried
		done.verdict = v
		machine, open := d.guard.technical(u), !u.Disabled
		said := d.edit(&u, edit)
		if err := d.guard.checkUser(archive.User{Name: u.Name, Display: u.Display, Teams: u.Teams, Roles: append(slices.Clone(u.Roles), pairsOf(u.Proposed)...)}); err != nil {
			return act{}, err
		}
		if machine && !d.guard.technical(u) {
			if said["tokens_revoked"], err = revokeTokens(tx, id); err != nil {
				return act{}, err
			}
		}
		if open && u.Disabled {
			if err := d.endGrantsOf(tx, id, v); err != nil {
				return act{}, err
			}
		}
		done.detail = &audit.Detail{Act: said}
		u.Changed, u.Revision = d.guard.Now().UTC(), u.Revision+1
		return done, tx.PutUser(u)
	})
	if err != nil {
		return UserView{}, err
	}
	return d.User(ctx, id)
}

// other returns another account than the subject's for an administrator to change.
func (d *Desk) other(r archive.Reader, id archive.UserID) (archive.User, verdict, error) {
	v, ok := d.able(policies.ActOperate)
	if !ok {
		return archive.User{}, v, ErrDenied
	}
	u, err := r.User(id)
	if err == nil && id == d.subject.User {
		err = ErrDenied
	}
	return u, v, err
}

// rename has pages show another name of an account, and says which, and which of before.
func rename(u *archive.User, display string, said map[string]any) bool {
	before := u.Display
	if !u.Rename(display) {
		return false
	}
	said["display"], said["display_before"] = display, before
	return true
}

// edit carries an edit out on an account and says what it changed.
func (d *Desk) edit(u *archive.User, e UserEdit) map[string]any {
	said := map[string]any{"address": d.subject.Address}
	if e.Display != nil {
		rename(u, *e.Display, said)
	}
	if e.Teams != nil && !slices.Equal(*e.Teams, u.Teams) {
		said["teams"], said["teams_before"] = *e.Teams, u.Teams
		u.Teams = *e.Teams
	}
	if e.Disabled != nil && *e.Disabled != u.Disabled {
		u.Disabled, said["disabled"] = *e.Disabled, *e.Disabled
	}
	if e.Roles == nil {
		return said
	}
	var kept, taken, fresh []archive.Pair
	for _, p := range u.Roles {
		if slices.Contains(*e.Roles, p) {
			kept = append(kept, p)
		} else {
			taken = append(taken, p)
		}
	}
	for _, p := range *e.Roles {
		if !slices.Contains(kept, p) {
			fresh = append(fresh, p)
		}
	}
	u.Roles, u.Proposed = kept, d.propose(fresh, u.Proposed)
	said["taken"], said["proposed"] = taken, fresh
	return said
}

// SetUserPassword gives another's account a new password and lets it try again at once. Whoever knows a
// password can be whoever it belongs to, so all pairs of the account wait for a lead's word again, who asks
// the person herself.
func (d *Desk) SetUserPassword(ctx context.Context, id archive.UserID, password string) error {
	tried := act{op: audit.OpUserChange, object: "user/" + string(id)}
	if _, ok := d.able(policies.ActOperate); !ok {
		return d.refused(ctx, tried, ErrDenied)
	}
	var whose archive.User
	if err := d.view(ctx, func(r archive.Reader) (err error) {
		whose, err = r.User(id)
		return unlessMissing(err)
	}); err != nil {
		return err
	}
	if err := checkPassword(password, whose); err != nil {
		return err
	}
	hash, err := d.guard.accounts.hash(ctx, password)
	if err != nil {
		return err
	}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		u, v, err := d.other(tx, id)
		if err != nil {
			return act{}, err
		}
		if u.Identity != nil {
			return act{}, errClaimed("/password")
		}
		renewPassword(&u, hash)
		u.Proposed, u.Roles = d.propose(append(slices.Clone(u.Roles), pairsOf(u.Proposed)...), u.Proposed), nil
		u.Changed, u.Revision = d.guard.Now().UTC(), u.Revision+1
		done := tried
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{
			"changed": "password", "proposed": pairsOf(u.Proposed), "address": d.subject.Address,
		}}
		return done, tx.PutUser(u)
	})
}

// Pairs lists the pairs that an account can have, for who may see who has which.
func (d *Desk) Pairs(ctx context.Context) ([]policies.Pair, error) {
	if !d.operates(policies.ActRulesRead) {
		return nil, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	return d.guard.Policies.Pairs(), nil
}
