package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Signer signs checkpoints with an Ed25519 key from a file, and remembers beside that
// file ("KEYFILE.2026.signed") the last checkpoint of each shard it signed. It is safe
// for concurrent use.
type Signer struct {
	path string
	vkey string
	note.Signer
	verifier note.Verifier

	mu sync.Mutex // around reading and replacing what is remembered
}

// LoadOrCreateSigner returns the signer of the key file at path, which is created with
// mode 0600 if it isn't there. name is [Log.Name]. A file that others may read, or of
// a key with another name, is an error.
func LoadOrCreateSigner(path, name string) (*Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = createKey(path, name)
	}
	if err != nil {
		return nil, fmt.Errorf("audit: signing key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("audit: signing key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("audit: signing key %s may be read by others: set its mode to 0600", path)
	}
	s, err := parseKey(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("audit: signing key %s isn't readable", path) // err may quote the key
	}
	if s.Name() != name {
		return nil, fmt.Errorf("audit: signing key %s is of %s, not of %s", path, s.Name(), name)
	}
	s.path = path
	return s, nil
}

// createKey writes a fresh key, unless somebody else was faster, and returns the file.
func createKey(path, name string) ([]byte, error) {
	skey, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	tmp, err := writeTemp(path, []byte(skey+"\n"))
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// parseKey reads "PRIVATE+KEY+name+hash+base64(1 || seed)".
func parseKey(skey string) (*Signer, error) {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	fields := strings.SplitN(skey, "+", 5) // a name has no "+", base64 may
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("no seed")
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	return &Signer{vkey: vkey, Signer: signer, verifier: verifier}, nil
}

// VKey returns the text of the verifier key, which the officer keeps.
func (s *Signer) VKey() string { return s.vkey }

// Verifier returns the verifier of what s signs.
func (s *Signer) Verifier() note.Verifier { return s.verifier }

// memory returns the path of what is remembered of a shard.
func (s *Signer) memory(year int) string { return fmt.Sprintf("%s.%04d.signed", s.path, year) }

// sign signs the body of a checkpoint unless it says less than, or contradicts, what was
// signed before for that shard; continues compares the log with that.
func (s *Signer) sign(year int, body []byte, continues func(Checkpoint) error) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, err := os.ReadFile(s.memory(year))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("audit: last checkpoint: %w", err)
	}
	if err == nil {
		c, err := ParseCheckpoint(last, s.verifier)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(c.Body(), body) {
			return last, nil
		}
		if err := continues(c); err != nil {
			return nil, err
		}
	}
	signed, err := note.Sign(&note.Note{Text: string(body)}, s.Signer)
	if err != nil {
		return nil, fmt.Errorf("audit: signing: %w", err)
	}
	tmp, err := writeTemp(s.memory(year), signed)
	if err != nil {
		return nil, fmt.Errorf("audit: remembering the checkpoint: %w", err)
	}
	if err := os.Rename(tmp, s.memory(year)); err != nil {
		return nil, fmt.Errorf("audit: remembering the checkpoint: %w", err)
	}
	if err := syncDir(filepath.Dir(s.path)); err != nil {
		return nil, fmt.Errorf("audit: remembering the checkpoint: %w", err)
	}
	return signed, nil
}

// Remembered returns the last checkpoint signed of each shard, oldest shard first.
func (s *Signer) Remembered() ([]Checkpoint, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		return nil, fmt.Errorf("audit: signed checkpoints: %w", err)
	}
	var out []Checkpoint
	for _, e := range entries {
		year, ok := strings.CutPrefix(e.Name(), filepath.Base(s.path)+".")
		year, ok2 := strings.CutSuffix(year, ".signed")
		if !ok || !ok2 || len(year) != 4 {
			continue
		}
		signed, err := os.ReadFile(filepath.Join(filepath.Dir(s.path), e.Name()))
		if err != nil {
			return nil, fmt.Errorf("audit: signed checkpoints: %w", err)
		}
		c, err := ParseCheckpoint(signed, s.verifier)
		if err != nil {
			return nil, fmt.Errorf("audit: signed checkpoint of %s: %w", year, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// SetAside stops remembering a checkpoint that was signed, because the log it speaks of was lost: what is remembered
// stays in a file "KEYFILE.2026.signed.lost-SECONDS" beside the key. The caller has recorded it in the log.
func (s *Signer) SetAside(year int, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.Rename(s.memory(year), fmt.Sprintf("%s.lost-%d", s.memory(year), now.Unix())); err != nil {
		return fmt.Errorf("audit: setting a lost checkpoint aside: %w", err)
	}
	if err := syncDir(filepath.Dir(s.path)); err != nil {
		return fmt.Errorf("audit: setting a lost checkpoint aside: %w", err)
	}
	return nil
}

// writeTemp writes data durably to a new file beside path, mode 0600, and returns its name.
func writeTemp(path string, data []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}
