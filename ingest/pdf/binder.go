package pdf

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"time"

	"eakte/ingest/sandbox"
)

// Part is a file of which pages are taken: a PDF, or a JPEG that fills a page of Width by Height points.
type Part struct {
	File          *sandbox.File
	Picture       bool
	Width, Height float32
}

// Bind puts pages of parts together as a new PDF, which must be closed. It holds what these pages
// show and nothing of the others. The error is a *[Refused] where a part can't be taken apart.
func (r *Reader) Bind(ctx context.Context, parts []Part, leaves []Leaf) (*sandbox.File, error) {
	in, err := ordered(parts, leaves)
	if err != nil {
		return nil, wrap("binding", err)
	}
	defer in.Close() //nolint:errcheck // memory only
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepBind, Input: in,
		Limits: sandbox.Limits{
			Memory: max(768<<20, min(8*in.Size(), 3<<30)), CPU: 60 * time.Second, Wall: 120 * time.Second,
			Output: 3*in.Size() + 16<<20,
		},
	})
	if err != nil {
		return nil, wrap("binding", err)
	}
	var head [1]byte
	_, err = res.Output.ReadAt(head[:], 0)
	if res.OK() && err == nil && head[0] == '%' {
		return res.Output, nil
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	var a answer
	if res.Breach != sandbox.NoBreach || mentionsStack(res.Stderr) {
		return nil, refuse(ResourceLimit)
	}
	if err := json.NewDecoder(res.Output.Reader()).Decode(&a); err != nil || a.Refused == "" {
		return nil, refuse(Corrupt)
	}
	return nil, refuse(a.Refused)
}

// ordered puts an order and its parts into one input.
func ordered(parts []Part, leaves []Leaf) (*sandbox.File, error) {
	o := order{Leaves: leaves}
	var at int64
	for _, p := range parts {
		o.Parts = append(o.Parts, orderPart{At: at, Size: p.File.Size(), Picture: p.Picture, Width: p.Width, Height: p.Height})
		at += p.File.Size()
	}
	said, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	in, err := sandbox.NewFile()
	if err != nil {
		return nil, err
	}
	_, err = in.Write(append(binary.BigEndian.AppendUint64(nil, uint64(len(said))), said...))
	for _, p := range parts {
		if err == nil {
			_, err = io.Copy(in, p.File.Reader())
		}
	}
	if err == nil {
		err = in.Seal()
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}
