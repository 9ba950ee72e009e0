package ingest

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

const (
	// deliveriesMost is how many deliveries one sweep ends; the next one goes on.
	deliveriesMost = 20
	// deliveryBegun is for how long one that isn't complete can be gone on with.
	deliveryBegun = 24 * time.Hour
)

// sweepDeliveries erases names in the rows of deliveries whose term is over, and what was begun and never completed.
func (p *Pipeline) sweepDeliveries(ctx context.Context) error {
	var over []archive.DeliveryID
	now := p.Now().UTC()
	err := p.Store.View(ctx, func(r archive.Reader) (err error) {
		over, err = r.EndedDeliveries(now.AddDate(0, -p.DeliveryMonths, 0), now.Add(-deliveryBegun), deliveriesMost)
		return err
	})
	for _, id := range over {
		err = errors.Join(err, p.endDelivery(ctx, id, now))
	}
	return err
}

// endDelivery erases what is to be erased of a delivery, some rows at a time.
func (p *Pipeline) endDelivery(ctx context.Context, id archive.DeliveryID, now time.Time) error {
	for done := false; !done; {
		err := p.Store.Update(ctx, func(tx archive.Tx) (err error) {
			if done, err = tx.EndDelivery(id, now, archive.DeliveryBatch); err != nil {
				return err
			}
			return tx.Record(audit.Event{
				Time: p.Now(), Actor: audit.System(), Op: audit.OpErasure, Object: "delivery/" + string(id), Result: audit.Allow,
			})
		})
		if errors.Is(err, archive.ErrNotFound) {
			return nil // somebody else ended it
		}
		if err != nil {
			return err
		}
	}
	return nil
}
