package pdf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"eakte/ingest/sandbox"
)

// Steps are the Go steps of this package, to be served by a worker.
func Steps() map[string]sandbox.Step {
	return map[string]sandbox.Step{stepInspect: inspectStep, stepBind: bindStep}
}

const stepInspect = "pdf-inspect"

// answer is what the step prints: facts, or why there are none.
type answer struct {
	Refused string `json:"refused,omitempty"`
	Facts   Facts  `json:"facts"`
}

// inspectStep runs inside the child. Its argument is the page limit.
func inspectStep(in *os.File, args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("pdf-inspect: page limit missing")
	}
	maxPages, err := strconv.Atoi(args[0])
	if err != nil {
		return errors.New("pdf-inspect: page limit is no number")
	}
	// Package api of pdfcpu isn't used: it would double the time a child takes to start.
	model.ConfigPath = "disable"
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.DecodeAllStreams = false
	conf.Limits.MaxDecodeBytes = maxDecoded
	conf.Limits.MaxObjectCount = maxObjects
	var a answer
	err = deeplyNested(in)
	var ctx *model.Context
	if err == nil {
		ctx, err = readThin(in, conf)
	}
	if err == nil {
		a.Facts, err = look(ctx, maxPages)
	}
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		a.Refused = refused.Code
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		a.Refused = Encrypted
	case err != nil:
		a.Refused = classify(err)
	}
	if err := json.NewEncoder(out).Encode(a); err != nil {
		return fmt.Errorf("pdf-inspect: %w", err)
	}
	return nil
}

// deeplyNested refuses a file with arrays opened in each other without end: a
// reader that follows them runs out of stack. No honest file has them.
func deeplyNested(in io.ReaderAt) error {
	deep := bytes.Repeat([]byte("["), 5*maxDepth)
	buf := make([]byte, 1<<20)
	for off := int64(0); ; off += int64(len(buf) - len(deep)) {
		n, err := in.ReadAt(buf, off)
		if bytes.Contains(buf[:n], deep) {
			return refuse(NestingLimit)
		}
		if err != nil {
			return nil // the end, or what the reader after this one will stumble on
		}
	}
}

// readThin reads a file without its images, so that one of 500 scans takes no more memory than one of
// five; where that fails, the file as it is.
func readThin(in *os.File, conf *model.Configuration) (*model.Context, error) {
	info, err := in.Stat()
	if err != nil {
		return nil, errors.New("pdf-inspect: no size")
	}
	if t, ok := thinned(in, info.Size()).(*thin); ok {
		if ctx, err := read(t, conf); err == nil {
			return ctx, nil
		}
	}
	return read(in, conf)
}

// read calls pdfcpu, whose panics are errors.
func read(in io.ReadSeeker, conf *model.Configuration) (ctx *model.Context, err error) {
	defer func() {
		if recover() != nil {
			err = refuse(Corrupt)
		}
	}()
	return pdfcpu.Read(in, conf)
}

// classify tells pdfcpu's limits from its other errors.
func classify(err error) string {
	text := strings.ToLower(err.Error())
	for _, c := range []struct{ part, code string }{
		{"password", Encrypted}, {"decode limit", DecodeLimit}, {"decompress", DecodeLimit},
		{"recursion", NestingLimit}, {"nesting", NestingLimit}, {"nested", NestingLimit}, {"depth", NestingLimit},
	} {
		if strings.Contains(text, c.part) {
			return c.code
		}
	}
	return Corrupt
}
