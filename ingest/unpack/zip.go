package unpack

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const (
	zipEncrypted = 0x1  // flag of an entry
	zipAES       = 99   // method of an encrypted entry
	maxEntries   = 5000 // entries, folders and clutter included
)

// packZip opens a ZIP archive.
func packZip(p *packing, in io.ReaderAt, size int64) error {
	z, err := zip.NewReader(in, size)
	if errors.Is(err, zip.ErrInsecurePath) { // names go nowhere
		err = nil
	}
	if err != nil {
		return refuse(Corrupt)
	}
	if len(z.File) > maxEntries {
		return refuse(PartLimit)
	}
	entries, locked, err := survey(z, size)
	if err != nil {
		return err
	}
	if len(entries) > 0 && locked == len(entries) {
		return refuse(Encrypted)
	}
	x := findXdomea(entries)
	for _, f := range z.File {
		if err := p.entry(f, x); err != nil {
			return err
		}
	}
	if x != nil {
		p.note(NoteXdomea)
		p.Sender, p.Subject = x.sender, x.first
		p.Text = x.letter().write([]string{strings.Join(x.lines, "\n")}, p)
		return nil
	}
	p.Text = letter{{"Archiv", "ZIP"}}.write(nil, p)
	return nil
}

// survey counts what an archive says it holds and refuses bombs before anything is unpacked.
func survey(z *zip.Reader, size int64) (entries []*zip.File, locked int, err error) {
	total := uint64(0)
	for _, f := range z.File {
		if f.FileInfo().IsDir() || clutter(f.Name) {
			continue
		}
		entries = append(entries, f)
		if total += min(f.UncompressedSize64, 1<<40); sealedEntry(f) {
			locked++
		}
	}
	switch {
	case len(entries) > maxParts:
		return nil, 0, refuse(PartLimit)
	case total > maxBytes, total > freeBytes && total > maxRatio*uint64(size):
		return nil, 0, refuse(DecodeLimit)
	}
	return entries, locked, nil
}

func sealedEntry(f *zip.File) bool { return f.Flags&zipEncrypted != 0 || f.Method == zipAES }

// entry hands out one file of an archive.
func (p *packing) entry(f *zip.File, x *xdomea) error {
	if f.FileInfo().IsDir() {
		return nil
	}
	name := entryName(f)
	part := Part{Name: name, Size: int64(min(f.UncompressedSize64, 1<<40))}
	switch {
	case clutter(f.Name):
		if len(p.Parts) >= maxParts {
			return nil // not worth a refusal
		}
		return p.leave(part, LeftClutter)
	case sealedEntry(f):
		return p.leave(part, LeftEncrypted)
	case x != nil && x.file == f:
		return p.leave(part, LeftMessage)
	case !f.Mode().IsRegular():
		return p.leave(part, LeftCorrupt) // a link or a device: nothing to read
	}
	if x != nil {
		part.Title = x.titles[path.Base(name)]
	}
	r, err := f.Open()
	if err != nil {
		return p.leave(part, LeftCorrupt)
	}
	defer r.Close() //nolint:errcheck // only read
	// What an archive says of its sizes may be a lie: one byte more than that is enough to know.
	return p.put(part, io.LimitReader(r, part.Size+1))
}

// entryName is the name of an entry in Unicode; without a flag it is in the charset of a German Windows.
func entryName(f *zip.File) string {
	if !f.NonUTF8 || utf8.ValidString(f.Name) {
		return f.Name
	}
	if s, err := charmap.CodePage850.NewDecoder().String(f.Name); err == nil {
		return s
	}
	return f.Name
}

// clutter reports whether an entry is what systems leave beside files.
func clutter(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	base := path.Base(name)
	switch strings.ToLower(base) {
	case ".ds_store", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/") || strings.HasPrefix(base, "._")
}

// head returns the first bytes of an entry.
func head(f *zip.File, n int64) []byte {
	r, err := f.Open()
	if err != nil {
		return nil
	}
	defer r.Close() //nolint:errcheck // only read
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(r, n)) // what comes before an error counts
	return b.Bytes()
}
