package pdf

import (
	"context"
	"strconv"
	"strings"
	"time"

	"eakte/ingest/sandbox"
)

// Image is an image on a page, as its place on the page makes it.
type Image struct {
	Page int
	// Width and Height are in pixels.
	Width, Height int
	// DPI is the coarser one of both directions.
	DPI int
	// Mode is "bw", "gray" or "colour".
	Mode string
}

// Images lists the images of a file in the order of its pages; masks aren't among them.
func (r *Reader) Images(ctx context.Context, src *sandbox.File) ([]Image, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "pdfimages", Args: []string{"-list", "-l", strconv.Itoa(r.maxPages), sandbox.InputPath}, Input: src,
		Limits: sandbox.Limits{Memory: 512 << 20, CPU: 30 * time.Second, Wall: time.Minute, Output: 16 << 20},
	})
	if err != nil {
		return nil, wrap("listing images", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	if !res.OK() {
		return nil, failure(res)
	}
	out, err := res.Output.Bytes()
	if err != nil {
		return nil, wrap("listing images", err)
	}
	return parseImages(string(out)), nil
}

// parseImages reads the table that pdfimages prints: page, number, kind, width, height, colour, components, bits,
// encoding, interpolation, object (two words, or "[inline]"), dots an inch in both directions, and more.
func parseImages(table string) (out []Image) {
	for line := range strings.SplitSeq(table, "\n") {
		f := strings.Fields(line)
		if len(f) < 13 || f[2] != "image" && f[2] != "stencil" {
			continue
		}
		if f[10] == "[inline]" {
			f = append(append(f[:10:10], "0"), f[10:]...)
		}
		n := func(i int) int {
			if i >= len(f) {
				return 0
			}
			v, _ := strconv.Atoi(f[i]) // 0 is "unknown", as for what the table doesn't tell
			return v
		}
		i := Image{Page: n(0), Width: n(3), Height: n(4), DPI: min(n(12), n(13)), Mode: "colour"}
		switch {
		case n(7) == 1 && n(6) == 1:
			i.Mode = "bw"
		case n(6) == 1 && f[5] != "index":
			i.Mode = "gray"
		}
		out = append(out, i)
	}
	return out
}
