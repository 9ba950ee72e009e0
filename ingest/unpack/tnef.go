package unpack

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// Attributes of TNEF (MS-OXTNEF) that are looked at.
const (
	tnefMagic       = 0x223e9f78
	tnefBody        = 0x0002800c
	tnefAttachStart = 0x00069002
	tnefAttachTitle = 0x00018010
	tnefAttachData  = 0x0006800f
	tnefAttachProps = 0x00069005
)

// unTNEF opens a "winmail.dat": what is attached, and the plain body if it has one. ok is false for what is
// no TNEF; what is cut off keeps the parts before.
func unTNEF(b []byte) (files []attached, body string, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefMagic {
		return nil, "", false
	}
	b = b[6:]
	for len(b) >= 9 {
		id, size := binary.LittleEndian.Uint32(b[1:]), uint64(binary.LittleEndian.Uint32(b[5:]))
		b = b[9:]
		if size > uint64(len(b)) {
			break
		}
		data := b[:size]
		b = b[size:]
		b = b[min(2, len(b)):] // checksum
		if id == tnefAttachStart {
			if len(files) > 2*maxParts {
				break
			}
			files = append(files, attached{})
		}
		if id == tnefBody {
			body = strings.TrimRight(decode(data, "windows-1252"), "\x00")
		}
		if len(files) == 0 {
			continue
		}
		switch last := &files[len(files)-1]; id {
		case tnefAttachTitle:
			if last.name == "" {
				last.name = strings.TrimRight(decode(data, "windows-1252"), "\x00")
			}
		case tnefAttachData:
			last.data = data
		case tnefAttachProps:
			if name := longName(data); name != "" {
				last.name = name
			}
		}
	}
	return files, body, true
}

// longName finds PidTagAttachLongFilename, as Unicode, in encoded MAPI properties. They aren't read one by
// one: the name is only looked for, for many senders encode the others wrongly.
func longName(b []byte) string {
	for at := 0; at+12 <= len(b); at += 4 {
		if binary.LittleEndian.Uint32(b[at:]) != 0x3707001f || binary.LittleEndian.Uint32(b[at+4:]) != 1 {
			continue
		}
		size := uint64(binary.LittleEndian.Uint32(b[at+8:]))
		if rest := b[at+12:]; size <= uint64(len(rest)) && size < 2000 {
			return utf16LE(rest[:size])
		}
	}
	return ""
}

func utf16LE(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}
