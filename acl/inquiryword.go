package acl

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/policies"
)

// InquiryDecision is what somebody decides about a piece.
type InquiryDecision struct {
	// Piece is the ID of a document, or the key of a group of fields.
	Piece string
	// Decision is [archive.InquiryGive] or [archive.InquiryWithhold]; empty takes back what was decided.
	Decision, Reason string
}

// DecideInquiry decides about pieces. A reason is needed for what is withheld and for what leaves in spite of a mark. What
// the subject may not see she can't decide about; hidden, if it isn't empty, is the reason for which all of that which
// waits for a decision is withheld. revision is the one that was read; another one is [*StaleError].
func (d *Desk) DecideInquiry(ctx context.Context, id archive.InquiryID, revision int64, decisions []InquiryDecision, hidden string) error {
	hidden, err := archive.NormaliseText("/hidden", hidden, 2000, true)
	if err != nil {
		return err
	}
	return d.onInquiry(ctx, audit.OpInquiryReview, id, revision, func(tx archive.Tx, q *archive.Inquiry, in informed) (map[string]any, error) {
		if q.State != archive.InquiryReview {
			return nil, ErrSettled
		}
		var told []string
		for _, w := range decisions {
			i := slices.IndexFunc(q.Items, func(i archive.InquiryItem) bool { return i.Key() == w.Piece })
			if i < 0 {
				return nil, archive.ErrNotFound
			}
			if _, seen, err := in.piece(tx, *q, q.Items[i]); err != nil || !seen {
				return nil, cmp.Or(err, archive.ErrNotFound)
			}
			if err := d.decidePiece(&q.Items[i], w); err != nil {
				return nil, err
			}
			told = append(told, w.Piece+"/"+w.Decision)
		}
		if hidden != "" {
			for i := range q.Items {
				_, seen, err := in.piece(tx, *q, q.Items[i])
				if unlessMissing(err) != nil {
					return nil, err
				}
				if err != nil || !q.Items[i].Open() || seen {
					continue
				}
				q.Items[i].Decision, q.Items[i].Reason, q.Items[i].By = archive.InquiryWithhold, hidden, d.subject.User
				told = append(told, q.Items[i].Key()+"/"+archive.InquiryWithhold)
			}
		}
		if len(told) == 0 {
			return nil, &archive.FieldError{Pointer: "/decisions", Code: "required"}
		}
		return map[string]any{"decided": told}, nil
	})
}

// decidePiece writes a decision into a piece.
func (d *Desk) decidePiece(item *archive.InquiryItem, w InquiryDecision) (err error) {
	at := "/reason/" + w.Piece
	if w.Reason, err = archive.NormaliseText(at, w.Reason, 2000, true); err != nil {
		return err
	}
	switch {
	case w.Decision == "":
		item.Decision, item.Reason, item.By = "", "", ""
		return nil
	case w.Decision != archive.InquiryGive && w.Decision != archive.InquiryWithhold:
		return &archive.FieldError{Pointer: "/decision/" + w.Piece, Code: "unknown"}
	case w.Reason == "" && (w.Decision == archive.InquiryWithhold || len(item.Flags) > 0):
		return &archive.FieldError{Pointer: at, Code: "required"}
	}
	item.Decision, item.Reason, item.By = w.Decision, w.Reason, d.subject.User
	return nil
}

// ProposeInquiry answers for the decisions and lets the inquiry wait for a second person. Where pieces came or changed since
// they were listed, it stays in review with those of now, and the state that is returned says so.
func (d *Desk) ProposeInquiry(ctx context.Context, id archive.InquiryID, revision int64, note string) (state string, err error) {
	err = d.onInquiry(ctx, audit.OpInquiryPropose, id, revision, func(tx archive.Tx, q *archive.Inquiry, in informed) (map[string]any, error) {
		if q.State != archive.InquiryReview {
			return nil, ErrSettled
		}
		if err := d.steady(tx, in, q, archive.InquiryProposed); err != nil {
			return nil, err
		}
		state = q.State
		return d.said(q, note)
	})
	return state, err
}

// steady lists the pieces anew and leads the inquiry to a state, or back to its review where something changed. It is a
// [*archive.FieldError] where a piece waits for a decision and nothing changed.
func (d *Desk) steady(r archive.Reader, in informed, q *archive.Inquiry, state string) error {
	changed, err := d.renew(r, in, q)
	if err != nil {
		return err
	}
	q.State = state
	if changed {
		q.State = archive.InquiryReview
		return nil
	}
	if slices.ContainsFunc(q.Items, archive.InquiryItem.Open) {
		return &archive.FieldError{Pointer: "/decisions", Code: "required"}
	}
	return nil
}

// said adds a word about the state that an inquiry is in now.
func (d *Desk) said(q *archive.Inquiry, note string) (map[string]any, error) {
	note, err := archive.NormaliseText("/note", note, 2000, true)
	if err != nil {
		return nil, err
	}
	if len(q.Words) >= archive.InquiryWords && q.State == archive.InquiryReview {
		return nil, &archive.FieldError{Pointer: "/note", Code: "too_many"}
	}
	q.Words = append(slices.Clone(q.Words), archive.InquiryWord{By: d.subject.User, At: d.guard.Now().UTC(), State: q.State, Note: note})
	return map[string]any{"state": q.State, "note": note}, nil
}

// ReleaseInquiry is the word of a second person: the package is made. Who proposed can't: [ErrSecondPerson]. Where pieces came
// or changed meanwhile, it goes back to its review, and the state that is returned says so.
func (d *Desk) ReleaseInquiry(ctx context.Context, id archive.InquiryID, revision int64, note string) (state string, err error) {
	if d.guard.Printer == nil {
		return "", ErrNoBundles
	}
	err = d.onInquiry(ctx, audit.OpInquiryRelease, id, revision, func(tx archive.Tx, q *archive.Inquiry, in informed) (map[string]any, error) {
		switch {
		case q.State != archive.InquiryProposed:
			return nil, ErrSettled
		case q.Proposer() == d.subject.User:
			return nil, ErrSecondPerson
		}
		if err := in.answers(tx, *q); err != nil {
			return nil, err
		}
		if err := d.steady(tx, in, q, archive.InquiryReleased); err != nil {
			return nil, err
		}
		state = q.State
		told, err := d.said(q, note)
		if err != nil || state != archive.InquiryReleased {
			return told, err
		}
		files := 0
		for _, i := range q.Items {
			if i.Given() && i.Group == "" {
				files++
			}
		}
		q.Job, q.Content = archive.NewID[archive.JobID](), seal.NewKey()
		now := d.guard.Now().UTC()
		return told, tx.Enqueue(archive.Job{
			ID: q.Job, Kind: archive.JobInquiry, State: archive.JobWaiting, Total: files,
			Created: now, NotBefore: now, Rank: archive.RankWaited, Lane: string(d.subject.User),
		})
	})
	return state, err
}

// ReturnInquiry gives an inquiry back to its review, with a reason. A package that was made is removed.
func (d *Desk) ReturnInquiry(ctx context.Context, id archive.InquiryID, revision int64, note string) error {
	var old archive.Object
	err := d.onInquiry(ctx, audit.OpInquiryReview, id, revision, func(tx archive.Tx, q *archive.Inquiry, in informed) (map[string]any, error) {
		if q.State != archive.InquiryProposed && q.State != archive.InquiryReleased {
			return nil, ErrSettled
		}
		if strings.TrimSpace(note) == "" {
			return nil, &archive.FieldError{Pointer: "/note", Code: "required"}
		}
		if old = q.Object; old.Ref != "" {
			if err := tx.Announce(archive.Intent{Ref: old.Ref, Made: d.guard.Now().UTC()}); err != nil {
				return nil, err
			}
		}
		clean := archive.Inquiry{}
		q.Object, q.Content, q.Expires, q.Job, q.State = clean.Object, clean.Content, clean.Expires, "", archive.InquiryReview
		if _, err := d.renew(tx, in, q); err != nil {
			return nil, err
		}
		return d.said(q, note)
	})
	if err != nil || old.Ref == "" {
		return err
	}
	return d.dropObject(context.WithoutCancel(ctx), old)
}

// CloseInquiry ends an inquiry without a package, with a reason: it was taken back, or answered otherwise.
func (d *Desk) CloseInquiry(ctx context.Context, id archive.InquiryID, revision int64, note string) error {
	return d.onInquiry(ctx, audit.OpInquiryClose, id, revision, func(_ archive.Tx, q *archive.Inquiry, _ informed) (map[string]any, error) {
		if q.State != archive.InquiryReview {
			return nil, ErrSettled
		}
		if strings.TrimSpace(note) == "" {
			return nil, &archive.FieldError{Pointer: "/note", Code: "required"}
		}
		q.State = archive.InquiryClosed
		return d.said(q, note)
	})
}

// ProlongInquiry gives the answer two months more, once, before anything is released: the person was told on a day within the
// first term, and for which reasons. [ErrSettled] afterwards.
func (d *Desk) ProlongInquiry(ctx context.Context, id archive.InquiryID, revision int64, toldOn, reasons string) error {
	return d.onInquiry(ctx, audit.OpInquiryProlong, id, revision, func(_ archive.Tx, q *archive.Inquiry, _ informed) (map[string]any, error) {
		if !q.Unanswered() || q.ToldOn != "" {
			return nil, ErrSettled
		}
		if err := q.Prolong(toldOn, d.guard.today()); err != nil {
			return nil, err
		}
		if strings.TrimSpace(reasons) == "" {
			return nil, &archive.FieldError{Pointer: "/reasons", Code: "required"}
		}
		reasons, err := archive.NormaliseText("/reasons", reasons, 2000, true)
		if err != nil {
			return nil, err
		}
		q.Words = append(slices.Clone(q.Words), archive.InquiryWord{By: d.subject.User, At: d.guard.Now().UTC(), State: archive.InquiryProlonged, Note: reasons})
		return map[string]any{"told_on": q.ToldOn, "due": q.Due, "note": reasons}, nil
	})
}

// onInquiry changes an inquiry of the revision that was read.
func (d *Desk) onInquiry(ctx context.Context, op audit.Op, id archive.InquiryID, revision int64,
	change func(archive.Tx, *archive.Inquiry, informed) (map[string]any, error)) error {
	d = d.informing()
	tried := act{op: op, object: inquiryObject(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		q, in, err := d.inquiry(tx, id)
		if err != nil {
			return act{}, err
		}
		if q.Revision != revision {
			return act{}, &StaleError{q.Revision}
		}
		q.Items, q.Revision = slices.Clone(q.Items), q.Revision+1
		told, err := change(tx, &q, in)
		if err != nil {
			return act{}, err
		}
		done := in.about(tried, q)
		done.detail = &audit.Detail{Shared: told}
		return done, tx.PutInquiry(q)
	})
}

// retryInquiry lets a package that couldn't be made be made once more, for who works on the inquiry or operates.
func (d *Desk) retryInquiry(tx archive.Tx, job archive.Job, tried act) (archive.Job, act, error) {
	q, err := tx.InquiryOf(job.ID)
	if err != nil {
		return job, act{}, err
	}
	done := tried
	var ok bool
	if done.verdict, ok = d.able(policies.ActOperate); !ok {
		in, err := d.informing().informs(tx, q.Person)
		if err != nil {
			return job, act{}, err
		}
		done.verdict = in.verdict
	}
	if job.State != archive.JobFailed {
		return job, act{}, archive.ErrConflict
	}
	done.persons = []archive.PersonID{q.Person}
	job.State, job.Reason, job.Attempts, job.Done = archive.JobWaiting, "", 0, 0
	job.NotBefore, job.Finished = d.guard.Now().UTC(), time.Time{}
	return job, done, tx.PutJob(job)
}

// InquiryFile is an open package. It must be closed.
type InquiryFile struct {
	io.ReadSeeker
	Size   int64
	object *seal.Object
}

// Close ends it.
func (f *InquiryFile) Close() error { return f.object.Close() }

// TakeInquiry opens the package of an inquiry for a recipient, who is named and recorded each time. What was sealed since it
// was released makes it an [archive.ErrConflict]: give it back to its review first.
func (d *Desk) TakeInquiry(ctx context.Context, id archive.InquiryID, recipient, reason string) (*InquiryFile, error) {
	d = d.informing()
	o := Disclosure{Recipient: recipient, Reason: reason}
	if err := o.check(); err != nil {
		return nil, err
	}
	var q archive.Inquiry
	tried := act{op: audit.OpInquiryTake, object: inquiryObject(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		var in informed
		var err error
		if q, in, err = d.inquiry(tx, id); err != nil {
			return act{}, err
		}
		switch {
		case q.State != archive.InquiryReleased:
			return act{}, ErrSettled
		case q.Object.Ref == "":
			return act{}, archive.ErrNotReady
		case !d.guard.Now().Before(q.Expires):
			return act{}, ErrSettled
		}
		if err := in.answers(tx, q); err != nil {
			return act{}, err
		}
		done := in.about(tried, q)
		files := []string{}
		for _, i := range q.Items {
			if !i.Given() {
				continue
			}
			if err := d.unsealed(tx, i); err != nil {
				return act{}, err
			}
			if files = append(files, i.Key()); i.Version != "" {
				files[len(files)-1] += "/" + string(i.Version)
			}
		}
		done.detail = &audit.Detail{Shared: map[string]any{"recipient": o.Recipient, "reason": o.Reason, "documents": files}}
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	key, err := archive.ObjectKey(q.Content, q.Object.Ref)
	if err != nil {
		return nil, err
	}
	f := &InquiryFile{Size: q.Object.Size}
	if f.object, err = d.guard.Objects.Open(ctx, q.Object.Ref, key, q.Object.Size, q.Object.SHA256); err != nil {
		return nil, err
	}
	f.ReadSeeker = f.object.NewReader()
	return f, nil
}

// answers is [ErrDenied] for who sees not all that is handed out: without it two leads could let each other have what neither
// may read. Data protection answers for papers that she doesn't see.
func (in informed) answers(r archive.Reader, q archive.Inquiry) error {
	if in.inspects {
		return nil
	}
	for _, i := range q.Items {
		if !i.Given() {
			continue
		}
		_, seen, err := in.piece(r, q, i)
		switch {
		case isNotFound(err): // it is gone
		case err != nil:
			return err
		case !seen:
			return ErrDenied
		}
	}
	return nil
}

// unsealed is an [archive.ErrConflict] for a piece that was sealed since somebody decided that it leaves.
func (d *Desk) unsealed(r archive.Reader, i archive.InquiryItem) error {
	if i.Group != "" || slices.Contains(i.Flags, archive.InquirySealed) {
		return nil
	}
	doc, err := r.Document(i.Document)
	if err != nil {
		return unlessMissing(err)
	}
	akte, err := r.Akte(doc.Akte)
	if err != nil {
		return unlessMissing(err)
	}
	if today := d.guard.today(); doc.Sealed.Holds(today) || akte.Sealed.Holds(today) {
		return archive.ErrConflict
	}
	return nil
}
