package acl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/partial"
	"eakte/policies"
)

// UploadPlan says what a file that comes in pieces is and where it goes: as a document into Akte, as a
// version of Document, or, where neither is named, as Item into a basket.
type UploadPlan struct {
	// Name is the file name it comes under, Size its length in bytes.
	Name string `json:"name"`
	Size int64  `json:"size"`
	// Said is what the sender said of it, as she wrote it.
	Said     string             `json:"said,omitempty"`
	Item     archive.InboxItem  `json:"item,omitzero"`
	Akte     archive.AkteID     `json:"akte,omitempty"`
	Doc      archive.Document   `json:"doc,omitzero"`
	Document archive.DocumentID `json:"document,omitempty"`
	// Language is what it is to be recognised in: see [Upload.In].
	Language string `json:"language,omitempty"`
	// Purpose is the one stated when it began.
	Purpose string `json:"purpose,omitempty"`
}

// PartialUpload is a file that comes in pieces, in the hands of who began it.
type PartialUpload struct {
	desk *Desk
	part *partial.Upload
	// Plan is what was said when it began.
	Plan UploadPlan
}

// UploadMade names what a finished upload became.
type UploadMade struct {
	Inbox    archive.InboxID    `json:"inbox_id,omitempty"`
	Document archive.DocumentID `json:"document_id,omitempty"`
}

// uploadEnd is what is remembered of a finished upload: what was made of it or why it was refused.
type uploadEnd struct {
	Made    UploadMade    `json:"made,omitzero"`
	Refused *RefusedError `json:"refused,omitempty"`
}

// BeginUpload takes the announcement of a file that will come in pieces, if the subject may send it and
// what she says of it is in order. What counts is decided again when it is recorded. The error may also
// be [ErrUploads] or [archive.ErrFull].
func (d *Desk) BeginUpload(ctx context.Context, plan UploadPlan) (*PartialUpload, error) {
	if d.guard.Partials == nil {
		return nil, archive.ErrNotFound
	}
	if err := d.mayBegin(ctx, &plan); err != nil {
		return nil, err
	}
	switch {
	case plan.Size > d.guard.UploadLimit:
		return nil, &RefusedError{Code: "too_large", Limit: d.guard.UploadLimit}
	case plan.Size == 0:
		return nil, &RefusedError{Code: "empty"}
	}
	plan.Purpose = cmp.Or(d.subject.Purpose, d.subject.Purposes[plan.Akte])
	note, err := json.Marshal(plan)
	if err != nil {
		return nil, fmt.Errorf("acl: upload: %w", err)
	}
	part, err := d.guard.Partials.Begin(string(d.subject.User), plan.Size, note)
	switch {
	case errors.Is(err, partial.ErrQuota):
		return nil, ErrUploads
	case err != nil:
		return nil, broken(err)
	}
	return &PartialUpload{desk: d, part: part, Plan: plan}, nil
}

// mayBegin decides and puts what was said into its one form.
func (d *Desk) mayBegin(ctx context.Context, plan *UploadPlan) (err error) {
	if plan.Language, err = d.guard.language(plan.Language); err != nil {
		return err
	}
	switch {
	case plan.Document != "":
		return d.MayReceiveVersion(ctx, plan.Document)
	case plan.Akte != "":
		if err := d.MayReceive(ctx, plan.Akte); err != nil {
			return err
		}
		plan.Doc.Akte = plan.Akte
		return plan.Doc.Normalise(d.guard.Policies)
	}
	if err := d.MayReceive(ctx, ""); err != nil {
		return err
	}
	if plan.Item.Basket == "" {
		able, _ := d.able(policies.ActUpload)
		plan.Item.Basket = able.pair.Department
	}
	if err := plan.Item.Normalise(d.guard.Policies); err != nil {
		return err
	}
	if err := d.guard.worked(plan.Item.Basket); err != nil {
		return err
	}
	if !d.drops(plan.Item.Basket) {
		return d.refused(ctx, act{op: audit.OpUpload}, ErrDenied)
	}
	return nil
}

// ContinueUpload finds an upload that the subject began; [archive.ErrNotFound] for everybody else.
func (d *Desk) ContinueUpload(ctx context.Context, id string) (*PartialUpload, error) {
	tried := act{op: audit.OpUpload, object: "upload/" + id}
	if d.guard.Partials == nil {
		return nil, archive.ErrNotFound
	}
	part, err := d.guard.Partials.Upload(blob.Ref(id))
	if err != nil {
		return nil, archive.ErrNotFound // expired, or never there: what anybody may find out
	}
	if part.Owner() != string(d.subject.User) {
		return nil, d.refused(ctx, tried, archive.ErrNotFound)
	}
	u := &PartialUpload{desk: d, part: part}
	if err := json.Unmarshal(part.Note(), &u.Plan); err != nil {
		return nil, fmt.Errorf("acl: upload %s: %w", id, err)
	}
	return u, nil
}

// ID names the upload: random.
func (u *PartialUpload) ID() string { return string(u.part.ID()) }

// Offset is how many bytes are there.
func (u *PartialUpload) Offset() (int64, error) {
	n, err := u.part.Offset()
	return n, missing(err)
}

// Expires is when it is forgotten.
func (u *PartialUpload) Expires() time.Time { return u.part.Expires() }

// Append takes the next bytes and returns how many are kept, whatever the error:
// [archive.ErrConflict] if they are not the next ones, [archive.ErrFull], [archive.ErrNotFound].
func (u *PartialUpload) Append(offset int64, body io.Reader) (int64, error) {
	n, err := u.part.Append(offset, body)
	if errors.Is(err, partial.ErrOffset) {
		err = archive.ErrConflict
	}
	return n, missing(broken(err))
}

// Drop forgets the upload and what came of it.
func (u *PartialUpload) Drop() error { return u.part.Drop() }

// Finish records a file that is there whole, the way all files go, and says what was made of it. It does
// so once, however often it is called. A [*RefusedError] is for good.
func (u *PartialUpload) Finish(ctx context.Context) (UploadMade, error) {
	raw, err := u.part.Finish(func(body io.Reader) ([]byte, error) {
		made, err := u.record(ctx, body)
		end := uploadEnd{Made: made}
		if err != nil && !errors.As(err, &end.Refused) {
			return nil, err
		}
		return json.Marshal(end)
	})
	if err != nil {
		return UploadMade{}, missing(err)
	}
	var end uploadEnd
	if err := json.Unmarshal(raw, &end); err != nil {
		return UploadMade{}, fmt.Errorf("acl: upload %s: %w", u.ID(), err)
	}
	if end.Refused != nil {
		return UploadMade{}, end.Refused
	}
	return end.Made, nil
}

// record takes the bytes the ordinary way. A crash behind it is made good by the key of the request:
// what was recorded is found again. The key can't be a client's own, for those have no blanks.
func (u *PartialUpload) record(ctx context.Context, body io.Reader) (UploadMade, error) {
	d := u.desk.Once("upload "+u.ID(), "upload")
	d.subject.Purpose = cmp.Or(d.subject.Purpose, u.Plan.Purpose)
	file, err := d.Receive(ctx, u.Plan.Name, body)
	if err != nil {
		return UploadMade{}, err
	}
	if d.guard.knowsLanguage(u.Plan.Language) {
		file.language = u.Plan.Language
	}
	var made UploadMade
	switch p := u.Plan; {
	case p.Document != "":
		_, err = d.AddVersion(ctx, p.Document, file)
		made.Document = p.Document
	case p.Akte != "":
		var view DocumentView
		view, err = d.AddDocument(ctx, p.Akte, p.Doc, file)
		made.Document = view.ID
	default:
		var view InboxView
		view, err = d.AddInboxItem(ctx, p.Item, file)
		made.Inbox = view.ID
	}
	return made, errors.Join(err, file.Close())
}

// missing is the desk's answer where an upload went while it was worked on.
func missing(err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return archive.ErrNotFound
	}
	return err
}
