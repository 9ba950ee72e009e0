package bundle

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"eakte/ingest/sandbox"
)

// file writes a PDF from its start to its end (ISO 32000-2, 7.5): first what children made, then what
// joins it.
type file struct {
	w       *bufio.Writer
	at      int64
	offsets []int64 // by object number; 0: not written yet
	err     error
}

func newFile(w io.Writer) *file {
	f := &file{w: bufio.NewWriterSize(w, 1<<20), offsets: make([]int64, objFirst)}
	f.text("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
	return f
}

// next is the number of the next object that a child makes.
func (f *file) next() int { return len(f.offsets) }

// take copies what a child wrote.
func (f *file) take(out *sandbox.File, offsets []int64) error {
	for _, o := range offsets {
		f.offsets = append(f.offsets, f.at+o)
	}
	var list answered
	n, err := openParcel(out, out.Size(), &list)
	if err != nil {
		return err
	}
	if err := f.w.Flush(); err != nil {
		return fmt.Errorf("bundle: writing: %w", err)
	}
	if _, err := io.Copy(f.w, io.NewSectionReader(out, 0, n)); err != nil {
		return fmt.Errorf("bundle: writing: %w", err)
	}
	f.at += n
	return nil
}

func (f *file) text(format string, args ...any) {
	if f.err != nil {
		return
	}
	n, err := fmt.Fprintf(f.w, format, args...)
	f.at += int64(n)
	f.err = err
}

func (f *file) object(nr int, format string, args ...any) {
	f.offsets[nr] = f.at
	f.text("%d 0 obj\n", nr)
	f.text(format, args...)
	f.text("\nendobj\n")
}

// close writes page tree, bookmarks and the rest. The last part is the front, which comes first.
func (f *file) close(plan Plan, parts []part) error {
	last := len(parts) - 1
	front, parts := parts[last], parts[:last]
	var kids strings.Builder
	fmt.Fprintf(&kids, "%d 0 R", front.Node)
	pages := front.Pages
	for _, p := range parts {
		fmt.Fprintf(&kids, " %d 0 R", p.Node)
		pages += p.Pages
	}
	f.object(objPages, "<</Type/Pages/Count %d/Kids[%s]>>", pages, kids.String())
	f.object(objFont, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	f.outlines(plan, front, parts)
	f.object(objInfo, "<</Title%s/Producer(eakte)/CreationDate(D:%sZ)>>", hexText(plan.Title), time.Now().UTC().Format("20060102150405"))
	f.object(objCatalog, "<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>/PageLabels<</Nums[0<</S/r>>%d<</S/D>>]>>>>",
		objPages, objOutlines, plan.Language, front.Pages)
	return f.end()
}

// end writes what every file ends with.
func (f *file) end() error {
	start := f.at
	f.text("xref\n0 %d\n0000000000 65535 f \n", len(f.offsets))
	for _, at := range f.offsets[1:] {
		f.text("%010d 00000 n \n", at)
	}
	var id [16]byte
	rand.Read(id[:]) //nolint:errcheck // never fails
	name := hex.EncodeToString(id[:])
	f.text("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets), objCatalog, objInfo, name, name, start)
	if f.err == nil {
		f.err = f.w.Flush()
	}
	if f.err != nil {
		return fmt.Errorf("bundle: writing: %w", f.err)
	}
	return nil
}

// outlines writes the bookmarks: the front, and the documents below their registers.
func (f *file) outlines(plan Plan, front part, parts []part) {
	first := f.next()
	f.offsets = append(f.offsets, 0)
	at := first // of the bookmark on this level before the present one
	nr := 0
	type mark struct{ nr, documents, from int }
	var marks []mark
	for _, r := range plan.Registers {
		marks = append(marks, mark{f.next(), len(r.Documents), nr})
		f.offsets = append(f.offsets, make([]int64, 1+len(r.Documents))...)
		nr += len(r.Documents)
	}
	follow := func(prev, next int) (s string) {
		if prev > 0 {
			s = fmt.Sprintf("/Prev %d 0 R", prev)
		}
		if next > 0 {
			s += fmt.Sprintf("/Next %d 0 R", next)
		}
		return s
	}
	bookmark := func(nr, parent, page int, title, more string) {
		f.object(nr, "<</Title%s/Parent %d 0 R/Dest[%d 0 R/XYZ null null null]%s>>", hexText(title), parent, page, more)
	}
	next := 0
	if len(marks) > 0 {
		next = marks[0].nr
	}
	bookmark(first, objOutlines, front.First, words(plan.Language).front, follow(0, next))
	for i, m := range marks {
		if next = 0; i+1 < len(marks) {
			next = marks[i+1].nr
		}
		bookmark(m.nr, objOutlines, parts[m.from].First, plan.Registers[i].Title,
			fmt.Sprintf("/First %d 0 R/Last %d 0 R/Count %d%s", m.nr+1, m.nr+m.documents, m.documents, follow(at, next)))
		for d, doc := range plan.Registers[i].Documents {
			prev, next := m.nr+d, m.nr+d+2
			if d == 0 {
				prev = 0
			}
			if d == m.documents-1 {
				next = 0
			}
			bookmark(m.nr+1+d, m.nr, parts[m.from+d].First, doc.Title, follow(prev, next))
		}
		at = m.nr
	}
	f.object(objOutlines, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", first, at, 1+len(marks)+nr)
}

// hexText is a text string in UTF-16 with a byte order mark.
func hexText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}
