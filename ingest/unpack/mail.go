package unpack

import (
	"bytes"
	"strings"
)

// message gathers what a mail is made of.
type message struct {
	*packing
	bodies  []string   // text for people, in order
	html    []string   // of HTML bodies, to find which pictures stand in them
	files   []attached // in order
	visited int
}

// attached is a part that is no body.
type attached struct {
	name, cid string
	image     bool
	data      []byte
	left      string
}

// packMail opens a message as it goes over the wire.
func packMail(p *packing, raw []byte) error {
	raw = bytes.TrimPrefix(bytes.TrimLeft(raw, "\r\n"), []byte("\ufeff"))
	if bytes.HasPrefix(raw, []byte("From ")) { // an mbox with one message
		_, raw = cutLine(raw)
	}
	m := &message{packing: p}
	h, body := splitHeader(raw)
	if err := m.entity(h, body, 0, false); err != nil {
		return err
	}
	p.Sender, p.Subject = h.text("from"), h.text("subject")
	day := h.text("date")
	if t, ok := h.written(); ok {
		p.Date, day = t.Format("2006-01-02"), t.Format("02.01.2006 15:04:05 -0700")
	}
	l := letter{
		{"Von", p.Sender}, {"An", h.text("to")}, {"Kopie", h.text("cc")}, {"Antwort an", h.text("reply-to")},
		{"Datum", day}, {"Betreff", p.Subject}, {"Nachrichten-ID", h.text("message-id")},
	}
	return m.finish(l)
}

// finish writes the letter and hands out what is attached.
func (m *message) finish(l letter) error {
	shown := strings.Join(m.html, "\n")
	for _, f := range m.files {
		part := Part{Name: f.name, Size: int64(len(f.data))}
		if f.image && f.cid != "" && len(f.data) < smallImage && strings.Contains(shown, "cid:"+f.cid) {
			f.left = LeftInline
		}
		var err error
		if f.left != "" {
			err = m.leave(part, f.left)
		} else {
			err = m.put(part, bytes.NewReader(f.data))
		}
		if err != nil {
			return err
		}
	}
	m.Text = l.write(m.bodies, m.packing)
	return nil
}

// entity reads a message or a part of one. digest says that it stands in a multipart/digest.
func (m *message) entity(h header, body []byte, depth int, digest bool) error {
	if m.visited++; m.visited > 4*maxParts {
		return refuse(PartLimit)
	}
	if depth > maxDepth {
		return refuse(NestingLimit)
	}
	kind, p := params(h.raw("content-type"))
	if kind == "" || !strings.Contains(kind, "/") {
		if kind = "text/plain"; digest {
			kind = "message/rfc822"
		}
	}
	if strings.HasPrefix(kind, "multipart/") && p["boundary"] != "" {
		return m.multipart(kind, split(body, p["boundary"]), depth)
	}
	how, q := params(h.raw("content-disposition"))
	name := decodeWords(q["filename"])
	if name == "" {
		name = decodeWords(p["name"])
	}
	data, sane := transfer(body, h.raw("content-transfer-encoding"))
	if how != "attachment" && name == "" {
		switch kind {
		case "text/html":
			text := decode(data, p["charset"])
			m.html, m.bodies = append(m.html, text), append(m.bodies, plainHTML(text))
			return nil
		case "text/plain", "text/enriched", "message/delivery-status", "text/rfc822-headers":
			m.bodies = append(m.bodies, decode(data, p["charset"]))
			return nil
		}
	}
	f := attached{name: name, cid: strings.Trim(h.raw("content-id"), "<> "), image: strings.HasPrefix(kind, "image/"), data: data}
	if !sane && !strings.HasPrefix(kind, "text/") {
		f.left = LeftCorrupt
	}
	return m.attach(f, kind, p)
}

// attach decides what becomes of a part that is no body.
func (m *message) attach(f attached, kind string, p map[string]string) error {
	lower := strings.ToLower(f.name)
	switch {
	case kind == "message/rfc822" || kind == "message/global":
		if inner, _ := splitHeader(f.data); f.name == "" {
			f.name = inner.text("subject")
		}
		if !strings.HasSuffix(lower, ".eml") {
			f.name += ".eml"
		}
	case kind == "application/ms-tnef" || lower == "winmail.dat":
		if inner, text, ok := unTNEF(f.data); ok {
			if text != "" && len(m.bodies) == 0 {
				m.bodies = append(m.bodies, text)
			}
			m.files = append(m.files, inner...)
			return nil
		}
		f.left = LeftCorrupt
	case strings.HasSuffix(kind, "pkcs7-signature") || kind == "application/pgp-signature":
		m.note(NoteSigned)
		f.left = LeftSignature
	case strings.HasSuffix(kind, "pkcs7-mime"):
		if p["smime-type"] == "signed-data" {
			m.note(NoteSigned)
		} else {
			m.note(NoteEncrypted)
		}
		f.left = LeftEncrypted
	}
	m.files = append(m.files, f)
	return nil
}

// multipart reads parts that belong together.
func (m *message) multipart(kind string, parts [][]byte, depth int) error {
	if kind == "multipart/signed" {
		m.note(NoteSigned)
	}
	if kind == "multipart/encrypted" {
		m.note(NoteEncrypted)
	}
	if kind == "multipart/alternative" {
		return m.alternative(parts, depth)
	}
	for _, raw := range parts {
		h, body := splitHeader(raw)
		if err := m.entity(h, body, depth+1, kind == "multipart/digest"); err != nil {
			return err
		}
	}
	return nil
}

// alternative reads all forms of one body and keeps the first that says anything: plain text mostly. Its
// HTML still tells which pictures stand in the text.
func (m *message) alternative(parts [][]byte, depth int) error {
	kept := m.bodies
	var best []string
	for _, raw := range parts {
		m.bodies = nil
		h, body := splitHeader(raw)
		if err := m.entity(h, body, depth+1, false); err != nil {
			return err
		}
		if strings.TrimSpace(strings.Join(best, "")) == "" {
			best = m.bodies
		}
	}
	m.bodies = append(kept, best...)
	return nil
}

// split cuts the body of a multipart at its boundary. A missing end is forgiven.
func split(body []byte, boundary string) (parts [][]byte) {
	mark := []byte("--" + boundary)
	from := -1
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if after, ok := bytes.CutPrefix(line, mark); ok {
			after = bytes.TrimRight(after, " \t")
			if len(after) == 0 || string(after) == "--" {
				if from >= 0 {
					parts = append(parts, trimEnd(body[from:at]))
				}
				if from = next; len(after) > 0 {
					return parts
				}
			}
		}
		at = next
	}
	if from >= 0 && from < len(body) {
		parts = append(parts, trimEnd(body[from:]))
	}
	return parts
}

// trimEnd drops the line end that belongs to the boundary.
func trimEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}
