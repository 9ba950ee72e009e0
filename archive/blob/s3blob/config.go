package s3blob

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	defaultRegion  = "us-east-1"
	defaultRetries = 5
	defaultTimeout = 30 * time.Second
)

// Config says where the objects are.
type Config struct {
	// Endpoint is host and port, without a scheme.
	Endpoint string
	// Bucket must exist.
	Bucket string
	// Prefix comes before every key, such as "eakte/"; may be empty.
	Prefix string
	// Region is us-east-1 if empty.
	Region string
	// AccessKey and SecretKey are the credentials.
	AccessKey, SecretKey string
	// Secure asks for HTTPS. Without it, keep the service on the same machine.
	Secure bool
	// SpoolDir is a folder of its own for objects on their way, sealed.
	SpoolDir string
	// SendMD5 adds Content-MD5 to each upload, which buckets with object lock ask for.
	SendMD5 bool
	// Retries is how often a request is tried in all; 5 if zero.
	Retries int
	// Timeout bounds a small request with its retries; 30 s if zero. An upload gets a
	// second more for each 256 KiB.
	Timeout time.Duration
	// Transport carries the requests; minio-go's own if nil.
	Transport http.RoundTripper
}

// Format prints the configuration with its secret as ***.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// String describes the configuration with its secret as ***.
func (c Config) String() string {
	return fmt.Sprintf("{Endpoint:%s Bucket:%s Prefix:%s Region:%s AccessKey:%s SecretKey:*** Secure:%t SpoolDir:%s}",
		c.Endpoint, c.Bucket, c.Prefix, c.Region, c.AccessKey, c.Secure, c.SpoolDir)
}

// LogValue returns the configuration with its secret as ***.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// complete checks c and fills in what is zero.
func (c Config) complete() (Config, error) {
	for _, f := range []struct{ name, value string }{
		{"endpoint", c.Endpoint}, {"bucket", c.Bucket}, {"access key", c.AccessKey},
		{"secret key", c.SecretKey}, {"spool folder", c.SpoolDir},
	} {
		if f.value == "" {
			return c, fmt.Errorf("s3blob: %s is missing", f.name)
		}
	}
	if strings.Contains(c.Endpoint, "/") {
		return c, errors.New("s3blob: endpoint is host:port, without scheme and path")
	}
	c.Prefix = strings.TrimSuffix(c.Prefix, "/")
	if c.Prefix != "" {
		if c.Prefix != path.Clean(c.Prefix) || strings.HasPrefix(c.Prefix, "/") || strings.HasPrefix(c.Prefix, "..") {
			return c, errors.New("s3blob: prefix isn't a plain relative path")
		}
		c.Prefix += "/"
	}
	if c.Region == "" {
		c.Region = defaultRegion
	}
	if c.Retries <= 0 {
		c.Retries = defaultRetries
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Transport == nil {
		var err error
		if c.Transport, err = minio.DefaultTransport(c.Secure); err != nil {
			return c, fmt.Errorf("s3blob: %w", err)
		}
	}
	return c, nil
}

// client makes the client. Trailing checksums stay off: several services refuse them,
// and the body's SHA-256 in the signed header says the same.
func (c Config) client() (*minio.Core, error) {
	core, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds:           credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:          c.Secure,
		Region:          c.Region,
		Transport:       sender{c.Transport},
		TrailingHeaders: false,
		MaxRetries:      c.Retries,
	})
	if err != nil {
		return nil, fmt.Errorf("s3blob: %w", err)
	}
	return core, nil
}
