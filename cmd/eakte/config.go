package main

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/ingest"
	"eakte/ingest/clamd"
)

// config is everything that can be set from outside: defaults, then one file of KEY=VALUE lines,
// then the environment, then flags. Unknown keys are errors.
type config struct {
	// Data is the folder for everything the server keeps.
	Data string
	// Listen is the address of the server; Metrics that of the second listener, empty for none.
	Listen  string
	Metrics string
	// Blobs says where objects lie: empty for files under Data.
	Blobs s3Config
	// Policies is a folder of rules; empty for those built in.
	Policies string
	// Clamd is where the ClamAV daemon listens: the path of its socket or HOST:PORT on this machine; empty:
	// received bytes aren't searched for malware.
	Clamd string
	// Validator is the program that checks archival files before they are handed out, by its whole path, and
	// its arguments; empty: none does.
	Validator []string
	// Reader is the program that reads received bytes in a sandbox; empty: the one beside this program.
	Reader string
	// Office says that LibreOffice may draw documents of office programs, where it is installed.
	Office bool
	// Workers is how many pages are recognised at once.
	Workers int
	// Languages is what tesseract reads, "deu+eng".
	Languages string
	// Authority names the authority in the trail: lower-case letters, digits, dots, dashes.
	Authority string
	// Title is what pages call the authority; empty for the product's name.
	Title string
	// Pages is a folder to read pages from while they are written; empty for those built in.
	Pages string
	// Zone decides when a day ends.
	Zone string
	// Secure says that people come by TLS, so that cookies say so.
	Secure bool
	// Sample is of how many looks at Akten outside somebody's area one is put before data protection; 0: none.
	Sample int
	// FactorFor are the roles, or roles in departments, that give no right to who signs in without a second factor;
	// nil: see [factorRoles]; empty: none.
	FactorFor []string
	// Public is what people type to come here, "https://akte.example": passkeys are made for it. Empty: there are none.
	Public string
	// OIDC is where people sign in beside accounts of the program's own; without an issuer: nowhere.
	OIDC oidcConfig
	// TrustedProxies may say whom they speak for; none by default.
	TrustedProxies []string
	// Ways is a file that says by which folders and mailboxes papers come in; empty: by none.
	Ways string
	// Witness is the address of the witness that cosigns checkpoints of the trail, WitnessKey its verifier key, as
	// text or a file with it, WitnessCA a file of certificates to trust for it; empty: there is none.
	Witness, WitnessKey, WitnessCA string
	// TSA is the address of the authority that timestamps them, TSACA a file of certificates to trust for its
	// timestamps; empty: they aren't.
	TSA, TSACA string
	// UploadLimit is in bytes.
	UploadLimit int64
}

// s3Config is a bucket on an S3 server; empty for none.
type s3Config struct {
	Bucket, Endpoint string
	Secure           bool
	AccessKey        string
	SecretKey        secret
}

// secret prints as ***, in JSON and logs too.
type secret string

func (secret) String() string               { return "***" }
func (secret) GoString() string             { return "***" }
func (secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// setting is one key with what it does to the configuration.
type setting struct {
	key string
	set func(*config, string) error
}

// settings lists every key. EAKTE_CONFIG and EAKTE_DATA are looked at before.
func settings() []setting {
	return []setting{
		{"EAKTE_DATA", func(c *config, v string) error { c.Data = v; return nil }},
		{"EAKTE_LISTEN", func(c *config, v string) error { c.Listen = v; return checkAddress(v) }},
		{"EAKTE_METRICS_LISTEN", func(c *config, v string) error { c.Metrics = v; return checkAddress(v) }},
		{"EAKTE_BLOBS", (*config).setBlobs},
		{"EAKTE_S3_ACCESS_KEY", func(c *config, v string) error { c.Blobs.AccessKey = v; return nil }},
		{"EAKTE_S3_SECRET_KEY", func(c *config, v string) error { c.Blobs.SecretKey = secret(v); return nil }},
		{"EAKTE_POLICIES", func(c *config, v string) error { c.Policies = v; return nil }},
		{"EAKTE_CLAMD", (*config).setClamd},
		{"EAKTE_PDFA_VALIDATOR", (*config).setValidator},
		{"EAKTE_READER", func(c *config, v string) error { c.Reader = v; return nil }},
		{"EAKTE_OFFICE", func(c *config, v string) (err error) { c.Office, err = strconv.ParseBool(v); return err }},
		{"EAKTE_WORKERS", func(c *config, v string) error { return setNumber(&c.Workers, v, 1, 256) }},
		{"EAKTE_OCR_LANGUAGES", func(c *config, v string) error { c.Languages = v; return nil }},
		{"EAKTE_AUTHORITY", func(c *config, v string) error { c.Authority = v; return nil }},
		{"EAKTE_TITLE", func(c *config, v string) error { c.Title = v; return nil }},
		{"EAKTE_PAGES", func(c *config, v string) error { c.Pages = v; return nil }},
		{"EAKTE_ZONE", func(c *config, v string) error { c.Zone = v; return nil }},
		{"EAKTE_SECURE", func(c *config, v string) (err error) { c.Secure, err = strconv.ParseBool(v); return err }},
		{"EAKTE_SECOND_FACTOR", func(c *config, v string) error {
			if c.FactorFor = []string{}; v != "none" {
				c.FactorFor = strings.Fields(strings.ReplaceAll(v, ",", " "))
			}
			return nil
		}},
		{"EAKTE_PUBLIC_ADDRESS", func(c *config, v string) error { c.Public = v; return acl.CheckOrigin(v) }},
		{"EAKTE_SAMPLE", func(c *config, v string) error { return setNumber(&c.Sample, v, 0, 1_000_000) }},
		{"EAKTE_TRUSTED_PROXIES", func(c *config, v string) error {
			c.TrustedProxies = strings.Fields(strings.ReplaceAll(v, ",", " "))
			return nil
		}},
		{"EAKTE_OIDC_ISSUER", func(c *config, v string) error { c.OIDC.Issuer = v; return nil }},
		{"EAKTE_OIDC_CLIENT_ID", func(c *config, v string) error { c.OIDC.Client = v; return nil }},
		{"EAKTE_OIDC_CLIENT_SECRET", func(c *config, v string) error { c.OIDC.Secret = secret(v); return nil }},
		{"EAKTE_OIDC_CLIENT_SECRET_FILE", func(c *config, v string) error { c.OIDC.SecretFile = v; return nil }},
		{"EAKTE_OIDC_NAME", func(c *config, v string) error { c.OIDC.Name = v; return nil }},
		{"EAKTE_OIDC_GROUPS", func(c *config, v string) error { c.OIDC.Groups = v; return nil }},
		{"EAKTE_OIDC_GROUPS_CLAIM", func(c *config, v string) error { c.OIDC.GroupsClaim = v; return nil }},
		{"EAKTE_OIDC_OMITS_EMPTY_GROUPS", func(c *config, v string) (err error) { c.OIDC.OmitsEmpty, err = strconv.ParseBool(v); return err }},
		{"EAKTE_OIDC_SCOPES", func(c *config, v string) error { c.OIDC.Scopes = strings.Fields(v); return nil }},
		{"EAKTE_OIDC_FACTOR", func(c *config, v string) error { c.OIDC.Factor = strings.Fields(v); return nil }},
		{"EAKTE_OIDC_CA", func(c *config, v string) error { c.OIDC.CA = v; return nil }},
		{"EAKTE_WAYS", func(c *config, v string) error { c.Ways = v; return nil }},
		{"EAKTE_WITNESS", func(c *config, v string) error { c.Witness = v; return nil }},
		{"EAKTE_WITNESS_KEY", func(c *config, v string) error { c.WitnessKey = v; return nil }},
		{"EAKTE_WITNESS_CA", func(c *config, v string) error { c.WitnessCA = v; return nil }},
		{"EAKTE_TSA", func(c *config, v string) error { c.TSA = v; return nil }},
		{"EAKTE_TSA_CA", func(c *config, v string) error { c.TSACA = v; return nil }},
		{"EAKTE_UPLOAD_LIMIT", func(c *config, v string) (err error) { c.UploadLimit, err = parseSize(v); return err }},
	}
}

// loadConfig reads the configuration. data and file are the flags; empty where not given.
func loadConfig(data, file string, environ []string) (config, error) {
	c := config{
		Data: "data", Listen: "127.0.0.1:8080", Workers: runtime.NumCPU(), Sample: 200, Languages: "deu+eng",
		Authority: "authority.example", Zone: "Europe/Berlin", UploadLimit: 1 << 30, Office: true,
	}
	env := ours(environ)
	if file == "" {
		file = env["EAKTE_CONFIG"]
	}
	delete(env, "EAKTE_CONFIG")
	if file != "" {
		lines, err := readSettings(file)
		if err != nil {
			return config{}, err
		}
		if err := c.apply(lines, file); err != nil {
			return config{}, err
		}
	}
	if err := c.apply(env, "environment"); err != nil {
		return config{}, err
	}
	if data != "" {
		c.Data = data
	}
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return config{}, err
	}
	if c.Blobs.Bucket != "" && (c.Blobs.AccessKey == "" || c.Blobs.SecretKey == "") {
		return config{}, errors.New("EAKTE_BLOBS names a bucket: set EAKTE_S3_ACCESS_KEY and EAKTE_S3_SECRET_KEY too")
	}
	if (c.Witness == "") != (c.WitnessKey == "") {
		return config{}, errors.New("EAKTE_WITNESS and EAKTE_WITNESS_KEY go together: what a witness says is worth nothing without its key")
	}
	return c, c.OIDC.check()
}

// notSettings are variables of the same prefix that other parts of the project read in tests.
func notSettings(key string) bool {
	return key == "EAKTE_SHARED" || strings.HasPrefix(key, "EAKTE_TEST_")
}

// ours picks the variables that start with EAKTE_.
func ours(environ []string) map[string]string {
	out := map[string]string{}
	for _, e := range environ {
		key, value, _ := strings.Cut(e, "=")
		if strings.HasPrefix(key, "EAKTE_") && !notSettings(key) {
			out[key] = value
		}
	}
	return out
}

func (c *config) apply(values map[string]string, source string) error {
	for _, s := range settings() {
		v := values[s.key]
		delete(values, s.key)
		if v == "" {
			continue // as good as not given: an empty address would be every address
		}
		if err := s.set(c, v); err != nil {
			return fmt.Errorf("%s: %s: %w", source, s.key, err)
		}
	}
	for key := range values {
		return fmt.Errorf("%s: %s is not a setting; see README.md for those there are", source, key)
	}
	return nil
}

// readSettings reads KEY=VALUE lines; empty ones and those after # count for nothing.
func readSettings(file string) (map[string]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	out := map[string]string{}
	scan := bufio.NewScanner(f)
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s:%d: write KEY=VALUE", file, n)
		}
		out[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return out, scan.Err()
}

// setClamd takes an address that the client takes.
func (c *config) setClamd(v string) error {
	if _, err := clamd.New(v); err != nil {
		return err
	}
	c.Clamd = v
	return nil
}

// setValidator takes a program by its whole path, with arguments.
func (c *config) setValidator(v string) error {
	words := strings.Fields(v)
	if len(words) > 0 {
		if info, err := os.Stat(words[0]); !filepath.IsAbs(words[0]) || err != nil || info.IsDir() {
			return errors.New("want the whole path of a program that is there, and its arguments")
		}
	}
	c.Validator = words
	return nil
}

// validator is what checks archival files; nil: nothing does.
func (c config) validator() *ingest.Validator {
	if len(c.Validator) == 0 {
		return nil
	}
	return &ingest.Validator{Program: c.Validator[0], Args: c.Validator[1:]}
}

// setBlobs reads "s3://BUCKET?endpoint=HOST:PORT&secure=true|false".
func (c *config) setBlobs(v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.Query().Get("endpoint") == "" {
		return errors.New("write s3://BUCKET?endpoint=HOST:PORT&secure=true")
	}
	c.Blobs.Bucket, c.Blobs.Endpoint, c.Blobs.Secure = u.Host, u.Query().Get("endpoint"), true
	if s := u.Query().Get("secure"); s != "" {
		c.Blobs.Secure, err = strconv.ParseBool(s)
	}
	return err
}

func checkAddress(v string) error {
	if v == "" {
		return nil
	}
	_, _, err := net.SplitHostPort(v)
	return err
}

func setNumber(n *int, v string, least, most int) error {
	i, err := strconv.Atoi(v)
	if err != nil || i < least || i > most {
		return fmt.Errorf("use a number from %d to %d", least, most)
	}
	*n = i
	return nil
}

// parseSize reads "512M" or "2G" or plain bytes.
func parseSize(v string) (int64, error) {
	unit := int64(1)
	switch {
	case strings.HasSuffix(v, "M"):
		v, unit = v[:len(v)-1], 1<<20
	case strings.HasSuffix(v, "G"):
		v, unit = v[:len(v)-1], 1<<30
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/unit {
		return 0, errors.New("use bytes, or a number with M or G")
	}
	return n * unit, nil
}
