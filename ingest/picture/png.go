package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// inspectPNG walks over the chunks and checks their sums.
func inspectPNG(w window) (Facts, error) {
	f := Facts{Format: "png"}
	var frame Frame
	off := int64(8)
	for n := 0; ; n++ {
		head := w.at(off, 8)
		if head == nil {
			f.Truncated = true
			break
		}
		length, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		sum := w.at(off+8+length, 4)
		if sum == nil {
			f.Truncated = true
			break
		}
		if !sumHolds(w, off+4, length+4, binary.BigEndian.Uint32(sum)) {
			return f, refuse(Corrupt)
		}
		if err := pngChunk(w, kind, off+8, length, n, &frame); err != nil {
			return f, err
		}
		if kind == "IEND" {
			break
		}
		off += 12 + length
	}
	if frame.Width < 1 || frame.Height < 1 {
		return f, refuse(Corrupt)
	}
	f.Frames = []Frame{frame}
	return f, nil
}

func pngChunk(w window, kind string, off, length int64, n int, frame *Frame) error {
	if n == 0 && kind != "IHDR" {
		return refuse(Corrupt)
	}
	switch kind {
	case "IHDR":
		b := w.at(off, 13)
		if b == nil || length != 13 {
			return refuse(Corrupt)
		}
		width, height := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
		if width > 1<<31-1 || height > 1<<31-1 {
			return refuse(PixelLimit)
		}
		frame.Width, frame.Height = int(width), int(height)
		frame.Mode = modeOf(1+2*int(b[9]>>1&1), int(b[8]), b[9]&1 != 0)
		frame.Alpha = b[9]&4 != 0
		frame.Plain = !frame.Alpha
	case "tRNS":
		frame.Alpha, frame.Plain = true, false
	case "zTXt", "iTXt", "iCCP":
		frame.Plain = false // a text may unpack to anything: not for tools that read it
	case "pHYs":
		if b := w.at(off, 9); b != nil && length == 9 && b[8] == 1 {
			inch := func(b []byte) int { return int(float64(binary.BigEndian.Uint32(b))*0.0254 + 0.5) }
			frame.DPI, frame.DPIY = inch(b), inch(b[4:])
		}
	case "eXIf":
		if length < 1<<20 {
			exif(w.at(off, int(length)), frame)
		}
	}
	return nil
}

func sumHolds(w window, off, n int64, want uint32) bool {
	h := crc32.NewIEEE()
	if _, err := io.Copy(h, io.NewSectionReader(w.r, off, n)); err != nil {
		return false
	}
	return h.Sum32() == want
}

// inspectWebP walks over the chunks of a RIFF file.
func inspectWebP(w window) (Facts, error) {
	f := Facts{Format: "webp"}
	var frame Frame
	for off := int64(12); ; {
		head := w.at(off, 8)
		if head == nil {
			break
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		webpChunk(w, string(head[:4]), off+8, length, &frame)
		if off+8+length > w.size {
			f.Truncated = true
			break
		}
		off += 8 + length + length&1
	}
	if frame.Width < 1 || frame.Height < 1 {
		return f, refuse(Corrupt)
	}
	frame.Mode = Colour
	f.Frames = []Frame{frame}
	return f, nil
}

func webpChunk(w window, kind string, off, length int64, frame *Frame) {
	switch kind {
	case "VP8X":
		if b := w.at(off, 10); b != nil {
			frame.Alpha = b[0]&0x10 != 0
			frame.Width, frame.Height = 1+int(b[4])+int(b[5])<<8+int(b[6])<<16, 1+int(b[7])+int(b[8])<<8+int(b[9])<<16
		}
	case "VP8 ":
		if b := w.at(off, 10); b != nil && bytes.Equal(b[3:6], []byte{0x9d, 0x01, 0x2a}) {
			frame.Width, frame.Height = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		}
	case "VP8L":
		if b := w.at(off, 5); b != nil && b[0] == 0x2f {
			bits := binary.LittleEndian.Uint32(b[1:])
			frame.Width, frame.Height, frame.Alpha = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1, bits>>28&1 == 1
		}
	case "EXIF":
		if length < 1<<20 {
			exif(bytes.TrimPrefix(w.at(off, int(length)), []byte("Exif\x00\x00")), frame)
		}
	}
}
