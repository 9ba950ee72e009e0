package office

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"eakte/ingest/sandbox"
)

// Reader reads documents of office programs. It may be used by several goroutines at once.
type Reader struct{ box *sandbox.Runner }

// New returns a Reader.
func New(box *sandbox.Runner) (*Reader, error) {
	if box == nil {
		return nil, errors.New("office: no sandbox given")
	}
	return &Reader{box: box}, nil
}

// Tools are the programs that make pages. Without them there is the plain text.
func Tools() []string { return []string{"soffice"} }

// Inspect returns what the file's structure tells, and its plain text, UTF-8 with form feeds between
// sheets and slides, which must be closed. The error is a *[Refused] where the file can't be read.
func (r *Reader) Inspect(ctx context.Context, src *sandbox.File) (f Facts, text *sandbox.File, err error) {
	// Archives are read in place; the most is taken by one part of XML and by the text.
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepInspect, Input: src,
		Limits: sandbox.Limits{Memory: 768 << 20, CPU: 20 * time.Second, Wall: 40 * time.Second, Output: 2 * maxText},
	})
	if err != nil {
		return Facts{}, nil, wrap("inspecting", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	switch {
	case res.Breach != sandbox.NoBreach:
		return Facts{}, nil, refuse(ResourceLimit)
	case !res.OK():
		return Facts{}, nil, refuse(Corrupt)
	}
	// The first line is the answer, the rest the text.
	out := bufio.NewReader(res.Output.Reader())
	line, err := out.ReadBytes('\n')
	var a answer
	if err == nil {
		err = json.Unmarshal(line, &a)
	}
	if err != nil {
		return Facts{}, nil, wrap("reading facts", err)
	}
	if a.Refused != "" {
		return Facts{}, nil, refuse(a.Refused)
	}
	text, err = sandbox.Load(io.Reader(out), 2*maxText)
	return a.Facts, text, wrap("reading text", err)
}

// Draws reports whether this machine can make pages.
func (r *Reader) Draws() bool { return len(sandbox.Lacking(Tools()...)) == 0 }
