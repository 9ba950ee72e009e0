package anchor

import (
	"context"
	"errors"
	"time"

	"eakte/archive/audit"
)

// askStamper gets a timestamp for the last checkpoint of each year that grew, once a day: a day of the clock here, for
// that of the authority may be another. A year for which it gets none doesn't keep the others from theirs.
func (a *Anchor) askStamper(ctx context.Context) (ok bool) {
	list, err := a.dues(ctx, audit.BucketStamp, func(due, bool) (ask, keep bool) { return false, false })
	asked, today := false, a.Now().UTC().Format(time.DateOnly)
	for _, d := range list {
		if a.stamped[d.year] == today || a.stamped[d.year] == "" && d.last.At.Format(time.DateOnly) == today {
			continue
		}
		asked = true
		one := a.stamp(ctx, d)
		if one == nil {
			a.stamped[d.year] = today
		}
		err = errors.Join(err, one)
	}
	if ctx.Err() != nil && err != nil {
		return false
	}
	if asked || err != nil {
		a.settled(ctx, audit.BucketStamp, a.StamperName, err, nil)
	}
	return err == nil
}

// stamp gets one timestamp and keeps it.
func (a *Anchor) stamp(ctx context.Context, d due) error {
	answer, at, err := a.Stamper.Stamp(ctx, d.signed)
	if err != nil {
		return err
	}
	return a.Store.PutVouched(ctx, audit.BucketStamp, audit.Vouched{Signed: d.signed, Answer: answer, At: at})
}
