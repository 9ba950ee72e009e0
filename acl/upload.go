package acl

import (
	"context"
	"errors"
	"io"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// Upload is a file that has been received, sealed, and not recorded yet. It must be closed; what no
// record names by then is gone.
type Upload struct {
	desk     *Desk
	content  seal.Key
	received *seal.Received
	kind     string
	name     string
	flags    []string
	language string // see In
	kept     bool
}

// SHA256 is the hash of the received bytes.
func (u *Upload) SHA256() [32]byte { return u.received.SHA256 }

// Name is the cleaned file name it came under; may be empty.
func (u *Upload) Name() string { return u.name }

// Close drops what was received unless it was recorded.
func (u *Upload) Close() error {
	if u.kept {
		return nil
	}
	// Not the request's context: it may have ended, which is why nothing was recorded.
	return errors.Join(u.received.Abort(), u.desk.settle(context.Background(), u.received.Ref))
}

// announce notes an object before any byte of it can become durable.
func (d *Desk) announce(ctx context.Context, ref blob.Ref) error {
	intent := archive.Intent{Ref: ref, Made: d.guard.Now().UTC()}
	return d.update(ctx, func(tx archive.Tx) error { return tx.Announce(intent) })
}

// settle takes the announcement of an object back that is not there.
func (d *Desk) settle(ctx context.Context, ref blob.Ref) error {
	return d.update(context.WithoutCancel(ctx), func(tx archive.Tx) error { return tx.Settle(ref) })
}

// MayReceive answers early, before a body is read, whether the subject may send a file into an
// Akte, or into any basket where akte is empty. What counts is decided again when it is recorded.
func (d *Desk) MayReceive(ctx context.Context, akte archive.AkteID) error {
	tried := act{op: audit.OpUpload, object: "akte/" + string(akte)}
	if akte == "" {
		tried.object = ""
	}
	err := d.view(ctx, func(r archive.Reader) error {
		if akte == "" {
			if _, ok := d.able(policies.ActUpload); !ok {
				return ErrDenied
			}
			return nil
		}
		a, err := d.stand(r, akte)
		if err != nil {
			return err
		}
		return a.mayAdd("")
	})
	return d.refused(ctx, tried, err)
}

// mayAdd decides whether the subject may bring documents into the Akte, into the register if one
// is named, else into some register.
func (a *access) mayAdd(register string) error {
	registers := []string{register}
	if register == "" {
		registers = nil
		for _, r := range a.desk.guard.Policies.Registers() {
			registers = append(registers, r.Key)
		}
	}
	for _, r := range registers {
		for _, c := range a.desk.guard.Policies.Classifications() {
			if a.adds(r, c.Key).Allow {
				return a.mustState()
			}
		}
	}
	if a.seesHead() {
		return ErrDenied
	}
	return archive.ErrNotFound
}

// adds decides whether the subject may put a paper that her department brought into a register:
// by writing there, or by filing without seeing.
func (a *access) adds(register, classification string) verdict {
	for _, p := range a.desk.subject.Pairs {
		alone := a.through(p)
		o := object{register: register, classification: classification, broughtBy: p.Department}
		for _, action := range []string{policies.ActWrite, policies.ActFile} {
			if v := alone.may(action, o); v.Allow {
				return v
			}
		}
	}
	return a.addsLent(register, classification)
}

// Receive reads a file to its end, seals it on the way and looks at what it is. What cannot be
// taken is a [*RefusedError]. name is the file name it came under.
func (d *Desk) Receive(ctx context.Context, name string, body io.Reader) (*Upload, error) {
	content, ref := seal.NewKey(), blob.NewRef()
	key, err := archive.ObjectKey(content, ref)
	if err != nil {
		return nil, err
	}
	announced := make(chan error, 1)
	go func() { announced <- d.announce(ctx, ref) }() // the disk takes its time while the body comes
	received, err := d.guard.Objects.Receive(ctx, ref, key, body, d.guard.UploadLimit)
	switch aerr := <-announced; {
	case err != nil && aerr == nil:
		return nil, errors.Join(broken(err), d.settle(ctx, ref))
	case err != nil:
		return nil, broken(err)
	case aerr != nil:
		return nil, errors.Join(aerr, received.Abort())
	}
	u := &Upload{desk: d, content: content, received: received, name: sniff.CleanName(name)}
	kind, err := sniff.Check(received.Head, name)
	if err != nil {
		return nil, errors.Join(refusal(err), u.Close())
	}
	u.kind = string(kind)
	if sniff.Mismatched(kind, name) {
		u.flags = []string{"extension"}
	}
	return u, nil
}

// refusal turns what the sniffer says into the refusal that the sender understands.
func refusal(err error) error {
	var r *sniff.Refusal
	if errors.As(err, &r) {
		return &RefusedError{Code: r.Code, Hint: r.Hint}
	}
	return err
}

// broken turns an error of receiving into the refusal that the sender understands.
func broken(err error) error {
	var large *seal.TooLargeError
	switch {
	case errors.As(err, &large):
		return &RefusedError{Code: "too_large", Limit: large.Limit}
	case errors.Is(err, blob.ErrFull):
		return errors.Join(archive.ErrFull, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &RefusedError{Code: "truncated"}
	}
	return err
}

// keep makes the object durable and then lets record store what names it: the one order in which
// a crash loses nothing that was acknowledged and leaves nothing that nobody knows of.
func (u *Upload) keep(ctx context.Context, record func() error) error {
	if err := u.received.Commit(ctx); err != nil {
		return errors.Join(broken(err), u.forget(ctx))
	}
	u.kept = true
	if err := record(); err != nil {
		return errors.Join(err, u.forget(ctx))
	}
	return nil
}

// forget takes back an object that no record came to name.
func (u *Upload) forget(ctx context.Context) error {
	d, ctx := u.desk, context.WithoutCancel(ctx)
	err := d.view(ctx, func(r archive.Reader) error {
		named, err := r.HasObject(u.received.Ref)
		if err == nil && named {
			err = errKept
		}
		return err
	})
	if errors.Is(err, errKept) {
		return nil
	}
	if err := errors.Join(err, d.guard.Objects.Delete(ctx, u.received.Ref)); err != nil {
		return err // the intent stays: the next start tries again
	}
	return d.settle(ctx, u.received.Ref)
}

var errKept = errors.New("kept")

// version makes the record of the upload for an owner that is set by the caller.
func (u *Upload) version() archive.Version {
	d := u.desk
	var scan *archive.Scan
	if d.guard.Scans {
		scan = &archive.Scan{}
	}
	return archive.Version{
		ID: archive.NewID[archive.VersionID](), Job: archive.NewID[archive.JobID](),
		Original: archive.Object{Ref: u.received.Ref, Size: u.received.Size, SHA256: u.received.SHA256},
		Kind:     u.kind, Name: u.name, Flags: u.flags, State: archive.StateReceived, Scan: scan,
		ReceivedAt: d.guard.Now().UTC(), ReceivedBy: d.subject.User, Language: u.language,
	}
}

// add stores a new version with the job that reads it, and settles the intent.
func (u *Upload) add(tx archive.Tx, v archive.Version) error {
	now := u.desk.guard.Now().UTC()
	if err := tx.AddVersion(v, u.content); err != nil {
		return err
	}
	job := archive.Job{
		ID: v.Job, Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting,
		Created: now, NotBefore: now, Rank: archive.RankBrought, Lane: string(u.desk.subject.User),
	}
	if u.desk.subject.Client == ClientImport {
		job.Rank = archive.RankBulk
	}
	if err := tx.Enqueue(job); err != nil {
		return err
	}
	return tx.Settle(v.Original.Ref)
}
