package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest/read"
)

// Scanner searches bytes for malware.
type Scanner interface {
	// Scan reads src to its end and returns the name of what it is known as; empty: nothing was found.
	// With an error nothing is known.
	Scan(ctx context.Context, src io.Reader) (found string, err error)
}

// errUnscanned says that bytes wait for a scanner, which doesn't answer or isn't there.
var errUnscanned = errors.New("ingest: not searched for malware")

// scanAgain is how long bytes wait for a scanner that didn't answer.
const scanAgain = 30 * time.Second

// unscanned is the scan of bytes that nobody has searched yet; nil where nobody does.
func (r *run) unscanned() *archive.Scan {
	if r.Scanner == nil {
		return nil
	}
	return &archive.Scan{}
}

// scan searches the received bytes for malware, unless that was done, and returns the version as it is
// then. Where it is held still, the job has ended. The error is errUnscanned where nothing is known:
// then nobody gets at the bytes.
func (r *run) scan(ctx context.Context, v archive.Version) (archive.Version, error) {
	switch {
	case v.Held() && v.Risky():
		return v, &read.Failure{State: read.Quarantined, Code: v.Reason}
	case v.Held() && v.Scan.Found != "":
		return v, &read.Failure{State: read.Quarantined, Code: archive.ReasonMalware}
	case v.Scan != nil && !v.Held(), r.Scanner == nil && v.Scan == nil:
		return v, nil
	case v.Scan == nil && v.State != archive.StateReceived:
		return v, nil // read before there was a scanner
	case r.Scanner == nil:
		return v, errUnscanned
	}
	r.at("scan", 0, 0)
	found, err := r.search(ctx, v)
	if err != nil {
		return v, err
	}
	err = r.Store.Update(ctx, func(tx archive.Tx) (err error) {
		if v, err = tx.Version(r.job.Version); err != nil {
			return err
		}
		return r.scanned(tx, &v, found)
	})
	return v, err
}

// search asks the scanner about what is read: the received bytes, or what they hold without their password.
func (r *run) search(ctx context.Context, v archive.Version) (found string, err error) {
	object, _ := v.Read()
	o, err := r.Contents.Open(ctx, v.ID, object)
	if errors.Is(err, blob.ErrCorrupt) {
		return "", damaged()
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	found, err = r.Scanner.Scan(ctx, o.NewReader())
	switch {
	case errors.Is(err, blob.ErrCorrupt):
		return "", damaged()
	case err != nil && ctx.Err() == nil:
		return "", fmt.Errorf("%w: %w", errUnscanned, err)
	}
	return found, err
}

// scanned stores what the scanner said. What is found ends the job.
func (r *run) scanned(tx archive.Tx, v *archive.Version, found string) error {
	now := r.Now().UTC()
	scan := archive.Scan{At: now, Found: found}
	if v.Scan != nil { // what people said meanwhile stays said
		scan.Asked, scan.Released = v.Scan.Asked, v.Scan.Released
	}
	v.Scan = &scan
	if v.Reason == archive.ReasonScanPending {
		v.State, v.Reason = archive.StateReceived, ""
	}
	op, detail := audit.OpScan, (*audit.Detail)(nil)
	if v.Held() {
		v.State, v.Reason = archive.StateQuarantined, archive.ReasonMalware
		op, detail = audit.OpQuarantine, &audit.Detail{Act: map[string]any{"signature": found}}
		job := r.snapshot()
		job.State, job.Reason, job.Finished = archive.JobFailed, archive.ReasonMalware, now
		if err := tx.PutJob(job); err != nil {
			return err
		}
	}
	if err := tx.PutVersion(*v); err != nil {
		return err
	}
	e, err := r.event(tx, op, *v)
	if err != nil {
		return err
	}
	e.Detail = detail
	return tx.Record(e)
}

// waitForScanner shows that the bytes wait, and puts the job back: it never gives up.
func (r *run) waitForScanner(ctx context.Context, cause error) error {
	r.Log.WarnContext(ctx, "malware scanner doesn't answer; received bytes stay locked away", "job", r.job.ID, "version", r.job.Version, "error", cause)
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.job
		job.State, job.Reason, job.Attempts = archive.JobWaiting, archive.ReasonScanPending, r.job.Attempts-1
		job.NotBefore = r.Now().Add(scanAgain).UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		v, err := tx.Version(job.Version)
		if err != nil || v.State == archive.StateQuarantined {
			return err
		}
		if v.State, v.Reason = archive.StateQuarantined, archive.ReasonScanPending; v.Scan == nil {
			v.Scan = &archive.Scan{}
		}
		if err := tx.PutVersion(v); err != nil {
			return err
		}
		e, err := r.event(tx, audit.OpQuarantine, v)
		if err != nil {
			return err
		}
		e.Detail = &audit.Detail{Act: map[string]any{"reason": archive.ReasonScanPending}}
		return tx.Record(e)
	})
}
