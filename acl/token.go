package acl

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// maxTokenLife is how long a token made here may live.
const maxTokenLife = 2 * 366 * 24 * time.Hour

// TokenView is a token without what it consists of.
type TokenView struct {
	// ID names it to revoke it; nothing can be opened with it.
	ID               string
	User             archive.UserID
	Created, Expires time.Time
}

// tokenID derives a name from the hash of a token.
func tokenID(hash [32]byte) string {
	sum := sha256.Sum256(append([]byte("token id\x00"), hash[:]...))
	return hex.EncodeToString(sum[:16])
}

func tokenView(t archive.Token) TokenView {
	return TokenView{tokenID(t.Hash), t.User, t.Created, t.Expires}
}

// newToken makes a token and the record of it.
func (g *Guard) newToken(user archive.UserID, life time.Duration) (secret string, t archive.Token, err error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", t, fmt.Errorf("acl: token: %w", err)
	}
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
	now := g.Now().UTC()
	return secret, archive.Token{Hash: sha256.Sum256([]byte(secret)), User: user, Created: now, Expires: now.Add(life)}, nil
}

// Tokens lists an account's tokens, oldest first, for who operates the system.
func (d *Desk) Tokens(ctx context.Context, user archive.UserID) ([]TokenView, error) {
	out := []TokenView{}
	err := d.view(ctx, func(r archive.Reader) error {
		if _, ok := d.able(policies.ActOperate); !ok {
			return ErrDenied
		}
		if _, err := r.User(user); err != nil {
			return err
		}
		tokens, err := r.Tokens(user)
		out = out[:0]
		for _, t := range tokens {
			out = append(out, tokenView(t))
		}
		return err
	})
	return out, d.refused(ctx, act{op: audit.OpAccessRefused, object: "user/" + string(user)}, err)
}

// CreateToken makes a token for a technical account: one that can do no more than drop papers into a basket.
// With another's token an administrator could read what she has no right to, so those are made on the
// machine itself. The secret is told once.
func (d *Desk) CreateToken(ctx context.Context, user archive.UserID, life time.Duration) (secret string, view TokenView, err error) {
	tried := act{op: audit.OpTokenCreate, object: "user/" + string(user)}
	v, ok := d.able(policies.ActOperate)
	if !ok {
		return "", view, d.refused(ctx, tried, ErrDenied)
	}
	if life <= 0 || life > maxTokenLife {
		return "", view, &archive.FieldError{Pointer: "/expires", Code: "range", Detail: "use a time to come, two years away at most"}
	}
	secret, t, err := d.guard.newToken(user, life)
	if err != nil {
		return "", view, err
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		u, err := tx.User(user)
		if err != nil {
			return act{}, err
		}
		if !d.guard.technical(u) || u.Identity != nil {
			return act{}, ErrDenied
		}
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"expires": t.Expires, "address": d.subject.Address}}
		return done, tx.PutToken(t)
	})
	if err != nil {
		return "", view, err
	}
	return secret, tokenView(t), nil
}

// technical reports whether an account can do nothing but drop papers into a basket, now and with what is
// proposed for it.
func (g *Guard) technical(u archive.User) bool {
	pairs := append(slices.Clone(u.Roles), pairsOf(u.Proposed)...)
	return len(pairs) > 0 && !slices.ContainsFunc(pairs, func(p archive.Pair) bool {
		return len(g.headRegisters[p]) > 0 || slices.ContainsFunc(policies.Capabilities(), func(action string) bool {
			return action != policies.ActUpload && g.able(p, action)
		})
	})
}

// revokeTokens makes all tokens of an account worthless and says how many there were. Administration knows
// those of a technical account: they must not gain what is proposed for it.
func revokeTokens(tx archive.Tx, user archive.UserID) (int, error) {
	tokens, err := tx.Tokens(user)
	for _, t := range tokens {
		err = errors.Join(err, tx.DeleteToken(t.Hash))
	}
	return len(tokens), err
}

// RevokeToken makes a token worthless, by its ID. [archive.ErrNotFound] if there is none, or none any more.
func (d *Desk) RevokeToken(ctx context.Context, id string) error {
	tried := act{op: audit.OpTokenRevoke}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActOperate)
		if !ok {
			return act{}, ErrDenied
		}
		tokens, err := tx.Tokens("")
		if err != nil {
			return act{}, err
		}
		i := slices.IndexFunc(tokens, func(t archive.Token) bool { return tokenID(t.Hash) == id })
		if i < 0 {
			return act{}, archive.ErrNotFound
		}
		done := tried
		done.object = "user/" + string(tokens[i].User)
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"address": d.subject.Address}}
		return done, tx.DeleteToken(tokens[i].Hash)
	})
}
