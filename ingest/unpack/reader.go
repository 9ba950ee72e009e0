package unpack

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// Reader opens containers. It may be used by several goroutines at once.
type Reader struct {
	box *sandbox.Runner
}

// New returns a Reader whose children run in box.
func New(box *sandbox.Runner) (*Reader, error) {
	if box == nil {
		return nil, errors.New("unpack: no sandbox given")
	}
	return &Reader{box: box}, nil
}

// Unpack opens a container of a kind for which [sniff.Kind.Container] is true. The error is a
// *[Refused] where it can't or mustn't be opened.
func (r *Reader) Unpack(ctx context.Context, kind sniff.Kind, src *sandbox.File) (*Parcel, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepUnpack, Args: []string{string(kind)}, Input: src,
		Limits: sandbox.Limits{
			Memory: 256<<20 + 4*src.Size(), CPU: time.Minute, Wall: 2 * time.Minute, Output: maxBytes + 64<<20,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if !res.OK() {
		err := failure(res)
		return nil, errors.Join(err, res.Output.Close())
	}
	p, err := parcelOf(res.Output)
	if err != nil {
		return nil, errors.Join(err, res.Output.Close())
	}
	return p, nil
}

// Here opens a container in this very process, without the protection of a child: for bytes that were made
// by who calls it, as in tests. Errors are those of [Reader.Unpack].
func Here(kind sniff.Kind, src *sandbox.File) (*Parcel, error) {
	out, err := sandbox.NewFile()
	if err != nil {
		return nil, err
	}
	if err := answerTo(kind, src, src.Size(), out); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	p, err := parcelOf(out)
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return p, nil
}

// failure turns the end of a child into an error.
func failure(res sandbox.Result) error {
	switch res.Breach {
	case sandbox.BreachOutput:
		return refuse(DecodeLimit)
	case sandbox.NoBreach:
		return refuse(Corrupt)
	}
	return refuse(ResourceLimit)
}

// trailer is the length of the number behind the index.
const trailer = 8

// parcelOf reads what the child wrote: the parts, the index, the length of the index.
func parcelOf(out *sandbox.File) (*Parcel, error) {
	size := out.Size()
	var tail [trailer]byte
	if _, err := out.ReadAt(tail[:], size-trailer); err != nil {
		return nil, fmt.Errorf("unpack: reading the answer: %w", err)
	}
	length := int64(binary.BigEndian.Uint64(tail[:]))
	parts := size - trailer - length
	if length < 0 || parts < 0 || length > maxIndex {
		return nil, refuse(Corrupt)
	}
	var a answer
	if err := json.NewDecoder(io.NewSectionReader(out, parts, length)).Decode(&a); err != nil {
		return nil, fmt.Errorf("unpack: reading the answer: %w", err)
	}
	if a.Refused != "" {
		return nil, refuse(a.Refused)
	}
	for _, p := range a.Parcel.Parts {
		if p.Left == "" && (p.Offset < 0 || p.Size < 0 || p.Offset > parts-p.Size) {
			return nil, refuse(Corrupt)
		}
	}
	a.Parcel.file = out
	return &a.Parcel, nil
}
