package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Single is one document as a PDF of its own: its pages as large as they are, without cover and sheet
// numbers, and the recognised words behind them for who searches and copies.
type Single struct {
	// Language is "de" or "en"; Title is the document's.
	Language, Title string
	// Source is where its pages come from. A Kind that is neither a PDF's nor a JPEG's makes its images be used.
	Source Source
	// Words calls emit for every page in order with its words as [archive.PageWords] in JSON. own says that
	// the received file has this text itself: it isn't laid behind the page that comes from there.
	Words func(ctx context.Context, emit func(words []byte, own bool) error) error
	// Archival makes it declare itself as PDF/A-2b (ISO 19005-2). That is true of a document whose pages are
	// images and of no other one: the source has to give nothing else.
	Archival bool
}

// Single writes a document to w. The error is [ErrUnreadable] where it has no pages to show, else as with
// [Composer.Compose].
func (c *Composer) Single(ctx context.Context, one Single, w io.Writer) error {
	plan := Plan{Language: one.Language, Title: one.Title, Registers: []Register{{Documents: []Document{{Title: one.Title, Source: one.Source}}}}}
	s := &session{
		Composer: c, plan: plan, all: plan.documents(), file: newFile(w), sheet: 1,
		tell: func(int) error { return nil }, forms: map[int]string{}, single: &one,
	}
	for len(s.parts) == 0 {
		if s.form(0) == formNote {
			return ErrUnreadable
		}
		p, err := s.pack(ctx, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(s.parcel(ctx, p), p.file.Close()); err != nil {
			return err
		}
	}
	return s.file.closeSingle(one, s.parts[0])
}

// add packs the words of an item that is packed already.
func (one *Single) add(ctx context.Context, p *packing, it *item) error {
	it.Exact = true
	if it.Form == formPages {
		it.Turns = one.Source.Rotations()
	}
	err := one.Words(ctx, func(words []byte, own bool) error {
		var at span
		var err error
		if !own || it.Form != formPDF {
			at, err = p.span(func(w io.Writer) error { _, err := w.Write(words); return err })
		}
		it.Words = append(it.Words, at)
		return err
	})
	if errors.Is(err, ErrUnreadable) {
		it.Words = nil
		return nil
	}
	return err
}

// closeSingle writes what joins the pages of one document.
func (f *file) closeSingle(one Single, p part) error {
	made := time.Now().UTC()
	f.object(objPages, "<</Type/Pages/Count %d/Kids[%d 0 R]>>", p.Pages, p.Node)
	more := ""
	if one.Archival {
		profile, err := deflate(colours())
		if err != nil {
			return err
		}
		// The numbers of what only a bundle has.
		meta := metadata(one.Title, made)
		f.object(objFont, "<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream", len(meta), meta)
		f.object(objOutlines, "<</N 3/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(profile), profile)
		more = fmt.Sprintf("/Metadata %d 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]",
			objFont, objOutlines)
	} else {
		f.object(objFont, "null")
		f.object(objOutlines, "null")
	}
	f.object(objInfo, "<</Title%s/Producer(eakte)/CreationDate(D:%s+00'00')>>", hexText(one.Title), made.Format("20060102150405"))
	f.object(objCatalog, "<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>%s>>", objPages, one.Language, more)
	return f.end()
}
