package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"eakte/acl"
	"eakte/policies"
	"eakte/web"
)

// oidcConfig is a provider at which people sign in (OpenID Connect).
type oidcConfig struct {
	// Issuer is its address, Client what this program is called there, Name what pages call the provider.
	Issuer, Client, Name string
	// Secret is the client's, or SecretFile a file with it.
	Secret     secret
	SecretFile string
	// Groups is a table of what groups of the provider give, GroupsClaim the claim that names them.
	Groups, GroupsClaim string
	Scopes, Factor      []string
	// OmitsEmpty says that the provider leaves the claim out for who is in no group.
	OmitsEmpty bool
	// CA is a file of certificates to trust for it beside the machine's own.
	CA string
}

// check says what is missing.
func (c oidcConfig) check() error {
	set := c.Client != "" || c.Name != "" || c.Secret != "" || c.SecretFile != "" || c.Groups != "" || c.GroupsClaim != "" ||
		c.Scopes != nil || c.Factor != nil || c.CA != "" || c.OmitsEmpty
	switch {
	case c.Issuer == "" && set:
		return errors.New("EAKTE_OIDC_ISSUER is missing: without it nobody signs in there")
	case c.Issuer == "":
		return nil
	case c.Client == "" || c.Groups == "":
		return errors.New("EAKTE_OIDC_ISSUER needs EAKTE_OIDC_CLIENT_ID and EAKTE_OIDC_GROUPS beside it")
	case c.Secret != "" && c.SecretFile != "":
		return errors.New("EAKTE_OIDC_CLIENT_SECRET and EAKTE_OIDC_CLIENT_SECRET_FILE: say one of them")
	}
	return nil
}

// groups reads the table; nil without a provider.
func (c oidcConfig) groups(set *policies.Set) (acl.Groups, error) {
	if c.Issuer == "" {
		return nil, nil
	}
	file, err := os.Open(c.Groups)
	if err != nil {
		return nil, fmt.Errorf("EAKTE_OIDC_GROUPS: %w", err)
	}
	defer file.Close()
	groups, err := acl.ReadGroups(c.Groups, file, set)
	if err != nil {
		return nil, fmt.Errorf("EAKTE_OIDC_GROUPS: %w", err)
	}
	return groups, nil
}

// provider is what the server asks; nil: none.
func (c oidcConfig) provider() (*web.Provider, error) {
	if c.Issuer == "" {
		return nil, nil
	}
	key := c.Secret
	if c.SecretFile != "" {
		var err error
		if key, err = (mailboxSettings{SecretFile: c.SecretFile}).secret(); err != nil {
			return nil, fmt.Errorf("EAKTE_OIDC_CLIENT_SECRET_FILE: %w", err)
		}
	}
	trust, err := trustIn(c.CA)
	if err != nil {
		return nil, fmt.Errorf("EAKTE_OIDC_CA: %w", err)
	}
	name := c.Name
	if u, err := url.Parse(c.Issuer); err == nil && name == "" {
		name = u.Hostname()
	}
	return &web.Provider{
		Issuer: c.Issuer, Client: c.Client, Secret: string(key), Name: name, Scopes: c.Scopes, GroupsClaim: c.GroupsClaim,
		OmitsEmpty: c.OmitsEmpty, Factor: c.Factor, Trust: trust,
	}, nil
}
