package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // decoders for image.Decode
	_ "image/png"
	"io"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

var errDecode = errors.New("picture: image can't be decoded")

// decode unpacks an image; of a TIFF file the page whose directory is at offset.
// It knows PNM too, which other tools print.
func decode(in io.ReaderAt, offset int) (image.Image, error) {
	head := make([]byte, 8)
	if n, _ := in.ReadAt(head, 0); n < 3 {
		return nil, errDecode
	}
	if head[0] == 'P' && head[1] >= '4' && head[1] <= '6' {
		return decodePNM(io.NewSectionReader(in, 0, 1<<40))
	}
	src := in
	if offset > 0 && darkFax(in, offset) {
		return nil, errDecode
	}
	if offset > 0 {
		src = withFirstIFD(in, head, offset)
	}
	r := io.NewSectionReader(src, 0, 1<<40)
	cfg, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, errDecode
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > MaxSide || cfg.Height > MaxSide || cfg.Width*cfg.Height > MaxPixels {
		return nil, refuse(PixelLimit)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, errDecode
	}
	img, _, err := image.Decode(r)
	if err != nil {
		return nil, errDecode
	}
	return img, nil
}

// darkFax reports whether a page of a TIFF file is packed as a fax and has 0 for black: Go's decoder takes the
// fax's white for white there, where libtiff, which most programs write such files with, takes it for 0.
func darkFax(in io.ReaderAt, offset int) bool {
	tags, _, err := readIFD(window{in, 1 << 40}, int64(offset))
	packed := tags.value(tagCompression)
	return err == nil && packed >= 2 && packed <= 4 && tags.value(tagPhotometric) == 1
}

// patched is a TIFF file whose header points at another directory, so that a
// decoder of first pages decodes any page.
type patched struct {
	io.ReaderAt
	head [8]byte
}

func withFirstIFD(in io.ReaderAt, head []byte, offset int) io.ReaderAt {
	p := patched{ReaderAt: in}
	copy(p.head[:], head)
	if head[0] == 'M' {
		binary.BigEndian.PutUint32(p.head[4:], uint32(offset))
	} else {
		binary.LittleEndian.PutUint32(p.head[4:], uint32(offset))
	}
	return p
}

// ReadAt reads from the file with the header replaced.
func (p patched) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.ReaderAt.ReadAt(b, off)
	if off < 8 {
		copy(b[:n], p.head[off:])
	}
	return n, err
}

// decodePNM reads binary PBM, PGM and PPM of 8 bits.
func decodePNM(r io.Reader) (image.Image, error) {
	b := bufio.NewReaderSize(r, 1<<20)
	var kind byte
	var w, h int
	limit := 255
	if _, err := fmt.Fscanf(b, "P%c", &kind); err != nil {
		return nil, errDecode
	}
	fields := []*int{&w, &h, &limit}
	if kind == '4' {
		fields = fields[:2]
	}
	for _, f := range fields {
		if _, err := fmt.Fscan(b, f); err != nil {
			return nil, errDecode
		}
	}
	if _, err := b.ReadByte(); err != nil || w < 1 || h < 1 || limit != 255 {
		return nil, errDecode
	}
	if w > MaxSide || h > MaxSide || w*h > MaxPixels {
		return nil, refuse(PixelLimit)
	}
	switch kind {
	case '4':
		return readBits(b, w, h)
	case '5':
		img := image.NewGray(image.Rect(0, 0, w, h))
		if _, err := io.ReadFull(b, img.Pix); err != nil {
			return nil, errDecode
		}
		return img, nil
	}
	return readColours(b, w, h)
}

func readBits(r io.Reader, w, h int) (image.Image, error) {
	img := image.NewGray(image.Rect(0, 0, w, h))
	row := make([]byte, (w+7)/8)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, errDecode
		}
		for x := range w {
			if row[x/8]>>(7-x%8)&1 == 0 {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	return img, nil
}

func readColours(r io.Reader, w, h int) (image.Image, error) {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	row := make([]byte, 3*w)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, errDecode
		}
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{R: row[3*x], G: row[3*x+1], B: row[3*x+2], A: 255})
		}
	}
	return img, nil
}
