package acl

import (
	"context"
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailProof shows that an event is in the trail: to print, to mail, to hand to a court. Who has the log's verifier key
// checks it without us (eakte-verify).
type TrailProof struct {
	TrailRow
	// Entry is the event as it was hashed.
	Entry []byte
	// Proof is the path from it to the signed checkpoint, as text (C2SP tlog-proof).
	Proof []byte
	// Key is the verifier key of the log.
	Key string
}

// Text is what is checked: the entry, a line, and then the proof.
func (p TrailProof) Text() []byte {
	return append(append(append([]byte{}, p.Entry...), '\n'), p.Proof...)
}

// named are IDs as an entry names them.
func named[T ~string](ids []string) (out []T) {
	for _, id := range ids {
		out = append(out, T(id))
	}
	return out
}

// ProveEvent proves an event to data protection, which is recorded as giving it out. One that isn't there, one whose entries ended,
// and one of which she must not know are [archive.ErrNotFound].
func (d *Desk) ProveEvent(ctx context.Context, place archive.TrailPlace) (out TrailProof, err error) {
	tried := act{op: audit.OpTrailExport}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		e, err := r.TrailAt(place)
		if err != nil {
			return act{}, err
		}
		a := d.annotate(r, archive.TrailFilter{})
		if err := a.gather([]archive.TrailEntry{e}); err != nil {
			return act{}, err
		}
		if barred, err := a.barred(e.Leaf); err != nil || barred {
			return act{}, errors.Join(err, archive.ErrNotFound)
		}
		if out.TrailRow, err = a.row(e); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.akten, done.persons = v, named[archive.AkteID](e.Leaf.Akten), named[archive.PersonID](e.Leaf.Persons)
		done.detail = &audit.Detail{Act: map[string]any{"proof": map[string]any{"year": place.Year, "seq": place.Seq}}}
		return done, nil
	})
	if err != nil {
		return TrailProof{}, err
	}
	entry, proof, err := d.guard.Trail.ProveTrail(ctx, place.Year, place.Seq)
	if isNotFound(err) { // the last checkpoint doesn't speak of it yet
		if _, err = d.guard.Trail.Checkpoint(ctx); err == nil {
			entry, proof, err = d.guard.Trail.ProveTrail(ctx, place.Year, place.Seq)
		}
	}
	if err != nil {
		return TrailProof{}, err
	}
	out.Entry, out.Proof, out.Key = entry, proof.Text(), d.guard.Trail.TrailKey()
	return out, nil
}
