package anchor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// contradictionSetting is where it is kept that a witness contradicts, for as long as it does: a restart takes nothing back.
const contradictionSetting = "trail-contradiction"

// contradiction is what is kept.
type contradiction struct {
	Witness string    `json:"witness"`
	Since   time.Time `json:"since"`
	Known   int64     `json:"known,omitempty"`
	Years   []int     `json:"years,omitempty"`
}

// remember brings to mind what was kept of a contradiction, once.
func (a *Anchor) remember(ctx context.Context) error {
	a.mu.Lock()
	known := a.remembered
	a.mu.Unlock()
	if known {
		return nil
	}
	var c contradiction
	err := a.Store.View(ctx, func(r archive.Reader) error {
		c = contradiction{}
		data, err := r.Setting(contradictionSetting)
		if errors.Is(err, archive.ErrNotFound) || err == nil && len(data) == 0 {
			return nil
		}
		if err == nil {
			err = json.Unmarshal(data, &c)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("anchor: what the witness said before: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.remembered = true; c.Witness != "" && a.troubles[audit.BucketCosigned].kind == "" {
		a.troubles[audit.BucketCosigned] = trouble{kind: Contradicted, since: c.Since, known: c.Known, name: c.Witness, years: c.Years}
	}
	return nil
}

// keep tells the trail that the witness contradicts it, or that it no longer does, and keeps that with it in one transaction.
func (a *Anchor) keep(ctx context.Context, was, now trouble) {
	if was.kind == now.kind && was.name == now.name && slices.Equal(was.years, now.years) {
		return
	}
	e := audit.Event{Time: a.Now(), Actor: audit.System(), Op: audit.OpWitness, Result: audit.Allow}
	said := map[string]any{"witness": now.name}
	var kept []byte
	if now.kind == Contradicted {
		e.Result, said["witness_has"], said["years"] = audit.Failed, now.known, now.years
		var err error
		if kept, err = json.Marshal(contradiction{now.name, now.since, now.known, now.years}); err != nil {
			a.Log.ErrorContext(ctx, "keeping what the witness said", "error", err)
			return
		}
	}
	e.Detail = &audit.Detail{Act: said}
	err := a.Store.Update(ctx, func(tx archive.Tx) error {
		return errors.Join(tx.PutSetting(contradictionSetting, kept), tx.Record(e))
	})
	if err != nil {
		a.Log.ErrorContext(ctx, "recording what the witness said", "error", err)
	}
}
