package unpack

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// Steps are the Go steps of this package, to be served by a worker.
func Steps() map[string]sandbox.Step { return map[string]sandbox.Step{stepUnpack: unpackStep} }

const (
	stepUnpack = "unpack"
	maxIndex   = 32 << 20 // bytes of the index
)

// answer is the index: the parcel, or why there is none.
type answer struct {
	Refused string `json:"refused,omitempty"`
	Parcel  Parcel `json:"parcel"`
}

// unpackStep runs inside the child. Its argument is the kind of the container.
func unpackStep(in *os.File, args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("unpack: kind missing")
	}
	info, err := in.Stat()
	if err != nil {
		return errors.New("unpack: no input")
	}
	return answerTo(sniff.Kind(args[0]), in, info.Size(), out)
}

// answerTo writes the parts of a container, the index and the length of the index.
func answerTo(kind sniff.Kind, in io.ReaderAt, size int64, out io.Writer) error {
	p := &packing{out: out}
	err := pack(p, kind, in, size)
	a := answer{Refused: IsRefused(err), Parcel: p.Parcel}
	switch {
	case a.Refused != "":
		a.Parcel = Parcel{}
	case err != nil:
		return errors.New("unpack: can't go on") // err may quote the content
	}
	if len(a.Parcel.Text) > maxText {
		a.Parcel.Text = a.Parcel.Text[:maxText]
	}
	a.Parcel.Text = strings.ToValidUTF8(a.Parcel.Text, "\ufffd")
	index, err := json.Marshal(a)
	if err != nil {
		return errors.New("unpack: can't say what was found")
	}
	if len(index) > maxIndex {
		if index, err = json.Marshal(answer{Refused: PartLimit}); err != nil {
			return errors.New("unpack: can't say what was found")
		}
	}
	if _, err := out.Write(binary.BigEndian.AppendUint64(index, uint64(len(index)))); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return nil
}

// pack opens a container of any kind.
func pack(p *packing, kind sniff.Kind, in io.ReaderAt, size int64) error {
	switch kind {
	case sniff.Zip:
		return packZip(p, in, size)
	case sniff.Outlook:
		return packOutlook(p, in)
	case sniff.Email:
		raw := make([]byte, size)
		if _, err := io.ReadFull(io.NewSectionReader(in, 0, size), raw); err != nil {
			return err
		}
		return packMail(p, raw)
	}
	return errors.New("unpack: no container")
}
