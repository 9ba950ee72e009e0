package office

import (
	"context"
	_ "embed"
	"time"

	"eakte/ingest/sandbox"
)

// convertScript runs in the child. LibreOffice ends with 81 when it has only set up its profile.
//
//go:embed convert.sh
var convertScript string

// profile is what LibreOffice finds as its settings: no macro ever runs, and no link is brought up to
// date, by Writer (0) or by Calc (1).
//
//go:embed profile.xcu
var profile string

// PDF writes the document as a PDF; it must be closed. The error is a *[Refused] with [ResourceLimit] or
// [Corrupt] where LibreOffice can't.
//
// Measured with the papers at hand: 2 to 5 s, of which 2 are its start, some 200 MB of memory, 1 MB of
// its folder. The limits leave room for hundreds of pages with pictures.
func (r *Reader) PDF(ctx context.Context, src *sandbox.File, f Facts) (*sandbox.File, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "sh", Args: []string{"-c", convertScript, "sh", f.Format, sandbox.InputPath}, Input: src,
		Env: []string{"EAKTE_PROFILE=" + profile},
		Limits: sandbox.Limits{
			Memory: 1 << 30, CPU: time.Minute, Wall: 2 * time.Minute, Output: 256 << 20, Temp: 512 << 20, Files: 256, Processes: 128,
		},
	})
	if err != nil {
		return nil, wrap("writing as PDF", err)
	}
	if res.OK() && res.Output.Size() > 0 {
		return res.Output, wrap("writing as PDF", res.Output.Seal())
	}
	if err := res.Output.Close(); err != nil {
		return nil, wrap("writing as PDF", err)
	}
	if res.Breach != sandbox.NoBreach {
		return nil, refuse(ResourceLimit)
	}
	return nil, refuse(Corrupt)
}
