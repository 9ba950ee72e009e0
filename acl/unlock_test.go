package acl_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest/read"
)

// opener opens what "right" opens.
type opener struct {
	*desks
	during    func()
	discarded int
}

func (o *opener) Unlock(ctx context.Context, v archive.Version, password string) (archive.Object, string, error) {
	if password != "right" {
		return archive.Object{}, "", &read.Failure{State: read.Failed, Code: read.WrongPassword}
	}
	if o.during != nil {
		o.during()
	}
	ref := blob.NewRef()
	content, err := o.Store.ContentKey(ctx, v.ID)
	if err != nil {
		return archive.Object{}, "", err
	}
	key, err := archive.ObjectKey(content, ref)
	if err != nil {
		return archive.Object{}, "", err
	}
	r, err := o.Objects.Receive(ctx, ref, key, strings.NewReader("geöffnet"), -1)
	if err != nil {
		return archive.Object{}, "", err
	}
	err = o.Store.Update(ctx, func(tx archive.Tx) error { return tx.Announce(archive.Intent{Ref: ref, Made: o.Time}) })
	return archive.Object{Ref: ref, Size: r.Size, SHA256: r.SHA256}, "application/pdf", errors.Join(err, r.Commit(ctx))
}

func (o *opener) Discard(ctx context.Context, made archive.Object) error {
	o.discarded++
	return errors.Join(o.Objects.Delete(ctx, made.Ref), o.Store.Update(ctx, func(tx archive.Tx) error { return tx.Settle(made.Ref) }))
}

// locker is the mail room with a file that waits for its password.
func locker(t *testing.T) (*opener, acl.InboxView) {
	d := openDesks(t)
	o := &opener{desks: d}
	d.Guard.Unlocker = o
	item := must(d.one.InboxItem(t.Context(), d.scan("LOCKED").ID))(t)
	if item.State != archive.StatePassword {
		t.Fatalf("it is %s", item.State)
	}
	return o, item
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	d, item := locker(t)
	ctx := t.Context()
	var field *archive.FieldError
	if _, err := d.one.UnlockItem(ctx, item.ID, "wrong"); !errors.As(err, &field) || field.Pointer != "/password" || field.Code != "wrong_password" {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := d.clerk.UnlockItem(ctx, item.ID, "right"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if n := d.happened(audit.OpUnlock); n != 0 {
		t.Errorf("%d events before it was opened", n)
	}
	if view := must(d.one.UnlockItem(ctx, item.ID, "right"))(t); view.State != archive.StateProcessing && view.State != archive.StateReceived {
		t.Errorf("opened it is %s", view.State)
	}
	d.Settle()
	view := must(d.one.InboxItem(ctx, item.ID))(t)
	text := must(d.one.Text(ctx, acl.Holder{Inbox: item.ID}))(t)
	if view.State != archive.StateReady || string(text) != "geöffnet" || strings.Join(view.Current.Flags, " ") != "unlocked" {
		t.Errorf("read it is %s, %q, %v", view.State, text, view.Current.Flags)
	}
	if view.Current.Original != item.Current.Original || view.Current.Kind != item.Current.Kind {
		t.Error("the received bytes are others now")
	}
	if n := d.happened(audit.OpUnlock); n != 1 {
		t.Errorf("%d events", n)
	}
	if _, err := d.one.UnlockItem(ctx, item.ID, "right"); !errors.Is(err, acl.ErrUnlocked) {
		t.Errorf("opened twice: %v", err)
	}
}

// TestUnlockDecidesAgain: what a colleague does while the file is being opened counts.
func TestUnlockDecidesAgain(t *testing.T) {
	t.Parallel()
	d, item := locker(t)
	d.during = func() { must(d.two.ClaimItem(t.Context(), item.ID, true))(t) }
	if _, err := d.one.UnlockItem(t.Context(), item.ID, "right"); !errors.Is(err, acl.ErrClaimed) {
		t.Errorf("got %v", err)
	}
	view := must(d.two.InboxItem(t.Context(), item.ID))(t)
	if d.discarded != 1 || view.State != archive.StatePassword || view.Current.Copy.Ref != "" {
		t.Errorf("discarded %d times, %s, copy %v", d.discarded, view.State, view.Current.Copy)
	}
}

// TestUnlockDocument opens a file that was filed locked.
func TestUnlockDocument(t *testing.T) {
	t.Parallel()
	d, item := locker(t)
	ctx := t.Context()
	doc := must(d.one.FileItem(ctx, item.ID, d.filing()))(t)[0]
	if _, err := d.one.UnlockDocument(ctx, doc.ID, "right"); !errors.Is(err, acl.ErrDenied) && !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the mail room: %v", err)
	}
	must(d.clerk.UnlockDocument(ctx, doc.ID, "right"))(t)
	d.Settle()
	if got := must(d.clerk.Document(ctx, doc.ID))(t); got.State != archive.StateReady {
		t.Errorf("it is %s", got.State)
	}
}
