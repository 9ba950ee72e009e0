package acl

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
)

// Claimed is what a provider of sign-ins says of who signed in there. Whoever hands it over has checked that the provider
// says so, to this program, and now.
type Claimed struct {
	// Issuer and Subject name the account at the provider.
	Issuer, Subject string
	// Name and Display are what an account here is called at first; empty ones, and such as can't be, count for nothing.
	Name, Display string
	// Groups are those that she is in.
	Groups []string
	// Strong says that more than a password was asked for.
	Strong bool
}

// SignInClaimed signs in who signed in at a provider. Her account is made when she comes for the first time. It has the
// roles and teams that [Config.Groups] gives for her groups, anew each time: who is in none of them is refused with
// [ErrNoGroups] and loses what she had; so is who is in too many, with [ErrManyGroups]. It is [ErrSignIn] where the account is closed here.
func (a *Accounts) SignInClaimed(ctx context.Context, c Claimed, client, address string) (after archive.User, err error) {
	var refused error
	err = a.guard.Store.Update(ctx, func(tx archive.Tx) (err error) {
		after, refused, err = a.enterClaimed(tx, c, client, address)
		return err
	})
	if err == nil && refused != nil {
		return archive.User{}, refused
	}
	return after, err
}

// enterClaimed does it in one transaction; refused is recorded like what succeeds.
func (a *Accounts) enterClaimed(tx archive.Tx, c Claimed, client, address string) (u archive.User, refused, err error) {
	deny := func(by audit.Actor, object, why string, as error) (archive.User, error, error) {
		said := map[string]any{"address": address, "provider": why}
		return archive.User{}, as, tx.Record(a.event(by, audit.OpSigninFailed, object, audit.Deny, said))
	}
	gives := a.guard.Groups.of(c.Groups)
	u, err = tx.UserByIdentity(c.Issuer, c.Subject)
	switch {
	case isNotFound(err) && gives.empty():
		why, as := gives.refused()
		return deny(audit.Anonymous(client), "", why, as)
	case isNotFound(err):
		if u, err = a.addClaimed(tx, c, gives, client); err != nil {
			return archive.User{}, nil, err
		}
	case err != nil:
		return archive.User{}, nil, err
	}
	by, object := audit.Actor{User: string(u.ID), Client: client}, "user/"+string(u.ID)
	if u.Disabled {
		return deny(by, object, "closed", ErrSignIn)
	}
	if err := a.regroup(tx, &u, c, gives, client); err != nil {
		return archive.User{}, nil, err
	}
	if gives.empty() {
		why, as := gives.refused()
		return deny(by, object, why, as)
	}
	who := *u.Identity
	who.Strong = c.Strong
	u.Identity, u.SignedIn = &who, a.guard.Now().UTC()
	said := map[string]any{"address": address, "provider": "signed in"}
	if c.Strong {
		said["factor"] = "provider"
	}
	return u, nil, joined(tx.PutUser(u), func() error { return tx.Record(a.event(by, audit.OpSignin, object, audit.Allow, said)) })
}

// joined goes on with what comes next unless something failed.
func joined(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// addClaimed makes the account of who comes for the first time.
func (a *Accounts) addClaimed(tx archive.Tx, c Claimed, gives Membership, client string) (archive.User, error) {
	name, err := freeName(tx, c)
	if err != nil {
		return archive.User{}, err
	}
	now := a.guard.Now().UTC()
	u := archive.User{
		ID: archive.NewID[archive.UserID](), Name: name, Display: displayOf(c), Roles: gives.Roles, Teams: gives.Teams,
		Identity: &archive.Identity{Issuer: c.Issuer, Subject: c.Subject, Strong: c.Strong}, Created: now, Changed: now, Revision: 1,
	}
	said := map[string]any{"roles": u.Roles, "teams": u.Teams, "provider": c.Issuer}
	return u, joined(tx.PutUser(u), func() error {
		return tx.Record(a.event(byProvider(client), audit.OpUserAdd, "user/"+string(u.ID), audit.Allow, said))
	})
}

// byProvider is who acts where a provider's word changes an account: nobody here decided it.
func byProvider(client string) audit.Actor { return audit.Actor{User: "system", Client: client} }

// freeName is what an account is called by who signs in: what the provider says, unless that can't be or is taken.
func freeName(r archive.Reader, c Claimed) (string, error) {
	sum := sha256.Sum256([]byte(c.Issuer + "\x00" + c.Subject))
	mark := hex.EncodeToString(sum[:5])
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(c.Name)), "@")
	if !loginName.MatchString(name) || len(name) > 48 {
		return "konto-" + mark, nil
	}
	_, err := r.UserByName(name)
	if isNotFound(err) {
		return name, nil
	}
	return name + "-" + mark, err
}

// displayOf is what pages call who signed in; empty where the provider doesn't say it in one short line.
func displayOf(c Claimed) string {
	display, err := archive.NormaliseText("/display", c.Display, maxDisplay, false)
	if err != nil || checkLine("/display", display, maxDisplay) != nil {
		return ""
	}
	return strings.Join(strings.Fields(display), " ")
}

// regroup gives an account what its groups give, and nothing else, and the name that the provider says; the name of before
// goes on counting where names are compared. One that is given nothing is over: its sessions end, and so
// does what it holds of others.
func (a *Accounts) regroup(tx archive.Tx, u *archive.User, c Claimed, gives Membership, client string) error {
	grouped := slices.Equal(u.Roles, gives.Roles) && slices.Equal(u.Teams, gives.Teams) && len(u.Proposed) == 0
	said := map[string]any{}
	if !grouped {
		said = map[string]any{"changed": "groups", "roles": gives.Roles, "before": u.Roles, "teams": gives.Teams, "teams_before": u.Teams}
	}
	display := displayOf(c)
	same := (display == "" || !rename(u, display, said)) && grouped
	if same && !gives.empty() {
		return nil
	}
	u.Roles, u.Teams, u.Proposed = gives.Roles, gives.Teams, nil
	if gives.empty() {
		who := *u.Identity
		who.Ended++
		u.Identity = &who
		if err := a.endGrants(tx, byProvider(client), u.ID); err != nil {
			return err
		}
	}
	if !same {
		u.Changed, u.Revision = a.guard.Now().UTC(), u.Revision+1
	}
	if err := tx.PutUser(*u); err != nil || same {
		return err
	}
	return tx.Record(a.event(byProvider(client), audit.OpUserChange, "user/"+string(u.ID), audit.Allow, said))
}

// ProveClaimed notes that who is signed in proved once more who she is, at the provider, and whether more than a password was
// asked for. She has what her groups give by then, like whoever signs in: [ErrNoGroups] and [ErrManyGroups] where that is
// nothing. It is [ErrSignIn] where somebody else did, or her account is closed by now, and where less was asked for there
// than at the sign-in.
func (a *Accounts) ProveClaimed(ctx context.Context, id archive.UserID, c Claimed, client, address string) (u archive.User, err error) {
	var refused error
	err = a.guard.Store.Update(ctx, func(tx archive.Tx) (err error) {
		u, refused, err = a.proveClaimed(tx, id, c, client, address)
		return err
	})
	if err = cmp.Or(err, refused); err != nil {
		return archive.User{}, err
	}
	return u, nil
}

// proveClaimed does it in one transaction; refused is recorded like what succeeds.
func (a *Accounts) proveClaimed(tx archive.Tx, id archive.UserID, c Claimed, client, address string) (u archive.User, refused, err error) {
	if u, err = tx.User(id); err != nil {
		return u, nil, err
	}
	why := ""
	switch who := u.Identity; {
	case who == nil || who.Issuer != c.Issuer || who.Subject != c.Subject:
		why = "user"
	case u.Disabled:
		why = "closed"
	case who.Strong && !c.Strong:
		why = "factor"
	}
	by, object := audit.Actor{User: string(id), Client: client}, "user/"+string(id)
	said := map[string]any{"address": address, "provider": why}
	deny := func(as error) (archive.User, error, error) {
		return u, as, tx.Record(a.event(by, audit.OpSigninFailed, object, audit.Deny, said))
	}
	if why != "" {
		return deny(ErrSignIn)
	}
	gives := a.guard.Groups.of(c.Groups)
	if err := a.regroup(tx, &u, c, gives, client); err != nil {
		return u, nil, err
	}
	if gives.empty() {
		said["provider"], refused = gives.refused()
		return deny(refused)
	}
	if said["provider"] = "signed in"; c.Strong {
		said["factor"] = "provider"
	}
	is := *u.Identity
	is.Strong = c.Strong
	u.Identity = &is
	return u, nil, joined(tx.PutUser(u), func() error { return tx.Record(a.event(by, audit.OpSigninAgain, object, audit.Allow, said)) })
}

// RefuseClaimed records that what came from a provider was not believed, and why, in a word. who is who was signed in
// there and was to prove it again; empty: nobody.
func (a *Accounts) RefuseClaimed(ctx context.Context, who archive.UserID, why, client, address string) error {
	by, object := audit.Anonymous(client), ""
	if who != "" {
		by, object = audit.Actor{User: string(who), Client: client}, "user/"+string(who)
	}
	said := map[string]any{"address": address, "provider": why}
	return a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		return tx.Record(a.event(by, audit.OpSigninFailed, object, audit.Deny, said))
	})
}

// ConfirmClaimed takes over what a provider says now of who is signed in by it: she has what her groups give, and is out where
// that is nothing. It returns her account as it is then, with [ErrNoGroups] or [ErrManyGroups] where she is out and [ErrSignIn] where the provider
// speaks of somebody else.
func (a *Accounts) ConfirmClaimed(ctx context.Context, id archive.UserID, c Claimed, client string) (u archive.User, err error) {
	gives := a.guard.Groups.of(c.Groups)
	err = a.guard.Store.Update(ctx, func(tx archive.Tx) (err error) {
		if u, err = tx.User(id); err != nil {
			return err
		}
		if who := u.Identity; who == nil || who.Issuer != c.Issuer || who.Subject != c.Subject {
			return ErrSignIn
		}
		if err := a.regroup(tx, &u, c, gives, client); err != nil || !gives.empty() {
			return err
		}
		why, _ := gives.refused()
		said := map[string]any{"provider": why}
		return tx.Record(a.event(byProvider(client), audit.OpSignout, "user/"+string(id), audit.Allow, said))
	})
	switch {
	case err != nil:
		return archive.User{}, err
	case gives.empty():
		_, as := gives.refused()
		return archive.User{}, as
	}
	return u, nil
}

// EndClaimed ends sessions of who the provider says has left it: those that which picks, or all where it is nil. Whoever
// has no account here has none. why says in a word what the provider said.
func (a *Accounts) EndClaimed(ctx context.Context, issuer, subject, why, client string, which func(archive.Session) bool) error {
	return a.guard.Store.Update(ctx, func(tx archive.Tx) error {
		u, err := tx.UserByIdentity(issuer, subject)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		said := map[string]any{"provider": why}
		if which == nil {
			who := *u.Identity
			who.Ended++
			u.Identity = &who
			err = tx.PutUser(u)
		} else {
			said["sessions"], err = endPicked(tx, u.ID, which)
		}
		if err != nil {
			return err
		}
		return tx.Record(a.event(byProvider(client), audit.OpSignout, "user/"+string(u.ID), audit.Allow, said))
	})
}

// endPicked ends those of an account's sessions that are picked, and says how many there were.
func endPicked(tx archive.Tx, user archive.UserID, which func(archive.Session) bool) (ended int, err error) {
	all, err := tx.Sessions(user)
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		if !which(s) {
			continue
		}
		if err := tx.DeleteSession(s.Ref); err != nil {
			return 0, err
		}
		ended++
	}
	return ended, nil
}
