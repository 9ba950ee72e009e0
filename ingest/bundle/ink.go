package bundle

import (
	"bytes"
	"fmt"
	"io"
)

// ink is an image of black and white dots, one bit each, rows filled up to whole bytes, 1 is black.
type ink struct {
	width, height int
	dots          []byte
}

// mostDots is how many an image may have.
const mostDots = 200_000_000

// readInk reads a portable bitmap as pdfimages writes it; ok is false where it is something else.
func readInk(src *io.SectionReader) (out ink, ok bool) {
	var head [64]byte
	n, err := src.ReadAt(head[:], 0)
	if err != nil && err != io.EOF || !bytes.HasPrefix(head[:n], []byte("P4\n")) {
		return out, false
	}
	if got, _ := fmt.Sscanf(string(head[:n]), "P4\n%d %d\n", &out.width, &out.height); got != 2 {
		return out, false
	}
	if out.width < 1 || out.height < 1 || out.width > mostDots/out.height {
		return out, false
	}
	size := int64((out.width+7)/8) * int64(out.height)
	at := src.Size() - size
	if at < 7 || at > int64(n) {
		return out, false
	}
	out.dots = make([]byte, size)
	if _, err := src.ReadAt(out.dots, at); err != nil && err != io.EOF {
		return out, false
	}
	return out, true
}

// ink makes the page of such an image, which loses nothing by being packed.
func (d *draft) ink(i ink, size [2]float32, turn int) error {
	up, width, height := upright(1), float64(size[0]), float64(size[1])
	if width <= 0 || height <= 0 {
		return refusal(refusedBroken)
	}
	for ; turn%360 >= 90; turn -= 90 {
		up, width, height = up.then(quarter()), height, width
	}
	packed, err := deflate(i.dots)
	if err != nil {
		return err
	}
	image := d.number()
	d.stream(image, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]/Filter/FlateDecode",
		i.width, i.height), packed)
	d.place(image, up, width, height)
	return nil
}
