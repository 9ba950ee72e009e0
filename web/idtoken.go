package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"eakte/acl"
)

// clockSkew is how far a provider's clock may be off ours.
const clockSkew = 30 * time.Second

// unbelieved is why what came from a provider isn't believed, in a word for the trail.
type unbelieved string

// Error implements error.
func (u unbelieved) Error() string { return "not believed: " + string(u) }

// ticket is a token that was believed.
type ticket struct {
	acl.Claimed
	// at is when she signed in at the provider; zero where it doesn't say.
	at time.Time
	// session is what the provider calls her session there, refresh what it is asked with whether she is somebody still; both
	// may be empty.
	session, refresh string
	// grouped says that the provider told which groups she is in, were it none.
	grouped bool
}

// tokenClaims are what a token says beside what [oidc.IDToken] has.
type tokenClaims struct {
	Party string   `json:"azp"`
	ACR   string   `json:"acr"`
	AMR   []string `json:"amr"`
	At    int64    `json:"auth_time"`
	SID   string   `json:"sid"`
	userClaims
}

// userClaims are what a token, or the provider's description of a user, says of her.
type userClaims struct {
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
}

// redeem trades a code for tokens and believes what they say, or says why not.
func (p *provider) redeem(ctx context.Context, found *foundProvider, away away, code string) (ticket, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.flow(found, away.Back).Exchange(ctx, code, oauth2.VerifierOption(away.Verifier))
	if err != nil {
		return ticket{}, untraded(err, "code")
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok || raw == "" {
		return ticket{}, unbelieved("no token")
	}
	t, err := p.believe(ctx, found, raw, away.Nonce, tokens.AccessToken, true)
	if err != nil {
		return ticket{}, err
	}
	t.refresh = tokens.RefreshToken
	err = p.describe(ctx, found, tokens, &t)
	return t, err
}

// believe checks an ID token (OpenID Connect Core, 3.1.3.7): the library signature, algorithm, issuer, audience and
// time, this the rest. The nonce is what the sign-in was begun with; tokens after the first needn't have it (12.2).
func (p *provider) believe(ctx context.Context, found *foundProvider, raw, nonce, access string, first bool) (ticket, error) {
	var missed error
	token, err := found.verifier.Verify(noting(ctx, &missed), raw)
	switch {
	case missed != nil:
		return ticket{}, missed
	case err != nil:
		return ticket{}, p.diagnose(raw)
	}
	var says tokenClaims
	if err := token.Claims(&says); err != nil {
		return ticket{}, unbelieved("claims")
	}
	now := p.now()
	switch {
	case token.Nonce != nonce && (first || token.Nonce != ""), first && nonce == "":
		return ticket{}, unbelieved("nonce")
	case len(token.Audience) > 1 && says.Party == "", says.Party != "" && says.Party != p.Client:
		return ticket{}, unbelieved("party")
	case token.Subject == "" || len(token.Subject) > 255:
		return ticket{}, unbelieved("subject")
	case token.IssuedAt.IsZero() || token.IssuedAt.After(now.Add(clockSkew)) || says.At > now.Add(clockSkew).Unix():
		return ticket{}, unbelieved("early")
	case token.AccessTokenHash != "" && token.VerifyAccessToken(access) != nil:
		return ticket{}, unbelieved("access token")
	}
	t := ticket{Claimed: acl.Claimed{
		Issuer: token.Issuer, Subject: token.Subject, Name: says.Username, Display: says.Name, Strong: p.strong(says.ACR, says.AMR),
	}}
	if t.session = says.SID; says.At > 0 {
		t.at = time.Unix(says.At, 0)
	}
	t.Groups, t.grouped, err = groupsIn(token.Claims, p.GroupsClaim)
	return t, err
}

// describe asks the provider for her groups where its token didn't tell: who is described must be who signed in. Where it
// doesn't tell by that either nothing follows for her, since who is in no group and of whom nothing is said are two things; unless
// the settings say that to it they are one.
func (p *provider) describe(ctx context.Context, found *foundProvider, tokens *oauth2.Token, t *ticket) error {
	if t.grouped {
		return nil
	}
	if found.UserInfoEndpoint() == "" || private(found.UserInfoEndpoint()) != nil {
		return awayGroups
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	switch why := awayBy(err, ""); {
	case err != nil && why != "":
		return why
	case err != nil:
		return unbelieved("description")
	case info.Subject != t.Subject:
		return unbelieved("description of another")
	}
	var says userClaims
	if err := info.Claims(&says); err != nil {
		return unbelieved("claims")
	}
	if t.Name == "" {
		t.Name = says.Username
	}
	if t.Display == "" {
		t.Display = says.Name
	}
	if t.Groups, t.grouped, err = groupsIn(info.Claims, p.GroupsClaim); err == nil && !t.grouped && !p.OmitsEmpty {
		err = awayGroups
	}
	return err
}

// groupsIn reads the claim that names groups: a list of them, or one. told is false where there is none, or it is null.
func groupsIn(claims func(any) error, name string) (groups []string, told bool, err error) {
	var all map[string]json.RawMessage
	if err := claims(&all); err != nil {
		return nil, false, unbelieved("claims")
	}
	var one string
	switch raw := all[name]; {
	case raw == nil || string(raw) == "null":
		return nil, false, nil
	case json.Unmarshal(raw, &groups) == nil:
		return groups, true, nil
	case json.Unmarshal(raw, &one) == nil:
		return []string{one}, true, nil
	}
	return nil, false, unbelieved("groups")
}

// diagnose finds a word for why a token was refused, so that the trail can tell. Nothing is decided by it: nobody vouches
// for what it reads.
func (p *provider) diagnose(raw string) error {
	parts := strings.Split(raw, ".")
	var head struct {
		Algorithm string `json:"alg"`
	}
	var says struct {
		Issuer    string          `json:"iss"`
		Audience  json.RawMessage `json:"aud"`
		Expires   float64         `json:"exp"`
		NotBefore float64         `json:"nbf"`
	}
	if len(parts) != 3 || decodePart(parts[0], &head) != nil || decodePart(parts[1], &says) != nil {
		return unbelieved("malformed")
	}
	now := p.now()
	switch {
	case !slices.Contains(signatures(), head.Algorithm):
		return unbelieved("algorithm")
	case says.Issuer != p.Issuer:
		return unbelieved("issuer")
	case !slices.Contains(audienceOf(says.Audience), p.Client):
		return unbelieved("audience")
	case says.Expires < float64(now.Unix()):
		return unbelieved("expired")
	case says.NotBefore > float64(now.Unix()):
		return unbelieved("early")
	}
	return unbelieved("signature")
}

func decodePart(part string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// audienceOf reads who a token is for: a list, or one.
func audienceOf(raw json.RawMessage) (all []string) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	_ = json.Unmarshal(raw, &all) // what is neither is for nobody
	return all
}
