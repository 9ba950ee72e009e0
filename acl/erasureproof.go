package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ErasureProof says what was erased, when, by whose word and by which rule, and nothing of whom it was about.
type ErasureProof struct {
	archive.Erasure
	// ByName and DecidedName are who proposed and who released it; empty where the account is gone.
	ByName, DecidedName string
	Term                Term
}

// ProofsPage is a page of proofs.
type ProofsPage struct {
	Items []ErasureProof
	Next  string
	// Waiting are erasures of which something is left that the storage doesn't let go, oldest first; on the first page alone.
	Waiting []ErasureProof
}

// ErasureProofs lists what was erased, newest first, with what waits: for leads and data protection. Where a reference number
// is named only that of its Akte is listed: numbers of erased Akten stand nowhere and are found by who has them.
func (d *Desk) ErasureProofs(ctx context.Context, number string, limit int, cursor string) (ProofsPage, error) {
	var page ProofsPage
	err := d.look(ctx, act{op: audit.OpRetentionList}, func(r archive.Reader) (act, error) {
		v, ok := d.proves()
		if !ok {
			return act{}, ErrDenied
		}
		page = ProofsPage{Items: []ErasureProof{}}
		var only archive.AkteID
		if number != "" {
			var err error
			if only, err = r.AkteByNumber(number); isNotFound(err) {
				only = archive.NewID[archive.AkteID]() // of no Akte
			} else if err != nil {
				return act{}, err
			}
		}
		done := act{op: audit.OpRetentionList, verdict: v, window: "proofs/" + string(only)}
		if err := d.fillProofs(r, only, clampLimit(limit), cursor, &page); err != nil || cursor != "" {
			return done, err
		}
		return done, d.fillWaiting(r, only, clampLimit(limit), &page)
	})
	return page, err
}

// proves finds the pair through which the subject reads proofs of erasure.
func (d *Desk) proves() (verdict, bool) {
	if v, ok := d.able(policies.ActGrant); ok {
		return v, true
	}
	return d.able(policies.ActTrailRead)
}

// Proves reports whether the subject reads proofs of erasure.
func (d *Desk) Proves() bool {
	_, ok := d.proves()
	return ok
}

func (d *Desk) fillProofs(r archive.Reader, only archive.AkteID, limit int, cursor string, page *ProofsPage) error {
	c, err := openCursor[sealsCursor](d, "proofs", cursor)
	if err != nil {
		return err
	}
	for row, err := range r.Erasures(archive.ErasureDone, c.After) {
		if err != nil {
			return err
		}
		if len(page.Items) == limit {
			page.Next = sealCursor(d, "proofs", c)
			return nil
		}
		if c.After = row.After; only != "" && row.Value.Akte != only {
			continue
		}
		one, err := d.proof(r, row.Value)
		if err != nil {
			return err
		}
		page.Items = append(page.Items, one)
	}
	return nil
}

func (d *Desk) fillWaiting(r archive.Reader, only archive.AkteID, limit int, page *ProofsPage) error {
	for row, err := range r.Erasures(archive.ErasureReleased, "") {
		if err != nil {
			return err
		}
		if row.Value.Waits == nil || only != "" && row.Value.Akte != only {
			continue
		}
		one, err := d.proof(r, row.Value)
		if err != nil {
			return err
		}
		if page.Waiting = append(page.Waiting, one); len(page.Waiting) == limit {
			break
		}
	}
	return nil
}

func (d *Desk) proof(r archive.Reader, e archive.Erasure) (one ErasureProof, err error) {
	one = ErasureProof{Erasure: e, Term: d.guard.termOf(e.Rule, e.Plan, e.Since)}
	if one.ByName, err = displayName(r, e.By); err == nil {
		one.DecidedName, err = displayName(r, e.DecidedBy)
	}
	return one, err
}

// ErasureProof is the proof of one erasure that is done.
func (d *Desk) ErasureProof(ctx context.Context, id archive.ErasureID) (one ErasureProof, err error) {
	tried := act{op: audit.OpRetentionOpen, object: "erasure/" + string(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.proves()
		if !ok {
			return act{}, archive.ErrNotFound
		}
		e, err := r.Erasure(id)
		if err == nil && e.State != archive.ErasureDone {
			err = archive.ErrNotFound
		}
		if err != nil {
			return act{}, err
		}
		one, err = d.proof(r, e)
		done := tried
		done.verdict, done.window = v, "proof"
		return done, err
	})
	return one, err
}
