package seal

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/minio/sio"

	"eakte/archive/blob"
)

// Store seals the objects of a blob engine.
type Store struct {
	engine  blob.Store
	buffers sync.Pool // of *[chunkSize]byte
}

// New returns a Store over engine, which it then owns.
func New(engine blob.Store) *Store { return &Store{engine: engine} }

// Delete ends an object durably. A missing one is no error, nor one whose bytes the storage keeps for a while: they are
// sealed. [Store.Erase] tells of those.
func (s *Store) Delete(ctx context.Context, ref blob.Ref) error {
	if err := s.Erase(ctx, ref); !errors.Is(err, blob.ErrRetained) {
		return err
	}
	return nil
}

// Erase is Delete for what must be gone: it is [blob.ErrRetained] where the storage keeps bytes of the object.
func (s *Store) Erase(ctx context.Context, ref blob.Ref) error { return s.engine.Delete(ctx, ref) }

// Stat says what is stored under ref, sealed size included; [blob.ErrNotFound] if there
// is nothing.
func (s *Store) Stat(ctx context.Context, ref blob.Ref) (blob.Info, error) {
	return s.engine.Stat(ctx, ref)
}

// List calls each for every object, with its sealed size; see [blob.Store].
func (s *Store) List(ctx context.Context, each func(blob.Ref, blob.Info) error) error {
	return s.engine.List(ctx, each)
}

// Free says how many bytes may still be received; see [blob.Store].
func (s *Store) Free(ctx context.Context) (bytes int64, known bool) { return s.engine.Free(ctx) }

// Close closes the engine.
func (s *Store) Close() error { return s.engine.Close() }

// SealedSize returns how many bytes an engine stores for an object of plain bytes.
func SealedSize(plain int64) (int64, error) {
	if plain < 0 {
		return 0, fmt.Errorf("seal: size %d is negative", plain)
	}
	n, err := sio.EncryptedSize(uint64(plain))
	if err != nil {
		return 0, fmt.Errorf("seal: size %d: %w", plain, err)
	}
	return int64(n), nil
}

// config is how objects are sealed: one version, one cipher.
func config(key Key) (sio.Config, error) {
	sub, err := key.Derive("object")
	if err != nil {
		return sio.Config{}, err
	}
	return sio.Config{
		MinVersion:   sio.Version20,
		MaxVersion:   sio.Version20,
		CipherSuites: []byte{sio.AES_256_GCM},
		Key:          sub[:],
	}, nil
}
