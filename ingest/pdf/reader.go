package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"eakte/ingest/sandbox"
)

// Config of a [Reader].
type Config struct {
	Sandbox  *sandbox.Runner // needed
	MaxPages int             // pages of a file at most; zero: 5,000
}

// Reader reads PDF files. It may be used by several goroutines at once.
type Reader struct {
	box      *sandbox.Runner
	maxPages int
}

// New returns a Reader.
func New(cfg Config) (*Reader, error) {
	if cfg.Sandbox == nil {
		return nil, errors.New("pdf: no sandbox given")
	}
	if cfg.MaxPages <= 0 {
		cfg.MaxPages = 5000
	}
	return &Reader{box: cfg.Sandbox, maxPages: cfg.MaxPages}, nil
}

// Tools are the programs this package runs; they come with poppler-utils.
func Tools() []string { return []string{"pdfinfo", "pdftotext", "pdftoppm", "pdfimages"} }

// Inspect returns what the file's structure tells. The error is a *[Refused] where
// the file can't be read.
func (r *Reader) Inspect(ctx context.Context, src *sandbox.File) (Facts, error) {
	// The decoder of a whole file needs a multiple of its size.
	memory := max(768<<20, min(6*src.Size(), 2<<30))
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepInspect, Args: []string{strconv.Itoa(r.maxPages)}, Input: src,
		Limits: sandbox.Limits{Memory: memory, CPU: 20 * time.Second, Wall: 40 * time.Second, Output: 32 << 20},
	})
	if err != nil {
		return Facts{}, wrap("inspecting", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	var a answer
	if res.OK() {
		if err := json.NewDecoder(res.Output.Reader()).Decode(&a); err != nil {
			return Facts{}, wrap("reading facts", err)
		}
	} else if a.Refused = Corrupt; res.Breach != sandbox.NoBreach || mentionsStack(res.Stderr) {
		a.Refused = ResourceLimit
	}
	switch a.Refused {
	case "":
		return a.Facts, nil
	case Corrupt, NoPages, ResourceLimit:
		return r.fallback(ctx, src, a.Refused)
	}
	return Facts{}, refuse(a.Refused)
}

// fallback asks pdfinfo where pdfcpu can't read the file. Facts that only pdfcpu
// tells (attachments, actions) are then unknown, so a file that names the risky
// ones in plain sight is treated as having them.
func (r *Reader) fallback(ctx context.Context, src *sandbox.File, refused string) (Facts, error) {
	if refused == ResourceLimit {
		return Facts{}, refuse(refused)
	}
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "pdfinfo", Args: []string{"-f", "1", "-l", strconv.Itoa(r.maxPages + 1), sandbox.InputPath}, Input: src,
		Limits: sandbox.Limits{Memory: 512 << 20, CPU: 10 * time.Second, Wall: 20 * time.Second, Output: 8 << 20},
	})
	if err != nil {
		return Facts{}, wrap("inspecting", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	if !res.OK() {
		if contains(res.Stderr, "Incorrect password") {
			return Facts{}, refuse(Encrypted)
		}
		return Facts{}, refuse(refused)
	}
	out, err := res.Output.Bytes()
	if err != nil {
		return Facts{}, wrap("reading facts", err)
	}
	facts := parseInfo(string(out))
	switch {
	case facts.Pages == 0:
		return Facts{}, refuse(NoPages)
	case facts.Pages > r.maxPages:
		return Facts{}, refuse(PageLimit)
	}
	facts.Fallback = true
	return facts, scanRisks(src, &facts)
}

// scanRisks looks for the names of actions in the bytes of a file. Compressed
// objects stay unseen; this is better than nothing for files pdfcpu refuses.
func scanRisks(src *sandbox.File, facts *Facts) error {
	const step, overlap = 1 << 20, 32
	buf := make([]byte, step+overlap)
	for off := int64(0); off < src.Size(); off += step {
		n, err := src.ReadAt(buf, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return wrap("reading", err)
		}
		facts.Launch = facts.Launch || contains(buf[:n], "/Launch")
		facts.JavaScript = facts.JavaScript || contains(buf[:n], "/JavaScript")
	}
	return nil
}

// failure turns the bad end of a tool into an error.
func failure(res sandbox.Result) error {
	if res.Breach != sandbox.NoBreach {
		return refuse(ResourceLimit)
	}
	return fmt.Errorf("pdf: tool ended with %d: %w", res.Exit, refuse(Corrupt))
}

// locked asks poppler whether a file that it won't open needs a password. Some
// need one for poppler only.
func (r *Reader) locked(ctx context.Context, src *sandbox.File) (bool, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{Tool: "pdfinfo", Args: []string{sandbox.InputPath}, Input: src,
		Limits: sandbox.Limits{Memory: 512 << 20, CPU: 10 * time.Second, Wall: 20 * time.Second, Output: 8 << 20}})
	if err != nil {
		return false, wrap("inspecting", err)
	}
	return contains(res.Stderr, "Incorrect password"), wrap("inspecting", res.Output.Close())
}
