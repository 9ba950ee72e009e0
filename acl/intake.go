package acl

import (
	"context"
	"errors"
	"io"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/intake"
)

// receiptKept is for how long it is remembered what came by a way in: a folder or mailbox that couldn't be
// tidied up must not bring the same papers again a year later.
const receiptKept = 400 * 24 * time.Hour

// receiptKey begins the keys of receipts, which no Idempotency-Key can have.
const receiptKey = "receipt\x00"

// Door lets ways into the inbox bring papers, each as the technical account it is set up with.
type Door struct{ guard *Guard }

var _ intake.Door = (*Door)(nil)

// Door returns the door of the archive the guard stands around.
func (g *Guard) Door() *Door { return &Door{g} }

// Bring implements [intake.Door]. The account can do nothing but drop papers into baskets, and into this
// one; it is looked up each time, so that closing it acts at once.
// Why a paper wasn't taken is recorded, without its name or anything else of it.
func (o *Door) Bring(ctx context.Context, p intake.Paper, body io.Reader) error {
	desk, err := o.desk(ctx, p)
	if err == nil {
		err = o.bring(ctx, desk, p, body)
	}
	if err == nil {
		return nil
	}
	if rerr := o.record(ctx, desk, p, err); rerr != nil {
		return rerr // tried again, until it can be told
	}
	return err
}

// record tells the trail of a paper that wasn't taken: of each that is the reason itself, and every quarter of
// an hour of settings that keep all of a way's papers out, since folders are looked at every second.
func (o *Door) record(ctx context.Context, desk *Desk, p intake.Paper, cause error) error {
	told := map[string]any{"account": p.Account, "department": p.Basket}
	var key windowKey
	switch refused, isRefused := errors.AsType[*intake.RefusedError](cause); {
	case isRefused:
		told["code"], told["hint"] = refused.Code, refused.Hint
	case errors.Is(cause, intake.ErrClosed):
		told["code"], key = "closed", windowKey{p.Account, "door", p.Basket, p.Client}
	default:
		return nil // it may pass
	}
	if key != (windowKey{}) && o.guard.windows.open(key) {
		return nil
	}
	actor := audit.System()
	if actor.Client = p.Client; desk != nil {
		actor = desk.subject.actor(archive.Pair{})
	}
	err := o.guard.Store.Update(ctx, func(tx archive.Tx) error {
		return tx.Record(audit.Event{
			Time: o.guard.Now(), Actor: actor, Op: audit.OpUpload, Result: audit.Failed, Detail: &audit.Detail{Act: told},
		})
	})
	if err == nil && key != (windowKey{}) {
		o.guard.windows.start(key)
	}
	return err
}

// bring brings a paper in as the account.
func (o *Door) bring(ctx context.Context, desk *Desk, p intake.Paper, body io.Reader) error {
	if !desk.drops(p.Basket) { // before the bytes are read
		return intake.ErrClosed
	}
	upload, err := desk.Receive(ctx, p.Name, body)
	if err != nil {
		return taken(err)
	}
	item := archive.InboxItem{
		Basket: p.Basket, Channel: p.Channel, Sender: p.Sender, Note: p.Note,
		ReceivedOn: o.guard.Now().In(o.guard.Zone).Format(time.DateOnly),
	}
	once := desk.Once(receiptKey+p.Key(upload.SHA256()), p.Client)
	once.replay.kept = receiptKept
	_, err = once.AddInboxItem(ctx, item, upload)
	if field, ok := errors.AsType[*archive.FieldError](err); ok && (field.Pointer == "/sender" || field.Pointer == "/note") {
		item.Sender, item.Note = "", "" // a name with odd characters is no reason to leave a paper lying
		_, err = once.AddInboxItem(ctx, item, upload)
	}
	if errors.Is(err, ErrReplayed) {
		err = nil // taken before, on another day or under other settings
	}
	return errors.Join(taken(err), upload.Close())
}

// desk returns the desk of the account that brings a paper.
func (o *Door) desk(ctx context.Context, p intake.Paper) (*Desk, error) {
	var u archive.User
	err := o.guard.Store.View(ctx, func(r archive.Reader) (err error) {
		u, err = r.UserByName(p.Account)
		return err
	})
	if isNotFound(err) || err == nil && (u.Disabled || !o.guard.inForce.Load().technical(u)) {
		return nil, intake.ErrClosed
	}
	if err != nil {
		return nil, err
	}
	return o.guard.For(Subject{
		User: u.ID, Name: u.Name, Pairs: u.Roles, Client: p.Client, Correlation: archive.NewID[string](),
	}), nil
}

// taken turns what an upload came to into what a way understands.
func taken(err error) error {
	refused, isRefused := errors.AsType[*RefusedError](err)
	_, isField := errors.AsType[*archive.FieldError](err)
	switch {
	case err == nil:
		return nil
	case isRefused:
		return &intake.RefusedError{Code: refused.Code, Hint: refused.Hint}
	case errors.Is(err, archive.ErrFull):
		return errors.Join(intake.ErrFull, err)
	case isField:
		return errors.Join(intake.ErrClosed, err)
	}
	return closed(err)
}

// closed turns a refusal into [intake.ErrClosed].
func closed(err error) error {
	if errors.Is(err, ErrDenied) || isNotFound(err) {
		return errors.Join(intake.ErrClosed, err)
	}
	return err
}
