package bundle

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"math"
	"time"
)

// metadata is what an archival file says of itself, as XMP (ISO 16684-1), with the identification that
// ISO 19005-2, 6.6.4 asks for.
func metadata(title string, made time.Time) []byte {
	var name bytes.Buffer
	_ = xml.EscapeText(&name, []byte(title)) // memory takes it
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>%s</xmp:CreateDate><pdf:Producer>eakte</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`, "\ufeff", name.String(), made.Format("2006-01-02T15:04:05Z"))
}

// colours is an ICC profile (ICC.1:2001-04) of a screen with the colours of IEC 61966-2-1: what the numbers
// in the images mean.
func colours() []byte {
	be := binary.BigEndian
	fixed := func(values ...float64) (b []byte) {
		for _, v := range values {
			b = be.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	place := func(x, y, z float64) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), fixed(x, y, z)...) }
	const name, rights = "sRGB IEC61966-2.1\x00", "No rights are claimed.\x00"
	described := be.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)))
	described = append(append(described, name...), make([]byte, 4+4+2+1+67)...) // neither Unicode nor ScriptCode
	tags := []struct {
		sign string
		data []byte
	}{
		{"desc", described},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), rights...)},
		{"wtpt", place(0.9642, 1, 0.8249)},
		{"rXYZ", place(0.43607, 0.22249, 0.01392)},
		{"gXYZ", place(0.38515, 0.71687, 0.09708)},
		{"bXYZ", place(0.14307, 0.06061, 0.71410)},
		{"rTRC", brightness()}, {"gTRC", nil}, {"bTRC", nil}, // all three have the first one's
	}
	at := 128 + 4 + 12*len(tags)
	list, body := be.AppendUint32(nil, uint32(len(tags))), []byte(nil)
	var last, size int
	for _, t := range tags {
		if t.data != nil {
			last, size = at+len(body), len(t.data)
			body = append(append(body, t.data...), make([]byte, -len(t.data)&3)...)
		}
		list = append(list, t.sign...)
		list = be.AppendUint32(be.AppendUint32(list, uint32(last)), uint32(size))
	}
	head := make([]byte, 128)
	be.PutUint32(head, uint32(at+len(body)))
	be.PutUint32(head[8:], 0x02400000)
	copy(head[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1} {
		be.PutUint16(head[24+2*i:], v)
	}
	copy(head[36:], "acsp")
	copy(head[68:], fixed(0.9642, 1, 0.8249))
	return append(append(head, list...), body...)
}

// brightness is the curve of IEC 61966-2-1 from numbers to light.
func brightness() []byte {
	const steps = 1024
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), steps)
	for i := range steps {
		v := float64(i) / (steps - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(v*65535)))
	}
	return b
}
