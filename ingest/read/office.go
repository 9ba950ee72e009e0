package read

import (
	"context"
	"errors"

	"eakte/ingest/office"
	"eakte/ingest/sniff"
)

// Show returns what stands for a document without pages of its own, with its kind and facts: a PDF that
// LibreOffice made of it, or its plain text where there is no LibreOffice or that fails, which
// [NoteTextOnly] says. It must be closed. The error is a *[Failure] where it must not or can't be read.
func (r *Reader) Show(ctx context.Context, src *Source) (shown *Source, kind sniff.Kind, f Facts, err error) {
	facts, text, err := r.office.Inspect(ctx, src)
	if err != nil {
		return nil, "", f, final(err, 0)
	}
	if facts.Program && !r.released {
		return nil, "", f, errors.Join(&Failure{State: Quarantined, Code: EmbeddedProgram}, text.Close())
	}
	shown, err = r.draw(ctx, src, facts)
	if err == nil {
		if f, err = r.Inspect(ctx, sniff.PDF, shown); err == nil {
			f.Notes = officeNotes(facts)
			return shown, sniff.PDF, f, text.Close()
		}
		err = errors.Join(err, shown.Close())
	}
	if err = final(err, 0); Transient(err) || facts.Wordless {
		return nil, "", f, errors.Join(err, text.Close())
	}
	if f, err = r.Inspect(ctx, sniff.Text, text); err != nil {
		return nil, "", f, errors.Join(err, text.Close())
	}
	f.Notes = append(officeNotes(facts), NoteTextOnly)
	return text, sniff.Text, f, nil
}

// draw makes a PDF, one at a time for each slot that recognition has.
func (r *Reader) draw(ctx context.Context, src *Source, f office.Facts) (*Source, error) {
	if r.noOffice || !r.office.Draws() {
		return nil, &office.Refused{Code: office.ToolMissing}
	}
	release, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return r.office.PDF(ctx, src, f)
}

func officeNotes(f office.Facts) []string {
	var notes []string
	for _, n := range []struct {
		is   bool
		code string
	}{{f.Macros, NoteMacros}, {f.Links, NoteLinks}, {f.Embedded, NoteEmbedded}, {f.Signed, NoteSigned}} {
		if n.is {
			notes = append(notes, n.code)
		}
	}
	return notes
}
