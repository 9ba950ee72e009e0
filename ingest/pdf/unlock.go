package pdf

import (
	"context"
	"strings"
	"time"

	"eakte/ingest/sandbox"
)

// Unlock returns the file without its password, which must be closed. The password reaches the child by a
// pipe. The error is a *[Refused] with [WrongPassword] where it doesn't open the file.
func (r *Reader) Unlock(ctx context.Context, src *sandbox.File, password string) (*sandbox.File, error) {
	if len(sandbox.Lacking("qpdf")) > 0 {
		return nil, refuse(ToolMissing)
	}
	if password == "" || len(password) > 2000 || strings.ContainsAny(password, "\r\n\x00") {
		return nil, refuse(WrongPassword)
	}
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "qpdf", Args: []string{"--password-file=-", "--decrypt", "--no-warn", "--warning-exit-0", sandbox.InputPath, "-"},
		Input: src, Secret: []byte(password + "\n"),
		Limits: sandbox.Limits{Memory: max(512<<20, min(2*src.Size(), 2<<30)), CPU: 60 * time.Second, Wall: 90 * time.Second,
			Output: 2*src.Size() + 64<<20},
	})
	if err != nil {
		return nil, wrap("unlocking", err)
	}
	if res.OK() && res.Output.Size() > 0 {
		return res.Output, wrap("unlocking", res.Output.Seal())
	}
	fail := failure(res)
	if contains(res.Stderr, "invalid password") {
		fail = refuse(WrongPassword)
	}
	if err := res.Output.Close(); err != nil {
		return nil, wrap("unlocking", err)
	}
	return nil, fail
}
