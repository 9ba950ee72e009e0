package acltest

import (
	"errors"
	"io"

	"eakte/ingest"
	"eakte/ingest/read"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
	"eakte/ingest/unpack"
)

// Parcel reads a container that a test made itself: its text is one page.
func Parcel(kind string, src io.Reader) (ingest.Reading, error) {
	file, err := sandbox.Load(src, 64<<20)
	if err != nil {
		return nil, err
	}
	parcel, err := unpack.Here(sniff.Kind(kind), file)
	if code := unpack.IsRefused(err); code != "" {
		err = &read.Failure{State: read.Failed, Code: code}
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return parcelled{plain{parcel.Text}, parcel}, nil
}

// parcelled is a container with its text.
type parcelled struct {
	plain
	parcel *unpack.Parcel
}

// Parcel implements [ingest.Opened].
func (p parcelled) Parcel() *unpack.Parcel { return p.parcel }

func (p parcelled) Close() error { return p.parcel.Close() }
