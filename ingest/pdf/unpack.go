package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// inflation is how much larger a Flate stream can become at most.
const inflation = 1032

// stream unpacks a stream that could be a bomb, without keeping anything, and
// refuses the file where it is one. Images are not unpacked here: what a page may
// draw is limited by pixels.
func (l *looker) stream(sd *types.StreamDict) error {
	if name(sd.Dict, "Subtype") == "Image" && !chained(sd) {
		return nil
	}
	if bound(sd) <= maxDecoded/4 {
		return nil
	}
	r, ok := unpack(sd)
	if !ok {
		return nil
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(r, maxDecoded+1)) // a broken stream is not a bomb
	l.sum += n
	if n > maxDecoded || l.sum > maxDecodedSum {
		return refuse(DecodeLimit)
	}
	return nil
}

// chained reports Flate inside Flate.
func chained(sd *types.StreamDict) bool {
	n := 0
	for _, f := range sd.FilterPipeline {
		if f.Name == "FlateDecode" || f.Name == "Fl" {
			n++
		}
	}
	return n > 1
}

// bound is the largest size a stream can unpack to.
func bound(sd *types.StreamDict) int64 {
	n := int64(len(sd.Raw))
	for _, f := range sd.FilterPipeline {
		if f.Name == "FlateDecode" || f.Name == "Fl" {
			n *= inflation
		}
		if n > 1<<50 {
			break
		}
	}
	return n
}

// unpack returns a reader over the unpacked stream, false where a filter is of a
// kind that can't blow up by itself.
func unpack(sd *types.StreamDict) (io.Reader, bool) {
	var r io.Reader = bytes.NewReader(sd.Raw)
	for _, f := range sd.FilterPipeline {
		switch f.Name {
		case "FlateDecode", "Fl":
			z, err := zlib.NewReader(r)
			if err != nil {
				return nil, false
			}
			r = z
		case "ASCII85Decode", "A85":
			r = ascii85.NewDecoder(r)
		default:
			return nil, false
		}
	}
	return r, true
}

// unpackHead returns the first n unpacked bytes, fewer where there are fewer.
func unpackHead(sd *types.StreamDict, n int64) []byte {
	r, ok := unpack(sd)
	if !ok {
		return nil
	}
	b, _ := io.ReadAll(io.LimitReader(r, n)) // what can be unpacked is enough
	return b
}
