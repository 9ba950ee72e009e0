package archive

import (
	"cmp"
	"slices"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// InquiryID names an [Inquiry].
type InquiryID string

// Kinds of inquiries.
const (
	// InquiryAccess asks for all that is kept about a person (Art. 15 GDPR).
	InquiryAccess = "access"
	// InquiryPortability asks for what she handed in herself, in a form that machines read (Art. 20 GDPR).
	InquiryPortability = "portability"
)

// States of an inquiry.
const (
	// InquiryReview: pieces are looked through, and those that are marked decided one by one.
	InquiryReview = "review"
	// InquiryProposed: somebody answers for what is to be handed out, and a second person has the word.
	InquiryProposed = "proposed"
	// InquiryReleased: she agreed; the package is made and kept for a while.
	InquiryReleased = "released"
	// InquiryEnded: the package was removed when its time was over.
	InquiryEnded = "ended"
	// InquiryClosed: it ended without a package; the last word says why.
	InquiryClosed = "closed"
)

// InquiryProlonged marks the word by which an inquiry was prolonged. It is the state of none.
const InquiryProlonged = "prolonged"

// Why a piece is marked for a look before it may leave.
const (
	// InquirySealed: a Sperrvermerk lies on it.
	InquirySealed = "sealed"
	// InquirySecurity: its classification is that of security matters (Art. 23 GDPR).
	InquirySecurity = "security"
	// InquiryShared: the same paper lies in the Akte of another person (Art. 15 (4) GDPR).
	InquiryShared = "shared"
	// InquiryFamily: it lies among the papers of family and civil status, which name others.
	InquiryFamily = "family"
	// InquiryOthers: a date of birth stands on it that isn't hers (Art. 15 (4) GDPR).
	InquiryOthers = "others"
	// InquirySender: it came from a named third party.
	InquirySender = "sender"
)

// What is decided about a piece.
const (
	InquiryGive     = "give"
	InquiryWithhold = "withhold"
)

const (
	// InquiryKept is for how long the package can be handed out.
	InquiryKept = 30 * 24 * time.Hour
	// InquiryMonths is within how many months of its receipt an inquiry is to be answered (Art. 12 (3) GDPR).
	InquiryMonths = 1
	// InquiryMore is how many months longer that may take where it is complex or there are many (Art. 12 (3) GDPR).
	InquiryMore = 2
	// InquiryWords is how many words about an inquiry are kept; beyond, it can only be ended.
	InquiryWords = 100
)

// Inquiry is that a person asks what is kept about her. What is handed out is decided by two people, made by the machine
// and kept for a while; what was decided stays with the person's record.
type Inquiry struct {
	ID     InquiryID
	Person PersonID
	// Kind is one of the kinds, State one of the states.
	Kind, State string
	// ReceivedOn is the day on which she asked, Due the last one for an answer, "2026-11-21".
	ReceivedOn, Due string
	// ToldOn is the day on which she was told that the answer takes [InquiryMore] months longer, and why; empty: it doesn't.
	ToldOn string
	// Identity says how it was made sure that it is she who asks.
	Identity string
	// Language is that of the answer: "de" or "en".
	Language string
	By       UserID
	At       time.Time
	// Items are the pieces, in the order in which they are told.
	Items []InquiryItem
	// Words are what was said about it, oldest first.
	Words []InquiryWord
	// Job makes the package; empty before its release. Object is the package, zero until made, Content the key it is sealed
	// under, Expires when it is removed.
	Job     JobID
	Object  Object
	Content seal.Key
	Expires time.Time
	// Revision counts changes from 1.
	Revision int64
}

// InquiryItem is a piece that an inquiry is about: a document, or a group of fields of the person ([Particular]).
type InquiryItem struct {
	Document DocumentID
	Akte     AkteID
	Version  VersionID
	// Group is the key of a group of fields, Seen its revision when it was listed; empty for a document.
	Group string
	Seen  int64
	// Flags say why it is to be looked at first; none: it leaves unless somebody withholds it.
	Flags []string
	// Decision is [InquiryGive], [InquiryWithhold], or empty while nobody decided; By decided, and Reason says why.
	Decision, Reason string
	By               UserID
}

// Key names the piece among those of an inquiry: the document's ID, or the group's key.
func (i InquiryItem) Key() string { return cmp.Or(i.Group, string(i.Document)) }

// Given reports whether the piece is handed out, Open whether somebody has to decide about it first.
func (i InquiryItem) Given() bool {
	return i.Decision == InquiryGive || i.Decision == "" && len(i.Flags) == 0
}

// Open reports whether somebody has to decide about the piece before anything leaves.
func (i InquiryItem) Open() bool { return i.Decision == "" && len(i.Flags) > 0 }

// InquiryWord is what somebody said about an inquiry.
type InquiryWord struct {
	By UserID
	At time.Time
	// State is the one it led to.
	State string
	Note  string
}

// Proposer is who answers for the present decisions; empty where nobody does.
func (q Inquiry) Proposer() UserID {
	for _, w := range slices.Backward(q.Words) {
		if w.State == InquiryProposed {
			return w.By
		}
	}
	return ""
}

// Unanswered reports whether nobody released an answer yet.
func (q Inquiry) Unanswered() bool { return q.State == InquiryReview || q.State == InquiryProposed }

// Live reports whether something is to be done about it still.
func (q Inquiry) Live() bool { return q.State != InquiryEnded && q.State != InquiryClosed }

// Normalise brings a new inquiry into the form that is stored, or returns the first [*FieldError]. today is the present
// day in the authority's time zone.
func (q *Inquiry) Normalise(today string) (err error) {
	if q.Kind != InquiryAccess && q.Kind != InquiryPortability {
		return unknown("/kind")
	}
	if q.Language != "de" && q.Language != "en" {
		return unknown("/language")
	}
	if q.ReceivedOn == "" {
		return required("/received_on")
	}
	if err := checkDay("/received_on", q.ReceivedOn); err != nil {
		return err
	}
	if q.ReceivedOn > today {
		return &FieldError{Pointer: "/received_on", Code: "future"}
	}
	q.Due = monthsAfter(q.ReceivedOn, InquiryMonths)
	if q.Identity, err = NormaliseText("/identity", q.Identity, maxNote, true); err == nil && q.Identity == "" {
		err = required("/identity")
	}
	return err
}

// Prolong gives the answer [InquiryMore] months more. toldOn is the day on which the person was told of that and of the
// reasons, which has to be within the term that she was promised. It returns the first [*FieldError].
func (q *Inquiry) Prolong(toldOn, today string) error {
	if toldOn == "" {
		return required("/told_on")
	}
	if err := checkDay("/told_on", toldOn); err != nil {
		return err
	}
	switch {
	case toldOn > today:
		return &FieldError{Pointer: "/told_on", Code: "future"}
	case toldOn < q.ReceivedOn:
		return &FieldError{Pointer: "/told_on", Code: "before_receipt"}
	case toldOn > q.Due:
		return &FieldError{Pointer: "/told_on", Code: "term_over"}
	}
	q.ToldOn, q.Due = toldOn, monthsAfter(q.ReceivedOn, InquiryMonths+InquiryMore)
	return nil
}

// monthsAfter is the day with the same number some months later, or the last one of a shorter month.
func monthsAfter(day string, months int) string {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	to := from.AddDate(0, months, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to.Format(time.DateOnly)
}

// ExpiredInquiry is what is left to do for a package whose time is over.
type ExpiredInquiry struct {
	ID     InquiryID
	Person PersonID
	Ref    blob.Ref
}
