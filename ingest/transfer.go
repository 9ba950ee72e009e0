package ingest

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
)

// Noted is a [Reading] that knows how its pages were scanned.
type Noted interface {
	// Provenance tells how; nil: they weren't.
	Provenance() *read.Provenance
}

// Codes of anomalies beside those of pages ([archive.PageFacts.Note]) and of documents.
const (
	anomalyBlank     = "blank"      // nothing but paper
	anomalyWordless  = "wordless"   // something is on it, but nothing to read
	anomalyTurned    = "turned"     // it had to be turned upright
	anomalyPhoto     = "photograph" // the sheet was photographed at an angle and straightened
	anomalyEstimated = "estimated"  // the file doesn't say how fine it was scanned
	anomalyText      = "no_scan"    // a page that is none among scanned ones
)

// transfer makes the note on how paper became a version; nil: it is no scan.
func (r *run) transfer(ctx context.Context, v archive.Version, reading Reading, facts []archive.PageFacts) (*archive.Transfer, error) {
	noted, ok := reading.(Noted)
	if !ok {
		return nil, nil
	}
	scanned := noted.Provenance()
	if scanned == nil {
		return nil, nil
	}
	t := &archive.Transfer{
		By: v.ReceivedBy, At: v.ReceivedAt, Device: scanned.Device, Software: scanned.Software, Made: scanned.Made, Noted: r.Now().UTC(),
	}
	if slices.Contains(reading.Flags(), read.NoteRepaired) {
		t.Note(read.NoteRepaired, 0)
	}
	for i, p := range scanned.Pages {
		t.Add(p.DPI, p.Estimated, p.Colour)
		if i < len(facts) {
			noteAnomalies(t, p, facts[i])
		}
	}
	return t, r.fromStack(ctx, v, t)
}

// noteAnomalies notes what was conspicuous about the page that was added last.
func noteAnomalies(t *archive.Transfer, p read.ProvenancePage, f archive.PageFacts) {
	for _, n := range []struct {
		is   bool
		code string
	}{
		{f.Note != "" && f.Note != page.NoteBlank, f.Note}, {f.Blank, anomalyBlank}, {f.Note == page.NoteBlank && !f.Blank, anomalyWordless},
		{f.Rotation != 0, anomalyTurned}, {len(f.Corners) > 0, anomalyPhoto}, {p.Estimated, anomalyEstimated}, {!p.Image, anomalyText},
	} {
		if n.is {
			t.Note(n.code, t.Pages)
		}
	}
}

// fromStack takes over from the stack that a version was parted from what made it: parting writes a new file.
func (r *run) fromStack(ctx context.Context, v archive.Version, t *archive.Transfer) error {
	if v.Inbox == "" {
		return nil
	}
	return r.Store.View(ctx, func(rd archive.Reader) error {
		item, err := rd.InboxItem(v.Inbox)
		if err != nil || len(item.From) == 0 {
			return unlessGone(err)
		}
		t.Device, t.Software, t.Made = "", "", ""
		source, err := rd.InboxItem(item.From[0])
		if err != nil {
			return unlessGone(err)
		}
		stack, err := rd.Version(source.Version)
		if err == nil && stack.Transfer != nil {
			t.Device, t.Software, t.Made = stack.Transfer.Device, stack.Transfer.Software, stack.Transfer.Made
		}
		return unlessGone(err)
	})
}

// unlessGone is nil for what isn't there any more.
func unlessGone(err error) error {
	if errors.Is(err, archive.ErrNotFound) {
		return nil
	}
	return err
}
