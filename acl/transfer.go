package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// How a scanned version stands.
const (
	// TransferOpen says that nobody said anything about it; where the type asks for an approval, it waits for one.
	TransferOpen     = "open"
	TransferApproved = archive.QualityApproved
	TransferReturned = archive.QualityReturned
	// TransferReleased says that it is approved and its paper may be destroyed.
	TransferReleased = archive.QualityReleased
)

// TransferView is the transfer note of a version, and what was said about it.
type TransferView struct {
	archive.Transfer
	// Number is that of the version, from 1.
	Number int
	// State is one of the constants; Words are what led to it, oldest first.
	State string
	Words []archive.QualityWord
	// Approval says that the type asks for the approval of a second person.
	Approval bool
	// Faults are what the profile of the type finds wanting.
	Faults []archive.Anomaly
	// MayApprove and MayReturn say what the reader can do about it; Own that she can't approve what she scanned
	// or filed herself.
	MayApprove, MayReturn, Own bool
}

// Unapproved reports whether it waits for the approval that its type asks for, or was sent back.
func (v TransferView) Unapproved() bool {
	return v.Approval && v.State == TransferOpen || v.State == TransferReturned
}

// Codes of faults.
const (
	// FaultColour says that pages show less colour than papers of the type have.
	FaultColour = "less_colour"
	// FaultDPI says that pages were scanned more coarsely than papers of the type are to be.
	FaultDPI = "low_dpi"
)

// transfer shows the note of the version with that number; nil where it has none.
func (a *access) transfer(doc archive.Document, v archive.Version, number int) *TransferView {
	if v.Transfer == nil {
		return nil
	}
	kind, _ := a.desk.guard.Policies.DocType(doc.Type)
	view := &TransferView{
		Transfer: *v.Transfer, Number: number, State: transferState(doc, kind, v), Words: wordsAbout(doc, v), Approval: kind.Approval,
		Faults: faultsOf(*v.Transfer, kind),
	}
	may := a.akte.State == archive.AkteOpen && number == len(doc.Versions) && a.may(policies.ActWrite, objectOf(doc)).Allow
	view.Own = kind.Approval && a.desk.scanned(doc, *v.Transfer)
	view.MayApprove = may && !view.Own && (view.State == TransferOpen || view.State == TransferReturned)
	view.MayReturn = may && (view.State == TransferOpen || view.State == TransferApproved)
	return view
}

// transferState says how the scan stands for one of its documents: see [archive.Version.Stands].
func transferState(doc archive.Document, kind policies.DocType, v archive.Version) string {
	if stands := v.Stands(doc, kind.Approval); stands != "" {
		return stands
	}
	return TransferOpen
}

// wordsAbout are the words about one of a version's documents: of the others its reader may know nothing.
func wordsAbout(doc archive.Document, v archive.Version) (out []archive.QualityWord) {
	for _, w := range v.Quality {
		if w.Document == doc.ID {
			out = append(out, w)
		}
	}
	return out
}

// scanned reports whether the subject brought the scan in or filed it.
func (d *Desk) scanned(doc archive.Document, t archive.Transfer) bool {
	return t.By == d.subject.User || doc.FiledBy == d.subject.User
}

// colours ranks how much colour there is; what nothing is known of is not found wanting.
func colours(c string) int {
	return slices.Index([]string{archive.ColourNone, archive.ColourGrey, archive.ColourTrue}, c)
}

// faultsOf compares how pages were scanned with the profile of a type. Blank pages and those that are no scans
// don't count.
func faultsOf(t archive.Transfer, kind policies.DocType) (out []archive.Anomaly) {
	passed := map[int]bool{}
	for _, n := range t.Anomalies {
		if n.Code == "blank" || n.Code == "no_scan" {
			for _, page := range n.Pages {
				passed[page] = true
			}
		}
	}
	least := kind.ScanDPI * 95 / 100 // devices write 298 for 300
	var colour, dpi []int
	for _, s := range t.Settings {
		for page := s.First; page <= s.Last; page++ {
			if passed[page] {
				continue
			}
			if rank := colours(s.Colour); rank >= 0 && rank < colours(kind.ScanColour) {
				colour = append(colour, page)
			}
			if s.DPI > 0 && s.DPI < least {
				dpi = append(dpi, page)
			}
		}
	}
	if len(colour) > 0 {
		out = append(out, archive.Anomaly{Code: FaultColour, Pages: colour})
	}
	if len(dpi) > 0 {
		out = append(out, archive.Anomaly{Code: FaultDPI, Pages: dpi})
	}
	return out
}

// Judge says of a document's newest version, which has to be the one of that number, whether the scan shows what the paper shows: word is
// [archive.QualityApproved], or [archive.QualityReturned] with a reason, so that it is scanned again. Where the
// type asks for an approval, who scanned or filed the paper can't give it: [ErrOwnScan]. The error may be a
// [*StaleError] where there is a newer version, or [archive.ErrConflict] where it is no scan, was judged so before, or its paper is released already.
func (d *Desk) Judge(ctx context.Context, id archive.DocumentID, number int, word, reason string) (DocumentView, error) {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err != nil {
		return DocumentView{}, err
	}
	op, known := map[string]audit.Op{
		archive.QualityApproved: audit.OpScanApprove, archive.QualityReturned: audit.OpScanReturn,
	}[word]
	if !known {
		return DocumentView{}, &archive.FieldError{Pointer: "/word", Code: "unknown"}
	}
	tried := act{op: op, object: "document/" + string(id)}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, doc, verdict, err := d.reach(tx, id, policies.ActWrite)
		if err != nil {
			return act{}, err
		}
		if number != len(doc.Versions) {
			return act{}, &StaleError{doc.Revision}
		}
		v, err := tx.Version(doc.Current())
		if err != nil {
			return act{}, err
		}
		view := a.transfer(doc, v, len(doc.Versions))
		switch approves := word == archive.QualityApproved; {
		case view == nil || view.State == TransferReleased || view.State == word:
			return act{}, archive.ErrConflict
		case approves && view.Own:
			return act{}, ErrOwnScan
		case !approves && reason == "":
			return act{}, &archive.FieldError{Pointer: "/reason", Code: "required"}
		}
		done := tried.about(doc, a.akte)
		done.verdict = verdict
		done.detail = &audit.Detail{Shared: map[string]any{"version": v.ID, "reason": reason, "faults": codes(view.Faults)}}
		said := d.word(word, doc, v, verdict, reason)
		said.Faults = codes(view.Faults)
		v.Quality = append(slices.Clone(v.Quality), said)
		return done, tx.PutVersion(v)
	})
	if err != nil {
		return DocumentView{}, err
	}
	return d.made(ctx, id)
}

// word is what the subject says now about the version of a document.
func (d *Desk) word(what string, doc archive.Document, of archive.Version, v verdict, reason string) archive.QualityWord {
	return archive.QualityWord{
		What: what, By: d.subject.User, At: d.guard.Now().UTC(), Department: v.pair.Department, Reason: reason,
		Document: doc.ID, Own: of.Transfer != nil && d.scanned(doc, *of.Transfer),
	}
}

func codes(faults []archive.Anomaly) (out []string) {
	for _, f := range faults {
		out = append(out, f.Code)
	}
	return out
}
