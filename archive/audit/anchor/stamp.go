package anchor

import (
	"context"
	"time"

	"eakte/archive/audit"
)

// askStamper gets a timestamp for the last checkpoint of each year that grew, once a day.
func (a *Anchor) askStamper(ctx context.Context) (ok bool) {
	list, err := a.dues(ctx, audit.BucketStamp, func(audit.Vouched) bool { return false })
	asked := false
	for _, d := range list {
		if err != nil || sameDay(d.last.At, a.Now()) {
			continue
		}
		asked = true
		var c audit.Vouched
		if c.Answer, c.At, err = a.Stamper.Stamp(ctx, d.signed); err == nil {
			c.Signed = d.signed
			err = a.Store.PutVouched(ctx, audit.BucketStamp, c)
		}
	}
	if ctx.Err() != nil && err != nil {
		return false
	}
	if asked || err != nil {
		a.settled(ctx, audit.BucketStamp, a.StamperName, err)
	}
	return err == nil
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}
