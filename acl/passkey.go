package acl

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"eakte/archive"
	"eakte/archive/audit"
)

const (
	// maxPasskeys is how many an account may have, maxPasskeyName how long the name of one may be.
	maxPasskeys    = 10
	maxPasskeyName = 60
	// PasskeyLife is how long a browser may take to answer what it was asked.
	PasskeyLife = 5 * time.Minute
)

// PasskeyAsk is what a browser is asked for.
type PasskeyAsk struct {
	// Options are what scripts hand to it, as JSON.
	Options json.RawMessage
	// Challenge is what its answer has to be about. Whoever keeps it sees to it that it is used once, at the same
	// browser, and within [PasskeyLife].
	Challenge string
}

// PasskeyView is a passkey as its owner sees it.
type PasskeyView struct {
	// Ref names it to its owner, Mark in the trail.
	Ref, Mark, Name  string
	Since, Used      time.Time
	Syncable, Synced bool
	// Copied is when a device said that it was used less often than before; zero: none did.
	Copied time.Time
}

// newPasskeys makes what asks browsers for passkeys of an origin ("https://akte.example"), and checks them; nil for "". The
// error says what is wrong with the origin.
func newPasskeys(origin string) (*webauthn.WebAuthn, error) {
	if origin == "" {
		return nil, nil
	}
	if err := CheckOrigin(origin); err != nil {
		return nil, err
	}
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	timeout := webauthn.TimeoutConfig{Timeout: PasskeyLife, TimeoutUVD: PasskeyLife}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: u.Hostname(), RPOrigins: []string{origin}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
		// Some password managers add outputs that nobody asked for. None counts for anything here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// CheckOrigin says what is wrong with an address as that of this program, which passkeys are made for.
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host || origin != strings.ToLower(origin) {
		return errors.New("write it as browsers do, without a path: https://akte.example")
	}
	if u.Port() != portOf(u) || strings.HasSuffix(u.Host, ":") {
		return errors.New("write the port as browsers do: without zeros, and none where it is the usual one")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") {
		return errors.New("it has to begin with https://")
	}
	if protocol.ValidateRPID(u.Hostname()) != nil {
		return errors.New("browsers make passkeys for names, not for numbers")
	}
	return nil
}

// portOf is the port of an address as browsers write it; empty: the usual one. What is no port comes out as another text.
func portOf(u *url.URL) string {
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || n == 0 || u.Scheme == "https" && n == 443 || u.Scheme == "http" && n == 80 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// keyholder is an account as the library wants it.
type keyholder struct{ archive.User }

// WebAuthnID implements [webauthn.User].
func (k keyholder) WebAuthnID() []byte { return []byte(k.ID) }

// WebAuthnName implements [webauthn.User].
func (k keyholder) WebAuthnName() string { return k.Name }

// WebAuthnDisplayName implements [webauthn.User].
func (k keyholder) WebAuthnDisplayName() string { return k.Called() }

// WebAuthnCredentials implements [webauthn.User].
func (k keyholder) WebAuthnCredentials() []webauthn.Credential {
	var out []webauthn.Credential
	for _, p := range k.Passkeys {
		out = append(out, webauthn.Credential{
			ID: p.ID, PublicKey: p.Key, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: p.Syncable, BackupState: p.Synced},
			Authenticator: webauthn.Authenticator{SignCount: p.Count},
		})
	}
	return out
}

// descriptors names the passkeys of an account to a browser.
func (k keyholder) descriptors() (out []protocol.CredentialDescriptor) {
	for _, c := range k.WebAuthnCredentials() {
		out = append(out, c.Descriptor())
	}
	return out
}

// Passkeys reports whether accounts may have passkeys: where [Config.Origin] says what for.
func (a *Accounts) Passkeys() bool { return a.guard.passkeys != nil }

// AskPasskey asks a browser for a passkey to sign in with: any that it has for this program, or one of the account where id
// names one.
func (a *Accounts) AskPasskey(ctx context.Context, id archive.UserID) (PasskeyAsk, error) {
	if !a.Passkeys() {
		return PasskeyAsk{}, archive.ErrNotFound
	}
	var options []webauthn.LoginOption
	if id != "" {
		u, err := a.User(ctx, id)
		if err != nil {
			return PasskeyAsk{}, err
		}
		options = append(options, webauthn.WithAllowedCredentials(keyholder{u}.descriptors()))
	}
	asked, session, err := a.guard.passkeys.BeginDiscoverableLogin(options...)
	if err != nil {
		return PasskeyAsk{}, fmt.Errorf("acl: passkey: %w", err)
	}
	out, err := json.Marshal(asked.Response)
	return PasskeyAsk{out, session.Challenge}, err
}

// PasskeyOwner is whose passkey an answer says it comes from; "" where it doesn't.
func PasskeyOwner(answer []byte) archive.UserID {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return ""
	}
	return ownerOf(parsed)
}

// ownerOf is who the account is that the device made the key for.
func ownerOf(answer *protocol.ParsedCredentialAssertionData) archive.UserID {
	id, err := archive.ParseID[archive.UserID](string(answer.Response.UserHandle))
	if err != nil {
		return ""
	}
	return id
}

// SignInPasskey signs in who answered [Accounts.AskPasskey] with a passkey of hers, which counts as password and second factor.
// challenge is what the browser was asked, "" where it wasn't, or too long ago, or answered before. Every failure is
// [ErrSignIn], and counts as a wrong password does.
func (a *Accounts) SignInPasskey(ctx context.Context, challenge string, answer []byte, client, address string) (archive.User, error) {
	t := attempt{client: client, address: address, op: audit.OpSignin, factor: "passkey", why: "unknown"}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err == nil {
		t.user, t.known, err = a.byID(ctx, ownerOf(parsed))
	} else {
		parsed, err = nil, nil
	}
	if err != nil {
		return archive.User{}, err
	}
	if t.known {
		t.why = "" // an account that is closed or has to wait isn't unknown
	}
	return a.try(ctx, &t, a.judgePasskey(&t, challenge, parsed))
}

func (a *Accounts) byID(ctx context.Context, id archive.UserID) (u archive.User, known bool, err error) {
	err = a.guard.Store.View(ctx, func(r archive.Reader) error {
		u, err = r.User(id)
		return err
	})
	if isNotFound(err) {
		return archive.User{}, false, nil
	}
	return u, err == nil, err
}

// ProvePasskey is [Accounts.Prove] by a passkey.
func (a *Accounts) ProvePasskey(ctx context.Context, id archive.UserID, challenge string, answer []byte, client, address string) (archive.User, error) {
	u, err := a.User(ctx, id)
	if err != nil {
		return archive.User{}, err
	}
	t := attempt{user: u, known: true, client: client, address: address, op: audit.OpSigninAgain, factor: "passkey"}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		parsed = nil
	}
	return a.try(ctx, &t, a.judgePasskey(&t, challenge, parsed))
}

// judgePasskey believes an answer that a passkey of the account signed for what was asked, here, after its device made sure of its
// owner. One whose device says it was used no more often than before may come from a copy: it is refused, and noted.
func (a *Accounts) judgePasskey(t *attempt, challenge string, answer *protocol.ParsedCredentialAssertionData) func(*archive.User) proven {
	asked := webauthn.SessionData{Challenge: challenge, UserID: []byte(t.user.ID), UserVerification: protocol.VerificationRequired}
	return func(now *archive.User) proven {
		if t.why = "unbelieved"; challenge == "" && answer != nil {
			t.why = "late"
		}
		if answer != nil && slices.ContainsFunc(now.Passkeys, func(p archive.Passkey) bool { return bytes.Equal(p.ID, answer.RawID) }) {
			t.passkey = markOf(answer.RawID)
		}
		if challenge == "" || answer == nil || now.Identity != nil || !a.Passkeys() {
			return nothing
		}
		used, err := a.guard.passkeys.ValidateLogin(keyholder{*now}, asked, answer)
		if err != nil {
			return nothing
		}
		now.Passkeys = slices.Clone(now.Passkeys)
		p := &now.Passkeys[slices.IndexFunc(now.Passkeys, func(p archive.Passkey) bool { return bytes.Equal(p.ID, used.ID) })]
		at := a.guard.Now().UTC()
		if used.Authenticator.CloneWarning {
			p.Copied, t.why = at, "counter"
			return nothing
		}
		p.Count, p.Synced, p.Used, t.why = used.Authenticator.SignCount, used.Flags.BackupState, at, ""
		return whole
	}
}

// markOf names a passkey in the trail, which keeps neither the name its owner gave it nor what her device calls it.
func markOf(id []byte) string {
	sum := sha256.Sum256(append([]byte("passkey "), id...))
	return hex.EncodeToString(sum[:4])
}

// PasskeyChallenge is what an answer says that the browser was asked; "" where it says nothing that can be read. Nothing is
// believed by it.
func PasskeyChallenge(answer []byte) string {
	var a struct {
		Response struct {
			Client protocol.URLEncodedBase64 `json:"clientDataJSON"`
		} `json:"response"`
	}
	var client struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(answer, &a) != nil || json.Unmarshal(a.Response.Client, &client) != nil {
		return ""
	}
	return client.Challenge
}

// Stranded counts the open accounts that can't sign in since passkeys are all they have and there are none here.
func (a *Accounts) Stranded(ctx context.Context) (n int, err error) {
	if a.Passkeys() {
		return 0, nil
	}
	err = a.guard.Store.View(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		n = 0
		for _, u := range users {
			if len(u.Passkeys) > 0 && u.Factor == nil && !u.Disabled {
				n++
			}
		}
		return err
	})
	return n, err
}

// refOf names a passkey to its owner.
func refOf(p archive.Passkey) string { return base64.RawURLEncoding.EncodeToString(p.ID) }

// Passkeys are the subject's own, the oldest first.
func (d *Desk) Passkeys(ctx context.Context) (views []PasskeyView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		u, err := r.User(d.subject.User)
		views = nil
		for _, p := range u.Passkeys {
			views = append(views, PasskeyView{
				Ref: refOf(p), Mark: markOf(p.ID), Name: p.Name, Since: p.Since, Used: p.Used, Syncable: p.Syncable, Synced: p.Synced, Copied: p.Copied,
			})
		}
		return err
	})
	return views, err
}

// AskNewPasskey asks the subject's browser to make a passkey for her account; office is what the device shows as whom it is for.
// It is an [*archive.FieldError] for accounts of a provider and those that have too many, [archive.ErrNotFound] where there are none.
func (d *Desk) AskNewPasskey(ctx context.Context, office string) (PasskeyAsk, error) {
	if !d.guard.accounts.Passkeys() {
		return PasskeyAsk{}, archive.ErrNotFound
	}
	u, err := d.guard.accounts.User(ctx, d.subject.User)
	if err != nil {
		return PasskeyAsk{}, err
	}
	if err := mayAddPasskey(u); err != nil {
		return PasskeyAsk{}, err
	}
	asked, session, err := d.guard.passkeys.BeginRegistration(keyholder{u}, webauthn.WithExclusions(keyholder{u}.descriptors()),
		webauthn.WithCredentialParameters(passkeyAlgorithms()), webauthn.WithRegistrationRelyingPartyName(office))
	if err != nil {
		return PasskeyAsk{}, fmt.Errorf("acl: passkey: %w", err)
	}
	out, err := json.Marshal(asked.Response)
	return PasskeyAsk{out, session.Challenge}, err
}

// passkeyAlgorithms are those that keys may be for: what devices have, and nothing that is thought weak.
func passkeyAlgorithms() []protocol.CredentialParameter {
	return webauthn.CredentialParametersRecommendedL3()
}

func mayAddPasskey(u archive.User) error {
	switch {
	case u.Identity != nil:
		return errClaimed("/passkey")
	case len(u.Passkeys) >= maxPasskeys:
		return &archive.FieldError{Pointer: "/passkey", Code: "too_many"}
	}
	return nil
}

// AddPasskey gives the subject the passkey that her browser made as it was asked by [Desk.AskNewPasskey]. Who calls it knows that
// the subject proved of late who she is. The error is an [*archive.FieldError] for a bad name, and for an answer that isn't
// believed, which is recorded; challenge is "" where the browser wasn't asked, or too long ago.
func (d *Desk) AddPasskey(ctx context.Context, name, challenge string, answer []byte) error {
	name = strings.TrimSpace(name)
	switch err := checkLine("/name", name, maxPasskeyName); {
	case err != nil:
		return err
	case name == "":
		return &archive.FieldError{Pointer: "/name", Code: "required"}
	case !d.guard.accounts.Passkeys():
		return archive.ErrNotFound
	}
	tried := act{op: audit.OpPasskeyAdd, object: "user/" + string(d.subject.User)}
	made, err := d.madePasskey(challenge, answer)
	if err != nil {
		return d.record(ctx, tried, err)
	}
	now := d.guard.Now().UTC()
	added := archive.Passkey{
		ID: made.ID, Key: made.PublicKey, Name: name, Count: made.Authenticator.SignCount,
		Syncable: made.Flags.BackupEligible, Synced: made.Flags.BackupState, Since: now,
	}
	err = d.ownPasskeys(ctx, audit.OpPasskeyAdd, func(tx archive.Tx, u *archive.User) (archive.Passkey, error) {
		if err := mayAddPasskey(*u); err != nil {
			return added, err
		}
		if err := newToAll(tx, made.ID); err != nil {
			return added, err
		}
		u.Passkeys = append(slices.Clone(u.Passkeys), added)
		return added, nil
	})
	if errors.Is(err, archive.ErrConflict) || errors.Is(err, archive.ErrInvalid) {
		err = d.record(ctx, tried, err)
	}
	return err
}

// madePasskey believes a browser that it made what it was asked for.
func (d *Desk) madePasskey(challenge string, answer []byte) (*webauthn.Credential, error) {
	unbelieved := &archive.FieldError{Pointer: "/passkey", Code: "unbelieved"}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, unbelieved
	}
	if challenge == "" {
		return nil, &archive.FieldError{Pointer: "/passkey", Code: "late"}
	}
	holder := keyholder{archive.User{ID: d.subject.User}}
	made, err := d.guard.passkeys.CreateCredential(holder, webauthn.SessionData{
		Challenge: challenge, UserID: holder.WebAuthnID(), UserVerification: protocol.VerificationRequired, CredParams: passkeyAlgorithms(),
	}, parsed)
	if err != nil {
		return nil, unbelieved
	}
	return made, nil
}

// newToAll asks that no account has a passkey with an ID. There are few accounts, and it is rarely asked.
func newToAll(r archive.Reader, id []byte) error {
	users, err := r.Users()
	for _, u := range users {
		if slices.ContainsFunc(u.Passkeys, func(p archive.Passkey) bool { return bytes.Equal(p.ID, id) }) {
			return archive.ErrConflict
		}
	}
	return err
}

// DropPasskey takes a passkey of the subject's away. Who calls it knows that she proved of late who she is. It is
// [archive.ErrNotFound] where there is none, and an [*archive.FieldError] for the last one of an account that would lose
// rights without it, until there are codes.
func (d *Desk) DropPasskey(ctx context.Context, ref string) error {
	return d.ownPasskeys(ctx, audit.OpPasskeyDrop, func(_ archive.Tx, u *archive.User) (p archive.Passkey, err error) {
		i := slices.IndexFunc(u.Passkeys, func(p archive.Passkey) bool { return refOf(p) == ref })
		if i < 0 {
			return p, archive.ErrNotFound
		}
		if len(u.Passkeys) == 1 && u.Factor == nil && slices.ContainsFunc(u.Roles, d.guard.wantsFactor) {
			return p, &archive.FieldError{Pointer: "/passkey", Code: "last"}
		}
		p = u.Passkeys[i]
		u.Passkeys = slices.Delete(slices.Clone(u.Passkeys), i, i+1)
		return p, nil
	})
}

// RenamePasskey calls a passkey of the subject's something else. Errors are those of [Desk.DropPasskey] and of names.
func (d *Desk) RenamePasskey(ctx context.Context, ref, name string) error {
	name = strings.TrimSpace(name)
	if err := checkLine("/name", name, maxPasskeyName); err != nil || name == "" {
		return cmp.Or(err, error(&archive.FieldError{Pointer: "/name", Code: "required"}))
	}
	return d.ownPasskeys(ctx, audit.OpPasskeyRename, func(_ archive.Tx, u *archive.User) (p archive.Passkey, err error) {
		i := slices.IndexFunc(u.Passkeys, func(p archive.Passkey) bool { return refOf(p) == ref })
		if i < 0 {
			return p, archive.ErrNotFound
		}
		u.Passkeys = slices.Clone(u.Passkeys)
		u.Passkeys[i].Name = name
		return u.Passkeys[i], nil
	})
}

// ownPasskeys changes those of the subject's own account; edit says which one it changed.
func (d *Desk) ownPasskeys(ctx context.Context, op audit.Op, edit func(archive.Tx, *archive.User) (archive.Passkey, error)) error {
	done := act{op: op, object: "user/" + string(d.subject.User)}
	return d.change(ctx, done, func(tx archive.Tx) (act, error) {
		u, err := tx.User(d.subject.User)
		if err != nil {
			return act{}, err
		}
		p, err := edit(tx, &u)
		if err != nil {
			return act{}, err
		}
		done := done
		done.detail = &audit.Detail{Act: map[string]any{"address": d.subject.Address, "passkeys": len(u.Passkeys), "passkey": markOf(p.ID)}}
		u.Changed, u.Revision = d.guard.Now().UTC(), u.Revision+1
		return done, tx.PutUser(u)
	})
}
