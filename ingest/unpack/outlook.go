package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/richardlehane/mscfb"
)

// storage is an object of an Outlook message (MS-OXMSG): its properties by their tag, and the objects inside.
type storage struct {
	values map[uint32][]byte
	inside map[string]*storage
}

func newStorage() *storage {
	return &storage{values: map[uint32][]byte{}, inside: map[string]*storage{}}
}

// Properties that are looked at, without their type.
const (
	propSubject     = 0x0037
	propHeaders     = 0x007d
	propSubmitTime  = 0x0039
	propDelivered   = 0x0e06
	propSenderName  = 0x0c1a
	propSenderSMTP  = 0x5d01
	propSenderEmail = 0x0c1f
	propTo          = 0x0e04
	propCc          = 0x0e03
	propBody        = 0x1000
	propHTML        = 0x1013
	propMessageID   = 0x1035
	propCodePage    = 0x3ffd
	propAttachData  = 0x3701
	propAttachName  = 0x3704
	propAttachLong  = 0x3707
	propAttachCID   = 0x3712
	propDisplayName = 0x3001
)

// Types of properties.
const (
	typeText8  = 0x001e
	typeText   = 0x001f
	typeBinary = 0x0102
	typeTime   = 0x0040
	typeLong   = 0x0003
)

// packOutlook opens a message that Outlook has saved.
func packOutlook(p *packing, in io.ReaderAt) error {
	root, err := readStorages(in)
	if err != nil {
		return err
	}
	m := &message{packing: p}
	return m.outlook(root, 0)
}

// readStorages reads the compound file. Its panics are refusals.
func readStorages(in io.ReaderAt) (root *storage, err error) {
	defer func() {
		if recover() != nil {
			err = refuse(Corrupt)
		}
	}()
	file, err := mscfb.New(in)
	if err != nil {
		return nil, refuse(Corrupt)
	}
	root = newStorage()
	total := int64(0)
	for n := 0; ; n++ {
		e, err := file.Next()
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			return nil, refuse(Corrupt)
		}
		if n > 100*maxParts || len(e.Path) > 3*maxDepth {
			return nil, refuse(NestingLimit)
		}
		s := root
		for _, name := range e.Path {
			if s.inside[name] == nil {
				s.inside[name] = newStorage()
			}
			s = s.inside[name]
		}
		if e.FileInfo().IsDir() {
			continue
		}
		if total += e.Size; total > maxBytes || e.Size < 0 {
			return nil, refuse(DecodeLimit)
		}
		data := make([]byte, e.Size)
		read, err := io.ReadFull(e, data)
		if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
			return nil, refuse(Corrupt)
		}
		s.keep(e.Name, data[:read])
	}
}

// keep stores a stream: one property, or the list of those of fixed length.
func (s *storage) keep(name string, data []byte) {
	if tag, ok := strings.CutPrefix(name, "__substg1.0_"); ok && len(tag) == 8 {
		if n, err := strconv.ParseUint(tag, 16, 32); err == nil {
			s.values[uint32(n)] = data
		}
		return
	}
	if name != "__properties_version1.0" {
		return
	}
	// The header has 32, 24 or 8 bytes; the rows of 16 bytes end with the stream.
	for at := len(data) % 16; at+16 <= len(data); at += 16 {
		tag := binary.LittleEndian.Uint32(data[at:])
		if kind := tag & 0xffff; kind == typeTime || kind == typeLong {
			s.values[tag] = data[at+8 : at+16]
		}
	}
}

// text is a property that is a text.
func (s *storage) text(prop uint32) string {
	if b, ok := s.values[prop<<16|typeText]; ok {
		return strings.TrimRight(utf16LE(b), "\x00")
	}
	return strings.TrimRight(decode(s.values[prop<<16|typeText8], s.charset()), "\x00")
}

// charset is that of texts of eight bits.
func (s *storage) charset() string {
	b := s.values[propCodePage<<16|typeLong]
	if len(b) < 4 {
		return "windows-1252"
	}
	switch page := binary.LittleEndian.Uint32(b); page {
	case 65001:
		return "utf-8"
	case 20127, 28591, 0:
		return "windows-1252"
	default:
		return "windows-" + strconv.Itoa(int(page))
	}
}

// time is a property that is a moment; false where it isn't there.
func (s *storage) time(prop uint32) (time.Time, bool) {
	b := s.values[prop<<16|typeTime]
	if len(b) < 8 {
		return time.Time{}, false
	}
	const since1601 = 116444736000000000 // of 1970, in steps of 100 ns
	ticks := int64(binary.LittleEndian.Uint64(b)) - since1601
	t := time.Unix(ticks/1e7, 0).UTC()
	return t, ticks > 0 && t.Year() < 2200
}

// outlook reads a message object.
func (m *message) outlook(s *storage, depth int) error {
	h, _ := splitHeader([]byte(s.text(propHeaders)))
	m.Sender, m.Subject = s.sender(), s.text(propSubject)
	day := h.text("date")
	t, ok := h.written()
	if !ok {
		if t, ok = s.time(propSubmitTime); !ok {
			t, ok = s.time(propDelivered)
		}
	}
	if ok {
		m.Date, day = t.Format("2006-01-02"), t.Format("02.01.2006 15:04:05 -0700")
	}
	page := s.values[propHTML<<16|typeBinary]
	if page == nil {
		page = []byte(s.text(propHTML))
	}
	source := decode(page, s.charset())
	m.html = append(m.html, source)
	if body := s.text(propBody); strings.TrimSpace(body) != "" {
		m.bodies = append(m.bodies, body)
	} else {
		m.bodies = append(m.bodies, plainHTML(source))
	}
	for _, name := range s.attachments() {
		m.attachOutlook(s.inside[name], depth)
	}
	id := s.text(propMessageID)
	if id == "" {
		id = h.text("message-id")
	}
	return m.finish(letter{
		{"Von", m.Sender}, {"An", s.text(propTo)}, {"Kopie", s.text(propCc)}, {"Datum", day}, {"Betreff", m.Subject}, {"Nachrichten-ID", id},
	})
}

func (s *storage) sender() string {
	name, address := s.text(propSenderName), s.text(propSenderSMTP)
	if address == "" {
		if address = s.text(propSenderEmail); !strings.Contains(address, "@") {
			address = ""
		}
	}
	if address == "" || address == name {
		return name
	}
	return strings.TrimSpace(name + " <" + address + ">")
}

// attachments are the names of the attached objects, in order.
func (s *storage) attachments() (names []string) {
	for name := range s.inside {
		if strings.HasPrefix(name, "__attach_version1.0_#") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// attachOutlook takes an attached file, or an attached message as its text and its files.
func (m *message) attachOutlook(s *storage, depth int) {
	name := s.text(propAttachLong)
	for _, other := range []uint32{propAttachName, propDisplayName} {
		if name == "" {
			name = s.text(other)
		}
	}
	inner := s.inside["__substg1.0_3701000D"]
	if inner == nil {
		data, ok := s.values[propAttachData<<16|typeBinary]
		f := attached{name: name, cid: s.text(propAttachCID), image: isPicture(data), data: data}
		if !ok {
			f.left = LeftCorrupt
		}
		m.files = append(m.files, f)
		return
	}
	if depth >= maxDepth {
		m.files = append(m.files, attached{name: name, left: LeftLimit})
		return
	}
	// An embedded message is no file of its own in there: its text joins this one's, and its files follow.
	sub := &message{packing: &packing{out: io.Discard}}
	if err := sub.outlook(inner, depth+1); err != nil {
		m.files = append(m.files, attached{name: name, left: LeftCorrupt})
		return
	}
	m.bodies = append(m.bodies, "----- "+sub.Subject+" -----\n"+sub.Text)
	m.files = append(m.files, sub.files...)
}

func isPicture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff")) || bytes.HasPrefix(b, []byte("GIF8"))
}
