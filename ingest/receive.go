package ingest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// receive streams what fill writes into a new object sealed under a content key. It is durable and
// announced, not yet named by any record, when receive returns.
func receive(ctx context.Context, store archive.Store, objects *seal.Store, content seal.Key, now func() time.Time, fill func(context.Context, io.Writer) error) (archive.Object, error) {
	ref := blob.NewRef()
	key, err := archive.ObjectKey(content, ref)
	if err != nil {
		return archive.Object{}, err
	}
	in, out := io.Pipe()
	var filling sync.WaitGroup
	filling.Go(func() { out.CloseWithError(fill(ctx, out)) })
	received, err := objects.Receive(ctx, ref, key, in, -1)
	in.CloseWithError(context.Canceled)
	filling.Wait()
	if err != nil {
		return archive.Object{}, err
	}
	o := archive.Object{Ref: ref, Size: received.Size, SHA256: received.SHA256}
	intent := archive.Intent{Ref: ref, Size: o.Size, Made: now().UTC()}
	if err := store.Update(ctx, func(tx archive.Tx) error { return tx.Announce(intent) }); err != nil {
		return archive.Object{}, errors.Join(err, received.Abort())
	}
	if err := received.Commit(ctx); err != nil {
		return archive.Object{}, errors.Join(err, discard(context.WithoutCancel(ctx), store, objects, ref))
	}
	return o, nil
}

// discard takes back an announced object that no record came to name.
func discard(ctx context.Context, store archive.Store, objects *seal.Store, ref blob.Ref) error {
	if err := objects.Delete(ctx, ref); err != nil {
		return err
	}
	return store.Update(ctx, func(tx archive.Tx) error { return tx.Settle(ref) })
}
