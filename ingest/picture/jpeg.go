package picture

import (
	"bytes"
	"encoding/binary"
	"io"
)

// window reads parts of a file and remembers whether something was missing.
type window struct {
	r    io.ReaderAt
	size int64
}

// at returns n bytes from off, nil where the file is shorter.
func (w window) at(off int64, n int) []byte {
	if off < 0 || n < 0 || off+int64(n) > w.size {
		return nil
	}
	b := make([]byte, n)
	if got, _ := w.r.ReadAt(b, off); got < n {
		return nil
	}
	return b
}

// inspectJPEG walks over the markers up to the image data.
func inspectJPEG(w window) (Facts, error) {
	f := Facts{Format: "jpeg"}
	var frame Frame
	for off, steps := int64(2), 0; steps < 10_000; steps++ {
		head := w.at(off, 4)
		if head == nil || head[0] != 0xff {
			return f, refuse(Corrupt)
		}
		marker, length := head[1], int(binary.BigEndian.Uint16(head[2:]))
		if marker == 0xff {
			off++
			continue
		}
		if marker == 0xda {
			break
		}
		body := w.at(off+4, length-2)
		if length < 2 || body == nil {
			return f, refuse(Corrupt)
		}
		jpegSegment(marker, body, &frame)
		if marker == 0xe1 {
			f.origin(body)
		}
		off += 2 + int64(length)
	}
	if frame.Width < 1 || frame.Height < 1 {
		return f, refuse(Corrupt)
	}
	f.Frames = []Frame{frame}
	f.Truncated = !endsWithEOI(w)
	return f, nil
}

func jpegSegment(marker byte, body []byte, frame *Frame) {
	switch {
	case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && len(body) >= 6:
		frame.Height, frame.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
		frame.Mode = modeOf(int(body[5]), 8, false)
		// Four components are inks, mostly inverted: not to be trusted to a recogniser.
		frame.Plain = body[0] == 8 && (body[5] == 1 || body[5] == 3)
	case marker == 0xe0 && len(body) >= 12 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		x, y := int(binary.BigEndian.Uint16(body[8:])), int(binary.BigEndian.Uint16(body[10:]))
		switch body[7] {
		case 1:
			frame.DPI, frame.DPIY = x, y
		case 2:
			frame.DPI, frame.DPIY = x*254/100, y*254/100
		}
	case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
		exif(body[6:], frame)
	}
}

// endsWithEOI looks for the end marker near the end; scanners and cameras may
// append a little.
func endsWithEOI(w window) bool {
	n := int(min(w.size, 64<<10))
	return bytes.LastIndex(w.at(w.size-int64(n), n), []byte{0xff, 0xd9}) >= 0
}

// exif reads orientation and resolution from an Exif block.
func exif(b []byte, frame *Frame) {
	tags, _, err := readIFD(window{r: bytes.NewReader(b), size: int64(len(b))}, -1)
	if err != nil {
		return
	}
	if o := tags.value(tagOrientation); o >= 1 && o <= 8 {
		frame.Orientation = o
	}
	if frame.DPI <= 1 {
		tags.resolution(frame)
	}
}

// InspectJPEG returns what the headers of a JPEG file tell. It is for code that runs in a child itself.
func InspectJPEG(r io.ReaderAt, size int64) (Facts, error) {
	return inspectJPEG(window{r: r, size: size})
}
