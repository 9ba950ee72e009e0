package audit

import (
	"context"
	"fmt"
	"path/filepath"
)

// vouched writes the checkpoints for which others vouch, numbered from 1.
func (e *exporter) vouched(ctx context.Context, year int) error {
	var cosigned, stamped []Vouched
	err := e.src.View(ctx, func(g Getter) (err error) {
		if cosigned, err = e.log.AllVouched(g, BucketCosigned, year, e.opts.Verifier); err != nil {
			return err
		}
		stamped, err = e.log.AllVouched(g, BucketStamp, year, e.opts.Verifier)
		return err
	})
	if err != nil {
		return err
	}
	for i, c := range cosigned {
		if err := writeFile(filepath.Join(e.dir, "cosigned", fmt.Sprint(i+1)), c.Signed); err != nil {
			return err
		}
	}
	for i, c := range stamped {
		name := filepath.Join(e.dir, "stamped", fmt.Sprint(i+1))
		if err := writeFile(name, c.Signed); err != nil {
			return err
		}
		if err := writeFile(name+".tsr", c.Answer); err != nil {
			return err
		}
	}
	return nil
}
