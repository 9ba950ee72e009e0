package picture

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Tags of TIFF and Exif that tell what made a file.
const (
	tagMake     = 271
	tagModel    = 272
	tagSoftware = 305
	tagDateTime = 306
)

// longestOrigin is how much of such a text is read, in bytes.
const longestOrigin = 200

// origin takes over from an Exif block what made the file.
func (f *Facts) origin(body []byte) {
	block, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if ok {
		f.readOrigin(window{r: bytes.NewReader(block), size: int64(len(block))})
	}
}

// readOrigin reads from the first directory of a TIFF file or Exif block what made it. What is damaged says
// nothing.
func (f *Facts) readOrigin(w window) {
	head := w.at(0, 8)
	if head == nil {
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	off := int64(order.Uint32(head[4:]))
	count := w.at(off, 2)
	if count == nil {
		return
	}
	n := int(order.Uint16(count))
	body := w.at(off+2, n*12)
	if body == nil {
		return
	}
	for i := range n {
		e := body[i*12:]
		into := map[uint16]*string{tagMake: &f.Make, tagModel: &f.Model, tagSoftware: &f.Software, tagDateTime: &f.Made}[order.Uint16(e)]
		if into == nil || order.Uint16(e[2:]) != 2 {
			continue
		}
		size := int(min(order.Uint32(e[4:]), longestOrigin))
		text := e[8:min(8+size, 12)]
		if size > 4 {
			text = w.at(int64(order.Uint32(e[8:])), size)
		}
		text, _, _ = bytes.Cut(text, []byte{0})
		*into = strings.TrimSpace(string(text))
	}
}
