package archive

import "time"

// Approval is a scan that waits for the word of a second person: of one of its documents, of which nobody but who
// scanned or filed it has said anything that counts. Whether its type asks for an approval is for the rules.
type Approval struct {
	Document Document
	// Since is when it was noted how the paper was scanned, or when the document was filed if that was later.
	Since time.Time
}

// Stands is what counts of what was said about a version for one of its documents: one of the constants, "" where
// nothing does. Where the approval of a second person is asked for, one by who scanned or filed the paper counts for
// nothing, whatever was asked for when it was given. The paper is one: released for one document, it is for all.
func (v Version) Stands(doc Document, second bool) string {
	stands := ""
	for _, w := range v.Quality {
		own := w.Own || v.Transfer != nil && w.By == v.Transfer.By || w.By == doc.FiledBy
		switch {
		case w.What == QualityReleased:
			return QualityReleased
		case w.Document != doc.ID:
		case w.What == QualityReturned:
			stands = QualityReturned
		case second && own:
			stands = ""
		default:
			stands = QualityApproved
		}
	}
	return stands
}

// Waits reports whether the version is the newest of the document, a scan, and unjudged by a second person, and
// since when.
func (v Version) Waits(doc Document) (since time.Time, ok bool) {
	if v.Transfer == nil || doc.Current() != v.ID || v.Stands(doc, true) != "" {
		return time.Time{}, false
	}
	if since = v.Transfer.Noted; doc.Created.After(since) {
		since = doc.Created
	}
	return since.UTC(), true
}
