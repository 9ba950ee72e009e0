package picture

import (
	"encoding/binary"
)

// Tags of TIFF that are read.
const (
	tagNewSubfile  = 254
	tagWidth       = 256
	tagHeight      = 257
	tagBits        = 258
	tagCompression = 259
	tagPhotometric = 262
	tagOrientation = 274
	tagSamples     = 277
	tagXRes        = 282
	tagYRes        = 283
	tagResUnit     = 296
	tagExtra       = 338
)

// ifd holds the tags of one directory that are numbers.
type ifd map[int]float64

func (t ifd) value(tag int) int { return int(t[tag]) }

// resolution takes over the tags for resolution.
func (t ifd) resolution(f *Frame) {
	unit := 1.0
	if t.value(tagResUnit) == 3 {
		unit = 2.54
	} else if _, ok := t[tagResUnit]; ok && t.value(tagResUnit) != 2 {
		return
	}
	clamp := func(v float64) int { return int(min(max(v*unit+0.5, 0), 1e6)) }
	f.DPI, f.DPIY = clamp(t[tagXRes]), clamp(t[tagYRes])
}

// readIFD reads the directory at off (-1: the first one) and returns the offset of
// the next, 0 after the last.
func readIFD(w window, off int64) (ifd, int64, error) {
	head := w.at(0, 8)
	if head == nil {
		return nil, 0, refuse(Corrupt)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	if off < 0 {
		off = int64(order.Uint32(head[4:]))
	}
	count := w.at(off, 2)
	if count == nil || off < 8 {
		return nil, 0, refuse(Corrupt)
	}
	n := int(order.Uint16(count))
	body := w.at(off+2, n*12)
	if body == nil {
		return nil, 0, refuse(Corrupt)
	}
	tags := ifd{}
	for i := range n {
		e := body[i*12:]
		tags.add(w, order, int(order.Uint16(e)), int(order.Uint16(e[2:])), order.Uint32(e[4:]), e[8:12])
	}
	next := w.at(off+2+int64(n)*12, 4)
	if next == nil {
		return tags, 0, nil
	}
	return tags, int64(order.Uint32(next)), nil
}

// add keeps the first value of a tag.
func (t ifd) add(w window, order binary.ByteOrder, tag, kind int, count uint32, v []byte) {
	if count == 0 {
		return
	}
	size := map[int]int{1: 1, 3: 2, 4: 4, 5: 8}[kind]
	if size == 0 {
		return
	}
	if int64(size)*int64(count) > 4 {
		if v = w.at(int64(order.Uint32(v)), size); v == nil {
			return
		}
	}
	switch kind {
	case 1:
		t[tag] = float64(v[0])
	case 3:
		t[tag] = float64(order.Uint16(v))
	case 4:
		t[tag] = float64(order.Uint32(v))
	case 5:
		if d := order.Uint32(v[4:]); d != 0 {
			t[tag] = float64(order.Uint32(v)) / float64(d)
		}
	}
}

// inspectTIFF walks over the directories. Thumbnails and masks are left out.
func inspectTIFF(w window) (Facts, error) {
	f := Facts{Format: "tiff"}
	seen := map[int64]bool{}
	f.readOrigin(w)
	for off := int64(-1); off != 0; {
		tags, next, err := readIFD(w, off)
		if err != nil {
			if len(f.Frames) > 0 {
				f.Truncated = true
				return f, nil
			}
			return f, err
		}
		if off < 0 {
			off = firstIFD(w)
		}
		if seen[off] {
			return f, refuse(PageLoop)
		}
		seen[off] = true
		if tags.value(tagNewSubfile)&5 == 0 || len(f.Frames) == 0 {
			f.Frames = append(f.Frames, tiffFrame(tags, int(off)))
		}
		if len(seen) > MaxPages {
			return f, refuse(PageLimit)
		}
		off = next
	}
	return f, nil
}

func firstIFD(w window) int64 {
	head := w.at(0, 8)
	if head == nil {
		return 0
	}
	if head[0] == 'M' {
		return int64(binary.BigEndian.Uint32(head[4:]))
	}
	return int64(binary.LittleEndian.Uint32(head[4:]))
}

func tiffFrame(tags ifd, off int) Frame {
	f := Frame{Width: tags.value(tagWidth), Height: tags.value(tagHeight), Orientation: tags.value(tagOrientation), Offset: off}
	tags.resolution(&f)
	_, extra := tags[tagExtra]
	f.Alpha = extra || tags.value(tagSamples) == 4 || tags.value(tagSamples) == 2
	f.Mode = modeOf(max(tags.value(tagSamples), 1), max(tags.value(tagBits), 1), tags.value(tagPhotometric) == 3)
	f.Plain = !f.Alpha && tags.value(tagSamples) <= 3 && tags.value(tagBits) <= 8 && tags.value(tagPhotometric) <= 3
	return f
}
