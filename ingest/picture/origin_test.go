package picture

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// tags writes a TIFF of one directory with texts.
func tags(order binary.AppendByteOrder, texts map[uint16]string) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint16(order.AppendUint32(b, 8), uint16(len(texts)))
	var tail []byte
	at := 8 + 2 + 12*len(texts) + 4
	for _, tag := range []uint16{tagMake, tagModel, tagSoftware, tagDateTime} {
		text, ok := texts[tag]
		if !ok {
			continue
		}
		text += "\x00"
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), 2), uint32(len(text)))
		if len(text) <= 4 {
			b = append(b, (text + "\x00\x00\x00\x00")[:4]...)
			continue
		}
		b = order.AppendUint32(b, uint32(at+len(tail)))
		tail = append(tail, text...)
	}
	return append(order.AppendUint32(b, 0), tail...)
}

func TestOriginIsRead(t *testing.T) {
	texts := map[uint16]string{tagMake: "HP ", tagModel: "ScanJet Pro", tagSoftware: "abc", tagDateTime: "2026:11:21 10:15:00"}
	want := Facts{Make: "HP", Model: "ScanJet Pro", Software: "abc", Made: "2026:11:21 10:15:00"}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		block := tags(order, texts)
		var f Facts
		f.origin(append([]byte("Exif\x00\x00"), block...))
		if f.Make != want.Make || f.Model != want.Model || f.Software != want.Software || f.Made != want.Made {
			t.Errorf("%v: got %+v", order, f)
		}
		for n := range block { // what is cut off says less, and breaks nothing
			var f Facts
			f.readOrigin(window{r: bytes.NewReader(block[:n]), size: int64(n)})
		}
	}
}
