package sniff

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Kind is the media type of a file that is taken.
type Kind string

// The kinds taken.
const (
	PDF  Kind = "application/pdf"
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
	TIFF Kind = "image/tiff"
	WebP Kind = "image/webp"
	BMP  Kind = "image/bmp"
	HEIC Kind = "image/heic"
	JP2  Kind = "image/jp2" // JPEG 2000, in its box or bare
	Text Kind = "text/plain"
	// Email, Outlook and Zip are containers.
	Email   Kind = "message/rfc822"
	Outlook Kind = "application/vnd.ms-outlook"
	Zip     Kind = "application/zip"
)

// Container reports whether files of the kind hold others, which become papers of their own.
func (k Kind) Container() bool { return k == Email || k == Outlook || k == Zip }

// HeadSize is how many of a file's first bytes [Check] wants to see; fewer are
// enough when the file is shorter.
const HeadSize = 8192

// Codes of a [Refusal].
const (
	Empty       = "empty"       // no bytes at all
	Unsupported = "unsupported" // a kind not taken; Hint says which
	Polyglot    = "polyglot"    // two kinds at once, one of them active in a browser
	Mismatch    = "mismatch"    // the name promises a kind that the bytes are not
	Dangerous   = "dangerous"   // a program, a script or a shortcut to one
)

// Refusal says why a file isn't taken.
type Refusal struct {
	Code string // one of the codes above; stable
	Hint string // what was found: "office", "email", "heic", "svg", "html", "xml", "archive", "program", "text", "unknown", …; stable
}

// Error returns code and hint.
func (r *Refusal) Error() string {
	if r.Hint == "" {
		return "sniff: file not taken: " + r.Code
	}
	return "sniff: file not taken: " + r.Code + " (" + r.Hint + ")"
}

var (
	jpegMagic = []byte{0xff, 0xd8, 0xff}
	pngMagic  = []byte("\x89PNG\r\n\x1a\n")
	pdfMagic  = []byte("%PDF-")
)

// Check returns the kind of the file that begins with head and is called name, or
// a *[Refusal].
func Check(head []byte, name string) (Kind, error) {
	if len(head) == 0 {
		return "", &Refusal{Code: Empty}
	}
	switch {
	case bytes.HasPrefix(head, jpegMagic):
		return JPEG, nil
	case bytes.HasPrefix(head, pngMagic):
		return PNG, nil
	case isTIFF(head):
		return TIFF, nil
	case len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP, nil
	}
	if kind := isPicture(head); kind != "" {
		return kind, nil
	}
	if at := bytes.Index(head[:min(len(head), 1024)], pdfMagic); at >= 0 {
		return checkPDF(head, at)
	}
	if kind := office(head, name); kind != "" {
		return kind, nil
	}
	if kind, r := checkContent(head, name); kind != "" || r != nil {
		if r != nil {
			return "", r
		}
		return kind, nil
	}
	return checkText(head, name)
}

// isTIFF accepts classic TIFF in both byte orders; not BigTIFF and no camera raw.
func isTIFF(head []byte) bool {
	if len(head) < 8 || bytes.Equal(head[8:min(len(head), 10)], []byte("CR")) {
		return false
	}
	magic := string(head[:4])
	return magic == "II*\x00" || magic == "MM\x00*"
}

// isPicture recognises the images that are less usual; empty: none of them.
func isPicture(head []byte) Kind {
	switch {
	case len(head) >= 16 && string(head[4:8]) == "ftyp" && isHEIC(head):
		return HEIC
	case bytes.HasPrefix(head, []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")), bytes.HasPrefix(head, []byte("\xff\x4f\xff\x51\x00")):
		return JP2
	case len(head) >= 26 && string(head[:2]) == "BM" && string(head[6:10]) == "\x00\x00\x00\x00":
		// The header behind it begins with its own size.
		switch binary.LittleEndian.Uint32(head[14:]) {
		case 12, 40, 52, 56, 64, 108, 124:
			return BMP
		}
	}
	return ""
}

// isHEIC looks for the brands of still images packed with HEVC, as phones make them. AVIF has the same
// boxes around another packing.
func isHEIC(head []byte) bool {
	size := min(int(binary.BigEndian.Uint32(head)), len(head), 256)
	for at := 8; at+4 <= size; at += 4 {
		switch string(head[at : at+4]) {
		case "heic", "heix", "heim", "heis":
			return true
		}
	}
	return false
}

// checkPDF takes a PDF with a little rubbish before its header, as scanners and
// mail gateways produce, but nothing that a browser or a shell would act on.
func checkPDF(head []byte, at int) (Kind, error) {
	before := bytes.TrimLeft(head[:at], "\x00\t\n\f\r \xef\xbb\xbf")
	if len(before) == 0 {
		return PDF, nil
	}
	if r := program(before); r != nil {
		return "", r
	}
	if at > 64 || bytes.IndexByte(before, '<') >= 0 || bytes.HasPrefix(before, []byte("PK")) {
		return "", &Refusal{Code: Polyglot, Hint: "pdf"}
	}
	return PDF, nil
}

// hints names the kinds that are recognised but not taken. A key is a media type
// or its beginning.
func hints() [][2]string {
	return [][2]string{
		{"application/vnd.openxmlformats-officedocument", "office"}, {"application/vnd.oasis.opendocument", "office"},
		{"application/msword", "office"}, {"application/vnd.ms-", "office"}, {"application/x-ole-storage", "office"},
		{"image/heic", "heic"}, {"image/heif", "heic"}, {"image/avif", "avif"},
		{"image/svg+xml", "svg"}, {"text/html", "html"}, {"application/xhtml", "html"},
		{"text/xml", "xml"}, {"application/xml", "xml"},
		{"application/postscript", "postscript"}, {"text/vcard", "contact"}, {"text/calendar", "calendar"},
		{"application/x-7z", "archive"}, {"application/x-rar", "archive"},
		{"application/gzip", "archive"}, {"application/x-tar", "archive"}, {"application/x-bzip2", "archive"}, {"application/x-xz", "archive"},
		{"image/", "picture"}, {"audio/", "audio"}, {"video/", "video"},
	}
}

// checkContent recognises containers, and kinds that aren't taken; "" and nil mean none of them.
func checkContent(head []byte, name string) (Kind, *Refusal) {
	if r := program(head); r != nil {
		return "", r
	}
	if isText(head) && shortcut(head) {
		return "", &Refusal{Code: Dangerous, Hint: "program"}
	}
	if isEmail(head, name) {
		if strings.EqualFold(path.Ext(name), ".mbox") { // many messages in one file
			return "", &Refusal{Code: Unsupported, Hint: "email"}
		}
		return Email, nil
	}
	found := mimetype.Detect(head)
	switch {
	case found.Is("application/vnd.ms-outlook"), found.Is("application/x-ole-storage") && strings.EqualFold(path.Ext(name), ".msg"):
		return Outlook, nil
	case found.Is(string(Zip)):
		return Zip, nil
	}
	for _, h := range hints() {
		if strings.HasPrefix(found.String(), h[0]) {
			return "", &Refusal{Code: Unsupported, Hint: h[1]}
		}
	}
	if looksLikeMarkup(head) {
		return "", &Refusal{Code: Unsupported, Hint: "html"}
	}
	return "", nil
}

// program recognises what an operating system would execute.
func program(head []byte) *Refusal {
	for _, magic := range []string{"MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xfe\xed\xfa", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\x00asm", "L\x00\x00\x00\x01\x14\x02"} {
		if bytes.HasPrefix(head, []byte(magic)) && (magic != "MZ" || !printable(head[:min(len(head), 64)])) {
			return &Refusal{Code: Dangerous, Hint: "program"}
		}
	}
	return nil
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// looksLikeMarkup finds what a browser would render as a page, wherever a browser
// that guesses types would look for it.
func looksLikeMarkup(head []byte) bool {
	start := bytes.ToLower(bytes.TrimLeft(head, "\x00\t\n\f\r \xef\xbb\xbf"))
	if len(start) == 0 || start[0] != '<' {
		return false
	}
	for _, tag := range []string{"<!doctype", "<html", "<head", "<script", "<body", "<iframe", "<svg", "<?xml", "<!--", "<?php", "<table", "<div", "<style", "<title", "<a ", "<p>", "<br", "<b>", "<h1"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}

// promised is the kind that a name's extension stands for; empty: none known.
func promised(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return PDF
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return JPEG
	case ".png":
		return PNG
	case ".tif", ".tiff":
		return TIFF
	case ".webp":
		return WebP
	case ".bmp", ".dib":
		return BMP
	case ".heic", ".heif":
		return HEIC
	case ".jp2", ".j2k", ".j2c", ".jpf":
		return JP2
	case ".txt", ".text", ".md", ".csv", ".tsv", ".log", ".asc":
		return Text
	case ".eml":
		return Email
	case ".msg":
		return Outlook
	case ".zip":
		return Zip
	}
	return namedOffice(name)
}

// Mismatched reports whether the name has an extension that stands for something
// else than kind. Such a file is taken; the difference is noted.
func Mismatched(kind Kind, name string) bool {
	return path.Ext(name) != "" && promised(name) != kind
}
