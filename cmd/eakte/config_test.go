package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/policies"
)

// defaults are the settings where nothing is set, in a data folder.
func defaults(data string) config {
	return config{
		Data: data, Listen: "127.0.0.1:8080", Workers: runtime.NumCPU(), Sample: 200, Languages: "deu+eng",
		Authority: "authority.example", Zone: "Europe/Berlin", UploadLimit: 1 << 30, Office: true,
	}
}

func TestLoadConfig(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		file string // what the configuration file says; empty: none
		env  []string
		data string // the flag
		want func(*config)
		err  string
	}{
		{name: "nothing is set", want: func(*config) {}},
		{name: "a file sets", file: "EAKTE_LISTEN=127.0.0.1:1\n\n# words\n  EAKTE_WORKERS = 3 \n", want: func(c *config) {
			c.Listen, c.Workers = "127.0.0.1:1", 3
		}},
		{name: "the environment beats the file", file: "EAKTE_LISTEN=127.0.0.1:1\nEAKTE_ZONE=UTC", env: []string{"EAKTE_LISTEN=127.0.0.1:2"}, want: func(c *config) {
			c.Listen, c.Zone = "127.0.0.1:2", "UTC"
		}},
		{name: "the flag beats both", file: "EAKTE_DATA=/file", env: []string{"EAKTE_DATA=/env"}, data: "/flag", want: func(c *config) {
			c.Data = "/flag"
		}},
		{name: "the data folder becomes absolute", env: []string{"EAKTE_DATA=x/../y"}, want: func(c *config) { c.Data = filepath.Join(here, "y") }},
		{name: "empty is not set", file: "EAKTE_ZONE=\n", env: []string{"EAKTE_LISTEN=", "EAKTE_DATA=", "EAKTE_WORKERS=", "EAKTE_SECURE="}, want: func(*config) {}},
		{name: "a bucket", env: []string{"EAKTE_BLOBS=s3://files?endpoint=store:9000&secure=false", "EAKTE_S3_ACCESS_KEY=a", "EAKTE_S3_SECRET_KEY=b"}, want: func(c *config) {
			c.Blobs = s3Config{Bucket: "files", Endpoint: "store:9000", AccessKey: "a", SecretKey: "b"}
		}},
		{name: "a bucket is reached by TLS unless said otherwise", env: []string{"EAKTE_BLOBS=s3://files?endpoint=store:9000", "EAKTE_S3_ACCESS_KEY=a", "EAKTE_S3_SECRET_KEY=b"}, want: func(c *config) {
			c.Blobs = s3Config{Bucket: "files", Endpoint: "store:9000", Secure: true, AccessKey: "a", SecretKey: "b"}
		}},
		{name: "the rest", env: []string{
			"EAKTE_METRICS_LISTEN=127.0.0.1:9", "EAKTE_POLICIES=/rules", "EAKTE_OCR_LANGUAGES=deu", "EAKTE_AUTHORITY=kreis.example",
			"EAKTE_SECURE=true", "EAKTE_TRUSTED_PROXIES=10.0.0.1, 10.0.0.2", "EAKTE_UPLOAD_LIMIT=2G",
		}, want: func(c *config) {
			c.Metrics, c.Policies, c.Languages, c.Authority, c.Secure = "127.0.0.1:9", "/rules", "deu", "kreis.example", true
			c.TrustedProxies, c.UploadLimit = []string{"10.0.0.1", "10.0.0.2"}, 2<<30
		}},
		{name: "a provider of sign-ins", env: []string{
			"EAKTE_OIDC_ISSUER=https://anmeldung.example", "EAKTE_OIDC_CLIENT_ID=eakte", "EAKTE_OIDC_CLIENT_SECRET=s", "EAKTE_OIDC_NAME=Kreis-Konto",
			"EAKTE_OIDC_GROUPS=/groups.csv", "EAKTE_OIDC_OMITS_EMPTY_GROUPS=true", "EAKTE_OIDC_SCOPES=profile groups", "EAKTE_OIDC_FACTOR=amr:otp acr:hoch",
		}, want: func(c *config) {
			c.OIDC = oidcConfig{
				Issuer: "https://anmeldung.example", Client: "eakte", Secret: "s", Name: "Kreis-Konto", Groups: "/groups.csv",
				Scopes: []string{"profile", "groups"}, Factor: []string{"amr:otp", "acr:hoch"}, OmitsEmpty: true,
			}
		}},
		{name: "a public address", env: []string{"EAKTE_PUBLIC_ADDRESS=https://akte.example"}, want: func(c *config) { c.Public = "https://akte.example" }},
		{name: "a public address with a path", env: []string{"EAKTE_PUBLIC_ADDRESS=https://akte.example/akte"}, err: "without a path"},
		{name: "a public address without TLS", env: []string{"EAKTE_PUBLIC_ADDRESS=http://akte.example"}, err: "https://"},
		{name: "what tests read is no setting", env: []string{"EAKTE_SHARED=/x", "EAKTE_TEST_N=3", "OTHER=1"}, want: func(*config) {}},

		{name: "groups of no provider", env: []string{"EAKTE_OIDC_GROUPS=/groups.csv"}, err: "EAKTE_OIDC_ISSUER is missing"},
		{name: "a provider without groups", env: []string{"EAKTE_OIDC_ISSUER=https://a.example", "EAKTE_OIDC_CLIENT_ID=x"}, err: "needs EAKTE_OIDC_CLIENT_ID and EAKTE_OIDC_GROUPS"},
		{name: "two secrets", env: []string{
			"EAKTE_OIDC_ISSUER=https://a.example", "EAKTE_OIDC_CLIENT_ID=x", "EAKTE_OIDC_GROUPS=/g", "EAKTE_OIDC_CLIENT_SECRET=a", "EAKTE_OIDC_CLIENT_SECRET_FILE=/b",
		}, err: "say one of them"},
		{name: "unknown in the environment", env: []string{"EAKTE_LISTENING=x"}, err: "environment: EAKTE_LISTENING is not a setting"},
		{name: "unknown in the file", file: "LISTEN=x", err: "LISTEN is not a setting"},
		{name: "no setting at all", file: "EAKTE_ZONE=UTC\nnonsense", err: ":2: write KEY=VALUE"},
		{name: "a file in the file", file: "EAKTE_CONFIG=other", err: "EAKTE_CONFIG is not a setting"},
		{name: "no port", env: []string{"EAKTE_LISTEN=localhost"}, err: "environment: EAKTE_LISTEN"},
		{name: "no number", env: []string{"EAKTE_WORKERS=0"}, err: "EAKTE_WORKERS: use a number from 1 to 256"},
		{name: "no truth value", env: []string{"EAKTE_SECURE=perhaps"}, err: "EAKTE_SECURE"},
		{name: "no size", env: []string{"EAKTE_UPLOAD_LIMIT=1T"}, err: "EAKTE_UPLOAD_LIMIT: use bytes"},
		{name: "a size beyond all", env: []string{"EAKTE_UPLOAD_LIMIT=9999999999999999999"}, err: "EAKTE_UPLOAD_LIMIT: use bytes"},
		{name: "no bucket", env: []string{"EAKTE_BLOBS=/folder"}, err: "EAKTE_BLOBS: write s3://"},
		{name: "a bucket nowhere", env: []string{"EAKTE_BLOBS=s3://files"}, err: "EAKTE_BLOBS: write s3://"},
		{name: "a bucket without keys", env: []string{"EAKTE_BLOBS=s3://files?endpoint=store:9000", "EAKTE_S3_ACCESS_KEY=a"}, err: "EAKTE_S3_SECRET_KEY"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := ""
			if tt.file != "" {
				file = filepath.Join(t.TempDir(), "eakte.conf")
				if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := loadConfig(tt.data, file, tt.env)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := defaults(filepath.Join(here, "data"))
			tt.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfigFileByEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "eakte.conf")
	if err := os.WriteFile(file, []byte("EAKTE_ZONE=UTC\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := loadConfig("", "", []string{"EAKTE_CONFIG=" + file})
	if err != nil || got.Zone != "UTC" {
		t.Errorf("got %q, %v", got.Zone, err)
	}
	if _, err := loadConfig("", file+"x", nil); err == nil {
		t.Error("a file that isn't there was not missed")
	}
}

// TestSecretsDoNotPrint prints a configuration in every way there is.
func TestSecretsDoNotPrint(t *testing.T) {
	c, err := loadConfig("", "", []string{"EAKTE_BLOBS=s3://b?endpoint=h:1", "EAKTE_S3_ACCESS_KEY=a", "EAKTE_S3_SECRET_KEY=sehrgeheim"})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{c, &c, c.Blobs, c.Blobs.SecretKey} {
			if said := fmt.Sprintf(verb, v); strings.Contains(said, "geheim") {
				t.Errorf("%s of %T says %s", verb, v, said)
			}
		}
	}
	text, err := c.Blobs.SecretKey.MarshalText()
	if err != nil || string(text) != "***" {
		t.Errorf("JSON and logs would say %q, %v", text, err)
	}
}

func TestExitCodes(t *testing.T) {
	for kind, err := range kinds() {
		far := &remoteError{"as the server said it", err}
		if exitCode(far) != exitCode(err) || kindOf(far) != kind {
			t.Errorf("%s: %d through the socket, %d here", kind, exitCode(far), exitCode(err))
		}
	}
	if exitCode(nil) != 0 || exitCode(os.ErrClosed) != exitFailed || exitCode(fmt.Errorf("x: %w", &usageError{os.ErrClosed})) != exitUsage {
		t.Error("0, 1 and 2 are mixed up")
	}
}

func TestRolesThatNeedASecondFactor(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		named, want []string
		bad         bool
	}{
		{want: []string{"administration", "datenschutz"}},
		{named: []string{}, want: []string{}},
		{named: []string{"leitung", "sachbearbeitung@asyl"}, want: []string{"leitung", "sachbearbeitung@asyl"}},
		{named: []string{"nobody"}, bad: true},
		{named: []string{"leitung@it"}, bad: true},
	} {
		got, err := factorRoles(tt.named, set)
		if (err != nil) != tt.bad || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v; want %q", tt.named, got, err, tt.want)
		}
	}
	c, err := loadConfig("", "", []string{"EAKTE_SECOND_FACTOR=none"})
	if err != nil || c.FactorFor == nil || len(c.FactorFor) > 0 {
		t.Errorf("none: %q, %v", c.FactorFor, err)
	}
}
