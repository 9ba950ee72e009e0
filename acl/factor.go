package acl

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"eakte/archive"
	"eakte/archive/audit"
)

// Of codes (RFC 6238, as all apps for them do it).
const (
	codePeriod = 30 // seconds that one is shown for
	// codeSkew is how many periods the clock of a telephone may be off, either way.
	codeSkew = 1
	// factorSecret is in bytes: as long as the hash is (RFC 4226, section 4).
	factorSecret  = 20
	recoveryCodes = 10
	// recoveryBytes is how much chance is in a recovery code: its hash can't be guessed back.
	recoveryBytes = 10
)

// FactorView is the second factor of an account, without what makes codes.
type FactorView struct {
	// Since is zero where there is none.
	Since time.Time
	// Left is how many recovery codes are.
	Left int
	// Wanted says that a role of the account gives no right without one.
	Wanted bool
	// Passkeys is how many there are.
	Passkeys int
	// Claimed says that the account is one of a provider, which asks for the factor, and Strong that it did.
	Claimed, Strong bool
}

// letters32 is how secrets and recovery codes are written.
func letters32() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// NewFactorSecret makes a key for codes, as [Desk.SetFactor] takes it and apps do.
func NewFactorSecret() string {
	var b [factorSecret]byte
	_, _ = rand.Read(b[:]) // never fails
	return letters32().EncodeToString(b[:])
}

// newRecovery makes recovery codes, "abcd-efgh-ijkl-mnop", and what is kept of them.
func newRecovery() (codes []string, kept [][32]byte) {
	for range recoveryCodes {
		var b [recoveryBytes]byte
		_, _ = rand.Read(b[:]) // never fails
		plain := strings.ToLower(letters32().EncodeToString(b[:]))
		codes = append(codes, strings.Join([]string{plain[:4], plain[4:8], plain[8:12], plain[12:]}, "-"))
		kept = append(kept, sha256.Sum256([]byte(plain)))
	}
	return codes, kept
}

// typedCode is a code without what people put between its parts.
func typedCode(code string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, code))
}

// takeCode uses up the code that was typed; false where it isn't good, or not any more. f is changed where it is.
func takeCode(f *archive.Factor, code string, now time.Time) bool {
	code = typedCode(code)
	if len(f.Secret) == 0 {
		return false
	}
	if len(code) != otp.DigitsSix.Length() {
		i := slices.Index(f.Recovery, sha256.Sum256([]byte(code)))
		if i >= 0 {
			f.Recovery = slices.Delete(slices.Clone(f.Recovery), i, i+1)
		}
		return i >= 0
	}
	step, ok := codeStep(f.Secret, code, now)
	if !ok || step <= f.Step {
		return false
	}
	f.Step = step
	return true
}

// codeStep finds the time step that a code belongs to, comparing with all that it could be.
func codeStep(secret []byte, code string, now time.Time) (step int64, ok bool) {
	at := now.Unix() / codePeriod
	for s := at - codeSkew; s <= at+codeSkew; s++ {
		want, err := hotp.GenerateCode(letters32().EncodeToString(secret), uint64(s))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// SignInCode signs an account in that [Accounts.SignIn] returned with [ErrCodeRequired]. The code is one of six digits or a
// recovery code, and is good once. Every failure is [ErrSignIn], and counts as a wrong password does; so is a password
// that was changed meanwhile.
func (a *Accounts) SignInCode(ctx context.Context, u archive.User, code, client, address string) (archive.User, error) {
	t := attempt{user: u, known: true, client: client, address: address, op: audit.OpSignin, factor: factorOf(code)}
	return a.try(ctx, &t, a.judgeCode(code))
}

// factorOf is what the trail calls what was typed.
func factorOf(code string) string {
	if len(typedCode(code)) != otp.DigitsSix.Length() {
		return "recovery"
	}
	return "code"
}

func (a *Accounts) judgeCode(code string) func(*archive.User) proven {
	return func(now *archive.User) proven {
		switch {
		case now.Factor == nil && len(now.Passkeys) > 0:
			return nothing // there are no codes, and a password isn't enough
		case now.Factor == nil:
			return whole
		}
		f := *now.Factor
		if !takeCode(&f, code, a.guard.Now()) {
			return nothing
		}
		now.Factor = &f
		return whole
	}
}

// Prove asks who is signed in to prove once more who she is: by her password and, where she has a second factor, a code.
// Every failure is [ErrSignIn] and tells nothing of which was wrong; so is any password where there are passkeys and no codes. They
// count like those at the sign-in.
func (a *Accounts) Prove(ctx context.Context, id archive.UserID, password, code, client, address string) (archive.User, error) {
	return a.prove(ctx, id, password, code, client, address, a.judgeCode(code))
}

// prove is Prove, with what else is asked for beside the password.
func (a *Accounts) prove(ctx context.Context, id archive.UserID, password, code, client, address string, besides func(*archive.User) proven) (archive.User, error) {
	u, err := a.User(ctx, id)
	if err != nil {
		return archive.User{}, err
	}
	right, err := a.compare(ctx, u.Password, password)
	if err != nil {
		return archive.User{}, err
	}
	t := attempt{user: u, known: true, client: client, address: address, op: audit.OpSigninAgain}
	if u.Factor != nil {
		t.factor = factorOf(code)
	}
	return a.try(ctx, &t, func(now *archive.User) proven {
		if !right {
			return nothing
		}
		return besides(now)
	})
}

// Pairs are those of an account that count for who signed in at a browser: where a pair wants a second factor and there is
// none, here or at her provider, it gives no right, and wanted is true.
func (a *Accounts) Pairs(u archive.User) (count []archive.Pair, wanted bool) {
	for _, p := range u.Roles {
		if a.guard.wantsFactor(p) && u.Factor == nil && len(u.Passkeys) == 0 && !strong(u) {
			wanted = true
			continue
		}
		count = append(count, p)
	}
	return count, wanted
}

// strong reports whether more than a password was asked for when somebody last signed in to the account at its provider.
func strong(u archive.User) bool { return u.Identity != nil && u.Identity.Strong }

// wantsFactor reports whether a pair gives no right without a second factor.
func (g *Guard) wantsFactor(p archive.Pair) bool {
	return slices.Contains(g.FactorFor, p.Role) || slices.Contains(g.FactorFor, p.Role+"@"+p.Department)
}

// ResetFactor takes an account's second factor and its passkeys away, for who lost the devices and the recovery codes. It ends her
// sessions.
func (a *Accounts) ResetFactor(ctx context.Context, by audit.Actor, name string) error {
	return a.change(ctx, by, name, "second factor removed", func(u *archive.User) { u.Factor, u.Passkeys = nil, nil })
}

// Factor tells of the subject's own second factor.
func (d *Desk) Factor(ctx context.Context) (v FactorView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		u, err := r.User(d.subject.User)
		if err != nil {
			return err
		}
		v = FactorView{Wanted: slices.ContainsFunc(u.Roles, d.guard.wantsFactor), Passkeys: len(u.Passkeys), Claimed: u.Identity != nil, Strong: strong(u)}
		if u.Factor != nil {
			v.Since, v.Left = u.Factor.Since, len(u.Factor.Recovery)
		}
		return nil
	})
	return v, err
}

// SetFactor gives the subject a second factor: the secret is one of [NewFactorSecret], and a code made of it shows that her
// device has it. It returns recovery codes, which nobody can look up again. The error is an [*archive.FieldError] for
// a wrong code, [ErrSignIn] for a wrong password, which counts as at the sign-in, [archive.ErrConflict] where there is
// a second factor already. Who has passkeys proved of late, by one, who she is: whoever calls it knows that.
func (d *Desk) SetFactor(ctx context.Context, secret, password, code string) (recovery []string, err error) {
	if d.unconfirmed {
		return nil, ErrUnconfirmed
	}
	key, err := letters32().DecodeString(secret)
	if err != nil || len(key) != factorSecret {
		return nil, archive.ErrInvalid
	}
	step, ok := codeStep(key, typedCode(code), d.guard.Now())
	if !ok {
		return nil, &archive.FieldError{Pointer: "/code", Code: "wrong_code"}
	}
	switch f, err := d.Factor(ctx); {
	case err != nil:
		return nil, err
	case !f.Since.IsZero():
		return nil, archive.ErrConflict
	}
	alone := func(*archive.User) proven { return whole }
	proved, err := d.guard.accounts.prove(ctx, d.subject.User, password, "", d.subject.Client, d.subject.Address, alone)
	if err != nil {
		return nil, err
	}
	codes, kept := newRecovery()
	now := d.guard.Now().UTC()
	err = d.ownFactor(ctx, audit.OpFactorSet, proved, func(u *archive.User) error {
		if u.Factor != nil {
			return archive.ErrConflict
		}
		u.Factor = &archive.Factor{Secret: key, Step: step, Recovery: kept, Since: now}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// DropFactor takes the subject's second factor away. Failures are those of [Accounts.Prove]; [archive.ErrNotFound] where
// there is none.
func (d *Desk) DropFactor(ctx context.Context, password, code string) error {
	if d.unconfirmed {
		return ErrUnconfirmed
	}
	switch f, err := d.Factor(ctx); {
	case err != nil:
		return err
	case f.Since.IsZero():
		return archive.ErrNotFound
	}
	proved, err := d.guard.accounts.Prove(ctx, d.subject.User, password, code, d.subject.Client, d.subject.Address)
	if err != nil {
		return err
	}
	return d.ownFactor(ctx, audit.OpFactorDrop, proved, func(u *archive.User) error {
		if u.Factor == nil {
			return archive.ErrNotFound
		}
		u.Factor = nil
		return nil
	})
}

// ownFactor changes the subject's own account, which still has the password that she proved.
func (d *Desk) ownFactor(ctx context.Context, op audit.Op, proved archive.User, edit func(*archive.User) error) error {
	done := act{op: op, object: "user/" + string(d.subject.User), detail: &audit.Detail{Act: map[string]any{"address": d.subject.Address}}}
	return d.change(ctx, done, func(tx archive.Tx) (act, error) {
		u, err := tx.User(d.subject.User)
		if err != nil {
			return act{}, err
		}
		if u.Password != proved.Password {
			return act{}, ErrSignIn
		}
		if err := edit(&u); err != nil {
			return act{}, err
		}
		u.Changed, u.Revision = d.guard.Now().UTC(), u.Revision+1
		return done, tx.PutUser(u)
	})
}

// FactorAddress is what an app reads to make codes for the account, as a QR code. The error is [archive.ErrInvalid] for what
// is no secret.
func FactorAddress(issuer, name, secret string) (string, error) {
	key, err := letters32().DecodeString(secret)
	if err != nil || len(key) != factorSecret {
		return "", archive.ErrInvalid
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name, Secret: key, Period: codePeriod})
	if err != nil {
		return "", fmt.Errorf("acl: second factor: %w", err)
	}
	return made.URL(), nil
}
