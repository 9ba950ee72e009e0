package office

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"eakte/ingest/sandbox"
)

// Steps are the Go steps of this package, to be served by a worker.
func Steps() map[string]sandbox.Step {
	return map[string]sandbox.Step{stepInspect: inspectStep}
}

const stepInspect = "office-inspect"

// Limits on what is read.
const (
	maxText    = 16 << 20  // bytes of plain text; what is behind isn't searched
	maxPart    = 128 << 20 // bytes that one part may unpack to
	maxParts   = 512 << 20 // bytes that all parts may unpack to
	maxEntries = 20_000
	maxDepth   = 500 // elements in each other
)

// answer is the first line the step prints: facts, or why there are none. The text follows.
type answer struct {
	Refused string `json:"refused,omitempty"`
	Facts   Facts  `json:"facts"`
}

// inspectStep runs inside the child.
func inspectStep(in *os.File, _ []string, out io.Writer) error {
	info, err := in.Stat()
	if err != nil {
		return errors.New("office-inspect: no size")
	}
	var text words
	var a answer
	a.Facts, err = inspect(in, info.Size(), &text)
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		a.Refused = refused.Code
	case err != nil:
		a.Refused = Corrupt
	}
	if err := json.NewEncoder(out).Encode(a); err != nil {
		return fmt.Errorf("office-inspect: %w", err)
	}
	_, err = io.WriteString(out, text.String())
	return err
}

// inspect reads a file by what its first bytes say.
func inspect(in io.ReaderAt, size int64, text *words) (Facts, error) {
	head := make([]byte, 8)
	n, _ := in.ReadAt(head, 0) // what is short is none of these
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return inspectArchive(in, size, text)
	case bytes.Equal(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return inspectCompound(in, text)
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return inspectRTF(io.NewSectionReader(in, 0, size), text)
	}
	return Facts{}, refuse(Corrupt)
}

// words collects plain text up to its limit.
type words struct{ strings.Builder }

func (w *words) add(s string) {
	if w.Len()+len(s) <= maxText {
		w.WriteString(strings.ToValidUTF8(s, "\ufffd"))
	}
}

// next begins a new line, cell or page unless one has just begun.
func (w *words) next(mark string) {
	if s := w.String(); s != "" && !strings.HasSuffix(s, "\n") && !strings.HasSuffix(s, "\f") || mark == "\f" && s != "" {
		w.add(mark)
	}
}
