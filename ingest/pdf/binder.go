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

// Bound are PDFs made by [Reader.Bind]. It must be closed.
type Bound struct {
	file *sandbox.File
	ends []int64
}

// Len is how many there are.
func (b *Bound) Len() int { return len(b.ends) }

// Output reads number n, from 0.
func (b *Bound) Output(n int) *io.SectionReader {
	start := int64(0)
	if n > 0 {
		start = b.ends[n-1]
	}
	return io.NewSectionReader(b.file, start, b.ends[n]-start)
}

// Close gives the memory back.
func (b *Bound) Close() error { return b.file.Close() }

// Bind puts pages of parts together as new PDFs, one for each of the outputs; a part is parsed once for all
// of them. Each holds what its pages show and nothing of the others. The error is a *[Refused] where a part
// can't be taken apart: then there is no output at all.
func (r *Reader) Bind(ctx context.Context, parts []Part, outputs [][]Leaf) (*Bound, error) {
	in, more, err := ordered(parts, outputs)
	if err != nil {
		return nil, wrap("binding", err)
	}
	defer in.Close() //nolint:errcheck // memory only
	size := in.Size()
	for _, f := range more {
		size += f.Size()
	}
	n := int64(len(outputs))
	patience := time.Minute + time.Duration(n)*time.Second
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepBind, Input: in, More: more,
		Limits: sandbox.Limits{
			Memory: max(768<<20, min(8*size, 3<<30)), CPU: patience, Wall: 2 * patience, Files: 64 + len(more),
			Output: 3*size + 16<<20 + min(n*size, 1<<30), // what outputs share is in each of them
		},
	})
	if err != nil {
		return nil, wrap("binding", err)
	}
	b, err := boundBy(res, len(outputs))
	if err != nil {
		return nil, errors.Join(err, res.Output.Close())
	}
	return b, nil
}

// boundBy checks what the child says of what it made.
func boundBy(res sandbox.Result, want int) (*Bound, error) {
	if res.Breach != sandbox.NoBreach || mentionsStack(res.Stderr) {
		return nil, refuse(ResourceLimit)
	}
	var tail [8]byte
	end := res.Output.Size() - int64(len(tail))
	if _, err := res.Output.ReadAt(tail[:], max(end, 0)); !res.OK() || end < 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil, refuse(Corrupt)
	}
	said := int64(binary.BigEndian.Uint64(tail[:]))
	if said < 0 || said > end {
		return nil, refuse(Corrupt)
	}
	var a manifest
	switch err := json.NewDecoder(io.NewSectionReader(res.Output, end-said, said)).Decode(&a); {
	case err != nil:
		return nil, refuse(Corrupt)
	case a.Refused != "":
		return nil, refuse(a.Refused)
	case len(a.Sizes) != want:
		return nil, refuse(Corrupt)
	}
	b, at := &Bound{file: res.Output}, int64(0)
	for _, n := range a.Sizes {
		if n <= 0 || n > end-said-at {
			return nil, refuse(Corrupt)
		}
		at += n
		b.ends = append(b.ends, at)
	}
	return b, nil
}

// ordered puts an order and its pictures into one input; PDFs, which may be large, are handed over as they
// are.
func ordered(parts []Part, outputs [][]Leaf) (in *sandbox.File, more []*sandbox.File, err error) {
	o := order{Outputs: outputs}
	var at int64
	for _, p := range parts {
		part := orderPart{Size: p.File.Size(), Picture: p.Picture, Width: p.Width, Height: p.Height}
		if p.Picture {
			part.At = at
			at += part.Size
		} else {
			part.File, more = len(more), append(more, p.File)
		}
		o.Parts = append(o.Parts, part)
	}
	said, err := json.Marshal(o)
	if err != nil {
		return nil, nil, err
	}
	if in, err = sandbox.NewFile(); err != nil {
		return nil, nil, err
	}
	_, err = in.Write(append(binary.BigEndian.AppendUint64(nil, uint64(len(said))), said...))
	for _, p := range parts {
		if err == nil && p.Picture {
			_, err = io.Copy(in, p.File.Reader())
		}
	}
	if err == nil {
		err = in.Seal()
	}
	if err != nil {
		return nil, nil, errors.Join(err, in.Close())
	}
	return in, more, nil
}
