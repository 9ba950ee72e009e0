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

// ProveEvent proves an event to data protection, under a fresh checkpoint. One that isn't there, one whose entries ended,
// and one of which she must not know are [archive.ErrNotFound].
func (d *Desk) ProveEvent(ctx context.Context, place archive.TrailPlace) (out TrailProof, err error) {
	err = d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
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
		said := map[string]any{"proof": map[string]any{"year": place.Year, "seq": place.Seq}}
		return act{op: audit.OpTrailRead, verdict: v, detail: &audit.Detail{Act: said}}, nil
	})
	if err != nil {
		return TrailProof{}, err
	}
	if _, err := d.guard.Trail.Checkpoint(ctx); err != nil { // the present year's last one may not speak of it yet
		return TrailProof{}, err
	}
	entry, proof, err := d.guard.Trail.ProveTrail(ctx, place.Year, place.Seq)
	if err != nil {
		return TrailProof{}, err
	}
	out.Entry, out.Proof, out.Key = entry, proof.Text(), d.guard.Trail.TrailKey()
	return out, nil
}
