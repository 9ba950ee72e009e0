package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"eakte/ingest/hotfolder"
	"eakte/ingest/intake"
	"eakte/ingest/mailbox"
)

// way is a way into the inbox beside pages and REST.
type way interface {
	// Run works until ctx ends.
	Run(ctx context.Context) error
	State() intake.State
}

// waysFile is what EAKTE_WAYS names: a file that somebody reviewed, without secrets.
type waysFile struct {
	Folder  []folderSettings  `toml:"folder"`
	Mailbox []mailboxSettings `toml:"mailbox"`
}

// folderSettings is a folder whose files are brought in.
type folderSettings struct {
	Name    string `toml:"name"`
	Path    string `toml:"path"`
	Account string `toml:"account"`
	Basket  string `toml:"basket"`
	// Channel is "scan" where nothing is said.
	Channel string `toml:"channel"`
	// Settle is for how long a file must stay the same; KeepDays for how long it lies in done/.
	Settle   duration `toml:"settle"`
	KeepDays int      `toml:"keep_days"`
}

// mailboxSettings is a mailbox whose messages are brought in.
type mailboxSettings struct {
	Name     string `toml:"name"`
	Address  string `toml:"address"`
	Security string `toml:"security"`
	// CA is a file of certificates to trust beside the machine's own.
	CA   string `toml:"ca"`
	User string `toml:"user"`
	// The secret comes from a file, or from the variable of the environment that SecretEnv names.
	SecretFile string `toml:"secret_file"`
	SecretEnv  string `toml:"secret_env"`
	Account    string `toml:"account"`
	// Channel is "email" where nothing is said.
	Channel string         `toml:"channel"`
	Folder  string         `toml:"folder"`
	Done    string         `toml:"done"`
	Failed  string         `toml:"failed"`
	Every   duration       `toml:"every"`
	Rule    []ruleSettings `toml:"rule"`
}

// ruleSettings says which messages go into a basket.
type ruleSettings struct {
	From    string `toml:"from"`
	To      string `toml:"to"`
	Subject string `toml:"subject"`
	Basket  string `toml:"basket"`
}

// duration is read from "3s".
type duration time.Duration

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err == nil && v < 0 {
		err = errors.New("a duration is not negative")
	}
	*d = duration(v)
	return err
}

// wayName is how an operator calls a way: it stands in logs and on the page of the system.
var wayName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// openWays reads EAKTE_WAYS.
func (a *app) openWays() error {
	if a.cfg.Ways == "" {
		return nil
	}
	var file waysFile
	read, err := toml.DecodeFile(a.cfg.Ways, &file)
	if err != nil {
		return fmt.Errorf("EAKTE_WAYS: %w", err)
	}
	for _, key := range read.Undecoded() {
		return fmt.Errorf("EAKTE_WAYS: %s is not a setting", key)
	}
	seen := map[string]bool{}
	for _, f := range file.Folder {
		w, err := a.openFolder(f, seen)
		if err != nil {
			return fmt.Errorf("EAKTE_WAYS: folder %q: %w", f.Name, err)
		}
		a.ways = append(a.ways, w)
	}
	for _, m := range file.Mailbox {
		w, err := a.openMailbox(m, seen)
		if err != nil {
			return fmt.Errorf("EAKTE_WAYS: mailbox %q: %w", m.Name, err)
		}
		a.ways = append(a.ways, w)
	}
	return nil
}

// named checks what all ways have.
func (a *app) named(name, account, channel string, baskets []string, seen map[string]bool) error {
	switch {
	case !wayName.MatchString(name):
		return errors.New("name: use a-z, 0-9 and dashes")
	case seen[name]:
		return errors.New("name: there is another of that name")
	case account == "":
		return errors.New("account: name a technical account")
	}
	seen[name] = true
	if _, ok := a.policies.Channel(channel); !ok {
		return fmt.Errorf("channel: the rules know no %q", channel)
	}
	for _, b := range baskets {
		if _, ok := a.policies.Department(b); !ok {
			return fmt.Errorf("basket: the rules know no %q", b)
		}
	}
	return nil
}

func (a *app) openFolder(f folderSettings, seen map[string]bool) (way, error) {
	if f.Channel == "" {
		f.Channel = "scan"
	}
	if err := a.named(f.Name, f.Account, f.Channel, []string{f.Basket}, seen); err != nil {
		return nil, err
	}
	at := filepath.Clean(f.Path)
	if !filepath.IsAbs(at) || f.KeepDays < 0 {
		return nil, errors.New("path: name it from the root on; keep_days: a number from 1")
	}
	for _, other := range []string{a.cfg.Data, at} { // neither inside the other: our own files are no papers
		inner := at
		if other == at {
			inner = a.cfg.Data
		}
		if rel, err := filepath.Rel(other, inner); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
			return nil, errors.New("path: it has to lie outside the data folder")
		}
	}
	return hotfolder.New(hotfolder.Config{
		Name: f.Name, Path: at, Account: f.Account, Basket: f.Basket, Channel: f.Channel,
		Settle: time.Duration(f.Settle), Keep: f.KeepDays, Door: a.guard.Door(), Zone: a.zone, Log: a.log,
	}), nil
}

func (a *app) openMailbox(m mailboxSettings, seen map[string]bool) (way, error) {
	if m.Channel == "" {
		m.Channel = "email"
	}
	var rules []mailbox.Rule
	var baskets []string
	for _, r := range m.Rule {
		rules, baskets = append(rules, mailbox.Rule(r)), append(baskets, r.Basket)
	}
	if err := a.named(m.Name, m.Account, m.Channel, baskets, seen); err != nil {
		return nil, err
	}
	if len(rules) == 0 || m.User == "" || m.Done == "" || m.Failed == "" {
		return nil, errors.New("name user, done, failed and a rule at least")
	}
	if folder := m.Folder; m.Done == folder || m.Failed == folder || strings.EqualFold(m.Done, "INBOX") || strings.EqualFold(m.Failed, "INBOX") {
		return nil, errors.New("done, failed: folders beside the one of new messages")
	}
	password, err := m.secret()
	if err != nil {
		return nil, err
	}
	trust, err := trustIn(m.CA)
	if err != nil {
		return nil, err
	}
	return mailbox.New(mailbox.Config{
		Name: m.Name, Address: m.Address, Security: m.Security, Trust: trust, User: m.User, Secret: string(password),
		Folder: m.Folder, Done: m.Done, Failed: m.Failed, Account: m.Account, Channel: m.Channel, Rules: rules,
		Every: time.Duration(m.Every), Limit: a.cfg.UploadLimit, Door: a.guard.Door(), Log: a.log,
	})
}

// secret reads the password from where the settings say. No error holds it.
func (m mailboxSettings) secret() (secret, error) {
	switch {
	case (m.SecretFile == "") == (m.SecretEnv == ""):
		return "", errors.New("say either secret_file or secret_env")
	case strings.HasPrefix(m.SecretEnv, "EAKTE_"):
		return "", errors.New("secret_env: variables that begin with EAKTE_ are settings; choose another name")
	case m.SecretEnv != "":
		if v := os.Getenv(m.SecretEnv); v != "" {
			return secret(v), nil
		}
		return "", fmt.Errorf("secret_env: %s is empty", m.SecretEnv)
	}
	info, err := os.Stat(m.SecretFile)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", errors.New("secret_file: everybody can read it; take that right away")
	}
	data, err := os.ReadFile(m.SecretFile)
	if err == nil && len(strings.TrimRight(string(data), "\r\n")) == 0 {
		err = errors.New("secret_file: it is empty")
	}
	return secret(strings.TrimRight(string(data), "\r\n")), err
}

// trustIn returns whom to trust: the machine's own certificates and those of a file.
func trustIn(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(data) {
		return nil, errors.New("ca: no certificate is in it")
	}
	return &tls.Config{RootCAs: roots}, nil
}
