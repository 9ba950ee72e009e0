package acl

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"eakte/archive"
)

// replayKept is for how long an Idempotency-Key is remembered.
const replayKept = 24 * time.Hour

// replay is the Idempotency-Key that came with a request; the zero value is none.
type replay struct {
	key         string
	fingerprint [sha256.Size]byte
	kept        time.Duration
}

// Once returns a desk whose next creating act is carried out once, however often it comes with
// the same key. request is what identifies it beside its body: method and path.
func (d *Desk) Once(key, request string) *Desk {
	again := *d
	again.replay = replay{key: string(d.subject.User) + "/" + key, fingerprint: sha256.Sum256([]byte(request)), kept: replayKept}
	return &again
}

// repeated returns what an earlier request with the same key made; false if there was none.
// body is what the request says beside its path, such as its JSON form and file hash.
func (d *Desk) repeated(r archive.Reader, body any) (string, bool, error) {
	if d.replay.key == "" {
		return "", false, nil
	}
	was, err := r.Replay(d.replay.key)
	switch {
	case errors.Is(err, archive.ErrNotFound) || err == nil && d.guard.Now().After(was.Expires):
		return "", false, nil
	case err != nil:
		return "", false, err
	case was.Fingerprint != d.fingerprint(body):
		return "", false, ErrReplayed
	}
	return was.Result, true, nil
}

// remember keeps what the request made, in the Tx that made it.
func (d *Desk) remember(tx archive.Tx, body any, result string) error {
	if d.replay.key == "" {
		return nil
	}
	return tx.PutReplay(d.replay.key, archive.Replay{
		User: d.subject.User, Fingerprint: d.fingerprint(body), Result: result,
		Expires: d.guard.Now().Add(d.replay.kept),
	})
}

func (d *Desk) fingerprint(body any) [sha256.Size]byte {
	h := sha256.New()
	h.Write(d.replay.fingerprint[:])
	if err := json.NewEncoder(h).Encode(body); err != nil {
		return [sha256.Size]byte{} // inputs are plain structs: it can't happen, and matches nothing
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// errRepeated leaves a Tx in which the request turned out to be a repetition.
var errRepeated = errors.New("repeated")

// create runs a use case that makes something, and returns the ID of what it made, now or (again) when
// the same request came before. What came before is not decided here: the subject's rights may have
// changed since. body identifies the request to an Idempotency-Key.
func (d *Desk) create(ctx context.Context, tried act, body any, fn func(archive.Tx) (string, act, error)) (id string, again bool, err error) {
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		made, before, err := d.repeated(tx, body)
		if err != nil {
			return act{}, err
		}
		if before {
			id = made
			return act{}, errRepeated
		}
		made, done, err := fn(tx)
		if err != nil {
			return act{}, err
		}
		id = made
		return done, d.remember(tx, body, made)
	})
	if errors.Is(err, errRepeated) {
		return id, true, nil
	}
	return id, false, err
}
