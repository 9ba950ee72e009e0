package sniff

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// checkText takes plain text under a name that doesn't promise something else.
func checkText(head []byte, name string) (Kind, error) {
	if !isText(head) {
		return "", &Refusal{Code: Unsupported, Hint: "unknown"}
	}
	if p := promised(name); p != "" && p != Text {
		return "", &Refusal{Code: Mismatch, Hint: "text"}
	}
	if starts(name) {
		return "", &Refusal{Code: Dangerous, Hint: "program"}
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".eml", ".msg", ".mbox":
		return "", &Refusal{Code: Unsupported, Hint: "email"}
	case ".html", ".htm", ".xhtml", ".svg", ".xml", ".js", ".mjs", ".css":
		return "", &Refusal{Code: Unsupported, Hint: "html"}
	case ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".zip", ".heic", ".gif":
		return "", &Refusal{Code: Mismatch, Hint: "text"}
	}
	return Text, nil
}

// isText accepts UTF-8, UTF-16 with a byte order mark and Latin-1 without control
// characters. A character cut off at the end of head is forgiven.
func isText(head []byte) bool {
	if b, ok := bytes.CutPrefix(head, []byte("\xff\xfe")); ok {
		return utf16Text(b, 1)
	}
	if b, ok := bytes.CutPrefix(head, []byte("\xfe\xff")); ok {
		return utf16Text(b, 0)
	}
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0x7f {
			return false
		}
	}
	return utf8Text(head) || latinText(head)
}

func utf8Text(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return len(b) == HeadSize && !utf8.FullRune(b[i:])
		}
		i += n
	}
	return true
}

// latinText accepts bytes of Windows-1252 where most are plain letters: a binary
// file without control characters is improbable, but cheap to tell apart.
func latinText(b []byte) bool {
	high := 0
	for _, c := range b {
		if c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d {
			return false
		}
		if c >= 0x80 {
			high++
		}
	}
	return high*10 <= len(b)*3
}

func utf16Text(b []byte, highByte int) bool {
	if len(b) < 2 {
		return false
	}
	for i := 0; i+1 < len(b); i += 2 {
		c := uint16(b[i+highByte])<<8 | uint16(b[i+1-highByte])
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0xffff || c == 0xfffe {
			return false
		}
	}
	return true
}

// isEmail recognises a message by its header: fields only a mail program writes,
// or any field under a mail program's file name.
func isEmail(head []byte, name string) bool {
	machine, fields := 0, 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' || bytes.HasPrefix(line, []byte("From ")) && fields == 0 {
			continue
		}
		key, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(key) > 60 || bytes.ContainsAny(key, " \t") {
			break
		}
		fields++
		switch strings.ToLower(string(key)) {
		case "received", "message-id", "mime-version", "return-path", "delivered-to", "content-type", "dkim-signature", "x-mailer", "x-received":
			machine++
		}
	}
	ext := strings.ToLower(path.Ext(name))
	return machine >= 1 && fields >= 2 || (ext == ".eml" || ext == ".mbox") && fields >= 1
}
